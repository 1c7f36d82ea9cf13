//! Kasir's side of a made-up provider: what is asked, and what is made of the answers.

use bytes::Bytes;
use http::{Request, Response};
use kasir_server::provider::{
    Agreement, Catalogue, Claim, Dialogue, FailureReason, Linkage, Links, Next, Notice, Occasion,
    Order, Placed, Provider, ProviderError, RefundOrder, RefundOutcome, Refusal, ReturnHint,
    Standing, Started, Terms, Verdict, Withdrawal,
};
use kasir_server::secret::Secret;
use kasir_shared::{Event, MethodId, Moment, Rupiah, WebUrl};
use serde_json::{Value, json};

use super::{Kind, MadeUp, Manner, NOWHERE, Operation, SECRET, answer, shelf};

impl MadeUp {
    pub(super) fn question(&self, operation: Operation, body: &Value) -> Request<Bytes> {
        let refuses = self.books().refuses(operation);
        let base = if refuses { NOWHERE } else { &self.0.url };
        Request::post(format!("{base}{}", operation.path()))
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()))
            .expect("an address of ours")
    }

    fn about(placed: &Placed) -> Option<Value> {
        let transaction = placed.transaction.as_ref()?;
        Some(json!({ "reference": placed.reference, "transaction": transaction }))
    }

    /// How an order stands by an answer.
    fn standing(
        &self,
        answer: &Response<Bytes>,
        amount: Rupiah,
    ) -> Result<Standing, ProviderError> {
        if answer.status() == 404 {
            return Ok(Standing::Unheard);
        }
        if answer.status() == 429 {
            return Ok(Standing::Busy);
        }
        let said = read(answer)?;
        if self.0.habits.repeats_amount && said["amount"] != amount.value() {
            return Ok(Standing::Mismatch { what: "amount" });
        }
        let prompting = self.0.habits.kind == Kind::Push;
        Ok(match said["status"].as_str() {
            Some("paid") => Standing::Known(Event::Settled),
            Some("refunded") => Standing::Known(Event::Reversed),
            Some("cancelled") => Standing::Known(Event::Withdrawn),
            Some("unpaid") => Standing::Unpaid { prompting },
            // It never says that an order has expired, as the poorest real one never does.
            Some("expired") => Standing::Unpaid { prompting: false },
            _ => return Err(UNREADABLE),
        })
    }

    fn started(&self, answer: &Response<Bytes>) -> Result<Started, ProviderError> {
        let refused =
            |code: &str, reason| Ok(Started::Refused(Refusal { code: code.to_owned(), reason }));
        match answer.status().as_u16() {
            200 => {
                let said = read(answer)?;
                let transaction = said["transaction"].as_str().ok_or(UNREADABLE)?;
                let next = match self.0.habits.kind {
                    Kind::Push => Next::ApprovePush,
                    Kind::Redirect => Next::Redirect(way(transaction)),
                };
                let lifetime_s = Some(self.0.habits.lifetime_s);
                Ok(Started::Placed { transaction: Some(transaction.to_owned()), next, lifetime_s })
            }
            401 => Err(ProviderError::Misconfigured { code: "401".to_owned(), why: "our key" }),
            403 => refused("403", FailureReason::LinkGone),
            405 => refused("405", FailureReason::NotSupported),
            409 => Ok(Started::Orphaned),
            422 => refused("422", FailureReason::Declined),
            429 => Ok(Started::Busy),
            _ => Err(UNREADABLE),
        }
    }
}

/// The address at which a redirect order is paid.
fn way(transaction: &str) -> WebUrl {
    format!("https://made-up.example/{transaction}").parse().expect("an address")
}

pub(super) const UNREADABLE: ProviderError =
    ProviderError::Unreadable { why: "not what was agreed" };

pub(super) fn read(answer: &Response<Bytes>) -> Result<Value, ProviderError> {
    if answer.status() != 200 {
        return Err(UNREADABLE);
    }
    serde_json::from_slice(answer.body()).map_err(|_| UNREADABLE)
}

impl Provider for MadeUp {
    fn name(&self) -> &'static str {
        "made-up"
    }

    fn terms(&self, _: MethodId) -> Option<Terms> {
        let habits = &self.0.habits;
        let prompts = habits.kind == Kind::Push;
        Some(Terms {
            min: habits.min,
            max: habits.max,
            lifetime_s: habits.lifetime_s,
            prompts,
            start_prompts: prompts,
            links: habits.links,
        })
    }

    fn catalogue(&self, _: Occasion) -> Option<Result<Dialogue<Catalogue>, ProviderError>> {
        self.0.habits.tells_products.then(|| Ok(self.read_shelf()))
    }

    fn offers(&self, method: MethodId, linked: bool, catalogue: &Catalogue) -> bool {
        shelf::has(method, linked, catalogue)
    }

    fn linkage(&self) -> Option<&dyn Linkage> {
        (self.0.habits.links != Links::Never).then_some(self as &dyn Linkage)
    }

    fn start(&self, order: &Order, _: Occasion) -> Result<Dialogue<Started>, ProviderError> {
        let body = json!({
            "reference": order.reference,
            "token": order.mandate.as_ref().map(Secret::expose),
            "amount": order.amount.value(),
            "issued_at": order.issued_at.unix_ms,
            "description": order.description,
            "notify_url": order.notify_url.as_str(),
            "return_url": order.return_url.as_str(),
        });
        let this = self.clone();
        Ok(Dialogue::ask("order", self.question(Operation::Order, &body), move |answer| {
            this.started(&answer).map(Dialogue::Done)
        }))
    }

    fn inquire(&self, placed: &Placed, _: Occasion) -> Result<Dialogue<Standing>, ProviderError> {
        let Some(body) = Self::about(placed) else { return Ok(Dialogue::Done(Standing::Unheard)) };
        let (this, amount) = (self.clone(), placed.amount);
        Ok(Dialogue::ask("inquiry", self.question(Operation::Inquiry, &body), move |answer| {
            this.standing(&answer, amount).map(Dialogue::Done)
        }))
    }

    fn repeats_amount(&self) -> bool {
        self.0.habits.repeats_amount
    }

    fn withdraw(
        &self,
        placed: &Placed,
        now: Occasion,
    ) -> Result<Dialogue<Withdrawal>, ProviderError> {
        let push = self.0.habits.kind == Kind::Push;
        let Some(body) = Self::about(placed) else {
            return Ok(Dialogue::Done(Withdrawal::Abandoned));
        };
        if push {
            // A prompt that was sent is not taken back.
            return Ok(self.inquire(placed, now)?.map(|standing| withdrawn(&standing)));
        }
        let (this, amount) = (self.clone(), placed.amount);
        Ok(Dialogue::ask("cancel", self.question(Operation::Cancel, &body), move |answer| {
            Ok(Dialogue::Done(withdrawn(&this.standing(&answer, amount)?)))
        }))
    }

    fn refund(
        &self,
        placed: &Placed,
        refund: &RefundOrder,
        _: Occasion,
    ) -> Result<Dialogue<RefundOutcome>, ProviderError> {
        let not_possible = Refusal { code: "none".to_owned(), reason: FailureReason::NotSupported };
        let Some(mut body) = Self::about(placed).filter(|_| self.0.habits.refunds) else {
            return Ok(Dialogue::Done(RefundOutcome::Refused(not_possible)));
        };
        body["amount"] = json!(refund.amount.value());
        body["already"] = json!(refund.already.value());
        Ok(Dialogue::ask("refund", self.question(Operation::Refund, &body), |answer| match answer
            .status()
            .as_u16()
        {
            200 => read(&answer).map(|_| Dialogue::Done(RefundOutcome::Refunded)),
            429 => Ok(Dialogue::Done(RefundOutcome::Busy)),
            _ => Err(UNREADABLE),
        }))
    }

    fn notified(&self, request: &Request<Bytes>, _: Moment) -> Result<Notice, ProviderError> {
        let said: Value = serde_json::from_slice(request.body()).map_err(|_| UNREADABLE)?;
        if said["secret"] != SECRET {
            return Err(ProviderError::Forged { why: "the secret" });
        }
        Ok(Notice {
            reference: said["reference"].as_str().ok_or(UNREADABLE)?.to_owned(),
            transaction: said["transaction"].as_str().map(str::to_owned),
            amount: said["amount"].as_u64().and_then(Rupiah::new),
            claim: match said["token"].as_str() {
                Some(token) => {
                    Claim::Linked(Agreement { token: Secret::new(token.to_owned()), phone: None })
                }
                None if said["question"] == true => Claim::Question,
                None => Claim::Payment,
            },
        })
    }

    fn answer(&self, _: &Request<Bytes>, verdict: &Verdict, _: Moment) -> Option<Response<Bytes>> {
        (self.0.habits.manner == Manner::Converses).then(|| answer::answer(verdict))
    }

    fn probe(&self, _: Occasion) -> Result<Dialogue<()>, ProviderError> {
        Ok(Dialogue::Done(()))
    }

    fn returned(&self, _: &Request<Bytes>) -> ReturnHint {
        ReturnHint::default()
    }
}

fn withdrawn(standing: &Standing) -> Withdrawal {
    match standing {
        Standing::Known(Event::Withdrawn) => Withdrawal::Withdrawn,
        Standing::Known(event) => Withdrawal::Over(*event),
        Standing::Unpaid { prompting: true } => Withdrawal::Prompting,
        Standing::Unpaid { prompting: false } | Standing::Mismatch { .. } | Standing::Unheard => {
            Withdrawal::Abandoned
        }
        Standing::Busy => Withdrawal::Busy,
    }
}

//! Kasir's side of a made-up provider's linked wallets.

use bytes::Bytes;
use http::{Request, Response};
use kasir_server::provider::{
    Agreement, Dialogue, Funds, LinkOrder, LinkRefusal, LinkReturn, LinkStep, Linkage, Linked,
    Next, Occasion, ProviderError, Unlinking,
};
use kasir_server::secret::Secret;
use kasir_shared::{LinkTrouble, MethodId, Phone, Rupiah};
use serde_json::json;

use super::provider::{UNREADABLE, read};
use super::{MadeUp, Operation};

fn refused(code: &str, why: LinkTrouble) -> LinkStep {
    LinkStep::Refused(LinkRefusal { code: code.to_owned(), why })
}

/// How far a link has come by an answer.
fn step(answer: &Response<Bytes>) -> Result<LinkStep, ProviderError> {
    match answer.status().as_u16() {
        200 => {
            let said = read(answer)?;
            Ok(match (said["token"].as_str(), said["page"].as_str()) {
                (Some(token), _) => LinkStep::Linked(Agreement {
                    token: Secret::new(token.to_owned()),
                    phone: None,
                }),
                (None, Some(page)) => {
                    LinkStep::Agree(Next::Redirect(page.parse().map_err(|_| UNREADABLE)?))
                }
                (None, None) => LinkStep::Pending,
            })
        }
        401 => Err(ProviderError::Misconfigured { code: "401".to_owned(), why: "our key" }),
        410 => Ok(refused("410", LinkTrouble::Expired)),
        422 => Ok(refused("422", LinkTrouble::Refused)),
        429 => Ok(LinkStep::Busy),
        _ => Err(UNREADABLE),
    }
}

impl Linkage for MadeUp {
    fn shows_balance(&self, _: MethodId) -> bool {
        true
    }

    fn begin(&self, link: &LinkOrder, _: Occasion) -> Result<Dialogue<LinkStep>, ProviderError> {
        let body = json!({
            "reference": link.reference,
            "phone": link.phone.as_ref().map(Phone::e164),
            "state_token": link.state,
            "return_url": link.return_url.as_str(),
            "notify_url": link.notify_url.as_str(),
        });
        let question = self.question(Operation::Link, &body);
        Ok(Dialogue::ask("link", question, |answer| step(&answer).map(Dialogue::Done)))
    }

    fn came_back(&self, request: &Request<Bytes>) -> LinkReturn {
        let query = request.uri().query().unwrap_or_default().as_bytes().to_vec();
        let field = |name: &str| {
            let mut pairs = form_urlencoded::parse(&query);
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let trouble = field("trouble");
        LinkReturn {
            code: field("code").map(Secret::new),
            state: field("state"),
            trouble: trouble.as_ref().map(|_| LinkTrouble::Cancelled),
            said: trouble,
        }
    }

    fn resume(
        &self,
        link: &LinkOrder,
        code: Option<&Secret>,
        _: Occasion,
    ) -> Result<Dialogue<LinkStep>, ProviderError> {
        let (operation, body) = match code {
            Some(code) => (Operation::Exchange, json!({ "code_token": code.expose() })),
            None => (Operation::Agreed, json!({ "reference": link.reference })),
        };
        let name = if code.is_some() { "exchange" } else { "agreed" };
        let question = self.question(operation, &body);
        Ok(Dialogue::ask(name, question, |answer| step(&answer).map(Dialogue::Done)))
    }

    fn balance(&self, link: &Linked, _: Occasion) -> Result<Dialogue<Funds>, ProviderError> {
        let question = self.question(Operation::Balance, &json!({ "token": link.token.expose() }));
        Ok(Dialogue::ask("balance", question, |answer| {
            if answer.status() == 403 {
                return Ok(Dialogue::Done(Funds::LinkGone));
            }
            let said = read(&answer)?;
            let amount = |name: &str| said[name].as_u64().and_then(Rupiah::new);
            let points = amount("points");
            let known = amount("cash").map(|cash| Funds::Known { cash, points });
            Ok(Dialogue::Done(known.unwrap_or(Funds::Unknown)))
        }))
    }

    fn unlink(&self, link: &Linked, _: Occasion) -> Result<Dialogue<Unlinking>, ProviderError> {
        let question = self.question(Operation::Unlink, &json!({ "token": link.token.expose() }));
        Ok(Dialogue::ask("unlink", question, |answer| match answer.status().as_u16() {
            200 | 404 => Ok(Dialogue::Done(Unlinking::Over)),
            422 => Ok(Dialogue::Done(Unlinking::Refused { code: "422".to_owned() })),
            429 => Ok(Dialogue::Done(Unlinking::Busy)),
            _ => Err(UNREADABLE),
        }))
    }
}

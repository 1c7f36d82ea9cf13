//! A provider that nobody has: it says what a story wants said. It stands in for OVO.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use kasir_server::merchant::Account;
use kasir_server::provider::{
    Claim, Dialogue, Links, Next, Notice, Occasion, Order, Placed, Provider, ProviderError,
    RefundOrder, RefundOutcome, ReturnHint, Standing, Started, Terms, Verdict, Withdrawal,
};
use kasir_shared::{Event, MethodId, Moment, Rupiah};
use kasir_tests::town::StandIn;

/// How long its prompt shows, in seconds.
pub(crate) const PROMPT_S: u32 = 55;

/// The provider; every clone is the same one.
#[derive(Clone)]
pub(crate) struct MadeUp(Arc<Mutex<Mind>>);

struct Mind {
    next: Next,
    standing: Standing,
    withdrawal: Withdrawal,
    silent: bool,
}

impl MadeUp {
    /// Prompts on the phone, and has not been paid.
    pub(crate) fn new() -> Self {
        let standing = Standing::Unpaid { prompting: true };
        let withdrawal = Withdrawal::Withdrawn;
        let mind = Mind { next: Next::ApprovePush, standing, withdrawal, silent: false };
        Self(Arc::new(Mutex::new(mind)))
    }

    /// In place of OVO.
    pub(crate) fn stand_in(&self) -> StandIn {
        let account = Account { id: "made-up".to_owned(), provider: Arc::new(self.clone()) };
        StandIn { method: MethodId::Ovo, account }
    }

    /// What customers of new orders do next.
    pub(crate) fn leads_to(&self, next: Next) {
        self.mind().next = next;
    }

    /// Whether it takes new orders without a word: nobody can know whether a phone prompts.
    pub(crate) fn takes_in_silence(&self, silent: bool) {
        self.mind().silent = silent;
    }

    /// What it answers from now on when it is asked about an order.
    pub(crate) fn knows(&self, event: Event) {
        self.mind().standing = Standing::Known(event);
    }

    /// It knows nothing of a payment again.
    pub(crate) fn forgets(&self) {
        self.mind().standing = Standing::Unpaid { prompting: true };
    }

    /// What becomes of taking an order back.
    pub(crate) fn withdraws(&self, withdrawal: Withdrawal) {
        self.mind().withdrawal = withdrawal;
    }

    fn mind(&self) -> MutexGuard<'_, Mind> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Provider for MadeUp {
    fn name(&self) -> &'static str {
        "made-up"
    }

    fn terms(&self, _: MethodId) -> Option<Terms> {
        let (min, max) = (Rupiah::ZERO, Rupiah::MAX);
        Some(Terms {
            min,
            max,
            lifetime_s: PROMPT_S,
            prompts: true,
            start_prompts: true,
            links: Links::Never,
        })
    }

    fn start(&self, _: &Order, _: Occasion) -> Result<Dialogue<Started>, ProviderError> {
        let mind = self.mind();
        if mind.silent {
            return Ok(Dialogue::Done(Started::Orphaned));
        }
        let next = mind.next.clone();
        let lifetime_s = Some(PROMPT_S);
        Ok(Dialogue::Done(Started::Placed { transaction: None, next, lifetime_s }))
    }

    fn inquire(&self, _: &Placed, _: Occasion) -> Result<Dialogue<Standing>, ProviderError> {
        Ok(Dialogue::Done(self.mind().standing.clone()))
    }

    fn withdraw(&self, _: &Placed, _: Occasion) -> Result<Dialogue<Withdrawal>, ProviderError> {
        Ok(Dialogue::Done(self.mind().withdrawal))
    }

    fn refund(
        &self,
        _: &Placed,
        _: &RefundOrder,
        _: Occasion,
    ) -> Result<Dialogue<RefundOutcome>, ProviderError> {
        Ok(Dialogue::Done(RefundOutcome::Refunded))
    }

    /// The body is the order number.
    fn notified(&self, request: &http::Request<Bytes>, _: Moment) -> Result<Notice, ProviderError> {
        let unreadable = |_| ProviderError::Unreadable { why: "not a text" };
        let reference = String::from_utf8(request.body().to_vec()).map_err(unreadable)?;
        Ok(Notice { reference, transaction: None, amount: None, claim: Claim::Payment })
    }

    fn answer(
        &self,
        _: &http::Request<Bytes>,
        _: &Verdict,
        _: Moment,
    ) -> Option<http::Response<Bytes>> {
        None
    }

    fn probe(&self, _: Occasion) -> Result<Dialogue<()>, ProviderError> {
        Ok(Dialogue::Done(()))
    }

    fn returned(&self, _: &http::Request<Bytes>) -> ReturnHint {
        ReturnHint::default()
    }
}

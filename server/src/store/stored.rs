//! The store, for every database that can run a unit of work.

use async_trait::async_trait;
use kasir_shared::api::merchant::RefundStatus;
use kasir_shared::{AttemptId, EventId, LinkId, MethodId, Moment, RefundId, SessionId};

use super::migrate;
use super::tx::Driver;
use super::work::{attempts, catalogues, events, jobs, keys, links, notices, refunds, sessions};
use super::{
    Applied, AttemptHistory, AttemptRecord, Begun, Change, Claim, Closed, Closing, Delivery, Entry,
    EventRecord, Finish, Job, JobKind, KeptNotification, KeyUse, LinkApplied, LinkBegun,
    LinkChange, LinkHistory, LinkRecord, NotificationRecord, RefundBegun, RefundRecord, Replaced,
    SavedAnswer, SessionFilter, SessionRecord, SessionWithAttempts, Store, StoreError, Takeover,
};
use crate::provider::Catalogue;

#[async_trait]
impl<D: Driver> Store for D {
    async fn ready(&self) -> Result<(), StoreError> {
        let all = self.migrations();
        self.read(move |tx| migrate::up_to_date(tx, all)).await
    }

    async fn claim_key(&self, key: &KeyUse, at: Moment, lease_s: u32) -> Result<Claim, StoreError> {
        let key = key.clone();
        self.write(move |tx| keys::claim(tx, &key, at, lease_s)).await
    }

    async fn save_answer(
        &self,
        key: &KeyUse,
        answer: &SavedAnswer,
        at: Moment,
    ) -> Result<(), StoreError> {
        let (key, answer) = (key.clone(), answer.clone());
        self.write(move |tx| keys::save_answer(tx, &key, &answer, at)).await
    }

    async fn release_key(&self, key: &KeyUse) -> Result<(), StoreError> {
        let key = key.clone();
        self.write(move |tx| keys::release(tx, &key)).await
    }

    async fn forget_keys(&self, before: Moment) -> Result<u64, StoreError> {
        self.write(move |tx| keys::forget(tx, before)).await
    }

    async fn create_session(
        &self,
        session: &SessionRecord,
        answer: Option<(&KeyUse, &SavedAnswer)>,
    ) -> Result<(), StoreError> {
        let session = session.clone();
        let answer = answer.map(|(key, answer)| (key.clone(), answer.clone()));
        self.write(move |tx| sessions::create(tx, &session, answer.as_ref())).await
    }

    async fn session(
        &self,
        merchant: &str,
        id: &SessionId,
    ) -> Result<Option<SessionWithAttempts>, StoreError> {
        let (merchant, id) = (merchant.to_owned(), id.clone());
        self.read(move |tx| sessions::of_merchant(tx, &merchant, &id)).await
    }

    async fn session_by_id(
        &self,
        id: &SessionId,
    ) -> Result<Option<SessionWithAttempts>, StoreError> {
        let id = id.clone();
        self.read(move |tx| sessions::by_id(tx, &id)).await
    }

    async fn session_by_token(
        &self,
        client_token: &str,
    ) -> Result<Option<SessionWithAttempts>, StoreError> {
        let token = client_token.to_owned();
        self.read(move |tx| sessions::by_token(tx, &token)).await
    }

    async fn sessions(
        &self,
        merchant: &str,
        filter: &SessionFilter,
    ) -> Result<Vec<SessionWithAttempts>, StoreError> {
        let (merchant, filter) = (merchant.to_owned(), filter.clone());
        self.read(move |tx| sessions::list(tx, &merchant, &filter)).await
    }

    async fn close_session(
        &self,
        id: &SessionId,
        how: Closing,
        at: Moment,
    ) -> Result<Closed, StoreError> {
        let (id, dice) = (id.clone(), self.dice());
        self.write(move |tx| sessions::close(tx, &*dice, &id, how, at)).await
    }

    async fn begin_attempt(
        &self,
        attempt: &AttemptRecord,
        opening: &[Entry],
        look_at: Moment,
    ) -> Result<Begun, StoreError> {
        let (attempt, opening) = (attempt.clone(), opening.to_vec());
        let (takeover, dice) = (Takeover { attempt, opening, look_at }, self.dice());
        self.write(move |tx| attempts::begin(tx, &*dice, &takeover)).await
    }

    async fn replace_attempt(
        &self,
        old: &AttemptId,
        change: Change,
        takeover: &Takeover,
    ) -> Result<Replaced, StoreError> {
        let (old, takeover, dice) = (old.clone(), takeover.clone(), self.dice());
        self.write(move |tx| attempts::replace(tx, &*dice, (&old, &change), &takeover)).await
    }

    async fn attempt(
        &self,
        id: &AttemptId,
    ) -> Result<Option<(SessionRecord, AttemptRecord)>, StoreError> {
        let id = id.clone();
        self.read(move |tx| attempts::find(tx, &id)).await
    }

    async fn history(
        &self,
        merchant: &str,
        id: &AttemptId,
    ) -> Result<Option<AttemptHistory>, StoreError> {
        let (merchant, id) = (merchant.to_owned(), id.clone());
        self.read(move |tx| attempts::history(tx, &merchant, &id)).await
    }

    async fn attempt_by_reference(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<Option<AttemptId>, StoreError> {
        let (account, reference) = (account.to_owned(), reference.to_owned());
        self.read(move |tx| attempts::by_reference(tx, &account, &reference)).await
    }

    async fn attempt_by_return_token(
        &self,
        token: &str,
    ) -> Result<Option<(SessionRecord, AttemptRecord)>, StoreError> {
        let token = token.to_owned();
        self.read(move |tx| attempts::by_return_token(tx, &token)).await
    }

    async fn apply(&self, attempt: &AttemptId, change: Change) -> Result<Applied, StoreError> {
        let (attempt, dice) = (attempt.clone(), self.dice());
        self.write(move |tx| attempts::apply(tx, &*dice, &attempt, &change)).await
    }

    async fn keep_notification(
        &self,
        notification: &NotificationRecord,
    ) -> Result<KeptNotification, StoreError> {
        let notification = notification.clone();
        self.write(move |tx| notices::keep_notification(tx, &notification)).await
    }

    async fn note_question(&self, attempt: &AttemptId, entry: &Entry) -> Result<(), StoreError> {
        let (attempt, entry) = (attempt.clone(), entry.clone());
        self.write(move |tx| notices::note_question(tx, &attempt, &entry)).await
    }

    async fn keep_return(
        &self,
        attempt: &AttemptId,
        transaction: Option<&str>,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        let (attempt, entry) = (attempt.clone(), entry.clone());
        let transaction = transaction.map(str::to_owned);
        self.write(move |tx| notices::keep_return(tx, &attempt, transaction.as_deref(), &entry))
            .await
    }

    async fn claim_jobs(
        &self,
        at: Moment,
        lease_s: u32,
        limit: u32,
    ) -> Result<Vec<Job>, StoreError> {
        let dice = self.dice();
        self.write(move |tx| jobs::claim(tx, &*dice, at, lease_s, limit)).await
    }

    async fn finish_job(&self, job: &Job, finish: Finish) -> Result<bool, StoreError> {
        let job = job.clone();
        self.write(move |tx| jobs::finish(tx, &job, finish)).await
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        self.read(jobs::next_due).await
    }

    async fn plan_job(&self, kind: JobKind, subject: &str, at: Moment) -> Result<(), StoreError> {
        let subject = subject.to_owned();
        self.write(move |tx| jobs::hint(tx, kind, &subject, at)).await
    }

    async fn begin_refund(
        &self,
        refund: &RefundRecord,
        look_at: Moment,
    ) -> Result<RefundBegun, StoreError> {
        let refund = refund.clone();
        self.write(move |tx| refunds::begin(tx, &refund, look_at)).await
    }

    async fn refund(
        &self,
        id: &RefundId,
    ) -> Result<Option<(RefundRecord, AttemptRecord)>, StoreError> {
        let id = id.clone();
        self.read(move |tx| refunds::find(tx, &id)).await
    }

    async fn end_refund(
        &self,
        id: &RefundId,
        status: RefundStatus,
        entries: Vec<Entry>,
        at: Moment,
    ) -> Result<Option<RefundRecord>, StoreError> {
        let (id, dice) = (id.clone(), self.dice());
        let ending = refunds::Ending { status, entries, at };
        self.write(move |tx| refunds::end(tx, &*dice, &id, ending)).await
    }

    async fn begin_link(
        &self,
        link: &LinkRecord,
        opening: &[Entry],
        look_at: Moment,
    ) -> Result<LinkBegun, StoreError> {
        let (link, opening, dice) = (link.clone(), opening.to_vec(), self.dice());
        self.write(move |tx| links::begin(tx, &*dice, (&link, &opening), look_at)).await
    }

    async fn apply_link(&self, id: &LinkId, change: LinkChange) -> Result<LinkApplied, StoreError> {
        let (id, dice) = (id.clone(), self.dice());
        self.write(move |tx| links::apply(tx, &*dice, &id, &change)).await
    }

    async fn link(&self, id: &LinkId) -> Result<Option<LinkHistory>, StoreError> {
        let id = id.clone();
        self.read(move |tx| links::history(tx, &id)).await
    }

    async fn link_by_return_token(
        &self,
        token: &str,
    ) -> Result<Option<(SessionRecord, LinkRecord)>, StoreError> {
        let token = token.to_owned();
        self.read(move |tx| links::by_return_token(tx, &token)).await
    }

    async fn link_by_reference(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<Option<LinkRecord>, StoreError> {
        let (account, reference) = (account.to_owned(), reference.to_owned());
        self.read(move |tx| links::by_reference(tx, &account, &reference)).await
    }

    async fn links_of_session(&self, session: &SessionId) -> Result<Vec<LinkRecord>, StoreError> {
        let session = session.clone();
        self.read(move |tx| links::of_session(tx, &session)).await
    }

    async fn links(
        &self,
        merchant: &str,
        owner: &str,
        method: Option<MethodId>,
    ) -> Result<Vec<LinkRecord>, StoreError> {
        let (merchant, owner) = (merchant.to_owned(), owner.to_owned());
        self.read(move |tx| links::list(tx, &merchant, &owner, method)).await
    }

    async fn keep_catalogue(
        &self,
        account: &str,
        catalogue: &Catalogue,
        at: Moment,
    ) -> Result<(), StoreError> {
        let (account, catalogue) = (account.to_owned(), catalogue.clone());
        self.write(move |tx| catalogues::keep(tx, &account, &catalogue, at)).await
    }

    async fn catalogue(&self, account: &str) -> Result<Option<Catalogue>, StoreError> {
        let account = account.to_owned();
        self.read(move |tx| catalogues::find(tx, &account)).await
    }

    async fn event(&self, id: &EventId) -> Result<Option<EventRecord>, StoreError> {
        let id = id.clone();
        self.read(move |tx| events::find(tx, &id)).await
    }

    async fn events(
        &self,
        merchant: &str,
        before: Option<&EventId>,
        limit: u32,
    ) -> Result<Vec<EventRecord>, StoreError> {
        let (merchant, before) = (merchant.to_owned(), before.cloned());
        self.read(move |tx| events::list(tx, &merchant, before.as_ref(), limit)).await
    }

    async fn is_superseded(&self, event: &EventRecord) -> Result<bool, StoreError> {
        let event = event.clone();
        self.read(move |tx| events::is_superseded(tx, &event)).await
    }

    async fn note_delivery(
        &self,
        id: &EventId,
        delivery: Delivery,
        tries: u32,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        self.write(move |tx| events::note_delivery(tx, &id, delivery, tries)).await
    }

    async fn redeliver(
        &self,
        merchant: &str,
        id: &EventId,
        at: Moment,
    ) -> Result<Option<EventRecord>, StoreError> {
        let (merchant, id) = (merchant.to_owned(), id.clone());
        self.write(move |tx| events::redeliver(tx, &merchant, &id, at)).await
    }
}

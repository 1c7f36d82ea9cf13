//! Keeps the tokens that providers lend, so that many payments share one.
//!
//! Each holder's token has a lock of its own: while one conversation asks for a new token, those that
//! need it too wait for what it brings, be it a token or the news that there is none.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use kasir_shared::Moment;

use super::CourierError;
use crate::provider::dialogue::{Token, TokenHolder};

/// The part of its life in which a token is used, in thousandths of a second per second.
const USED_MS: i64 = 800;

/// Every token that is good for something.
#[derive(Default)]
pub(super) struct Tokens {
    slots: Mutex<BTreeMap<TokenHolder, Arc<Slot>>>,
}

/// One holder's token.
#[derive(Default)]
pub(super) struct Slot {
    kept: tokio::sync::Mutex<Kept>,
    /// How many times a token was asked for to the end. Who waited while it grew has the answer.
    asked: std::sync::atomic::AtomicU64,
}

#[derive(Default)]
struct Kept {
    lent: Option<(Token, Moment)>,
    failure: Option<CourierError>,
}

impl Tokens {
    /// The place of a holder's token.
    pub(super) fn slot(&self, holder: &TokenHolder) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry(holder.clone()).or_default().clone()
    }
}

impl Slot {
    /// A token that is good now and is not the one that was refused: the one that is kept, or the
    /// one that `renew` brings. Of all that want one at the same time, one asks.
    pub(super) async fn token(
        &self,
        now: Moment,
        refused: Option<&Token>,
        renew: impl Future<Output = Result<Token, CourierError>>,
    ) -> Result<Token, CourierError> {
        use std::sync::atomic::Ordering::SeqCst;
        let asked_before = self.asked.load(SeqCst);
        let mut kept = self.kept.lock().await;
        if let Some(token) = kept.good(now, refused) {
            return Ok(token);
        }
        let waited = self.asked.load(SeqCst) != asked_before;
        if let (true, Some(failure)) = (waited, &kept.failure) {
            return Err(failure.clone());
        }
        *kept = Kept::default();
        let renewed = renew.await;
        match &renewed {
            Ok(token) => {
                let used_ms = i64::from(token.lifetime_s).saturating_mul(USED_MS);
                kept.lent = Some((token.clone(), now.plus_ms(used_ms)));
            }
            Err(failure) => kept.failure = Some(failure.clone()),
        }
        self.asked.fetch_add(1, SeqCst);
        renewed
    }
}

impl Kept {
    fn good(&self, now: Moment, refused: Option<&Token>) -> Option<Token> {
        let (token, until) = self.lent.as_ref()?;
        let is_refused = refused.is_some_and(|it| it.value.expose() == token.value.expose());
        (now < *until && !is_refused).then(|| token.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::future::join_all;

    use super::*;
    use crate::secret::Secret;

    fn token(value: &str) -> Token {
        Token { value: Secret::new(value.to_owned()), lifetime_s: 900 }
    }

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_s(seconds)
    }

    /// Lends a token that says how many were lent before, and counts.
    async fn lend(count: &AtomicU32) -> Result<Token, CourierError> {
        tokio::task::yield_now().await;
        Ok(token(&format!("t{}", count.fetch_add(1, Ordering::SeqCst))))
    }

    async fn value(slot: &Slot, now: Moment, refused: Option<&Token>, count: &AtomicU32) -> String {
        slot.token(now, refused, lend(count)).await.unwrap().value.expose().to_owned()
    }

    #[tokio::test]
    async fn a_token_is_used_for_four_fifths_of_its_life() {
        let (slot, count) = (Slot::default(), AtomicU32::new(0));
        for (seconds, expected) in [(0, "t0"), (719, "t0"), (720, "t1"), (1439, "t1"), (1440, "t2")]
        {
            assert_eq!(value(&slot, at(seconds), None, &count).await, expected, "{seconds}");
        }
    }

    #[tokio::test]
    async fn a_refused_token_is_not_handed_out_again_and_its_successor_is() {
        let (slot, count) = (Slot::default(), AtomicU32::new(0));
        let old = slot.token(at(0), None, lend(&count)).await.unwrap();
        assert_eq!(value(&slot, at(1), Some(&old), &count).await, "t1");
        assert_eq!(value(&slot, at(1), Some(&old), &count).await, "t1");
        assert_eq!(value(&slot, at(1), None, &count).await, "t1");
    }

    #[tokio::test]
    async fn a_hundred_that_want_a_token_at_once_have_one_asked_for() {
        let (slot, count) = (Slot::default(), AtomicU32::new(0));
        let values = join_all((0..100).map(|_| value(&slot, at(0), None, &count))).await;
        assert!(values.iter().all(|value| value == "t0"));
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn those_who_waited_for_a_failure_do_not_each_repeat_it_and_later_ones_try_anew() {
        let (slot, count) = (Slot::default(), AtomicU32::new(0));
        let fail = async || {
            tokio::task::yield_now().await;
            count.fetch_add(1, Ordering::SeqCst);
            Err(CourierError::Unsaid("no token: too slow".to_owned()))
        };
        let failures = join_all((0..100).map(|_| slot.token(at(0), None, fail()))).await;
        assert!(failures.iter().all(|failure| matches!(failure, Err(CourierError::Unsaid(_)))));
        assert_eq!(count.load(Ordering::SeqCst), 1);
        assert_eq!(value(&slot, at(0), None, &count).await, "t1");
    }

    #[test]
    fn every_holder_has_a_place_of_its_own() {
        let tokens = Tokens::default();
        let (one, two) = (TokenHolder("a".to_owned()), TokenHolder("b".to_owned()));
        assert!(Arc::ptr_eq(&tokens.slot(&one), &tokens.slot(&one)));
        assert!(!Arc::ptr_eq(&tokens.slot(&one), &tokens.slot(&two)));
    }
}

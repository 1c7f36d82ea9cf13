//! Idempotency keys.

use super::super::{Claim, KeyUse, SavedAnswer};
use super::{Bench, Case, MERCHANT, at, case};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(a_key_with_another_request_is_refused_even_in_flight),
        case(fifty_claims_at_once_give_exactly_one_yours),
        case(a_claim_whose_lease_ran_out_can_be_claimed_again_once),
        case(a_second_answer_is_refused_together_with_its_session),
        case(an_answer_to_a_key_that_nobody_claimed_is_refused),
        case(an_answer_is_replayed_byte_for_byte),
        case(a_key_given_back_is_as_if_it_was_never_used),
        case(a_key_belongs_to_one_merchant),
        case(old_answers_are_forgotten_and_claims_in_flight_are_not),
    ]
}

fn key(fingerprint: &str) -> KeyUse {
    KeyUse {
        merchant: MERCHANT.to_owned(),
        key: "k-1".to_owned(),
        fingerprint: fingerprint.to_owned(),
    }
}

fn answer() -> SavedAnswer {
    SavedAnswer { status: 201, body: b"{\"id\": \"cs_1\"}\n\xff".to_vec() }
}

async fn a_key_with_another_request_is_refused_even_in_flight(bench: Bench) {
    assert_eq!(bench.store.claim_key(&key("a"), at(0), 60).await.unwrap(), Claim::Yours);
    assert_eq!(bench.store.claim_key(&key("b"), at(0), 60).await.unwrap(), Claim::OtherRequest);
    bench.store.save_answer(&key("a"), &answer(), at(1)).await.unwrap();
    assert_eq!(bench.store.claim_key(&key("b"), at(2), 60).await.unwrap(), Claim::OtherRequest);
}

async fn fifty_claims_at_once_give_exactly_one_yours(bench: Bench) {
    let claims = (0..50).map(|_| {
        let store = bench.store.clone();
        tokio::spawn(async move { store.claim_key(&key("a"), at(0), 60).await.unwrap() })
    });
    let mut yours = 0;
    for claim in claims.collect::<Vec<_>>() {
        let claim = claim.await.unwrap();
        yours += usize::from(claim == Claim::Yours);
        assert!(matches!(claim, Claim::Yours | Claim::InFlight), "{claim:?}");
    }
    assert_eq!(yours, 1);
}

async fn a_claim_whose_lease_ran_out_can_be_claimed_again_once(bench: Bench) {
    bench.store.claim_key(&key("a"), at(0), 60).await.unwrap();
    assert_eq!(bench.store.claim_key(&key("a"), at(59), 60).await.unwrap(), Claim::InFlight);
    assert_eq!(bench.store.claim_key(&key("a"), at(60), 60).await.unwrap(), Claim::Yours);
    assert_eq!(bench.store.claim_key(&key("a"), at(61), 60).await.unwrap(), Claim::InFlight);
}

async fn a_second_answer_is_refused_together_with_its_session(bench: Bench) {
    let (one, two) = (bench.new_session(at(0)), bench.new_session(at(0)));
    bench.store.claim_key(&key("a"), at(0), 60).await.unwrap();
    bench.store.create_session(&one, Some((&key("a"), &answer()))).await.unwrap();
    // Another process took the claim over when the lease ran out, and comes second.
    bench.store.create_session(&two, Some((&key("a"), &answer()))).await.unwrap_err();
    assert!(bench.store.session(MERCHANT, &one.id).await.unwrap().is_some());
    assert!(bench.store.session(MERCHANT, &two.id).await.unwrap().is_none());
}

async fn an_answer_to_a_key_that_nobody_claimed_is_refused(bench: Bench) {
    bench.store.save_answer(&key("a"), &answer(), at(1)).await.unwrap_err();
    assert_eq!(bench.store.claim_key(&key("a"), at(2), 60).await.unwrap(), Claim::Yours);
}

async fn an_answer_is_replayed_byte_for_byte(bench: Bench) {
    bench.store.claim_key(&key("a"), at(0), 60).await.unwrap();
    bench.store.save_answer(&key("a"), &answer(), at(1)).await.unwrap();
    let again = bench.store.claim_key(&key("a"), at(9_999), 60).await.unwrap();
    assert_eq!(again, Claim::Answered(answer()));
}

async fn a_key_given_back_is_as_if_it_was_never_used(bench: Bench) {
    bench.store.claim_key(&key("a"), at(0), 60).await.unwrap();
    bench.store.release_key(&key("a")).await.unwrap();
    assert_eq!(bench.store.claim_key(&key("b"), at(0), 60).await.unwrap(), Claim::Yours);
    bench.store.save_answer(&key("b"), &answer(), at(1)).await.unwrap();
    bench.store.release_key(&key("b")).await.unwrap();
    let again = bench.store.claim_key(&key("b"), at(2), 60).await.unwrap();
    assert_eq!(again, Claim::Answered(answer()), "an answer is not given back");
}

async fn a_key_belongs_to_one_merchant(bench: Bench) {
    let other = KeyUse { merchant: "warung".to_owned(), ..key("b") };
    bench.store.claim_key(&key("a"), at(0), 60).await.unwrap();
    bench.store.save_answer(&key("a"), &answer(), at(0)).await.unwrap();
    assert_eq!(bench.store.claim_key(&other, at(0), 60).await.unwrap(), Claim::Yours);
}

async fn old_answers_are_forgotten_and_claims_in_flight_are_not(bench: Bench) {
    let in_flight = KeyUse { key: "k-2".to_owned(), ..key("a") };
    bench.store.claim_key(&key("a"), at(0), 60).await.unwrap();
    bench.store.save_answer(&key("a"), &answer(), at(1)).await.unwrap();
    bench.store.claim_key(&in_flight, at(0), 600).await.unwrap();
    assert_eq!(bench.store.forget_keys(at(1)).await.unwrap(), 0);
    assert_eq!(bench.store.forget_keys(at(2)).await.unwrap(), 1);
    assert_eq!(bench.store.claim_key(&key("a"), at(2), 60).await.unwrap(), Claim::Yours);
    assert_eq!(bench.store.claim_key(&in_flight, at(2), 60).await.unwrap(), Claim::InFlight);
}

//! Placing an order, from the question to what the customer does next.

use kasir_shared::Moment;

use super::Nicepay;
use super::calls::payment::Step;
use super::calls::{link_initiate, registration};
use super::draft::Draft;
use super::methods::{self, Way};
use crate::provider::{Dialogue, Order, ProviderError, Started};

pub(crate) fn start(
    nicepay: &Nicepay,
    order: &Order,
    at: Moment,
) -> Result<Dialogue<Started>, ProviderError> {
    let not_served = ProviderError::Unsendable { why: "NICEPAY does not serve this method" };
    let method = methods::row(order.method).ok_or(not_served)?;
    let draft = Draft::new(order, method, at)?;
    match (method.way, &order.mandate) {
        (Way::Submit, _) => {
            let step = Step::new(nicepay, &draft);
            registration::ask(nicepay, &draft, move |id| Dialogue::Done(step.submit(id)))
        }
        (Way::Ask, _) => {
            let step = Step::new(nicepay, &draft);
            registration::ask(nicepay, &draft, move |transaction| step.ask(transaction))
        }
        (Way::Link, None) => {
            Err(ProviderError::Unsendable { why: "AstraPay is paid with a linked account only" })
        }
        (Way::Link, Some(mandate)) => link_initiate::ask(nicepay, &draft, mandate),
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;

    use super::super::testing::{DOCUMENTED, answer, nicepay, order};
    use super::*;
    use crate::provider::{Exchange, Next};
    use crate::secret::Secret;

    const REGISTERED: &str =
        include_str!("../../../../tests/vectors/nicepay/registration/answer.json");
    const TRANSACTION: &str = "IONPAYTEST05202212080659591234";

    fn asked(order: &Order) -> Box<Exchange<Started>> {
        match start(&nicepay(), order, DOCUMENTED).unwrap() {
            Dialogue::Ask(exchange) => exchange,
            Dialogue::Done(started) => panic!("{started:?}"),
            Dialogue::Authorize(_) => panic!("V2 knows no tokens"),
        }
    }

    #[test]
    fn a_method_that_nicepay_does_not_serve_is_not_sent() {
        let started = start(&nicepay(), &order(MethodId::Gopay), DOCUMENTED);
        assert!(matches!(started, Err(ProviderError::Unsendable { .. })));
    }

    #[test]
    fn a_used_order_number_ends_the_conversation() {
        for method in [MethodId::Ovo, MethodId::Shopeepay] {
            let answer = answer(r#"{"resultCd":"9009","resultMsg":"referenceNo already exists"}"#);
            let dialogue = asked(&order(method)).answer(answer).unwrap();
            assert!(matches!(dialogue, Dialogue::Done(Started::ReferenceTaken)));
        }
    }

    #[test]
    fn silence_to_a_registration_settles_nothing() {
        assert!(asked(&order(MethodId::Shopeepay)).unanswered().is_none());
    }

    #[test]
    fn most_wallets_are_reached_by_the_browsers_own_step() {
        for method in [MethodId::Ovo, MethodId::Dana, MethodId::Linkaja] {
            let exchange = asked(&order(method));
            assert_eq!(exchange.operation, "registration");
            let Dialogue::Done(Started::Placed { transaction, next, lifetime_s }) =
                exchange.answer(answer(REGISTERED)).unwrap()
            else {
                panic!("one answer is enough")
            };
            assert_eq!((transaction.as_deref(), lifetime_s), (Some(TRANSACTION), None));
            let Next::Submit(submit) = next else { panic!("{next:?}") };
            assert!(submit.fields.0.contains(&("tXid".to_owned(), TRANSACTION.to_owned())));
        }
    }

    #[test]
    fn shopeepay_is_asked_for_the_address_of_its_app() {
        let exchange = asked(&order(MethodId::Shopeepay));
        let Dialogue::Ask(exchange) = exchange.answer(answer(REGISTERED)).unwrap() else {
            panic!("a second question follows")
        };
        assert_eq!(exchange.operation, "payment");
        let app =
            r#"{"redirectUrlHttp":"https://shopee.co.id/pay","redirectUrlApp":"shopeeid://pay"}"#;
        let Dialogue::Done(Started::Placed { next, .. }) = exchange.answer(answer(app)).unwrap()
        else {
            panic!("two answers are enough")
        };
        assert!(matches!(next, Next::OpenApp { .. }));
    }

    #[test]
    fn astrapay_is_asked_for_with_a_linked_account_only() {
        let mut order = order(MethodId::Astrapay);
        let unlinked = start(&nicepay(), &order, DOCUMENTED);
        assert!(matches!(unlinked, Err(ProviderError::Unsendable { .. })));
        order.mandate = Some(Secret::new("IONPAYTEST123412345".to_owned()));
        assert_eq!(asked(&order).operation, "link_initiate");
    }
}

//! Order numbers that Espay takes: at most twenty letters and digits, since one becomes a virtual
//! account's number and the `order_id` of classic services.

use aws_lc_rs::digest::{SHA256, digest};

use super::REFERENCE_MAX;
use super::dialect::OrderNumber;

/// What numbers are written in. Classic signatures put everything in upper case, so that two numbers
/// may not differ by case alone.
const LETTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The number of an attempt's order. It is as many digits of a hash as fit: over a hundred bits, or
/// sixty-six where only digits are taken, so that no two orders of a shop meet.
pub(crate) fn of(attempt: &str, placing: u32, kind: OrderNumber) -> String {
    let base: u128 = match kind {
        OrderNumber::Alphanumeric => 36,
        OrderNumber::Digits => 10,
    };
    let hash = digest(&SHA256, format!("{attempt}:{}", placing.max(1)).as_bytes());
    let mut rest = hash
        .as_ref()
        .iter()
        .take(16)
        .fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    let mut number = String::with_capacity(REFERENCE_MAX);
    for _ in 0..REFERENCE_MAX {
        let letter = usize::try_from(rest % base).unwrap_or_default();
        number.push(char::from(LETTERS[letter]));
        rest /= base;
    }
    number
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::is_reference;
    use super::*;

    const ATTEMPT: &str = "pay_01JD4Y8Q2W5Z7K9M3N6P8R0T2V";

    #[test]
    fn every_placing_of_an_attempt_has_its_own_number_and_the_same_each_time() {
        for kind in [OrderNumber::Alphanumeric, OrderNumber::Digits] {
            let numbers: BTreeSet<_> = (1..=1000).map(|n| of(ATTEMPT, n, kind)).collect();
            assert_eq!(numbers.len(), 1000);
            assert_eq!(of(ATTEMPT, 1, kind), of(ATTEMPT, 1, kind));
            assert_eq!(of(ATTEMPT, 0, kind), of(ATTEMPT, 1, kind));
        }
    }

    #[test]
    fn a_number_says_nothing_of_the_attempt() {
        let number = of(ATTEMPT, 1, OrderNumber::Alphanumeric);
        assert!(!number.contains("01JD4Y") && !ATTEMPT.contains(&number));
    }

    proptest! {
        #[test]
        fn every_number_is_one_that_espay_takes(unique in "[0-9A-Za-z]{1,32}", placing: u32) {
            let attempt = format!("pay_{unique}");
            let number = of(&attempt, placing, OrderNumber::Alphanumeric);
            prop_assert!(is_reference(&number) && number.len() == 20, "{}", number);
            let digits = of(&attempt, placing, OrderNumber::Digits);
            prop_assert!(digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }

        #[test]
        fn two_attempts_never_share_a_number(one in "[0-9a-z]{26}", other in "[0-9a-z]{26}") {
            prop_assume!(one != other);
            let [one, other] = [one, other].map(|id| of(&id, 1, OrderNumber::Alphanumeric));
            prop_assert_ne!(one, other);
        }
    }
}

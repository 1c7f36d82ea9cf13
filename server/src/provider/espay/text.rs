//! What Espay takes for names and descriptions: plain letters, digits and spaces.

use crate::provider::snap::text::ascii;

/// The longest `userName`. Merchants were seen to keep to it.
const NAME_MAX: usize = 50;
/// What stands for a name that is not there.
const CUSTOMER: &str = "Pelanggan";
/// What stands for a description of which nothing is left.
const ORDER: &str = "Pesanan";

/// A customer's name. The original stays with us.
pub(crate) fn customer_name(name: Option<&str>) -> String {
    let plain = plain(name.unwrap_or_default(), NAME_MAX);
    if plain.is_empty() { CUSTOMER.to_owned() } else { plain }
}

/// What an order is for, in at most `max` characters.
pub(crate) fn description(text: &str, max: usize) -> String {
    let plain = plain(text, max);
    if plain.is_empty() { ORDER.to_owned() } else { plain }
}

/// Letters, digits and single spaces.
fn plain(text: &str, max: usize) -> String {
    let mut plain = String::with_capacity(max);
    for c in ascii(text).chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => plain.push(c),
            // Ma'ruf is one word, however it is written.
            '\'' | '`' => {}
            _ if plain.is_empty() || plain.ends_with(' ') => {}
            _ => plain.push(' '),
        }
    }
    plain.truncate(max);
    plain.truncate(plain.trim_end().len());
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn punctuation_and_pictures_are_left_out() {
        for (name, sent) in [
            ("", "Pelanggan"),
            ("🙂", "Pelanggan"),
            ("Budi Santoso", "Budi Santoso"),
            ("K.H. Ma’ruf Amin, S.H.", "K H Maruf Amin S H"),
            ("José  Müller-Þór", "Jose Muller Thor"),
        ] {
            assert_eq!(customer_name(Some(name)), sent, "{name}");
        }
        assert_eq!(customer_name(None), "Pelanggan");
        assert_eq!(description("Kopi Gayo 250 g × 2", 18), "Kopi Gayo 250 g x");
        assert_eq!(description("咖啡", 18), "Pesanan");
    }

    proptest! {
        #[test]
        fn every_text_fits(text in any::<String>()) {
            let sent = description(&text, 18);
            prop_assert!((1..=18).contains(&sent.len()), "{}", sent);
            prop_assert!(sent.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' '));
            prop_assert_eq!(sent.trim(), &sent);
        }
    }
}

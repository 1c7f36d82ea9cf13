//! What Winpay takes for a customer's name.

use crate::provider::snap::text::ascii;

/// The shortest and the longest `customerName`. One page of Winpay's says 25 and another 24.
const LENGTH: (usize, usize) = (5, 24);
/// What fills a name that is too short, and stands for one that is not there.
const CUSTOMER: &str = "Pelanggan";

/// A name in letters, digits, hyphens and spaces, neither too short nor too long. The original stays
/// with us.
pub(crate) fn customer_name(name: Option<&str>) -> String {
    let mut plain = String::with_capacity(LENGTH.1);
    for c in ascii(name.unwrap_or_default()).chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' => plain.push(c),
            // Ma'ruf is one word, however it is written.
            '\'' | '`' => {}
            _ if plain.is_empty() || plain.ends_with(' ') => {}
            _ => plain.push(' '),
        }
    }
    plain.truncate(LENGTH.1);
    plain.truncate(plain.trim_end().len());
    match plain.len() {
        0 => CUSTOMER.to_owned(),
        length if length < LENGTH.0 => format!("{plain} {CUSTOMER}"),
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_name_is_too_short_too_long_or_too_strange() {
        for (name, sent) in [
            ("", "Pelanggan"),
            ("🙂🙃🙂", "Pelanggan"),
            ("王小明", "Pelanggan"),
            ("   ", "Pelanggan"),
            ("Al", "Al Pelanggan"),
            ("Budi", "Budi Pelanggan"),
            ("Chus Pandi", "Chus Pandi"),
            ("José Þrœstur—Müller", "Jose Throestur-Muller"),
            ("K.H. Ma’ruf Amin, S.H.", "K H Maruf Amin S H"),
            ("Toko \"A & B\" <Makmur>", "Toko A B Makmur"),
            ("Siti\tNurhaliza\n", "Siti Nurhaliza"),
            (
                "Susilo Bambang Yudhoyono Kertajaya Wicaksana Adiputra Rahardjo",
                "Susilo Bambang Yudhoyono",
            ),
            ("Raden Mas Panji Hadiningrat", "Raden Mas Panji Hadiningr"[..24].trim_end()),
            ("abcdefghijklmnopqrstuvw xyz", "abcdefghijklmnopqrstuvw"),
        ] {
            assert_eq!(customer_name(Some(name)), sent, "{name}");
        }
        assert_eq!(customer_name(None), "Pelanggan");
    }

    proptest! {
        #[test]
        fn every_name_fits(name in any::<String>()) {
            let sent = customer_name(Some(&name));
            prop_assert!((LENGTH.0..=LENGTH.1).contains(&sent.len()), "{}", sent);
            prop_assert!(sent.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b' '));
            prop_assert_eq!(sent.trim(), &sent);
        }
    }
}

//! How NICEPAY writes times and texts.

use kasir_shared::{Moment, Rupiah};

use crate::provider::snap::text::ascii;
pub(crate) use crate::provider::snap::time::date;
use crate::provider::snap::time::to_the_millisecond;

/// `YYYYMMDDHHMISS` in Jakarta.
pub(crate) fn time_stamp(at: Moment) -> String {
    let mut digits = to_the_millisecond(at);
    digits.truncate(14);
    digits
}

/// Whether it is between midnight and one o'clock in Jakarta.
pub(crate) fn is_first_hour(at: Moment) -> bool {
    time_stamp(at).get(8..10) == Some("00")
}

/// An amount as NICEPAY writes it: digits and nothing else.
pub(crate) fn digits(amount: Rupiah) -> String {
    amount.value().to_string()
}

/// A text that fits a field of NICEPAY's: ASCII of at most `max` characters on one line, and without
/// the signs that quoting, escaping and HTML are made of. Letters without a near one in ASCII are
/// left out, so it may come out empty.
pub(crate) fn cleaned(text: &str, max: usize) -> String {
    let mut clean: String = ascii(text)
        .chars()
        .map(|c| match c {
            '"' | '`' => '\'',
            '\\' => '/',
            '<' => '(',
            '>' => ')',
            other => other,
        })
        .collect();
    clean.truncate(max);
    clean.truncate(clean.trim_end().len());
    clean
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_stamp_is_jakartas_and_minutes_are_minutes() {
        assert_eq!(time_stamp(moment("2022-12-07T23:59:59.999Z")), "20221208065959");
        assert_eq!(time_stamp(moment("2026-12-31T17:04:05.000Z")), "20270101000405");
        assert_eq!(date(moment("2026-11-20T16:59:59.000Z")), "20261120");
        assert_eq!(date(moment("2026-11-20T17:00:00.000Z")), "20261121");
    }

    #[test]
    fn the_first_hour_of_the_day_is_jakartas() {
        for (at, first) in [
            ("2026-11-20T16:59:59.999Z", false),
            ("2026-11-20T17:00:00.000Z", true),
            ("2026-11-20T17:59:59.999Z", true),
            ("2026-11-20T18:00:00.000Z", false),
        ] {
            assert_eq!(is_first_hour(moment(at)), first, "{at}");
        }
    }

    #[test]
    fn a_name_is_written_in_plain_letters_and_cut() {
        for (text, max, clean) in [
            ("Kopi  Susu\n\"Gayo\"", 40, "Kopi Susu 'Gayo'"),
            (" José Þrœstur—Müller… ", 40, "Jose Throestur-Muller..."),
            ("<b>2\\3</b>", 40, "(b)2/3(/b)"),
            ("王小明", 40, ""),
            ("Meja makan", 5, "Meja"),
            ("Straße", 5, "Stras"),
            ("", 5, ""),
        ] {
            assert_eq!(cleaned(text, max), clean, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_cleaned_text_always_fits(text in any::<String>(), max in 0_usize..50) {
            let clean = cleaned(&text, max);
            prop_assert!(clean.len() <= max);
            prop_assert!(clean.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(clean.trim(), &clean);
        }
    }
}

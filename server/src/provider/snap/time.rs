//! Times as SNAP BI writes them: on Jakarta's clock, with its offset.

use kasir_shared::Moment;

/// Jakarta is seven hours ahead of UTC, all year round.
const JAKARTA_S: i64 = 7 * 3600;

/// `YYYY-MM-DDThh:mm:ss+07:00`.
pub fn jakarta(at: Moment) -> String {
    let text = at.plus_s(JAKARTA_S).to_string();
    let to_the_second: String = text.chars().take(19).collect();
    format!("{to_the_second}+07:00")
}

/// `YYYYMMDD` in Jakarta.
pub fn date(at: Moment) -> String {
    let mut digits = to_the_millisecond(at);
    digits.truncate(8);
    digits
}

/// `YYYYMMDDhhmmssmmm` in Jakarta: seventeen digits.
pub fn to_the_millisecond(at: Moment) -> String {
    at.plus_s(JAKARTA_S).to_string().chars().filter(char::is_ascii_digit).collect()
}

/// Reads a time with any offset, with or without fractions of a second. A time without an offset is
/// none: nobody knows whose clock it is from.
pub fn read(text: &str) -> Option<Moment> {
    let timestamp: jiff::Timestamp = text.parse().ok()?;
    Some(Moment { unix_ms: timestamp.as_millisecond() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_is_jakartas_wall_clock_and_not_ours_with_another_label() {
        assert_eq!(jakarta(moment("2020-12-17T03:55:00.999Z")), "2020-12-17T10:55:00+07:00");
        assert_eq!(jakarta(moment("2026-12-31T17:04:05.000Z")), "2027-01-01T00:04:05+07:00");
        assert_eq!(date(moment("2026-11-20T16:59:59.999Z")), "20261120");
        assert_eq!(date(moment("2026-11-20T17:00:00.000Z")), "20261121");
        assert_eq!(to_the_millisecond(moment("2026-11-20T17:00:00.042Z")), "20261121000000042");
    }

    #[test]
    fn times_of_every_dialect_are_read() {
        let noon = Some(moment("2026-11-20T05:00:00.000Z"));
        for text in [
            "2026-11-20T12:00:00+07:00",
            "2026-11-20T05:00:00Z",
            "2026-11-20T05:00:00.000Z",
            "2026-11-20T12:00:00.000+07:00",
            "2026-11-20T05:00:00-00:00",
        ] {
            assert_eq!(read(text), noon, "{text}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_none() {
        for text in
            ["", "2026-11-20T12:00:00", "2026-11-20", "20261120120000", "1795150800", "noon"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_time_reads_back_to_the_second(unix_s in 0..253_402_000_000_i64) {
            let at = Moment::from_unix_s(unix_s);
            prop_assert_eq!(read(&jakarta(at)), Some(at));
        }
    }
}

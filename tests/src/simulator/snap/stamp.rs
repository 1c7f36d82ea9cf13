//! X-TIMESTAMP: any moment with an offset is read, Jakarta's is written.
use crate::simulator::jakarta;
use jiff::Timestamp;

/// The moment in milliseconds; nothing where the offset, or anything else, is missing.
pub(crate) fn read(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(11)?;
    let bytes = date.as_bytes();
    let shaped = bytes[4] == b'-' && bytes[7] == b'-' && bytes[10] == b'T';
    let zone = rest.find(['Z', '+', '-'])?;
    let (clock, zone) = rest.split_at(zone);
    let told = clock.len() >= 8 && (zone == "Z" || (zone.len() == 6 && zone.as_bytes()[3] == b':'));
    // Some write UTC's offset as unknown.
    let zone = if zone == "-00:00" { "Z" } else { zone };
    let parsed = format!("{date}{clock}{zone}").parse::<Timestamp>().ok()?;
    (shaped && told).then(|| parsed.as_millisecond())
}

/// `2026-11-20T10:00:00+07:00`.
pub(crate) fn write(ms: i64) -> String {
    jakarta::iso(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_with_an_offset_is_the_same_moment() {
        for text in [
            "2024-01-11T08:57:55+07:00",
            "2024-01-11T01:57:55Z",
            "2024-01-11T01:57:55.000Z",
            "2024-01-11T08:57:55.000+07:00",
            "2024-01-11T01:57:55-00:00",
        ] {
            assert_eq!(read(text), Some(1_704_938_275_000), "{text}");
        }
        assert_eq!(write(1_704_938_275_999), "2024-01-11T08:57:55+07:00");
    }

    #[test]
    fn what_has_no_offset_or_is_no_moment_is_not_read() {
        for text in [
            "",
            "2024-01-11T08:57:55",
            "2024-01-11 08:57:55+07:00",
            "2024-01-11T08:57:55+0700",
            "2024-01-11T08:57+07:00",
            "2024-13-11T08:57:55+07:00",
            "20240111085755",
            "1704938275",
            "2024-01-11T08:57:55Ü",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

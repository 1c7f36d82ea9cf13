//! Moments as Indonesian providers write them: Jakarta time, seven hours ahead of UTC.
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, Zoned};

fn zoned(ms: i64) -> Zoned {
    let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::fixed(offset(7)))
}

/// `YYYYMMDD`.
pub(crate) fn date(ms: i64) -> String {
    zoned(ms).strftime("%Y%m%d").to_string()
}

/// `HHMISS`.
pub(crate) fn time(ms: i64) -> String {
    zoned(ms).strftime("%H%M%S").to_string()
}

/// The moment that `YYYYMMDD` and `HHMISS` name, if they do.
pub(crate) fn moment(date: &str, time: &str) -> Option<i64> {
    let read = jiff::civil::DateTime::strptime("%Y%m%d %H%M%S", format!("{date} {time}")).ok()?;
    let at = read.to_zoned(TimeZone::fixed(offset(7))).ok()?;
    Some(at.timestamp().as_millisecond())
}

/// The hour of the day, 0 to 23.
pub(crate) fn hour(ms: i64) -> i8 {
    zoned(ms).hour()
}

/// ISO 8601 with Jakarta's offset, as SNAP BI writes it.
pub(crate) fn iso(ms: i64) -> String {
    zoned(ms).strftime("%Y-%m-%dT%H:%M:%S+07:00").to_string()
}

/// RFC 3339 in UTC, for our own interface.
pub(crate) fn rfc3339(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_evening_in_utc_is_the_next_morning_in_jakarta() {
        let ms = 1_675_183_582_000;
        assert_eq!(rfc3339(ms), "2023-01-31T16:46:22Z");
        assert_eq!((date(ms), time(ms), hour(ms)), ("20230131".into(), "234622".into(), 23));
        assert_eq!(date(ms + 1_800_000), "20230201");
    }

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        let ms = 1_675_183_582_000;
        assert_eq!(moment(&date(ms), &time(ms)), Some(ms));
        for (wrong_date, wrong_time) in [("20230230", "000000"), ("20230101", "240000"), ("", "")] {
            assert_eq!(moment(wrong_date, wrong_time), None, "{wrong_date} {wrong_time}");
        }
    }
}

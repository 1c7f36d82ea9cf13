//! A point in time, to the millisecond, written as RFC 3339 in UTC.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time. On the wire `2026-11-20T05:00:00.000Z`; in the database milliseconds since 1970.
///
/// Nothing here reads a clock: a moment is handed in by whoever holds one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub unix_ms: i64,
}

/// A text that is no RFC 3339 time in UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotAMoment;

const DAY_MS: i64 = 86_400_000;

impl Moment {
    /// The moment so many seconds after 1970.
    pub const fn from_unix_s(unix_s: i64) -> Self {
        Self { unix_ms: unix_s.saturating_mul(1000) }
    }

    /// Whole seconds since 1970.
    pub const fn unix_s(self) -> i64 {
        self.unix_ms.div_euclid(1000)
    }

    /// So many milliseconds later; negative is earlier.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self { unix_ms: self.unix_ms.saturating_add(ms) }
    }

    /// So many seconds later; negative is earlier.
    #[must_use]
    pub const fn plus_s(self, s: i64) -> Self {
        self.plus_ms(s.saturating_mul(1000))
    }

    /// Whole seconds from `earlier` until this moment, rounded up, and 0 once it has passed: what a
    /// countdown shows.
    pub fn seconds_after(self, earlier: Self) -> u32 {
        let ms = self.unix_ms.saturating_sub(earlier.unix_ms).max(0);
        u32::try_from(ms.saturating_add(999) / 1000).unwrap_or(u32::MAX)
    }
}

/// Days since 1970 to year, month, day, by the proleptic Gregorian calendar.
///
/// The calendar repeats every 400 years (146 097 days), and counting years from March puts the leap
/// day last, so that month lengths follow one straight line.
const fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// The inverse of [`civil`].
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.unix_ms.div_euclid(DAY_MS));
        let ms = self.unix_ms.rem_euclid(DAY_MS);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
            ms % 1000
        )
    }
}

impl FromStr for Moment {
    type Err = NotAMoment;

    /// Reads `YYYY-MM-DDThh:mm:ss[.mmm]Z`, the only form Kasir writes.
    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        let bytes = text.as_bytes();
        let whole = bytes.len() == 20 || (bytes.len() == 24 && bytes[19] == b'.');
        let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if !whole || !text.ends_with('Z') || marks.iter().any(|&(at, mark)| bytes[at] != mark) {
            return Err(NotAMoment);
        }
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().try_fold(0_i64, |sum, byte| {
                byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')).ok_or(NotAMoment)
            })
        };
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let ms = if bytes.len() == 24 { number(20, 23)? } else { 0 };
        let days = days_from_civil(year, month, day);
        if civil(days) != (year, month, day) || hour > 23 || minute > 59 || second > 59 {
            return Err(NotAMoment);
        }
        Ok(Self { unix_ms: days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + ms })
    }
}

impl fmt::Display for NotAMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time looks like 2026-11-20T05:00:00.000Z")
    }
}

impl std::error::Error for NotAMoment {}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Moment {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Moment {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_moments_are_written_and_read() {
        for (unix_ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_150_800_123, "2026-11-20T05:00:00.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Moment { unix_ms }.to_string(), text);
            assert_eq!(text.parse(), Ok(Moment { unix_ms }));
        }
        assert_eq!("2026-11-20T05:00:00Z".parse(), Ok(Moment { unix_ms: 1_795_150_800_000 }));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026-11-20",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-20T24:00:00Z",
            "2026-11-20T05:00:00+07:00",
            "2026-11-20T05:00:00.1Z",
            "+026-11-20T05:00:00Z",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(NotAMoment), "{text}");
        }
    }

    #[test]
    fn a_countdown_rounds_up_and_stops_at_nothing() {
        let now = Moment { unix_ms: 10_000 };
        assert_eq!(now.plus_ms(1).seconds_after(now), 1);
        assert_eq!(now.plus_s(55).seconds_after(now), 55);
        assert_eq!(now.plus_s(-5).seconds_after(now), 0);
    }

    proptest! {
        #[test]
        fn every_moment_reads_back(unix_ms in 0..253_402_300_800_000_i64) {
            let moment = Moment { unix_ms };
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        }
    }
}

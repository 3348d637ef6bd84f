//! Points in time: RFC 3339 in UTC on the wire, milliseconds inside.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// A point in time with millisecond precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = String, format = DateTime, example = "2026-11-23T08:30:00.000Z")
)]
pub struct Timestamp(i64);

/// Why a text is not a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write the time as 2026-11-23T08:30:00Z")]
pub struct NotATime;

/// A span of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span(pub i64);

impl Span {
    /// Seconds.
    pub const fn seconds(count: i64) -> Self {
        Self(count * 1_000)
    }

    /// Minutes.
    pub const fn minutes(count: i64) -> Self {
        Self::seconds(count * 60)
    }

    /// Hours of 60 minutes.
    pub const fn hours(count: i64) -> Self {
        Self::minutes(count * 60)
    }

    /// Days of exactly 24 hours, whatever the calendar says about daylight saving.
    pub const fn days(count: i64) -> Self {
        Self::hours(count * 24)
    }
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// The earliest and the latest time that is accepted: years 0001 to 9999, which RFC 3339 can write.
    const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

    /// Milliseconds since 1970-01-01T00:00:00Z, if RFC 3339 can write the result.
    pub fn from_millis(millis: i64) -> Option<Self> {
        Self::RANGE.contains(&millis).then_some(Self(millis))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This time, later by `span`; stops at the ends of the calendar.
    #[must_use]
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0).clamp(*Self::RANGE.start(), *Self::RANGE.end()))
    }

    /// This time, earlier by `span`; stops at the ends of the calendar.
    #[must_use]
    pub fn minus(self, span: Span) -> Self {
        self.plus(Span(span.0.saturating_neg()))
    }

    /// How long after `earlier` this time is; negative when it is before it.
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let parsed = DateTime::parse_from_rfc3339(text).map_err(|_| NotATime)?;
        Self::from_millis(parsed.timestamp_millis()).ok_or(NotATime)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        f.write_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        sink.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn offsets_are_read_and_written_as_utc() {
        let time: Timestamp = "2026-11-23T09:30:00+01:00".parse().expect("a time");
        assert_eq!(time.to_string(), "2026-11-23T08:30:00.000Z");
    }

    #[test]
    fn four_days_are_ninety_six_hours() {
        assert_eq!(Span::days(4), Span::hours(96));
    }

    proptest! {
        #[test]
        fn every_time_round_trips(millis in -62_135_596_800_000i64..=253_402_300_799_999) {
            let time = Timestamp::from_millis(millis).expect("in range");
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }

        #[test]
        fn arithmetic_never_leaves_the_calendar(millis in -62_135_596_800_000i64..=253_402_300_799_999, span: i64) {
            let time = Timestamp::from_millis(millis).expect("in range").plus(Span(span));
            prop_assert!(Timestamp::from_millis(time.millis()).is_some());
        }

        #[test]
        fn no_text_makes_the_parser_fail_loudly(text in any::<String>()) {
            let _ = text.parse::<Timestamp>();
        }
    }
}

//! Opening hours: until when a first answer is promised.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use frontdesk_contract::call::Window;
use frontdesk_contract::settings::ChannelSettings;
use frontdesk_contract::time::Span;
use frontdesk_contract::{Priority, Timestamp};

/// How many days ahead hours are looked for: beyond that, nothing is promised.
const DAYS_AHEAD: u64 = 400;

/// The clocks leave out no more minutes than this at once.
const LEFT_OUT_MAX: i64 = 120;

/// When the first answer to something of this level asked at `asked_at` is promised; none when nothing is promised.
/// Minutes count only while somebody is there.
pub fn answer_by(channel: &ChannelSettings, priority: Priority, asked_at: Timestamp) -> Option<Timestamp> {
    let zone: Tz = channel.time_zone.parse().ok()?;
    let mut left = Span::minutes(i64::from(channel.promise(priority)?));
    let asked = DateTime::<Utc>::from_timestamp_millis(asked_at.millis())?.with_timezone(&zone);
    // Up to here minutes are counted: windows that overlap are open once.
    let mut counted = asked_at;
    // A window of the day before ends at midnight at the latest, so today is early enough.
    for day in asked.date_naive().iter_days().take(usize::try_from(DAYS_AHEAD).unwrap_or(usize::MAX)) {
        for (from, to) in windows(channel, day) {
            let (Some(from), Some(to)) = (at(zone, day, from), at(zone, day, to)) else { continue };
            let begin = from.max(counted);
            let open = to.since(begin);
            if open.0 <= 0 {
                continue;
            }
            if left <= open {
                return Some(begin.plus(left));
            }
            left = Span(left.0 - open.0);
            counted = to;
        }
    }
    None
}

/// The hours in which a channel is open within so many days from the one of `from` on, the earliest first; those
/// that were over at `from` are left out.
pub fn open(channel: &ChannelSettings, from: Timestamp, days: usize) -> Vec<Window> {
    let Ok(zone) = channel.time_zone.parse::<Tz>() else { return Vec::new() };
    let Some(today) = DateTime::<Utc>::from_timestamp_millis(from.millis()) else { return Vec::new() };
    let days = today.with_timezone(&zone).date_naive().iter_days().take(days);
    let of_day = |day| {
        windows(channel, day)
            .into_iter()
            .filter_map(move |(from, to)| Some(Window { from: at(zone, day, from)?, to: at(zone, day, to)? }))
    };
    days.flat_map(of_day).filter(|window| window.to > from).collect()
}

/// Reads `09:00` as minutes; `24:00` is the end of the day.
pub fn minute_of_day(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let is_plain =
        hour.len() == 2 && minute.len() == 2 && text.bytes().all(|b| b.is_ascii_digit() || b == b':');
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let is_time = (hour < 24 && minute < 60) || (hour == 24 && minute == 0);
    (is_plain && is_time).then_some(hour * 60 + minute)
}

/// The windows of a day in minutes, earliest first.
fn windows(channel: &ChannelSettings, day: NaiveDate) -> Vec<(u32, u32)> {
    if channel.holidays.iter().any(|holiday| holiday.parse() == Ok(day)) {
        return Vec::new();
    }
    let weekday = day.weekday().number_from_monday();
    let mut windows: Vec<(u32, u32)> = channel
        .hours
        .iter()
        .filter(|hours| hours.days.iter().any(|open| u32::from(*open) == weekday))
        .filter_map(|hours| Some((minute_of_day(&hours.from)?, minute_of_day(&hours.to)?)))
        .collect();
    windows.sort_unstable();
    windows
}

/// The moment of a local time; one that the clocks leave out is the moment at which they have moved.
fn at(zone: Tz, day: NaiveDate, minute: u32) -> Option<Timestamp> {
    let local: NaiveDateTime = day.and_hms_opt(0, 0, 0)? + chrono::Duration::minutes(i64::from(minute));
    let moment = (0..=LEFT_OUT_MAX)
        .find_map(|later| zone.from_local_datetime(&(local + chrono::Duration::minutes(later))).earliest())?;
    Timestamp::from_millis(moment.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use frontdesk_contract::settings::OpeningHours;
    use proptest::prelude::*;

    use super::*;

    fn channel(minutes: u32) -> ChannelSettings {
        let text = format!(
            "channel = \"message\"\nenabled = true\nlanguages = [\"fr\"]\ntimeZone = \"Europe/Paris\"\n\
             holidays = [\"2026-12-25\"]\nfirstAnswerMinutes = {minutes}\n\
             hours = [{{ days = [1, 2, 3, 4, 5], from = \"09:00\", to = \"18:00\" }}]"
        );
        toml::from_str(&text).expect("a channel")
    }

    #[track_caller]
    fn check(asked: &str, minutes: u32, promised: &str) {
        let answer = answer_by(&channel(minutes), Priority::Low, asked.parse().expect("a time"));
        assert_eq!(answer, Some(promised.parse().expect("a time")), "{asked}");
    }

    #[test]
    fn only_open_minutes_count() {
        check("2026-11-23T10:00:00Z", 240, "2026-11-23T14:00:00Z");
        check("2026-11-23T16:00:00Z", 240, "2026-11-24T11:00:00Z");
        check("2026-11-27T16:30:00Z", 60, "2026-11-30T08:30:00Z");
        check("2026-11-28T12:00:00Z", 60, "2026-11-30T09:00:00Z");
    }

    #[test]
    fn holidays_are_closed() {
        check("2026-12-24T16:30:00Z", 60, "2026-12-28T08:30:00Z");
    }

    #[test]
    fn hours_are_those_of_the_wall_clock() {
        // Paris is two hours ahead in summer, one in winter.
        check("2026-10-23T15:30:00Z", 60, "2026-10-26T08:30:00Z");
    }

    #[test]
    fn nothing_is_promised_without_hours() {
        let closed = ChannelSettings { hours: Vec::new(), ..channel(60) };
        assert_eq!(answer_by(&closed, Priority::High, Timestamp::EPOCH), None);
        let silent = ChannelSettings { first_answer_minutes: None, ..channel(60) };
        assert_eq!(answer_by(&silent, Priority::High, Timestamp::EPOCH), None);
    }

    #[test]
    fn a_level_may_have_a_promise_of_its_own() {
        let mut by_level = channel(240);
        by_level.first_answer_minutes_by_priority.high = Some(30);
        let asked: Timestamp = "2026-11-23T10:00:00Z".parse().expect("a time");
        let promised = |level| answer_by(&by_level, level, asked);
        assert_eq!(promised(Priority::High), Some(asked.plus(Span::minutes(30))));
        assert_eq!(promised(Priority::Medium), Some(asked.plus(Span::minutes(240))));
    }

    #[test]
    fn hours_that_overlap_are_open_once() {
        let hours =
            |from: &str, to: &str| OpeningHours { days: vec![1], from: from.to_owned(), to: to.to_owned() };
        let twice = ChannelSettings {
            hours: vec![hours("09:00", "18:00"), hours("09:00", "12:00"), hours("11:00", "19:00")],
            ..channel(9 * 60)
        };
        let asked = "2026-11-23T08:00:00Z".parse().expect("a time");
        assert_eq!(
            answer_by(&twice, Priority::Low, asked),
            Some("2026-11-23T17:00:00Z".parse().expect("a time"))
        );
    }

    #[test]
    fn a_channel_is_open_in_its_hours() {
        let friday = "2026-12-24T16:30:00Z".parse().expect("a time");
        let spans = open(&channel(60), friday, 5);
        let told: Vec<String> = spans.iter().map(|span| format!("{} {}", span.from, span.to)).collect();
        assert_eq!(
            told,
            [
                "2026-12-24T08:00:00.000Z 2026-12-24T17:00:00.000Z",
                "2026-12-28T08:00:00.000Z 2026-12-28T17:00:00.000Z"
            ],
            "Christmas and the weekend are closed"
        );
    }

    /// A week of windows of an hour or more, some of them over each other.
    fn weeks() -> impl Strategy<Value = Vec<(u8, u32, u32)>> {
        let window = (1u8..=7, 0u32..1_380, 60u32..=1_440)
            .prop_map(|(day, from, long)| (day, from, (from + long).min(1_440)));
        proptest::collection::vec(window, 1..8)
    }

    proptest! {
        #[test]
        fn as_many_minutes_are_open_as_are_promised(
            windows in weeks(),
            asked in 0i64..20_000,
            minutes in 1u32..1_500,
        ) {
            let hours = |(day, from, to): &(u8, u32, u32)| OpeningHours {
                days: vec![*day],
                from: format!("{:02}:{:02}", from / 60, from % 60),
                to: format!("{:02}:{:02}", to / 60, to % 60),
            };
            let channel = ChannelSettings {
                hours: windows.iter().map(hours).collect(),
                holidays: Vec::new(),
                // Where no clock ever moves.
                time_zone: "Asia/Tokyo".to_owned(),
                ..channel(minutes)
            };
            let monday: Timestamp = "2026-11-22T15:00:00Z".parse().expect("a time");
            let is_open = |minute: i64| {
                let (day, of_day) = (minute.div_euclid(1_440) % 7 + 1, minute.rem_euclid(1_440));
                windows.iter().any(|(open, from, to)| {
                    i64::from(*open) == day && (i64::from(*from)..i64::from(*to)).contains(&of_day)
                })
            };
            let expected = (asked..).filter(|minute| is_open(*minute)).nth(usize::try_from(minutes)? - 1);
            let promised = answer_by(&channel, Priority::Low, monday.plus(Span::minutes(asked)));
            prop_assert_eq!(promised, expected.map(|minute| monday.plus(Span::minutes(minute + 1))));
        }

        #[test]
        fn a_promise_is_never_in_the_past(millis in 0i64..4_000_000_000_000, minutes in 1u32..100_000) {
            let asked = Timestamp::from_millis(millis).expect("in range");
            if let Some(promised) = answer_by(&channel(minutes), Priority::Low, asked) {
                prop_assert!(promised.since(asked) >= Span::minutes(i64::from(minutes)));
            }
        }
    }
}

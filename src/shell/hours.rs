//! When support is there, as the reader's clock shows it, and what the priority does to its promises.

use frontdesk_contract::settings::{ChannelSettings, OpeningHours};
use frontdesk_contract::time::Span;
use frontdesk_contract::{Priority, Settings, Timestamp};

use crate::browser::intl;
use crate::i18n::{Key, Words, keys as w};

const DAY: i64 = Span::days(1).0;
/// So many days without service are told.
const HOLIDAYS: usize = 3;

/// The hours of a channel in the reader's zone, around `now`: the clocks of two zones don't change on the same day.
fn here(channel: &ChannelSettings, now: Timestamp, language: &str) -> Vec<String> {
    channel.hours.iter().flat_map(|hours| spans(hours, &channel.time_zone, now, language)).collect()
}

/// The note beside a choice of the priority. Seed 000: it makes the answer neither faster nor slower; an operator who
/// promises otherwise says so in the settings, and then the note says that.
pub fn priority_note(settings: &Settings, words: Words) -> String {
    let enabled = settings.channels.iter().filter(|channel| channel.enabled);
    let Some(channel) =
        enabled.into_iter().find(|channel| !channel.first_answer_minutes_by_priority.is_empty())
    else {
        return words.text(w::PRIORITY_NOTE_SHORT);
    };
    let promises = [
        (Priority::High, w::PRIORITY_HIGH),
        (Priority::Medium, w::PRIORITY_MEDIUM),
        (Priority::Low, w::PRIORITY_LOW),
    ];
    let told = |(level, key): (Priority, Key)| {
        let promise = within(channel.promise(level)?, words);
        Some(words.text_with(w::PRIORITY_PROMISE, &[("level", words.text(key)), ("promise", promise)]))
    };
    let all: Vec<String> = promises.into_iter().filter_map(told).collect();
    words.text_with(w::PRIORITY_NOTE_PROMISED, &[("promises", all.join(" "))])
}

/// `First answer within 4 hours.`
pub fn within(minutes: u32, words: Words) -> String {
    if minutes >= 60 && minutes.is_multiple_of(60) {
        words.count(w::CHANNEL_PROMISE_HOURS, u64::from(minutes / 60))
    } else {
        words.count(w::CHANNEL_PROMISE_MINUTES, u64::from(minutes))
    }
}

/// `Mon–Fri 9:00 AM–6:00 PM`; days that don't follow each other are told one by one.
fn spans(hours: &OpeningHours, zone: &str, now: Timestamp, language: &str) -> Vec<String> {
    let (Some(from), Some(to)) = (minutes(&hours.from), minutes(&hours.to)) else { return Vec::new() };
    runs(&hours.days)
        .into_iter()
        .map(|(first, last)| {
            let begins = |day| moment(zone, day, from, now);
            let (start, end) = (begins(first), moment(zone, first, to, now));
            let mut days = intl::weekday_of(start, language);
            if last != first {
                days = format!("{days}–{}", intl::weekday_of(begins(last), language));
            }
            format!("{days} {}–{}", intl::time(start, language), intl::time(end, language))
        })
        .collect()
}

/// Days that follow each other, as first and last.
fn runs(days: &[u8]) -> Vec<(u8, u8)> {
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *day => *last = *day,
            Some(_) | None => runs.push((*day, *day)),
        }
    }
    runs
}

/// The moment of a day of this week in a zone, 1 is Monday.
fn moment(zone: &str, day: u8, minute: i64, now: Timestamp) -> Timestamp {
    let wall = now.millis().saturating_add(intl::zone_offset(zone, now));
    let today = wall.div_euclid(DAY);
    // 1970-01-01 was a Thursday.
    let monday = today - (today + 3).rem_euclid(7);
    let local = (monday + i64::from(day) - 1) * DAY + Span::minutes(minute).0;
    let guess = Timestamp::EPOCH.plus(Span(local - intl::zone_offset(zone, now)));
    Timestamp::EPOCH.plus(Span(local - intl::zone_offset(zone, guess)))
}

/// Reads `09:00` as minutes.
fn minutes(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    Some(hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?)
}

/// Hours and coming days without service, in the reader's zone, each a sentence:
/// `Support is there Mon–Fri 9:00 AM–6:00 PM (Europe/Paris time).`
pub fn lines(channel: &ChannelSettings, now: Timestamp, words: Words) -> Vec<String> {
    let language = words.language();
    let mut lines = Vec::new();
    let hours = here(channel, now, &language);
    if !hours.is_empty() {
        let zone = intl::time_zone().replace('_', " ");
        lines.push(
            words.text_with(w::CHANNEL_HOURS, &[("hours", intl::list(&hours, &language)), ("zone", zone)]),
        );
    }
    let holidays: Vec<_> = channel
        .holidays
        .iter()
        .filter_map(|day| format!("{day}T12:00:00Z").parse::<Timestamp>().ok())
        .filter(|day| *day > now)
        .take(HOLIDAYS)
        .map(|day| intl::date(day, &language))
        .collect();
    if !holidays.is_empty() {
        lines.push(words.text_with(w::CHANNEL_HOLIDAYS, &[("days", intl::list(&holidays, &language))]));
    }
    lines
}

/// The promise of a channel and its [`lines`], as one text.
pub fn told(channel: &ChannelSettings, now: Timestamp, words: Words) -> String {
    let promise = channel.first_answer_minutes.map(|minutes| within(minutes, words));
    promise.into_iter().chain(lines(channel, now, words)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_follow_each_other_are_one_run() {
        assert_eq!(runs(&[1, 2, 3, 4, 5]), [(1, 5)]);
        assert_eq!(runs(&[1, 3, 4, 7]), [(1, 1), (3, 4), (7, 7)]);
        assert_eq!(runs(&[]), []);
    }

    #[test]
    fn a_time_of_day_is_read() {
        assert_eq!(minutes("09:30"), Some(570));
        assert_eq!(minutes("24:00"), Some(1_440));
        assert_eq!(minutes("noon"), None);
    }
}

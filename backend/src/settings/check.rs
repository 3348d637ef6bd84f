//! What the shape of the file can't say: names that are used twice, hours that end before they begin.

use std::collections::HashSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use frontdesk_contract::settings::{ChannelSettings, EXAMPLE_MAX, Limits, Links, PhoneSettings};
use frontdesk_contract::upload::UploadSettings;
use frontdesk_contract::{Language, Localized, Settings};

use crate::settings::hours::minute_of_day;

/// A value that isn't accepted.
#[derive(Debug)]
pub(super) struct Wrong {
    /// The value as the file has it: how its line is found.
    pub(super) value: String,
    /// What is wrong, without a full stop.
    pub(super) detail: String,
}

/// Checks everything, and gives the first mistake.
pub(super) fn check(settings: &Settings) -> Result<(), Wrong> {
    if settings.organization.trim().is_empty() {
        return Err(wrong("organization", "Name the organization"));
    }
    if settings.topics.is_empty() {
        return Err(wrong("topics", "Name at least one topic"));
    }
    let mut topics = HashSet::new();
    for topic in &settings.topics {
        if !topics.insert(&topic.id) {
            return Err(wrong(topic.id.as_str(), &format!("The topic {} stands here twice", topic.id)));
        }
        if !topic.name.0.contains_key("en") {
            return Err(wrong(topic.id.as_str(), &format!("The topic {} has no English name", topic.id)));
        }
    }
    let mut channels = HashSet::new();
    for channel in &settings.channels {
        if !channels.insert(channel.channel) {
            let word = channel.channel.as_str();
            return Err(wrong(
                &format!("channel = \"{word}\""),
                &format!("The channel {word} stands here twice"),
            ));
        }
        check_channel(channel)?;
    }
    check_limits(settings.limits)?;
    check_phone(&settings.phone)?;
    check_uploads(settings.uploads)?;
    check_links(&settings.links)?;
    for resource in &settings.resources {
        check_text(&resource.name, &resource.address, "resource")?;
        if !resource.text.0.is_empty() {
            check_text(&resource.text, &resource.address, "text of a resource")?;
        }
        check_address(&resource.address)?;
    }
    for example in &settings.priority_examples {
        let level = format!("priority = \"{}\"", example.priority.as_str());
        check_text(&example.text, &level, "example")?;
    }
    Ok(())
}

/// A text in several languages: in English at least, short enough to stand in a list. Where it has no words at
/// all, `near` is on the line before or after.
fn check_text(text: &Localized, near: &str, what: &str) -> Result<(), Wrong> {
    let some = text.0.values().find(|words| !words.trim().is_empty()).map_or(near, String::as_str);
    if text.0.get("en").is_none_or(|words| words.trim().is_empty()) {
        return Err(wrong(some, &format!("This {what} has no English words")));
    }
    for (tag, words) in &text.0 {
        if tag.parse::<Language>().map_or(true, |language| language.as_str() != tag) {
            return Err(wrong(&format!("{tag} ="), &format!("{tag} is not a language such as fr or pt-br")));
        }
        if words.chars().any(char::is_control) {
            // As the file has them they are escapes: the line is found by what stands around them.
            let around = words.split(char::is_control).max_by_key(|part| part.len()).unwrap_or_default();
            return Err(wrong(around, &format!("This {what} has characters that can't be shown")));
        }
        let length = words.chars().count();
        if length > EXAMPLE_MAX {
            return Err(wrong(
                words,
                &format!("This {what} has {length} characters, {EXAMPLE_MAX} are the most"),
            ));
        }
    }
    Ok(())
}

fn check_phone(phone: &PhoneSettings) -> Result<(), Wrong> {
    if phone.company.as_ref().is_some_and(|company| company.trim().is_empty()) {
        return Err(wrong("company", "Name who records the calls, or leave company out"));
    }
    if phone.recording_days == Some(0) {
        return Err(wrong(
            "recordingDays",
            "A recording is kept for at least 1 day; leave recordingDays out",
        ));
    }
    Ok(())
}

fn check_uploads(uploads: UploadSettings) -> Result<(), Wrong> {
    let UploadSettings { max_mb, quota_mb, unfinished_hours, keep_days, video_minutes } = uploads;
    if max_mb == 0 || max_mb > 10_000 {
        return Err(wrong("maxMb", "maxMb is 1 at least and 10000 at most"));
    }
    if quota_mb < max_mb {
        return Err(wrong(
            "quotaMb",
            "quotaMb is as much as maxMb at least, or the largest file has no room",
        ));
    }
    if unfinished_hours == 0 {
        return Err(wrong("unfinishedHours", "unfinishedHours is 1 at least"));
    }
    if keep_days == 0 {
        return Err(wrong("keepDays", "keepDays is 1 at least"));
    }
    if video_minutes == 0 {
        return Err(wrong("videoMinutes", "videoMinutes is 1 at least"));
    }
    Ok(())
}

fn check_limits(limits: Limits) -> Result<(), Wrong> {
    let Limits { close_days, remind_days, .. } = limits;
    match close_days {
        Some(0) => Err(wrong("closeDays =", "closeDays is a day at least; leave it out to close nothing")),
        Some(days) if remind_days >= days => Err(wrong(
            "closeDays =",
            &format!("A reminder {remind_days} days before the end of {days} days comes too early"),
        )),
        Some(_) | None => Ok(()),
    }
}

fn check_channel(channel: &ChannelSettings) -> Result<(), Wrong> {
    if channel.time_zone.parse::<Tz>().is_err() {
        let zone = &channel.time_zone;
        return Err(wrong(zone, &format!("{zone} is not a time zone such as Europe/Paris")));
    }
    for hours in &channel.hours {
        let (Some(from), Some(to)) = (minute_of_day(&hours.from), minute_of_day(&hours.to)) else {
            let value = if minute_of_day(&hours.from).is_none() { &hours.from } else { &hours.to };
            return Err(wrong(value, &format!("{value} is not a time of day such as 09:00")));
        };
        if from >= to {
            return Err(wrong(
                &hours.from,
                &format!("The hours {} to {} end before they begin", hours.from, hours.to),
            ));
        }
        if let Some(day) = hours.days.iter().find(|day| !(1..=7).contains(*day)) {
            return Err(wrong("days", &format!("{day} is not a day: 1 is Monday, 7 is Sunday")));
        }
    }
    for day in &channel.holidays {
        if day.parse::<NaiveDate>().is_err() {
            return Err(wrong(day, &format!("{day} is not a day such as 2026-12-25")));
        }
    }
    Ok(())
}

fn check_links(links: &Links) -> Result<(), Wrong> {
    let Links { training, help, forum, resources, developers, status } = links;
    for link in [training, help, forum, resources, developers, status].into_iter().flatten() {
        check_address(link)?;
    }
    Ok(())
}

fn check_address(address: &str) -> Result<(), Wrong> {
    if !address.starts_with("https://") && !address.starts_with("http://") {
        return Err(wrong(address, &format!("{address} does not begin with https://")));
    }
    Ok(())
}

fn wrong(value: &str, detail: &str) -> Wrong {
    Wrong { value: value.to_owned(), detail: detail.to_owned() }
}

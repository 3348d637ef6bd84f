//! Numbers, dates, lists and plurals as people write them: the browser's `Intl`, no locale data of our own.
//!
//! A formatter is made for each call: browsers keep what is costly about them.

use frontdesk_contract::Timestamp;
use frontdesk_contract::time::Span;
use js_sys::{Array, Date, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::boot::get;

/// The units of [`relative`]: its name, its length in milliseconds, and from how many of it on the next is used.
const UNITS: [(&str, f64, f64); 6] = [
    ("second", 1_000.0, 60.0),
    ("minute", 60_000.0, 60.0),
    ("hour", 3_600_000.0, 24.0),
    ("day", 86_400_000.0, 30.0),
    ("month", 2_629_746_000.0, 12.0),
    ("year", 31_556_952_000.0, f64::INFINITY),
];

/// `9 min ago`, `in 2 days`, `yesterday`.
pub fn relative(then: Timestamp, now: Timestamp, language: &str) -> String {
    let (count, unit) = distance(then, now);
    let options = [("style", "short"), ("numeric", "auto")];
    call(
        "RelativeTimeFormat",
        language,
        &options,
        "format",
        &[JsValue::from_f64(count), JsValue::from_str(unit)],
    )
    .unwrap_or_else(|| exact(then, language))
}

/// `Wednesday, November 25 at 2:32 PM GMT+1`.
pub fn day_and_time(time: Timestamp, language: &str) -> String {
    date_time(
        time,
        language,
        &[("weekday", "long"), ("day", "numeric"), ("month", "long"), HOUR, MINUTE, ZONE],
    )
}

/// As [`day_and_time`], with the year: what a short form stands for.
pub fn exact(time: Timestamp, language: &str) -> String {
    let year = ("year", "numeric");
    date_time(
        time,
        language,
        &[("weekday", "long"), ("day", "numeric"), ("month", "long"), year, HOUR, MINUTE, ZONE],
    )
}

/// `Wednesday, November 25, 2:00 – 3:00 PM GMT+1`.
pub fn day_and_hours(from: Timestamp, to: Timestamp, language: &str) -> String {
    let options = [("weekday", "long"), ("day", "numeric"), ("month", "long"), HOUR, MINUTE, ZONE];
    let date = |time: Timestamp| JsValue::from(Date::new(&JsValue::from_f64(time.millis() as f64)));
    call("DateTimeFormat", language, &options, "formatRange", &[date(from), date(to)])
        .unwrap_or_else(|| format!("{from} – {to}"))
}

/// `2:32 PM`.
pub fn time(time: Timestamp, language: &str) -> String {
    date_time(time, language, &[HOUR, MINUTE])
}

/// `2:32 PM GMT+1`.
pub fn time_with_zone(time: Timestamp, language: &str) -> String {
    date_time(time, language, &[HOUR, MINUTE, ZONE])
}

/// `Nov 25, 2026`.
pub fn date(time: Timestamp, language: &str) -> String {
    date_time(time, language, &[("dateStyle", "medium")])
}

/// What a field for a day and an hour holds for a time, in the reader's time zone: `2026-11-25T09:00`.
pub fn local(time: Timestamp) -> String {
    let wall = time.plus(Span(zone_offset(&time_zone(), time)));
    wall.to_string().chars().take(16).collect()
}

/// The time that a field for a day and an hour holds, in the reader's time zone.
pub fn moment(text: &str) -> Option<Timestamp> {
    let millis = Date::parse(text);
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of the calendar fit")]
    millis.is_finite().then(|| Timestamp::from_millis(millis as i64)).flatten()
}

/// The time that a field for a day and an hour holds, in a time zone by its IANA name.
pub fn moment_in(text: &str, zone: &str) -> Option<Timestamp> {
    let wall: Timestamp = format!("{text}:00Z").parse().ok()?;
    let before = |guess: Timestamp| wall.minus(Span(zone_offset(zone, guess)));
    // The clocks of the zone may change between the guess and the moment.
    Some(before(before(wall)))
}

/// As [`day_and_time`], by the clock of a zone.
pub fn day_and_time_in(time: Timestamp, zone: &str, language: &str) -> String {
    let there = ("timeZone", zone);
    date_time(
        time,
        language,
        &[("weekday", "long"), ("day", "numeric"), ("month", "long"), HOUR, MINUTE, ZONE, there],
    )
}

/// `Mon`: the day of the week of a moment, in the reader's zone.
pub fn weekday_of(time: Timestamp, language: &str) -> String {
    date_time(time, language, &[("weekday", "short")])
}

/// How far the clocks of a zone are ahead of UTC at a moment, in milliseconds; 0 for a zone that nobody knows.
pub fn zone_offset(zone: &str, at: Timestamp) -> i64 {
    // Swedish dates are those of ISO 8601: `2026-11-23 10:00:00`.
    let options = [("timeZone", zone), ("dateStyle", "short"), ("timeStyle", "medium")];
    let wall = date_time(at, "sv-SE", &options).replacen(' ', "T", 1);
    let wall: Option<Timestamp> = format!("{wall}Z").parse().ok();
    let second = Timestamp::EPOCH.plus(Span(at.millis().div_euclid(1_000) * 1_000));
    wall.map_or(0, |wall| wall.since(second).0)
}

/// The text in small letters, as the browser knows them: no tables of our own.
pub fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// `1,284`.
pub fn number(number: u64, language: &str) -> String {
    decimal(number as f64, language)
}

/// `0.9`.
pub fn decimal(number: f64, language: &str) -> String {
    call("NumberFormat", language, &[], "format", &[JsValue::from_f64(number)]).unwrap_or_default()
}

/// `5%`, from 0.05.
pub fn percent(share: f64, language: &str) -> String {
    let options = [("style", "percent")];
    call("NumberFormat", language, &options, "format", &[JsValue::from_f64(share)]).unwrap_or_default()
}

/// The name of the language `tag`, in `language`: `French`, `français`.
pub fn language_name(tag: &str, language: &str) -> String {
    let options = [("type", "language")];
    call("DisplayNames", language, &options, "of", &[JsValue::from_str(tag)])
        .unwrap_or_else(|| tag.to_owned())
}

/// The name of the country with these two letters, in `language`: `France`.
pub fn region_name(region: &str, language: &str) -> String {
    let options = [("type", "region")];
    call("DisplayNames", language, &options, "of", &[JsValue::from_str(region)])
        .unwrap_or_else(|| region.to_owned())
}

/// Which of two texts comes first in the alphabet of `language`.
pub fn compare(one: &str, other: &str, language: &str) -> std::cmp::Ordering {
    let locales = Array::of1(&JsValue::from_str(language));
    js_sys::JsString::from(one).locale_compare(other, &locales, &Object::new()).cmp(&0)
}

/// `one, two, and three`.
pub fn list(items: &[String], language: &str) -> String {
    let array: Array = items.iter().map(|item| JsValue::from_str(item)).collect();
    call("ListFormat", language, &[], "format", &[array.into()]).unwrap_or_else(|| items.join(", "))
}

/// Which form of a plural fits: `zero`, `one`, `two`, `few`, `many` or `other`.
pub fn plural(count: u64, language: &str) -> &'static str {
    let form = call("PluralRules", language, &[], "select", &[JsValue::from_f64(count as f64)]);
    match form.as_deref() {
        Some("zero") => "zero",
        Some("one") => "one",
        Some("two") => "two",
        Some("few") => "few",
        Some("many") => "many",
        Some(_) | None => "other",
    }
}

/// The IANA name of the reader's time zone, such as `Europe/Paris`.
pub fn time_zone() -> String {
    formatter("DateTimeFormat", "en", &[])
        .and_then(|formatter| invoke(&formatter, "resolvedOptions", &[]))
        .and_then(|options| get(&options, "timeZone").as_string())
        .unwrap_or_else(|| "UTC".to_owned())
}

const HOUR: (&str, &str) = ("hour", "numeric");
const MINUTE: (&str, &str) = ("minute", "2-digit");
const ZONE: (&str, &str) = ("timeZoneName", "short");

/// How far `then` is from `now`, in the largest unit that it fills.
fn distance(then: Timestamp, now: Timestamp) -> (f64, &'static str) {
    let millis = then.since(now).0 as f64;
    // Rounded first, so that 59.6 minutes are an hour and not 60 minutes.
    let fits = |(_, length, limit): &&(&str, f64, f64)| (millis / length).abs().round() < *limit;
    let (unit, length, _) = UNITS.iter().find(fits).unwrap_or(&UNITS[5]);
    ((millis / length).round(), unit)
}

fn date_time(time: Timestamp, language: &str, options: &[(&str, &str)]) -> String {
    let date = Date::new(&JsValue::from_f64(time.millis() as f64));
    call("DateTimeFormat", language, options, "format", &[date.into()]).unwrap_or_else(|| time.to_string())
}

/// One call of one method of one formatter of `Intl`.
fn call(
    kind: &str,
    language: &str,
    options: &[(&str, &str)],
    method: &str,
    args: &[JsValue],
) -> Option<String> {
    invoke(&formatter(kind, language, options)?, method, args)?.as_string()
}

fn formatter(kind: &str, language: &str, options: &[(&str, &str)]) -> Option<JsValue> {
    let class: Function = get(&get(&js_sys::global(), "Intl"), kind).dyn_into().ok()?;
    let bag = Object::new();
    for (name, value) in options {
        Reflect::set(&bag, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    let args = Array::of2(&JsValue::from_str(language), &bag);
    Reflect::construct(&class, &args).ok()
}

fn invoke(object: &JsValue, method: &str, args: &[JsValue]) -> Option<JsValue> {
    let method: Function = get(object, method).dyn_into().ok()?;
    method.apply(object, &args.iter().collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, distance};

    #[track_caller]
    fn check(seconds: i64, expected: (f64, &str)) {
        let (Some(then), Some(now)) = (Timestamp::from_millis(seconds * 1_000), Timestamp::from_millis(0))
        else {
            panic!("not in the calendar");
        };
        assert_eq!(distance(then, now), expected);
    }

    #[test]
    fn a_distance_is_told_in_the_largest_unit_that_it_fills() {
        check(0, (0.0, "second"));
        check(-59, (-59.0, "second"));
        check(-60, (-1.0, "minute"));
        check(-540, (-9.0, "minute"));
        check(-3_599, (-1.0, "hour"));
        check(7_200, (2.0, "hour"));
        check(-86_400, (-1.0, "day"));
        check(40 * 86_400, (1.0, "month"));
        check(-800 * 86_400, (-2.0, "year"));
    }
}

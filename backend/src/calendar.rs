//! Calls as calendars read them: iCalendar (RFC 5545).

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use frontdesk_contract::Timestamp;
use frontdesk_contract::call::Window;

/// The longest line, in bytes (RFC 5545, 3.1).
const LINE_MAX: usize = 75;

/// Something that takes place.
#[derive(Debug, Clone)]
pub struct Appointment<'a> {
    /// The same for all versions of it, and for nothing else in the world.
    pub uid: String,
    /// Grows with each change, so that calendars take the newest.
    pub sequence: u64,
    /// When.
    pub window: Window,
    /// What, in one line.
    pub summary: String,
    /// Where more is to be read.
    pub url: &'a str,
    /// Whether it takes place.
    pub is_on: bool,
    /// When this was written.
    pub stamp: Timestamp,
}

impl Appointment<'_> {
    /// The file.
    pub fn to_calendar(&self) -> String {
        let mut file = String::new();
        let mut line = |name: &str, value: &str| fold(&mut file, &format!("{name}:{value}"));
        line("BEGIN", "VCALENDAR");
        line("VERSION", "2.0");
        line("PRODID", "-//Frontdesk//Calls//EN");
        line("CALSCALE", "GREGORIAN");
        line("METHOD", "PUBLISH");
        line("BEGIN", "VEVENT");
        line("UID", &escaped(&self.uid));
        line("SEQUENCE", &self.sequence.to_string());
        line("DTSTAMP", &moment(self.stamp));
        line("DTSTART", &moment(self.window.from));
        line("DTEND", &moment(self.window.to));
        line("SUMMARY", &escaped(&self.summary));
        line("URL", self.url);
        line("STATUS", if self.is_on { "CONFIRMED" } else { "CANCELLED" });
        line("END", "VEVENT");
        line("END", "VCALENDAR");
        file
    }
}

/// A moment in UTC: `20261123T090000Z`.
fn moment(time: Timestamp) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(time.millis()).unwrap_or_default();
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text with the signs that mean something written otherwise (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(sign);
            }
            '\n' => escaped.push_str("\\n"),
            sign if sign.is_control() => {}
            sign => escaped.push(sign),
        }
    }
    escaped
}

/// Writes a line in pieces that are short enough, never cutting a letter.
fn fold(file: &mut String, line: &str) {
    let mut length = 0;
    for letter in line.chars() {
        if length + letter.len_utf8() > LINE_MAX {
            file.push_str("\r\n ");
            length = 1;
        }
        // Writing into a text never fails.
        let _ = file.write_char(letter);
        length += letter.len_utf8();
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use frontdesk_contract::time::Span;
    use proptest::prelude::*;

    use super::*;

    fn appointment(summary: &str) -> Appointment<'static> {
        let from: Timestamp = "2026-11-23T09:00:00Z".parse().expect("a time");
        Appointment {
            uid: "call-7@desk.example".to_owned(),
            sequence: 3,
            window: Window { from, to: from.plus(Span::hours(1)) },
            summary: summary.to_owned(),
            url: "https://desk.example/requests/FD-1001",
            is_on: true,
            stamp: from,
        }
    }

    #[test]
    fn a_call_is_an_event_of_a_calendar() {
        let file = appointment("FD-1001: Video, sound; both").to_calendar();
        assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"), "{file}");
        assert!(file.contains("DTSTART:20261123T090000Z\r\nDTEND:20261123T100000Z\r\n"), "{file}");
        assert!(file.contains("SUMMARY:FD-1001: Video\\, sound\\; both\r\n"), "{file}");
        assert!(file.contains("STATUS:CONFIRMED\r\n") && file.ends_with("END:VCALENDAR\r\n"), "{file}");
        let off = Appointment { is_on: false, ..appointment("x") }.to_calendar();
        assert!(off.contains("STATUS:CANCELLED\r\n"), "{off}");
    }

    proptest! {
        #[test]
        fn every_line_is_short_and_unfolds_to_what_it_was(summary in any::<String>()) {
            let file = appointment(&summary).to_calendar();
            prop_assert!(file.split("\r\n").all(|line| line.len() <= LINE_MAX && !line.contains(['\r', '\n'])));
            let unfolded = file.replace("\r\n ", "");
            prop_assert_eq!(unfolded.matches("\r\n").count(), 16, "a text makes no lines of its own");
            let wanted = format!("SUMMARY:{}\r\n", escaped(&summary));
            prop_assert!(unfolded.contains(&wanted));
        }
    }
}

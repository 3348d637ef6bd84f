//! The problem reports of the example: some groups, one of them with more today than usual.

use frontdesk_contract::report::{GroupChange, Scope, Source};
use frontdesk_contract::time::Span;
use frontdesk_contract::{Kind, Person, ReportState, Timestamp, TopicId};

use super::SeedError;
use super::people::Cast;
use crate::store::reports::{self, Arrival, Sight};
use crate::store::{Write, events};

/// The employee who signs in: some of the reports are theirs.
const EMPLOYEE: &str = "employee@acme.example";
/// The admin who answers.
const ADMIN: &str = "admin@acme.example";

/// Who reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The employee who signs in.
    Employee,
    /// One of the others.
    Colleague(usize),
    /// Nobody who is signed in.
    Stranger(&'static str),
}

/// What is reported: how many minutes ago, by whom, in which words, on which page, about which topic.
type Line = (i64, Who, &'static str, &'static str, &'static str);

const HOUR: i64 = 60;
const DAY: i64 = 1_440;
const VIDEO_PAGE: &str = "https://workplace.acme.example/groups/4711/videos";
const EXPENSES: &str = "https://intranet.acme.example/expenses/new";

const LINES: [Line; 41] = [
    (24 * DAY, Who::Colleague(3), "The video upload stops", VIDEO_PAGE, "video"),
    (17 * DAY, Who::Colleague(9), "Upload of my video stops near the end", VIDEO_PAGE, "video"),
    (11 * DAY, Who::Colleague(4), "Video upload stops again, third time", VIDEO_PAGE, "video"),
    (9 * DAY, Who::Employee, "The notifications of my groups come an hour late on the phone", "", "mobile"),
    (9 * DAY - 3 * HOUR, Who::Colleague(1), "Notifications on my phone come late", "", "mobile"),
    (
        8 * DAY,
        Who::Colleague(6),
        "Notifications of groups come late on the phone, sometimes never",
        "",
        "mobile",
    ),
    (7 * DAY, Who::Colleague(12), "Phone notifications come very late", "", "mobile"),
    (6 * DAY, Who::Colleague(2), "Printer on floor 3 takes no paper from the second tray", "", "other"),
    (6 * DAY - HOUR, Who::Colleague(15), "The printer on floor 3 takes no paper", "", "other"),
    (5 * DAY, Who::Employee, "The expense form does not send. The send button stays gray.", EXPENSES, "apps"),
    (
        5 * DAY - 2 * HOUR,
        Who::Colleague(7),
        "Expense form: send button gray, nothing happens",
        EXPENSES,
        "apps",
    ),
    (4 * DAY, Who::Colleague(8), "I can’t send the expense form, its button stays gray", EXPENSES, "apps"),
    (4 * DAY - 5 * HOUR, Who::Colleague(10), "The photos of receipts are upside down", EXPENSES, "apps"),
    (3 * DAY, Who::Colleague(5), "La recherche ne trouve plus les documents du groupe Achats", "", "groups"),
    (
        3 * DAY - 4 * HOUR,
        Who::Colleague(11),
        "La recherche de documents ne trouve rien dans le groupe Achats",
        "",
        "groups",
    ),
    (2 * DAY, Who::Colleague(13), "動画の字幕が表示されません", "", "video"),
    (
        2 * DAY - HOUR,
        Who::Stranger("rania.okafor@acme.example"),
        "I can’t sign in since my new phone: the code is never right",
        "/locked-out",
        "sign-in",
    ),
    (DAY + 3 * HOUR, Who::Colleague(14), "Video upload stops at the end", VIDEO_PAGE, "video"),
    (
        DAY,
        Who::Stranger("lars.weber@acme.example"),
        "I can’t sign in, the code of my phone is never right",
        "/locked-out",
        "sign-in",
    ),
    (
        20 * HOUR,
        Who::Colleague(16),
        "The sound of live broadcasts is late by two seconds",
        "https://workplace.acme.example/live/882",
        "video",
    ),
    (215, Who::Colleague(17), "Video upload stops at 90 %", VIDEO_PAGE, "video"),
    (209, Who::Colleague(18), "My video upload stops at 90 percent", VIDEO_PAGE, "video"),
    (
        198,
        Who::Employee,
        "The upload of our training video stops near the end. I tried twice with Firefox and once with Chrome.",
        VIDEO_PAGE,
        "video",
    ),
    (190, Who::Colleague(19), "Upload of videos stops, then an error", VIDEO_PAGE, "video"),
    (183, Who::Colleague(20), "Video stops uploading at 90 %, the whole team has it", VIDEO_PAGE, "video"),
    (171, Who::Colleague(21), "video upload stops", VIDEO_PAGE, "video"),
    (166, Who::Colleague(22), "The upload stops for each video over a minute", VIDEO_PAGE, "video"),
    (152, Who::Colleague(23), "Upload stops near the end of a video", VIDEO_PAGE, "video"),
    (140, Who::Colleague(24), "Video upload stops at 90 %!", VIDEO_PAGE, "video"),
    (131, Who::Colleague(25), "No video upload works today, it always stops", VIDEO_PAGE, "video"),
    (118, Who::Colleague(26), "Our video for the customer stops uploading at the end", VIDEO_PAGE, "video"),
    (96, Who::Colleague(27), "The video upload stops and starts again from zero", VIDEO_PAGE, "video"),
    (83, Who::Colleague(28), "Video upload stops, then a gray picture", VIDEO_PAGE, "video"),
    (70, Who::Colleague(29), "Upload of a short video stops at 91 %", VIDEO_PAGE, "video"),
    (64, Who::Colleague(30), "The lift to floor 5 is out of order again", "", "other"),
    (52, Who::Colleague(31), "Video upload stops at 90 % since this morning", VIDEO_PAGE, "video"),
    (41, Who::Colleague(32), "I am asked to sign in again every ten minutes in the app", "", "sign-in"),
    (33, Who::Colleague(33), "Video upload stops. Is it known?", VIDEO_PAGE, "video"),
    (22, Who::Colleague(34), "La vidéo s’arrête à 90 % pendant l’envoi", VIDEO_PAGE, "video"),
    (
        12,
        Who::Colleague(35),
        "Calendar shows meetings in the wrong time zone",
        "https://intranet.acme.example/calendar",
        "apps",
    ),
    (4, Who::Colleague(36), "Video upload stops again just now", VIDEO_PAGE, "video"),
];

/// When something was told. What is of today stays in today (days of the counts are those of UTC): shortly after midnight
/// all of it has come since.
fn told_at(minutes: i64, now: Timestamp) -> Timestamp {
    const TODAY: i64 = 4 * HOUR;
    let since_midnight = now.millis().div_euclid(60_000).rem_euclid(DAY);
    let ago = Span::minutes(minutes);
    if minutes < TODAY && since_midnight < TODAY {
        return now.minus(Span(ago.0 * since_midnight / TODAY));
    }
    now.minus(ago)
}

/// Tells all of them, and what became of some.
pub(super) async fn tell(write: &mut Write, cast: &Cast, now: Timestamp) -> Result<(), SeedError> {
    let members: Vec<&Person> = cast
        .figures
        .iter()
        .map(|figure| &figure.person)
        .filter(|person| person.kind == Kind::Member)
        .collect();
    let named = |email: &str| members.iter().find(|person| person.email == email).copied();
    let others: Vec<&Person> = members.iter().copied().filter(|person| person.email != EMPLOYEE).collect();
    for (place, (minutes, who, body, page, topic)) in LINES.into_iter().enumerate() {
        let topic: TopicId = topic.parse()?;
        let plain = Arrival::plain(Source::Dialog, body);
        let (by, email) = match who {
            Who::Employee => (named(EMPLOYEE), None),
            Who::Colleague(place) => (others.iter().copied().cycle().nth(place), None),
            Who::Stranger(email) => (None, Some(email)),
        };
        let arrival = Arrival {
            by,
            email,
            source: if by.is_none() { Source::LockedOut } else { Source::Dialog },
            page: Some(page).filter(|page| !page.is_empty()),
            topic: by.map(|_| &topic),
            scope: *Scope::ALL.iter().cycle().nth(place / 2).unwrap_or(&Scope::Me),
            contact: place % 3 == 0,
            browser: by
                .map(|_| if place % 2 == 0 { "Chrome 156 on Windows" } else { "Firefox 153 on macOS" }),
            screen: by.map(|_| "1920 × 1080"),
            ..plain
        };
        reports::insert(write, &arrival, told_at(minutes, now)).await?;
    }
    if let Some(admin) = named(ADMIN) {
        conclude(write, admin, now).await?;
    }
    events::forget_reports(write).await?;
    Ok(())
}

/// What the admins did about some of them.
async fn conclude(write: &mut Write, admin: &Person, now: Timestamp) -> Result<(), SeedError> {
    let known = GroupChange {
        state: Some(ReportState::Known),
        title: "Notifications come late on phones".parse().ok(),
        incident: None,
    };
    let closed = GroupChange { state: Some(ReportState::Closed), ..GroupChange::default() };
    for (minutes, change, answer) in [
        (9 * DAY, Some(&known), None),
        (6 * DAY, Some(&closed), Some("The tray was changed. Tell us if it happens again.")),
        (
            5 * DAY,
            None,
            Some(
                "The form needs a cost center since Monday: choose one, and the button turns blue. We ask for a hint there.",
            ),
        ),
    ] {
        let at = now.minus(Span::minutes(minutes));
        let Some(report) = reports::at(write, at).await? else { continue };
        let Some(group) = reports::read(write, report, Sight::Admin).await?.and_then(|report| report.group)
        else {
            continue;
        };
        if let Some(answer) = answer {
            reports::answer_all(write, group, admin, answer, at.plus(Span::hours(7))).await?;
        }
        if let Some(change) = change {
            reports::change(write, group, change, now).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_today_is_of_today() {
        for now in
            ["2026-11-27T00:00:30Z", "2026-11-27T01:10:00Z", "2026-11-27T04:00:00Z", "2026-11-27T23:50:00Z"]
        {
            let now: Timestamp = now.parse().expect("a time");
            let day = |at: Timestamp| at.millis().div_euclid(DAY * 60_000);
            for (minutes, ..) in LINES {
                let at = told_at(minutes, now);
                assert!(at <= now, "{minutes} minutes before {now}");
                if minutes < 4 * HOUR {
                    assert_eq!(day(at), day(now), "{minutes} minutes before {now}");
                } else {
                    assert_eq!(at, now.minus(Span::minutes(minutes)));
                }
            }
        }
    }
}

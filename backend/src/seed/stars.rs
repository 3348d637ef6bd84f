//! The newest requests, written by hand: those that the screens were drawn with.

use frontdesk_contract::time::Span;
use frontdesk_contract::{Person, Priority, RequestState, Timestamp};

use super::people::Cast;
use super::story::{Opening, Story};

/// How many of the newest numbers are placed by hand, those between the stars included.
pub(super) const PLACED: u64 = 16;

/// How many minutes ago the newest sixteen were asked, the newest first.
const MINUTES_AGO: [i64; 16] =
    [180, 300, 330, 365, 420, 540, 1_200, 1_320, 1_500, 1_620, 1_740, 2_040, 2_700, 3_000, 3_600, 4_500];

/// When the request at a rank was asked; the newest has rank 0.
pub(super) fn asked_at(rank: u64, now: Timestamp) -> Timestamp {
    let minutes = usize::try_from(rank).ok().and_then(|rank| MINUTES_AGO.get(rank)).copied().unwrap_or(4_500);
    now.minus(Span::minutes(minutes))
}

/// The star at a rank, if one stands there.
pub(super) fn star(rank: u64, number: u64, cast: &Cast, now: Timestamp) -> Option<Story> {
    let who = |name: &str| cast.named(name).map(|figure| &figure.person);
    let agent = who("Nadia Rahmani")?;
    let other_agent = who("Tomás Herrera")?;
    let ago = |minutes: i64| now.minus(Span::minutes(minutes));
    let begin = |by, topic, subject: &str, body: &str, priority, promised: Option<Timestamp>| {
        let (subject, body) = (subject.to_owned(), body.to_owned());
        let at = asked_at(rank, now);
        let opening =
            Opening { number, topic, subject, body, priority, language: "fr", by, at, answer_by: promised };
        Story::begin(opening, now)
    };
    match rank {
        0 => {
            let chloe: &Person = who("Chloé Laurent")?;
            let mut story = begin(
                chloe,
                "video",
                "Video upload stops at 90 %",
                "Since this morning, videos over 50 MB stop at 90 %. We tried another browser and without VPN. Smaller ones work.\n\nIt touches the whole Lyon office; the film for the staff meeting must be up by tomorrow.",
                Priority::High,
                None,
            );
            story.note(
                other_agent,
                ago(160),
                "Same store as the incident of 10:05. Linked it for the second line.".to_owned(),
            );
            story.write(agent, ago(120), "Thank you, Chloé. We see the uploads arriving, but the last part is refused by one of our stores.\n\nCould you tell me whether it also happens with the same file from another office?".to_owned());
            story.write(agent, ago(9), "A short word: the store is being repaired now. The answer to my question still helps us, because Lyon may have a second cause.".to_owned());
            Some(story)
        }
        1 => {
            let awa = who("Awa Mbaye")?;
            let mut story = begin(
                awa,
                "sign-in",
                "Two people can’t sign in with SSO",
                "Diego Ramos and Sara Lindqvist come back to the sign-in page after our own login, without any message. Everybody else gets in.",
                Priority::High,
                None,
            );
            story.write(agent, ago(240), "Both have two profiles with the same address in your directory. Which of the two is the right one?".to_owned());
            story.judge(
                agent,
                ago(238),
                Priority::Medium,
                "Two people, and signing in with a code works for them.",
            );
            story.write(awa, ago(31), "The newer one for both. The older ones come from the company that we bought in June; they can go.".to_owned());
            Some(story)
        }
        4 => {
            let yuki = who("Yuki Tanaka")?;
            let mut story = begin(
                yuki,
                "accounts",
                "Group membership gone after reactivation",
                "We reactivated a colleague on the third day after she was deactivated by mistake. Her profile is complete, but she is in none of her 14 groups. It should have come back until the fourth day.",
                Priority::Medium,
                Some(now.plus(Span::minutes(150))),
            );
            story.write(
                yuki,
                ago(60),
                "One more thing: two of the groups show her in their history as removed yesterday at 14:32."
                    .to_owned(),
            );
            Some(story)
        }
        9 => {
            let joao = who("João Silva")?;
            let mut story = begin(
                joao,
                "accounts",
                "Old name still shown in mentions",
                "We removed the profile fields of a person who left. The profile says “Former Member”, but posts that mention the person still show the real name.",
                Priority::Low,
                None,
            );
            story.write(other_agent, ago(1_590), "That is how mentions work today: the name in a post is plain text once it was written. A release that changes it for new posts is planned; I keep this open until then.".to_owned());
            story.turn(
                other_agent,
                ago(1_589),
                RequestState::Hold,
                Some("Waits for the release of 27 November"),
            );
            Some(story)
        }
        13 => {
            let chloe = who("Chloé Laurent")?;
            let mut story = begin(
                chloe,
                "security",
                "Export of audit log is empty for October",
                "The CSV for October has only the header. September and November are fine. Our auditors come on Thursday.",
                Priority::Medium,
                None,
            );
            story.write(agent, ago(1_450), "The export stopped at a line with an unusual character. It is repaired. Would you run it again and tell me whether all of October is there?".to_owned());
            Some(story)
        }
        15 => {
            let awa = who("Awa Mbaye")?;
            let mut story = begin(
                awa,
                "mobile",
                "Android app doesn’t play some videos",
                "Six colleagues report that videos recorded on an iPhone stay black in the Android app. In the browser they play.",
                Priority::Low,
                None,
            );
            story.write(
                agent,
                ago(4_400),
                "Which Android versions are these? The version is under Settings, About phone.".to_owned(),
            );
            story.write(
                awa,
                ago(4_330),
                "Android 14 on four of them and 15 on the others. All are Samsung.".to_owned(),
            );
            story.note(agent, ago(4_320), "HEVC with ten bits. With the mobile team.".to_owned());
            Some(story)
        }
        _ => None,
    }
}

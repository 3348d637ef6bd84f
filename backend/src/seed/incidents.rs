//! The incidents of the example: one that is live, and some that are over.

use frontdesk_contract::id::NotAnId;
use frontdesk_contract::status::{Impact, Incident, IncidentStatus, IncidentUpdate};
use frontdesk_contract::time::Span;
use frontdesk_contract::{Timestamp, Version};

/// The incidents at a time.
pub(super) fn incidents(now: Timestamp) -> Result<Vec<Incident>, NotAnId> {
    let ago = |minutes: i64| now.minus(Span::minutes(minutes));
    let update = |id: &str, status, body: &str, at| IncidentUpdate {
        id: id.to_owned(),
        status,
        body: body.to_owned(),
        created_at: at,
    };
    Ok(vec![
        Incident {
            id: "video-uploads".parse()?,
            name: "Video uploads fail for some people".to_owned(),
            status: IncidentStatus::Monitoring,
            impact: Impact::Minor,
            started_at: ago(215),
            resolved_at: None,
            topics: vec!["video".parse()?],
            components: vec!["live".parse()?],
            version: Version::numbered(1),
            incident_updates: vec![
                update(
                    "video-uploads-3",
                    IncidentStatus::Monitoring,
                    "A repair is in place, we watch it.",
                    ago(14),
                ),
                update(
                    "video-uploads-2",
                    IncidentStatus::Identified,
                    "Found: a store of films is slow. We take it out of service.",
                    ago(150),
                ),
                update(
                    "video-uploads-1",
                    IncidentStatus::Investigating,
                    "Some uploads of videos stop near the end. We look for the cause.",
                    ago(215),
                ),
            ],
        },
        Incident {
            id: "late-notifications".parse()?,
            name: "Notifications come late".to_owned(),
            status: IncidentStatus::Resolved,
            impact: Impact::Minor,
            started_at: ago(9 * 1_440),
            resolved_at: Some(ago(9 * 1_440 - 190)),
            topics: vec!["mobile".parse()?, "groups".parse()?],
            components: vec!["notices".parse()?, "posts".parse()?],
            version: Version::numbered(1),
            incident_updates: vec![
                update(
                    "late-notifications-2",
                    IncidentStatus::Resolved,
                    "The queue is empty; notifications are on time again.",
                    ago(9 * 1_440 - 190),
                ),
                update(
                    "late-notifications-1",
                    IncidentStatus::Investigating,
                    "Notifications of large groups come late.",
                    ago(9 * 1_440),
                ),
            ],
        },
        Incident {
            id: "sign-in-europe".parse()?,
            name: "Signing in fails in Europe".to_owned(),
            status: IncidentStatus::Resolved,
            impact: Impact::Major,
            started_at: ago(41 * 1_440),
            resolved_at: Some(ago(41 * 1_440 - 52)),
            topics: vec!["sign-in".parse()?],
            components: vec!["login".parse()?],
            version: Version::numbered(1),
            incident_updates: vec![
                update(
                    "sign-in-europe-2",
                    IncidentStatus::Resolved,
                    "Signing in works everywhere.",
                    ago(41 * 1_440 - 52),
                ),
                update(
                    "sign-in-europe-1",
                    IncidentStatus::Investigating,
                    "Many people in Europe can’t sign in.",
                    ago(41 * 1_440),
                ),
            ],
        },
    ])
}

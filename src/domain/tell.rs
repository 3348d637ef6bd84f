//! What an agent writes on the status page, before it is published: an incident, an update of one, a maintenance.

use frontdesk_contract::maintenance::NewMaintenance;
use frontdesk_contract::status::{Impact, IncidentStatus, NewIncident, NewUpdate};
use frontdesk_contract::text::{IncidentName, TextRefusal, UpdateBody};
use frontdesk_contract::{ComponentId, IncidentId, Timestamp};
use serde::{Deserialize, Serialize};

/// The word of [`TellDraft::about`] for a new incident.
pub const NEW: &str = "";
/// The word of [`TellDraft::about`] for a maintenance. No identifier has a space.
pub const MAINTENANCE: &str = "maintenance ";

/// What was typed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TellDraft {
    /// [`NEW`], [`MAINTENANCE`], or the incident that more is said about.
    pub about: String,
    /// What fails or is planned, in a sentence.
    pub subject: String,
    /// The word of the impact.
    pub impact: String,
    /// The word of the state.
    pub state: String,
    /// The components that it touches.
    pub components: Vec<String>,
    /// When it begins, as the field has it.
    pub from: String,
    /// When it ends, as the field has it.
    pub until: String,
    /// What people should know.
    pub body: String,
    /// The `Idempotency-Key` of what this becomes.
    pub key: String,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TellField {
    /// The sentence.
    Name,
    /// What it touches.
    Components,
    /// When it ends.
    Until,
    /// What people should know.
    Body,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TellRefusal {
    /// The text.
    Text(TextRefusal),
    /// Nothing is chosen.
    NothingChosen,
    /// A time is missing, or the end comes before the beginning.
    Times,
}

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A new incident.
    Incident(NewIncident),
    /// An update of an incident.
    Update(IncidentId, NewUpdate),
    /// A maintenance.
    Maintenance(NewMaintenance),
}

impl TellDraft {
    /// Whether there is anything worth keeping.
    pub fn is_empty(&self) -> bool {
        self.subject.trim().is_empty() && self.body.trim().is_empty()
    }

    /// Checks every field; the only way to get what is published. The times are read by the browser, which knows
    /// the time zone.
    ///
    /// # Errors
    /// What is wrong, in the order of the form.
    pub fn check(
        &self,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Told, Vec<(TellField, TellRefusal)>> {
        let mut wrong = Vec::new();
        let is_update = !matches!(self.about.as_str(), NEW | MAINTENANCE);
        let name = self.subject.parse::<IncidentName>();
        let components: Vec<ComponentId> = self.components.iter().filter_map(|id| id.parse().ok()).collect();
        if let (Err(refusal), false) = (&name, is_update) {
            wrong.push((TellField::Name, TellRefusal::Text(*refusal)));
        }
        if components.is_empty() && self.about == NEW {
            wrong.push((TellField::Components, TellRefusal::NothingChosen));
        }
        let times = from.zip(until).filter(|(from, until)| from < until);
        if self.about == MAINTENANCE && times.is_none() {
            wrong.push((TellField::Until, TellRefusal::Times));
        }
        let body = self.body.parse::<UpdateBody>();
        if let Err(refusal) = &body {
            wrong.push((TellField::Body, TellRefusal::Text(*refusal)));
        }
        let status = IncidentStatus::from(self.state.clone());
        match (self.about.as_str(), name, body, times) {
            _ if !wrong.is_empty() => Err(wrong),
            (NEW, Ok(name), Ok(body), _) => {
                let impact = Impact::from(self.impact.clone());
                Ok(Told::Incident(NewIncident { name, impact, status, components, body }))
            }
            (MAINTENANCE, Ok(name), Ok(body), Some((scheduled_for, scheduled_until))) => {
                let new = NewMaintenance { name, body, scheduled_for, scheduled_until, components };
                Ok(Told::Maintenance(new))
            }
            (id, _, Ok(body), _) => match id.parse() {
                Ok(id) => Ok(Told::Update(id, NewUpdate { status, body })),
                Err(_) => Err(wrong),
            },
            (_, _, Err(_), _) => Err(wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frontdesk_contract::time::Span;

    fn draft(about: &str) -> TellDraft {
        TellDraft {
            about: about.to_owned(),
            subject: "Video fails".to_owned(),
            impact: "minor".to_owned(),
            state: "investigating".to_owned(),
            components: vec!["live".to_owned()],
            body: "We look for the cause.".to_owned(),
            ..TellDraft::default()
        }
    }

    #[test]
    fn what_is_published_follows_from_what_it_is_about() {
        assert!(matches!(draft(NEW).check(None, None), Ok(Told::Incident(_))));
        let bare = TellDraft { subject: String::new(), components: Vec::new(), ..draft("s-1") };
        assert!(matches!(bare.check(None, None), Ok(Told::Update(_, _))));
        let (from, until) = (Timestamp::EPOCH, Timestamp::EPOCH.plus(Span::hours(1)));
        assert!(matches!(draft(MAINTENANCE).check(Some(from), Some(until)), Ok(Told::Maintenance(_))));
    }

    #[test]
    fn every_wrong_field_is_named_in_order() {
        let fields = |draft: TellDraft, times: (Option<Timestamp>, Option<Timestamp>)| {
            let wrong = draft.check(times.0, times.1).expect_err("something is wrong");
            wrong.into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        let all = [TellField::Name, TellField::Components, TellField::Body];
        assert_eq!(fields(TellDraft::default(), (None, None)), all);
        assert_eq!(fields(draft(MAINTENANCE), (None, Some(Timestamp::EPOCH))), [TellField::Until]);
        let same = Some(Timestamp::EPOCH);
        assert_eq!(fields(draft(MAINTENANCE), (same, same)), [TellField::Until]);
    }
}

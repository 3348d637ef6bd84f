//! What a Statuspage v2 says, read with suspicion: every field is a stranger's text, bounded and plain.

use frontdesk_contract::Timestamp;
use frontdesk_contract::component::Level;
use frontdesk_contract::status::{Impact, IncidentStatus};
use frontdesk_contract::time::Span;
use serde::Deserialize;
use serde_json::Value;

/// The largest answer that is read, in bytes.
pub const ANSWER_MAX: usize = 2 * 1_024 * 1_024;
/// How many components, incidents and maintenances are taken.
const COMPONENTS_MAX: usize = 100;
const INCIDENTS_MAX: usize = 100;
const MAINTENANCES_MAX: usize = 50;
/// How many updates of an incident are taken, newest first.
const UPDATES_MAX: usize = 50;
/// The longest name and the longest update, in characters.
const NAME_MAX: usize = 200;
const BODY_MAX: usize = 5_000;
/// The longest identifier.
const ID_MAX: usize = 64;
/// How far the provider's clock may be before ours.
const AHEAD: Span = Span::minutes(10);

/// Why an answer is no good. None of these is a reason to show green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// No JSON, such as a page for people.
    #[error("the answer is no JSON")]
    NotJson,
    /// JSON of another kind.
    #[error("the answer is no status page")]
    NotAStatus,
    /// Its time is before that of the last answer.
    #[error("the answer is older than the one before")]
    BackInTime,
    /// Its time is yet to come.
    #[error("the answer comes from the future")]
    FromTheFuture,
}

/// What `summary.json` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How the provider calls itself.
    pub name: String,
    /// Its page for people.
    pub url: Option<String>,
    /// What the page says of its own age.
    pub at: Timestamp,
    /// The components in their order.
    pub components: Vec<Part>,
    /// Incidents that are not over.
    pub incidents: Vec<Trouble>,
    /// Maintenance that is planned or goes on.
    pub maintenances: Vec<Work>,
    /// Whether there is a word in it that this release doesn't know, or something that can't be read.
    pub is_partial: bool,
}

/// A component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub level: Level,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Which.
    pub id: String,
    /// What fails.
    pub name: String,
    /// Where it stands.
    pub status: IncidentStatus,
    /// How bad it is.
    pub impact: Impact,
    /// Since when.
    pub started_at: Timestamp,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
    /// The components that it touches.
    pub components: Vec<String>,
    /// What was said about it, newest first.
    pub updates: Vec<Said>,
}

/// One word about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Which.
    pub id: String,
    /// Where the incident stood.
    pub status: IncidentStatus,
    /// The words.
    pub body: String,
    /// When.
    pub at: Timestamp,
}

/// A maintenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Which.
    pub id: String,
    /// What is done.
    pub name: String,
    /// What it means.
    pub body: String,
    /// When it begins.
    pub begins: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// Whether it is over before that.
    pub is_over: bool,
    /// When it was written about last.
    pub at: Timestamp,
    /// The components that it touches.
    pub components: Vec<String>,
}

/// Reads `summary.json`. `before` is what the page said of its age last.
pub fn summary(bytes: &[u8], before: Option<Timestamp>, now: Timestamp) -> Result<Summary, Unfit> {
    let raw: RawSummary = serde_json::from_value(json(bytes)?).map_err(|_| Unfit::NotAStatus)?;
    let at = raw.page.updated_at.as_ref().and_then(time).ok_or(Unfit::NotAStatus)?;
    if before.is_some_and(|before| at < before) {
        return Err(Unfit::BackInTime);
    }
    if at > now.plus(AHEAD) {
        return Err(Unfit::FromTheFuture);
    }
    let mut eye = Eye { is_partial: false };
    // A page without the sentence of its whole state is another kind of document.
    let indicator = raw.status.and_then(|status| text(status.indicator.as_ref(), NAME_MAX));
    let indicator = indicator.ok_or(Unfit::NotAStatus)?;
    eye.doubts(!matches!(indicator.as_str(), "none" | "minor" | "major" | "critical" | "maintenance"));
    let Value::Array(components) = raw.components else { return Err(Unfit::NotAStatus) };
    eye.doubts(components.len() > COMPONENTS_MAX);
    let components: Vec<Part> =
        components.iter().take(COMPONENTS_MAX).filter_map(|value| eye.part(value)).collect();
    let incidents = eye.troubles(&raw.incidents);
    let maintenances = eye.works(&raw.scheduled_maintenances);
    let is_calm = components.iter().all(|part| part.level == Level::Operational) && incidents.is_empty();
    // The page says that something is wrong and doesn't say what.
    eye.doubts(is_calm && !matches!(indicator.as_str(), "none" | "maintenance"));
    Ok(Summary {
        name: text(raw.page.name.as_ref(), NAME_MAX).unwrap_or_default(),
        url: text(raw.page.url.as_ref(), 2_000).filter(|url| is_web(url)),
        at,
        components,
        incidents,
        maintenances,
        is_partial: eye.is_partial,
    })
}

/// Reads `incidents.json`: what was said of incidents, those that are over too.
pub fn incidents(bytes: &[u8]) -> Result<Vec<Trouble>, Unfit> {
    let raw: RawIncidents = serde_json::from_value(json(bytes)?).map_err(|_| Unfit::NotAStatus)?;
    if !raw.incidents.is_array() {
        return Err(Unfit::NotAStatus);
    }
    Ok(Eye { is_partial: false }.troubles(&raw.incidents))
}

fn json(bytes: &[u8]) -> Result<Value, Unfit> {
    serde_json::from_slice(bytes).map_err(|_| Unfit::NotJson)
}

#[derive(Deserialize)]
struct RawSummary {
    page: RawPage,
    status: Option<RawStatus>,
    #[serde(default)]
    components: Value,
    #[serde(default)]
    incidents: Value,
    #[serde(default)]
    scheduled_maintenances: Value,
}

#[derive(Deserialize)]
struct RawPage {
    name: Option<Value>,
    url: Option<Value>,
    updated_at: Option<Value>,
}

#[derive(Deserialize)]
struct RawStatus {
    indicator: Option<Value>,
}

#[derive(Deserialize)]
struct RawIncidents {
    #[serde(default)]
    incidents: Value,
}

/// Reads piece by piece, and remembers whether there was something that it didn't understand.
struct Eye {
    is_partial: bool,
}

impl Eye {
    fn doubts(&mut self, is_odd: bool) {
        self.is_partial |= is_odd;
    }

    /// A component; groups only hold others together.
    fn part(&mut self, value: &Value) -> Option<Part> {
        if value.get("group") == Some(&Value::Bool(true)) {
            return None;
        }
        let part = (|| {
            let id = id(value.get("id"))?;
            let name = text(value.get("name"), NAME_MAX)?;
            let word = text(value.get("status"), NAME_MAX)?;
            Some(Part { id, name, level: Level::parse(&word) })
        })();
        self.doubts(part.as_ref().is_none_or(|part| part.level == Level::Unknown));
        part
    }

    fn troubles(&mut self, value: &Value) -> Vec<Trouble> {
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        self.doubts(!value.is_array() || list.len() > INCIDENTS_MAX);
        list.iter().take(INCIDENTS_MAX).filter_map(|value| self.trouble(value)).collect()
    }

    fn trouble(&mut self, value: &Value) -> Option<Trouble> {
        let trouble = (|| {
            let mut updates: Vec<Said> =
                array(value.get("incident_updates")).iter().take(UPDATES_MAX).filter_map(said).collect();
            updates.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| b.id.cmp(&a.id)));
            updates.dedup_by(|a, b| a.id == b.id);
            let status = IncidentStatus::from(text(value.get("status"), NAME_MAX)?);
            let started_at = ["started_at", "created_at"]
                .iter()
                .find_map(|name| value.get(name).and_then(time))
                .or_else(|| updates.last().map(|said| said.at))?;
            let resolved_at = value.get("resolved_at").and_then(time);
            Some(Trouble {
                id: id(value.get("id"))?,
                name: text(value.get("name"), NAME_MAX)?,
                impact: Impact::from(text(value.get("impact"), NAME_MAX)?),
                started_at,
                // What is over has an end, and what is live has none.
                resolved_at: (!status.is_live())
                    .then(|| resolved_at.or_else(|| updates.first().map(|said| said.at)))
                    .map(|end| end.unwrap_or(started_at)),
                status,
                components: ids(value.get("components")),
                updates,
            })
        })();
        self.doubts(
            trouble.as_ref().is_none_or(|trouble| !trouble.status.is_known() || !trouble.impact.is_known()),
        );
        trouble
    }

    fn works(&mut self, value: &Value) -> Vec<Work> {
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().take(MAINTENANCES_MAX).filter_map(|value| self.work(value)).collect()
    }

    fn work(&mut self, value: &Value) -> Option<Work> {
        let work = (|| {
            let begins = value.get("scheduled_for").and_then(time)?;
            let ends = value.get("scheduled_until").and_then(time)?;
            let newest =
                array(value.get("incident_updates")).iter().filter_map(said).max_by_key(|said| said.at);
            let status = text(value.get("status"), NAME_MAX)?;
            Some(Work {
                id: id(value.get("id"))?,
                name: text(value.get("name"), NAME_MAX)?,
                body: newest.as_ref().map(|said| said.body.clone()).unwrap_or_default(),
                begins,
                ends: ends.max(begins),
                is_over: status == "completed",
                at: value.get("updated_at").and_then(time).or(newest.map(|said| said.at)).unwrap_or(begins),
                components: ids(value.get("components")),
            })
        })();
        self.doubts(work.is_none());
        work
    }
}

fn said(value: &Value) -> Option<Said> {
    Some(Said {
        id: id(value.get("id"))?,
        status: IncidentStatus::from(text(value.get("status"), NAME_MAX)?),
        body: text(value.get("body"), BODY_MAX).unwrap_or_default(),
        at: ["display_at", "created_at"].iter().find_map(|name| value.get(name).and_then(time))?,
    })
}

fn array(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn ids(value: Option<&Value>) -> Vec<String> {
    array(value).iter().take(COMPONENTS_MAX).filter_map(|part| id(part.get("id"))).collect()
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// An identifier that may stand in our addresses.
fn id(value: Option<&Value>) -> Option<String> {
    let text = value?.as_str()?;
    let is_plain = !text.is_empty()
        && text.len() <= ID_MAX
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    is_plain.then(|| text.to_owned())
}

/// A stranger's text, made plain: trimmed, without control characters and without those that turn the
/// direction of what follows, and no longer than `max` characters. None when nothing is left.
pub fn text(value: Option<&Value>, max: usize) -> Option<String> {
    let is_plain = |letter: char| {
        let turns = matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        letter == '\n' || !(letter.is_control() || turns)
    };
    let plain: String =
        value?.as_str()?.replace("\r\n", "\n").chars().filter(|letter| is_plain(*letter)).collect();
    let plain = plain.trim();
    if plain.is_empty() {
        return None;
    }
    if plain.chars().count() <= max {
        return Some(plain.to_owned());
    }
    let cut: String = plain.chars().take(max.saturating_sub(1)).collect();
    Some(format!("{}…", cut.trim_end()))
}

fn is_web(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && !url.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().expect("a time")
    }

    /// A page in the words of the Statuspage v2 documents.
    fn page() -> Value {
        json!({
            "page": {"id": "x", "name": "Acme Cloud", "url": "https://status.cloud.example", "updated_at": "2026-11-23T08:59:00Z"},
            "status": {"indicator": "minor", "description": "Partial System Outage"},
            "components": [
                {"id": "c1", "name": "API", "status": "operational", "position": 1, "group_id": null},
                {"id": "c2", "name": "Video", "status": "degraded_performance", "position": 2, "group_id": null},
                {"id": "g1", "name": "All", "status": "operational", "group": true},
            ],
            "incidents": [{
                "id": "i1", "name": "Video is slow", "status": "identified", "impact": "minor",
                "started_at": "2026-11-23T08:00:00Z", "components": [{"id": "c2", "name": "Video"}],
                "incident_updates": [
                    {"id": "u2", "status": "identified", "body": "Found.", "created_at": "2026-11-23T08:30:00Z"},
                    {"id": "u1", "status": "investigating", "body": "We look.", "created_at": "2026-11-23T08:00:00Z"},
                ],
            }],
            "scheduled_maintenances": [{
                "id": "m1", "name": "New disks", "status": "scheduled", "scheduled_for": "2026-11-24T01:00:00Z",
                "scheduled_until": "2026-11-24T02:00:00Z", "components": [{"id": "c1"}],
                "incident_updates": [{"id": "v1", "status": "scheduled", "body": "Short breaks.", "created_at": "2026-11-20T08:00:00Z"}],
            }],
        })
    }

    fn read(value: &Value) -> Result<Summary, Unfit> {
        summary(value.to_string().as_bytes(), None, now())
    }

    /// A page in which what stands at a pointer is something else.
    fn with(pointer: &str, value: Value) -> Value {
        let mut page = page();
        *page.pointer_mut(pointer).expect("a place") = value;
        page
    }

    #[test]
    fn a_page_is_read() {
        let summary = read(&page()).expect("a summary");
        assert!(!summary.is_partial);
        assert_eq!(summary.components.len(), 2, "a group is no component");
        assert_eq!(summary.components[1].level, Level::DegradedPerformance);
        assert_eq!(summary.incidents[0].updates[0].body, "Found.");
        assert_eq!(summary.incidents[0].components, ["c2"]);
        assert_eq!(summary.maintenances[0].body, "Short breaks.");
    }

    #[test]
    fn what_is_no_status_page_is_refused() {
        assert_eq!(summary(b"<!doctype html><p>Fine!</p>", None, now()), Err(Unfit::NotJson));
        assert_eq!(summary(b"", None, now()), Err(Unfit::NotJson));
        for value in
            [json!({}), json!([]), json!(7), json!({"page": {}}), json!({"status": {"indicator": "none"}})]
        {
            assert_eq!(read(&value), Err(Unfit::NotAStatus), "{value}");
        }
        assert_eq!(read(&with("/components", json!("none"))), Err(Unfit::NotAStatus));
        assert_eq!(read(&with("/status", Value::Null)), Err(Unfit::NotAStatus));
    }

    #[test]
    fn an_unknown_word_makes_it_partial_and_never_green() {
        for (pointer, value) in [
            ("/status/indicator", json!("fantastic")),
            ("/components/0/status", json!("super")),
            ("/components/0/status", json!(7)),
            ("/components/0/id", json!("../../etc")),
            ("/incidents/0/status", json!("pondering")),
            ("/incidents/0/impact", json!("cosmic")),
            ("/incidents/0/id", Value::Null),
            ("/incidents", json!("many")),
        ] {
            let summary = read(&with(pointer, value.clone())).expect("a summary");
            assert!(summary.is_partial, "{pointer} {value}");
        }
        let calm = {
            let mut page = with("/incidents", json!([]));
            page["components"] = json!([{"id": "c1", "name": "API", "status": "operational"}]);
            page
        };
        assert!(
            read(&calm).expect("a summary").is_partial,
            "the page says that something is wrong, not what"
        );
    }

    #[test]
    fn time_goes_forward_alone() {
        let bytes = page().to_string();
        let before = |text: &str| Some(text.parse().expect("a time"));
        assert!(
            summary(bytes.as_bytes(), before("2026-11-23T08:59:00Z"), now()).is_ok(),
            "nothing has changed"
        );
        let late = summary(bytes.as_bytes(), before("2026-11-23T08:59:01Z"), now());
        assert_eq!(late, Err(Unfit::BackInTime));
        let early = with("/page/updated_at", json!("2031-01-01T00:00:00Z"));
        assert_eq!(read(&early), Err(Unfit::FromTheFuture));
    }

    #[test]
    fn strangers_texts_are_plain_and_bounded() {
        let plain = |text: &str| super::text(Some(&json!(text)), 10);
        assert_eq!(plain(" a\u{0}b\u{1b}[31m "), Some("ab[31m".to_owned()));
        assert_eq!(plain("\u{202e}evil\u{2069}"), Some("evil".to_owned()));
        assert_eq!(plain("a\r\nb"), Some("a\nb".to_owned()));
        assert_eq!(plain(&"é".repeat(11)), Some(format!("{}…", "é".repeat(9))));
        assert_eq!(plain(" \u{7} "), None);
        let summary = read(&with("/page/url", json!("javascript:alert(1)"))).expect("a summary");
        assert_eq!(summary.url, None);
    }

    #[test]
    fn what_is_over_has_an_end() {
        let over = with("/incidents/0/status", json!("resolved"));
        let list =
            incidents(json!({"incidents": over["incidents"]}).to_string().as_bytes()).expect("incidents");
        assert_eq!(list[0].resolved_at, "2026-11-23T08:30:00Z".parse().ok());
        assert_eq!(incidents(b"{}"), Err(Unfit::NotAStatus));
    }

    /// What may stand anywhere in a stranger's document.
    fn anything() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[a-z_]{0,12}".prop_map(Value::from),
            proptest::collection::vec(any::<u8>().prop_map(Value::from), 0..4).prop_map(Value::from),
            Just(json!({"id": {"id": []}})),
            Just(json!("9999-12-31T23:59:59Z")),
        ]
    }

    /// The places in a document.
    fn places(value: &Value, here: &str, found: &mut Vec<String>) {
        found.push(here.to_owned());
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| places(value, &format!("{here}/{name}"), found));
            }
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(at, value)| places(value, &format!("{here}/{at}"), found));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_fail_loudly(bytes in any::<Vec<u8>>()) {
            let _ = summary(&bytes, None, now());
            let _ = incidents(&bytes);
        }

        #[test]
        fn whatever_stands_anywhere_is_bounded(place in any::<prop::sample::Index>(), value in anything()) {
            let mut page = page();
            let mut all = Vec::new();
            places(&page, "", &mut all);
            if let Some(slot) = page.pointer_mut(place.get::<String>(&all)) {
                *slot = value;
            }
            if let Ok(summary) = read(&page) {
                let texts = summary.components.iter().map(|part| &part.name);
                let texts = texts.chain(summary.incidents.iter().map(|trouble| &trouble.name));
                for text in texts.chain([&summary.name]) {
                    prop_assert!(text.chars().count() <= NAME_MAX);
                    prop_assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()));
                }
                prop_assert!(summary.at <= now().plus(AHEAD));
            }
        }
    }
}

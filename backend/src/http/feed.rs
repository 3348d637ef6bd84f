//! Atom feeds of the status page (RFC 4287): one entry per update, each with an identifier that never changes.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use frontdesk_contract::status::{Incident, IncidentUpdate};
use frontdesk_contract::{ComponentId, ProblemType, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::http::address::{Part, encode};
use crate::http::error::Result;
use crate::http::statuspage::unless_known;
use crate::status;

/// How many incidents a feed looks at, and how many entries it has.
const INCIDENTS: i64 = 40;
const ENTRIES: usize = 100;
const KIND: &str = "application/atom+xml; charset=utf-8";

/// Every update, newest first.
#[utoipa::path(get, path = "/api/status/feed.atom", tag = "status", security(()),
    params(("If-None-Match" = Option<String>, Header, description = "The version that the caller has.")),
    responses((status = 200, description = "An Atom feed.", content_type = "application/atom+xml", body = String),
        (status = 304, description = "The caller has it already.")))]
pub async fn all(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let incidents = app.store().newest_incidents(None, INCIDENTS).await?;
    let about = About { path: "/api/status/feed.atom".to_owned(), part: None, author: author(&app).await? };
    Ok(unless_known(&headers, KIND, feed(&app, &about, &incidents)))
}

/// The updates about one component, newest first.
#[utoipa::path(get, path = "/api/status/components/{id}/feed.atom", tag = "status", security(()),
    params(("id" = ComponentId, Path, description = "Its identifier."),
        ("If-None-Match" = Option<String>, Header, description = "The version that the caller has.")),
    responses((status = 200, description = "An Atom feed.", content_type = "application/atom+xml", body = String),
        (status = 304, description = "The caller has it already.")))]
pub async fn of_component(
    State(app): State<App>,
    Part(id): Part<ComponentId>,
    headers: HeaderMap,
) -> Result<Response> {
    let page = status::page(&app, app.now()).await?;
    let component = page.components.iter().find(|component| component.id == id);
    let name = component.ok_or(ProblemType::NotFound)?.name.in_language("en").to_owned();
    let incidents = app.store().newest_incidents(Some(&id), INCIDENTS).await?;
    let path = format!("/api/status/components/{}/feed.atom", encode(id.as_str()));
    let about = About { path, part: Some((id, name)), author: author(&app).await? };
    Ok(unless_known(&headers, KIND, feed(&app, &about, &incidents)))
}

/// What a feed is about.
struct About {
    path: String,
    part: Option<(ComponentId, String)>,
    author: String,
}

async fn author(app: &App) -> Result<String> {
    let provider = app.store().provider().await?;
    let named = provider.map(|provider| provider.name).filter(|name| !name.is_empty());
    Ok(named.unwrap_or_else(|| app.decided().settings.service.clone()))
}

fn feed(app: &App, about: &About, incidents: &[Incident]) -> String {
    let mut entries: Vec<(&Incident, &IncidentUpdate)> = incidents
        .iter()
        .flat_map(|incident| incident.incident_updates.iter().map(move |update| (incident, update)))
        .collect();
    entries.sort_by(|(_, a), (_, b)| b.created_at.cmp(&a.created_at).then_with(|| b.id.cmp(&a.id)));
    entries.truncate(ENTRIES);
    let updated = entries.first().map_or(Timestamp::EPOCH, |(_, update)| update.created_at);
    let origin = app.origin().as_str();
    let service = &app.decided().settings.service;
    let (title, part) = match &about.part {
        Some((id, name)) => (format!("{service}: {name}"), id.as_str()),
        None => (format!("{service}: status"), ""),
    };
    let mut xml = Xml::new();
    xml.open("feed xmlns=\"http://www.w3.org/2005/Atom\"");
    xml.leaf("id", &urn(&["feed", part]));
    xml.leaf("title", &title);
    xml.leaf("updated", &updated.to_string());
    xml.link("self", "application/atom+xml", &format!("{origin}{}", about.path));
    xml.link("alternate", "text/html", &format!("{origin}/status"));
    xml.open("author");
    xml.leaf("name", &about.author);
    xml.close("author");
    for (incident, update) in entries {
        xml.open("entry");
        xml.leaf("id", &urn(&["update", incident.id.as_str(), &update.id]));
        xml.leaf("title", &format!("{} ({})", incident.name, update.status.as_str()));
        xml.leaf("updated", &update.created_at.to_string());
        xml.leaf("published", &update.created_at.to_string());
        xml.link("alternate", "text/html", &format!("{origin}/status#{}", encode(incident.id.as_str())));
        for component in &incident.components {
            xml.empty("category", &[("term", component.as_str())]);
        }
        xml.leaf("content type=\"text\"", &update.body);
        xml.close("entry");
    }
    xml.close("feed");
    xml.text
}

/// An identifier that follows from what it names, so that it is the same after every restart and at every address:
/// a UUID of version 8 (RFC 9562) from a digest.
fn urn(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    digest.update("frontdesk/status");
    for part in parts {
        digest.update([0]);
        digest.update(part);
    }
    let mut bytes: Vec<u8> = digest.finalize().into_iter().take(16).collect();
    if let Some(byte) = bytes.get_mut(6) {
        *byte = (*byte & 0x0F) | 0x80;
    }
    if let Some(byte) = bytes.get_mut(8) {
        *byte = (*byte & 0x3F) | 0x80;
    }
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let group = |from: usize, to: usize| hex.get(from..to).map(<[String]>::concat).unwrap_or_default();
    format!("urn:uuid:{}-{}-{}-{}-{}", group(0, 4), group(4, 6), group(6, 8), group(8, 10), group(10, 16))
}

/// Writes XML; every text is escaped, and what XML 1.0 can't carry is left out.
struct Xml {
    text: String,
}

impl Xml {
    fn new() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned() }
    }

    fn open(&mut self, tag: &str) {
        self.text.push_str(&format!("<{tag}>"));
    }

    fn close(&mut self, name: &str) {
        self.text.push_str(&format!("</{name}>\n"));
    }

    fn leaf(&mut self, tag: &str, text: &str) {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.open(tag);
        self.text.push_str(&escaped(text));
        self.close(name);
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let attributes: String =
            attributes.iter().map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect();
        self.text.push_str(&format!("<{name}{attributes}/>\n"));
    }

    fn link(&mut self, relation: &str, kind: &str, href: &str) {
        self.empty("link", &[("rel", relation), ("type", kind), ("href", href)]);
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' => safe.push(letter),
            '\u{FFFE}' | '\u{FFFF}' => {}
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_identifier_follows_from_what_it_names() {
        let one = urn(&["update", "a", "b"]);
        assert_eq!(one, urn(&["update", "a", "b"]));
        assert_ne!(one, urn(&["update", "ab", ""]));
        let (version, variant) = (one.chars().nth(23), one.chars().nth(28));
        assert_eq!(version, Some('8'), "{one}");
        assert!(variant.is_some_and(|letter| "89ab".contains(letter)), "{one}");
    }

    proptest! {
        #[test]
        fn whatever_is_said_makes_good_xml(text in any::<String>()) {
            let mut xml = Xml::new();
            xml.open("feed");
            xml.leaf("title type=\"text\"", &text);
            xml.empty("category", &[("term", &text)]);
            xml.close("feed");
            let document = roxmltree::Document::parse(&xml.text).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let plain: String = text.chars().filter(|letter| {
                matches!(letter, '\t' | '\n') || !(letter.is_control() || matches!(letter, '\u{FFFE}' | '\u{FFFF}'))
            }).collect();
            let title = document.descendants().find(|node| node.has_tag_name("title")).and_then(|node| node.text());
            prop_assert_eq!(title.unwrap_or_default(), plain);
        }
    }
}

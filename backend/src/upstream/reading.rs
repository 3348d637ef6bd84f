//! Reads a provider's status page again and again, and keeps the last good copy with its age.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use frontdesk_contract::maintenance::Maintenance;
use frontdesk_contract::status::{Incident, IncidentStatus, IncidentUpdate, PROVIDERS};
use frontdesk_contract::time::Span;
use frontdesk_contract::{ComponentId, IncidentId, Timestamp, Version};
use reqwest::header::{ACCEPT, ETAG, IF_NONE_MATCH};
use reqwest::{Client, StatusCode};
use tokio::time::sleep;

use crate::app::App;
use crate::mail;
use crate::settings::status::Component;
use crate::status;
use crate::store::incidents::{self, Source};
use crate::store::provider::{self, Known, Told};
use crate::store::{Write, events, maintenances};
use crate::upstream::chat;
use crate::upstream::statuspage::{self, ANSWER_MAX, Summary, Trouble, Unfit};

/// How often the page is read, and how soon again after an answer that was no good.
const EVERY: Duration = Duration::from_secs(60);
const AGAIN: Duration = Duration::from_secs(15);
/// How long an answer may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// How old an update may be that chat groups still hear of: a page that is read for the first time tells no old news.
const NEWS: Span = Span::days(1);

/// The address of a Statuspage v2, without the path of its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAddress(String);

/// Why a text is not the address of a status page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write the status page as https://status.provider.example")]
pub struct NotAPage;

impl FromStr for PageAddress {
    type Err = NotAPage;

    fn from_str(text: &str) -> Result<Self, NotAPage> {
        let url = reqwest::Url::parse(text).map_err(|_| NotAPage)?;
        let is_web = matches!(url.scheme(), "https" | "http");
        if !is_web || url.query().is_some() || url.fragment().is_some() || url.password().is_some() {
            return Err(NotAPage);
        }
        let text = url.as_str().trim_end_matches('/');
        let text = text.strip_suffix("/summary.json").unwrap_or(text);
        Ok(Self(text.strip_suffix("/api/v2").unwrap_or(text).to_owned()))
    }
}

impl fmt::Display for PageAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why there is no answer that could be read.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error("the page can't be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the page answers {0}")]
    Status(StatusCode),
    #[error("the answer is too large")]
    TooLarge,
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

/// A document as it was answered.
enum Answer {
    /// As before.
    Same,
    /// These bytes, with their tag.
    New(Vec<u8>, Option<String>),
}

/// Reads one page.
#[derive(Debug, Clone)]
pub struct Reader {
    client: Client,
    address: PageAddress,
}

impl Reader {
    /// A reader of the page at an address.
    pub fn new(address: PageAddress) -> reqwest::Result<Self> {
        let client = Client::builder()
            .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .build()?;
        Ok(Self { client, address })
    }

    /// Reads the page until the backend stops.
    pub async fn run(self, app: App) {
        loop {
            let pause = match self.read(&app).await {
                Ok(Outcome::Good) => EVERY,
                Ok(Outcome::Bad) => AGAIN,
                Err(error) => {
                    tracing::error!(%error, "the provider's status could not be kept");
                    AGAIN
                }
            };
            // Not all at the same second, where many desks read one page.
            let jitter = rand::random_range(0..=pause.as_millis() / 10);
            let pause = pause + Duration::from_millis(u64::try_from(jitter).unwrap_or_default());
            tokio::select! {
                () = app.stopping().cancelled() => return,
                () = sleep(pause) => {}
            }
        }
    }

    /// Reads the page once and keeps what it says.
    pub async fn read(&self, app: &App) -> sqlx::Result<Outcome> {
        let Some(known) = app.store().provider().await? else { return Ok(Outcome::Bad) };
        let summary = match self.summary(&known, app).await {
            Ok(summary) => summary,
            Err(reason) => {
                tracing::warn!(%reason, page = %self.address, "the provider's status is not sure");
                note_failure(app, known, &reason).await?;
                return Ok(Outcome::Bad);
            }
        };
        let told = self.incidents(&known).await;
        keep(app, known, summary, told).await
    }

    async fn summary(&self, known: &Known, app: &App) -> Result<Option<(Summary, Option<String>)>, NoAnswer> {
        match self.fetch("summary.json", known.summary_tag.as_deref()).await? {
            Answer::Same => Ok(None),
            Answer::New(bytes, tag) => {
                Ok(Some((statuspage::summary(&bytes, known.page_at, app.now())?, tag)))
            }
        }
    }

    async fn incidents(&self, known: &Known) -> Past {
        match self.fetch("incidents.json", known.incidents_tag.as_deref()).await {
            Ok(Answer::Same) => Past::Same,
            Ok(Answer::New(bytes, tag)) => match statuspage::incidents(&bytes) {
                Ok(list) => Past::Told(list, tag),
                Err(_) => Past::Nothing,
            },
            Err(NoAnswer::Status(StatusCode::NOT_FOUND)) => Past::Nothing,
            Err(_) => Past::Unknown,
        }
    }

    async fn fetch(&self, name: &str, tag: Option<&str>) -> Result<Answer, NoAnswer> {
        let mut request =
            self.client.get(format!("{}/api/v2/{name}", self.address)).header(ACCEPT, "application/json");
        if let Some(tag) = tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let mut response = request.send().await.map_err(NoAnswer::Unreachable)?;
        match response.status() {
            StatusCode::NOT_MODIFIED if tag.is_some() => return Ok(Answer::Same),
            StatusCode::OK => {}
            status => return Err(NoAnswer::Status(status)),
        }
        let tag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(NoAnswer::Unreachable)? {
            if bytes.len() + piece.len() > ANSWER_MAX {
                return Err(NoAnswer::TooLarge);
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(Answer::New(bytes, tag))
    }
}

/// Whether the page was understood in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was.
    Good,
    /// It wasn't: nobody can be sure.
    Bad,
}

/// What `incidents.json` says.
enum Past {
    /// The same as before.
    Same,
    /// These.
    Told(Vec<Trouble>, Option<String>),
    /// The provider has no such document.
    Nothing,
    /// It could not be asked.
    Unknown,
}

async fn note_failure(app: &App, known: Known, reason: &NoAnswer) -> sqlx::Result<()> {
    let was_sure = known.failure.is_none();
    let mut write = app.store().write().await?;
    provider::keep(&mut write, &Known { failure: Some(reason.to_string()), ..known }).await?;
    if was_sure {
        events::tell_status(&mut write, app.now()).await?;
    }
    app.commit(write).await
}

/// Keeps what the page says; whoever looks is told when something changed by it.
async fn keep(
    app: &App,
    known: Known,
    summary: Option<(Summary, Option<String>)>,
    past: Past,
) -> sqlx::Result<Outcome> {
    let mut write = app.store().write().await?;
    let now = app.now();
    let before = status::standing(app, &mut write, now).await?;
    let mut after = Known { read_at: Some(now), ..known.clone() };
    match summary {
        // The document of the last tag was understood in full: others keep no tag.
        None => after = Known { sure_at: Some(now), failure: None, ..after },
        Some((summary, tag)) => {
            after.name.clone_from(&summary.name);
            after.page_url.clone_from(&summary.url);
            after.page_at = Some(summary.at);
            if summary.is_partial {
                let reason = "the answer has words that nobody here knows".to_owned();
                after = Known { failure: Some(reason), summary_tag: None, ..after };
            } else {
                after = Known { sure_at: Some(now), failure: None, summary_tag: tag, ..after };
            }
            if let Past::Told(_, tag) = &past {
                after.incidents_tag.clone_from(tag);
            }
            let take = Take { app, is_first: known.read_at.is_none(), now };
            take.summary(&mut write, &summary, past).await?;
        }
    }
    provider::keep(&mut write, &after).await?;
    status::note_today(app, &mut write, now).await?;
    let told = status::standing(app, &mut write, now).await?;
    let is_news = before.components != told.components
        || before.maintenances != told.maintenances
        || before.live.incidents != told.live.incidents
        || before.live.unsure_since != told.live.unsure_since;
    if is_news {
        events::tell_status(&mut write, now).await?;
    }
    app.commit(write).await?;
    Ok(if after.failure.is_none() { Outcome::Good } else { Outcome::Bad })
}

/// Takes a summary into the store.
struct Take<'a> {
    app: &'a App,
    is_first: bool,
    now: Timestamp,
}

impl Take<'_> {
    async fn summary(&self, write: &mut Write, summary: &Summary, past: Past) -> sqlx::Result<()> {
        let decided = &self.app.decided().status.components;
        let mut names: HashMap<&str, ComponentId> = HashMap::new();
        let mut told = Vec::new();
        let mut taken = HashSet::new();
        for part in &summary.components {
            let Some(component) = ours(decided, &part.id, &part.name) else { continue };
            names.insert(&part.id, component.clone());
            if taken.insert(component.clone()) {
                let (id, name) = (part.id.clone(), part.name.clone());
                told.push(Told { id, name, level: part.level, component });
            } else if let Some(known) = told.iter_mut().find(|known| known.component == component) {
                // Two of theirs are one of ours: the worse one counts.
                known.level = known.level.max(part.level);
            }
        }
        provider::keep_components(write, &told).await?;
        let components = |theirs: &[String]| -> Vec<ComponentId> {
            let mut ours: Vec<ComponentId> =
                theirs.iter().filter_map(|id| names.get(id.as_str()).cloned()).collect();
            ours.sort_unstable();
            ours.dedup();
            ours
        };
        let mut listed = HashSet::new();
        for trouble in &summary.incidents {
            listed.insert(trouble.id.clone());
            self.incident(write, trouble, components(&trouble.components)).await?;
        }
        let is_asked = !matches!(past, Past::Same | Past::Unknown);
        if let Past::Told(troubles, _) = &past {
            for trouble in troubles.iter().filter(|trouble| !listed.contains(&trouble.id)) {
                self.incident(write, trouble, components(&trouble.components)).await?;
            }
            listed.extend(troubles.iter().map(|trouble| trouble.id.clone()));
        }
        if is_asked {
            self.end_all_but(write, &listed).await?;
        }
        let mut kept = Vec::new();
        for work in &summary.maintenances {
            let Ok(id) = format!("{PROVIDERS}{}", work.id).parse() else { continue };
            let maintenance = Maintenance {
                id,
                name: work.name.clone(),
                body: work.body.clone(),
                scheduled_for: work.begins,
                scheduled_until: work.ends,
                ended_at: work.is_over.then_some(work.at),
                components: components(&work.components),
                updated_at: work.at,
                version: Version::numbered(1),
            };
            maintenances::put(write, &maintenance, Source::Upstream).await?;
            kept.push(maintenance.id);
        }
        maintenances::keep_of_upstream(write, &kept).await
    }

    async fn incident(
        &self,
        write: &mut Write,
        trouble: &Trouble,
        components: Vec<ComponentId>,
    ) -> sqlx::Result<()> {
        let Ok(id) = format!("{PROVIDERS}{}", trouble.id).parse::<IncidentId>() else { return Ok(()) };
        let update = |said: &statuspage::Said| IncidentUpdate {
            // Their identifiers are theirs alone within the incident, ours everywhere.
            id: format!("{id}-{}", said.id),
            status: said.status.clone(),
            body: said.body.clone(),
            created_at: said.at,
        };
        let incident = Incident {
            name: trouble.name.clone(),
            status: trouble.status.clone(),
            impact: trouble.impact.clone(),
            started_at: trouble.started_at,
            resolved_at: trouble.resolved_at,
            topics: self.app.decided().status.topics_of(&components),
            components,
            version: Version::numbered(1),
            incident_updates: trouble.updates.iter().map(update).collect(),
            id: id.clone(),
        };
        let new = match incidents::find(write, &id).await? {
            Some(before) if is_same(&before, &incident) => Vec::new(),
            Some(before) => incidents::replace(write, &incident, &before).await?,
            None => {
                incidents::insert(write, &incident, Source::Upstream).await?;
                incident.incident_updates.clone()
            }
        };
        status::note_incident(write, &incident, self.now).await?;
        for update in new.iter().rev() {
            if !self.is_first && update.created_at >= self.now.minus(NEWS) {
                chat::enqueue(write, self.app, &incident, update, self.now).await?;
                mail::tell_of_incident(self.app, write, &incident.id, &update.id, None, self.now).await?;
            }
        }
        Ok(())
    }

    /// What the provider doesn't list any more is over.
    async fn end_all_but(&self, write: &mut Write, listed: &HashSet<String>) -> sqlx::Result<()> {
        for id in incidents::live_of(write, Source::Upstream).await? {
            let theirs = id.as_str().trim_start_matches(PROVIDERS);
            if listed.contains(theirs) {
                continue;
            }
            if let Some(before) = incidents::find(write, &id).await? {
                let after = Incident {
                    status: IncidentStatus::Resolved,
                    resolved_at: Some(self.now),
                    ..before.clone()
                };
                incidents::replace(write, &after, &before).await?;
            }
        }
        Ok(())
    }
}

/// Which of our components one of theirs is.
fn ours(decided: &[Component], id: &str, name: &str) -> Option<ComponentId> {
    let is_it = |component: &&Component| match &component.upstream {
        Some(theirs) => theirs == id || theirs.eq_ignore_ascii_case(name),
        None => {
            let english = component.name.0.get("en").map(String::as_str).unwrap_or_default();
            component.id.as_str() == id || english.eq_ignore_ascii_case(name)
        }
    };
    match decided.iter().find(is_it) {
        Some(component) => Some(component.id.clone()),
        None => format!("{PROVIDERS}{id}").parse().ok(),
    }
}

/// Whether nothing has changed but the version, which is ours.
fn is_same(before: &Incident, after: &Incident) -> bool {
    *before == Incident { version: before.version.clone(), ..after.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_its_address_alone() {
        let read = |text: &str| text.parse::<PageAddress>().map(|address| address.to_string());
        for text in [
            "https://status.example",
            "https://status.example/",
            "https://status.example/api/v2",
            "https://status.example/api/v2/summary.json",
        ] {
            assert_eq!(read(text), Ok("https://status.example".to_owned()), "{text}");
        }
        assert_eq!(read("http://127.0.0.1:9/a/"), Ok("http://127.0.0.1:9/a".to_owned()));
        for text in
            ["status.example", "ftp://status.example", "https://a:b@status.example", "https://a?b", ""]
        {
            assert_eq!(read(text), Err(NotAPage), "{text}");
        }
    }
}

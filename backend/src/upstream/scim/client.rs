//! Asks the provider over HTTP: never anybody else, never without an end, and never believing more than it has to.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_contract::account::act::Reason;
use frontdesk_contract::scim::abilities::Abilities;
use frontdesk_contract::scim::asked::{Change, only};
use frontdesk_contract::scim::bulk::{self, Operation, What};
use frontdesk_contract::scim::filter::{Attribute, Comparison, Filter};
use frontdesk_contract::scim::foreign::{Foreign, identifier, segment};
use frontdesk_contract::scim::message::ScimError;
use frontdesk_contract::scim::{LIST, SCIM_JSON};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderValue, IF_MATCH, RETRY_AFTER};
use reqwest::{Client, Method, StatusCode, Url};
use serde_json::{Map, Value};
use tokio::sync::{Mutex, MutexGuard};

/// The largest page, and the largest single record, that is read.
const PAGE_BYTES: usize = 16 * 1_024 * 1_024;
const RECORD_BYTES: usize = 1_024 * 1_024;
/// How often something is asked that changes nothing, or was surely not done.
const TRIES: u32 = 3;
/// The longest pause that a provider may ask for within one call.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// How long we wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For the next bytes.
    pub silence: Duration,
    /// For a whole answer.
    pub whole: Duration,
    /// Before something is asked again.
    pub again: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            silence: Duration::from_secs(30),
            whole: Duration::from_secs(120),
            again: Duration::from_secs(1),
        }
    }
}

/// Where the provider's SCIM begins, such as `https://id.example/scim/v2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderAddress(Url);

/// Why a text is not the address of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAProvider {
    /// It is no address.
    #[error("Write the provider as https://id.example/scim/v2, without a question or a password")]
    NotAnAddress,
    /// The token could be read on the way.
    #[error(
        "Write the provider with https: over http beyond this machine its token could be read on the way"
    )]
    Plain,
}

impl FromStr for ProviderAddress {
    type Err = NotAProvider;

    fn from_str(text: &str) -> Result<Self, NotAProvider> {
        let mut url =
            Url::parse(text.trim().trim_end_matches('/')).map_err(|_| NotAProvider::NotAnAddress)?;
        let is_bare = url.query().is_none()
            && url.fragment().is_none()
            && url.password().is_none()
            && url.username().is_empty();
        if !is_bare || url.host_str().is_none() {
            return Err(NotAProvider::NotAnAddress);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(&url) => {}
            "http" => return Err(NotAProvider::Plain),
            _ => return Err(NotAProvider::NotAnAddress),
        }
        if url.path() == "/" {
            url.set_path("");
        }
        Ok(Self(url))
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl ProviderAddress {
    /// The host, as people name the provider.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// A place below. Each piece is one segment already.
    fn at(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}/{path}", self.0.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

impl fmt::Display for ProviderAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// The provider's bearer token. It is printed nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(HeaderValue);

/// Why a text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The provider's token must be one line of plain characters")]
pub struct NotAToken;

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let text = text.trim();
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let mut header = HeaderValue::from_str(&format!("Bearer {text}")).map_err(|_| NotAToken)?;
        header.set_sensitive(true);
        if is_plain { Ok(Self(header)) } else { Err(NotAToken) }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why the provider did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// No connection, or it broke.
    #[error("it can't be reached")]
    Unreachable,
    /// Nothing came in time.
    #[error("it gives no answer in time")]
    Silent,
    /// The answer is more than we read.
    #[error("its answer is too large")]
    TooLarge,
    /// It sends us to another place, where its token must not go.
    #[error("it sends us to another address")]
    Elsewhere,
    /// It doesn't know our token, or the token may not do this.
    #[error("it refuses our token ({0})")]
    Unknown(StatusCode),
    /// It asks us to come later, again and again.
    #[error("it is asked too often")]
    Throttled,
    /// The record changed since it was read.
    #[error("the account changed there meanwhile")]
    Changed,
    /// It says no, with a reason in a word.
    #[error("it answers {0} {1}")]
    Declined(StatusCode, String),
    /// It fails.
    #[error("it answers {0}")]
    Failing(StatusCode),
    /// The answer is no SCIM: a page for people, or cut off.
    #[error("its answer is no SCIM")]
    NotScim,
    /// It answers with somebody else.
    #[error("it answers with another account than the one that was asked for")]
    SomebodyElse,
    /// An identifier can't stand in an address.
    #[error("an identifier can't be asked for")]
    NoAddress,
    /// It answers the same page again and again, or not all of them.
    #[error("its list does not end as it should")]
    Endless,
    /// So many accounts are missing at once that the list can't be believed.
    #[error("{missing} of {known} accounts are missing from its list at once, so nothing is taken from it")]
    Landslide {
        /// How many are missing.
        missing: u64,
        /// Of how many.
        known: u64,
    },
    /// Our own database.
    #[error("our own database failed")]
    Database(#[from] sqlx::Error),
}

impl Trouble {
    /// Whether it was surely not done, so that it may be asked again.
    const fn is_surely_not_done(&self) -> bool {
        matches!(self, Self::Throttled)
    }

    /// Whether asking again may help, for what changes nothing.
    fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Throttled | Self::Silent)
            || matches!(self, Self::Failing(status) if matches!(status.as_u16(), 502..=504))
    }

    /// Whether the provider said no, and so did nothing.
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Declined(..) | Self::Unknown(_) | Self::NoAddress)
    }

    /// Whether a call for several accounts was refused as a whole, so that nothing was done.
    fn takes_no_such_call(&self) -> bool {
        self.is_refusal() || matches!(self, Self::Failing(StatusCode::NOT_IMPLEMENTED))
    }

    /// What an act that never began failed for.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Declined(..) | Self::Unknown(_) | Self::NoAddress => Reason::Declined,
            Self::Changed | Self::SomebodyElse => Reason::Moved,
            Self::Unreachable
            | Self::Silent
            | Self::TooLarge
            | Self::Elsewhere
            | Self::Throttled
            | Self::Failing(_)
            | Self::NotScim
            | Self::Endless
            | Self::Landslide { .. }
            | Self::Database(_) => Reason::Unreachable,
        }
    }
}

/// What is sought among the provider's people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sought<'a> {
    /// The identifier that we gave.
    External(&'a str),
    /// The user name.
    User(&'a str),
}

/// What is asked about an account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wish<'a> {
    /// A change.
    Change(&'a Change),
    /// That it is deleted.
    Deletion,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// How many there are in all, by the provider's count.
    pub total: Option<u64>,
    /// The records as they came.
    pub records: Vec<Value>,
    /// Where the next page begins, for lists by cursor.
    pub next: Option<String>,
}

/// A person as read just now, with the tag for `If-Match`.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The person.
    pub person: Foreign,
    /// The entity tag.
    pub tag: Option<String>,
}

/// A group as read just now.
#[derive(Debug, Clone, PartialEq)]
pub struct InGroup {
    record: Map<String, Value>,
    tag: Option<String>,
}

impl InGroup {
    /// Who is in it.
    pub fn members(&self) -> impl Iterator<Item = String> {
        let members = self.record.get("members").and_then(Value::as_array);
        members.into_iter().flatten().filter_map(|member| member.get("value").and_then(identifier))
    }
}

/// The provider. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Provider {
    parts: Arc<Parts>,
}

#[derive(Debug)]
struct Parts {
    client: Client,
    address: ProviderAddress,
    token: Token,
    patience: Patience,
    /// Held while accounts are changed there and here, so that no reading in between takes our own doing for
    /// somebody else's: a mark of calls under way.
    turn: Mutex<()>,
}

impl Provider {
    /// A provider at an address.
    pub fn new(address: ProviderAddress, token: Token, patience: Patience) -> reqwest::Result<Self> {
        let mut builder = Client::builder()
            // Some providers want to know who asks.
            .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the token elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(patience.connect)
            .read_timeout(patience.silence)
            .timeout(patience.whole);
        if address.0.scheme() == "http" {
            // A proxy would read the token.
            builder = builder.no_proxy();
        }
        let client = builder.build()?;
        Ok(Self { parts: Arc::new(Parts { client, address, token, patience, turn: Mutex::new(()) }) })
    }

    /// Its host, as people and the audit log name it.
    pub fn name(&self) -> &str {
        self.parts.address.host()
    }

    /// Its address.
    pub fn address(&self) -> &ProviderAddress {
        &self.parts.address
    }

    /// Waits until nobody else changes accounts there.
    pub async fn turn(&self) -> MutexGuard<'_, ()> {
        self.parts.turn.lock().await
    }

    /// What it says it can do. A provider that doesn't say is asked for what all can.
    pub async fn abilities(&self) -> Result<Abilities, Trouble> {
        let config = self.optional("ServiceProviderConfig").await?;
        let schemas = self.optional("Schemas").await?;
        Ok(Abilities::read(config.as_ref(), schemas.as_ref()))
    }

    async fn optional(&self, path: &str) -> Result<Option<Value>, Trouble> {
        let asked = Asked::get(self.parts.address.at(path, &[]), PAGE_BYTES);
        match self.send(&asked).await {
            Ok(answer) => Ok(Some(answer.json()?)),
            Err(Trouble::Declined(..) | Trouble::NotScim) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// A page of people.
    pub async fn page(&self, query: &[(&str, &str)]) -> Result<Page, Trouble> {
        self.list("Users", query).await
    }

    /// A page of groups.
    pub async fn groups(&self, query: &[(&str, &str)]) -> Result<Page, Trouble> {
        self.list("Groups", query).await
    }

    async fn list(&self, path: &str, query: &[(&str, &str)]) -> Result<Page, Trouble> {
        let asked = Asked::get(self.parts.address.at(path, query), PAGE_BYTES);
        let Value::Object(mut fields) = self.send(&asked).await?.json()? else {
            return Err(Trouble::NotScim);
        };
        let is_list = fields.contains_key("Resources") || fields.contains_key("totalResults");
        if !is_list && fields.get("schemas").is_none_or(|schemas| !schemas.to_string().contains(LIST)) {
            return Err(Trouble::NotScim);
        }
        let records = match fields.remove("Resources") {
            Some(Value::Array(records)) => records,
            None | Some(Value::Null) => Vec::new(),
            Some(_) => return Err(Trouble::NotScim),
        };
        let next = fields.get("nextCursor").and_then(Value::as_str).filter(|next| !next.is_empty());
        Ok(Page {
            total: fields.get("totalResults").and_then(Value::as_u64),
            next: next.map(str::to_owned),
            records,
        })
    }

    /// A person, if there is one. An answer about somebody else is none.
    pub async fn person(&self, theirs: &str, abilities: &Abilities) -> Result<Option<Read>, Trouble> {
        let mut url = self.user(theirs)?;
        if let Some((name, names)) = named(abilities) {
            url.query_pairs_mut().append_pair(name, &names);
        }
        let asked = Asked::get(url, RECORD_BYTES);
        let answer = match self.send(&asked).await {
            Ok(answer) => answer,
            Err(Trouble::Declined(status, _)) if matches!(status.as_u16(), 404 | 410) => return Ok(None),
            Err(trouble) => return Err(trouble),
        };
        let tag = answer.tag.clone();
        let person = Foreign::read(answer.json()?).map_err(|_| Trouble::NotScim)?;
        if person.id != theirs {
            return Err(Trouble::SomebodyElse);
        }
        let tag = tag.or_else(|| person.version.clone());
        Ok(Some(Read { person, tag }))
    }

    /// Asks for something about an account, as the provider takes it. Its word counts for nothing: the account is to be
    /// read back.
    pub async fn ask(&self, read: &Read, wish: Wish<'_>, abilities: &Abilities) -> Result<(), Trouble> {
        let url = self.user(&read.person.id)?;
        let tag = read.tag.as_deref().filter(|_| abilities.etag);
        let asked = match wish {
            Wish::Change(change) if abilities.patch => Asked::body(Method::PATCH, url, &change.patch(), tag),
            Wish::Change(change) => Asked::body(Method::PUT, url, &change.put(&read.person), tag),
            Wish::Deletion => {
                Asked { method: Method::DELETE, tag: tag.map(str::to_owned), ..Asked::get(url, RECORD_BYTES) }
            }
        };
        self.send(&asked).await.map(drop)
    }

    /// Asks about several accounts in as few calls as the provider takes, and gives what it said of each. Its word
    /// counts for nothing: each is to be read back. Whoever nothing was said of may be asked for alone: it refuses such
    /// calls, its answer leaves somebody out, or one account is more than goes into such a call.
    pub async fn ask_all(
        &self,
        wishes: &[(&Read, Wish<'_>)],
        abilities: &Abilities,
    ) -> Vec<Option<Result<(), Trouble>>> {
        let operation = |(read, wish): &(&Read, Wish<'_>)| {
            // What can't stand in an address was never read.
            let id = segment(&read.person.id).unwrap_or_default();
            let version = read.tag.clone().filter(|_| abilities.etag);
            let what = match wish {
                Wish::Change(change) if abilities.patch => What::Patch(change.patch()),
                Wish::Change(change) => What::Put(change.put(&read.person)),
                Wish::Deletion => What::Delete,
            };
            Operation { path: format!("/Users/{id}"), version, what }
        };
        let operations = wishes.iter().map(operation).collect();
        let mut told = Vec::with_capacity(wishes.len());
        for call in bulk::calls(operations, abilities.bulk, abilities.bulk_bytes) {
            let url = self.parts.address.at("Bulk", &[]);
            let mut asked = Asked::body(Method::POST, url, &bulk::request(&call), None);
            asked.limit = PAGE_BYTES;
            if asked.body.as_ref().is_some_and(|body| body.len() > abilities.bulk_bytes) {
                told.extend(call.iter().map(|_| None));
                continue;
            }
            match self.send(&asked).await.and_then(Answer::json) {
                Ok(answer) => told.extend(bulk::statuses(&answer, call.len()).into_iter().map(said)),
                Err(trouble) if trouble.takes_no_such_call() => {
                    tracing::warn!(%trouble, "the provider takes no bulk call, so each account is asked for alone");
                    break;
                }
                Err(trouble) => {
                    tracing::warn!(%trouble, "nobody knows what became of a bulk call");
                    told.extend(call.iter().map(|_| Some(Err(Trouble::Unreachable))));
                }
            }
        }
        told.resize_with(wishes.len(), || None);
        told
    }

    /// Asks for a change piece by piece, so that what can't be done keeps nothing else from being done.
    pub async fn change_singly(&self, read: &Read, change: &Change) -> Result<(), Trouble> {
        for patch in change.patches() {
            match self.send(&Asked::body(Method::PATCH, self.user(&read.person.id)?, &patch, None)).await {
                Ok(_) | Err(Trouble::Declined(..) | Trouble::Failing(_)) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    /// Asks to make an account, and says by which identifier the provider knows it, if it says so.
    pub async fn create(&self, body: &Value) -> Result<Option<Foreign>, Trouble> {
        let url = self.parts.address.at("Users", &[]);
        let answer = self.send(&Asked::body(Method::POST, url, body, None)).await?;
        Ok(answer.json().ok().and_then(|value| Foreign::read(value).ok()))
    }

    /// A group with its members in the provider's words: identifiers, or user names. None when there is no such group.
    pub async fn group(&self, id: &str) -> Result<Option<InGroup>, Trouble> {
        let asked = Asked::get(self.group_url(id)?, PAGE_BYTES);
        let (tag, record) = match self.send(&asked).await {
            Ok(answer) => (answer.tag.clone(), answer.json()?),
            Err(Trouble::Declined(status, _)) if matches!(status.as_u16(), 404 | 410) => return Ok(None),
            Err(trouble) => return Err(trouble),
        };
        if record.get("id").and_then(identifier).as_deref() != Some(id) {
            return Err(Trouble::SomebodyElse);
        }
        let Value::Object(record) = record else { return Err(Trouble::NotScim) };
        Ok(Some(InGroup { record, tag }))
    }

    /// Takes a member out of a group, as a change of a part. It is to be read back.
    pub async fn leave(&self, group: &str, member: &str) -> Result<(), Trouble> {
        let path = Filter::text(Attribute::named("value"), Comparison::Eq, member);
        let patch = serde_json::json!({
            "schemas": [frontdesk_contract::scim::PATCH],
            "Operations": [{"op": "remove", "path": format!("members[{path}]")}],
        });
        self.send(&Asked::body(Method::PATCH, self.group_url(group)?, &patch, None)).await.map(drop)
    }

    /// Takes a member out of a group that was read just now, by writing the group without it. It is to be read back.
    pub async fn leave_whole(
        &self,
        id: &str,
        group: &InGroup,
        member: &str,
        abilities: &Abilities,
    ) -> Result<(), Trouble> {
        let mut record = group.record.clone();
        record.remove("meta");
        if let Some(Value::Array(members)) = record.get_mut("members") {
            members.retain(|known| known.get("value").and_then(identifier).as_deref() != Some(member));
        }
        let tag = group.tag.as_deref().filter(|_| abilities.etag);
        let asked = Asked::body(Method::PUT, self.group_url(id)?, &Value::Object(record), tag);
        self.send(&asked).await.map(drop)
    }

    fn group_url(&self, id: &str) -> Result<Url, Trouble> {
        let id = segment(id).ok_or(Trouble::NoAddress)?;
        Ok(self.parts.address.at(&format!("Groups/{id}"), &[]))
    }

    /// The one person who is sought. What is found is compared: a provider may not heed the question at all.
    pub async fn find(&self, sought: Sought<'_>, abilities: &Abilities) -> Result<Option<Foreign>, Trouble> {
        if !abilities.filter {
            return Ok(None);
        }
        let (name, text) = match sought {
            Sought::External(text) => ("externalId", text),
            Sought::User(text) => ("userName", text),
        };
        let filter = Filter::text(Attribute::named(name), Comparison::Eq, text).to_string();
        let page = self.page(&[("filter", filter.as_str())]).await?;
        let found: Vec<Foreign> =
            page.records.into_iter().filter_map(|record| Foreign::read(record).ok()).collect();
        let is_it = |person: &Foreign| match sought {
            Sought::External(text) => person.text("externalId") == Some(text),
            Sought::User(text) => {
                person.text("userName").is_some_and(|known| known.to_lowercase() == text.to_lowercase())
            }
        };
        Ok(only(&found, is_it).cloned())
    }

    fn user(&self, theirs: &str) -> Result<Url, Trouble> {
        let id = segment(theirs).ok_or(Trouble::NoAddress)?;
        Ok(self.parts.address.at(&format!("Users/{id}"), &[]))
    }

    /// Asks, and asks again where that can do no harm.
    async fn send(&self, asked: &Asked) -> Result<Answer, Trouble> {
        let mut tries = 1;
        loop {
            let (trouble, wanted) = match self.attempt(asked).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let may_again =
                trouble.is_surely_not_done() || (asked.method == Method::GET && trouble.may_pass());
            if !may_again || tries >= TRIES || matches!(trouble, Trouble::Silent) {
                return Err(trouble);
            }
            let pause = wanted.unwrap_or(self.parts.patience.again * tries);
            if pause > PAUSE_MAX {
                return Err(trouble);
            }
            tokio::time::sleep(pause).await;
            tries += 1;
        }
    }

    async fn attempt(&self, asked: &Asked) -> Result<Answer, (Trouble, Option<Duration>)> {
        let parts = &self.parts;
        let mut request = parts
            .client
            .request(asked.method.clone(), asked.url.clone())
            .header(AUTHORIZATION, parts.token.0.clone())
            .header(ACCEPT, "application/scim+json, application/json");
        if let Some(tag) = &asked.tag {
            request = request.header(IF_MATCH, tag);
        }
        if let Some(body) = &asked.body {
            request = request.header(CONTENT_TYPE, SCIM_JSON).body(body.clone());
        }
        let mut response = request.send().await.map_err(|error| (unanswered(&error), None))?;
        let status = response.status();
        if status.is_redirection() {
            return Err((Trouble::Elsewhere, None));
        }
        let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let tag = header(ETAG).map(str::to_owned);
        let is_page = header(CONTENT_TYPE).is_some_and(|kind| kind.contains("html"));
        let wanted = header(RETRY_AFTER).and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
        if response
            .content_length()
            .is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > asked.limit))
        {
            return Err((Trouble::TooLarge, None));
        }
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| (unanswered(&error), None))? {
            if bytes.len() + piece.len() > asked.limit {
                return Err((Trouble::TooLarge, None));
            }
            bytes.extend_from_slice(&piece);
        }
        if status.is_success() {
            return if is_page { Err((Trouble::NotScim, None)) } else { Ok(Answer { bytes, tag }) };
        }
        let trouble = match status.as_u16() {
            401 | 403 => Trouble::Unknown(status),
            412 if asked.tag.is_some() => Trouble::Changed,
            429 => Trouble::Throttled,
            400..=499 => Trouble::Declined(status, word(&bytes)),
            _ => Trouble::Failing(status),
        };
        Err((trouble, wanted))
    }
}

/// What a provider says of one operation of a bulk call.
fn said(status: Option<u16>) -> Option<Result<(), Trouble>> {
    let status = StatusCode::from_u16(status?).ok()?;
    Some(match status.as_u16() {
        200..=299 => Ok(()),
        401 | 403 => Err(Trouble::Unknown(status)),
        412 => Err(Trouble::Changed),
        // Not done: alone it is asked for again, as slowly as it wants.
        429 => return None,
        400..=499 => Err(Trouble::Declined(status, String::new())),
        _ => Err(Trouble::Failing(status)),
    })
}

/// What is to be named, so that nothing of the life is left out.
pub fn named(abilities: &Abilities) -> Option<(&'static str, String)> {
    (!abilities.named.is_empty()).then(|| ("attributes", abilities.named.join(",")))
}

/// The word of a SCIM error. Its sentence may name people, so it goes nowhere.
fn word(bytes: &[u8]) -> String {
    let error: Option<ScimError> = serde_json::from_slice(bytes).ok();
    let word = error.and_then(|error| error.scim_type).unwrap_or_default();
    word.chars().filter(char::is_ascii_alphanumeric).take(30).collect()
}

fn unanswered(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() && !error.is_connect() { Trouble::Silent } else { Trouble::Unreachable }
}

/// A call.
#[derive(Debug)]
struct Asked {
    method: Method,
    url: Url,
    body: Option<Vec<u8>>,
    tag: Option<String>,
    limit: usize,
}

impl Asked {
    fn get(url: Url, limit: usize) -> Self {
        Self { method: Method::GET, url, body: None, tag: None, limit }
    }

    fn body(method: Method, url: Url, body: &Value, tag: Option<&str>) -> Self {
        let body = Some(body.to_string().into_bytes());
        Self { method, url, body, tag: tag.map(str::to_owned), limit: RECORD_BYTES }
    }
}

/// What came back.
#[derive(Debug)]
struct Answer {
    bytes: Vec<u8>,
    tag: Option<String>,
}

impl Answer {
    fn json(self) -> Result<Value, Trouble> {
        serde_json::from_slice(&self.bytes).map_err(|_| Trouble::NotScim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_by_https_or_stays_on_this_machine() {
        let read = |text: &str| text.parse::<ProviderAddress>().map(|address| address.to_string());
        assert_eq!(read("https://id.example/scim/v2/"), Ok("https://id.example/scim/v2".to_owned()));
        for text in ["http://127.0.0.1:8089/v2", "http://[::1]:8089/v2", "http://localhost:1"] {
            assert_eq!(read(text), Ok(text.to_owned()));
        }
        for text in ["http://id.example/scim", "http://127.0.0.1.example/", "http://10.0.0.1/scim"] {
            assert_eq!(read(text), Err(NotAProvider::Plain), "{text}");
        }
        for text in [
            "id.example",
            "ftp://id.example",
            "https://a:b@id.example",
            "https://a@id.example",
            "https://a/?b",
            "https://a/#b",
            "",
        ] {
            assert_eq!(read(text), Err(NotAProvider::NotAnAddress), "{text}");
        }
    }

    #[test]
    fn nothing_in_an_identifier_leads_elsewhere() {
        let address: ProviderAddress = "https://id.example/scim/v2".parse().expect("an address");
        let provider =
            Provider::new(address, "t".parse().expect("a token"), Patience::default()).expect("a provider");
        let user = |id: &str| provider.user(id).map(|url| url.to_string()).ok();
        assert_eq!(
            user("/../../admin?x#y").as_deref(),
            Some("https://id.example/scim/v2/Users/%2F..%2F..%2Fadmin%3Fx%23y")
        );
        assert_eq!(user("%2e%2e").as_deref(), Some("https://id.example/scim/v2/Users/%252e%252e"));
        assert_eq!(
            user("//evil.example").as_deref(),
            Some("https://id.example/scim/v2/Users/%2F%2Fevil.example")
        );
        assert_eq!(user(".."), None);
        let filter = provider.parts.address.at("Users", &[("filter", "userName eq \"a\" or 1 eq 1&x=y\"")]);
        assert!(!filter.as_str().contains("&x=y"), "{filter}");
    }

    #[test]
    fn a_token_is_one_word_and_is_not_printed() {
        let token: Token = "abc.DEF-1\n".parse().expect("a token");
        assert_eq!(format!("{token:?}"), "Token(…)");
        for text in ["", " ", "a b", "a\nb", "é"] {
            assert_eq!(text.parse::<Token>(), Err(NotAToken), "{text:?}");
        }
    }
}

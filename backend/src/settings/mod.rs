//! `frontdesk.toml`: what the operator decided, checked at start.

mod check;
pub mod hours;
pub mod mail;
pub mod status;

use std::path::{Path, PathBuf};

use frontdesk_contract::account::act::AccountPolicy;
use frontdesk_contract::settings::{
    ChannelSettings, Limits, Links, PhoneSettings, PriorityExample, ReportSettings, Resource,
};
use frontdesk_contract::upload::UploadSettings;
use frontdesk_contract::{Settings, Topic, Version};
use serde::Deserialize;

use crate::secret;
use crate::settings::mail::Mail;
use crate::settings::status::{Component, Status};

/// The name of the file in the data folder.
pub const FILE: &str = "frontdesk.toml";
/// The example that `seed` and a first start write.
pub const EXAMPLE: &str = include_str!("example.toml");

/// The settings and the version that goes with them.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The settings.
    pub settings: Settings,
    /// What stands on the status page, and who is told of it: no business of the panel.
    pub status: Status,
    /// Who must approve acts on accounts, and what waits; a plan says what of it concerns it.
    pub accounts: AccountPolicy,
    /// How e-mails are sent, where they are.
    pub mail: Option<Mail>,
    /// Changes when they do.
    pub version: Version,
}

/// Why the settings are not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file can't be read or written.
    #[error("{file} can't be read: {source}.", file = .file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A key or a value is wrong.
    #[error("{file}, line {line}: {detail}.", file = .file.display())]
    Wrong {
        /// Which file.
        file: PathBuf,
        /// Which line.
        line: usize,
        /// What is wrong.
        detail: String,
    },
}

/// What is wrong in a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, without a full stop.
    pub detail: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    organization: String,
    service: String,
    topics: Vec<Topic>,
    channels: Vec<ChannelSettings>,
    #[serde(default)]
    phone: PhoneSettings,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    links: Links,
    #[serde(default)]
    resources: Vec<Resource>,
    #[serde(default)]
    priority_examples: Vec<PriorityExample>,
    #[serde(default)]
    uploads: UploadSettings,
    #[serde(default)]
    reports: ReportSettings,
    #[serde(default)]
    components: Vec<Component>,
    #[serde(default)]
    status: status::File,
    #[serde(default)]
    accounts: AccountPolicy,
    mail: Option<mail::File>,
}

/// Everything that the file decides.
type All = (Settings, Status, AccountPolicy, Option<Mail>);

/// Reads and checks the settings of a data folder.
pub fn read(folder: &Path) -> Result<Decided, SettingsError> {
    let file = folder.join(FILE);
    let text = std::fs::read_to_string(&file)
        .map_err(|source| SettingsError::File { file: file.clone(), source })?;
    let (settings, status, accounts, mail) = parse_all(&text, folder).map_err(|mistake| {
        SettingsError::Wrong { file: file.clone(), line: mistake.line, detail: mistake.detail }
    })?;
    let version = Version::numbered(secret::number_of(&text));
    Ok(Decided { settings, status, accounts, mail, version })
}

/// Writes the example where there is no file yet.
pub fn write_example(folder: &Path) -> Result<(), SettingsError> {
    let file = folder.join(FILE);
    if file.exists() {
        return Ok(());
    }
    std::fs::write(&file, EXAMPLE).map_err(|source| SettingsError::File { file, source })
}

/// Reads and checks a text.
pub fn parse(text: &str) -> Result<Settings, Mistake> {
    parse_all(text, Path::new(".")).map(|(settings, ..)| settings)
}

fn parse_all(text: &str, folder: &Path) -> Result<All, Mistake> {
    let file: File = toml::from_str(text).map_err(|error| Mistake {
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        detail: error.message().trim_end_matches('.').replace('\n', " "),
    })?;
    let settings = Settings {
        organization: file.organization,
        service: file.service,
        topics: file.topics,
        channels: file.channels,
        phone: file.phone,
        limits: file.limits,
        links: file.links,
        resources: file.resources,
        priority_examples: file.priority_examples,
        uploads: file.uploads,
        reports: file.reports,
        mail: file.mail.is_some(),
    };
    let status = Status {
        components: file.components,
        webhooks: file.status.webhooks,
        allow_loopback: file.status.allow_loopback,
    };
    let mail = check::check(&settings)
        .and_then(|()| status::check(&status, &settings))
        .and_then(|()| file.mail.map(|mail| mail::check(mail, folder)).transpose())
        .map_err(|wrong| Mistake { line: line_of(text, &wrong.value), detail: wrong.detail })?;
    Ok((settings, status, file.accounts, mail))
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn line_of(text: &str, value: &str) -> usize {
    text.find(value).map_or(1, |offset| line_at(text, offset))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn is_refused(from: &str, to: &str, line_with: &str, detail: &str) {
        let text = EXAMPLE.replacen(from, to, 1);
        assert_ne!(text, EXAMPLE, "{from} is not in the example");
        let mistake = parse(&text).expect_err("a mistake");
        assert_eq!(mistake.line, line_of(&text, line_with), "{mistake:?}");
        assert!(mistake.detail.contains(detail), "{mistake:?}");
    }

    #[test]
    fn the_example_is_accepted() {
        let settings = parse(EXAMPLE).expect("settings");
        assert_eq!(settings.topics.len(), 11);
        let without_phone: Vec<&str> =
            settings.topics.iter().filter(|topic| !topic.phone).map(|topic| topic.id.as_str()).collect();
        let mut known = frontdesk_contract::topic::WITHOUT_PHONE.to_vec();
        known.sort_unstable();
        let mut named = without_phone;
        named.sort_unstable();
        assert_eq!(named, known);
    }

    #[test]
    fn a_wrong_key_is_named_with_its_line() {
        is_refused("reopenDays", "reopnDays", "reopnDays", "reopnDays");
        is_refused("service =", "servise =", "servise", "servise");
    }

    #[test]
    fn a_wrong_value_is_named_with_its_line() {
        is_refused("Europe/Paris", "Europe/Parys", "Europe/Parys", "time zone");
        is_refused("from = \"09:00\"", "from = \"9 o'clock\"", "9 o'clock", "9 o'clock");
        is_refused("2026-12-25", "2026-13-25", "2026-13-25", "day");
        is_refused("en = \"Billing\"", "de = \"Billing\"", "billing", "English");
        is_refused("\"https://help.acme.example\"", "\"javascript:alert(1)\"", "javascript:", "https");
        is_refused("id = \"groups\"", "id = \"accounts\"", "accounts", "twice");
        is_refused("closeDays = 14", "closeDays = 0", "closeDays =", "a day at least");
        is_refused("closeDays = 14", "closeDays = 3", "closeDays =", "too early");
    }

    #[test]
    fn a_wrong_resource_is_named_with_its_line() {
        is_refused("https://academy.acme.example", "//academy", "//academy", "https");
        is_refused("https://academy.acme.example", "javascript:alert(1)", "javascript:", "https");
        is_refused("{ en = \"Academy\", fr", "{ de = \"Academy\", fr", "Academy", "English");
        is_refused("{ en = \"Academy\",", "{ en = \" \",", "Academy", "English");
        is_refused("fr = \"Academy\"", "french = \"Academy\"", "french", "language");
        is_refused("address = \"https://academy", "adress = \"https://academy", "adress = ", "adress");
    }

    #[test]
    fn a_wrong_example_of_a_priority_is_named_with_its_line() {
        is_refused("priority = \"high\"", "priority = \"urgent\"", "urgent", "urgent");
        is_refused("{ en = \"The tills", "{ nl = \"The tills", "The tills", "English");
        is_refused("The tills of a store", "The \\u0000 of a store", "of a store", "shown");
        let long = format!("en = \"{}", "x".repeat(400));
        is_refused("en = \"The tills", &long, &"x".repeat(400), "characters");
    }

    #[test]
    fn the_examples_of_an_organization_are_its_own() {
        let settings = parse(EXAMPLE).expect("settings");
        assert_eq!(settings.priority_examples.len(), 2);
        assert_eq!(settings.resources.len(), 8);
        let bare = EXAMPLE.split("# More places").next().expect("the beginning");
        let settings = parse(bare).expect("settings");
        assert!(settings.priority_examples.is_empty() && settings.resources.is_empty());
    }

    #[test]
    fn the_status_page_names_what_is_there() {
        let (_, status, ..) = parse_all(EXAMPLE, Path::new(".")).expect("settings");
        assert!(status.components.first().is_some_and(|component| component.core));
        is_refused("topic = \"video\"", "topic = \"vidéo\"", "live", "vidéo");
        is_refused("id = \"messages\"", "id = \"posts\"", "posts", "twice");
        let with = |hook: &str| parse(&format!("{EXAMPLE}\n[status]\n{hook}"));
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let hook = |url: &str, secret: &str| {
            format!("[[status.webhooks]]\nname = \"Chat\"\nurl = \"{url}\"\nsecret = \"{secret}\"")
        };
        assert!(with(&hook("https://chat.example/hook", secret)).is_ok());
        assert!(with(&hook("http://chat.example/hook", secret)).is_err(), "in the open");
        assert!(with(&hook("https://chat.example/hook", "secret")).is_err(), "too easy to guess");
        let near = format!("allowLoopback = true\n{}", hook("http://127.0.0.1:9/hook", secret));
        assert!(with(&near).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_fail_loudly(text in any::<String>(), at in 0usize..2_000, cut in 0usize..200) {
            let _ = parse(&text);
            let cut_out: String = EXAMPLE.chars().enumerate().filter(|(i, _)| *i < at || *i >= at + cut).map(|(_, c)| c).collect();
            if let Err(mistake) = parse(&cut_out) {
                prop_assert!(mistake.line >= 1 && mistake.line <= cut_out.lines().count() + 1);
            }
        }
    }
}

//! An e-mail, put together from what stands in the database when it is sent: what somebody may not read any more, or
//! has stopped, is never in it.

use std::time::{Duration, UNIX_EPOCH};

use frontdesk_contract::mail::MailKind;
use frontdesk_contract::report::can_handle;
use frontdesk_contract::request::can_read;
use frontdesk_contract::{IncidentId, MessageId, RequestId, Timestamp};
use lettre::address::{Address, Envelope};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};

use crate::act::INVITATION_LINK;
use crate::app::App;
use crate::mail::words::{Words, fill, moment};
use crate::secret;
use crate::settings::mail::Mail;
use crate::store::mails::{self as store, About, Due, News, Recipient, Topic};
use crate::store::requests::Eyes;

/// The longest subject, in characters.
const SUBJECT_MAX: usize = 160;
/// What a test e-mail says.
const TRIAL: &str = "This is a test of the mail settings of Frontdesk.\r\n\r\nThat you read it means that the mail server takes its e-mails and hands them on.\r\n";
/// So much of a text goes into an e-mail, in characters.
const BODY_MAX: usize = 4_000;

/// What there is to do about an e-mail that is due.
#[derive(Debug)]
pub enum Prepared {
    /// Send it.
    Letter(Box<Letter>),
    /// Nothing: why.
    Void(&'static str),
    /// It never can be sent: why.
    Impossible(&'static str),
}

/// An e-mail as the server takes it.
#[derive(Debug)]
pub struct Letter {
    /// From whom to whom.
    pub envelope: Envelope,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// What an e-mail says.
#[derive(Debug, Default)]
struct Said {
    subject: String,
    text: String,
    /// What all e-mails about the same thing name, so that they stand together.
    about: Option<String>,
    /// Where a click stops them.
    stop: Option<String>,
}

macro_rules! header {
    ($name:ident, $text:literal) => {
        #[derive(Clone)]
        struct $name(String);

        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($text)
            }

            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}
// RFC 3834, RFC 2369 and RFC 8058.
header!(AutoSubmitted, "Auto-Submitted");
header!(ListUnsubscribe, "List-Unsubscribe");
header!(ListUnsubscribePost, "List-Unsubscribe-Post");

/// Puts together what is due. What its news are is settled here, so that each try is the same.
pub async fn prepare(app: &App, mail: &Mail, due: &Due) -> sqlx::Result<Prepared> {
    let Some(recipient) = app.store().recipient(&due.person).await? else {
        return Ok(Prepared::Void("the account is closed or has no address"));
    };
    let Ok(address) = recipient.person.email.trim().parse::<Address>() else {
        return Ok(Prepared::Impossible("the address is none"));
    };
    let words = Words::of(recipient.language.as_ref().unwrap_or(&mail.language));
    let said = match &due.about {
        About::Request { id, first, last } => {
            of_request(app, words, due, &recipient, *id, (*first, *last)).await?
        }
        About::Incident { id, update } => of_incident(app, words, &recipient, id, update).await?,
        About::Link { kind, secret, words: own } => {
            of_link(app, words, due, &recipient, *kind, secret, own.as_deref()).await?
        }
        About::LockedOut => of_locked_out(app, words, &recipient).await?,
    };
    Ok(match said {
        Ok(said) => match written(mail, due, &recipient.person.name, address, said) {
            Ok(letter) => Prepared::Letter(Box::new(letter)),
            Err(_) => Prepared::Impossible("it can't be written"),
        },
        Err(why) => Prepared::Void(why),
    })
}

type Saying = Result<Said, &'static str>;

async fn of_request(
    app: &App,
    words: &Words,
    due: &Due,
    recipient: &Recipient,
    id: RequestId,
    (first, last): (MessageId, Option<MessageId>),
) -> sqlx::Result<Saying> {
    if can_read(&recipient.person).is_err() {
        return Ok(Err("the person may not read requests any more"));
    }
    let mut write = app.store().write().await?;
    let thread = store::begin_thread(&mut write, &due.person, &Topic::Request(id)).await?;
    let last = match last {
        Some(last) => last,
        None => store::close(&mut write, due.id, id).await?,
    };
    let request = crate::store::requests::stored(&mut write, id, Eyes::Organization).await?;
    write.commit().await?;
    if thread.stopped_at.is_some() {
        return Ok(Err("the person has stopped e-mails about this request"));
    }
    let Some(request) = request else { return Ok(Err("the request is gone")) };
    let mut parts = Vec::new();
    for news in app.store().news(id, (first, last), &due.person).await? {
        match news {
            News::Answer { by, body } => {
                parts.push(format!(
                    "{}\n{}",
                    fill(words.answered, &[("name", &one_line(&by))]),
                    quoted(&body, words)
                ));
            }
            News::Solved { by } => parts.push(fill(words.solved, &[("name", &one_line(&by))])),
            News::Reminded => {
                // Somebody may have answered since.
                let closes = request.marks.closing.map(|closing| moment(closing.closes_at));
                parts.extend(closes.map(|date| fill(words.reminded, &[("date", &date)])));
            }
            News::Closed => parts.push(words.closed.to_owned()),
        }
    }
    if parts.is_empty() {
        return Ok(Err("everything was read, or holds no more"));
    }
    let (origin, number) = (app.origin().as_str(), id.to_string());
    let subject = one_line(&request.summary.subject);
    let stop = stop_address(app, &thread.word);
    parts.insert(0, format!("{number}: {subject}"));
    parts.push(fill(words.read, &[("url", &format!("{origin}/requests/{number}"))]));
    parts.push(format!("{}\n{}", words.why_request, fill(words.stop_request, &[("url", &stop)])));
    Ok(Ok(Said {
        subject: fill(words.request, &[("number", &number), ("subject", &subject)]),
        text: parts.join("\n\n"),
        about: Some(number.to_lowercase()),
        stop: Some(stop),
    }))
}

async fn of_incident(
    app: &App,
    words: &Words,
    recipient: &Recipient,
    id: &IncidentId,
    update: &str,
) -> sqlx::Result<Saying> {
    let mut write = app.store().write().await?;
    let topic = Topic::Incident(id.clone());
    let thread = store::begin_thread(&mut write, &recipient.person.id, &topic).await?;
    write.commit().await?;
    if thread.stopped_at.is_some() {
        return Ok(Err("the person has stopped e-mails about this incident"));
    }
    let Some(incident) = app.store().incident(id).await? else { return Ok(Err("the incident is gone")) };
    let Some(update) = incident.incident_updates.iter().find(|known| known.id == update) else {
        return Ok(Err("what was said is gone"));
    };
    let (name, state) = (one_line(&incident.name), one_line(words.state(&update.status)));
    let service = one_line(&app.decided().settings.service);
    let stop = stop_address(app, &thread.word);
    let page = format!("{}/status#{id}", app.origin().as_str());
    let parts = [
        fill(words.stands, &[("name", &name), ("state", &state)]),
        quoted(&update.body, words),
        fill(words.page, &[("url", &page)]),
        format!("{}\n{}", words.why_incident, fill(words.stop_incident, &[("url", &stop)])),
    ];
    Ok(Ok(Said {
        subject: fill(words.incident, &[("service", &service), ("name", &name), ("state", &state)]),
        text: parts.join("\n\n"),
        about: Some(format!("incident-{}", crate::secret::number_of(id.as_str()))),
        stop: Some(stop),
    }))
}

async fn of_link(
    app: &App,
    words: &Words,
    due: &Due,
    recipient: &Recipient,
    kind: MailKind,
    secret: &str,
    own: Option<&str>,
) -> sqlx::Result<Saying> {
    let claimant = app.store().claimant(secret, app.now()).await?;
    if claimant.is_none_or(|claimant| claimant.id != due.person) {
        return Ok(Err("the link has ended"));
    }
    let settings = &app.decided().settings;
    let (service, organization) = (one_line(&settings.service), one_line(&settings.organization));
    let (subject, text, life) = match kind {
        MailKind::Password => (words.password, words.forgotten, frontdesk_contract::forgotten::LINK_LIFE),
        MailKind::Reminder => (words.reminder, words.reminded_of, INVITATION_LINK),
        MailKind::Invitation | MailKind::Request | MailKind::Incident | MailKind::LockedOut => {
            (words.invitation, words.invited, INVITATION_LINK)
        }
    };
    let until = moment(due.created_at.plus(life));
    let values =
        [("service", service.as_str()), ("organization", organization.as_str()), ("date", until.as_str())];
    let mut parts = vec![fill(words.hello, &[("name", &one_line(&recipient.person.name))])];
    parts.extend(own.map(|own| readable(own.trim())).filter(|own| !own.is_empty()));
    parts.push(fill(text, &values));
    parts.push(format!("{}/claim#{secret}", app.origin().as_str()));
    if kind == MailKind::Password {
        parts.push(words.not_you.to_owned());
    }
    Ok(Ok(Said { subject: fill(subject, &values), text: parts.join("\n\n"), about: None, stop: None }))
}

/// Nothing of what was written: anybody can write it, and it may say who can't get in.
async fn of_locked_out(app: &App, words: &Words, recipient: &Recipient) -> sqlx::Result<Saying> {
    if can_handle(&recipient.person).is_err() {
        return Ok(Err("the person may not handle reports any more"));
    }
    if !app.store().is_anybody_locked_out().await? {
        return Ok(Err("it was handled already"));
    }
    let service = one_line(&app.decided().settings.service);
    let values = [("service", service.as_str())];
    let url = format!("{}/reports?state=new", app.origin().as_str());
    let parts = [
        fill(words.locked_out_text, &values),
        fill(words.read_locked_out, &[("url", &url)]),
        words.why_locked_out.to_owned(),
    ];
    Ok(Ok(Said {
        subject: fill(words.locked_out, &values),
        text: parts.join("\n\n"),
        about: Some("locked-out".to_owned()),
        stop: None,
    }))
}

/// Where a click stops e-mails.
fn stop_address(app: &App, word: &str) -> String {
    format!("{}/api/mail/stop/{word}", app.origin().as_str())
}

/// Writes it as the server takes it. Whatever a person chose stands in one line, and is encoded by the library.
fn written(
    mail: &Mail,
    due: &Due,
    name: &str,
    address: Address,
    said: Said,
) -> Result<Letter, lettre::error::Error> {
    let domain = mail.from.email.domain();
    let envelope = Envelope::new(Some(mail.from.email.clone()), vec![address.clone()])?;
    let name = Some(one_line(name)).filter(|name| !name.is_empty());
    let mut message = Message::builder()
        .from(mail.from.clone())
        .to(Mailbox::new(name, address))
        .subject(shortest(&one_line(&said.subject), SUBJECT_MAX))
        .date(UNIX_EPOCH + Duration::from_millis(millis(due.created_at)))
        .message_id(Some(format!("<{}@{domain}>", due.message)))
        .header(AutoSubmitted("auto-generated".to_owned()));
    if let Some(about) = said.about {
        message = message.references(format!("<{about}@{domain}>"));
    }
    if let Some(stop) = said.stop {
        message = message
            .header(ListUnsubscribe(format!("<{stop}>")))
            .header(ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned()));
    }
    let message = message.singlepart(SinglePart::plain(said.text))?;
    Ok(Letter { envelope, bytes: message.formatted() })
}

/// An e-mail that says nothing but that it came, for whoever tries the settings.
pub fn trial(mail: &Mail, to: Address, now: Timestamp) -> Result<Letter, lettre::error::Error> {
    let envelope = Envelope::new(Some(mail.from.email.clone()), vec![to.clone()])?;
    let message = Message::builder()
        .from(mail.from.clone())
        .to(Mailbox::new(None, to))
        .subject("Test e-mail from Frontdesk")
        .date(UNIX_EPOCH + Duration::from_millis(millis(now)))
        .message_id(Some(format!("<{}@{}>", secret::token(16), mail.from.email.domain())))
        .header(AutoSubmitted("auto-generated".to_owned()))
        .singlepart(SinglePart::plain(TRIAL.to_owned()))?;
    Ok(Letter { envelope, bytes: message.formatted() })
}

fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.millis()).unwrap_or_default()
}

/// A text that somebody chose, in one line and without what only looks like something else.
fn one_line(text: &str) -> String {
    let seen = text.replace(|letter: char| letter.is_control() || is_hidden(letter), " ");
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Marks that turn the direction of what follows, and breaks of lines that are no control characters.
const fn is_hidden(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The beginning of a text.
fn shortest(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// A text of several lines, without what nobody can read.
fn readable(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect()
}

/// As much of a text as an e-mail takes.
fn shortened(text: &str, words: &Words) -> String {
    let text = readable(text);
    let short = shortest(&text, BODY_MAX);
    if short.len() == text.len() { text } else { format!("{short}\n\n{}", words.cut) }
}

/// What somebody wrote, so that it can't be taken for ours.
fn quoted(text: &str, words: &Words) -> String {
    let lines = shortened(text, words);
    lines.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mail() -> Mail {
        Mail {
            server: "localhost".to_owned(),
            port: 25,
            tls: crate::settings::mail::Tls::None,
            from: "\"Acme, the desk\" <desk@acme.example>".parse().expect("a sender"),
            credentials: None,
            language: frontdesk_contract::Language::english(),
            collect: frontdesk_contract::time::Span(0),
            locked_out: true,
            answer: Duration::from_secs(1),
        }
    }

    fn letter(name: &str, subject: &str, text: &str) -> String {
        let due = Due {
            id: 1,
            person: "p".parse().expect("an id"),
            message: "abc".to_owned(),
            about: About::Link { kind: MailKind::Invitation, secret: String::new(), words: None },
            tries: 0,
            created_at: "2026-11-23T09:00:00Z".parse().expect("a time"),
        };
        let said = Said {
            subject: subject.to_owned(),
            text: text.to_owned(),
            about: Some("fd-1".to_owned()),
            stop: Some("https://desk.example/api/mail/stop/word".to_owned()),
        };
        let address = "ada@acme.example".parse().expect("an address");
        let letter = written(&mail(), &due, name, address, said).expect("a letter");
        String::from_utf8(letter.bytes).expect("seven bits")
    }

    #[test]
    fn an_e_mail_says_that_a_machine_wrote_it_and_how_to_stop_it() {
        let text = letter("Ada", "Hello", "One line");
        for line in [
            "Message-ID: <abc@acme.example>\r\n",
            "References: <fd-1@acme.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "List-Unsubscribe: <https://desk.example/api/mail/stop/word>\r\n",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            "Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n",
            "MIME-Version: 1.0\r\n",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }

    #[test]
    fn what_somebody_wrote_is_not_taken_for_ours() {
        let words = Words::of(&frontdesk_contract::Language::english());
        assert_eq!(quoted("Hi\r\n\r\nNo more e-mails: x", words), "> Hi\n>\n> No more e-mails: x");
        assert!(quoted(&"é".repeat(5_000), words).ends_with("> The rest stands on the page."));
        assert_eq!(one_line("Ada\r\nBcc: eve@x.example\u{202e}"), "Ada Bcc: eve@x.example");
    }

    proptest! {
        #[test]
        fn no_name_and_no_subject_makes_a_header(name in any::<String>(), subject in any::<String>()) {
            let plain = letter("Ada", "Hello", "Text");
            let text = letter(&name, &format!("Bcc: {subject}"), "Text");
            prop_assert!(text.is_ascii());
            let names = |text: &str| {
                let head = text.split("\r\n\r\n").next().unwrap_or_default().to_owned();
                let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
                lines.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
            };
            prop_assert_eq!(names(&text), names(&plain));
            prop_assert!(text.split("\r\n").all(|line| line.len() <= 998), "RFC 5322, 2.1.1");
            prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        }
    }
}

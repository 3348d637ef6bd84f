//! Hands e-mails to the mail server, and writes down what became of them.
//!
//! The queue outlives the process, and one e-mail is sent after the other. Between the server's word that it has
//! taken an e-mail and our note of it there is a moment that SMTP can't close: a kill in it, or a connection that is
//! cut before the word arrives, makes it go out once more. It has the same Message-ID then.

use std::time::Duration;

use frontdesk_contract::Timestamp;
use frontdesk_contract::mail::{MailKind, MailState};
use frontdesk_contract::time::Span;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::task::JoinHandle;

use crate::app::App;
use crate::mail::letter::{Letter, Prepared, prepare};
use crate::settings::mail::{Mail, Tls};
use crate::store::audit::{self, By, Line};
use crate::store::mails::{self as store, Due};
use crate::store::{accounts, forgotten};
use crate::upstream::chat::pause;

/// How long the server may take to be reached.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
/// How often is looked when nothing is said.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// No e-mail waits shorter for its next try: a server that asks for patience means it.
const SHORTEST_PAUSE: Span = Span::seconds(30);

/// Begins to send, where there is a mail server; ends when the backend stops.
pub fn begin(app: &App) -> Option<JoinHandle<()>> {
    let mail = app.decided().mail.clone()?;
    match Courier::new(mail, app.origin().as_str()) {
        Ok(courier) => Some(tokio::spawn(courier.run(app.clone()))),
        Err(error) => {
            tracing::error!(%error, "e-mails can't be sent");
            None
        }
    }
}

/// Sends what is due.
pub struct Courier {
    mail: Mail,
    tls: Option<TlsParameters>,
    hello: ClientId,
}

/// What a try ended with.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// The server took it.
    Taken,
    /// Never.
    Refused(String),
    /// Not now; the server goes on with others.
    Later(String),
    /// Not now, and the connection is of no use any more.
    Cut(String),
}

/// Why the server can't be used.
#[derive(Debug)]
struct Trouble(String);

/// Why a test e-mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The server can't be used.
    #[error("The mail server can't be used: {0}")]
    Server(String),
    /// It does not take this e-mail.
    #[error("The mail server did not take the e-mail: {0}")]
    Letter(String),
}

/// What there was to do.
#[derive(Debug, PartialEq, Eq)]
enum Round {
    /// All of what was due, or there was nothing.
    Done,
    /// The server can't be used.
    Trouble,
}

impl Courier {
    /// A courier who knows the server.
    pub fn new(mail: Mail, origin: &str) -> Result<Self, SmtpError> {
        let tls = match mail.tls {
            Tls::None => None,
            Tls::Starttls | Tls::Tls => Some(TlsParameters::new_rustls(mail.server.clone())?),
        };
        // RFC 5321, 4.1.4: our own name, or an address where there is none.
        let host = origin.split("://").nth(1).unwrap_or_default().split(':').next().unwrap_or_default();
        let is_name = host.contains('.') && host.contains(|letter: char| letter.is_ascii_alphabetic());
        let hello = if is_name { ClientId::Domain(host.to_owned()) } else { ClientId::default() };
        Ok(Self { mail, tls, hello })
    }

    /// Sends until the backend stops. Whoever is on the way then may arrive.
    pub async fn run(self, app: App) {
        let mut hints = app.hints();
        let mut troubles = 0_u32;
        loop {
            let round = match self.round(&app).await {
                Ok(round) => round,
                Err(_) if app.stopping().is_cancelled() => return,
                Err(error) => {
                    tracing::error!(%error, "the queue of e-mails can't be read");
                    Round::Trouble
                }
            };
            let (wait, is_trouble) = match round {
                Round::Trouble => {
                    let wait = pause(troubles, rand::random()).0;
                    troubles = troubles.saturating_add(1);
                    (wait, true)
                }
                Round::Done => {
                    troubles = 0;
                    let next = app.store().next_mail().await.ok().flatten();
                    (next.map_or(i64::MAX, |next| next.since(app.now()).0.max(20)), false)
                }
            };
            let wait = Duration::from_millis(wait.unsigned_abs());
            let wait = if is_trouble { wait } else { wait.min(LOOK_EVERY) };
            tokio::select! {
                () = app.stopping().cancelled() => return,
                () = tokio::time::sleep(wait) => {}
                hint = hints.changed(), if !is_trouble => if hint.is_err() { return },
            }
        }
    }

    /// Hands over one e-mail at once, for whoever tries the settings.
    pub async fn hand_over_alone(&self, letter: &Letter) -> Result<(), NotTaken> {
        let mut connection = self.open().await.map_err(|Trouble(why)| NotTaken::Server(why))?;
        let ended = self.hand_over(&mut connection, letter).await;
        let _ = self.within(connection.quit()).await;
        match ended {
            Ended::Taken => Ok(()),
            Ended::Refused(why) | Ended::Later(why) | Ended::Cut(why) => Err(NotTaken::Letter(why)),
        }
    }

    async fn round(&self, app: &App) -> sqlx::Result<Round> {
        for due in app.store().expired_mails(app.now()).await? {
            give_up(app, &due, MailState::Expired, "it could not be sent in time").await?;
        }
        let mut line: Option<AsyncSmtpConnection> = None;
        let mut round = Round::Done;
        for due in app.store().due_mails(app.now()).await? {
            if app.stopping().is_cancelled() {
                break;
            }
            let letter = match prepare(app, &self.mail, &due).await? {
                Prepared::Letter(letter) => letter,
                Prepared::Void(why) => {
                    end(app, &due, MailState::Void, Some(why)).await?;
                    continue;
                }
                Prepared::Impossible(why) => {
                    give_up(app, &due, MailState::Refused, why).await?;
                    continue;
                }
            };
            let mut connection = match line.take() {
                Some(connection) => connection,
                None => match self.open().await {
                    Ok(connection) => connection,
                    Err(Trouble(why)) => {
                        tracing::warn!(server = self.mail.server, why, "the mail server can't be used");
                        round = Round::Trouble;
                        break;
                    }
                },
            };
            match self.hand_over(&mut connection, &letter).await {
                Ended::Taken => {
                    end(app, &due, MailState::Sent, None).await?;
                    line = Some(connection);
                }
                Ended::Refused(answer) => {
                    give_up(app, &due, MailState::Refused, &answer).await?;
                    line = self.again(connection).await;
                }
                Ended::Later(answer) => {
                    put_off(app, &due, &answer).await?;
                    line = self.again(connection).await;
                }
                Ended::Cut(answer) => put_off(app, &due, &answer).await?,
            }
        }
        if let Some(mut connection) = line {
            let _ = self.within(connection.quit()).await;
        }
        Ok(round)
    }

    /// A connection on which e-mails may be sent, or why there is none.
    async fn open(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let wrapped = self.tls.clone().filter(|_| self.mail.tls == Tls::Tls);
        let connecting = AsyncSmtpConnection::connect_tokio1(
            (self.mail.server.as_str(), self.mail.port),
            Some(CONNECT_WITHIN),
            &self.hello,
            wrapped,
            None,
        );
        let mut connection = self.within(connecting).await?;
        if let Some(tls) = self.tls.clone().filter(|_| self.mail.tls == Tls::Starttls) {
            self.within(connection.starttls(tls, &self.hello)).await?;
        }
        if let Some(credentials) = &self.mail.credentials {
            let known = [Mechanism::Plain, Mechanism::Login];
            self.within(connection.auth(&known, credentials)).await?;
        }
        Ok(connection)
    }

    /// What the server says within its time.
    async fn within<T>(&self, saying: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Trouble> {
        match tokio::time::timeout(self.mail.answer, saying).await {
            Ok(Ok(said)) => Ok(said),
            Ok(Err(error)) => Err(Trouble(answer(&error))),
            Err(_) => Err(Trouble("no answer in time".to_owned())),
        }
    }

    /// A connection that goes on after a refusal, if it does.
    async fn again(&self, mut connection: AsyncSmtpConnection) -> Option<AsyncSmtpConnection> {
        self.within(connection.command(Rset)).await.ok().map(|_| connection)
    }

    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, letter: &Letter) -> Ended {
        match self.say(connection, letter).await {
            Ok(()) => Ended::Taken,
            Err(ended) => ended,
        }
    }

    async fn say(&self, connection: &mut AsyncSmtpConnection, letter: &Letter) -> Result<(), Ended> {
        let mut parameters = Vec::new();
        if letter.envelope.to().iter().any(|address| !address.to_string().is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Ended::Refused("the server takes no such address".to_owned()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        // What is wrong with the sender is wrong with the settings, and so it may be mended.
        let from = MailFrom::new(letter.envelope.from().cloned(), parameters);
        self.asked(connection.command(from), Refusing::TheSender).await?;
        for address in letter.envelope.to() {
            let to = Rcpt::new(address.clone(), Vec::new());
            self.asked(connection.command(to), Refusing::TheLetter).await?;
        }
        self.asked(connection.command(Data), Refusing::TheLetter).await?;
        self.asked(connection.message(&letter.bytes), Refusing::TheLetter).await?;
        Ok(())
    }

    async fn asked<T>(
        &self,
        saying: impl Future<Output = Result<T, SmtpError>>,
        refusing: Refusing,
    ) -> Result<T, Ended> {
        match tokio::time::timeout(self.mail.answer, saying).await {
            Ok(Ok(said)) => Ok(said),
            Ok(Err(error)) if error.is_permanent() && refusing == Refusing::TheLetter => {
                Err(Ended::Refused(answer(&error)))
            }
            // RFC 5321, 3.8: the server goes away.
            Ok(Err(error)) if error.status().is_some_and(|code| code.to_string() == "421") => {
                Err(Ended::Cut(answer(&error)))
            }
            Ok(Err(error)) if error.is_permanent() || error.is_transient() => {
                Err(Ended::Later(answer(&error)))
            }
            Ok(Err(error)) => Err(Ended::Cut(answer(&error))),
            Err(_) => Err(Ended::Cut("no answer in time".to_owned())),
        }
    }
}

/// What a refusal for good is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusing {
    TheSender,
    TheLetter,
}

/// What the log says of an error. The server's own words may name somebody, so only its number is told.
fn answer(error: &SmtpError) -> String {
    if let Some(code) = error.status() {
        code.to_string()
    } else if error.is_tls() {
        "no secure connection".to_owned()
    } else if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_client() {
        "the server lacks something that is needed".to_owned()
    } else if error.is_response() {
        "the answer can't be read".to_owned()
    } else {
        "the connection was cut, or there is none".to_owned()
    }
}

async fn end(app: &App, due: &Due, state: MailState, answer: Option<&str>) -> sqlx::Result<()> {
    let mut write = app.store().write().await?;
    store::end(&mut write, due.id, state, answer, app.now()).await?;
    write.commit().await
}

async fn put_off(app: &App, due: &Due, answer: &str) -> sqlx::Result<()> {
    let wait = pause(due.tries.saturating_add(2), rand::random()).max(SHORTEST_PAUSE);
    let mut write = app.store().write().await?;
    store::put_off(&mut write, due.id, answer, app.now().plus(wait)).await?;
    write.commit().await
}

/// Ends what never arrives, and tells whoever can do something about it.
async fn give_up(app: &App, due: &Due, state: MailState, answer: &str) -> sqlx::Result<()> {
    let kind = due.about.kind();
    tracing::warn!(mail = due.id, kind = kind.as_str(), answer, "an e-mail was given up");
    let now: Timestamp = app.now();
    let mut write = app.store().write().await?;
    store::end(&mut write, due.id, state, Some(answer), now).await?;
    match kind {
        MailKind::Request | MailKind::Incident | MailKind::LockedOut => {}
        MailKind::Password => {
            // The admins see who asked, as they do without a mail server.
            forgotten::ask_for(&mut write, &due.person, now).await?;
        }
        MailKind::Invitation | MailKind::Reminder => {
            if let Some(account) = accounts::find(&mut write, &due.person).await? {
                let to = account.reference();
                let line = Line {
                    by: &By::Clock,
                    what: "account.mail.refused",
                    to: Some(&to),
                    network: None,
                    before: None,
                    after: Some(answer),
                    reason: None,
                    run: None,
                };
                audit::write_line(&mut write, &line, now).await?;
            }
        }
    }
    app.commit(write).await
}

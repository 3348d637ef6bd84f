//! The operator's commands on people: the first admin, a forgotten password.

use std::path::Path;

use frontdesk_contract::{Kind, Person, PersonId, Right, Timestamp};

use crate::mail::courier::{Courier, NotTaken};
use crate::mail::letter;
use crate::origin::Origin;
use crate::secret;
use crate::settings::{self, SettingsError};
use crate::store::audit::{self, By, Line};
use crate::store::people::{self, Known, NewPerson, Origin as PasswordOrigin, Standing};
use crate::store::tokens::{self, Scope};
use crate::store::{Access, OpenError, Store, Write, accounts, sessions};

/// The longest name of a token.
const NAME_MAX: usize = 100;

/// Why a command could not be done.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The text is no address.
    #[error("{0} is not an e-mail address.")]
    NotAnAddress(String),
    /// Nobody has this address.
    #[error("Nobody has the address {0}.")]
    Nobody(String),
    /// The address is an agent's, and an agent is no admin of the organization.
    #[error("{0} is an agent of support, and agents can't be admins. Name another address.")]
    Agent(String),
    /// The person can't sign in any more.
    #[error(
        "The account of {0} is deactivated, so a link would open nothing. Reactivate it first, or name another address."
    )]
    Inactive(String),
    /// The name of a token is none.
    #[error("Name the machine in one line of at most 100 characters.")]
    NotAName,
    /// A file can't be read.
    #[error("{file} can't be read: {source}.", file = .file.display())]
    File {
        /// Which file.
        file: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The audit log was changed.
    #[error("The audit log does not hold. {0}.")]
    Broken(#[from] audit::Broken),
    /// The settings name no mail server.
    #[error("frontdesk.toml names no mail server: add a table [mail].")]
    NoMail,
    /// The name of the mail server can't be used for a closed connection.
    #[error("The name of the mail server can't be used: {0}.")]
    Tls(lettre::transport::smtp::Error),
    /// The e-mail was not taken.
    #[error("{0}.")]
    NotTaken(#[from] NotTaken),
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The data folder.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The identifier of a new person.
    #[error("The identifier of the new person is wrong: {0}.")]
    Id(#[from] frontdesk_contract::id::NotAnId),
    /// The database.
    #[error("The database can't be written: {0}.")]
    Database(#[from] sqlx::Error),
}

/// How the audit log names whoever stands at the machine.
const OPERATOR: &str = "frontdesk-backend";

/// Makes an admin with all rights, or gives all rights to a person who is there. Gives the one-time link.
pub async fn add_admin(
    data: &Path,
    email: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<String, OperatorError> {
    let (name, _) = email
        .split_once('@')
        .filter(|(name, host)| !name.is_empty() && !host.is_empty())
        .ok_or_else(|| OperatorError::NotAnAddress(email.to_owned()))?;
    let store = Store::open(data, Access::Beside).await?;
    let mut write = store.write().await?;
    let id = match people::known(&mut write, email).await? {
        Some(Known { standing: Standing::Inactive, .. }) => {
            return Err(OperatorError::Inactive(email.to_owned()));
        }
        Some(Known { kind: Kind::Agent, .. }) => return Err(OperatorError::Agent(email.to_owned())),
        Some(Known { id, kind: Kind::Member, standing: Standing::Active }) => {
            people::grant(&mut write, &id, &Right::ALL).await?;
            id
        }
        None => {
            let person = Person {
                id: secret::token(16).parse()?,
                name: name.to_owned(),
                email: email.trim().to_owned(),
                kind: Kind::Member,
                rights: Right::ALL.to_vec(),
            };
            let id = person.id.clone();
            let new = NewPerson {
                person,
                department: String::new(),
                password: None,
                password_is: PasswordOrigin::Chosen,
                created_at: now,
            };
            people::insert(&mut write, &new).await?;
            id
        }
    };
    tell(&mut write, "account.rights", &id, now).await?;
    let token = sessions::make_claim(&mut write, &id, now).await?;
    tell(&mut write, "account.password.link", &id, now).await?;
    write.commit().await?;
    store.close().await;
    Ok(link(origin, &token))
}

/// Gives a one-time link to somebody who forgot the password. The old one works until the link is used.
pub async fn reset(
    data: &Path,
    email: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<String, OperatorError> {
    let store = Store::open(data, Access::Beside).await?;
    let mut write = store.write().await?;
    let id = match people::known(&mut write, email).await? {
        Some(Known { standing: Standing::Inactive, .. }) => {
            return Err(OperatorError::Inactive(email.to_owned()));
        }
        Some(Known { id, standing: Standing::Active, .. }) => id,
        None => return Err(OperatorError::Nobody(email.to_owned())),
    };
    let token = sessions::make_claim(&mut write, &id, now).await?;
    tell(&mut write, "account.password.link", &id, now).await?;
    write.commit().await?;
    store.close().await;
    Ok(link(origin, &token))
}

/// A line of the audit log about what was done to somebody from the machine itself.
async fn tell(write: &mut Write, what: &str, id: &PersonId, now: Timestamp) -> sqlx::Result<()> {
    let to = accounts::reference_of(write, id).await?;
    let line = Line {
        by: &By::Token(OPERATOR.to_owned()),
        what,
        to: Some(&to),
        network: None,
        before: None,
        after: None,
        reason: None,
        run: None,
    };
    audit::write_line(write, &line, now).await?;
    Ok(())
}

/// Makes a bearer token for a machine. One of the same name and scope that stood before ends.
pub async fn make_token(
    data: &Path,
    name: &str,
    scope: Scope,
    now: Timestamp,
) -> Result<String, OperatorError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(OperatorError::NotAName);
    }
    let store = Store::open(data, Access::Beside).await?;
    let mut write = store.write().await?;
    let token = tokens::make(&mut write, name, scope, now).await?;
    let line = Line {
        by: &By::Token(name.to_owned()),
        what: "token.made",
        to: None,
        network: None,
        before: None,
        after: Some(scope.as_str()),
        reason: None,
        run: None,
    };
    audit::write_line(&mut write, &line, now).await?;
    write.commit().await?;
    store.close().await;
    Ok(token)
}

/// Sends a test e-mail at once by the settings of the folder; the queue is left alone.
pub async fn try_mail(data: &Path, to: &str, origin: &Origin, now: Timestamp) -> Result<(), OperatorError> {
    let address = to.trim().parse().map_err(|_| OperatorError::NotAnAddress(to.to_owned()))?;
    let mail = settings::read(data)?.mail.ok_or(OperatorError::NoMail)?;
    let letter =
        letter::trial(&mail, address, now).map_err(|_| OperatorError::NotAnAddress(to.to_owned()))?;
    let courier = Courier::new(mail, origin.as_str()).map_err(OperatorError::Tls)?;
    Ok(courier.hand_over_alone(&letter).await?)
}

/// Checks an export of the audit log.
pub fn verify_audit(file: &Path) -> Result<audit::Checked, OperatorError> {
    let unreadable = |source| OperatorError::File { file: file.to_owned(), source };
    let reader = std::io::BufReader::new(std::fs::File::open(file).map_err(unreadable)?);
    let mut failed = None;
    let lines =
        std::io::BufRead::lines(reader).map_while(|line| line.map_err(|error| failed = Some(error)).ok());
    let checked = audit::check(lines);
    match failed {
        Some(error) => Err(unreadable(error)),
        None => Ok(checked?),
    }
}

fn link(origin: &Origin, token: &str) -> String {
    format!("{}/claim#{token}", origin.as_str())
}

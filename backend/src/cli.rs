//! The command line: what is asked for, and one sentence when it can't be done.

use std::ffi::OsString;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use frontdesk_contract::Timestamp;
use ipnet::IpNet;

use crate::clock::Clock;
use crate::operator::{self, OperatorError};
use crate::origin::Origin;
use crate::seed::{self, SeedError};
use crate::server::{self, Options, StartError, Upstream};
use crate::store::tokens::Scope;
use crate::upstream::reading::PageAddress;
use crate::upstream::scim::client::{NotAToken, Patience, ProviderAddress, Token};

/// The embedded backend of Frontdesk.
#[derive(Debug, Parser)]
#[command(name = "frontdesk-backend", version)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answers calls until it is told to stop.
    Serve(Box<Serve>),
    /// Fills an empty data folder with a believable organization.
    Seed(Seed),
    /// One-time links for admins.
    #[command(subcommand)]
    Admin(Admin),
    /// Makes a bearer token for a machine; the one of the same name and scope ends.
    Token(TokenFor),
    /// The mail server.
    #[command(subcommand)]
    Mail(MailCommand),
    /// The audit log.
    #[command(subcommand)]
    Audit(Audit),
}

#[derive(Debug, Subcommand)]
enum MailCommand {
    /// Sends a test e-mail at once by the settings, and says whether the server took it.
    Test {
        /// To whom.
        #[arg(value_name = "ADDRESS")]
        to: String,
        /// The data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Where browsers see the backend; its name is told to the mail server.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
        origin: Origin,
    },
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Checks a file of `GET /api/audit/export`: that no line is missing or changed.
    Verify {
        /// The file.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
struct TokenFor {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What it is for: scim, api or report.
    #[arg(long, value_name = "SCOPE")]
    scope: Scope,
    /// The name of the machine, as the audit log tells it.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The time that the backend's clock shows, when it was started with --now.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Makes an admin with all rights, or gives all rights to somebody.
    Add(Who),
    /// Lets somebody set a new password.
    Reset(Who),
}

#[derive(Debug, Args)]
struct Who {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The address of the person.
    #[arg(long, value_name = "E")]
    email: String,
    /// Where browsers see the backend; the link begins with it.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    origin: Origin,
    /// The time that the backend's clock shows, when it was started with --now.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

#[derive(Debug, Args)]
struct Seed {
    /// The data folder; made when it isn't there.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many people the organization has.
    #[arg(long, value_name = "N")]
    people: u64,
    /// How many requests it has asked.
    #[arg(long, value_name = "M")]
    requests: u64,
    /// The password of the sign-ins.
    #[arg(long, value_name = "P")]
    password: Option<String>,
    /// What all times are relative to; now when nothing is said.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

#[derive(Debug, Args)]
struct Serve {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The folder with the panel's files; without it only the API answers.
    #[arg(long, value_name = "DIR")]
    panel: Option<PathBuf>,
    /// Where browsers see us, such as https://desk.example.
    #[arg(long, value_name = "URL")]
    origin: Option<Origin>,
    /// A proxy whose X-Forwarded-For or Forwarded is believed.
    #[arg(long = "trusted-proxy", value_name = "CIDR")]
    trusted_proxies: Vec<IpNet>,
    /// A site that may frame the dialog.
    #[arg(long = "frame-ancestor", value_name = "ORIGIN")]
    frame_ancestors: Vec<String>,
    /// The time from which the clock runs, such as 2026-11-23T08:30:00Z.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// A Statuspage v2 whose word the status page shows, such as https://status.provider.example.
    #[arg(long, value_name = "URL")]
    status_upstream: Option<PageAddress>,
    /// The SCIM 2.0 of the organization's own provider of accounts, such as https://id.example/scim/v2.
    #[arg(long, value_name = "URL")]
    scim_upstream: Option<ProviderAddress>,
    /// The file with its bearer token; without it the token is read from FRONTDESK_SCIM_TOKEN.
    #[arg(long, value_name = "FILE", requires = "scim_upstream")]
    scim_token_file: Option<PathBuf>,
    /// The provider that kept the accounts so far has this address now.
    #[arg(long, requires = "scim_upstream")]
    scim_upstream_moved: bool,
    /// Write the log as JSON, one object a line.
    #[arg(long)]
    log_json: bool,
}

/// Why a command could not be done.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Seed(#[from] SeedError),
    #[error(transparent)]
    Operator(#[from] OperatorError),
    #[error("Signals of the system can't be listened to: {0}.")]
    Signals(std::io::Error),
    #[error("The terminal can't be written: {0}.")]
    Output(std::io::Error),
    #[error("The provider's token can't be read from {file}: {source}.", file = .file.display())]
    TokenFile { file: PathBuf, source: std::io::Error },
    #[error(
        "The provider of the accounts wants a token: put it into a file and name that with --scim-token-file, or into FRONTDESK_SCIM_TOKEN."
    )]
    NoToken,
    #[error("{0}.")]
    BadToken(NotAToken),
}

/// The variable with the token of the provider of the accounts.
const TOKEN_VARIABLE: &str = "FRONTDESK_SCIM_TOKEN";

/// Does what the arguments ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => return explain(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("The system gives us no threads: {error}.")),
    };
    match runtime.block_on(execute(line.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure.to_string()),
    }
}

async fn execute(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(serve) => {
            crate::log::begin(if serve.log_json { crate::log::Form::Json } else { crate::log::Form::Text });
            let stop = stop_signal().map_err(Failure::Signals)?;
            let running = server::start(serve.options()?).await?;
            say(&format!("Listening on http://{}", running.address()))?;
            stop.await;
            running.stop().await;
            Ok(())
        }
        Command::Seed(asked) => {
            let options = seed::Options {
                data: asked.data,
                people: asked.people,
                requests: asked.requests,
                password: asked.password,
                now: asked.now.unwrap_or_else(|| Clock::of_the_machine().now()),
            };
            seed::seed(&options).await?;
            say(&format!(
                "{} people and {} requests are in {}.",
                options.people,
                options.requests,
                options.data.display()
            ))
        }
        Command::Token(token) => {
            let now = token.now.unwrap_or_else(|| Clock::of_the_machine().now());
            let secret = operator::make_token(&token.data, &token.name, token.scope, now).await?;
            say(&secret)
        }
        Command::Mail(MailCommand::Test { to, data, origin }) => {
            operator::try_mail(&data, &to, &origin, Clock::of_the_machine().now()).await?;
            say(&format!(
                "The mail server took a test e-mail to {}. Whether it arrives, the inbox shows.",
                to.trim()
            ))
        }
        Command::Audit(Audit::Verify { file }) => {
            let checked = operator::verify_audit(&file)?;
            let (lines, erased) = (checked.lines, checked.erased);
            say(&format!("All {lines} lines hold. In {erased} of them names were erased with a person."))
        }
        Command::Admin(Admin::Add(who)) => {
            let now = who.now.unwrap_or_else(|| Clock::of_the_machine().now());
            let link = operator::add_admin(&who.data, &who.email, &who.origin, now).await?;
            say(&format!("Open this link within 24 hours; it works once:\n{link}"))
        }
        Command::Admin(Admin::Reset(who)) => {
            let now = who.now.unwrap_or_else(|| Clock::of_the_machine().now());
            let link = operator::reset(&who.data, &who.email, &who.origin, now).await?;
            say(&format!("Open this link within 24 hours; it works once:\n{link}"))
        }
    }
}

impl Serve {
    /// What the server takes, with the secrets read.
    fn options(self) -> Result<Options, Failure> {
        let scim_upstream = match self.scim_upstream {
            Some(address) => Some(Upstream {
                address,
                token: provider_token(self.scim_token_file)?,
                is_moved: self.scim_upstream_moved,
                patience: Patience::default(),
            }),
            None => None,
        };
        Ok(Options {
            data: self.data,
            listen: self.listen,
            panel: self.panel,
            origin: self.origin,
            trusted_proxies: self.trusted_proxies,
            frame_ancestors: self.frame_ancestors,
            now: self.now,
            status_upstream: self.status_upstream,
            scim_upstream,
        })
    }
}

fn provider_token(file: Option<PathBuf>) -> Result<Token, Failure> {
    let text = match file {
        Some(file) => std::fs::read_to_string(&file).map_err(|source| Failure::TokenFile { file, source })?,
        None => std::env::var(TOKEN_VARIABLE).map_err(|_| Failure::NoToken)?,
    };
    text.parse().map_err(Failure::BadToken)
}

/// Ends with SIGINT or SIGTERM.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(Failure::Output)
}

/// Help goes out in full; a mistake in one sentence.
fn explain(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Nothing is left to be done when even that can't be printed.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.render().to_string();
    let sentence = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            "Say what to do: serve, seed, admin, token, mail or audit. `frontdesk-backend --help` explains it"
                .to_owned()
        }
        _ => text
            .lines()
            .take_while(|line| !line.trim().is_empty())
            .map(|line| line.trim().trim_start_matches("error: "))
            .collect::<Vec<_>>()
            .join(" "),
    };
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    fail(&format!("{first}{}.", letters.as_str()));
    ExitCode::from(2)
}

fn fail(sentence: &str) -> ExitCode {
    // Nobody is left to be told when stderr is closed.
    let _ = writeln!(std::io::stderr().lock(), "{sentence}");
    ExitCode::FAILURE
}

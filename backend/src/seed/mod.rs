//! A believable organization, the same each time: for a first look, for tests, for measuring.

mod articles;
mod incidents;
mod lives;
mod people;
mod random;
mod reports;
mod requests;
mod stars;
mod story;
mod words;

use std::path::{Path, PathBuf};

use frontdesk_contract::component::{DAYS, Level, day_of};
use frontdesk_contract::id::NotAnId;
use frontdesk_contract::{Channel, Timestamp};

use crate::help;
use crate::password::{DEFAULT_PASSWORD, HashError, hash_now};
use crate::settings::{self, SettingsError};
use crate::status;
use crate::store::incidents::Source;
use crate::store::{Access, OpenError, Store, Write, accounts, bulk, days, groups};

/// From which all random choices follow.
const SEED: u64 = 0x0F40_47DE_5C00_0001;
/// So many requests are made before they are stored.
const BATCH: u64 = 2_000;

/// What `seed` takes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder.
    pub data: PathBuf,
    /// How many people the organization has.
    pub people: u64,
    /// How many requests it has asked.
    pub requests: u64,
    /// The password of the sign-ins.
    pub password: Option<String>,
    /// What all times are relative to.
    pub now: Timestamp,
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// There is somebody already.
    #[error("There are people in {folder} already. Name an empty folder.", folder = .0.display())]
    NotEmpty(PathBuf),
    /// The data folder.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A file can't be written.
    #[error("{file} can't be written: {source}.", file = .file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The machine can't hash.
    #[error("{0}.")]
    Password(#[from] HashError),
    /// The example itself is wrong.
    #[error("The example has a wrong identifier: {0}.")]
    Id(#[from] NotAnId),
    /// The database.
    #[error("The database can't be written: {0}.")]
    Database(#[from] sqlx::Error),
}

/// Fills an empty data folder.
pub async fn seed(options: &Options) -> Result<(), SeedError> {
    let store = Store::open(&options.data, Access::Alone).await?;
    if store.has_people().await? {
        return Err(SeedError::NotEmpty(options.data.clone()));
    }
    settings::write_example(&options.data)?;
    write_articles(&options.data)?;
    let decided = settings::read(&options.data)?;
    let mut random = random::Random::new(SEED);
    let cast = people::Cast::new(options.people, &mut random)?;
    let mut write = store.write().await?;
    store_directory(&mut write, &cast, options).await?;
    let today = day_of(options.now);
    for component in &decided.status.components {
        let first = today - i64::try_from(DAYS).unwrap_or_default() + 1;
        days::note(&mut write, &component.id, first..=today, Level::Operational).await?;
    }
    for incident in incidents::incidents(options.now)? {
        crate::store::incidents::insert(&mut write, &incident, Source::Own).await?;
        status::note_incident(&mut write, &incident, options.now).await?;
    }
    let channel = decided.settings.channel(Channel::Message);
    let mut teller = requests::Teller::new(&cast, channel, options.requests, options.now, random);
    tell_requests(&mut write, &mut teller, options.requests).await?;
    bulk::finish(&mut write).await?;
    // An empty desk has no reports either.
    if options.requests > 0 {
        reports::tell(&mut write, &cast, options.now).await?;
    }
    write.commit().await?;
    store.close().await;
    Ok(())
}

async fn store_directory(write: &mut Write, cast: &people::Cast, options: &Options) -> Result<(), SeedError> {
    let password = options.password.as_deref().unwrap_or(DEFAULT_PASSWORD);
    let is_default = i64::from(password == DEFAULT_PASSWORD);
    let directory = lives::directory(cast, options.now, |figure| {
        Ok(if figure.signs_in { (Some(hash_now(password)?), is_default) } else { (None, 0) })
    })?;
    accounts::insert(write, &directory.accounts).await?;
    groups::insert(write, &directory.groups).await?;
    groups::insert_members(write, &directory.members).await?;
    for (person, snapshot, at) in &directory.snapshots {
        accounts::note_all(write, vec![(person, snapshot.clone())], *at).await?;
    }
    Ok(())
}

async fn tell_requests(
    write: &mut Write,
    teller: &mut requests::Teller<'_>,
    total: u64,
) -> Result<(), SeedError> {
    let mut next = 1;
    while next <= total {
        let end = total.min(next + BATCH - 1);
        let told: Vec<_> =
            (next..=end).filter_map(|number| teller.tell(number)).map(story::Story::end).collect();
        let (rows, lines): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        let lines: Vec<_> = lines.into_iter().flatten().collect();
        bulk::requests(write, &rows).await?;
        bulk::entries(write, &lines).await?;
        next = end + 1;
    }
    Ok(())
}

fn write_articles(data: &Path) -> Result<(), SeedError> {
    for (language, name, text) in articles::ARTICLES {
        let folder = data.join(help::FOLDER).join(language);
        let file = folder.join(format!("{name}.md"));
        let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, text));
        written.map_err(|source| SeedError::File { file, source })?;
    }
    Ok(())
}

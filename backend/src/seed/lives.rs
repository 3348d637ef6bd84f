//! The directory of the example: who leads whom, who is in which group, and how the accounts stand: some invited,
//! some closed yesterday or last year, some without a profile, some who left and can still sign in.

use frontdesk_contract::account::clock::reminders_due;
use frontdesk_contract::account::comeback::{Noted, Snapshot};
use frontdesk_contract::account::{FORMER_MEMBER, Lifecycle, Step};
use frontdesk_contract::id::NotAnId;
use frontdesk_contract::scim::ENTERPRISE;
use frontdesk_contract::scim::user::ContentCounts;
use frontdesk_contract::time::Span;
use frontdesk_contract::{Kind, PersonId, Timestamp};
use serde_json::{Map, Value, json};

use super::people::{Cast, DEPARTMENTS, Figure};
use super::random::Random;
use crate::store::accounts::NewAccount;
use crate::store::groups::Group;

/// From which the choices of the directory follow; the requests have a sequence of their own.
const SEED: u64 = 0x0F40_47DE_5C00_0008;
/// So many people somebody leads.
const LED: usize = 8;

const TITLES: [&str; 12] = [
    "Designer",
    "Accountant",
    "Planner",
    "Editor",
    "Engineer",
    "Account manager",
    "Counsel",
    "Researcher",
    "Partner",
    "Specialist",
    "Operator",
    "Technician",
];
const SITES: [&str; 8] = ["Lyon", "Paris", "Osaka", "Lisbon", "Dakar", "Oslo", "Recife", "Lille"];
/// The zones of the sites, in their order.
const ZONES: [&str; 8] = [
    "Europe/Paris",
    "Europe/Paris",
    "Asia/Tokyo",
    "Europe/Lisbon",
    "Africa/Dakar",
    "Europe/Oslo",
    "America/Recife",
    "Europe/Paris",
];
const THEMES: [&str; 10] = [
    "guild",
    "newcomers",
    "book club",
    "running",
    "first aid",
    "ideas",
    "kitchen",
    "works council",
    "choir",
    "bicycle",
];

/// Everything of the directory.
#[derive(Debug, Default)]
pub(super) struct Directory {
    pub(super) accounts: Vec<NewAccount>,
    pub(super) groups: Vec<Group>,
    pub(super) members: Vec<(PersonId, String, bool)>,
    pub(super) snapshots: Vec<(PersonId, Snapshot, Timestamp)>,
}

/// How an account stands.
enum Standing {
    Provisioned,
    Invited(i64),
    Active,
    Left(i64),
    Leaving(i64),
    Closed(i64),
    Held(i64),
    Former(i64),
}

/// The directory of a cast. The passwords are those of the figures who sign in.
pub(super) fn directory(
    cast: &Cast,
    now: Timestamp,
    mut password: impl FnMut(&Figure) -> Result<(Option<String>, i64), crate::password::HashError>,
) -> Result<Directory, super::SeedError> {
    let mut random = Random::new(SEED);
    let members: Vec<&Figure> =
        cast.figures.iter().filter(|figure| figure.person.kind == Kind::Member).collect();
    let mut directory =
        Directory { groups: groups(members.len(), now, &mut random)?, ..Directory::default() };
    let mut place = 0;
    for figure in &cast.figures {
        let (hash, default_password) = password(figure)?;
        let is_member = figure.person.kind == Kind::Member;
        let standing =
            if is_member && !figure.is_known { standing(place, &mut random) } else { Standing::Active };
        let leader = (is_member && place > 0).then(|| members.get((place - 1) / LED)).flatten();
        let manager =
            if figure.person.name == "Hana Kobayashi" { cast.named("Paul Girard") } else { leader.copied() };
        let came = now.minus(Span::days(random.between(200, 1_500)));
        let mut account = NewAccount {
            id: figure.person.id.clone(),
            kind: figure.person.kind,
            resource: resource(figure, manager, place, &mut random),
            life: Lifecycle::provisioned(),
            rights: figure.person.rights.clone(),
            password: hash,
            default_password,
            managed_by: None,
            content: random.happens(600).then(|| content(&mut random)),
            created_at: came,
        };
        let (life, ended) = life(&standing, came, now);
        account.life = life;
        let joined = if is_member { joined(figure, &directory.groups, &mut random) } else { Vec::new() };
        if let Some(at) = ended {
            let noted = |group: &usize| {
                let group = directory.groups.get(*group)?;
                Some(Noted { group: group.id.clone(), name: group.name.clone(), owner: false })
            };
            let snapshot = Snapshot {
                manager: manager.map(|figure| figure.person.name.clone()),
                manager_id: manager.map(|figure| figure.person.id.clone()),
                groups: Vec::new(),
                memberships: joined.iter().filter_map(noted).collect(),
            };
            if !matches!(standing, Standing::Former(_)) {
                directory.snapshots.push((figure.person.id.clone(), snapshot, at));
            }
        }
        if life.memberships_removed_at.is_none() && life.fields_removed_at.is_none() {
            for group in joined {
                if let Some(group) = directory.groups.get(group) {
                    directory.members.push((figure.person.id.clone(), group.id.clone(), false));
                }
            }
        }
        if life.fields_removed_at.is_some() {
            let id = &figure.person.id;
            account.resource = fields(json!({
                "userName": format!("former-{id}@invalid"), "displayName": FORMER_MEMBER, "name": {"formatted": FORMER_MEMBER},
            }));
            account.content = None;
        }
        directory.accounts.push(account);
        place += usize::from(is_member);
    }
    give_owners(&mut directory.members, &mut random);
    Ok(directory)
}

/// Of a hundred people beyond the known ones. Hana is the account of the screens.
fn standing(place: usize, random: &mut Random) -> Standing {
    // The nine who are known come first.
    match place {
        9 => return Standing::Closed(43),
        10 => return Standing::Invited(60),
        11 => return Standing::Left(50),
        _ => {}
    }
    match random.below(1_000) {
        0..20 => Standing::Provisioned,
        20..60 => Standing::Invited(random.between(2, 24 * 12)),
        60..72 => Standing::Left(random.between(3, 24 * 20)),
        72..84 => Standing::Leaving(random.between(5, 24 * 30)),
        84..94 => Standing::Closed(random.between(1, 95)),
        94..150 => Standing::Closed(random.between(97, 24 * 400)),
        150..154 => Standing::Held(random.between(200, 24 * 90)),
        154..180 => Standing::Former(random.between(300, 24 * 500)),
        _ => Standing::Active,
    }
}

/// The life, and when the account was closed.
fn life(standing: &Standing, came: Timestamp, now: Timestamp) -> (Lifecycle, Option<Timestamp>) {
    let ago = |hours: i64| now.minus(Span::hours(hours));
    let claimed =
        Lifecycle::provisioned().after(Step::Invited, came).after(Step::Claimed, came.plus(Span::hours(30)));
    let closed = |hours: i64| {
        let life = claimed.after(Step::Deactivated, ago(hours));
        match life.removable_at().filter(|at| *at <= now) {
            Some(at) => life.after(Step::MembershipsRemoved, at),
            None => life,
        }
    };
    match standing {
        Standing::Provisioned => (Lifecycle::provisioned(), None),
        Standing::Invited(hours) => {
            let life = Lifecycle::provisioned().after(Step::Invited, ago(*hours));
            (Lifecycle { reminders: reminders_due(&life, now), ..life }, None)
        }
        Standing::Active => (claimed, None),
        Standing::Left(hours) => (Lifecycle { leaves_at: Some(ago(*hours)), ..claimed }, None),
        Standing::Leaving(hours) => {
            let at = now.plus(Span::hours(*hours));
            (Lifecycle { leaves_at: Some(at), scheduled_for: Some(at), ..claimed }, None)
        }
        Standing::Closed(hours) => (closed(*hours), Some(ago(*hours))),
        Standing::Held(hours) => (closed(*hours).after(Step::Held, ago(*hours - 24)), Some(ago(*hours))),
        Standing::Former(hours) => {
            (closed(*hours).after(Step::FieldsRemoved, ago(*hours - 100)), Some(ago(*hours)))
        }
    }
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn resource(
    figure: &Figure,
    manager: Option<&Figure>,
    place: usize,
    random: &mut Random,
) -> Map<String, Value> {
    let person = &figure.person;
    let (given, family) = person.name.split_once(' ').unwrap_or((&person.name, ""));
    let position = DEPARTMENTS.iter().position(|known| *known == figure.department).unwrap_or(0);
    let site = if place == 9 { "Lyon" } else { random.pick(&SITES).copied().unwrap_or("Lyon") };
    let zone = SITES.iter().position(|known| *known == site).and_then(|place| ZONES.get(place));
    let number = if place == 9 { 20_418 } else { 10_000 + place };
    let mut more = json!({"department": figure.department, "employeeNumber": number.to_string()});
    if let (Some(fields), Some(manager)) = (more.as_object_mut(), manager) {
        fields.insert("manager".to_owned(), json!({"value": manager.person.id}));
    }
    fields(json!({
        "userName": person.email, "displayName": person.name, "title": TITLES.get(position).copied().unwrap_or("Engineer"),
        "name": {"givenName": given, "familyName": family, "formatted": person.name},
        "emails": [{"value": person.email, "type": "work", "primary": true}],
        "addresses": [{"locality": site, "type": "work"}], "timezone": zone,
        "phoneNumbers": [{"value": format!("+33 4 72 {:02} {:02} {:02}", place / 10_000 % 100, place / 100 % 100, place % 100), "type": "work"}],
        ENTERPRISE: more,
    }))
}

fn content(random: &mut Random) -> ContentCounts {
    let posts = random.below(60);
    ContentCounts { posts, messages: random.below(900), comments_of_others: posts * random.below(4) }
}

/// One group for each department and each site, and some for what people like.
fn groups(people: usize, now: Timestamp, random: &mut Random) -> Result<Vec<Group>, NotAnId> {
    let mut names: Vec<String> = DEPARTMENTS.iter().map(|name| (*name).to_owned()).collect();
    names.extend(SITES.iter().map(|site| format!("{site} office")));
    let more = (people / 40).clamp(4, 2_000);
    for number in 0..more {
        let theme = random.pick(&THEMES).copied().unwrap_or("guild");
        let department = random.pick(&DEPARTMENTS).copied().unwrap_or("Design");
        let name =
            if number == 0 { "Design guild".to_owned() } else { format!("{department} {theme} {number}") };
        names.push(name);
    }
    names
        .into_iter()
        .map(|name| {
            let id: PersonId = super::people::id(random)?;
            let created_at = now.minus(Span::days(random.between(100, 1_400)));
            Ok(Group {
                id: id.to_string(),
                name,
                external_id: None,
                created_at,
                changed_at: created_at,
                version: 1,
            })
        })
        .collect()
}

/// In which groups somebody is, by their places.
fn joined(figure: &Figure, groups: &[Group], random: &mut Random) -> Vec<usize> {
    let department = DEPARTMENTS.iter().position(|known| *known == figure.department).unwrap_or(0);
    let site = DEPARTMENTS.len() + usize::try_from(random.below(8)).unwrap_or(0);
    let mut joined = vec![department, site];
    if figure.person.name == "Hana Kobayashi" {
        joined.push(DEPARTMENTS.len() + SITES.len());
    }
    let first = DEPARTMENTS.len() + SITES.len();
    for _ in 0..random.below(4) {
        let more = random.below(u64::try_from(groups.len().saturating_sub(first)).unwrap_or(1));
        joined.push(first + usize::try_from(more).unwrap_or(0));
    }
    joined.sort_unstable();
    joined.dedup();
    joined
}

/// The first member owns a group; in most of them a second one does too.
fn give_owners(members: &mut [(PersonId, String, bool)], random: &mut Random) {
    let mut owners: std::collections::HashMap<String, u64> = std::collections::HashMap::new();
    for (_, group, is_owner) in members.iter_mut() {
        let known = owners.entry(group.clone()).or_insert_with(|| if random.happens(300) { 1 } else { 2 });
        if *known > 0 {
            *known -= 1;
            *is_owner = true;
        }
    }
}

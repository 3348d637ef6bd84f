//! The people of the example: names of many cultures, a handful that everybody meets in the requests.

use frontdesk_contract::id::NotAnId;
use frontdesk_contract::{Kind, Person, PersonId, Right};

use super::random::Random;

/// A person of the example.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    pub(super) person: Person,
    pub(super) department: &'static str,
    pub(super) signs_in: bool,
    /// Whether everybody meets the person in the requests.
    pub(super) is_known: bool,
}

/// The people by what they do.
#[derive(Debug, Clone)]
pub(super) struct Cast {
    pub(super) figures: Vec<Figure>,
}

pub(super) const DEPARTMENTS: [&str; 12] = [
    "Design",
    "Finance",
    "Logistics",
    "Marketing",
    "IT",
    "Sales",
    "Legal",
    "Research",
    "People",
    "Support",
    "Production",
    "Facilities",
];

/// Name, address before the at sign, department, whether the password is known.
const ADMINS: [(&str, &str, &str, bool); 8] = [
    ("Awa Mbaye", "admin", "IT", true),
    ("Chloé Laurent", "second.admin", "IT", true),
    ("Yuki Tanaka", "yuki.tanaka", "People", false),
    ("João Silva", "joao.silva", "IT", false),
    ("Paul Girard", "paul.girard", "Facilities", false),
    ("Priya Raman", "priya.raman", "IT", false),
    ("Diego Ramos", "diego.ramos", "Sales", false),
    ("Sara Lindqvist", "sara.lindqvist", "Legal", false),
];
const AGENTS: [(&str, &str, bool); 4] = [
    ("Nadia Rahmani", "agent", true),
    ("Tomás Herrera", "tomas.herrera", false),
    ("Kenji Mori", "kenji.mori", false),
    ("Ingrid Solberg", "ingrid.solberg", false),
];
const EMPLOYEE: (&str, &str) = ("Noé Fontaine", "employee");

const FIRST: [&str; 64] = [
    "Aïcha",
    "Adrien",
    "Agnieszka",
    "Ahmed",
    "Akira",
    "Alejandro",
    "Amara",
    "Ana",
    "Anh",
    "Arjun",
    "Astrid",
    "Beatriz",
    "Bilal",
    "Camille",
    "Carlos",
    "Chidi",
    "Clara",
    "Dalia",
    "Daniel",
    "Elena",
    "Emeka",
    "Emma",
    "Farah",
    "Fatou",
    "Gabriel",
    "Giulia",
    "Hana",
    "Haruto",
    "Hugo",
    "Ibrahim",
    "Inês",
    "Ivan",
    "Jakub",
    "Jun",
    "Karim",
    "Kofi",
    "Lars",
    "Léa",
    "Lin",
    "Lucía",
    "Maëlle",
    "Mai",
    "Malik",
    "Mateo",
    "Mei",
    "Mina",
    "Nia",
    "Noor",
    "Oksana",
    "Omar",
    "Pedro",
    "Rania",
    "Ravi",
    "Rosa",
    "Sakura",
    "Samir",
    "Sofia",
    "Sven",
    "Tariq",
    "Thandi",
    "Valeria",
    "Wei",
    "Yara",
    "Zoé",
];
const LAST: [&str; 64] = [
    "Abebe",
    "Adeyemi",
    "Almeida",
    "Andersson",
    "Bakker",
    "Benali",
    "Bernard",
    "Bianchi",
    "Castro",
    "Chen",
    "Costa",
    "Dang",
    "Das",
    "Diallo",
    "Dubois",
    "Eriksen",
    "Fernández",
    "Fischer",
    "García",
    "Gupta",
    "Haddad",
    "Hansen",
    "Ito",
    "Ivanova",
    "Jansen",
    "Kaya",
    "Kim",
    "Kobayashi",
    "Kowalski",
    "Kumar",
    "Le Goff",
    "Lopes",
    "Lefèvre",
    "Mahlangu",
    "Marchetti",
    "Mendes",
    "Moreau",
    "Müller",
    "Nakamura",
    "Ndiaye",
    "Nguyen",
    "Novak",
    "Nowak",
    "O’Brien",
    "Okafor",
    "Osei",
    "Park",
    "Pereira",
    "Petit",
    "Popescu",
    "Quispe",
    "Rossi",
    "Sato",
    "Schmidt",
    "Sharma",
    "Suzuki",
    "Takahashi",
    "Touré",
    "Traoré",
    "Vargas",
    "Wang",
    "Weber",
    "Yilmaz",
    "Zhang",
];

impl Cast {
    /// So many members, those who sign in included, and the agents beside them.
    pub(super) fn new(people: u64, random: &mut Random) -> Result<Self, NotAnId> {
        let mut figures = Vec::new();
        for (position, (name, address, department, signs_in)) in ADMINS.iter().enumerate() {
            // The demo admins may do everything, the others ask support.
            let rights = if position < 2 { Right::ALL.to_vec() } else { vec![Right::Support] };
            figures.push(figure(random, (name, address, department), Kind::Member, rights, *signs_in)?);
        }
        let (name, address) = EMPLOYEE;
        figures.push(figure(random, (name, address, "Production"), Kind::Member, Vec::new(), true)?);
        for (name, address, signs_in) in &AGENTS {
            figures.push(figure(random, (name, address, "Support"), Kind::Agent, Vec::new(), *signs_in)?);
        }
        let known = figures.iter().filter(|figure| figure.person.kind == Kind::Member).count();
        let more = people.saturating_sub(u64::try_from(known).unwrap_or(0));
        for number in 0..more {
            let first = random.pick(&FIRST).copied().unwrap_or_default();
            let last = random.pick(&LAST).copied().unwrap_or_default();
            let department = random.pick(&DEPARTMENTS).copied().unwrap_or_default();
            let name = format!("{first} {last}");
            // Numbered, because in a large organization two people have one name.
            let address = format!("{}.{}.{}", ascii(first), ascii(last), number + 1);
            // The account of the screens.
            let (name, address, department) = match number {
                0 => ("Hana Kobayashi".to_owned(), "hana.kobayashi".to_owned(), "Design"),
                _ => (name, address, department),
            };
            let figure = figure(random, (&name, &address, department), Kind::Member, Vec::new(), false)?;
            figures.push(Figure { is_known: false, ..figure });
        }
        Ok(Self { figures })
    }

    /// Those who ask support.
    pub(super) fn askers(&self) -> Vec<&Figure> {
        self.figures.iter().filter(|figure| figure.person.has(Right::Support)).collect()
    }

    /// Those who answer.
    pub(super) fn agents(&self) -> Vec<&Figure> {
        self.figures.iter().filter(|figure| figure.person.kind == Kind::Agent).collect()
    }

    /// Somebody by name.
    pub(super) fn named(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.person.name == name)
    }
}

fn figure(
    random: &mut Random,
    (name, address, department): (&str, &str, &str),
    kind: Kind,
    rights: Vec<Right>,
    signs_in: bool,
) -> Result<Figure, NotAnId> {
    let department = DEPARTMENTS.iter().find(|known| **known == department).copied().unwrap_or("IT");
    Ok(Figure {
        person: Person {
            id: id(random)?,
            name: name.to_owned(),
            email: format!("{address}@acme.example"),
            kind,
            rights,
        },
        department,
        signs_in,
        is_known: true,
    })
}

/// As a directory makes them: a random UUID, random in appearance only.
pub(super) fn id(random: &mut Random) -> Result<PersonId, NotAnId> {
    let (high, low) = (random.next(), random.next());
    let group = |bits: u64, shift: u32, mask: u64| (bits >> shift) & mask;
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        group(high, 32, 0xffff_ffff),
        group(high, 16, 0xffff),
        group(high, 0, 0xfff),
        group(low, 48, 0xfff),
        group(low, 0, 0xffff_ffff_ffff)
    )
    .parse()
}

/// A name as it stands in an address.
fn ascii(name: &str) -> String {
    name.chars()
        .filter_map(|letter| match letter {
            'á' | 'à' | 'ã' | 'â' => Some('a'),
            'é' | 'è' | 'ê' | 'ë' | 'É' => Some('e'),
            'í' | 'ï' => Some('i'),
            'ó' | 'õ' | 'ô' => Some('o'),
            'ú' | 'ü' => Some('u'),
            'ç' => Some('c'),
            letter if letter.is_ascii_alphabetic() => Some(letter.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

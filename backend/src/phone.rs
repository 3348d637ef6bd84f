//! Phone numbers: read as people write them, checked against the tables of a library, and the word of a call.

use std::sync::LazyLock;

use frontdesk_contract::call::{CallingCode, Country, NumberRefusal};
use phonenumber::metadata::DATABASE;
use phonenumber::{Metadata, Mode, ParseError, PhoneNumber, Type, country};

use crate::secret;

/// The signs that people write between digits.
const SIGNS: [char; 12] =
    ['+', '(', ')', '-', '.', '/', ' ', '\u{a0}', '\u{202f}', '\u{2009}', '\u{2010}', '\u{2011}'];
/// How a number begins that leaves the country, in most of the world.
const ABROAD: &str = "00";

/// Reads a number and gives it back as it is dialled from anywhere: `+33 6 12 34 56 78`.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str, country: Option<&Country>) -> Result<String, NumberRefusal> {
    let text = text.trim();
    if text.chars().any(|sign| !sign.is_ascii_digit() && !SIGNS.contains(&sign)) {
        return Err(NumberRefusal::NotANumber);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Err(NumberRefusal::NotANumber);
    }
    let (dialled, region) = match (text.starts_with('+'), country) {
        (true, _) => (format!("+{digits}"), None),
        (false, Some(country)) => {
            let region = country.as_str().parse().map_err(|_| NumberRefusal::NoCountry)?;
            (digits, Some(region))
        }
        (false, None) => {
            let abroad = digits.strip_prefix(ABROAD).ok_or(NumberRefusal::NoCountry)?;
            (format!("+{abroad}"), None)
        }
    };
    let number = phonenumber::parse(region, &dialled).map_err(|error| match error {
        ParseError::NoNumber | ParseError::TooShortAfterIdd | ParseError::TooShortNsn => {
            NumberRefusal::TooShort
        }
        ParseError::InvalidCountryCode => NumberRefusal::UnknownCode,
        ParseError::TooLong | ParseError::MalformedInteger(_) => NumberRefusal::TooLong,
    })?;
    check(&number, region)?;
    Ok(number.format().mode(Mode::International).to_string())
}

/// The countries whose numbers are known, with what these begin with.
pub fn countries() -> &'static [CallingCode] {
    static COUNTRIES: LazyLock<Vec<CallingCode>> = LazyLock::new(|| {
        let code = |metadata: &Metadata| {
            Some(CallingCode { country: metadata.id().parse().ok()?, code: metadata.country_code() })
        };
        let mut countries: Vec<_> = DATABASE.iter().filter_map(code).collect();
        countries.sort_by(|one, other| one.country.cmp(&other.country));
        countries.dedup_by(|one, other| one.country == other.country);
        countries
    });
    &COUNTRIES
}

/// Whether a number that can be read has the length of its country, belongs to somebody, and can be called.
fn check(number: &PhoneNumber, region: Option<country::Id>) -> Result<(), NumberRefusal> {
    if number.is_valid() {
        return match number.number_type(&DATABASE) {
            Type::FixedLine
            | Type::Mobile
            | Type::FixedLineOrMobile
            | Type::Voip
            | Type::Uan
            | Type::TollFree
            // Landlines of countries that keep the zero, such as Italy: valid, and the library can't tell the kind.
            | Type::Unknown => Ok(()),
            _ => Err(NumberRefusal::Kind),
        };
    }
    let code = number.country().code();
    let metadata = number
        .metadata(&DATABASE)
        .or_else(|| DATABASE.by_id(region?.as_ref()).filter(|metadata| metadata.country_code() == code))
        .or_else(|| DATABASE.by_code(&code)?.into_iter().next())
        .ok_or(NumberRefusal::UnknownCode)?;
    let kinds = metadata.descriptors();
    let lengths = std::iter::once(kinds.general())
        .chain(kinds.fixed_line())
        .chain(kinds.mobile())
        .flat_map(|kind| kind.possible_length().iter().copied());
    let length = number.national().value().to_string().len() + usize::from(number.national().zeros());
    let length = u16::try_from(length).unwrap_or(u16::MAX);
    match (lengths.clone().min(), lengths.max()) {
        (Some(shortest), _) if length < shortest => Err(NumberRefusal::TooShort),
        (_, Some(longest)) if length > longest => Err(NumberRefusal::TooLong),
        _ => Err(NumberRefusal::Unassigned),
    }
}

/// Words that can be said and understood on the phone in the languages of support.
const WORDS: [&str; 64] = [
    "acacia",
    "alpaca",
    "amande",
    "ananas",
    "aurora",
    "avocado",
    "bambou",
    "banana",
    "baobab",
    "basilic",
    "bonsai",
    "cactus",
    "camelia",
    "canela",
    "cascada",
    "castor",
    "cereza",
    "colibri",
    "coral",
    "cosmos",
    "dahlia",
    "delta",
    "domino",
    "eclipse",
    "eucalypto",
    "fjord",
    "flamenco",
    "gazelle",
    "girafe",
    "guitare",
    "hibiscus",
    "iguana",
    "jasmin",
    "kimono",
    "kiwi",
    "lagune",
    "lavande",
    "limon",
    "lotus",
    "magnolia",
    "mango",
    "marimba",
    "melodia",
    "mimosa",
    "mosaic",
    "nectar",
    "oasis",
    "olive",
    "opera",
    "orchidea",
    "origami",
    "panda",
    "papaya",
    "piano",
    "safari",
    "samba",
    "saturno",
    "sirocco",
    "tango",
    "tulipe",
    "vanille",
    "violon",
    "yoga",
    "zebra",
];

/// The word that an agent must say first: two of a list, so that nobody guesses it in a call.
pub fn word() -> String {
    let one = |bytes: &str| {
        let place = usize::try_from(secret::number_of(bytes)).unwrap_or_default() % WORDS.len();
        WORDS.get(place).copied().unwrap_or("mimosa")
    };
    format!("{} {}", one(&secret::token(16)), one(&secret::token(16)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn reads(text: &str, country: &str, expected: &str) {
        let country = country.parse().ok();
        assert_eq!(read(text, country.as_ref()).as_deref(), Ok(expected), "{text}");
    }

    #[track_caller]
    fn refuses(text: &str, country: &str, refusal: NumberRefusal) {
        let country = country.parse().ok();
        assert_eq!(read(text, country.as_ref()), Err(refusal), "{text}");
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        reads("06 12 34 56 78", "FR", "+33 6 12 34 56 78");
        reads("+33 (0)6.12.34.56.78".replace("(0)", "").as_str(), "", "+33 6 12 34 56 78");
        reads("0033612345678", "", "+33 6 12 34 56 78");
        reads("0033 6 12 34 56 78", "FR", "+33 6 12 34 56 78");
        reads("090-1234-5678", "JP", "+81 90-1234-5678");
        reads("+55 11 96123-4567", "FR", "+55 11 96123-4567");
        reads("612 34 56 78", "ES", "+34 612 34 56 78");
        reads("06 698 12345", "IT", "+39 06 6981 2345");
        reads("(650) 253-0000", "US", "+1 650-253-0000");
    }

    #[test]
    fn what_is_wrong_is_told() {
        refuses("call me", "FR", NumberRefusal::NotANumber);
        refuses("+", "FR", NumberRefusal::NotANumber);
        refuses("1-800-FLOWERS", "US", NumberRefusal::NotANumber);
        refuses("06 12 34 56 78", "", NumberRefusal::NoCountry);
        refuses("06 12 34 56 78", "XX", NumberRefusal::NoCountry);
        refuses("+999 12345678", "", NumberRefusal::UnknownCode);
        refuses("06 12 34", "FR", NumberRefusal::TooShort);
        refuses("06 12 34 56 78 90 12", "FR", NumberRefusal::TooLong);
        refuses("+33 0 12 34 56 78", "", NumberRefusal::TooShort);
        refuses("+1 111 253 0000", "", NumberRefusal::Unassigned);
        refuses("0899 12 34 56", "FR", NumberRefusal::Kind);
    }

    #[test]
    fn every_country_has_a_code() {
        let countries = countries();
        assert!(countries.len() > 200, "{}", countries.len());
        assert!(countries.iter().any(|known| known.country.as_str() == "FR" && known.code == 33));
    }

    #[test]
    fn a_word_is_two_words_that_are_hard_to_guess() {
        let words: std::collections::HashSet<String> = (0..100).map(|_| word()).collect();
        assert!(words.len() > 80, "{}", words.len());
        assert!(words.iter().all(|word| word.split(' ').count() == 2));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_fail_loudly(text in any::<String>(), country in "[A-Z]{2}") {
            let _ = read(&text, country.parse().ok().as_ref());
        }

        #[test]
        fn no_digits_make_the_reader_fail_loudly(text in "[+]?[0-9 ().-]{0,40}", french: bool) {
            let country = french.then(|| "FR".parse().expect("a country"));
            if let Ok(number) = read(&text, country.as_ref()) {
                // What was accepted is accepted again, unchanged.
                prop_assert_eq!(read(&number, None), Ok(number));
            }
        }
    }
}

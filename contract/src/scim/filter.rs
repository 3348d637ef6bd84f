//! Filters (RFC 7644 §3.4.2.2) and the paths of changes (§3.5.2): a tree, its parser and its printer.
//!
//! The parser takes any text without failing loudly; its depth and length are bounded. The printer quotes every
//! text, so that words from a search box never become syntax.

use std::fmt;
use std::iter::Peekable;
use std::str::{CharIndices, FromStr};

/// The longest filter that is read, in bytes.
pub const FILTER_MAX: usize = 10_000;
/// How deep a filter may be nested.
pub const DEPTH_MAX: usize = 24;

/// Where a value stands: `userName`, `name.familyName`, or either behind the URN of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Attribute {
    /// The URN of the schema, if one was named.
    pub schema: Option<String>,
    /// The name of the attribute.
    pub name: String,
    /// The name of a part of it.
    pub part: Option<String>,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
}

impl Comparison {
    /// All comparisons.
    pub const ALL: [Self; 9] =
        [Self::Eq, Self::Ne, Self::Co, Self::Sw, Self::Ew, Self::Gt, Self::Ge, Self::Lt, Self::Le];

    /// The word of the filter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }
}

/// What is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// Nothing.
    Null,
}

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// A comparison.
    Compare(Attribute, Comparison, Literal),
    /// Whether there is a value at all.
    Present(Attribute),
    /// Both.
    And(Box<Filter>, Box<Filter>),
    /// One of both.
    Or(Box<Filter>, Box<Filter>),
    /// Not.
    Not(Box<Filter>),
    /// One of several values for which all of this holds: `emails[type eq "work"]`.
    Any(Attribute, Box<Filter>),
}

/// The path of a change: `emails[type eq "work"].value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Which attribute.
    pub attribute: Attribute,
    /// Which of its values.
    pub values: Option<Filter>,
    /// Which part of these.
    pub part: Option<String>,
}

/// Why a filter or a path can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// It is too long.
    #[error("The filter is longer than 10,000 bytes")]
    TooLong,
    /// It is nested too deep.
    #[error("The filter is nested deeper than 24 levels")]
    TooDeep,
    /// Something else was expected.
    #[error("{expected} is expected at character {at}")]
    Unexpected {
        /// What.
        expected: &'static str,
        /// Where, from 1.
        at: usize,
    },
}

impl Attribute {
    /// A plain attribute.
    pub fn named(name: &str) -> Self {
        Self { schema: None, name: name.to_owned(), part: None }
    }

    /// An attribute of a schema.
    pub fn of(schema: &str, name: &str) -> Self {
        Self { schema: Some(schema.to_owned()), ..Self::named(name) }
    }
}

impl Filter {
    /// Compares with a text.
    pub fn text(attribute: Attribute, comparison: Comparison, text: &str) -> Self {
        Self::Compare(attribute, comparison, Literal::Text(text.to_owned()))
    }

    /// This and that.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::And(Box::new(self), Box::new(other))
    }

    /// This or that.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Or(Box::new(self), Box::new(other))
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let mut parser = Parser::new(text)?;
        let filter = parser.either(0)?;
        parser.end()?;
        Ok(filter)
    }
}

impl FromStr for Attribute {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let mut parser = Parser::new(text)?;
        let attribute = parser.attribute()?;
        parser.end()?;
        Ok(attribute)
    }
}

impl FromStr for Path {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let mut parser = Parser::new(text)?;
        let attribute = parser.attribute()?;
        let mut path = Self { attribute, values: None, part: None };
        if parser.takes('[') {
            path.values = Some(parser.either(1)?);
            parser.expect(']', "]")?;
            if parser.takes('.') {
                path.part = Some(parser.name()?);
            }
        }
        parser.end()?;
        Ok(path)
    }
}

struct Parser<'a> {
    text: &'a str,
    letters: Peekable<CharIndices<'a>>,
}

type Parsed<T> = Result<T, FilterError>;

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Parsed<Self> {
        if text.len() > FILTER_MAX {
            return Err(FilterError::TooLong);
        }
        Ok(Self { text, letters: text.char_indices().peekable() })
    }

    fn either(&mut self, depth: usize) -> Parsed<Filter> {
        let mut filter = self.both(depth)?;
        while self.takes_word("or") {
            filter = filter.or(self.both(depth)?);
        }
        Ok(filter)
    }

    fn both(&mut self, depth: usize) -> Parsed<Filter> {
        let mut filter = self.single(depth)?;
        while self.takes_word("and") {
            filter = filter.and(self.single(depth)?);
        }
        Ok(filter)
    }

    fn single(&mut self, depth: usize) -> Parsed<Filter> {
        if depth > DEPTH_MAX {
            return Err(FilterError::TooDeep);
        }
        if self.takes('(') {
            let filter = self.either(depth + 1)?;
            self.expect(')', ")")?;
            return Ok(filter);
        }
        if self.is_negation() {
            self.takes_word("not");
            self.expect('(', "(")?;
            let filter = self.either(depth + 1)?;
            self.expect(')', ")")?;
            return Ok(Filter::Not(Box::new(filter)));
        }
        let attribute = self.attribute()?;
        if self.takes('[') {
            let inner = self.either(depth + 1)?;
            self.expect(']', "]")?;
            return Ok(Filter::Any(attribute, Box::new(inner)));
        }
        let at = self.position();
        let word = self.word().to_ascii_lowercase();
        if word == "pr" {
            return Ok(Filter::Present(attribute));
        }
        let comparison = Comparison::ALL.into_iter().find(|comparison| comparison.as_str() == word);
        let comparison =
            comparison.ok_or(FilterError::Unexpected { expected: "A comparison such as eq", at })?;
        Ok(Filter::Compare(attribute, comparison, self.literal()?))
    }

    /// Whether `not (` follows: an attribute may be called `not` otherwise.
    fn is_negation(&mut self) -> bool {
        self.skip_space();
        let rest = self.rest();
        let Some((word, rest)) = rest.split_at_checked(3) else { return false };
        word.eq_ignore_ascii_case("not") && rest.trim_start_matches(' ').starts_with('(')
    }

    /// `urn:…:User:name.part`, `name.part`, `name`.
    fn attribute(&mut self) -> Parsed<Attribute> {
        let expected = "The name of an attribute";
        self.skip_space();
        let at = self.position();
        let wrong = || FilterError::Unexpected { expected, at };
        let text = self.take_while(|letter| {
            letter.is_ascii_alphanumeric() || matches!(letter, ':' | '.' | '_' | '-' | '$' | '/' | '%')
        });
        let (schema, rest) = match text.rsplit_once(':') {
            Some((schema, rest)) => (Some(schema), rest),
            None => (None, text),
        };
        let (name, part) = match rest.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (rest, None),
        };
        if !is_name(name) || part.is_some_and(|part| !is_name(part)) || schema == Some("") {
            // The URN of a schema alone ends in a version or a name and is no name with parts.
            return Err(wrong());
        }
        Ok(Attribute {
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
            part: part.map(str::to_owned),
        })
    }

    fn name(&mut self) -> Parsed<String> {
        let at = self.position();
        let name =
            self.take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '$'));
        if is_name(name) {
            Ok(name.to_owned())
        } else {
            Err(FilterError::Unexpected { expected: "The name of a part", at })
        }
    }

    fn literal(&mut self) -> Parsed<Literal> {
        self.skip_space();
        let at = self.position();
        if self.letters.peek().is_some_and(|(_, letter)| *letter == '"') {
            return self.quoted().map(Literal::Text);
        }
        let word =
            self.take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'));
        match word.to_ascii_lowercase().as_str() {
            "true" => return Ok(Literal::Truth(true)),
            "false" => return Ok(Literal::Truth(false)),
            "null" => return Ok(Literal::Null),
            _ => {}
        }
        let starts_right = word.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-');
        match word.parse::<f64>() {
            Ok(number) if starts_right && number.is_finite() => Ok(Literal::Number(number)),
            _ => Err(FilterError::Unexpected {
                expected: "A value in quotes, a number, true, false or null",
                at,
            }),
        }
    }

    /// A text as JSON writes it.
    fn quoted(&mut self) -> Parsed<String> {
        let at = self.position();
        let wrong = || FilterError::Unexpected { expected: "A text in quotes as JSON writes it", at };
        self.letters.next();
        let mut text = String::new();
        loop {
            match self.letters.next().ok_or_else(wrong)?.1 {
                '"' => return Ok(text),
                '\\' => {
                    let letter = match self.letters.next().ok_or_else(wrong)?.1 {
                        letter @ ('"' | '\\' | '/') => letter,
                        'b' => '\u{8}',
                        'f' => '\u{c}',
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'u' => self.escaped().ok_or_else(wrong)?,
                        _ => return Err(wrong()),
                    };
                    text.push(letter);
                }
                letter if letter.is_control() && letter < ' ' => return Err(wrong()),
                letter => text.push(letter),
            }
        }
    }

    /// What stands behind `\u`: four digits, or eight with a second `\u` between.
    fn escaped(&mut self) -> Option<char> {
        let first = self.four()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        let marks = (self.letters.next()?.1, self.letters.next()?.1);
        let second = self.four()?;
        if marks != ('\\', 'u') || !(0xdc00..0xe000).contains(&second) {
            return None;
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn four(&mut self) -> Option<u32> {
        let mut number = 0;
        for _ in 0..4 {
            number = number * 16 + self.letters.next()?.1.to_digit(16)?;
        }
        Some(number)
    }

    fn takes(&mut self, letter: char) -> bool {
        self.skip_space();
        self.letters.next_if(|(_, next)| *next == letter).is_some()
    }

    fn expect(&mut self, letter: char, expected: &'static str) -> Parsed<()> {
        let at = self.position();
        if self.takes(letter) { Ok(()) } else { Err(FilterError::Unexpected { expected, at }) }
    }

    /// Takes this word if it follows and stands alone.
    fn takes_word(&mut self, word: &str) -> bool {
        self.skip_space();
        let rest = self.rest();
        let Some((start, after)) = rest.split_at_checked(word.len()) else { return false };
        let stands_alone = !after.starts_with(|letter: char| letter.is_ascii_alphanumeric());
        if !start.eq_ignore_ascii_case(word) || !stands_alone {
            return false;
        }
        for _ in 0..word.len() {
            self.letters.next();
        }
        true
    }

    fn word(&mut self) -> &'a str {
        self.skip_space();
        self.take_while(|letter| letter.is_ascii_alphanumeric())
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let start = self.offset();
        while self.letters.next_if(|(_, letter)| fits(*letter)).is_some() {}
        self.text.get(start..self.offset()).unwrap_or_default()
    }

    fn end(&mut self) -> Parsed<()> {
        self.skip_space();
        if self.letters.peek().is_none() {
            Ok(())
        } else {
            Err(FilterError::Unexpected {
                expected: "The end, or “and”, or “or”", at: self.position()
            })
        }
    }

    fn skip_space(&mut self) {
        while self.letters.next_if(|(_, letter)| *letter == ' ').is_some() {}
    }

    fn offset(&mut self) -> usize {
        self.letters.peek().map_or(self.text.len(), |(offset, _)| *offset)
    }

    fn rest(&mut self) -> &'a str {
        let offset = self.offset();
        self.text.get(offset..).unwrap_or_default()
    }

    /// The place of the next character, from 1.
    fn position(&mut self) -> usize {
        let offset = self.offset();
        self.text.get(..offset).unwrap_or_default().chars().count() + 1
    }
}

/// `$ref` is the one name that begins otherwise.
fn is_name(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '$')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '$'))
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}:")?;
        }
        f.write_str(&self.name)?;
        match &self.part {
            Some(part) => write!(f, ".{part}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => {
                f.write_str("\"")?;
                for letter in text.chars() {
                    match letter {
                        '"' => f.write_str("\\\"")?,
                        '\\' => f.write_str("\\\\")?,
                        letter if letter < ' ' => write!(f, "\\u{:04x}", u32::from(letter))?,
                        letter => write!(f, "{letter}")?,
                    }
                }
                f.write_str("\"")
            }
            Self::Number(number) => write!(f, "{number}"),
            Self::Truth(truth) => write!(f, "{truth}"),
            Self::Null => f.write_str("null"),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(attribute, comparison, literal) => {
                write!(f, "{attribute} {} {literal}", comparison.as_str())
            }
            Self::Present(attribute) => write!(f, "{attribute} pr"),
            Self::And(one, two) => write!(f, "({one}) and ({two})"),
            Self::Or(one, two) => write!(f, "({one}) or ({two})"),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Any(attribute, inner) => write!(f, "{attribute}[{inner}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Filter {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn eq(name: &str, text: &str) -> Filter {
        Filter::text(Attribute::named(name), Comparison::Eq, text)
    }

    #[test]
    fn the_examples_of_the_standard_are_read() {
        for text in [
            "userName eq \"bjensen\"",
            "name.familyName co \"O'Malley\"",
            "userName sw \"J\"",
            "urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"J\"",
            "title pr",
            "meta.lastModified gt \"2011-05-13T04:42:34Z\"",
            "title pr and userType eq \"Employee\"",
            "title pr or userType eq \"Intern\"",
            "schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"",
            "userType eq \"Employee\" and (emails co \"example.com\" or emails.value co \"example.org\")",
            "userType ne \"Employee\" and not (emails co \"example.com\" or emails.value co \"example.org\")",
            "userType eq \"Employee\" and (emails.type eq \"work\")",
            "userType eq \"Employee\" and emails[type eq \"work\" and value co \"@example.com\"]",
            "emails[type eq \"work\" and value co \"@example.com\"] or ims[type eq \"xmpp\" and value co \"@foo.com\"]",
        ] {
            parse(text);
        }
    }

    #[test]
    fn not_binds_before_and_before_or_and_words_have_any_case() {
        let filter = parse("a eq \"1\" OR b EQ \"2\" And not (c Eq \"3\")");
        let not = Filter::Not(Box::new(eq("c", "3")));
        assert_eq!(filter, eq("a", "1").or(eq("b", "2").and(not)));
        assert_eq!(parse("not eq \"1\""), eq("not", "1"));
        assert_eq!(parse("order eq \"1\""), eq("order", "1"));
    }

    #[test]
    fn an_attribute_of_an_extension_keeps_its_schema() {
        let Filter::Compare(attribute, ..) =
            parse("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"1\"")
        else {
            panic!("a comparison");
        };
        assert_eq!(attribute.schema.as_deref(), Some(crate::scim::ENTERPRISE));
        assert_eq!((attribute.name.as_str(), attribute.part.as_deref()), ("manager", Some("value")));
    }

    #[test]
    fn a_path_names_values_and_a_part() {
        let path: Path = "emails[type eq \"work\"].value".parse().expect("a path");
        assert_eq!((path.attribute.name.as_str(), path.part.as_deref()), ("emails", Some("value")));
        assert_eq!(path.values, Some(eq("type", "work")));
        assert!("members[value eq \"1\"".parse::<Path>().is_err());
        assert!("".parse::<Path>().is_err());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let refused = |text: &str| text.parse::<Filter>().expect_err(text);
        assert_eq!(
            refused("userName xx \"a\""),
            FilterError::Unexpected { expected: "A comparison such as eq", at: 10 }
        );
        for text in [
            "",
            "userName",
            "userName eq",
            "userName eq a",
            "(a pr",
            "a pr b",
            "a eq \"x",
            "a eq \"\\x\"",
            ".a pr",
            "a..b pr",
            "a eq 1e999",
            "a eq +1",
            "1 pr",
            "[a pr]",
        ] {
            refused(text);
        }
        assert_eq!(refused(&"(".repeat(200)), FilterError::TooDeep);
        assert_eq!(refused(&"a".repeat(FILTER_MAX + 1)), FilterError::TooLong);
    }

    #[test]
    fn words_from_a_search_box_never_become_syntax() {
        let hostile = "\" or userName pr or userName eq \"";
        let filter = Filter::text(Attribute::named("userName"), Comparison::Co, hostile);
        assert_eq!(parse(&filter.to_string()), filter);
    }

    fn name() -> impl Strategy<Value = String> {
        "[a-z][a-zA-Z0-9_-]{0,8}"
    }

    fn attribute() -> impl Strategy<Value = Attribute> {
        let schema = prop::option::of(Just("urn:ietf:params:scim:schemas:core:2.0:User".to_owned()));
        (schema, name(), prop::option::of(name())).prop_map(|(schema, name, part)| Attribute {
            schema,
            name,
            part,
        })
    }

    fn literal() -> impl Strategy<Value = Literal> {
        prop_oneof![
            any::<String>().prop_map(Literal::Text),
            (-1e12f64..1e12).prop_map(Literal::Number),
            any::<bool>().prop_map(Literal::Truth),
            Just(Literal::Null),
        ]
    }

    fn filter() -> impl Strategy<Value = Filter> {
        let leaf = prop_oneof![
            (attribute(), prop::sample::select(&Comparison::ALL[..]), literal())
                .prop_map(|(attribute, comparison, literal)| Filter::Compare(attribute, comparison, literal)),
            attribute().prop_map(Filter::Present),
        ];
        leaf.prop_recursive(4, 24, 2, |inner| {
            let pair = (inner.clone(), inner.clone());
            prop_oneof![
                pair.clone().prop_map(|(one, two)| one.and(two)),
                pair.prop_map(|(one, two)| one.or(two)),
                inner.clone().prop_map(|inner| Filter::Not(Box::new(inner))),
                (attribute(), inner).prop_map(|(attribute, inner)| Filter::Any(attribute, Box::new(inner))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(filter in filter()) {
            prop_assert_eq!(filter.to_string().parse::<Filter>(), Ok(filter));
        }

        #[test]
        fn no_text_makes_the_parser_fail_loudly(text in any::<String>()) {
            let _ = text.parse::<Filter>();
            let _ = text.parse::<Path>();
        }

        #[test]
        fn nothing_that_looks_like_a_filter_does_either(text in "[a-z ().\\[\\]\"\\\\:0-9é]{0,80}|(not|and|or|pr|eq|\\(|\\)|\\[|\\]|\"| |a){0,40}") {
            let _ = text.parse::<Filter>();
            let _ = text.parse::<Path>();
        }
    }
}

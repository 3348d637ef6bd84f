//! JSON into the types of the wire, for programs whose own size counts. (ADR 0014.)
//!
//! Takes what [RFC 8259] allows, but for fractions, which no field of the wire has. Keys and variants are looked up
//! here, once for all types, and handed to the types as numbers: so a type needs no code of its own to compare texts,
//! and no error is put into words that nobody reads. `cargo xtask tidy` holds what this rests on: no `alias`.
//!
//! [RFC 8259]: https://www.rfc-editor.org/rfc/rfc8259

use std::fmt::Display;

use serde::de::value::U64Deserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// So deep lists and records may lie in each other.
const DEPTH: u8 = 120;

/// A text isn't the JSON that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The text is not the JSON that was expected")]
pub struct Unreadable;

impl Error for Unreadable {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// Reads the whole of `text`.
///
/// # Errors
/// When it is no JSON, or not that of a `T`.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = T::deserialize(&mut reader)?;
    if reader.peek().is_some() { Err(Unreadable) } else { Ok(value) }
}

/// A text, and how far it has been read.
struct Reader<'text> {
    text: &'text str,
    at: usize,
    depth: u8,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What comes after white space; it stays.
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.byte()
    }

    /// Takes `wanted`, if it comes next.
    fn take(&mut self, wanted: u8) -> bool {
        let is_it = self.peek() == Some(wanted);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Unreadable> {
        if self.take(wanted) { Ok(()) } else { Err(Unreadable) }
    }

    fn word(&mut self, word: &str) -> Result<(), Unreadable> {
        self.peek();
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(Unreadable);
        }
        self.at += word.len();
        Ok(())
    }

    fn boolean(&mut self) -> Result<bool, Unreadable> {
        let is_true = self.peek() == Some(b't');
        self.word(if is_true { "true" } else { "false" })?;
        Ok(is_true)
    }

    fn digits(&mut self) -> Result<&str, Unreadable> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        if digits.is_empty() { Err(Unreadable) } else { Ok(digits) }
    }

    /// A whole number: its sign, and how large it is.
    fn number(&mut self) -> Result<(bool, u64), Unreadable> {
        let is_negative = self.take(b'-');
        let digits = self.digits()?;
        let is_padded = digits.len() > 1 && digits.starts_with('0');
        let size = digits
            .bytes()
            .try_fold(0_u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
        let is_fraction = matches!(self.byte(), Some(b'.' | b'e' | b'E'));
        match size {
            Some(size) if !is_padded && !is_fraction => Ok((is_negative, size)),
            Some(_) | None => Err(Unreadable),
        }
    }

    /// Goes past a number of any kind.
    fn skip_number(&mut self) -> Result<(), Unreadable> {
        self.take(b'-');
        let digits = self.digits()?;
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(Unreadable);
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }

    /// A text, with what is escaped in it.
    fn string(&mut self) -> Result<String, Unreadable> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.byte(), None | Some(b'"' | b'\\' | 0..0x20)) {
                self.at += 1;
            }
            out.push_str(self.text.get(start..self.at).ok_or(Unreadable)?);
            let end = self.byte();
            self.at += 1;
            match end {
                Some(b'"') => return Ok(out),
                Some(b'\\') => out.push(self.escaped()?),
                Some(_) | None => return Err(Unreadable),
            }
        }
    }

    /// What comes after a backslash.
    fn escaped(&mut self) -> Result<char, Unreadable> {
        let byte = self.byte().ok_or(Unreadable)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                let mut units = vec![unit];
                // Two units make one sign beyond the first 65,536.
                if (0xd800..0xdc00).contains(&unit) {
                    self.word_here("\\u")?;
                    units.push(self.unit()?);
                }
                let mut signs = char::decode_utf16(units);
                match (signs.next(), signs.next()) {
                    (Some(Ok(sign)), None) => sign,
                    _ => return Err(Unreadable),
                }
            }
            _ => return Err(Unreadable),
        })
    }

    /// As [`Self::word`], with no white space before it.
    fn word_here(&mut self, word: &str) -> Result<(), Unreadable> {
        match self.text.get(self.at..) {
            Some(rest) if rest.starts_with(word) => {
                self.at += word.len();
                Ok(())
            }
            Some(_) | None => Err(Unreadable),
        }
    }

    fn unit(&mut self) -> Result<u16, Unreadable> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Unreadable)?;
        self.at += 4;
        // A sign before the digits is none of them.
        if digits.starts_with('+') {
            return Err(Unreadable);
        }
        u16::from_str_radix(digits, 16).map_err(|_| Unreadable)
    }

    /// Goes one list or record deeper.
    fn enter(&mut self, open: u8) -> Result<(), Unreadable> {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > DEPTH { Err(Unreadable) } else { Ok(()) }
    }

    /// Whether another entry comes; takes the comma before it, or the end.
    fn more(&mut self, is_first: &mut bool, close: u8) -> Result<bool, Unreadable> {
        let was_first = std::mem::replace(is_first, false);
        if self.take(close) {
            self.depth -= 1;
            return Ok(false);
        }
        if !was_first {
            self.expect(b',')?;
        }
        Ok(true)
    }

    /// Goes past a value that nobody asked for.
    fn skip(&mut self) -> Result<(), Unreadable> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'[') => {
                self.enter(b'[')?;
                let mut is_first = true;
                while self.more(&mut is_first, b']')? {
                    self.skip()?;
                }
                Ok(())
            }
            Some(b'{') => {
                self.enter(b'{')?;
                let mut is_first = true;
                while self.more(&mut is_first, b'}')? {
                    self.string()?;
                    self.expect(b':')?;
                    self.skip()?;
                }
                Ok(())
            }
            Some(b't' | b'f') => self.boolean().map(drop),
            Some(b'n') => self.word("null"),
            Some(_) => self.skip_number(),
            None => Err(Unreadable),
        }
    }
}

/// All numbers are read alike; whoever asks takes what fits.
macro_rules! numbers {
    ($($name:ident)*) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            match self.number()? {
                (false, size) => visitor.visit_u64(size),
                (true, size) => visitor.visit_i64(0_i64.checked_sub_unsigned(size).ok_or(Unreadable)?),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = Unreadable;

    numbers! {
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
    }

    forward_to_deserialize_any! { i128 u128 f32 f64 char bytes byte_buf }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.peek() {
            Some(b'"') => self.deserialize_str(visitor),
            Some(b'[') => self.deserialize_seq(visitor),
            Some(b'{') => self.deserialize_map(visitor),
            Some(b't' | b'f') => self.deserialize_bool(visitor),
            Some(b'n') => self.deserialize_unit(visitor),
            Some(_) => self.deserialize_i64(visitor),
            None => Err(Unreadable),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.boolean()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.string()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.peek() == Some(b'n') {
            self.word("null")?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.word("null")?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.enter(b'[')?;
        let mut entries = Entries::of(self, b']');
        let value = visitor.visit_seq(&mut entries)?;
        entries.finish(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.enter(b'{')?;
        let mut entries = Entries::of(self, b'}');
        let value = visitor.visit_map(&mut entries)?;
        entries.finish(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.enter(b'{')?;
        let mut record = Record { entries: Entries::of(self, b'}'), fields };
        let value = visitor.visit_map(&mut record)?;
        record.entries.finish(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let has_content = self.take(b'{');
        let index = place(variants, &self.string()?);
        if has_content {
            self.expect(b':')?;
        }
        visitor.visit_enum(Variant { reader: self, index, has_content })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.skip()?;
        visitor.visit_unit()
    }
}

/// Where a word stands in a list, as the types expect it; beyond its end when it isn't in it.
fn place(words: &[&str], word: &str) -> U64Deserializer<Unreadable> {
    let index = words.iter().position(|other| *other == word);
    index.map_or(u64::MAX, |index| index as u64).into_deserializer()
}

/// What stands in a list, or in a record whose keys aren't known beforehand.
struct Entries<'reader, 'text> {
    reader: &'reader mut Reader<'text>,
    close: u8,
    is_first: bool,
    is_done: bool,
}

impl<'reader, 'text> Entries<'reader, 'text> {
    fn of(reader: &'reader mut Reader<'text>, close: u8) -> Self {
        Self { reader, close, is_first: true, is_done: false }
    }

    fn more(&mut self) -> Result<bool, Unreadable> {
        self.is_done = !self.reader.more(&mut self.is_first, self.close)?;
        Ok(!self.is_done)
    }

    /// The key of the next entry, if there is one.
    fn key(&mut self) -> Result<Option<String>, Unreadable> {
        if !self.more()? {
            return Ok(None);
        }
        let key = self.reader.string()?;
        self.reader.expect(b':')?;
        Ok(Some(key))
    }

    /// Gives `value`, unless there is more than was asked for.
    fn finish<T>(&mut self, value: T) -> Result<T, Unreadable> {
        if !self.is_done && self.more()? { Err(Unreadable) } else { Ok(value) }
    }
}

impl<'de> SeqAccess<'de> for &mut Entries<'_, '_> {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        if self.more()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for &mut Entries<'_, '_> {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        match self.key()? {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(&mut *self.reader)
    }
}

/// A record whose keys are known; others are gone past, as a later backend may say more.
struct Record<'reader, 'text> {
    entries: Entries<'reader, 'text>,
    fields: &'static [&'static str],
}

impl<'de> MapAccess<'de> for &mut Record<'_, '_> {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        while let Some(key) = self.entries.key()? {
            if self.fields.contains(&key.as_str()) {
                return seed.deserialize(place(self.fields, &key)).map(Some);
            }
            self.entries.reader.skip()?;
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(&mut *self.entries.reader)
    }
}

/// One of several, with or without content.
struct Variant<'reader, 'text> {
    reader: &'reader mut Reader<'text>,
    index: U64Deserializer<Unreadable>,
    has_content: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Unreadable> {
        Ok((seed.deserialize(self.index)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.has_content {
            self.reader.word("null")?;
            self.reader.expect(b'}')?;
        }
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unreadable> {
        if !self.has_content {
            return Err(Unreadable);
        }
        let value = seed.deserialize(&mut *self.reader)?;
        self.reader.expect(b'}')?;
        Ok(value)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        if !self.has_content {
            return Err(Unreadable);
        }
        let value = self.reader.deserialize_seq(visitor)?;
        self.reader.expect(b'}')?;
        Ok(value)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        if !self.has_content {
            return Err(Unreadable);
        }
        let value = self.reader.deserialize_struct("", fields, visitor)?;
        self.reader.expect(b'}')?;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use serde_json::Value;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Kind {
        None,
        TwoWords,
        Named { the_name: String, of: Option<Box<Kind>> },
        Pair(i64, bool),
        One(u32),
    }

    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        some_text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_out: Option<u64>,
        kinds: Vec<Kind>,
        by_name: BTreeMap<String, i64>,
    }

    fn kinds() -> impl Strategy<Value = Kind> {
        let leaf = prop_oneof![
            Just(Kind::None),
            Just(Kind::TwoWords),
            (any::<i64>(), any::<bool>()).prop_map(|(number, is_so)| Kind::Pair(number, is_so)),
            any::<u32>().prop_map(Kind::One),
        ];
        leaf.prop_recursive(3, 8, 1, |inner| {
            (".*", proptest::option::of(inner))
                .prop_map(|(the_name, of)| Kind::Named { the_name, of: of.map(Box::new) })
        })
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(".{0,4}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            some_text in ".*",
            left_out in any::<Option<u64>>(),
            kinds in prop::collection::vec(kinds(), 0..4),
            by_name in prop::collection::btree_map(".*", any::<i64>(), 0..4),
        ) {
            let wire = Wire { some_text, left_out, kinds, by_name };
            let text = serde_json::to_string(&wire).expect("JSON");
            prop_assert_eq!(read::<Wire>(&text), Ok(wire.clone()));
            let pretty = serde_json::to_string_pretty(&wire).expect("JSON");
            prop_assert_eq!(read::<Wire>(&pretty), Ok(wire));
        }

        #[test]
        fn any_json_is_read_as_by_others(value in values()) {
            prop_assert_eq!(read::<Value>(&value.to_string()), Ok(value));
        }

        /// A text with one sign changed, or cut, is read by both alike or refused by both.
        #[test]
        fn broken_json_is_refused(value in values(), at in any::<prop::sample::Index>(), sign in "[\\PC\n]", cut in any::<bool>()) {
            let mut signs: Vec<char> = value.to_string().chars().collect();
            let at = at.index(signs.len());
            if cut { signs.truncate(at) } else { signs[at] = sign.chars().next().unwrap_or(',') }
            let text: String = signs.into_iter().collect();
            let other = serde_json::from_str::<Value>(&text).ok();
            let has_fraction = format!("{other:?}").contains('.') || text.contains(['.', 'e', 'E']);
            if !has_fraction {
                prop_assert_eq!(read::<Value>(&text).ok(), other);
            }
        }
    }

    #[test]
    fn what_nobody_knows_is_gone_past() {
        let text =
            r#" {"x": [1.5e-3, -0.0, {"y": "\\\""}, []], "someText": "a", "kinds": [], "byName": {}} "#;
        let wire: Wire = read(text).expect("what is known");
        assert_eq!(wire.some_text, "a");
    }

    #[test]
    fn signs_are_unescaped() {
        assert_eq!(read::<String>(r#""\u00e9\ud83d\ude00\/\t""#).as_deref(), Ok("é😀/\t"));
        for bad in [r#""\ud83d""#, r#""\ud83dx""#, r#""\u12""#, r#""\x""#, "\"\n\"", "\"", "", "\"a\"b"] {
            assert_eq!(read::<String>(bad), Err(Unreadable), "{bad}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(read::<u8>("256").is_err() && read::<u8>("-1").is_err() && read::<i8>("-128") == Ok(-128));
        assert!(read::<u64>("18446744073709551616").is_err() && read::<u64>("1.0").is_err());
        assert!(read::<Kind>(r#""Other""#).is_err() && read::<Kind>(r#""one""#).is_err());
        assert!(read::<(u8, u8)>("[1, 2, 3]").is_err() && read::<Vec<u8>>("[1,]").is_err());
        let twice = r#"{"someText": "a", "someText": "b", "kinds": [], "byName": {}}"#;
        assert!(read::<Wire>(twice).is_err());
        let deep = "[".repeat(100_000);
        assert!(read::<Value>(&deep).is_err(), "and the stack holds");
    }
}

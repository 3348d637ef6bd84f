//! Files that people send: of which kinds, how large, and what is told of one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{NotAnId, Timestamp};

/// The longest piece that the backend takes in one call, in bytes.
pub const CHUNK_MAX: u64 = 8 * 1024 * 1024;
/// So many bytes from the beginning say of which kind a file is.
pub const START_MAX: usize = 4096;
/// The longest name of a file, in characters.
pub const FILE_NAME_MAX: usize = 120;
/// So many files go with one message or one report.
pub const FILES_MAX: usize = 10;

/// An uploaded file, by the name that the backend made for it: a UUID.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = String, pattern = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
)]
pub struct UploadId(String);

impl UploadId {
    /// The identifier as text: lower-case hexadecimal digits and hyphens, so that it is a name of a file too.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The identifier that these random bytes make.
    pub fn of_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let mut text = String::with_capacity(36);
        for (place, byte) in bytes.iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for half in [byte >> 4, byte & 0x0f] {
                text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        Self(text)
    }
}

impl FromStr for UploadId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let is_one = text.len() == 36
            && text.bytes().enumerate().all(|(place, byte)| match place {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            });
        if is_one { Ok(Self(text.to_owned())) } else { Err(NotAnId { expected: "the identifier of a file" }) }
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UploadId {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What a file is, by its bytes and never by what was said about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MediaKind {
    /// A picture.
    #[serde(rename = "image/png")]
    Png,
    /// A picture.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// A picture.
    #[serde(rename = "image/webp")]
    Webp,
    /// A picture.
    #[serde(rename = "image/gif")]
    Gif,
    /// A video.
    #[serde(rename = "video/mp4")]
    Mp4,
    /// A video.
    #[serde(rename = "video/webm")]
    Webm,
    /// A video.
    #[serde(rename = "video/quicktime")]
    Quicktime,
    /// A document.
    #[serde(rename = "application/pdf")]
    Pdf,
    /// Plain text.
    #[serde(rename = "text/plain")]
    Text,
}

impl MediaKind {
    /// All kinds that are taken.
    pub const ALL: [Self; 9] = [
        Self::Png,
        Self::Jpeg,
        Self::Webp,
        Self::Gif,
        Self::Mp4,
        Self::Webm,
        Self::Quicktime,
        Self::Pdf,
        Self::Text,
    ];

    /// The media type: the word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
            Self::Quicktime => "video/quicktime",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain",
        }
    }

    /// The ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
            Self::Quicktime => "mov",
            Self::Pdf => "pdf",
            Self::Text => "txt",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it can be shown as a picture.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Webp | Self::Gif)
    }

    /// Whether it can be played.
    pub const fn is_video(self) -> bool {
        matches!(self, Self::Mp4 | Self::Webm | Self::Quicktime)
    }

    /// What a file is that begins with these bytes: its first [`START_MAX`], or all of it.
    ///
    /// Markup is never taken, not even as text: SVG and HTML run scripts.
    pub fn of_start(start: &[u8]) -> Option<Self> {
        let has = |place: usize, what: &[u8]| start.get(place..).is_some_and(|rest| rest.starts_with(what));
        if has(0, b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if has(0, b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if has(0, b"RIFF") && has(8, b"WEBP") {
            Some(Self::Webp)
        } else if has(0, b"GIF87a") || has(0, b"GIF89a") {
            Some(Self::Gif)
        } else if has(0, b"%PDF-") {
            Some(Self::Pdf)
        } else if has(4, b"ftyp") {
            of_brand(start.get(8..12)?)
        } else if has(0, b"\x1a\x45\xdf\xa3") {
            // The type of the document stands among the first few elements.
            let head = start.get(..64).unwrap_or(start);
            head.windows(4).any(|part| part == b"webm").then_some(Self::Webm)
        } else {
            is_text(start).then_some(Self::Text)
        }
    }
}

/// A film by its brand; still pictures come in the same box, and aren't taken.
fn of_brand(brand: &[u8]) -> Option<MediaKind> {
    const FILMS: [&[u8]; 15] = [
        b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1",
        b"M4V ", b"M4VH", b"dash", b"MSNV",
    ];
    match brand {
        b"qt  " => Some(MediaKind::Quicktime),
        brand => FILMS.contains(&brand).then_some(MediaKind::Mp4),
    }
}

/// Whether it is text, and no markup: it is UTF-8 without control characters, and doesn't begin with a tag.
fn is_text(start: &[u8]) -> bool {
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        // The last letter may have been cut.
        Err(error) if error.error_len().is_none() => start
            .get(..error.valid_up_to())
            .and_then(|whole| std::str::from_utf8(whole).ok())
            .unwrap_or_default(),
        Err(_) => return false,
    };
    let first = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').chars().next();
    first.is_some_and(|first| first != '<')
        && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
        && !holds_markup(text)
}

/// Whether a browser that guesses would take it for a page.
fn holds_markup(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["<!doctype", "<html", "<script", "<svg", "<?xml"].into_iter().any(|tag| lower.contains(tag))
}

/// The name that a file goes by: what people called it, without what no file system and no header likes.
pub fn file_name(given: &str, kind: MediaKind) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_kept =
        |c: &char| !c.is_control() && !matches!(c, '"' | '<' | '>' | ':' | '|' | '?' | '*') && !is_mark(*c);
    let plain: String = last.chars().filter(is_kept).collect();
    let stem = trimmed(&plain);
    let stem = match stem.rsplit_once('.') {
        // The ending says what the bytes say.
        Some((stem, ending)) if !trimmed(stem).is_empty() && ending.chars().count() <= 5 => stem,
        Some(_) | None => stem,
    };
    let short: String = trimmed(stem).chars().take(FILE_NAME_MAX - 5).collect();
    let short = trimmed(&short);
    format!("{}.{}", if short.is_empty() { "file" } else { short }, kind.ending())
}

/// Without dots and white space at both ends.
fn trimmed(name: &str) -> &str {
    name.trim_matches(|c: char| c == '.' || c.is_whitespace())
}

/// Whether a character turns the writing round, so that an ending looks like another one.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A file as whoever may read it is told of it. Its bytes are at `/api/uploads/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Upload {
    /// Which.
    pub id: UploadId,
    /// What it is.
    pub kind: MediaKind,
    /// What it is called; never trusted as markup.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
    /// Since when its bytes are gone: pictures and videos are erased after some days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
}

/// What the operator decided about files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadSettings {
    /// The largest file, in megabytes of 1,000,000 bytes.
    pub max_mb: u32,
    /// How much one person may have on its way or not yet sent, in megabytes.
    pub quota_mb: u32,
    /// After how many hours without a piece an unfinished or unsent file goes away.
    pub unfinished_hours: u32,
    /// After how many days the pictures and videos of reports are erased.
    pub keep_days: u32,
    /// The longest video that the dialog records, in minutes.
    pub video_minutes: u32,
}

impl Default for UploadSettings {
    fn default() -> Self {
        Self { max_mb: 200, quota_mb: 1_000, unfinished_hours: 24, keep_days: 90, video_minutes: 5 }
    }
}

impl UploadSettings {
    /// The largest file, in bytes.
    pub fn max_bytes(self) -> u64 {
        u64::from(self.max_mb) * 1_000_000
    }

    /// How much one person may have on its way or not yet sent, in bytes.
    pub fn quota_bytes(self) -> u64 {
        u64::from(self.quota_mb) * 1_000_000
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn is(start: &[u8], kind: Option<MediaKind>) {
        assert_eq!(MediaKind::of_start(start), kind, "{start:?}");
    }

    #[test]
    fn a_file_is_what_its_bytes_are() {
        is(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some(MediaKind::Png));
        is(b"\xff\xd8\xff\xe0\0\x10JFIF", Some(MediaKind::Jpeg));
        is(b"RIFF\x24\0\0\0WEBPVP8 ", Some(MediaKind::Webp));
        is(b"RIFF\x24\0\0\0WAVEfmt ", None);
        is(b"GIF89a\x01\0", Some(MediaKind::Gif));
        is(b"\0\0\0\x20ftypisom\0\0\x02\0", Some(MediaKind::Mp4));
        is(b"\0\0\0\x14ftypqt  \0\0\0\0", Some(MediaKind::Quicktime));
        is(b"\0\0\0\x20ftypheic\0\0\0\0", None);
        is(b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webmB\x87", Some(MediaKind::Webm));
        is(b"\x1a\x45\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroskaB\x87", None);
        is(b"%PDF-1.7\n", Some(MediaKind::Pdf));
        is("Réunion: 90 %\r\n".as_bytes(), Some(MediaKind::Text));
    }

    #[test]
    fn markup_is_never_taken() {
        for markup in [
            "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "  \n<!DOCTYPE html>",
            "\u{feff}<html>",
            "<?xml version='1.0'?><svg/>",
            "# notes\n<script>alert(1)</script>",
        ] {
            is(markup.as_bytes(), None);
        }
    }

    #[test]
    fn neither_nothing_nor_programs_are_taken() {
        is(b"", None);
        is(b"   \n", None);
        is(b"MZ\x90\0\x03", None);
        is(b"PK\x03\x04\x14\0", None);
        is(b"\x7fELF\x02\x01\x01", None);
        is(b"a\0b", None);
        is(b"caf\xe9 au lait", None);
    }

    #[test]
    fn a_name_is_plain_and_ends_as_its_bytes_say() {
        let name = |given: &str| file_name(given, MediaKind::Png);
        assert_eq!(name("Screenshot 1.png"), "Screenshot 1.png");
        assert_eq!(name("C:\\Users\\awa\\invoice.pdf"), "invoice.png");
        assert_eq!(name("../../etc/passwd"), "passwd.png");
        assert_eq!(name("photo\u{202e}gnp.exe"), "photognp.png");
        assert_eq!(name("a\"\r\nSet-Cookie: x"), "aSet-Cookie x.png");
        assert_eq!(name(".htaccess"), "htaccess.png");
        for nothing in ["", "...", "/", "\u{200b}"] {
            assert_eq!(name(nothing), "file.png", "{nothing:?}");
        }
        assert!(name(&"é".repeat(500)).chars().count() <= FILE_NAME_MAX);
    }

    proptest! {
        #[test]
        fn random_bytes_make_an_id(bytes in any::<[u8; 16]>()) {
            let id = UploadId::of_random(bytes);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn no_text_is_an_id_that_leaves_its_folder(text in any::<String>()) {
            if let Ok(id) = text.parse::<UploadId>() {
                prop_assert!(id.as_str().bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'));
            }
        }

        #[test]
        fn no_bytes_make_the_reader_fail_loudly(bytes in any::<Vec<u8>>(), name in any::<String>()) {
            if let Some(kind) = MediaKind::of_start(&bytes) {
                let name = file_name(&name, kind);
                prop_assert!(name.ends_with(kind.ending()) && name.chars().count() <= FILE_NAME_MAX);
                prop_assert!(!name.contains(['/', '\\', '"', '\r', '\n', '\0']));
                prop_assert_eq!(file_name(&name, kind), name);
            }
        }

        #[test]
        fn a_cut_letter_is_still_text(text in "[a-zé動 ]{8,80}", cut in 1usize..8) {
            let bytes = text.as_bytes();
            let start = &bytes[..bytes.len() - cut];
            let is_blank = String::from_utf8_lossy(start).trim_end_matches('\u{fffd}').trim().is_empty();
            prop_assert_eq!(MediaKind::of_start(start), (!is_blank).then_some(MediaKind::Text));
        }
    }
}

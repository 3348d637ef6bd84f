//! Help articles: `help/<language>/<name>.md`, read at start, kept in memory.

use std::path::{Path, PathBuf};

use frontdesk_contract::help::{Article, ArticleSummary};
use frontdesk_contract::{ArticleId, Language, Version};

use crate::secret;
use crate::words::{all, folded, has, stems};

/// The folder in the data folder.
pub const FOLDER: &str = "help";
/// The longest summary, in characters.
const SUMMARY_MAX: usize = 200;

/// All articles of all languages, sorted by language and name.
#[derive(Debug, Clone, Default)]
pub struct Library {
    articles: Vec<Shelved>,
    digest: u64,
}

#[derive(Debug, Clone)]
struct Shelved {
    article: Article,
    title: String,
    text: String,
}

/// Why the articles can't be read.
#[derive(Debug, thiserror::Error)]
pub enum HelpError {
    /// A file or a folder can't be read.
    #[error("{file} can't be read: {source}.", file = .file.display())]
    File {
        /// Which one.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder isn't named as a language.
    #[error("{folder} is not named as a language. Name it en, fr or pt-br.", folder = .0.display())]
    Language(PathBuf),
    /// A file's name can't stand in an address.
    #[error("{file} has a name that can't stand in an address. Use letters, digits and hyphens.", file = .0.display())]
    Name(PathBuf),
    /// An article has no heading.
    #[error("{file}, line 1: Begin the article with its title: # How to …", file = .0.display())]
    Title(PathBuf),
}

impl Library {
    /// Reads all articles of a data folder. Without the folder there are none.
    pub fn read(data: &Path) -> Result<Self, HelpError> {
        let root = data.join(FOLDER);
        let mut articles = Vec::new();
        let mut everything = String::new();
        for folder in entries(&root)? {
            let name = name_of(&folder);
            let Ok(language) = name.parse::<Language>() else { return Err(HelpError::Language(folder)) };
            for file in entries(&folder)? {
                if file.extension().is_none_or(|ending| ending != "md") {
                    continue;
                }
                let text = std::fs::read_to_string(&file)
                    .map_err(|source| HelpError::File { file: file.clone(), source })?;
                let name =
                    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                let id: ArticleId = name.parse().map_err(|_| HelpError::Name(file.clone()))?;
                let article =
                    article(id, language.clone(), &text).ok_or_else(|| HelpError::Title(file.clone()))?;
                everything.push_str(&format!("{language}/{name}\0{text}\0"));
                articles.push(Shelved::from(article));
            }
        }
        Ok(Self { articles, digest: secret::number_of(&everything) })
    }

    /// The articles of a language, else those in English. With words, those that have one of them, the
    /// most similar first; short words and those that say nothing count only when nothing else was typed.
    pub fn find(&self, language: &Language, words: &str) -> Vec<ArticleSummary> {
        if words.trim().is_empty() {
            return self.shelf(language).into_iter().map(|shelved| shelved.article.summary.clone()).collect();
        }
        let stems = stems(words);
        self.ranked(language, &if stems.is_empty() { all(words) } else { stems })
    }

    /// The articles that share a word that says something with a text, the most similar first.
    pub fn similar(&self, language: &Language, text: &str) -> Vec<ArticleSummary> {
        self.ranked(language, &stems(text))
    }

    fn ranked(&self, language: &Language, stems: &[String]) -> Vec<ArticleSummary> {
        let mut ranked: Vec<(usize, &Shelved)> = self
            .shelf(language)
            .into_iter()
            .map(|shelved| (shelved.rank(stems), shelved))
            .filter(|(rank, _)| *rank > 0)
            .collect();
        ranked.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
        ranked.into_iter().map(|(_, shelved)| shelved.article.summary.clone()).collect()
    }

    /// One article; in English when the language has none of that name.
    pub fn article(&self, language: &Language, id: &ArticleId) -> Option<&Article> {
        self.shelf(language)
            .into_iter()
            .map(|shelved| &shelved.article)
            .find(|article| article.summary.id == *id)
    }

    /// Changes when any article does.
    pub fn version(&self) -> Version {
        Version::numbered(self.digest)
    }

    fn shelf(&self, language: &Language) -> Vec<&Shelved> {
        let primary = language.as_str().split('-').next().unwrap_or_default();
        [language.as_str(), primary, "en"]
            .into_iter()
            .map(|tag| {
                let is_of = |shelved: &&Shelved| shelved.article.summary.language.as_str() == tag;
                self.articles.iter().filter(is_of).collect::<Vec<_>>()
            })
            .find(|shelf| !shelf.is_empty())
            .unwrap_or_default()
    }
}

impl From<Article> for Shelved {
    fn from(article: Article) -> Self {
        let title = folded(&article.summary.title);
        let text = folded(&article.paragraphs.join("\n"));
        Self { article, title, text }
    }
}

impl Shelved {
    /// How similar the article is to some words: a word of the title counts three times.
    fn rank(&self, stems: &[String]) -> usize {
        stems
            .iter()
            .map(|stem| usize::from(has(&self.title, stem)) * 3 + usize::from(has(&self.text, stem)))
            .sum()
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, HelpError> {
    let failed = |source| HelpError::File { file: folder.to_owned(), source };
    let found = match std::fs::read_dir(folder) {
        Ok(found) => found,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed(source)),
    };
    let mut paths = Vec::new();
    for entry in found {
        let path = entry.map_err(failed)?.path();
        if !name_of(&path).starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Reads an article: the first heading is its title, blank lines part its paragraphs.
fn article(id: ArticleId, language: Language, text: &str) -> Option<Article> {
    let text = text.replace("\r\n", "\n");
    let mut blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    let title = blocks.next()?.strip_prefix("# ")?;
    let (title, rest) = title.split_once('\n').unwrap_or((title, ""));
    let paragraphs: Vec<String> =
        std::iter::once(rest).chain(blocks).map(plain).filter(|paragraph| !paragraph.is_empty()).collect();
    let summary = shortened(paragraphs.first().map_or("", String::as_str));
    Some(Article { summary: ArticleSummary { id, language, title: plain(title), summary }, paragraphs })
}

fn shortened(paragraph: &str) -> String {
    let line = paragraph.replace('\n', " ");
    if line.chars().count() <= SUMMARY_MAX {
        return line;
    }
    let cut: String = line.chars().take(SUMMARY_MAX - 1).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or_default().trim_end())
}

/// A block without its markup: lines of a list stay lines, lines of a paragraph are joined.
fn plain(block: &str) -> String {
    let mut text = String::new();
    for line in block.lines().map(str::trim) {
        let (is_item, line) = match line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
            Some(item) => (true, format!("• {item}")),
            None => {
                let digits = line.bytes().take_while(u8::is_ascii_digit).count();
                let is_numbered = digits > 0 && line.get(digits..).is_some_and(|rest| rest.starts_with(". "));
                (is_numbered, line.trim_start_matches('#').trim_start().to_owned())
            }
        };
        if !text.is_empty() {
            text.push(if is_item { '\n' } else { ' ' });
        }
        text.push_str(&line);
    }
    without_links(&text.replace("**", "").replace('`', ""))
}

/// `[text](address)` becomes `text`.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        let link = after.split_once("](").and_then(|(name, tail)| Some((name, tail.split_once(')')?.1)));
        match link {
            Some((name, tail)) if !name.contains('[') => {
                plain.push_str(name);
                rest = tail;
            }
            Some(_) | None => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn english() -> Language {
        Language::english()
    }

    fn read(text: &str) -> Option<Article> {
        article("x".parse().expect("an id"), english(), text)
    }

    #[test]
    fn markup_is_taken_off() {
        let article = read(
            "# Sizes of **videos**\n\nUp to `4 GB`,\nsee [the list](https://a.example).\n\n- one\n- two\n",
        )
        .expect("an article");
        assert_eq!(article.summary.title, "Sizes of videos");
        assert_eq!(article.paragraphs, ["Up to 4 GB, see the list.", "• one\n• two"]);
        assert_eq!(article.summary.summary, "Up to 4 GB, see the list.");
        assert!(read("No title").is_none());
    }

    #[test]
    fn words_find_whatever_their_accents() {
        let shelved = read("# Vidéos bloquées\n\nEssayez sans VPN.").expect("an article");
        let library = Library { articles: vec![shelved.into()], digest: 0 };
        assert_eq!(library.find(&english(), "videos bloquees").len(), 1);
        assert_eq!(library.find(&english(), "VIDÉO").len(), 1);
        assert_eq!(library.find(&english(), "imprimante").len(), 0);
    }

    #[test]
    fn a_short_word_finds_what_has_it() {
        let library = |texts: &[&str]| Library {
            articles: texts.iter().map(|text| read(text).expect("an article").into()).collect(),
            digest: 0,
        };
        let shelf = library(&["# Sign in with a QR code\n\nScan it.", "# Sizes of videos\n\nUp to 4 GB."]);
        let titles = |words: &str| -> Vec<String> {
            shelf.find(&english(), words).into_iter().map(|summary| summary.title).collect()
        };
        assert_eq!(titles("qr"), ["Sign in with a QR code"]);
        assert_eq!(titles("4"), ["Sizes of videos"]);
        assert_eq!(titles("zz"), Vec::<String>::new());
        assert_eq!(titles("?!"), Vec::<String>::new());
        assert_eq!(
            titles("the videos"),
            ["Sizes of videos"],
            "the is not sought beside a word that says more"
        );
        assert_eq!(titles("  ").len(), 2);
        assert_eq!(shelf.similar(&english(), "a").len(), 0, "one letter is similar to nothing");
    }

    #[test]
    fn words_without_spaces_are_found() {
        let shelved = read("# 動画の大きさ\n\n最大4GBまで。").expect("an article");
        let library = Library { articles: vec![shelved.into()], digest: 0 };
        assert_eq!(library.similar(&english(), "会社の動画が止まります").len(), 1);
        assert_eq!(library.similar(&english(), "印刷できません").len(), 0);
        assert_eq!(library.find(&english(), "大").len(), 1);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_fail_loudly(text in any::<String>()) {
            let _ = read(&text);
            let _ = read(&format!("# {text}\n\n[{text}]({text})"));
        }
    }
}

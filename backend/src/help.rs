//! Help articles: `help/<language>/<name>.md`, read at start, kept in memory.

use std::path::{Path, PathBuf};

use frontdesk_contract::help::{Article, ArticleSummary};
use frontdesk_contract::{ArticleId, Language, Version};

use crate::secret;
use frontdesk_contract::words::{all, folded, has, stems};

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
    /// An article doesn't begin as articles do.
    #[error("{file}, line {line}: {mistake}.", file = .file.display())]
    Beginning {
        /// Which file.
        file: PathBuf,
        /// Which line.
        line: usize,
        /// What is wrong with it.
        mistake: Mistake,
    },
}

/// What is wrong with the beginning of an article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// There is no title.
    #[error("Begin the article with its title: # How to …")]
    NoTitle,
    /// The head has no end.
    #[error("End what stands above the title with a line of three hyphens: ---")]
    NoEnd,
    /// The head says something that nobody asks for.
    #[error("{0} is not known here. Write pages: support, requests")]
    UnknownKey(String),
    /// No address begins so.
    #[error("{0} is not the first word of an address. Write pages: support, requests")]
    NotAPage(String),
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
                let article = article(id, language.clone(), &text)
                    .map_err(|(line, mistake)| HelpError::Beginning { file: file.clone(), line, mistake })?;
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
        tags(language).into_iter().find_map(|tag| {
            let mut articles = self.articles.iter().map(|shelved| &shelved.article);
            articles.find(|article| article.summary.id == *id && article.summary.language.as_str() == tag)
        })
    }

    /// Whether any language has an article of this name.
    pub fn has(&self, id: &ArticleId) -> bool {
        self.articles.iter().any(|shelved| shelved.article.summary.id == *id)
    }

    /// Changes when any article does.
    pub fn version(&self) -> Version {
        Version::numbered(self.digest)
    }

    fn shelf(&self, language: &Language) -> Vec<&Shelved> {
        tags(language)
            .into_iter()
            .map(|tag| {
                let is_of = |shelved: &&Shelved| shelved.article.summary.language.as_str() == tag;
                self.articles.iter().filter(is_of).collect::<Vec<_>>()
            })
            .find(|shelf| !shelf.is_empty())
            .unwrap_or_default()
    }
}

/// A language, the same without its region, English.
fn tags(language: &Language) -> [&str; 3] {
    [language.as_str(), language.as_str().split('-').next().unwrap_or_default(), "en"]
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

/// Reads an article: the first heading is its title, blank lines part its paragraphs. Above the title may stand
/// which pages of the panel it is about. Otherwise the line that is wrong, and what is wrong with it.
fn article(id: ArticleId, language: Language, text: &str) -> Result<Article, (usize, Mistake)> {
    let text = text.replace("\r\n", "\n");
    let Head { pages, lines, rest } = head(&text)?;
    let mut blocks = rest.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    let title =
        blocks.next().and_then(|block| block.strip_prefix("# ")).ok_or((lines + 1, Mistake::NoTitle))?;
    let (title, rest) = title.split_once('\n').unwrap_or((title, ""));
    let paragraphs: Vec<String> =
        std::iter::once(rest).chain(blocks).map(plain).filter(|paragraph| !paragraph.is_empty()).collect();
    let summary = shortened(paragraphs.first().map_or("", String::as_str));
    Ok(Article { summary: ArticleSummary { id, language, title: plain(title), summary, pages }, paragraphs })
}

/// What stands above the title.
struct Head<'text> {
    pages: Vec<String>,
    /// How many lines it has.
    lines: usize,
    /// What comes after it.
    rest: &'text str,
}

/// What stands between the two lines with three hyphens each.
const FENCE: &str = "---";

fn head(text: &str) -> Result<Head<'_>, (usize, Mistake)> {
    let mut head = Head { pages: Vec::new(), lines: 0, rest: text };
    let Some(mut rest) = text.strip_prefix(FENCE).and_then(|rest| rest.strip_prefix('\n')) else {
        return Ok(head);
    };
    head.lines = 1;
    while let Some((line, after)) = rest.split_once('\n') {
        head.lines += 1;
        rest = after;
        if line.trim_end() == FENCE {
            return Ok(Head { rest, ..head });
        }
        if line.starts_with('#') {
            return Err((head.lines, Mistake::NoEnd));
        }
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        if key.trim() != "pages" {
            return Err((head.lines, Mistake::UnknownKey(key.trim().to_owned())));
        }
        for page in value.split(',').map(str::trim) {
            let is_word =
                !page.is_empty() && page.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            if !is_word {
                return Err((head.lines, Mistake::NotAPage(page.to_owned())));
            }
            head.pages.push(page.to_owned());
        }
    }
    Err((1, Mistake::NoEnd))
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
        article("x".parse().expect("an id"), english(), text).ok()
    }

    #[track_caller]
    fn is_refused(text: &str, line: usize, sentence: &str) {
        let (at, mistake) = article("x".parse().expect("an id"), english(), text).expect_err("a mistake");
        assert_eq!((at, mistake.to_string()), (line, sentence.to_owned()));
    }

    #[test]
    fn an_article_says_which_pages_it_is_about() {
        let article = read("---\npages: support, my-reports\n---\n\n# Title\n\nText").expect("an article");
        assert_eq!(article.summary.pages, ["support", "my-reports"]);
        assert_eq!((article.summary.title.as_str(), article.paragraphs.len()), ("Title", 1));
        assert!(read("---\r\npages: support\r\n---\r\n# Title").is_some());
    }

    #[test]
    fn a_wrong_beginning_is_named_with_its_line() {
        let title = "Begin the article with its title: # How to …";
        is_refused("No title", 1, title);
        is_refused("---\npages: support\n---\nNo title", 4, title);
        is_refused(
            "---\npages: support\n",
            1,
            "End what stands above the title with a line of three hyphens: ---",
        );
        is_refused(
            "---\npages: support\n# Title\n",
            3,
            "End what stands above the title with a line of three hyphens: ---",
        );
        is_refused(
            "---\npage: support\n---\n# Title",
            2,
            "page is not known here. Write pages: support, requests",
        );
        is_refused(
            "---\npages: support, /requests\n---\n# Title",
            2,
            "/requests is not the first word of an address. Write pages: support, requests",
        );
    }

    #[test]
    fn an_article_that_a_language_lacks_is_there_in_english() {
        let of = |tag: &str, id: &str| {
            let language = tag.parse().expect("a language");
            Shelved::from(article(id.parse().expect("an id"), language, "# T\n\nText").expect("an article"))
        };
        let library = Library { articles: vec![of("en", "a"), of("en", "b"), of("fr", "a")], digest: 0 };
        let language = |id: &str| {
            let id = id.parse().expect("an id");
            library
                .article(&"fr-ca".parse().expect("a language"), &id)
                .map(|it| it.summary.language.to_string())
        };
        assert_eq!(language("a").as_deref(), Some("fr"));
        assert_eq!(language("b").as_deref(), Some("en"));
        assert_eq!(language("c"), None);
        assert!(library.has(&"b".parse().expect("an id")) && !library.has(&"c".parse().expect("an id")));
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
            let _ = read(&format!("---\n{text}\n---\n{text}"));
        }
    }
}

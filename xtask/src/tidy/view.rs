//! What is drawn: words come from the catalogs, paths from the routes, and nothing is inline.

use super::{Fault, Source};

/// Where styles and scripts stand.
pub(super) const INLINE: &str = "Inline";
/// Where words stand.
pub(super) const LITERALS: &str = "Literals";
/// Where paths are spelled.
pub(super) const PATHS: &str = "Paths";

pub(super) fn check(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    let is_page = source.name.ends_with(".html") && !source.is_below("docs");
    let is_panel = source.is_rust() && source.is_below("src");
    if is_page || is_panel {
        faults.extend(source.faults_of(
            INLINE,
            "the policy refuses inline styles: use a class or style:name",
            |line| line.contains(" style=") || line.contains("<style") || line.contains("<script>"),
        ));
    }
    if is_panel || (source.is_below("public") && source.name.ends_with(".js")) {
        faults.extend(source.faults_of(INLINE, "text is never markup: use text content", |line| {
            ["innerHTML", "inner_html", "insertAdjacentHTML", "document.write"]
                .iter()
                .any(|way| line.contains(way))
        }));
    }
    if is_panel && source.name != "src/route.rs" {
        faults.extend(source.faults_of(PATHS, "only src/route.rs spells a path", |line| {
            ["href=\"/", "href='/", "navigate(\"/", "use_onward(\"/"].iter().any(|way| line.contains(way))
        }));
    }
    let draws = ["src/pages", "src/shell", "src/report"].iter().any(|folder| source.is_below(folder));
    if draws || source.name == "src/app.rs" {
        let lines = literals(&source.text);
        faults.extend(
            lines
                .into_iter()
                .map(|index| source.fault(index, LITERALS, "words come from src/i18n, by their key")),
        );
    }
    faults
}

/// The lines on which a `view!` has a text with letters as a child.
fn literals(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for (start, word) in text.match_indices("view! {") {
        let mut depth = 1;
        let mut before = '{';
        let mut earlier = ' ';
        let mut signs = text[start + word.len()..].char_indices();
        while let Some((index, sign)) = signs.next() {
            match sign {
                '{' => depth += 1,
                '}' => depth -= 1,
                '"' => {
                    let mut words = String::new();
                    while let Some((_, inner)) = signs.next() {
                        match inner {
                            '\\' => {
                                signs.next();
                            }
                            '"' => break,
                            _ => words.push(inner),
                        }
                    }
                    let is_child =
                        matches!(before, '}' | '"') || (before == '>' && earlier != '=' && earlier != '-');
                    let at = start + word.len() + index;
                    if is_child && is_language(&words) && !text[..at].ends_with("<code>") {
                        found.push(text[..at].matches('\n').count());
                    }
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if !sign.is_whitespace() {
                (earlier, before) = (before, sign);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether somebody would translate it. The name of the product and what one types into a terminal stay.
fn is_language(words: &str) -> bool {
    words.chars().any(char::is_alphabetic) && words != "Frontdesk"
}

#[cfg(test)]
mod tests {
    use super::super::lines_of;
    use super::*;

    #[test]
    fn words_in_a_view_are_found() {
        let text = "//! x\nview! {\n  <p>\"Hello\"</p>\n  <p class=\"x\">{t(w::A)}\" · \"</p>\n  {n}\n  \" requests\"\n}\n";
        assert_eq!(lines_of(LITERALS, "src/pages/a.rs", text), [3, 6]);
        assert_eq!(lines_of(LITERALS, "src/ui/a.rs", text), [0; 0]);
    }

    #[test]
    fn names_and_commands_are_no_words() {
        let text = "//! x\nview! { <b>\"Frontdesk\"</b> <code>\"cargo xtask serve\"</code> }\n";
        assert_eq!(lines_of(LITERALS, "src/pages/a.rs", text), [0; 0]);
    }

    #[test]
    fn match_arms_and_attributes_are_no_words() {
        let text =
            "//! x\nview! { <p class=move || match a { A => \"good\", B => \"bad\" } data-x=\"y\"/> }\n";
        assert_eq!(lines_of(LITERALS, "src/pages/a.rs", text), [0; 0]);
    }

    #[test]
    fn inline_styles_and_markup_are_refused() {
        assert_eq!(
            lines_of(INLINE, "src/pages/a.rs", "//! x\n<p style=\"color: red\"/>\n<p style:width=w/>\n"),
            [2]
        );
        assert_eq!(lines_of(INLINE, "public/boot.js", "a.innerHTML = b;\n"), [1]);
        assert_eq!(lines_of(INLINE, "index.html", "<p style=\"x\"></p>\n"), [1]);
    }

    #[test]
    fn paths_are_spelled_once() {
        assert_eq!(lines_of(PATHS, "src/pages/a.rs", "//! x\n<a href=\"/support\">\n"), [2]);
        assert_eq!(lines_of(PATHS, "src/route.rs", "//! x\n<a href=\"/support\">\n"), [0; 0]);
    }
}

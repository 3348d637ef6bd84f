//! Sheets: tokens are the only literals, and directions are those of the text.

use super::{Fault, Source};

/// Where colors and lengths are written.
pub(super) const TOKENS: &str = "Tokens";
/// Which properties a sheet uses.
pub(super) const LOGICAL: &str = "Logical properties";

const PHYSICAL: [&str; 14] = [
    "margin-left",
    "margin-right",
    "margin-top",
    "margin-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "padding-bottom",
    "border-left",
    "border-right",
    "left",
    "right",
    "top",
    "bottom",
];

pub(super) fn check(source: &Source) -> Vec<Fault> {
    if !source.name.ends_with(".css") {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let text = without_comments(&source.text);
    for (index, line) in text.lines().enumerate() {
        let value = line.split_once(':').map_or(line, |(_, value)| value);
        if source.name != "style/tokens.css" && (has_hex_color(value) || has_pixels(line)) {
            faults.push(source.fault(
                index,
                TOKENS,
                "colors and px (but 1px and 2px) stand in style/tokens.css alone",
            ));
        }
        if line.contains("!important") {
            faults.push(source.fault(index, TOKENS, "`!important` hides which layer decides"));
        }
        let property = line.trim_start().split(':').next().unwrap_or_default();
        let is_physical = PHYSICAL.iter().any(|physical| {
            property == *physical || property.strip_prefix(physical).is_some_and(|rest| rest.starts_with('-'))
        });
        if line.contains(':') && is_physical {
            faults.push(source.fault(
                index,
                LOGICAL,
                format!("`{property}` has a logical name (inline, block)"),
            ));
        }
    }
    faults
}

/// The sheet with its comments blanked, line by line.
fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::with_capacity(text.len());
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        let (comment, after) = comment.split_once("*/").unwrap_or((comment, ""));
        plain.extend(comment.chars().filter(|sign| *sign == '\n'));
        rest = after;
    }
    plain.push_str(rest);
    plain
}

fn has_hex_color(value: &str) -> bool {
    value.match_indices('#').any(|(start, _)| {
        let digits = value[start + 1..].chars().take_while(char::is_ascii_hexdigit).count();
        let after = value[start + 1..].chars().nth(digits);
        matches!(digits, 3 | 4 | 6 | 8)
            && !after.is_some_and(|sign| sign.is_alphanumeric() || sign == '-' || sign == '_')
    })
}

fn has_pixels(line: &str) -> bool {
    line.match_indices("px").any(|(end, _)| {
        let number: String =
            line[..end].chars().rev().take_while(|sign| sign.is_ascii_digit() || *sign == '.').collect();
        let after = line[end + 2..].chars().next();
        let is_unit = !number.is_empty() && !after.is_some_and(|sign| sign.is_alphanumeric());
        is_unit && number != "1" && number != "2"
    })
}

#[cfg(test)]
mod tests {
    use super::super::lines_of;
    use super::*;

    #[test]
    fn colors_and_lengths_are_tokens() {
        let text =
            ".a { color: #fff; }\n.b { inline-size: 12px; }\n.c { border: 1px solid var(--color-line); }\n";
        assert_eq!(lines_of(TOKENS, "style/ui/a.css", text), [1, 2]);
        assert_eq!(lines_of(TOKENS, "style/tokens.css", text), [0; 0]);
    }

    #[test]
    fn comments_and_anchors_are_no_colors() {
        assert_eq!(
            lines_of(TOKENS, "style/ui/a.css", "/* #fff\n 12px */\n.a { mask: url(#added-later); }\n"),
            [0; 0]
        );
    }

    #[test]
    fn directions_are_those_of_the_text() {
        assert_eq!(
            lines_of(
                LOGICAL,
                "style/ui/a.css",
                ".a {\n  margin-left: 0;\n  margin-inline: 0;\n  top: 0;\n}\n"
            ),
            [2, 4]
        );
    }
}

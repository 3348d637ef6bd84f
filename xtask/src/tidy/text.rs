//! Files that read alike everywhere.

use super::{Fault, Source};

/// How lines and files end.
pub(super) const WHITE_SPACE: &str = "White space";

pub(super) fn check(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        if line.ends_with(' ') || line.ends_with('\t') || line.ends_with('\r') {
            faults.push(source.fault(index, WHITE_SPACE, "white space at the end of the line"));
        }
    }
    if !source.text.is_empty() && !source.text.ends_with('\n') {
        let last = source.text.lines().count().saturating_sub(1);
        faults.push(source.fault(last, WHITE_SPACE, "a file ends with a line break"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::lines_of;
    use super::*;

    #[test]
    fn lines_end_where_their_words_end() {
        assert_eq!(lines_of(WHITE_SPACE, "README.md", "a \nb\nc"), [1, 3]);
        assert_eq!(lines_of(WHITE_SPACE, "README.md", "a\n\nb\n"), [0; 0]);
    }
}

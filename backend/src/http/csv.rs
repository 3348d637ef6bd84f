//! Lines of a CSV file (RFC 4180).

/// A line with its end. A cell that a table program would take for a formula begins with an apostrophe, which makes
/// it a text there.
pub fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let is_quoted = is_formula || text.contains(['"', ',', '\r', '\n']) || text.trim() != text;
    let apostrophe = if is_formula { "'" } else { "" };
    if is_quoted { format!("\"{apostrophe}{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(cell(text), expected);
    }

    #[test]
    fn a_formula_is_made_a_text() {
        check("=1+1", "\"'=1+1\"");
        check("+49 30", "\"'+49 30\"");
        check("-5", "\"'-5\"");
        check("@SUM(A1)", "\"'@SUM(A1)\"");
        check("\t=1", "\"'\t=1\"");
        check("\r=1", "\"'\r=1\"");
    }

    #[test]
    fn what_separates_is_quoted() {
        check("plain – é 動画", "plain – é 動画");
        check("a,b", "\"a,b\"");
        check("say \"no\"", "\"say \"\"no\"\"\"");
        check("two\nlines", "\"two\nlines\"");
        assert_eq!(line(&["a".to_owned(), String::new(), "b,c".to_owned()]), "a,,\"b,c\"\r\n");
    }

    proptest! {
        #[test]
        fn a_line_has_as_many_cells_as_were_given(cells in prop::collection::vec(any::<String>(), 1..6)) {
            let line = line(&cells);
            prop_assert_eq!(read(line.trim_end_matches("\r\n")).len(), cells.len());
        }
    }

    /// A reader as RFC 4180 describes it.
    fn read(line: &str) -> Vec<String> {
        let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if is_quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    cell.push('"');
                }
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => cells.push(std::mem::take(&mut cell)),
                letter => cell.push(letter),
            }
        }
        cells.push(cell);
        cells
    }
}

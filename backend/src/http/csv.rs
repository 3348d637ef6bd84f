//! Lines and files of CSV (RFC 4180).

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{AppendHeaders, IntoResponse, Response};
use tokio_stream::wrappers::ReceiverStream;

/// So many rows are read at once for a file.
pub const FILE_ROWS: usize = 2_000;

/// A line with its end. A cell that a table program would take for a formula begins with an apostrophe, which makes
/// it a text there.
pub fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}

/// A cell in quotes, and otherwise as in [`line()`].
pub fn quoted(text: &str) -> String {
    let apostrophe = if is_formula(text) { "'" } else { "" };
    format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
}

/// A file of rows that are read while it is written. `page` gives the cells of the rows behind a number, each with its
/// own number and its cells as they stand in the file; fewer than [`FILE_ROWS`] are the last.
pub fn file<Rows>(name: &str, head: &str, page: impl Fn(u64) -> Rows + Send + 'static) -> Response
where
    Rows: Future<Output = Result<Vec<(u64, Vec<String>)>, sqlx::Error>> + Send,
{
    let (sender, receiver) = tokio::sync::mpsc::channel::<std::io::Result<String>>(2);
    let mut text = format!("\u{feff}{head}\r\n");
    tokio::spawn(async move {
        let mut after = 0;
        loop {
            let rows = match page(after).await {
                Ok(rows) => rows,
                Err(error) => {
                    let _ = sender.send(Err(std::io::Error::other(error))).await;
                    return;
                }
            };
            for (number, cells) in &rows {
                after = *number;
                text.push_str(&cells.join(","));
                text.push_str("\r\n");
            }
            let is_last = rows.len() < FILE_ROWS;
            if sender.send(Ok(std::mem::take(&mut text))).await.is_err() || is_last {
                return;
            }
        }
    });
    let headers = AppendHeaders([
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ]);
    (headers, Body::from_stream(ReceiverStream::new(receiver))).into_response()
}

fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

fn cell(text: &str) -> String {
    let is_quoted = is_formula(text) || text.contains(['"', ',', '\r', '\n']) || text.trim() != text;
    if is_quoted { quoted(text) } else { text.to_owned() }
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

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
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

//! Reading a list of people as spreadsheets write it: any separator, quotes, line ends, with or without a byte order
//! mark, slice by slice so that the page stays alive. What is wrong is named by row and column; the rest goes on.

/// The longest cell that is kept; the rest of a longer one is left out, and said.
pub const CELL_MAX: usize = 1_000;
/// So many flaws are named; more are only counted.
pub const FLAWS_MAX: usize = 100;
/// So much of the beginning is looked at to find out the separator.
const HEAD: usize = 64 * 1_024;
/// So many lines of it.
const HEAD_LINES: usize = 20;

/// What stands between cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Separator {
    /// `,`
    #[default]
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
}

impl Separator {
    const ALL: [Self; 3] = [Self::Tab, Self::Semicolon, Self::Comma];

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// What is wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Bytes that are no UTF-8.
    Encoding,
    /// Characters that no text has.
    Nul,
    /// It has so many bytes, and only the beginning is kept.
    Long(usize),
    /// Its quotes never end, so that everything below it belongs to it.
    Unclosed,
}

/// A cell with something wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flaw {
    /// The row as a spreadsheet counts, from 1.
    pub row: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// Cells in rows, close together: 200,000 rows are two texts and not two million.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<u32>,
    /// The first cell of each row, and its number in the file.
    rows: Vec<(u32, u32)>,
    width: usize,
}

impl Table {
    /// How many rows there are; those with nothing in them are left out.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many cells the longest row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A cell, without white space around it; empty where there is none.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let Some((first, _)) = self.rows.get(row) else { return "" };
        let next = self.rows.get(row + 1).map_or(self.ends.len(), |(next, _)| index(*next));
        let place = index(*first) + column;
        if place >= next {
            return "";
        }
        let start =
            place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| index(*end));
        let end = self.ends.get(place).map_or(start, |end| index(*end));
        plain(self.text.get(start..end).unwrap_or_default())
    }

    /// The number of a row in the file, as a spreadsheet counts.
    pub fn number(&self, row: usize) -> usize {
        self.rows.get(row).map_or(0, |(_, number)| index(*number))
    }

    /// One line with many names, as mail programs give it: each becomes a row.
    #[must_use]
    pub fn upright(self) -> Self {
        let is_line = self.rows.len() == 1 && self.width > 1;
        let is_names =
            (0..self.width).filter(|column| self.cell(0, *column).contains('@')).count() * 2 > self.width;
        if !(is_line && is_names) {
            return self;
        }
        let rows = (0..self.ends.len()).filter_map(|cell| u32::try_from(cell).ok());
        Self { rows: rows.map(|cell| (cell, cell + 1)).collect(), width: 1, ..self }
    }

    fn begin_row(&mut self, number: u32) {
        self.rows.push((small(self.ends.len()), number));
    }

    fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(small(self.text.len()));
    }

    /// Ends a row; one with nothing in it goes.
    fn end_row(&mut self) {
        let Some((first, _)) = self.rows.last().copied() else { return };
        let first = index(first);
        let start =
            first.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| index(*end));
        if self.text.get(start..).unwrap_or_default().trim().is_empty() {
            self.text.truncate(start);
            self.ends.truncate(first);
            self.rows.pop();
        } else {
            self.width = self.width.max(self.ends.len() - first);
        }
    }
}

/// A cell as it is meant: without white space around it, and without the formula that spreadsheets use for numbers
/// that begin with 0.
fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    let formula = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    formula.map_or(cell, str::trim)
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The cells.
    pub table: Table,
    /// What stands between them.
    pub separator: Separator,
    /// The first flaws.
    pub flaws: Vec<Flaw>,
    /// How many there are.
    pub flawed: usize,
}

/// Where the reader stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// Before a cell.
    #[default]
    Start,
    /// In a cell without quotes, or behind the quotes of one.
    Plain,
    /// Within quotes.
    Quoted,
    /// Behind a quote within quotes: the end, or half of one that is meant.
    Quote,
}

/// Reads slice by slice.
#[derive(Debug, Default)]
pub struct Reader {
    /// The beginning, until the separator is known.
    head: Option<Vec<u8>>,
    sheet: Sheet,
    place: Place,
    /// The cell so far, and how many bytes it has.
    cell: Vec<u8>,
    length: usize,
    has_nul: bool,
    /// The row and column of the cell, from 1; the row is 0 between rows.
    row: usize,
    column: usize,
    is_in_row: bool,
    /// A line feed behind a carriage return ends nothing.
    was_return: bool,
}

impl Reader {
    /// A reader that has read nothing yet.
    pub fn new() -> Self {
        Self { head: Some(Vec::new()), ..Self::default() }
    }

    /// Reads on.
    pub fn feed(&mut self, bytes: &[u8]) {
        match &mut self.head {
            Some(head) => {
                head.extend_from_slice(bytes);
                if head.len() >= HEAD {
                    self.begin();
                }
            }
            None => self.read(bytes),
        }
    }

    /// How many rows there are by now.
    pub fn rows(&self) -> usize {
        self.sheet.table.len()
    }

    /// That was all.
    pub fn finish(mut self) -> Sheet {
        self.begin();
        if self.place == Place::Quoted {
            self.flaw(Fault::Unclosed);
        }
        if self.is_in_row {
            self.end_cell();
            self.sheet.table.end_row();
        }
        self.sheet
    }

    fn begin(&mut self) {
        let Some(head) = self.head.take() else { return };
        let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head);
        self.sheet.separator = separator(head);
        self.read(head);
    }

    fn read(&mut self, bytes: &[u8]) {
        let separator = self.sheet.separator.byte();
        for byte in bytes.iter().copied() {
            let was_return = std::mem::take(&mut self.was_return);
            match (self.place, byte) {
                (Place::Start | Place::Plain, b'\n') if was_return => {}
                (Place::Start, b'"') => {
                    self.begin_cell();
                    self.place = Place::Quoted;
                }
                (Place::Quoted, b'"') => self.place = Place::Quote,
                (Place::Quoted, _) => self.take(byte),
                (Place::Quote, b'"') => {
                    self.take(byte);
                    self.place = Place::Quoted;
                }
                (Place::Start | Place::Plain | Place::Quote, b'\r' | b'\n') => {
                    self.was_return = byte == b'\r';
                    self.end_line();
                }
                (Place::Start | Place::Plain | Place::Quote, _) if byte == separator => {
                    self.begin_cell();
                    self.end_cell();
                    self.column += 1;
                    self.place = Place::Start;
                }
                (Place::Start | Place::Plain | Place::Quote, _) => {
                    self.begin_cell();
                    self.take(byte);
                    self.place = Place::Plain;
                }
            }
        }
    }

    fn begin_cell(&mut self) {
        if !self.is_in_row {
            self.is_in_row = true;
            self.row += 1;
            self.column = 1;
            self.sheet.table.begin_row(small(self.row));
        }
    }

    fn take(&mut self, byte: u8) {
        if byte == 0 {
            self.has_nul = true;
            return;
        }
        self.length += 1;
        if self.cell.len() < CELL_MAX {
            self.cell.push(byte);
        }
    }

    fn end_cell(&mut self) {
        if std::mem::take(&mut self.has_nul) {
            self.flaw(Fault::Nul);
        }
        let length = std::mem::take(&mut self.length);
        let mut cell = std::mem::take(&mut self.cell);
        if length > cell.len() {
            self.flaw(Fault::Long(length));
            // A character that was cut in two is no flaw of the file.
            while cell.last().is_some_and(|byte| byte & 0xC0 == 0x80) {
                cell.pop();
            }
            if cell.last().is_some_and(|byte| *byte >= 0x80) {
                cell.pop();
            }
        }
        match std::str::from_utf8(&cell) {
            Ok(text) => self.sheet.table.push(text),
            Err(_) => {
                self.flaw(Fault::Encoding);
                self.sheet.table.push(&String::from_utf8_lossy(&cell));
            }
        }
        cell.clear();
        self.cell = cell;
        self.place = Place::Start;
    }

    fn end_line(&mut self) {
        if self.is_in_row {
            self.end_cell();
            self.sheet.table.end_row();
            self.is_in_row = false;
        } else {
            self.row += 1;
        }
        self.place = Place::Start;
    }

    fn flaw(&mut self, fault: Fault) {
        self.sheet.flawed += 1;
        if self.sheet.flaws.len() < FLAWS_MAX {
            self.sheet.flaws.push(Flaw { row: self.row.max(1), column: self.column.max(1), fault });
        }
    }
}

/// What stands between the cells of the first lines: what is in each of them, and most often.
fn separator(head: &[u8]) -> Separator {
    let mut lines: Vec<[usize; 3]> = vec![[0; 3]];
    let mut is_quoted = false;
    for byte in head {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => {
                if lines.len() > HEAD_LINES {
                    break;
                }
                lines.push([0; 3]);
            }
            _ if !is_quoted => {
                let place = Separator::ALL.iter().position(|separator| separator.byte() == *byte);
                if let (Some(place), Some(line)) = (place, lines.last_mut())
                    && let Some(count) = line.get_mut(place)
                {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    // The last line may be cut, and empty ones say nothing.
    if lines.len() > 2 {
        lines.pop();
    }
    let mut best = (Separator::default(), (0, 0));
    for (place, separator) in Separator::ALL.into_iter().enumerate() {
        let counts = || lines.iter().filter_map(|line| line.get(place).copied());
        let lines_with = counts().filter(|count| *count > 0).count();
        let score = (lines_with, counts().sum::<usize>());
        if score > best.1 {
            best = (separator, score);
        }
    }
    best.0
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Sheet {
        let mut reader = Reader::new();
        reader.feed(bytes);
        reader.finish()
    }

    fn rows(sheet: &Sheet) -> Vec<Vec<String>> {
        let table = &sheet.table;
        (0..table.len())
            .map(|row| (0..table.width()).map(|column| table.cell(row, column).to_owned()).collect())
            .collect()
    }

    #[track_caller]
    fn check(text: &str, wanted: &[&[&str]]) {
        let sheet = read(text.as_bytes());
        assert_eq!(rows(&sheet), wanted, "{text:?}");
        assert_eq!(sheet.flawed, 0, "{text:?}");
    }

    #[test]
    fn lists_are_read_as_spreadsheets_write_them() {
        check("a@x\nb@x\n", &[&["a@x"], &["b@x"]]);
        check("mail;name\r\na@x;Hana, K.\r\n", &[&["mail", "name"], &["a@x", "Hana, K."]]);
        check("mail\tname\na@x\tHana; K.", &[&["mail", "name"], &["a@x", "Hana; K."]]);
        check("\u{feff}mail,name\ra@x,\"K, \"\"H\"\"\"\r", &[&["mail", "name"], &["a@x", "K, \"H\""]]);
        check("a,\"two\r\nlines\"\nb,c", &[&["a", "two\r\nlines"], &["b", "c"]]);
        check("n;x\n=\"00420\";1\n \n\n+33 6;2", &[&["n", "x"], &["00420", "1"], &["+33 6", "2"]]);
        check("", &[]);
        check("\u{feff}\n ;\n", &[]);
    }

    #[test]
    fn rows_have_the_numbers_of_the_file() {
        let sheet = read(b"mail\n\na@x\n,,\nb@x\n");
        let numbers: Vec<usize> = (0..sheet.table.len()).map(|row| sheet.table.number(row)).collect();
        assert_eq!(numbers, [1, 3, 5]);
    }

    #[test]
    fn one_line_of_addresses_is_a_list() {
        let table = read(b"a@x; b@x ;c@x").table.upright();
        assert_eq!((table.len(), table.width(), table.cell(1, 0)), (3, 1, "b@x"));
        let table = read(b"a@x;Hana;12").table.upright();
        assert_eq!(table.len(), 1, "a row with one address is a row");
    }

    #[test]
    fn what_is_wrong_is_named_and_the_rest_goes_on() {
        let mut bytes = b"mail;name\nh\xE9l\xE8ne@x;1\na\0b@x;2\n".to_vec();
        bytes.extend(std::iter::repeat_n(b'x', 3_000_000));
        bytes.extend(b";3\nlast@x;\"4");
        let sheet = read(&bytes);
        let faults: Vec<(usize, usize, Fault)> =
            sheet.flaws.iter().map(|flaw| (flaw.row, flaw.column, flaw.fault)).collect();
        let wanted = [
            (2, 1, Fault::Encoding),
            (3, 1, Fault::Nul),
            (4, 1, Fault::Long(3_000_000)),
            (5, 2, Fault::Unclosed),
        ];
        assert_eq!(faults, wanted);
        let table = &sheet.table;
        assert_eq!((table.cell(2, 0), table.cell(3, 1), table.cell(4, 0)), ("ab@x", "3", "last@x"));
        assert_eq!(table.cell(3, 0).len(), CELL_MAX);
    }

    #[test]
    fn a_letter_that_was_cut_is_no_flaw_of_the_encoding() {
        let sheet = read(format!("{}é{}", "x".repeat(CELL_MAX - 1), "y".repeat(9)).as_bytes());
        assert_eq!(
            sheet.flaws.iter().map(|flaw| flaw.fault).collect::<Vec<_>>(),
            [Fault::Long(CELL_MAX + 10)]
        );
    }

    #[test]
    fn two_hundred_thousand_rows_are_read() {
        let mut reader = Reader::new();
        for number in 0..200_000 {
            reader.feed(format!("person{number}@acme.example;{number}\r\n").as_bytes());
        }
        let sheet = reader.finish();
        assert_eq!((sheet.table.len(), sheet.table.width()), (200_000, 2));
        assert_eq!(sheet.table.cell(199_999, 0), "person199999@acme.example");
    }

    fn written(rows: &[Vec<String>], separator: Separator) -> String {
        let line = |row: &Vec<String>| {
            let cells: Vec<String> =
                row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            cells.join(&char::from(separator.byte()).to_string())
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\r\n")
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_again(
            rows_in in proptest::collection::vec(proptest::collection::vec("[^\0]{1,12}", 3), 1..12),
            separator in proptest::sample::select(Separator::ALL.to_vec()),
            cut in 1_usize..50,
        ) {
            let text = written(&rows_in, separator);
            let mut reader = Reader::new();
            for slice in text.as_bytes().chunks(cut) {
                reader.feed(slice);
            }
            let sheet = reader.finish();
            let wanted: Vec<Vec<String>> = rows_in
                .iter()
                .filter(|row| row.iter().any(|cell| !cell.trim().is_empty()))
                .map(|row| row.iter().map(|cell| plain(cell).to_owned()).collect())
                .collect();
            prop_assert_eq!(rows(&sheet), wanted);
        }

        #[test]
        fn no_file_stops_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 1_usize..40) {
            let mut reader = Reader::new();
            for slice in bytes.chunks(cut) {
                reader.feed(slice);
            }
            let sheet = reader.finish();
            prop_assert_eq!(&read(&bytes), &sheet);
            for row in 0..sheet.table.len() {
                for column in 0..=sheet.table.width() {
                    let _ = sheet.table.cell(row, column);
                }
            }
        }
    }
}

//! Rows of a CSV: RFC 4180 as `csv-core` reads it, with the delimiters and first lines that spreadsheets write.

use csv_core::{ReadRecordResult, ReaderBuilder};

/// What may stand between fields. Spreadsheets write semicolons where the comma is the decimal sign.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The rows of a list, and what tells them apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// Names of the columns in the list's own words.
    pub columns: Vec<String>,
    /// The rows below. Fields without a column, which spreadsheets leave behind, are left out if they are empty.
    pub rows: Vec<Vec<String>>,
    /// Number of the first of the rows, as a spreadsheet counts.
    pub first_row: usize,
    /// What stands between the fields.
    pub delimiter: char,
}

/// Reads a list. The delimiter is what a first line `sep=;` names, else the one that finds the most columns `is_known` knows.
pub(super) fn table(text: &str, is_known: &dyn Fn(&str) -> bool) -> Table {
    let named = text
        .strip_prefix("sep=")
        .and_then(|rest| rest.split_once('\n'))
        .and_then(|(sign, below)| Some((*sign.trim_end_matches('\r').as_bytes().first()?, below)));
    let (delimiter, text, first_row) = match named {
        Some((delimiter, below)) => (delimiter, below, 3),
        None => {
            let first_line = text.lines().next().unwrap_or_default();
            let known = |delimiter: &u8| {
                let columns = rows(first_line, *delimiter).into_iter().next();
                let columns = columns.unwrap_or_default();
                columns.iter().filter(|column| is_known(column)).count()
            };
            // Of equals the comma, which comes first here and is the last that `max_by_key` meets.
            let found = DELIMITERS
                .iter()
                .rev()
                .max_by_key(|delimiter| known(delimiter));
            (*found.unwrap_or(&b','), text, 2)
        }
    };
    let mut rows = rows(text, delimiter).into_iter();
    let mut columns = rows.next().unwrap_or_default();
    while columns.last().is_some_and(String::is_empty) {
        columns.pop();
    }
    let count = columns.len();
    let rows = rows.map(|mut row| {
        while row.len() > count && row.last().is_some_and(String::is_empty) {
            row.pop();
        }
        row
    });
    Table {
        rows: rows.collect(),
        columns,
        first_row,
        delimiter: char::from(delimiter),
    }
}

/// All rows, each field without the spaces around it. Empty lines are no rows.
fn rows(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let mut input = text.as_bytes();
    // No row is longer than all of them, and none has more fields than there are bytes.
    let mut fields = vec![0; text.len() + 1];
    let mut ends = vec![0; text.len() + 1];
    let mut rows = Vec::new();
    loop {
        let (mut written, mut count) = (0, 0);
        loop {
            let (result, read, wrote, ended) =
                reader.read_record(input, &mut fields[written..], &mut ends[count..]);
            input = &input[read..];
            written += wrote;
            count += ended;
            match result {
                // With no more to read, the next call ends the last row.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return rows,
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    unreachable!("the buffers hold the whole text")
                }
            }
        }
        let starts = std::iter::once(0).chain(ends[..count].iter().copied());
        rows.push(
            starts
                .zip(&ends[..count])
                .map(|(start, &end)| {
                    String::from_utf8_lossy(&fields[start..end])
                        .trim()
                        .to_owned()
                })
                .collect(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_commas_and_line_ends() {
        assert_eq!(
            rows("a, b\r\n\"x, \"\"y\"\"\nz\",ü\n\nlast,", b','),
            [["a", "b"], ["x, \"y\"\nz", "ü"], ["last", ""]]
        );
        assert!(rows("", b',').is_empty());
        assert_eq!(rows("one", b','), [["one"]]);
    }

    #[test]
    fn the_delimiter_is_the_one_that_finds_the_columns() {
        let is_known = |name: &str| ["text", "output"].contains(&name);
        for (text, delimiter) in [
            ("text,output\nHello; you,a.mp4\n", ','),
            ("output;text\na.mp4;Hello, you\n", ';'),
            ("text\toutput\nHello, you; and you\ta.mp4\n", '\t'),
            ("\"text\"|\"output\"\nHello|a.mp4\n", '|'),
            ("nothing here\n", ','),
        ] {
            let table = table(text, &is_known);
            assert_eq!(table.delimiter, delimiter, "{text}");
            assert!(
                table
                    .rows
                    .iter()
                    .all(|row| row.len() == table.columns.len())
            );
        }
    }

    #[test]
    fn what_spreadsheets_leave_behind_is_left_out() {
        let is_known = |name: &str| ["text", "output"].contains(&name);
        let table = table(
            "sep=;\r\ntext;output;;\r\nHello;a.mp4;;\r\n;;;\r\n",
            &is_known,
        );
        assert_eq!(table.columns, ["text", "output"]);
        assert_eq!(table.rows, [["Hello", "a.mp4"], ["", ""]]);
        assert_eq!(table.first_row, 3);
    }
}

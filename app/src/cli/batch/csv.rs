//! Rows of a CSV: RFC 4180 as `csv-core` reads it.

use csv_core::{ReadRecordResult, Reader};

/// All rows, each field without the spaces around it. Empty lines are no rows.
pub(super) fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = Reader::new();
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
            rows("a, b\r\n\"x, \"\"y\"\"\nz\",ü\n\nlast,"),
            [["a", "b"], ["x, \"y\"\nz", "ü"], ["last", ""]]
        );
        assert!(rows("").is_empty());
        assert_eq!(rows("one"), [["one"]]);
    }
}

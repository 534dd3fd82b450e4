//! An answer on its way: server-sent events whose data are pieces of a chat completion, or one chat completion as a whole.

use std::io::{BufRead, ErrorKind, Read as _};

use serde_json::Value;

use super::error::short;
use super::{Answer, EndpointError, MAX_ANSWER_CHARS};
use crate::texts::text;

/// Longest line of a stream, and longest answer that comes as a whole.
const MAX_LINE_BYTES: u64 = 1 << 20;

/// Reads an answer to its end and hands on its pieces; `on_piece` says whether to go on.
///
/// # Errors
/// [`EndpointError`]; `None` where `on_piece` ended it.
pub(super) fn read(
    body: &mut dyn BufRead,
    is_stream: bool,
    host: &str,
    on_piece: &mut dyn FnMut(&str) -> bool,
) -> Result<Option<Answer>, EndpointError> {
    let mut reader = AnswerReader {
        host,
        answer: Answer::default(),
        characters: 0,
        is_complete: false,
    };
    if !is_stream {
        let mut whole = Vec::new();
        body.take(MAX_LINE_BYTES + 1)
            .read_to_end(&mut whole)
            .map_err(|error| reader.broken(&error))?;
        if whole.len() as u64 > MAX_LINE_BYTES {
            return Err(reader.too_long());
        }
        let value = serde_json::from_slice(&whole).map_err(|_| {
            let begin: String = String::from_utf8_lossy(&whole).chars().take(40).collect();
            reader.malformed(&text!("endpoint-begins", beginning = short(&begin)))
        })?;
        return match reader.take(&value, on_piece)? {
            true => Ok(Some(reader.answer)),
            false => Ok(None),
        };
    }
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = body
            .take(MAX_LINE_BYTES + 1)
            .read_until(b'\n', &mut line)
            .map_err(|error| reader.broken(&error))?;
        if read as u64 > MAX_LINE_BYTES {
            return Err(reader.too_long());
        }
        if read == 0 {
            break;
        }
        // What is no data is a comment, a name or an empty line between events.
        let Some(data) = line.strip_prefix(b"data:") else {
            continue;
        };
        let data = data.trim_ascii();
        if data == b"[DONE]" {
            reader.is_complete = true;
            break;
        }
        let value =
            serde_json::from_slice(data).map_err(|_| reader.malformed(text!("endpoint-json")))?;
        if !reader.take(&value, on_piece)? {
            return Ok(None);
        }
        // Not all servers end with a mark of their own after the last piece.
        if reader.is_complete {
            break;
        }
    }
    match reader.is_complete {
        true => Ok(Some(reader.answer)),
        false => Err(reader.cut_off()),
    }
}

struct AnswerReader<'a> {
    host: &'a str,
    answer: Answer,
    characters: usize,
    is_complete: bool,
}

impl AnswerReader<'_> {
    /// Takes a chat completion or a piece of one. `false` to end.
    fn take(
        &mut self,
        value: &Value,
        on_piece: &mut dyn FnMut(&str) -> bool,
    ) -> Result<bool, EndpointError> {
        if let Some(words) = error_words(value) {
            return Err(EndpointError::Server {
                host: self.host.to_owned(),
                reason: short(&words),
            });
        }
        let Some(choices) = value["choices"].as_array() else {
            return Err(self.malformed(text!("endpoint-choices")));
        };
        // The last piece of some servers holds counts alone.
        let Some(choice) = choices.first() else {
            return Ok(true);
        };
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.is_complete = true;
            self.answer.is_shortened = reason == "length";
        }
        let content = [&choice["delta"], &choice["message"]]
            .into_iter()
            .find_map(|message| message["content"].as_str());
        let Some(piece) = content.filter(|piece| !piece.is_empty()) else {
            return Ok(true);
        };
        self.characters += piece.chars().count();
        if self.characters > MAX_ANSWER_CHARS {
            return Err(self.too_long());
        }
        self.answer.text.push_str(piece);
        Ok(on_piece(piece))
    }

    fn broken(&self, error: &std::io::Error) -> EndpointError {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        let is_timeout = matches!(inner, Some(ureq::Error::Timeout(_)))
            || matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock);
        match is_timeout {
            // Whoever asked knows how long that was.
            true => EndpointError::Silent {
                host: self.host.to_owned(),
                secs: 0,
            },
            false => self.cut_off(),
        }
    }

    fn cut_off(&self) -> EndpointError {
        EndpointError::CutOff {
            host: self.host.to_owned(),
        }
    }

    fn malformed(&self, reason: &str) -> EndpointError {
        EndpointError::Malformed {
            host: self.host.to_owned(),
            reason: reason.to_owned(),
        }
    }

    fn too_long(&self) -> EndpointError {
        EndpointError::TooLong {
            host: self.host.to_owned(),
            limit: MAX_ANSWER_CHARS,
        }
    }
}

/// What a server says is wrong, in one of the usual forms.
pub(super) fn error_words(value: &Value) -> Option<String> {
    let error = value.get("error").filter(|error| !error.is_null());
    let words = match error {
        Some(Value::String(words)) => Some(words.as_str()),
        Some(error) => Some(
            error["message"]
                .as_str()
                .unwrap_or(text!("endpoint-no-reason")),
        ),
        None => ["message", "detail"]
            .iter()
            .filter(|_| value.get("choices").is_none())
            .find_map(|key| value[key].as_str()),
    };
    words.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(text: &str) -> Result<Option<Answer>, EndpointError> {
        read(&mut text.as_bytes(), true, "host", &mut |_| true)
    }

    #[test]
    fn pieces_make_an_answer() {
        let text = ": comment\n\nevent: x\ndata: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n\
                    data:{\"choices\":[{\"delta\":{\"content\":\"A \"}}]}\r\n\r\n\
                    data: {\"choices\":[{\"delta\":{\"content\":\"dog.\"},\"finish_reason\":\"length\"}]}\n\n\
                    data: {\"choices\":[]}\n\ndata: [DONE]\n\n";
        let mut pieces = Vec::new();
        let answer = read(&mut text.as_bytes(), true, "host", &mut |piece| {
            pieces.push(piece.to_owned());
            true
        });
        let answer = answer.unwrap().unwrap();
        assert_eq!(
            (answer.text.as_str(), answer.is_shortened),
            ("A dog.", true)
        );
        assert_eq!(pieces, ["A ", "dog."]);
    }

    #[test]
    fn whoever_listens_may_end_it() {
        let text = "data: {\"choices\":[{\"delta\":{\"content\":\"A\"}}]}\n\n";
        assert!(
            read(&mut text.as_bytes(), true, "host", &mut |_| false)
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        let piece = "data: {\"choices\":[{\"delta\":{\"content\":\"A\"}}]}\n\n";
        assert!(matches!(streamed(piece), Err(EndpointError::CutOff { .. })));
        assert!(matches!(streamed(""), Err(EndpointError::CutOff { .. })));
        assert!(matches!(
            streamed("data: {\"cho"),
            Err(EndpointError::Malformed { .. })
        ));
        assert!(matches!(
            streamed("data: {\"x\":1}\n"),
            Err(EndpointError::Malformed { .. })
        ));
        let failed =
            streamed("data: {\"error\":{\"message\":\"out of\\n memory\"}}\n").unwrap_err();
        assert!(failed.to_string().contains("out of memory"), "{failed}");
        let long = format!("data: {}", "x".repeat(2 << 20));
        assert!(matches!(
            streamed(&long),
            Err(EndpointError::TooLong { .. })
        ));
        let whole = read(&mut b"<html>".as_slice(), false, "host", &mut |_| true);
        assert!(whole.unwrap_err().to_string().contains("<html>"));
    }
}

//! Times before words, in the ways in which models and subtitles write them.

use super::markup::without_bullet;

/// Words with their times as they were written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TimedText {
    pub start_secs: f64,
    pub end_secs: Option<f64>,
    pub text: String,
}

/// A line that begins with a time or with a span.
pub(super) fn timed(line: &str) -> Option<TimedText> {
    let line = without_bullet(line);
    let (closing, rest) = match line.chars().next()? {
        '[' => (Some(']'), &line[1..]),
        '(' => (Some(')'), &line[1..]),
        _ => (None, line),
    };
    let (start, rest) = Clock::parse(rest)?;
    let (end, rest) = match span_end(rest) {
        Some((end, rest)) if closing.is_some() || end.is_surely_a_time => (Some(end), rest),
        _ => (None, rest),
    };
    let rest = rest.trim_start();
    let rest = match closing {
        Some(closing) => rest.strip_prefix(closing)?,
        None => rest,
    };
    let rest = rest.trim_start_matches(['*', '_']).trim_start();
    let separated = rest.strip_prefix([':', '-', '–', '—', ',']);
    let is_time = closing.is_some() || start.is_surely_a_time || separated.is_some();
    is_time.then(|| TimedText {
        start_secs: start.secs,
        end_secs: end.map(|end| end.secs),
        text: separated
            .unwrap_or(rest)
            .trim_start_matches(['*', '_'])
            .trim()
            .to_owned(),
    })
}

/// Blocks of subtitles (SRT, VTT); none in a text without their arrows.
pub(super) fn subtitle_blocks(text: &str) -> Option<Vec<TimedText>> {
    let mut blocks: Vec<TimedText> = Vec::new();
    let mut is_in_block = false;
    for line in text.lines() {
        let times = line.split_once("-->").and_then(|(start, end)| {
            let (start, _) = Clock::parse(start.trim())?;
            let (end, _) = Clock::parse(end.trim())?;
            Some((start.secs, end.secs))
        });
        if let Some((start_secs, end_secs)) = times {
            blocks.push(TimedText {
                start_secs,
                end_secs: Some(end_secs),
                text: String::new(),
            });
            is_in_block = true;
        } else if line.trim().is_empty() {
            is_in_block = false;
        } else if is_in_block && let Some(block) = blocks.last_mut() {
            block.text.push_str(line);
            block.text.push('\n');
        }
    }
    (!blocks.is_empty()).then_some(blocks)
}

/// The end of a span behind its start.
fn span_end(rest: &str) -> Option<(Clock, &str)> {
    let rest = rest.trim_start();
    ["-->", "-", "–", "—", "to "]
        .iter()
        .find_map(|mark| rest.strip_prefix(mark))
        .and_then(|rest| Clock::parse(rest.trim_start()))
}

/// A time: seconds, or minutes and seconds, or hours too.
struct Clock {
    secs: f64,
    /// Whether it has a colon or a unit, so that it is no number of something else.
    is_surely_a_time: bool,
}

impl Clock {
    /// The time at the beginning of a text, and what follows.
    fn parse(text: &str) -> Option<(Self, &str)> {
        let length = text
            .find(|character: char| !character.is_ascii_digit() && !":.,".contains(character))
            .unwrap_or(text.len());
        // What ends a sentence or begins words is no part of the number.
        let number = text[..length].trim_end_matches([':', '.', ',']);
        let rest = &text[number.len()..];
        let mut secs = 0.0;
        for part in number.split(':') {
            // Subtitles have a comma before the thousandths.
            let value: f64 = part.replace(',', ".").parse().ok()?;
            secs = secs * 60.0 + value;
        }
        let after_unit = ["seconds", "secs", "sec", "s"].iter().find_map(|unit| {
            let rest = rest.trim_start().strip_prefix(unit)?;
            (!rest.starts_with(char::is_alphanumeric)).then_some(rest)
        });
        let clock = Self {
            secs,
            is_surely_a_time: number.contains(':') || after_unit.is_some(),
        };
        secs.is_finite()
            .then(|| (clock, after_unit.unwrap_or(rest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_other_things_are_no_times() {
        for line in [
            "3 dogs",
            "2.5 metres",
            "1. First",
            "1) First",
            "4 steps forward",
            "[A dog] 3",
            "[1.0 A dog",
            "",
            ": 3",
            "12 - noon", // a separator makes a time of any number
        ] {
            assert_eq!(timed(line).is_some(), line == "12 - noon", "{line}");
        }
    }
}

//! What is said about a clip and when: read from a model's answer, or from a file that somebody prepared.

mod markup;
mod times;

use crate::script::{Script, ScriptVoice};
use crate::texts::text;
use markup::{plain, without_thoughts};
use times::{TimedText, subtitle_blocks, timed};

/// Lines that begin this close to each other become one.
const SAME_MOMENT_SECS: f64 = 0.5;

/// One thing that is said.
#[derive(Clone, Debug, PartialEq)]
pub struct NarrationLine {
    /// When it begins, from the start of the clip.
    pub start_secs: f64,
    /// When it should have ended; none where only the next line limits it.
    pub end_secs: Option<f64>,
    /// The words.
    pub text: String,
}

impl NarrationLine {
    /// The same as a script.
    pub fn script(&self, voice: ScriptVoice, speed: f32) -> Script {
        Script::Words {
            text: self.text.clone(),
            voice,
            speed,
        }
    }
}

/// Everything that is said, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Narration {
    /// The lines; their starts rise and lie within the clip.
    pub lines: Vec<NarrationLine>,
}

/// An answer in which there is nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NothingToSay;

impl std::error::Error for NothingToSay {}

impl std::fmt::Display for NothingToSay {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(text!("narration-empty"))
    }
}

impl Narration {
    /// Reads an answer: lines that begin with a time such as `[4.5]`, `0:04` or `4.5 s:`, subtitles (SRT, VTT), or JSON objects with
    /// `start` and `text`. An answer without times is one line at the start. Thoughts and markup of models are left out.
    ///
    /// # Errors
    /// [`NothingToSay`].
    pub fn parse(answer: &str, clip_secs: f64) -> Result<Self, NothingToSay> {
        let answer = without_thoughts(answer);
        let parts = from_json(&answer)
            .or_else(|| subtitle_blocks(&answer))
            .unwrap_or_else(|| from_lines(&answer));
        let mut lines: Vec<NarrationLine> = parts
            .into_iter()
            .map(|part| {
                let start_secs = part.start_secs.clamp(0.0, clip_secs.max(0.0));
                NarrationLine {
                    start_secs,
                    end_secs: part.end_secs.filter(|&end_secs| end_secs > start_secs),
                    text: plain(&part.text),
                }
            })
            .filter(|line| line.text.chars().any(char::is_alphanumeric))
            .collect();
        lines.sort_by(|a, b| a.start_secs.total_cmp(&b.start_secs));
        let mut narration = Self::default();
        for line in lines {
            match narration.lines.last_mut() {
                Some(last) if line.start_secs - last.start_secs < SAME_MOMENT_SECS => {
                    last.text = format!("{} {}", last.text, line.text);
                    last.end_secs = line.end_secs.or(last.end_secs);
                }
                _ => narration.lines.push(line),
            }
        }
        match narration.lines.is_empty() {
            true => Err(NothingToSay),
            false => Ok(narration),
        }
    }

    /// All its words.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        texts.join(" ")
    }
}

/// As [`Narration::parse`] reads it again.
impl std::fmt::Display for Narration {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in &self.lines {
            match line.end_secs {
                Some(end_secs) => write!(formatter, "[{:.2} - {end_secs:.2}]", line.start_secs)?,
                None => write!(formatter, "[{:.2}]", line.start_secs)?,
            }
            writeln!(formatter, " {}", line.text)?;
        }
        Ok(())
    }
}

/// Lines, of which those without a time go on with the one before. What stands before the first time is a preamble.
fn from_lines(answer: &str) -> Vec<TimedText> {
    let mut parts: Vec<TimedText> = Vec::new();
    let mut untimed = String::new();
    for line in answer.lines() {
        match (timed(line), parts.last_mut()) {
            (Some(part), _) => parts.push(part),
            (None, Some(last)) => {
                last.text.push('\n');
                last.text.push_str(line);
            }
            (None, None) => {
                untimed.push_str(line);
                untimed.push('\n');
            }
        }
    }
    if parts.is_empty() {
        parts.push(TimedText {
            start_secs: 0.0,
            end_secs: None,
            text: untimed,
        });
    }
    parts
}

/// Objects with `start` and `text`, in a list.
fn from_json(answer: &str) -> Option<Vec<TimedText>> {
    let list: Vec<serde_json::Value> = serde_json::from_str(answer.trim()).ok()?;
    list.iter()
        .map(|value| {
            let secs = |key: &str| {
                let value = &value[key];
                let secs = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
                secs.is_finite().then_some(secs)
            };
            Some(TimedText {
                start_secs: secs("start")?,
                end_secs: secs("end"),
                text: value["text"].as_str()?.to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(answer: &str) -> Vec<(f64, Option<f64>, String)> {
        let narration = Narration::parse(answer, 20.0).unwrap();
        let lines = narration.lines.into_iter();
        lines
            .map(|line| (line.start_secs, line.end_secs, line.text))
            .collect()
    }

    fn line(start_secs: f64, text: &str) -> (f64, Option<f64>, String) {
        (start_secs, None, text.to_owned())
    }

    #[test]
    fn times_are_read_in_the_ways_in_which_models_write_them() {
        let wanted = [line(0.0, "A dog runs."), line(4.5, "It stops.")];
        for answer in [
            "[0.0] A dog runs.\n[4.5] It stops.",
            "Here is the narration:\n\n**[0.0s]** A dog runs.\n- [4.5 s] It stops.",
            "0.0 s: A dog runs.\n4.5s - It stops.",
            "```\n(0:00) A dog runs.\n(0:04.5) It stops.\n```",
            "00:00 A dog\nruns.\n00:04.50 It stops.",
            "[0.0]\nA dog runs.\n[4.5]\nIt stops.",
            "[4.5] It stops.\n[0.0] A dog runs.",
            "<think>[1.0] Hm.</think><answer>[0.0] A dog runs.\n[4.5] It stops.</answer>",
            r#"[{"start": 0, "text": "A dog runs."}, {"start": "4.5", "text": "It stops."}]"#,
            "```json\n[{\"start\": 0.0, \"text\": \"A dog runs.\"}, {\"start\": 4.5, \"text\": \"It stops.\"}]\n```",
        ] {
            assert_eq!(lines(answer), wanted, "{answer}");
        }
    }

    #[test]
    fn ends_come_from_ranges_and_subtitles() {
        let wanted = [
            (0.5, Some(3.0), "A dog runs.".to_owned()),
            (4.5, Some(6.25), "It stops.".to_owned()),
        ];
        for answer in [
            "[0.5 - 3.0] A dog runs.\n[4.5s – 6.25s] It stops.",
            "0:00.5 - 0:03: A dog runs.\n0:04.5-0:06.25 It stops.",
            "1\n00:00:00,500 --> 00:00:03,000\nA dog\nruns.\n\n2\n00:00:04,500 --> 00:00:06,250\nIt stops.\n",
            "WEBVTT\n\nNOTE made by\nnobody\n\n00:00.500 --> 00:03.000 align:left\nA dog runs.\n\n00:04.500 --> 00:06.250\nIt stops.",
        ] {
            assert_eq!(lines(answer), wanted, "{answer}");
        }
    }

    #[test]
    fn prose_is_one_line_and_numbers_in_it_are_no_times() {
        for (answer, text) in [
            (
                "3 dogs run. 2.5 metres away, a cat.",
                "3 dogs run. 2.5 metres away, a cat.",
            ),
            ("1. A dog.\n2. A cat.", "1. A dog. 2. A cat."),
            ("# A *dog* runs\n\nand `barks`.", "A dog runs and barks."),
            ("<analysis>easy</analysis>A dog.", "A dog."),
        ] {
            assert_eq!(lines(answer), [line(0.0, text)]);
        }
    }

    #[test]
    fn lines_lie_within_the_clip_and_those_of_one_moment_are_one() {
        assert_eq!(
            lines("[1.0] One.\n[1.2] Two.\n[99] Three.\n[-1] Four."),
            [line(1.0, "One. Two."), line(20.0, "Three. [-1] Four.")]
        );
    }

    #[test]
    fn an_answer_without_words_is_refused() {
        for answer in ["", " \n", "<think>A dog.", "[0.0]\n[1.0] …", "***"] {
            assert_eq!(
                Narration::parse(answer, 20.0),
                Err(NothingToSay),
                "{answer}"
            );
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let narration = Narration::parse("[0.5 - 3.25] A dog.\n[4] A cat: 3.", 20.0).unwrap();
        assert_eq!(
            Narration::parse(&narration.to_string(), 20.0),
            Ok(narration)
        );
    }
}

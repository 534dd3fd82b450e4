//! Subtitles from the times of the words: SubRip (`.srt`) and WebVTT (`.vtt`).
//!
//! Two lines of at most 42 characters, as television does it, split where the speaker pauses or a sentence ends.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context;
use engine::TimedWord;
use engine::atomic_file::write_atomically;

use crate::texts::text;

/// Most characters in a line.
pub const LINE_CHARS: usize = 42;
/// Most lines at once.
pub const LINES: usize = 2;
/// A pause of this length ends a subtitle.
const PAUSE_SECS: f64 = 0.5;
/// A sentence that ends here ends the subtitle too, if the subtitle stood at least this long.
const SENTENCE_SECS: f64 = 1.5;
/// No subtitle stands longer, except for a single long word.
const MAX_SECS: f64 = 6.0;
/// Shorter ones stay on, as long as the next one has not begun.
const MIN_SECS: f64 = 1.0;

/// What stands on the screen for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Subtitle {
    /// When it appears.
    pub start_secs: f64,
    /// When it goes.
    pub end_secs: f64,
    /// One or two lines.
    pub lines: Vec<String>,
}

/// Writes the words as SRT or, where the name ends in `.vtt`, as WebVTT. The file appears whole or not at all.
///
/// # Errors
/// If the file cannot be written.
pub fn write(path: &Path, words: &[TimedWord]) -> anyhow::Result<()> {
    write_turns(path, words, &[])
}

/// As [`write()`] for several speakers: `turns` says at which of the words somebody begins, and who it is. Each turn begins a subtitle
/// with the speaker's name, if that is not empty.
///
/// # Errors
/// If the file cannot be written.
pub fn write_turns(
    path: &Path,
    words: &[TimedWord],
    turns: &[(usize, String)],
) -> anyhow::Result<()> {
    let subtitles = group_turns(words, turns);
    let is_vtt = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("vtt"));
    let text = if is_vtt {
        vtt(&subtitles)
    } else {
        srt(&subtitles)
    };
    write_atomically(path, |file| file.write_all(text.as_bytes()))
        .with_context(|| text!("subtitles-unwritable", path = path.display().to_string()))
}

/// Groups words into subtitles.
pub fn group(words: &[TimedWord]) -> Vec<Subtitle> {
    group_turns(words, &[])
}

fn group_turns(words: &[TimedWord], turns: &[(usize, String)]) -> Vec<Subtitle> {
    let first = turns.first().map_or(words.len(), |&(start, _)| start);
    let mut subtitles = grouped(words.get(..first).unwrap_or(words));
    for (index, (start, name)) in turns.iter().enumerate() {
        let end = turns.get(index + 1).map_or(words.len(), |&(next, _)| next);
        let mut said = words.get(*start..end).unwrap_or_default().to_vec();
        if let Some(word) = said.first_mut().filter(|_| !name.is_empty()) {
            word.text = format!("{name}: {}", word.text.trim_start());
        }
        subtitles.extend(grouped(&said));
    }
    for i in 0..subtitles.len() {
        let next_secs = subtitles.get(i + 1).map_or(f64::INFINITY, |s| s.start_secs);
        let subtitle = &mut subtitles[i];
        let wanted_secs = (subtitle.start_secs + MIN_SECS).min(next_secs);
        subtitle.end_secs = subtitle.end_secs.max(wanted_secs);
    }
    subtitles
}

/// Subtitles that stand exactly as long as their words.
fn grouped(words: &[TimedWord]) -> Vec<Subtitle> {
    let mut subtitles: Vec<Subtitle> = Vec::new();
    let mut texts: Vec<&str> = Vec::new();
    let (mut start_secs, mut end_secs) = (0.0, 0.0);
    for word in words {
        let text = word.text.trim();
        if text.is_empty() {
            continue;
        }
        let splits = texts.last().is_some_and(|last| {
            let so_far_secs = end_secs - start_secs;
            let sentence_ended = last.ends_with(['.', '!', '?', '…', '。']);
            word.start_secs - end_secs >= PAUSE_SECS
                || word.end_secs - start_secs > MAX_SECS
                || (sentence_ended && so_far_secs >= SENTENCE_SECS)
                || lines(&[&texts[..], &[text]].concat()).len() > LINES
        });
        if splits {
            subtitles.push(Subtitle {
                start_secs,
                end_secs,
                lines: lines(&texts),
            });
            texts.clear();
        }
        if texts.is_empty() {
            start_secs = word.start_secs.max(end_secs);
        }
        texts.push(text);
        end_secs = word.end_secs.max(start_secs);
    }
    if !texts.is_empty() {
        subtitles.push(Subtitle {
            start_secs,
            end_secs,
            lines: lines(&texts),
        });
    }
    subtitles
}

/// Words as lines: one if they fit, else two of like length, else as many as it takes.
fn lines(words: &[&str]) -> Vec<String> {
    let length = |words: &[&str]| {
        words.iter().map(|word| word.chars().count()).sum::<usize>() + words.len().saturating_sub(1)
    };
    if length(words) <= LINE_CHARS {
        return vec![words.join(" ")];
    }
    let best = (1..words.len())
        .map(|split| (length(&words[..split]).max(length(&words[split..])), split))
        .min();
    if let Some((longest, split)) = best
        && longest <= LINE_CHARS
    {
        return vec![words[..split].join(" "), words[split..].join(" ")];
    }
    // Too much for two lines; greedy, with words broken that are longer than a line.
    let mut out: Vec<String> = Vec::new();
    for word in words {
        match out.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LINE_CHARS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => {
                let letters: Vec<char> = word.chars().collect();
                out.extend(letters.chunks(LINE_CHARS).map(|part| part.iter().collect()));
            }
        }
    }
    out
}

fn srt(subtitles: &[Subtitle]) -> String {
    let mut out = String::new();
    for (number, subtitle) in (1..).zip(subtitles) {
        // An arrow in the text would be read as a time.
        let text = subtitle.lines.join("\n").replace("-->", "→");
        let (start, end) = (time(subtitle.start_secs, ','), time(subtitle.end_secs, ','));
        let _ = write!(out, "{number}\n{start} --> {end}\n{text}\n\n");
    }
    out
}

fn vtt(subtitles: &[Subtitle]) -> String {
    let mut out = "WEBVTT\n\nNOTE AI-generated speech, made with JAM-Flow\n\n".to_owned();
    for subtitle in subtitles {
        let text = subtitle
            .lines
            .join("\n")
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let (start, end) = (time(subtitle.start_secs, '.'), time(subtitle.end_secs, '.'));
        let _ = write!(out, "{start} --> {end}\n{text}\n\n");
    }
    out
}

/// Hours, minutes, seconds, milliseconds.
fn time(secs: f64, mark: char) -> String {
    let ms = (secs.max(0.0) * 1000.0).round() as u64;
    let (s, m, h) = (ms / 1000 % 60, ms / 60_000 % 60, ms / 3_600_000);
    format!("{h:02}:{m:02}:{s:02}{mark}{:03}", ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of 0.3 s, one every 0.35 s; `|` is a pause of a second.
    fn words(text: &str) -> Vec<TimedWord> {
        let mut now_secs = 0.0;
        let mut out = Vec::new();
        for word in text.split_whitespace() {
            if word == "|" {
                now_secs += 1.0;
                continue;
            }
            out.push(TimedWord {
                text: word.to_owned(),
                start_secs: now_secs,
                end_secs: now_secs + 0.3,
            });
            now_secs += 0.35;
        }
        out
    }

    #[test]
    fn short_words_make_one_line_and_pauses_split() {
        let made = group(&words("Hello there | my friend"));
        assert_eq!(made.len(), 2);
        assert_eq!(made[0].lines, ["Hello there"]);
        assert_eq!(made[1].lines, ["my friend"]);
        // Stays for a second, but not into the next one.
        assert!((made[0].end_secs - 1.0).abs() < 1e-9);
        assert!((made[1].start_secs - 1.7).abs() < 1e-9);
    }

    #[test]
    fn turns_say_who_speaks() {
        let said = words("Good morning. Well?");
        let turns = [(0, "Anna".to_owned()), (2, "2".to_owned())];
        let made = group_turns(&said, &turns);
        assert_eq!(made[0].lines, ["Anna: Good morning."]);
        assert_eq!(made[1].lines, ["2: Well?"]);
        assert!(made[0].end_secs <= made[1].start_secs);
        let nameless = group_turns(&said, &[(0, String::new()), (2, String::new())]);
        assert_eq!(nameless[1].lines, ["Well?"]);
        // Somebody whose words are still to come is nobody yet.
        assert_eq!(group_turns(&said[..2], &turns).len(), 1);
    }

    #[test]
    fn lines_are_short_and_no_subtitle_overlaps_the_next() {
        let text = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of \
                    foolishness, it was the epoch of belief. No! Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau";
        let made = group(&words(text));
        let mut said = Vec::new();
        for (i, subtitle) in made.iter().enumerate() {
            assert!(subtitle.lines.len() <= LINES);
            assert!(
                subtitle
                    .lines
                    .iter()
                    .all(|line| line.chars().count() <= LINE_CHARS)
            );
            assert!(subtitle.end_secs > subtitle.start_secs);
            assert!(subtitle.end_secs - subtitle.start_secs <= MAX_SECS);
            if let Some(next) = made.get(i + 1) {
                assert!(subtitle.end_secs <= next.start_secs + 1e-9);
            }
            said.push(subtitle.lines.join(" "));
        }
        let said = said.join(" ").replace(' ', "");
        assert_eq!(said, text.replace(' ', ""));
        assert!(
            made.iter()
                .any(|s| s.lines.last().is_some_and(|l| l.ends_with("belief.")))
        );
    }

    #[test]
    fn two_lines_are_of_like_length() {
        let made = lines(
            &"one two three four five six seven eight nine ten"
                .split(' ')
                .collect::<Vec<_>>(),
        );
        assert_eq!(
            made,
            ["one two three four five", "six seven eight nine ten"]
        );
    }

    #[test]
    fn files_have_their_format() {
        let folder = tempfile::tempdir().unwrap();
        let said = words("Tom & Jerry <3 --> end");
        let read = |name: &str| {
            let path = folder.path().join(name);
            write(&path, &said).unwrap();
            std::fs::read_to_string(path).unwrap()
        };
        assert_eq!(
            read("a.srt"),
            "1\n00:00:00,000 --> 00:00:02,050\nTom & Jerry <3 → end\n\n"
        );
        let vtt = read("a.VTT");
        assert!(vtt.starts_with("WEBVTT\n\nNOTE AI-generated"));
        assert!(
            vtt.ends_with("00:00:00.000 --> 00:00:02.050\nTom &amp; Jerry &lt;3 --&gt; end\n\n")
        );
        assert_eq!(time(3725.0496, '.'), "01:02:05.050");
        assert!(write(&folder.path().join("none/a.srt"), &said).is_err());
    }
}

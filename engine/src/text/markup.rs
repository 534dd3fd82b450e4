//! What the user says about how a text is to be spoken, written into the text itself.
//!
//! | written | means |
//! |---|---|
//! | `[Nguyen](/wɪn/)` | said with these phones: misaki's alphabet, IPA of American English, or ARPAbet (`/W IH1 N/`) |
//! | `[WWW](=World Wide Web)` | said with other words |
//! | `[NASA](#characters#)`, `#digits#`, `#ordinal#`, `#cardinal#`, `#year#` | spelled, or read as such a number |
//! | `*word*`, `[word](+1)` | emphasised; `[word](-1)` is said without weight |
//! | `[slowly, please](rate 0.8)` | at another pace, 1 being the voice's own |
//! | `[pause 0.5]`, `[pause 500 ms]` | silence |
//!
//! Tags of HTML are dropped, those of paragraphs separate paragraphs, and `<break time="1s"/>` is a silence as in SSML;
//! references such as `&amp;` are the characters that they stand for. Letters get their common form (`unicode.rs`).
//!
//! What does not have one of these forms is text; `\[`, `\]` and `\*` are the signs themselves.

use std::collections::HashMap;
use std::ops::Range;

use super::TextError;
use super::html::{self, Tag, Unclosed};
use super::normalize::numbers;
use super::spelling::phones_of;
use super::unicode::refolded;
use crate::Result;

/// The longest silence that one pause makes.
pub const MAX_PAUSE_SECS: f32 = 60.0;
/// Paces beyond these cannot be understood.
const RATES: std::ops::RangeInclusive<f32> = 0.3..=3.0;
/// Brackets within brackets.
const MAX_DEPTH: usize = 8;
/// Longest `pause …` and longest `(feature)`, bytes; what is longer is text.
const MAX_PAUSE_BYTES: usize = 40;
const MAX_FEATURE_BYTES: usize = 2000;
/// Longest pronunciation or other words of one mark or entry of a dictionary, characters.
pub(super) const MAX_SAID_CHARACTERS: usize = 200;

/// What is said of a stretch of the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Say {
    /// With these phones, in misaki's alphabet.
    Phones(String),
    /// With other words.
    Words(String),
    /// With more weight, or with less.
    Emphasis { strong: bool },
    /// At this pace.
    Rate(f32),
}

/// A stretch of the plain text and what is said of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    /// Bytes of the plain text.
    pub place: Range<usize>,
    pub say: Say,
}

/// Silence at a place of the plain text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pause {
    /// The byte of the plain text before which it is heard.
    pub at: usize,
    pub secs: f32,
}

/// A text taken apart: the words, and what is said about them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Script {
    /// The text without the marks.
    pub plain: String,
    pub marks: Vec<Mark>,
    pub pauses: Vec<Pause>,
    pieces: Vec<Piece>,
}

/// Where each bracket of the input closes, found in one pass, so that a text of open brackets is not searched for each of them.
struct Brackets(HashMap<usize, usize>);

impl Brackets {
    fn of(text: &str) -> Self {
        let (mut open, mut closes) = (Vec::new(), HashMap::new());
        let mut is_escaped = false;
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'[' => open.push(at),
                b']' => closes.extend(open.pop().map(|start| (start, at))),
                _ => {}
            }
        }
        Self(closes)
    }
}

/// A stretch of the plain text and where it comes from; the pieces of a script are in order.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    /// First byte of the plain text.
    plain: usize,
    /// First byte of the input.
    input: usize,
    /// End of the input that it stands for, if it is not written as it was there.
    replaced_to: Option<usize>,
}

impl Script {
    /// Reads the marks of a text.
    ///
    /// # Errors
    /// [`TextError`] for phones that there are not.
    pub fn parse(text: &str) -> Result<Self> {
        let mut script = Self::default();
        script.read(text, &Brackets::of(text), 0..text.len(), 0)?;
        Ok(script)
    }

    /// The bytes of the input that a part of the plain text stands for.
    pub fn input(&self, plain: Range<usize>) -> Range<usize> {
        let (start, _) = self.input_at(plain.start);
        match plain.end.checked_sub(1) {
            Some(last) if plain.end > plain.start => start..self.input_at(last).1,
            _ => start..start,
        }
    }

    /// Where the input for a byte of the plain text begins and ends.
    fn input_at(&self, plain: usize) -> (usize, usize) {
        let after = self.pieces.partition_point(|piece| piece.plain <= plain);
        match after.checked_sub(1).map(|index| self.pieces[index]) {
            Some(Piece {
                input,
                replaced_to: Some(end),
                ..
            }) => (input, end),
            Some(piece) => {
                let at = piece.input + (plain - piece.plain);
                (at, at + 1)
            }
            None => (plain, plain + 1),
        }
    }

    fn push(&mut self, text: &str, range: Range<usize>) {
        let mut copied = range.start;
        for (place, meant) in refolded(&text[range.clone()]) {
            let place = range.start + place.start..range.start + place.end;
            self.push_as_it_is(text, copied..place.start);
            copied = place.end;
            self.push_instead(place, &meant);
        }
        self.push_as_it_is(text, copied..range.end);
    }

    fn push_as_it_is(&mut self, text: &str, range: Range<usize>) {
        if !range.is_empty() {
            self.pieces.push(Piece {
                plain: self.plain.len(),
                input: range.start,
                replaced_to: None,
            });
            self.plain.push_str(&text[range]);
        }
    }

    /// `meant` in place of a part of the input.
    fn push_instead(&mut self, place: Range<usize>, meant: &str) {
        self.pieces.push(Piece {
            plain: self.plain.len(),
            input: place.start,
            replaced_to: Some(place.end),
        });
        self.plain.push_str(meant);
    }

    fn read(
        &mut self,
        text: &str,
        brackets: &Brackets,
        range: Range<usize>,
        depth: usize,
    ) -> Result<()> {
        let mut unclosed = Unclosed::default();
        let mut copied = range.start;
        let mut at = range.start;
        while let Some(offset) = text[at..range.end].find(['[', '*', '\\', '<', '&']) {
            let sign = at + offset;
            let rest = &text[sign..range.end];
            if let Some(escaped) = rest.strip_prefix('\\') {
                if escaped.starts_with(['[', ']', '*']) {
                    self.push(text, copied..sign);
                    copied = sign + 1;
                    at = sign + 2;
                } else {
                    at = sign + 1;
                }
                continue;
            }
            if let Some((secs, length)) = pause(rest) {
                self.push(text, copied..sign);
                self.push_pause(secs);
                at = sign + length;
                copied = at;
                continue;
            }
            if rest.starts_with(['<', '&']) {
                at = match self.read_html(text, copied..sign, rest, &mut unclosed) {
                    Some(length) => {
                        copied = sign + length;
                        copied
                    }
                    None => sign + 1,
                };
                continue;
            }
            let found = if depth >= MAX_DEPTH {
                None
            } else if rest.starts_with('[') {
                linked(text, brackets, sign, range.end)?
            } else {
                starred(text, sign, range.end)
            };
            let Some(Span { inner, end, say }) = found else {
                at = sign + 1;
                continue;
            };
            self.push(text, copied..sign);
            let start = self.plain.len();
            self.read(text, brackets, inner, depth + 1)?;
            let place = start..self.plain.len();
            if let Some(say) = say.filter(|_| !place.is_empty()) {
                let say = match say {
                    // How a stretch is read depends on the words in it.
                    Said::As(kind) => read_as(&self.plain[place.clone()], &kind).map(Say::Words),
                    Said::Say(say) => Some(say),
                };
                self.marks.extend(say.map(|say| Mark { place, say }));
            }
            at = end;
            copied = end;
        }
        self.push(text, copied..range.end);
        Ok(())
    }
}

impl Script {
    /// Takes the tag or reference at the beginning of `rest`, which follows the part `before` of the text; returns its length,
    /// `None` if the sign is text.
    fn read_html(
        &mut self,
        text: &str,
        before: Range<usize>,
        rest: &str,
        unclosed: &mut Unclosed,
    ) -> Option<usize> {
        let start = before.end;
        if let Some((meant, length)) = html::reference(rest) {
            self.push(text, before);
            self.push_instead(start..start + length, &meant);
            return Some(length);
        }
        let (tag, length) = html::tag(rest, unclosed)?;
        self.push(text, before);
        match tag {
            Tag::Inline => {}
            Tag::Block => self.push_instead(start..start + length, "\n\n"),
            Tag::Pause { secs } => self.push_pause(secs.min(MAX_PAUSE_SECS)),
        }
        Some(length)
    }

    fn push_pause(&mut self, secs: f32) {
        self.pauses.push(Pause {
            at: self.plain.len(),
            secs,
        });
    }
}

enum Said {
    Say(Say),
    As(String),
}

/// A stretch in brackets or stars.
struct Span {
    inner: Range<usize>,
    end: usize,
    say: Option<Said>,
}

/// `[pause 0.5]` → its seconds and its length.
fn pause(rest: &str) -> Option<(f32, usize)> {
    let inner = rest.strip_prefix("[pause")?;
    let close = inner
        .bytes()
        .take(MAX_PAUSE_BYTES)
        .position(|byte| byte == b']')?;
    let amount = inner[..close].trim();
    let number = amount
        .trim_end_matches(|c: char| c.is_alphabetic())
        .trim_end();
    let scale = match amount[number.len()..].trim() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "ms" => 0.001,
        _ => return None,
    };
    let secs = match number {
        "" => 0.5,
        number => number.parse::<f32>().ok()? * scale,
    };
    (secs.is_finite() && secs >= 0.0).then(|| {
        let length = "[pause".len() + close + 1;
        (secs.min(MAX_PAUSE_SECS), length)
    })
}

/// `[words](feature)`; `None` if it is not one.
fn linked(text: &str, brackets: &Brackets, start: usize, limit: usize) -> Result<Option<Span>> {
    let Some(&close) = brackets.0.get(&start).filter(|&&close| close < limit) else {
        return Ok(None);
    };
    let Some(feature) = text[close + 1..limit].strip_prefix('(') else {
        return Ok(None);
    };
    let mut signs = feature.bytes().take(MAX_FEATURE_BYTES);
    let Some(length) = signs.position(|byte| byte == b')') else {
        return Ok(None);
    };
    let end = close + 1 + 1 + length + 1;
    let say = said(&feature[..length])?;
    Ok(say.map(|say| Span {
        inner: start + 1..close,
        end,
        say: Some(say),
    }))
}

fn said(feature: &str) -> Result<Option<Said>> {
    let checked = |said: &str| match said.chars().count() <= MAX_SAID_CHARACTERS {
        true => Ok(()),
        false => Err(TextError::SaidTooLong {
            max: MAX_SAID_CHARACTERS,
        }),
    };
    let between = |sign: char| {
        feature
            .strip_prefix(sign)
            .and_then(|rest| rest.strip_suffix(sign))
            .filter(|inner| !inner.is_empty())
    };
    if let Some(phones) = between('/') {
        checked(phones)?;
        return Ok(Some(Said::Say(Say::Phones(phones_of(phones)?))));
    }
    if let Some(kind) = between('#') {
        return Ok(Some(Said::As(kind.to_owned())));
    }
    if let Some(words) = feature.strip_prefix('=') {
        checked(words)?;
        return Ok(Some(Said::Say(Say::Words(words.trim().to_owned()))));
    }
    if let Some(rate) = feature.strip_prefix("rate") {
        let rate = rate
            .trim()
            .parse::<f32>()
            .ok()
            .filter(|rate| RATES.contains(rate));
        return match rate {
            Some(rate) => Ok(Some(Said::Say(Say::Rate(rate)))),
            None => Err(TextError::Rate {
                mark: feature.to_owned(),
                min: *RATES.start(),
                max: *RATES.end(),
            }
            .into()),
        };
    }
    Ok(match feature.parse::<f32>() {
        Ok(stress) if feature.starts_with('+') || stress > 0.0 => {
            Some(Said::Say(Say::Emphasis { strong: true }))
        }
        Ok(stress) if stress < 0.0 => Some(Said::Say(Say::Emphasis { strong: false })),
        _ => None,
    })
}

/// `*words*` and `**words**`, as the eye takes them: no space inside, no letter outside.
fn starred(text: &str, start: usize, limit: usize) -> Option<Span> {
    const MAX_EMPHASIS_BYTES: usize = 200;
    let sign = if text[start..limit].starts_with("**") {
        "**"
    } else {
        "*"
    };
    let inner = start + sign.len();
    let outside = |c: char| !c.is_alphanumeric() && c != '*';
    let opens = text[..start].chars().next_back().is_none_or(outside)
        && text[inner..limit].starts_with(|c: char| !c.is_whitespace() && c != '*');
    let searched = text.floor_char_boundary(limit.min(inner + MAX_EMPHASIS_BYTES + sign.len()));
    let length = text[inner..searched.max(inner)]
        .find(sign)
        .filter(|&length| opens && (1..MAX_EMPHASIS_BYTES).contains(&length))?;
    let close = inner + length;
    let end = close + sign.len();
    let closes = text[..close].ends_with(|c: char| !c.is_whitespace())
        && text[end..].chars().next().is_none_or(outside)
        && !text[inner..close].contains('\n')
        && text[inner..close].contains(char::is_alphabetic);
    closes.then_some(Span {
        inner: inner..close,
        end,
        say: Some(Said::Say(Say::Emphasis { strong: true })),
    })
}

/// A text in the way that its writer asks for; `None` if there is nothing special about it.
fn read_as(text: &str, kind: &str) -> Option<String> {
    let number = || text.trim().replace(',', "").parse::<u64>().ok();
    match kind {
        "characters" | "character" | "spell" | "spell-out" | "verbatim" => Some(characters(text)),
        "digits" | "telephone" | "digit" => Some(numbers::digits(text, "zero")),
        "cardinal" | "number" => number().map(numbers::cardinal),
        "ordinal" => number().map(numbers::ordinal),
        "year" => number().map(numbers::year),
        _ => None,
    }
}

fn characters(text: &str) -> String {
    let names: Vec<String> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '0'..='9' => numbers::digits(&c.to_string(), "zero"),
            '.' => "dot".to_owned(),
            '-' => "dash".to_owned(),
            '_' => "underscore".to_owned(),
            '/' => "slash".to_owned(),
            '@' => "at".to_owned(),
            '#' => "hash".to_owned(),
            c => c.to_uppercase().to_string(),
        })
        .collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out_of_the_text() {
        let text = "Ask [Nguyen](/wɪn/) *now*, [pause 250 ms] or [call](rate 0.8) 5*3*2.";
        let script = Script::parse(text).unwrap();
        assert_eq!(script.plain, "Ask Nguyen now,  or call 5*3*2.");
        let marks: Vec<(&str, &Say)> = script
            .marks
            .iter()
            .map(|mark| (&script.plain[mark.place.clone()], &mark.say))
            .collect();
        assert_eq!(
            marks,
            [
                ("Nguyen", &Say::Phones("wɪn".to_owned())),
                ("now", &Say::Emphasis { strong: true }),
                ("call", &Say::Rate(0.8)),
            ]
        );
        assert_eq!(script.pauses, [Pause { at: 16, secs: 0.25 }]);
        for word in ["Ask", "Nguyen", "now", "call", "5*3*2."] {
            let at = script.plain.find(word).unwrap();
            assert_eq!(&text[script.input(at..at + word.len())], word);
        }
    }

    #[test]
    fn html_is_taken_out_and_letters_get_their_common_form() {
        let text = "<p>Bonds &amp; <b>not&eacute;s</b></p>cafe\u{301} <break time=\"1s\"/>𝐰𝐨𝐫𝐥𝐝 &lt;3 a < b";
        let script = Script::parse(text).unwrap();
        assert_eq!(script.plain, "\n\nBonds & notés\n\ncafé world <3 a < b");
        assert_eq!(script.pauses.len(), 1);
        for (plain, written) in [
            ("Bonds", "Bonds"),
            ("&", "&amp;"),
            ("notés", "not&eacute;s"),
            ("café", "cafe\u{301}"),
            ("world", "𝐰𝐨𝐫𝐥𝐝"),
            ("<3", "&lt;3"),
        ] {
            let at = script.plain.find(plain).unwrap();
            assert_eq!(&text[script.input(at..at + plain.len())], written);
        }
    }

    #[test]
    fn what_is_no_mark_stays() {
        for text in [
            "see [1] and [sic](no)",
            "[link](https://example.org)",
            "2 * 3 * 4",
            "a*b*c",
            "[open",
            "[pause for effect]",
            "path\\to",
        ] {
            let script = Script::parse(text).unwrap();
            assert_eq!(
                (
                    script.plain.as_str(),
                    script.marks.len(),
                    script.pauses.len()
                ),
                (text, 0, 0)
            );
        }
        let escaped = Script::parse(r"\[pause 1\] \*this\*").unwrap();
        assert_eq!(
            (escaped.plain.as_str(), escaped.marks.len()),
            ("[pause 1] *this*", 0)
        );
    }

    #[test]
    fn marks_nest_and_numbers_are_read_as_asked() {
        let script =
            Script::parse("[it is [3](#ordinal#) in [NASA](#characters#)](rate 1.2)").unwrap();
        assert_eq!(script.plain, "it is 3 in NASA");
        let words: Vec<&Say> = script.marks.iter().map(|mark| &mark.say).collect();
        assert_eq!(
            words,
            [
                &Say::Words("third".to_owned()),
                &Say::Words("N A S A".to_owned()),
                &Say::Rate(1.2)
            ]
        );
    }

    #[test]
    fn wrong_phones_and_paces_are_named() {
        let reason = |text: &str| Script::parse(text).unwrap_err().to_string();
        assert!(reason("[x](/b@d/)").contains('@'));
        assert!(reason("[x](rate fast)").contains("rate 0.8"));
    }
}

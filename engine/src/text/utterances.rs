//! Sentences packed into utterances, one at a time.

use std::collections::VecDeque;
use std::ops::Range;

use super::phonemes::Phonemized;
use super::phones::PUNCTUATION;
use super::sentences::{Sentence, sentences};
use super::{FrontEnd, Utterance, WordSpan, unspeakable};
use crate::{Error, Result};

/// Phones and pauses in one utterance: about 14 s of speech.
const MOST_PHONES: usize = 200;
/// The first utterance takes no second sentence beyond this.
const FIRST_PHONES: usize = 40;
/// A paragraph ends the utterance if that has this much already.
const PARAGRAPH_PHONES: usize = 60;

/// A sentence or a part of one, ready to speak.
struct Piece {
    phonemes: String,
    /// Written bytes of the input and bytes of `phonemes`, per word.
    words: Vec<(Range<usize>, Range<usize>)>,
    ends_paragraph: bool,
    skipped: Vec<char>,
}

/// The utterances of a text, made as they are asked for.
pub struct Utterances<'a> {
    front_end: &'a FrontEnd,
    text: &'a str,
    sentences: std::vec::IntoIter<Sentence>,
    ready: VecDeque<Piece>,
    skipped: Vec<char>,
    given: usize,
    failed: bool,
}

impl<'a> Utterances<'a> {
    pub(super) fn new(front_end: &'a FrontEnd, text: &'a str) -> Self {
        Self {
            front_end,
            text,
            sentences: sentences(text).into_iter(),
            ready: VecDeque::new(),
            skipped: Vec::new(),
            given: 0,
            failed: false,
        }
    }

    /// The next piece stays in `ready`; `false` at the end of the text.
    fn fill(&mut self) -> Result<bool> {
        while self.ready.is_empty() {
            let Some(sentence) = self.sentences.next() else {
                return Ok(false);
            };
            let written = &self.text[sentence.written.clone()];
            let normalized = self.front_end.normalizer.normalize(written);
            for c in &normalized.skipped {
                if !self.skipped.contains(c) {
                    self.skipped.push(*c);
                }
            }
            if !normalized.spoken.contains(char::is_alphanumeric) {
                continue;
            }
            let Phonemized { phonemes, words } =
                self.front_end.phonemizer.phonemize(&normalized.spoken)?;
            if phonemes.is_empty() {
                continue;
            }
            let mut words: Vec<_> = words
                .into_iter()
                .map(|(spoken, places)| {
                    let within = whole_words(written, normalized.written(spoken));
                    (
                        within.start + sentence.written.start..within.end + sentence.written.start,
                        places,
                    )
                })
                .collect();
            // Several spoken words for one written are one word in a caption.
            words.dedup_by(|next, kept| {
                let same = next.0.start < kept.0.end;
                if same {
                    kept.0.end = kept.0.end.max(next.0.end);
                    kept.1.end = next.1.end;
                }
                same
            });
            let whole = Piece {
                phonemes,
                words,
                ends_paragraph: sentence.ends_paragraph,
                skipped: normalized.skipped,
            };
            self.ready.extend(cut(whole));
        }
        Ok(true)
    }

    fn assemble(&mut self) -> Result<Option<Utterance>> {
        let mut phonemes = String::new();
        let mut words: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        let mut skipped: Vec<char> = Vec::new();
        let mut ends_paragraph = false;
        while self.fill()? {
            let Some(piece) = self.ready.front() else {
                break;
            };
            let total = count(&phonemes) + count(&piece.phonemes);
            let most = if self.given == 0 {
                FIRST_PHONES
            } else {
                MOST_PHONES
            };
            let paragraph = ends_paragraph && count(&phonemes) >= PARAGRAPH_PHONES;
            if !phonemes.is_empty() && (total > most || paragraph) {
                break;
            }
            if !phonemes.is_empty() {
                phonemes.push(' ');
            }
            let Some(piece) = self.ready.pop_front() else {
                break;
            };
            let offset = phonemes.len();
            words.extend(
                piece
                    .words
                    .into_iter()
                    .map(|(written, places)| (written, places.start + offset..places.end + offset)),
            );
            phonemes.push_str(&piece.phonemes);
            skipped.extend(
                piece
                    .skipped
                    .into_iter()
                    .filter(|c| !skipped.contains(c))
                    .collect::<Vec<_>>(),
            );
            ends_paragraph = piece.ends_paragraph;
        }
        if phonemes.is_empty() {
            return Ok(None);
        }
        let tokens = self.front_end.tokenizer.encode_with_places(&phonemes)?;
        let words: Vec<WordSpan> = words
            .into_iter()
            .filter_map(|(written, places)| {
                let mut inside = (0..tokens.ids.len()).filter(|&token| {
                    let place = &tokens.places[token];
                    !place.is_empty()
                        && places.contains(&place.start)
                        && !self.front_end.tokenizer.is_silence(tokens.ids[token])
                });
                let first = inside.next()?;
                let last = inside.next_back().unwrap_or(first);
                Some(WordSpan {
                    text: self.text[written.clone()].to_owned(),
                    written,
                    tokens: first..last + 1,
                })
            })
            .collect();
        let written = match (words.first(), words.last()) {
            (Some(first), Some(last)) => first.written.start..last.written.end,
            _ => 0..0,
        };
        Ok(Some(Utterance {
            text: self.text[written.clone()].to_owned(),
            written,
            phonemes,
            tokens: tokens.ids,
            words,
            ends_paragraph,
            skipped,
        }))
    }
}

impl Iterator for Utterances<'_> {
    type Item = Result<Utterance>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.assemble();
        match &next {
            Ok(Some(_)) => self.given += 1,
            Ok(None) if self.given == 0 => {
                self.failed = true;
                return Some(Err(nothing_speakable(self.text)));
            }
            Ok(None) => {}
            Err(_) => self.failed = true,
        }
        next.transpose()
    }
}

fn nothing_speakable(text: &str) -> Error {
    const NAMED: usize = 12;
    let unknown = unspeakable(text);
    let mut names: Vec<String> = unknown.iter().take(NAMED).map(char::to_string).collect();
    if unknown.len() > NAMED {
        names.push("…".to_owned());
    }
    Error::InputUnusable(if names.is_empty() {
        "there is nothing to say but signs: type some words".to_owned()
    } else {
        format!(
            "the voice speaks English and has no reading for {}: type English words",
            names.join(" ")
        )
    })
}

/// Widens a range to the white space around it.
fn whole_words(written: &str, range: Range<usize>) -> Range<usize> {
    let start = written[..range.start]
        .rfind(char::is_whitespace)
        .map_or(0, |at| {
            at + written[at..].chars().next().map_or(1, char::len_utf8)
        });
    let end = written[range.end..]
        .find(char::is_whitespace)
        .map_or(written.len(), |at| range.end + at);
    start..end
}

/// Phones and pauses: everything but marks and the spaces between words.
fn count(phonemes: &str) -> usize {
    phonemes.chars().filter(|c| !"ˈˌː ".contains(*c)).count()
}

/// Cuts a piece that is too long for one utterance.
fn cut(mut piece: Piece) -> Vec<Piece> {
    let mut parts = Vec::new();
    while count(&piece.phonemes) > MOST_PHONES {
        let Some(at) = cut_place(&piece.phonemes, MOST_PHONES / 3, MOST_PHONES) else {
            break;
        };
        let tail = piece.phonemes.split_off(at);
        let skip = tail.len() - tail.trim_start().len();
        let index = piece.words.partition_point(|(_, places)| places.start < at);
        let mut words = piece.words.split_off(index);
        for (_, places) in &mut words {
            *places = places.start - at - skip..places.end - at - skip;
        }
        if let Some((written, places)) =
            piece.words.last_mut().filter(|(_, places)| places.end > at)
        {
            // A word longer than an utterance: its rest is a word of the same writing.
            words.insert(0, (written.clone(), 0..places.end - at - skip));
            places.end = at;
        }
        let head = piece.phonemes.trim_end().to_owned();
        parts.push(Piece {
            phonemes: head,
            words: std::mem::replace(&mut piece.words, words),
            ends_paragraph: false,
            skipped: std::mem::take(&mut piece.skipped),
        });
        piece.phonemes = tail[skip..].to_owned();
    }
    parts.push(piece);
    parts
}

/// The byte after the best place to cut: the last clause end between `least` and `most` phones, else the last space, else
/// anywhere between phones.
fn cut_place(phonemes: &str, least: usize, most: usize) -> Option<usize> {
    let (mut clause, mut space, mut anywhere) = (None, None, None);
    let mut phones = 0;
    let mut last = ' ';
    for (at, c) in phonemes.char_indices() {
        if c == ' ' {
            space = Some(at);
            if PUNCTUATION.contains(last) && last != '(' && last != '“' && phones >= least {
                clause = Some(at);
            }
        } else if !"ˈˌː".contains(c) {
            phones += 1;
            if phones > most {
                break;
            }
        }
        if !matches!(last, 'ˈ' | 'ˌ') && c != 'ː' {
            anywhere = Some(at);
        }
        last = c;
    }
    clause.or(space).or(anywhere)
}

//! Sentences packed into utterances, one at a time.

use std::collections::{HashSet, VecDeque};
use std::ops::Range;

use super::markup::{Mark, Say, Script};
use super::phonemes::{Phonemized, stand_in};
use super::phones::PUNCTUATION;
use super::sentences::{Sentence, sentences};
use super::weight::{EMPHASIS_RATE, weighted};
use super::{FrontEnd, TextError, Utterance, WordSpan, unspeakable};
use crate::{Error, Result};

/// Phones and pauses in one utterance: about 14 s of speech.
const MAX_PHONES: usize = 200;
/// The first utterance takes no second sentence beyond this.
const FIRST_PHONES: usize = 40;
/// A paragraph ends the utterance if that has this much already.
const PARAGRAPH_PHONES: usize = 60;

/// A word of a piece.
#[derive(Clone)]
struct Word {
    /// Bytes of the plain text.
    written: Range<usize>,
    /// Bytes of the piece's phonemes.
    places: Range<usize>,
    /// 1 is the voice's own pace.
    rate: f32,
}

/// A sentence or a part of one, ready to speak.
struct Piece {
    spoken: String,
    phonemes: String,
    words: Vec<Word>,
    ends_paragraph: bool,
    pause_before_secs: f32,
    pause_after_secs: f32,
    skipped: Vec<char>,
}

/// A sentence of the plain text, or a part of one between pauses.
struct Stretch {
    sentence: Sentence,
    pause_before_secs: f32,
    pause_after_secs: f32,
    /// Whether the sentence goes on behind a pause.
    goes_on: bool,
}

/// The utterances of a text, made as they are asked for.
pub struct Utterances<'a> {
    front_end: &'a FrontEnd,
    script: Script,
    stretches: std::vec::IntoIter<Stretch>,
    ready: VecDeque<Piece>,
    skipped: Vec<char>,
    seen: HashSet<char>,
    /// The first mark of the script that begins behind the pieces so far, and those before it that reach further.
    next_mark: usize,
    open_marks: Vec<usize>,
    /// Silence before the next piece, from stretches in which there was nothing to say.
    pending_pause_secs: f32,
    given: usize,
    failed: bool,
}

impl<'a> Utterances<'a> {
    pub(super) fn new(front_end: &'a FrontEnd, text: &str) -> Result<Self> {
        let mut script = Script::parse(text)?;
        // What the text itself says about a word goes before the dictionary.
        let taken = Taken::by(&script.marks);
        let found = front_end.dictionary.found(&script.plain).into_iter();
        script.marks.extend(
            found
                .filter(|(place, _)| !taken.overlaps(place))
                .map(|(place, say)| Mark { place, say }),
        );
        script.marks.sort_by_key(|mark| mark.place.start);
        let stretches = stretches(&script).into_iter();
        Ok(Self {
            front_end,
            script,
            stretches,
            ready: VecDeque::new(),
            skipped: Vec::new(),
            seen: HashSet::new(),
            next_mark: 0,
            open_marks: Vec::new(),
            pending_pause_secs: 0.0,
            given: 0,
            failed: false,
        })
    }

    /// The next piece stays in `ready`; `false` at the end of the text.
    fn fill(&mut self) -> Result<bool> {
        while self.ready.is_empty() {
            let Some(stretch) = self.stretches.next() else {
                return Ok(false);
            };
            let pause_before_secs = self.pending_pause_secs + stretch.pause_before_secs;
            match self.piece(&stretch)? {
                Some(mut piece) => {
                    piece.pause_before_secs = pause_before_secs;
                    self.pending_pause_secs = 0.0;
                    self.ready.extend(cut(piece));
                }
                None => self.pending_pause_secs = pause_before_secs,
            }
        }
        Ok(true)
    }

    /// Takes note of the marks that reach into a part of the plain text; parts come in order.
    fn open_marks(&mut self, place: &Range<usize>) {
        let marks = &self.script.marks;
        self.open_marks
            .retain(|&mark| marks[mark].place.end > place.start);
        while marks
            .get(self.next_mark)
            .is_some_and(|mark| mark.place.start < place.end)
        {
            if marks[self.next_mark].place.end > place.start {
                self.open_marks.push(self.next_mark);
            }
            self.next_mark += 1;
        }
    }

    /// `None` if nothing in it can be said.
    fn piece(&mut self, stretch: &Stretch) -> Result<Option<Piece>> {
        let place = stretch.sentence.written.clone();
        self.open_marks(&place);
        let written = &self.script.plain[place.clone()];
        let within = |mark: &Mark| {
            mark.place.start.max(place.start) - place.start
                ..mark.place.end.min(place.end) - place.start
        };
        let marks: Vec<(Range<usize>, &Say)> = self
            .open_marks
            .iter()
            .map(|&mark| &self.script.marks[mark])
            .map(|mark| (within(mark), &mark.say))
            .collect();
        let mut given: Vec<&str> = Vec::new();
        let mut instead: Vec<(Range<usize>, String)> = Vec::new();
        for (range, say) in &marks {
            match say {
                Say::Phones(phones) => {
                    instead.push((range.clone(), stand_in(given.len())));
                    given.push(phones);
                }
                Say::Words(words) => instead.push((range.clone(), words.clone())),
                Say::Emphasis { .. } | Say::Rate(_) => {}
            }
        }
        let phonemizer = &self.front_end.phonemizer;
        let normalized = self
            .front_end
            .normalizer
            .normalize_with(written, &instead, &|word| phonemizer.knows(word));
        for c in &normalized.skipped {
            if self.seen.insert(*c) {
                self.skipped.push(*c);
            }
        }
        if !normalized.spoken.contains(char::is_alphanumeric) {
            return Ok(None);
        }
        let ending = if stretch.goes_on { ',' } else { '.' };
        let mut phonemized = phonemizer.phonemize(&normalized.spoken, &given, ending)?;
        if phonemized.phonemes.is_empty() {
            return Ok(None);
        }
        let rates = weigh(&mut phonemized, &marks, |spoken| normalized.written(spoken));
        let Phonemized { phonemes, words } = phonemized;
        let mut words: Vec<Word> = words
            .into_iter()
            .zip(rates)
            .map(|((spoken, places), rate)| {
                let within = whole_words(written, normalized.written(spoken));
                Word {
                    written: within.start + place.start..within.end + place.start,
                    places,
                    rate,
                }
            })
            .collect();
        // Several spoken words for one written are one word in a caption.
        words.dedup_by(|next, kept| {
            let same = next.written.start < kept.written.end;
            if same {
                kept.written.end = kept.written.end.max(next.written.end);
                kept.places.end = next.places.end;
                kept.rate = kept.rate.min(next.rate);
            }
            same
        });
        Ok(Some(Piece {
            spoken: with_given(&normalized.spoken, &given),
            phonemes,
            words,
            ends_paragraph: stretch.sentence.ends_paragraph,
            pause_before_secs: 0.0,
            pause_after_secs: stretch.pause_after_secs,
            skipped: normalized.skipped,
        }))
    }

    fn assemble(&mut self) -> Result<Option<Utterance>> {
        let mut spoken = String::new();
        let mut phonemes = String::new();
        let mut words: Vec<Word> = Vec::new();
        let mut skipped: Vec<char> = Vec::new();
        let mut ends_paragraph = false;
        let (mut pause_before_secs, mut pause_after_secs) = (0.0, 0.0);
        while self.fill()? {
            let Some(piece) = self.ready.front() else {
                break;
            };
            let total = count(&phonemes) + count(&piece.phonemes);
            let most = if self.given == 0 {
                FIRST_PHONES
            } else {
                MAX_PHONES
            };
            let paragraph = ends_paragraph && count(&phonemes) >= PARAGRAPH_PHONES;
            if !phonemes.is_empty() && (total > most || paragraph || piece.pause_before_secs > 0.0)
            {
                break;
            }
            if !phonemes.is_empty() {
                phonemes.push(' ');
                spoken.push(' ');
            } else {
                pause_before_secs = piece.pause_before_secs;
            }
            let Some(piece) = self.ready.pop_front() else {
                break;
            };
            let offset = phonemes.len();
            words.extend(piece.words.into_iter().map(|word| Word {
                places: word.places.start + offset..word.places.end + offset,
                ..word
            }));
            phonemes.push_str(&piece.phonemes);
            spoken.push_str(&piece.spoken);
            spoken.truncate(spoken.trim_end().len());
            skipped.extend(
                piece
                    .skipped
                    .into_iter()
                    .filter(|c| !skipped.contains(c))
                    .collect::<Vec<_>>(),
            );
            ends_paragraph = piece.ends_paragraph;
            pause_after_secs = piece.pause_after_secs;
        }
        if phonemes.is_empty() {
            return Ok(None);
        }
        let tokens = self.front_end.tokenizer.encode_with_places(&phonemes)?;
        let mut rates = Vec::new();
        if words.iter().any(|word| word.rate != 1.0) {
            rates = vec![1.0; tokens.ids.len()];
        }
        let plain = &self.script.plain;
        let spans: Vec<WordSpan> = words
            .iter()
            .filter_map(|word| {
                let mut inside = (0..tokens.ids.len()).filter(|&token| {
                    let place = &tokens.places[token];
                    !place.is_empty()
                        && word.places.contains(&place.start)
                        && !self.front_end.tokenizer.is_silence(tokens.ids[token])
                });
                let first = inside.next()?;
                let last = inside.next_back().unwrap_or(first);
                if let Some(rates) = rates.get_mut(first..=last) {
                    rates.fill(word.rate);
                }
                Some(WordSpan {
                    text: plain[word.written.clone()].to_owned(),
                    written: self.script.input(word.written.clone()),
                    tokens: first..last + 1,
                })
            })
            .collect();
        let covered = match (words.first(), words.last()) {
            (Some(first), Some(last)) => first.written.start..last.written.end,
            _ => 0..0,
        };
        Ok(Some(Utterance {
            text: plain[covered.clone()].to_owned(),
            written: self.script.input(covered),
            spoken,
            phonemes,
            tokens: tokens.ids,
            words: spans,
            ends_paragraph,
            pause_before_secs,
            pause_after_secs,
            rates,
            skipped,
        }))
    }
}

/// What the marks of a text say with phones or words of its own.
struct Taken {
    /// Where they begin, in order.
    starts: Vec<usize>,
    /// The furthest end of the marks up to each of them.
    furthest: Vec<usize>,
}

impl Taken {
    fn by(marks: &[Mark]) -> Self {
        let said = |mark: &&Mark| matches!(mark.say, Say::Phones(_) | Say::Words(_));
        let mut places: Vec<&Range<usize>> = (marks.iter().filter(said))
            .map(|mark| &mark.place)
            .collect();
        places.sort_by_key(|place| place.start);
        let mut end = 0;
        let furthest = places.iter().map(|place| {
            end = end.max(place.end);
            end
        });
        Self {
            furthest: furthest.collect(),
            starts: places.iter().map(|place| place.start).collect(),
        }
    }

    fn overlaps(&self, place: &Range<usize>) -> bool {
        let before = self.starts.partition_point(|&start| start < place.end);
        before
            .checked_sub(1)
            .is_some_and(|last| self.furthest[last] > place.start)
    }
}

/// The sentences of a script, cut where a pause is inside one.
fn stretches(script: &Script) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut pauses = script.pauses.iter().peekable();
    for sentence in sentences(&script.plain) {
        let mut start = sentence.written.start;
        // From `start` to here there is nothing to say.
        let mut searched = start;
        let mut before_secs = 0.0;
        while let Some(pause) = pauses.next_if(|pause| pause.at < sentence.written.end) {
            let at = pause.at.max(searched);
            if script.plain[searched..at].contains(char::is_alphanumeric) {
                let end = start + script.plain[start..at].trim_end().len();
                stretches.push(Stretch {
                    sentence: Sentence {
                        written: start..end,
                        ends_paragraph: false,
                    },
                    pause_before_secs: before_secs,
                    pause_after_secs: 0.0,
                    goes_on: true,
                });
                before_secs = 0.0;
                start = at;
            }
            searched = at;
            before_secs += pause.secs;
        }
        let skip = script.plain[start..sentence.written.end].len()
            - script.plain[start..sentence.written.end].trim_start().len();
        stretches.push(Stretch {
            sentence: Sentence {
                written: start + skip..sentence.written.end,
                ends_paragraph: sentence.ends_paragraph,
            },
            pause_before_secs: before_secs,
            pause_after_secs: 0.0,
            goes_on: false,
        });
    }
    if let Some(last) = stretches.last_mut() {
        last.pause_after_secs += pauses.map(|pause| pause.secs).sum::<f32>();
    }
    stretches
}

/// Gives marked words more stress or less, and says at what pace each word is spoken.
fn weigh(
    phonemized: &mut Phonemized,
    marks: &[(Range<usize>, &Say)],
    written: impl Fn(Range<usize>) -> Range<usize>,
) -> Vec<f32> {
    let mut rates = vec![1.0; phonemized.words.len()];
    let weighing = marks
        .iter()
        .any(|(_, say)| matches!(say, Say::Emphasis { .. } | Say::Rate(_)));
    if !weighing {
        return rates;
    }
    let mut phonemes = String::with_capacity(phonemized.phonemes.len());
    let mut copied = 0;
    for ((spoken, places), rate) in phonemized.words.iter_mut().zip(&mut rates) {
        let origin = written(spoken.clone());
        let mut strong = None;
        for (range, say) in marks {
            if range.start >= origin.end || range.end <= origin.start {
                continue;
            }
            match say {
                Say::Emphasis { strong: more } => strong = Some(*more),
                Say::Rate(pace) => *rate *= pace,
                Say::Phones(_) | Say::Words(_) => {}
            }
        }
        phonemes.push_str(&phonemized.phonemes[copied..places.start]);
        let start = phonemes.len();
        let phones = &phonemized.phonemes[places.clone()];
        match strong {
            Some(strong) => {
                phonemes.push_str(&weighted(phones, strong));
                if strong {
                    *rate *= EMPHASIS_RATE;
                }
            }
            None => phonemes.push_str(phones),
        }
        copied = places.end;
        *places = start..phonemes.len();
    }
    phonemes.push_str(&phonemized.phonemes[copied..]);
    phonemized.phonemes = phonemes;
    rates
}

/// The spoken words with given phones instead of their stand-ins.
fn with_given(spoken: &str, given: &[&str]) -> String {
    let mut shown = spoken.to_owned();
    for (index, phones) in given.iter().enumerate() {
        shown = shown.replace(&stand_in(index), &format!("/{phones}/"));
    }
    shown
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
                return Some(Err(nothing_speakable(&self.script.plain)));
            }
            Ok(None) => {}
            Err(_) => self.failed = true,
        }
        next.transpose()
    }
}

fn nothing_speakable(text: &str) -> Error {
    let unreadable = unspeakable(text);
    Error::Text(if unreadable.is_empty() {
        TextError::OnlySymbols
    } else {
        TextError::Unreadable { unreadable }
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
    while count(&piece.phonemes) > MAX_PHONES {
        let Some(at) = cut_place(&piece.phonemes, MAX_PHONES / 3, MAX_PHONES) else {
            break;
        };
        let tail = piece.phonemes.split_off(at);
        let skip = tail.len() - tail.trim_start().len();
        let index = piece.words.partition_point(|word| word.places.start < at);
        let mut words = piece.words.split_off(index);
        for word in &mut words {
            word.places = word.places.start - at - skip..word.places.end - at - skip;
        }
        if let Some(last) = piece.words.last_mut().filter(|word| word.places.end > at) {
            // A word longer than an utterance: its rest is a word of the same writing.
            words.insert(
                0,
                Word {
                    places: 0..last.places.end - at - skip,
                    ..last.clone()
                },
            );
            last.places.end = at;
        }
        let head = piece.phonemes.trim_end().to_owned();
        parts.push(Piece {
            spoken: std::mem::take(&mut piece.spoken),
            phonemes: head,
            words: std::mem::replace(&mut piece.words, words),
            ends_paragraph: false,
            pause_before_secs: std::mem::take(&mut piece.pause_before_secs),
            pause_after_secs: 0.0,
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

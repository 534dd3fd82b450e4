//! A take: one speech with its sound, mouth, words and phones, kept so that it can be heard, seen and written again.

use engine::audio::SAMPLE_RATE_HZ;
use engine::motion::prosody::Accent;
use engine::motion::{FRAMES_PER_SECOND, MouthFrame};
use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::{SpeakerTurn, SpeechChunk, TimedPhone, TimedWord};

use crate::script::Script;

/// Samples under one pair of [`Take::peaks`]: 5 ms.
pub const PEAK_SAMPLES: usize = SAMPLE_RATE_HZ as usize / 200;
/// Frames in a piece of [`Take::pieces`]: one second.
const PIECE_FRAMES: usize = 25;
/// Where the upper and the lower lip stand in a mouth frame.
/// Millimetres in a canonical unit.
const MM_PER_UNIT: f32 = 100.0;

/// Where somebody else begins to speak.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TakeTurn {
    /// First frame.
    pub frame: usize,
    /// First of the words.
    pub word: usize,
    /// Number of the face.
    pub face: usize,
    /// What subtitles call the speaker.
    pub label: String,
}

/// One speech.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// Differs from every other take's, also from those of other sessions.
    pub id: u64,
    /// What it was made from.
    pub script: Script,
    /// Seed of voice and movement.
    pub seed: u64,
    /// Mono at [`SAMPLE_RATE_HZ`], as the engine made it.
    samples: Vec<f32>,
    /// Lowest and highest sample of each [`PEAK_SAMPLES`], in 1/127.
    peaks: Vec<[i8; 2]>,
    /// The mouth at 25 frames a second.
    pub mouth: Vec<MouthFrame>,
    /// Nods and raised brows, frame by frame.
    pub accents: Vec<Accent>,
    /// Words with their times.
    pub words: Vec<TimedWord>,
    /// Phones with their times.
    pub phones: Vec<TimedPhone>,
    /// Who speaks when, in a dialogue.
    pub turns: Vec<TakeTurn>,
    /// Whether nothing more will come.
    pub is_complete: bool,
}

impl Take {
    /// A take that has nothing yet.
    pub fn new(id: u64, script: Script, seed: u64) -> Self {
        Self {
            id,
            script,
            seed,
            samples: Vec::new(),
            peaks: Vec::new(),
            mouth: Vec::new(),
            accents: Vec::new(),
            words: Vec::new(),
            phones: Vec::new(),
            turns: Vec::new(),
            is_complete: false,
        }
    }

    /// Adds the next piece.
    pub fn add(&mut self, chunk: &SpeechChunk) {
        if let Some(SpeakerTurn {
            face,
            begins: Some(label),
        }) = &chunk.turn
        {
            self.turns.push(TakeTurn {
                frame: self.mouth.len(),
                word: self.words.len(),
                face: *face,
                label: label.clone(),
            });
        }
        self.add_samples(&chunk.samples);
        self.mouth.extend_from_slice(&chunk.mouth);
        self.accents.extend_from_slice(&chunk.accents);
        self.accents.resize(self.mouth.len(), Accent::default());
        self.words.extend_from_slice(&chunk.words);
        self.phones.extend_from_slice(&chunk.phones);
    }

    /// Whose turn it is at a frame; none but in a dialogue.
    pub fn turn_at(&self, frame: usize) -> Option<&TakeTurn> {
        let begun = self.turns.partition_point(|turn| turn.frame <= frame);
        self.turns.get(begun.checked_sub(1)?)
    }

    /// The take in pieces of a second at most, each of which is one speaker's; together they make the same take again.
    pub fn pieces(&self) -> impl Iterator<Item = SpeechChunk> + '_ {
        piece_frames(self).into_iter().map(|frames| {
            let turn = self.turn_at(frames.start);
            let begins = turn.filter(|turn| turn.frame == frames.start);
            // Words have their times with them, so they may come with the first piece of a turn.
            let words = match (turn, begins) {
                (Some(_), Some(turn)) => self.words_of(turn),
                (None, _) if frames.start == 0 => {
                    0..self
                        .turns
                        .first()
                        .map_or(self.words.len(), |turn| turn.word)
                }
                _ => 0..0,
            };
            let start = frames.start * SAMPLES_PER_FRAME;
            let end = match frames.end < self.mouth.len() {
                true => (frames.end * SAMPLES_PER_FRAME).min(self.samples.len()),
                false => self.samples.len(),
            };
            SpeechChunk {
                samples: self.samples[start.min(end)..end].to_vec(),
                mouth: self.mouth[frames.clone()].to_vec(),
                accents: self
                    .accents
                    .get(frames.clone())
                    .unwrap_or_default()
                    .to_vec(),
                turn: turn.map(|turn| SpeakerTurn {
                    face: turn.face,
                    begins: begins.map(|turn| turn.label.clone()),
                }),
                words: self.words.get(words).unwrap_or_default().to_vec(),
                phones: self.phones_in(&frames).to_vec(),
                fraction_done: frames.end as f32 / self.mouth.len() as f32,
            }
        })
    }

    /// The phones that begin in these frames; the last frames have all that are left.
    fn phones_in(&self, frames: &std::ops::Range<usize>) -> &[TimedPhone] {
        let before = |frame: usize| {
            let secs = frame as f64 / FRAMES_PER_SECOND;
            self.phones.partition_point(|phone| phone.start_secs < secs)
        };
        let start = if frames.start == 0 {
            0
        } else {
            before(frames.start)
        };
        let is_last = frames.end >= self.mouth.len();
        let end = if is_last {
            self.phones.len()
        } else {
            before(frames.end)
        };
        &self.phones[start..end]
    }

    fn words_of(&self, turn: &TakeTurn) -> std::ops::Range<usize> {
        let later = self.turns.iter().find(|later| later.frame > turn.frame);
        turn.word..later.map_or(self.words.len(), |later| later.word)
    }

    /// Adds sound alone, as when a take is read from a file.
    pub fn add_samples(&mut self, samples: &[f32]) {
        let first_open = self.samples.len() / PEAK_SAMPLES;
        self.samples.extend_from_slice(samples);
        self.peaks.truncate(first_open);
        let open = &self.samples[first_open * PEAK_SAMPLES..];
        self.peaks.extend(open.chunks(PEAK_SAMPLES).map(|piece| {
            let low = piece.iter().copied().fold(f32::MAX, f32::min);
            let high = piece.iter().copied().fold(f32::MIN, f32::max);
            [low, high].map(|sample| ((sample * 32_768.0).round() as i16 >> 8) as i8)
        }));
    }

    /// The sound, mono at [`SAMPLE_RATE_HZ`].
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Lowest and highest sample of each [`PEAK_SAMPLES`], in 1/127 of full scale.
    pub fn peaks(&self) -> &[[i8; 2]] {
        &self.peaks
    }

    /// Length of the sound so far.
    pub fn duration_secs(&self) -> f64 {
        self.samples.len() as f64 / f64::from(SAMPLE_RATE_HZ)
    }

    /// The frame at a time; the last one beyond the end.
    pub fn frame_at(&self, secs: f64) -> usize {
        let frame = (secs.max(0.0) * FRAMES_PER_SECOND + 1e-6) as usize;
        frame.min(self.mouth.len().saturating_sub(1))
    }

    /// How far the lips are apart against the portrait's own mouth, millimetres, frame by frame.
    pub fn opening_mm(&self) -> impl Iterator<Item = f32> + '_ {
        self.mouth.iter().map(|mouth| mouth.lip_gap() * MM_PER_UNIT)
    }
}

impl Take {
    /// What is said in it, if that is known as one text of one speaker.
    pub fn text(&self) -> Option<&str> {
        self.script.text()
    }

    /// Its first words, or the name of its recording.
    pub fn title(&self) -> String {
        self.script.title()
    }
}

/// Frames of a take in pieces, each of which is one speaker's.
fn piece_frames(take: &Take) -> Vec<std::ops::Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < take.mouth.len() {
        let turns = take.turns.iter().map(|turn| turn.frame);
        let next = turns.filter(|&frame| frame > start).min();
        let end = (start + PIECE_FRAMES)
            .min(take.mouth.len())
            .min(next.unwrap_or(usize::MAX));
        pieces.push(start..end);
        start = end;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take() -> Take {
        Take::new(1, Script::Microphone(None), 0)
    }

    #[test]
    fn peaks_are_the_same_however_the_sound_comes() {
        let sound: Vec<f32> = (0..1000_i32)
            .map(|i| (i * 7919 % 60_000 - 30_000) as f32 / 32_768.0)
            .collect();
        let mut whole = take();
        whole.add_samples(&sound);
        let mut pieces = take();
        for piece in sound.chunks(37) {
            pieces.add_samples(piece);
        }
        assert_eq!(whole, pieces);
        assert_eq!(whole.peaks().len(), 1000_usize.div_ceil(PEAK_SAMPLES));
        assert!(whole.peaks()[0][0] < -100 && whole.peaks()[0][1] > 100);
    }

    #[test]
    fn opening_is_the_lower_lip_under_the_upper() {
        let mut open = take();
        let mut frame = MouthFrame::default();
        frame.lower_lip[1] = 0.08;
        frame.upper_lip[1] = -0.02;
        open.mouth = vec![frame];
        let opening: Vec<f32> = open.opening_mm().collect();
        assert!((opening[0] - 10.0).abs() < 1e-4);
        assert_eq!(open.frame_at(9.0), 0);
    }

    /// Ten frames of nobody, fifteen of the second face and the rest of the first.
    fn dialogue() -> Take {
        let mut take = take();
        let word = |text: &str| TimedWord {
            text: text.to_owned(),
            start_secs: 0.0,
            end_secs: 0.0,
        };
        for (frames, turn) in [(10, None), (15, Some(2)), (31, Some(1)), (4, None)] {
            let level = take.mouth.len() as f32 / 100.0;
            let mut chunk = SpeechChunk::new(
                vec![level; frames * SAMPLES_PER_FRAME],
                vec![MouthFrame::default(); frames],
                0.5,
            );
            chunk.turn = turn.map(|face| SpeakerTurn {
                face,
                begins: Some(face.to_string()),
            });
            chunk.words = vec![word(&format!("{frames}")), word("b")];
            chunk.phones = vec![TimedPhone {
                phone: "b".to_owned(),
                start_secs: f64::from(level),
                end_secs: f64::from(level) + 0.05,
            }];
            take.add(&chunk);
        }
        take
    }

    #[test]
    fn pieces_end_where_somebody_else_begins() {
        let mut take = dialogue();
        assert_eq!(piece_frames(&take), [0..10, 10..25, 25..50, 50..60]);
        assert_eq!(take.turn_at(9), None);
        assert_eq!(take.turn_at(10).map(|turn| turn.face), Some(2));
        take.mouth.clear();
        assert!(piece_frames(&take).is_empty());
    }

    #[test]
    fn the_pieces_make_the_take_again() {
        let take = dialogue();
        let mut again = Take::new(take.id, take.script.clone(), take.seed);
        for piece in take.pieces() {
            again.add(&piece);
        }
        assert_eq!(again, take);
    }
}

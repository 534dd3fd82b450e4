//! A take: one speech with its sound, mouth, words and phones, kept so that it can be heard, seen and written again.

use engine::audio::SAMPLE_RATE_HZ;
use engine::motion::prosody::Accent;
use engine::motion::{FRAMES_PER_SECOND, MouthFrame};
use engine::synthesizer::{DUB_REMARK, REFERENCE_REMARK};
use engine::{SpeechChunk, TimedPhone, TimedWord};

/// Samples under one pair of [`Take::peaks`]: 5 ms.
pub const PEAK_SAMPLES: usize = SAMPLE_RATE_HZ as usize / 200;
/// Characters of a take's title.
const TITLE_CHARACTERS: usize = 40;
/// Where the upper and the lower lip stand in a mouth frame.
/// Millimetres in a canonical unit.
const MM_PER_UNIT: f32 = 100.0;

/// What a take was made from.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Source {
    /// Words in a voice.
    Words {
        /// What was said.
        text: String,
        /// By whom.
        voice: String,
        /// How fast.
        speed: f32,
        /// Whether the voice is a recording's, by its name.
        #[serde(default)]
        is_reference: bool,
    },
    /// A dialogue of several people of one picture, as [`crate::dialogue`] reads it.
    Dialogue {
        /// The script.
        text: String,
        /// How fast.
        speed: f32,
    },
    /// A recording, by the name that the user knows it under.
    Recording(String),
    /// Another take with other words.
    Changed {
        /// What is said now.
        text: String,
        /// Whose voice of the list it is; none for somebody else's.
        voice: Option<String>,
    },
}

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
    pub source: Source,
    /// Seed of voice and movement.
    pub seed: u64,
    /// Mono at 24 kHz, 16 bits: half the memory, and what a WAV holds anyway.
    samples: Vec<i16>,
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
    pub fn new(id: u64, source: Source, seed: u64) -> Self {
        Self {
            id,
            source,
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

    /// Adds the next piece with the accents of its frames.
    pub fn add(&mut self, chunk: &SpeechChunk, accents: &[Accent]) {
        self.add_samples(chunk.samples.iter().map(|&sample| from_f32(sample)));
        self.mouth.extend_from_slice(&chunk.mouth);
        self.accents.extend_from_slice(accents);
        self.accents.resize(self.mouth.len(), Accent::default());
        self.words.extend_from_slice(&chunk.words);
        self.phones.extend_from_slice(&chunk.phones);
    }

    /// What is added from now on is somebody else's.
    pub fn begin_turn(&mut self, face: usize, label: String) {
        self.turns.push(TakeTurn {
            frame: self.mouth.len(),
            word: self.words.len(),
            face,
            label,
        });
    }

    /// Whose turn it is at a frame; none but in a dialogue.
    pub fn turn_at(&self, frame: usize) -> Option<&TakeTurn> {
        let begun = self.turns.partition_point(|turn| turn.frame <= frame);
        self.turns.get(begun.checked_sub(1)?)
    }

    /// Adds sound alone, as when a take is read from a file.
    pub fn add_samples(&mut self, samples: impl IntoIterator<Item = i16>) {
        let first_open = self.samples.len() / PEAK_SAMPLES;
        self.samples.extend(samples);
        self.peaks.truncate(first_open);
        let open = &self.samples[first_open * PEAK_SAMPLES..];
        self.peaks.extend(open.chunks(PEAK_SAMPLES).map(|piece| {
            let low = piece.iter().min().copied().unwrap_or(0);
            let high = piece.iter().max().copied().unwrap_or(0);
            [(low >> 8) as i8, (high >> 8) as i8]
        }));
    }

    /// The sound from `start`, at most `count` samples, as the output takes it.
    pub fn sound(&self, start: usize, count: usize) -> impl Iterator<Item = f32> + '_ {
        let end = start.saturating_add(count).min(self.samples.len());
        self.samples[start.min(end)..end]
            .iter()
            .map(|&sample| f32::from(sample) / 32_768.0)
    }

    /// The sound, 16 bits.
    pub fn samples(&self) -> &[i16] {
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

    /// What is said in it, if that is known.
    pub fn text(&self) -> Option<&str> {
        match &self.source {
            Source::Words { text, .. } | Source::Changed { text, .. } => Some(text),
            Source::Dialogue { .. } | Source::Recording(_) => None,
        }
    }

    /// The voice of the list that speaks; none if it is somebody else's.
    pub fn voice(&self) -> Option<&str> {
        match &self.source {
            Source::Words {
                voice,
                is_reference: false,
                ..
            } => Some(voice),
            Source::Changed { voice, .. } => voice.as_deref(),
            Source::Words { .. } | Source::Dialogue { .. } | Source::Recording(_) => None,
        }
    }

    /// What has to stand in the files that it goes into, beside that a machine made them.
    pub fn remark(&self) -> Option<&'static str> {
        match &self.source {
            Source::Words {
                is_reference: true, ..
            } => Some(REFERENCE_REMARK),
            Source::Changed { .. } => Some(DUB_REMARK),
            Source::Words { .. } | Source::Dialogue { .. } | Source::Recording(_) => None,
        }
    }

    /// Its first words, or the name of its recording.
    pub fn title(&self) -> String {
        let whole = match &self.source {
            Source::Words { text, .. }
            | Source::Changed { text, .. }
            | Source::Dialogue { text, .. } => {
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            }
            Source::Recording(name) => name.clone(),
        };
        if whole.chars().count() <= TITLE_CHARACTERS {
            return whole;
        }
        let cut: String = whole.chars().take(TITLE_CHARACTERS - 1).collect();
        format!("{}…", cut.trim_end())
    }
}

/// A sample in 16 bits, as the WAV writer has it; beyond ±1 it is clipped.
pub fn from_f32(sample: f32) -> i16 {
    (sample * 32_768.0).round() as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(text: &str) -> Take {
        let source = Source::Words {
            text: text.to_owned(),
            voice: String::new(),
            speed: 1.0,
            is_reference: false,
        };
        Take::new(1, source, 0)
    }

    #[test]
    fn peaks_are_the_same_however_the_sound_comes() {
        let sound: Vec<i16> = (0..1000_i32)
            .map(|i| (i * 7919 % 60_000 - 30_000) as i16)
            .collect();
        let mut whole = take("");
        whole.add_samples(sound.iter().copied());
        let mut pieces = take("");
        for piece in sound.chunks(37) {
            pieces.add_samples(piece.iter().copied());
        }
        assert_eq!(whole, pieces);
        assert_eq!(whole.peaks().len(), 1000_usize.div_ceil(PEAK_SAMPLES));
        assert!(whole.peaks()[0][0] < -100 && whole.peaks()[0][1] > 100);
    }

    #[test]
    fn titles_are_short() {
        assert_eq!(take(" Hello\n there. ").title(), "Hello there.");
        let long = take(&"word ".repeat(50)).title();
        assert!(
            long.chars().count() <= TITLE_CHARACTERS && long.ends_with('…'),
            "{long}"
        );
    }

    #[test]
    fn opening_is_the_lower_lip_under_the_upper() {
        let mut open = take("");
        let mut frame = MouthFrame::default();
        frame.lower_lip[1] = 0.08;
        frame.upper_lip[1] = -0.02;
        open.mouth = vec![frame];
        let opening: Vec<f32> = open.opening_mm().collect();
        assert!((opening[0] - 10.0).abs() < 1e-4);
        assert_eq!(open.frame_at(9.0), 0);
    }
}

//! The reference as F5-TTS takes it (commit 2ae2c9b, `infer/utils_infer.py`): at most 12 s, without long silences, not too quiet.

use std::ops::Range;

use super::VoiceModelError;
use crate::audio::SAMPLE_RATE_HZ;

/// Samples in a millisecond, in which silences are measured.
const SAMPLES_PER_MS: usize = SAMPLE_RATE_HZ as usize / 1000;
/// The least that is left of a reference, seconds.
pub const MIN_SECS: f64 = 1.0;
/// The most that is used, seconds.
pub const MAX_SECS: f64 = 12.0;
/// A reference that is cut in a silence keeps at least this.
const MIN_CUT_MS: usize = 6_000;
const MAX_MS: usize = 12_000;
/// Silence that is left around speech.
const KEPT_SILENCE_MS: usize = 1_000;
/// Step between two looks for silence.
const SEEK_STEP_MS: usize = 10;
/// Silence at both ends is below this, dB of full scale.
const EDGE_DB: f64 = -42.0;
/// Silence behind the reference: 50 ms at 11,025 Hz, as they are at our rate.
const TAIL_SAMPLES: usize = 1_198;
/// A reference that is quieter is raised to this root mean square.
const TARGET_RMS: f64 = 0.1;
/// Bytes of text in a second, from the slowest speech to the fastest.
const PACE: std::ops::RangeInclusive<f64> = 2.0..=100.0;

/// Silence that a recording may be cut in.
struct Silence {
    min_ms: usize,
    /// dB of full scale.
    threshold_db: f64,
}

/// Long and clear ones first.
const LONG: Silence = Silence {
    min_ms: 1_000,
    threshold_db: -50.0,
};
const SHORT: Silence = Silence {
    min_ms: 100,
    threshold_db: -40.0,
};

/// A few seconds of somebody's speech with its words, ready for a voice model.
#[derive(Clone, Debug, PartialEq)]
pub struct VoiceReference {
    samples: Vec<f32>,
    words: String,
    output_gain: f32,
    is_shortened: bool,
}

impl VoiceReference {
    /// Takes a recording, mono at [`SAMPLE_RATE_HZ`], and what is said in it.
    ///
    /// # Errors
    /// [`VoiceModelError`] if too little is left of it, or nobody could say these words in its time.
    pub fn new(recording: &[f32], words: &str) -> Result<Self, VoiceModelError> {
        if recording.iter().any(|sample| !sample.is_finite()) {
            return Err(VoiceModelError::ReferenceNotFinite);
        }
        let Trimmed {
            mut samples,
            is_shortened,
        } = trimmed(recording);
        let secs = secs(&samples);
        if secs < MIN_SECS {
            return Err(VoiceModelError::ReferenceTooShort {
                secs,
                min_secs: MIN_SECS,
                max_secs: MAX_SECS,
            });
        }
        let words = finished(words);
        if !PACE.contains(&(words.len() as f64 / secs)) {
            return Err(VoiceModelError::Pace { secs });
        }
        let square = samples.iter().map(|&x| f64::from(x) * f64::from(x));
        let rms = (square.sum::<f64>() / samples.len() as f64).sqrt();
        let mut output_gain = 1.0;
        if rms < TARGET_RMS {
            let gain = (TARGET_RMS / rms) as f32;
            samples.iter_mut().for_each(|sample| *sample *= gain);
            output_gain = (rms / TARGET_RMS) as f32;
        }
        Ok(Self {
            samples,
            words,
            output_gain,
            is_shortened,
        })
    }

    /// What is left of the recording, raised where it was quiet.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// What is said in it, ending like a sentence.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// What generated speech is multiplied by, so that it is as quiet as the recording.
    pub fn output_gain(&self) -> f32 {
        self.output_gain
    }

    /// Whether speech was cut off because the recording was longer than [`MAX_SECS`].
    pub fn is_shortened(&self) -> bool {
        self.is_shortened
    }

    /// How long it is.
    pub fn secs(&self) -> f64 {
        secs(&self.samples)
    }

    /// Bytes of text in a second of it.
    pub fn bytes_per_sec(&self) -> f64 {
        self.words.len() as f64 / self.secs()
    }
}

fn secs(samples: &[f32]) -> f64 {
    samples.len() as f64 / f64::from(SAMPLE_RATE_HZ)
}

/// Words that end with a full stop and a space.
fn finished(words: &str) -> String {
    let words = words.trim();
    match () {
        () if words.ends_with('。') => words.to_owned(),
        () if words.ends_with('.') => format!("{words} "),
        () => format!("{words}. "),
    }
}

/// What is used of a recording.
struct Trimmed {
    samples: Vec<f32>,
    is_shortened: bool,
}

fn trimmed(recording: &[f32]) -> Trimmed {
    let mut made = without_long_silence(recording, &LONG);
    if made.samples.len() > MAX_MS * SAMPLES_PER_MS {
        made = without_long_silence(recording, &SHORT);
    }
    if made.samples.len() > MAX_MS * SAMPLES_PER_MS {
        made.samples.truncate(MAX_MS * SAMPLES_PER_MS);
        made.is_shortened = true;
    }
    let levels = Levels::new(&made.samples);
    let begin = levels.leading_silence_ms(false);
    let end = levels.len_ms - levels.leading_silence_ms(true).min(levels.len_ms - begin);
    made.samples = made.samples[begin * SAMPLES_PER_MS..end * SAMPLES_PER_MS].to_vec();
    if begin < end {
        made.samples.resize(made.samples.len() + TAIL_SAMPLES, 0.0);
    }
    made
}

/// The parts of a recording between such silences, each with some of the silence around it, as many as fit into the longest
/// reference.
fn without_long_silence(recording: &[f32], silence: &Silence) -> Trimmed {
    let levels = Levels::new(recording);
    let mut samples: Vec<f32> = Vec::new();
    for part in levels.loud_parts(silence) {
        let part = &recording[part.start * SAMPLES_PER_MS..part.end * SAMPLES_PER_MS];
        let there = samples.len();
        if there > MIN_CUT_MS * SAMPLES_PER_MS && there + part.len() > MAX_MS * SAMPLES_PER_MS {
            return Trimmed {
                samples,
                is_shortened: true,
            };
        }
        samples.extend_from_slice(part);
    }
    Trimmed {
        samples,
        is_shortened: false,
    }
}

/// How loud each stretch of a recording is.
struct Levels {
    /// Sum of the squares of 16-bit samples before each millisecond.
    sums: Vec<f64>,
    len_ms: usize,
}

impl Levels {
    fn new(samples: &[f32]) -> Self {
        let len_ms = samples.len() / SAMPLES_PER_MS;
        let mut sums = Vec::with_capacity(len_ms + 1);
        let mut sum = 0.0;
        sums.push(sum);
        for ms in samples.chunks_exact(SAMPLES_PER_MS) {
            sum += ms
                .iter()
                .map(|&sample| (f64::from(sample) * 32_768.0).round())
                .map(|sample| sample * sample)
                .sum::<f64>();
            sums.push(sum);
        }
        Self { sums, len_ms }
    }

    /// Root mean square of a stretch in whole steps of 16-bit sound, as F5-TTS measures it.
    fn rms(&self, ms: Range<usize>) -> f64 {
        let end = ms.end.min(self.len_ms);
        if end <= ms.start {
            return 0.0;
        }
        let count = (end - ms.start) * SAMPLES_PER_MS;
        ((self.sums[end] - self.sums[ms.start]) / count as f64)
            .sqrt()
            .floor()
    }

    /// Silence at the beginning, or at the end.
    fn leading_silence_ms(&self, from_end: bool) -> usize {
        let threshold = full_scale(EDGE_DB);
        let mut silence_ms = 0;
        while silence_ms < self.len_ms {
            let ms = silence_ms..(silence_ms + SEEK_STEP_MS).min(self.len_ms);
            let ms = match from_end {
                true => self.len_ms - ms.end..self.len_ms - ms.start,
                false => ms,
            };
            if self.rms(ms) >= threshold {
                break;
            }
            silence_ms += SEEK_STEP_MS;
        }
        silence_ms.min(self.len_ms)
    }

    /// Stretches that are silent for long enough, milliseconds.
    fn silences(&self, silence: &Silence) -> Vec<Range<usize>> {
        let Some(last) = self.len_ms.checked_sub(silence.min_ms) else {
            return Vec::new();
        };
        let threshold = full_scale(silence.threshold_db);
        let mut starts: Vec<usize> = (0..=last).step_by(SEEK_STEP_MS).collect();
        if !last.is_multiple_of(SEEK_STEP_MS) {
            starts.push(last);
        }
        let mut silences: Vec<Range<usize>> = Vec::new();
        for start in starts {
            let window = start..start + silence.min_ms;
            if self.rms(window.clone()) > threshold {
                continue;
            }
            match silences.last_mut() {
                Some(silence) if start <= silence.end => silence.end = window.end,
                _ => silences.push(window),
            }
        }
        silences
    }

    /// What lies between the silences, with what is left of them on either side; where that would overlap, each gets half.
    fn loud_parts(&self, silence: &Silence) -> Vec<Range<usize>> {
        let silences = self.silences(silence);
        let starts = std::iter::once(0).chain(silences.iter().map(|silence| silence.end));
        let ends = silences
            .iter()
            .map(|silence| silence.start)
            .chain([self.len_ms]);
        let mut loud: Vec<(usize, usize)> = starts.zip(ends).collect();
        if loud.len() > 1 {
            loud.retain(|&part| part != (0, 0) && part != (self.len_ms, self.len_ms));
        }
        let is_silent = |&(start, end): &(usize, usize)| start == end;
        if loud.iter().all(is_silent) {
            return Vec::new();
        }
        let kept = KEPT_SILENCE_MS as isize;
        let mut parts: Vec<Range<isize>> = Vec::new();
        for (start, end) in loud {
            let mut start = start as isize - kept;
            if let Some(before) = parts.last_mut()
                && start < before.end
            {
                start = (start + before.end) / 2;
                before.end = start;
            }
            parts.push(start..end as isize + kept);
        }
        let inside = |ms: isize| (ms.max(0) as usize).min(self.len_ms);
        parts
            .into_iter()
            .map(|part| inside(part.start)..inside(part.end))
            .collect()
    }
}

/// An amplitude in steps of 16-bit sound.
fn full_scale(db: f64) -> f64 {
    10f64.powf(db / 20.0) * 32_768.0
}

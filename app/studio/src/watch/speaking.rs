//! A narration as speech that fits the clip: a line that is too long is spoken faster, one with an end of its own slower, and
//! none is cut. Where faster is not enough, the clip waits.

use engine::TimedWord;
use engine::audio::SAMPLE_RATE_HZ;
use engine::motion::prosody::Accent;
use engine::motion::{FRAMES_PER_SECOND, MouthFrame};
use engine::synthesizer::SAMPLES_PER_FRAME;

use super::narration::{Narration, NarrationLine};
use super::timeline::{Claim, GAP_SECS, Timeline};
use crate::performance::tongue_raised;
use crate::script::SPEED_RANGE;
use crate::take::Take;

/// Fastest and slowest that a line is spoken to fit, as factors of the rate that was asked for.
const MAX_PACE: f32 = 1.6;
const MIN_PACE: f32 = 0.85;
/// Attempts to meet a length: the rate of speech is a wish that the voice follows nearly.
const ATTEMPTS: usize = 3;
/// A little faster than computed, for the same reason.
const MARGIN: f64 = 1.03;
/// A line may end this much before its end without being slowed down.
const SHORTER_IS_FINE_SECS: f64 = 0.3;
/// Frames before the first sound in which the mouth already moves.
const LEAD_FRAMES: usize = 4;
/// Kept behind the last word, for what rings out.
const RING_OUT_SECS: f64 = 0.3;

/// Speaks words at a rate.
pub type Speak<'a> = dyn FnMut(&NarrationLine, f32) -> anyhow::Result<Take> + 'a;

/// A narration as it is heard in the film.
#[derive(Clone, Debug, PartialEq)]
pub struct SpokenNarration {
    /// The film's time beside the clip's.
    pub timeline: Timeline,
    /// The lines, in order.
    pub lines: Vec<SpokenLine>,
}

impl SpokenNarration {
    /// All words with their times in the film.
    pub fn words(&self) -> Vec<TimedWord> {
        let lines = self.lines.iter();
        lines.flat_map(|line| line.words.iter().cloned()).collect()
    }
}

/// A line as it is spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct SpokenLine {
    /// First frame of the film that it moves the mouth in.
    pub first_frame: usize,
    /// Its sound, [`SAMPLES_PER_FRAME`] for each frame.
    pub samples: Vec<f32>,
    /// The mouth.
    pub mouth: Vec<MouthFrame>,
    /// Stress, frame by frame.
    pub accents: Vec<Accent>,
    /// How far the tongue is raised, frame by frame, 0 to 1.
    pub tongue: Vec<f32>,
    /// Words with their times in the film.
    pub words: Vec<TimedWord>,
    /// Factor of the rate that was asked for.
    pub rate: f32,
}

/// Speaks all lines at `speed` and fits them to a clip. `on_fraction` takes the share that is done.
///
/// # Errors
/// What `speak` returns.
pub fn spoken(
    narration: &Narration,
    clip_secs: f64,
    speed: f32,
    speak: &mut Speak<'_>,
    on_fraction: &mut dyn FnMut(f32),
) -> anyhow::Result<SpokenNarration> {
    let count = narration.lines.len();
    let mut takes = Vec::with_capacity(count);
    for (index, line) in narration.lines.iter().enumerate() {
        let next = narration.lines.get(index + 1);
        takes.push(fitted(line, next, speed, speak)?);
        on_fraction((index + 1) as f32 / count as f32);
    }
    let claims: Vec<Claim> = narration
        .lines
        .iter()
        .zip(&takes)
        .map(|(line, (take, _))| Claim {
            start_secs: line.start_secs,
            spoken_secs: spoken_secs(take),
        })
        .collect();
    let timeline = Timeline::new(clip_secs, &claims);
    let mut free_from = 0;
    let lines = takes
        .iter()
        .zip(timeline.starts())
        .map(|((take, rate), &start)| {
            let line = placed(take, start, free_from, *rate);
            let spoken_frames = (spoken_secs(take) * FRAMES_PER_SECOND).ceil() as usize;
            free_from = start + spoken_frames;
            line
        })
        .collect();
    Ok(SpokenNarration {
        timeline: timeline.clone(),
        lines,
    })
}

/// A line in the time that it has, and the factor of its rate.
fn fitted(
    line: &NarrationLine,
    next: Option<&NarrationLine>,
    speed: f32,
    speak: &mut Speak<'_>,
) -> anyhow::Result<(Take, f32)> {
    let room_secs = next.map(|next| next.start_secs - line.start_secs - GAP_SECS);
    let own_secs = line.end_secs.map(|end_secs| end_secs - line.start_secs);
    let max_secs = match (room_secs, own_secs) {
        (Some(room_secs), Some(own_secs)) => Some(room_secs.min(own_secs)),
        (room_secs, own_secs) => room_secs.or(own_secs),
    };
    let mut rate = 1.0;
    let mut take = speak(line, speed)?;
    let Some(max_secs) = max_secs else {
        return Ok((take, rate));
    };
    let min_secs = own_secs
        .filter(|&own_secs| own_secs <= max_secs)
        .map_or(0.0, |own_secs| own_secs - SHORTER_IS_FINE_SECS);
    for _ in 1..ATTEMPTS {
        let took_secs = spoken_secs(&take);
        if (min_secs..=max_secs).contains(&took_secs) || took_secs == 0.0 {
            break;
        }
        let wanted = f64::from(rate) * took_secs / max_secs.max(0.1) * MARGIN;
        let bounded = (wanted as f32)
            .clamp(MIN_PACE, MAX_PACE)
            .clamp(SPEED_RANGE.start() / speed, SPEED_RANGE.end() / speed);
        if (bounded - rate).abs() < 0.01 {
            break;
        }
        rate = bounded;
        take = speak(line, speed * rate)?;
    }
    Ok((take, rate))
}

/// When the first word begins and the last one ends; the whole of a take without words.
fn word_span_secs(take: &Take) -> (f64, f64) {
    let all_secs = take.samples().len() as f64 / f64::from(SAMPLE_RATE_HZ);
    match (take.words.first(), take.words.last()) {
        (Some(first), Some(last)) => (
            first.start_secs.clamp(0.0, all_secs),
            last.end_secs.clamp(0.0, all_secs),
        ),
        _ => (0.0, all_secs),
    }
}

fn spoken_secs(take: &Take) -> f64 {
    let (start_secs, end_secs) = word_span_secs(take);
    (end_secs - start_secs).max(0.0)
}

/// A take placed so that its first word begins with frame `start`, but nothing of it before `free_from`.
fn placed(take: &Take, start: usize, free_from: usize, rate: f32) -> SpokenLine {
    let (start_secs, end_secs) = word_span_secs(take);
    let onset_frame = (start_secs * FRAMES_PER_SECOND).floor() as usize;
    let lead = onset_frame
        .min(LEAD_FRAMES)
        .min(start.saturating_sub(free_from));
    let begin = onset_frame - lead;
    let end = (((end_secs + RING_OUT_SECS) * FRAMES_PER_SECOND).ceil() as usize)
        .min(take.mouth.len())
        .max(begin);
    let samples = take.samples();
    let mut sound = samples
        .get(begin * SAMPLES_PER_FRAME..(end * SAMPLES_PER_FRAME).min(samples.len()))
        .unwrap_or_default()
        .to_vec();
    sound.resize((end - begin) * SAMPLES_PER_FRAME, 0.0);
    let first_frame = start - lead;
    let shift_secs = (first_frame as f64 - begin as f64) / FRAMES_PER_SECOND;
    let mut accents = take.accents.get(begin..end).unwrap_or_default().to_vec();
    accents.resize(end - begin, Accent::default());
    SpokenLine {
        first_frame,
        samples: sound,
        mouth: take.mouth.get(begin..end).unwrap_or_default().to_vec(),
        accents,
        tongue: (begin..end)
            .map(|frame| tongue_raised(&take.phones, frame))
            .collect(),
        words: take
            .words
            .iter()
            .map(|word| TimedWord {
                start_secs: word.start_secs + shift_secs,
                end_secs: word.end_secs + shift_secs,
                ..word.clone()
            })
            .collect(),
        rate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ScriptVoice;
    use engine::SpeechChunk;

    /// Half a second a word, after and before 0.4 s of silence.
    fn speak(line: &NarrationLine, speed: f32) -> anyhow::Result<Take> {
        let word_secs = 0.5 / f64::from(speed);
        let words: Vec<TimedWord> = (0..)
            .zip(line.text.split_whitespace())
            .map(|(index, text)| TimedWord {
                text: text.to_owned(),
                start_secs: 0.4 + f64::from(index) * word_secs,
                end_secs: 0.4 + f64::from(index + 1) * word_secs,
            })
            .collect();
        let secs = 0.8 + words.len() as f64 * word_secs;
        let frames = (secs * 25.0).ceil() as usize;
        let mut chunk = SpeechChunk::new(
            vec![0.1; frames * SAMPLES_PER_FRAME],
            vec![MouthFrame::default(); frames],
            1.0,
        );
        chunk.words = words;
        let mut take = Take::new(0, line.script(ScriptVoice::Default, speed), 0);
        take.add(&chunk);
        Ok(take)
    }

    fn spoken_from(answer: &str, clip_secs: f64) -> (Narration, SpokenNarration) {
        let narration = Narration::parse(answer, clip_secs).unwrap();
        let spoken = spoken(&narration, clip_secs, 1.0, &mut speak, &mut |_| {}).unwrap();
        (narration, spoken)
    }

    /// Largest distance of a first word from its time, seconds of the clip.
    fn largest_error_secs(narration: &Narration, spoken: &SpokenNarration) -> f64 {
        let errors = narration
            .lines
            .iter()
            .zip(&spoken.lines)
            .map(|(line, said)| {
                let frame = (said.words[0].start_secs * 25.0).round() as usize;
                let (clip_frame, _) = spoken.timeline.clip_frame(frame);
                (clip_frame as f64 / 25.0 - line.start_secs).abs()
            });
        errors.fold(0.0, f64::max)
    }

    #[test]
    fn lines_begin_with_their_times_and_never_overlap() {
        for answer in [
            "[0.0] one two three four\n[4.0] five six",
            "[0.0] one two three four\n[1.6] five six\n[2.4] seven eight nine ten\n[9.0] eleven",
            "[0.3] one two three four five six seven eight nine ten\n[1.0] eleven\n[1.6] twelve",
            "[9.9] one two three four five six",
        ] {
            let (narration, spoken) = spoken_from(answer, 10.0);
            assert!(largest_error_secs(&narration, &spoken) < 0.05, "{answer}");
            for pair in spoken.lines.windows(2) {
                let end_secs = pair[0].words.last().unwrap().end_secs;
                assert!(pair[1].words[0].start_secs >= end_secs, "{answer}");
            }
            let words = spoken.lines.iter().map(|line| line.words.len());
            let said = narration.text().split_whitespace().count();
            assert_eq!(words.sum::<usize>(), said, "{answer}");
            let last = spoken.lines.last().unwrap();
            assert!(last.first_frame + last.mouth.len() <= spoken.timeline.frame_count());
            for line in &spoken.lines {
                assert_eq!(line.samples.len(), line.mouth.len() * SAMPLES_PER_FRAME);
                assert_eq!(line.accents.len(), line.mouth.len());
            }
        }
    }

    #[test]
    fn a_line_is_spoken_faster_before_the_clip_waits_for_it() {
        // 2 s in 1.6 s.
        let (_, spoken) = spoken_from("[0.0] one two three four\n[1.6] five", 10.0);
        assert!(spoken.lines[0].rate > 1.2 && spoken.lines[0].rate < 1.6);
        assert_eq!(spoken.timeline.waited_frames(), 0);
        // 5 s in 2 s: as fast as may be, and the clip waits for the rest.
        let long = "[0.0] one two three four five six seven eight nine ten\n[2.0] eleven";
        let (_, spoken) = spoken_from(long, 10.0);
        assert_eq!(spoken.lines[0].rate, MAX_PACE);
        assert!((30..=36).contains(&spoken.timeline.waited_frames()));
    }

    #[test]
    fn a_line_with_an_end_is_spread_up_to_it() {
        let (_, spoken) = spoken_from("[1.0 - 3.4] one two three four", 10.0);
        let words = &spoken.lines[0].words;
        assert!((words[3].end_secs - 3.4).abs() < 0.3, "{words:?}");
        assert!(spoken.lines[0].rate < 1.0);
        // But not beyond what sounds like speech.
        let (_, spoken) = spoken_from("[1.0 - 9.0] one two three four", 10.0);
        assert_eq!(spoken.lines[0].rate, MIN_PACE);
    }
}

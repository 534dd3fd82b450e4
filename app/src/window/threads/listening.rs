//! What is said now, as a mouth: the newest piece of sound goes to the model again and again, with some of what came before.

use std::time::Duration;

use engine::motion::MouthFrame;
use engine::motion::prosody::{self, Accent};
use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::{SpeechChunk, Synthesizer};

use studio::sound::microphone::Microphone;

/// New frames that are worth a run of the model: 0.32 s. A slow machine collects more.
const HOP_FRAMES: usize = 8;
/// Frames before the new ones that the model hears, too: 1.6 s.
const BEFORE_FRAMES: usize = 40;
/// The newest frames wait for what comes after them, since lips shape a sound before it is heard: 0.08 s.
const AFTER_FRAMES: usize = 2;
/// Longer takes end by themselves: ten minutes.
const MOST_FRAMES: usize = 10 * 60 * 25;
/// Time between two looks at the microphone.
const PERIOD: Duration = Duration::from_millis(10);

/// Takes a piece with the accents of its frames.
pub(super) type OnHeard<'a> = dyn FnMut(SpeechChunk, Vec<Accent>) -> engine::Result<()> + 'a;

/// Listens until `has_ended`, and hands on each piece of sound with its mouth. `cancelled` ends at once.
pub(super) fn listen(
    synthesizer: &Synthesizer,
    microphone: &mut Microphone,
    seed: u64,
    has_ended: &dyn Fn() -> bool,
    cancelled: &dyn Fn() -> bool,
    on_heard: &mut OnHeard<'_>,
) -> anyhow::Result<()> {
    // The newest sound, which begins with this frame.
    let mut heard: Vec<f32> = Vec::new();
    let mut first = 0;
    let mut handed_on = 0;
    // What the last run made of the frames that it did not hand on.
    let mut carried: Vec<MouthFrame> = Vec::new();
    loop {
        if cancelled() {
            return Err(engine::Error::Cancelled.into());
        }
        // Asked before the last sound is read, so that nothing that came before the end is left out.
        let is_last = has_ended() || handed_on >= MOST_FRAMES;
        microphone.read(&mut heard).map_err(anyhow::Error::msg)?;
        let there = first + heard.len() / SAMPLES_PER_FRAME;
        let ready = if is_last {
            there
        } else {
            there.saturating_sub(AFTER_FRAMES)
        };
        let is_worth_it = ready >= handed_on + HOP_FRAMES || (is_last && ready > handed_on);
        if is_worth_it {
            let window = &heard[..(there - first) * SAMPLES_PER_FRAME];
            let mut mouth = Vec::with_capacity(there - first);
            synthesizer.animate(window, seed, cancelled, &mut |frames, _| {
                mouth.extend(frames);
                Ok(())
            })?;
            let mut mouth = mouth.split_off((handed_on - first).min(mouth.len()));
            cross(&carried, &mut mouth);
            carried = mouth.split_off((ready - handed_on).min(mouth.len()));
            let accents = prosody::accents(window)
                .into_iter()
                .skip(handed_on - first)
                .take(ready - handed_on)
                .collect();
            let chunk = SpeechChunk {
                samples: window
                    [(handed_on - first) * SAMPLES_PER_FRAME..(ready - first) * SAMPLES_PER_FRAME]
                    .to_vec(),
                mouth,
                words: Vec::new(),
                phones: Vec::new(),
                fraction_done: 0.0,
            };
            handed_on = ready;
            let before = handed_on.saturating_sub(BEFORE_FRAMES);
            heard.drain(..(before - first) * SAMPLES_PER_FRAME);
            first = before;
            on_heard(chunk, accents)?;
        } else if !is_last {
            std::thread::sleep(PERIOD);
        }
        if is_last {
            return Ok(());
        }
    }
}

/// Goes over from one run of the model to the next without a jump.
fn cross(from: &[MouthFrame], to: &mut [MouthFrame]) {
    let steps = from.len().min(to.len());
    for (index, (old, new)) in from.iter().zip(to.iter_mut()).enumerate() {
        let share = (index + 1) as f32 / (steps + 1) as f32;
        *new = old.mixed(new, share);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_go_over_into_each_other() {
        let mut to = vec![MouthFrame::from([[1.0; 3]; 4]); 3];
        cross(&[MouthFrame::default(); 2], &mut to);
        let first: Vec<f32> = to.iter().map(|frame| frame.corner[0]).collect();
        assert!((first[0] - 1.0 / 3.0).abs() < 1e-6 && (first[1] - 2.0 / 3.0).abs() < 1e-6);
        assert_eq!(first[2], 1.0);
    }
}

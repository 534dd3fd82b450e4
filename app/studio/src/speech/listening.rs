//! What is said now, as speech with a mouth: sound goes from the microphone to the model as it comes.

use std::time::Duration;

use engine::synthesizer::LiveMouth;
use engine::{SpeechChunk, Synthesizer};

use crate::cancel::CancelToken;
use crate::sound::microphone::Microphone;

/// Longer takes end by themselves: ten minutes.
const MAX_FRAMES: usize = 10 * 60 * 25;
/// Time between two looks at the microphone.
const PERIOD: Duration = Duration::from_millis(10);

/// Takes a piece.
pub(super) type OnHeard<'a> = dyn FnMut(SpeechChunk) -> engine::Result<()> + 'a;

/// Listens until `ends`, and hands on each piece of sound with its mouth. `cancel` ends at once.
pub(super) fn listen(
    synthesizer: &Synthesizer,
    microphone: &mut Microphone,
    seed: u64,
    ends: &CancelToken,
    cancel: &CancelToken,
    on_heard: &mut OnHeard<'_>,
) -> anyhow::Result<()> {
    let mut live = LiveMouth::new(synthesizer, seed);
    loop {
        cancel.check()?;
        // Asked before the last sound is read, so that nothing that came before the end is left out.
        let is_last = ends.is_cancelled() || live.frames() >= MAX_FRAMES;
        microphone
            .read(live.samples())
            .map_err(anyhow::Error::msg)?;
        match live.next(is_last, &|| cancel.is_cancelled())? {
            Some(chunk) => on_heard(chunk)?,
            None if is_last => {}
            None => std::thread::sleep(PERIOD),
        }
        if is_last {
            return Ok(());
        }
    }
}

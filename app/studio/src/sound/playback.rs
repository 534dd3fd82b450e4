//! The take that is playing: feeds the sound output and reads the time from it.
//!
//! Audio is the clock: the frame to show is the one at the time of the sound that is heard now. Sound is never stretched;
//! frames may be skipped.

use std::collections::VecDeque;
use std::ops::Range;

use engine::audio::SAMPLE_RATE_HZ;
use engine::motion::FRAMES_PER_SECOND;

use crate::sound::output::{AudioOutput, OpenOutput, Opener};
use crate::take::Take;

/// A device's clock may stop this much before the end; speech ends in silence, so nothing is cut off.
const END_TOLERANCE_SECS: f64 = 0.02;
/// Samples offered to the output at once.
const PIECE_SAMPLES: usize = 4800;
/// A shorter loop would be a buzz.
pub const MIN_LOOP_SECS: f64 = 0.1;

/// Opens the named sound device, or a silent output that keeps time where there is none.
pub fn open_device() -> OpenOutput {
    Box::new(crate::sound::output::open)
}

/// Plays one take at a time.
pub struct Player {
    opener: Opener,
    playing: Option<Playing>,
}

struct Playing {
    take: u64,
    ticket: u64,
    /// None until the device is open.
    output: Option<Box<dyn AudioOutput>>,
    /// The next sample of the take that goes to the output.
    next_sample: usize,
    /// Samples that the output has taken.
    written: usize,
    /// Where the output's line of time jumps to another place of the take: samples written, sample of the take.
    jumps: VecDeque<(usize, usize)>,
    looped: Option<Range<usize>>,
}

/// What feeding brought about.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fed {
    /// What to tell the user about the output.
    pub notice: Option<String>,
    /// Whether the take was heard to its end.
    pub has_ended: bool,
}

impl Player {
    /// A player that plays nothing yet. `wake` is called when an output is open.
    pub fn new(open: OpenOutput, wake: impl Fn() + Send + 'static) -> anyhow::Result<Self> {
        Ok(Self {
            opener: Opener::start(open, wake)?,
            playing: None,
        })
    }

    /// Plays a take from a time on, in place of what plays, on the named device or on the system's default for none. A span is
    /// repeated until something else is asked for.
    pub fn play(
        &mut self,
        take: &Take,
        device: Option<String>,
        start_secs: f64,
        looped: Option<Range<f64>>,
    ) {
        self.stop();
        let ticket = self.opener.open(device);
        let start = samples(start_secs);
        self.playing = Some(Playing {
            take: take.id,
            ticket,
            output: None,
            next_sample: start,
            written: 0,
            jumps: VecDeque::from([(0, start)]),
            looped: looped
                .map(|span| samples(span.start)..samples(span.end))
                .filter(|span| span.len() >= samples(MIN_LOOP_SECS)),
        });
    }

    /// Ends the sound at once.
    pub fn stop(&mut self) {
        if let Some(output) = self.playing.take().and_then(|playing| playing.output) {
            self.opener.close(output);
        }
    }

    /// The take that plays.
    pub fn take(&self) -> Option<u64> {
        self.playing.as_ref().map(|playing| playing.take)
    }

    /// Passes sound to the output and ends a take that was heard to its end. `take` is the one that plays.
    pub fn feed(&mut self, take: &Take) -> Fed {
        let mut fed = Fed::default();
        while let Some(opened) = self.opener.poll() {
            match &mut self.playing {
                Some(playing) if playing.ticket == opened.ticket => {
                    playing.output = Some(opened.output);
                    fed.notice = opened.notice;
                }
                _ => self.opener.close(opened.output),
            }
        }
        let Some(playing) = self
            .playing
            .as_mut()
            .filter(|playing| playing.take == take.id)
        else {
            return fed;
        };
        let Some(output) = &mut playing.output else {
            return fed;
        };
        loop {
            let end = match &playing.looped {
                Some(span) if playing.next_sample <= span.end => span.end.min(take.samples().len()),
                _ => take.samples().len(),
            };
            if let Some(span) = &playing.looped
                && playing.next_sample >= end
                && (take.is_complete || take.samples().len() >= span.end)
            {
                playing.next_sample = span.start;
                playing.jumps.push_back((playing.written, span.start));
                continue;
            }
            let count = end.saturating_sub(playing.next_sample).min(PIECE_SAMPLES);
            let offered = take
                .samples()
                .get(playing.next_sample..playing.next_sample + count);
            let offered = offered.unwrap_or_default();
            let taken = output.write(offered);
            playing.next_sample += taken;
            playing.written += taken;
            if taken == 0 || taken < offered.len() {
                break;
            }
        }
        fed.notice = fed.notice.or_else(|| output.take_notice());
        let is_heard = take.is_complete
            && playing.looped.is_none()
            && playing.next_sample >= take.samples().len()
            && output.heard_secs() + END_TOLERANCE_SECS >= secs(playing.written);
        if is_heard {
            fed.has_ended = true;
            self.stop();
        }
        fed
    }

    /// The place in the take that is heard now; none before the first sound.
    pub fn position_secs(&self) -> Option<f64> {
        let playing = self.playing.as_ref()?;
        let heard_secs = playing.output.as_ref()?.heard_secs();
        let (written, sample) = playing
            .jumps
            .iter()
            .rev()
            .find(|(written, _)| secs(*written) <= heard_secs)
            .or(playing.jumps.front())?;
        Some(secs(*sample) + heard_secs - secs(*written))
    }

    /// Forgets the jumps that were heard long ago, so that a loop can run all night.
    pub fn tidy(&mut self) {
        if let Some(playing) = &mut self.playing
            && let Some(output) = &playing.output
        {
            let heard_secs = output.heard_secs();
            while playing
                .jumps
                .get(1)
                .is_some_and(|(written, _)| secs(*written) <= heard_secs)
            {
                playing.jumps.pop_front();
            }
        }
    }

    /// Time until the sound reaches the next frame.
    pub fn until_next_frame_secs(&self) -> Option<f64> {
        let frame = self.position_secs()? * FRAMES_PER_SECOND + 1e-6;
        Some((frame.floor() + 1.0 - frame).clamp(0.0, 1.0) / FRAMES_PER_SECOND)
    }

    /// How often the sound ran out, of the output that plays.
    pub fn underruns(&self) -> u64 {
        let output = self.playing.as_ref().and_then(|p| p.output.as_ref());
        output.map_or(0, |output| output.underruns())
    }
}

fn samples(secs: f64) -> usize {
    (secs.max(0.0) * f64::from(SAMPLE_RATE_HZ)).round() as usize
}

fn secs(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE_HZ)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Script;
    use crate::sound::output::{ManualClock, manual};
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    fn player() -> (Player, Arc<Mutex<Option<ManualClock>>>) {
        let clock: Arc<Mutex<Option<ManualClock>>> = Arc::default();
        let shared = Arc::clone(&clock);
        let open: OpenOutput = Box::new(move |_| {
            let (output, key) = manual();
            *shared.lock().unwrap() = Some(key);
            (Box::new(output), None)
        });
        (Player::new(open, || ()).unwrap(), clock)
    }

    /// One second whose samples say where they stand.
    fn second() -> Take {
        let mut take = Take::new(7, Script::Microphone(None), 0);
        let samples: Vec<f32> = (0..24_000_i16).map(|i| f32::from(i) / 32_768.0).collect();
        take.add_samples(&samples);
        take.is_complete = true;
        take
    }

    fn wait_open(player: &mut Player, take: &Take) {
        let began = Instant::now();
        while player.position_secs().is_none() {
            assert!(began.elapsed() < Duration::from_secs(10));
            std::thread::sleep(Duration::from_millis(1));
            player.feed(take);
        }
    }

    fn heard(clock: &Mutex<Option<ManualClock>>, secs: f64) -> Vec<i16> {
        let guard = clock.lock().unwrap();
        let samples = guard.as_ref().unwrap().advance_secs(secs);
        samples
            .iter()
            .map(|x| (x * 32768.0).round() as i16)
            .collect()
    }

    #[test]
    fn a_take_plays_from_the_middle_to_its_end() {
        let (mut player, clock) = player();
        let take = second();
        player.play(&take, None, 0.5, None);
        wait_open(&mut player, &take);
        assert_eq!(player.position_secs(), Some(0.5));
        let sound = heard(&clock, 0.25);
        assert_eq!((sound[0], sound[5999]), (12_000, 17_999));
        assert_eq!(player.position_secs(), Some(0.75));
        heard(&clock, 0.25);
        assert!(player.feed(&take).has_ended);
        assert_eq!(player.take(), None);
    }

    #[test]
    fn a_span_repeats_without_a_gap() {
        let (mut player, clock) = player();
        let take = second();
        player.play(&take, None, 0.2, Some(0.2..0.4));
        wait_open(&mut player, &take);
        for _ in 0..40 {
            let sound = heard(&clock, 0.2);
            assert_eq!((sound[0], sound[4799]), (4800, 9599));
            assert!(!player.feed(&take).has_ended);
            player.tidy();
            let position = player.position_secs().unwrap();
            assert!((position - 0.2).abs() < 1e-9, "{position}");
        }
        assert!(player.playing.as_ref().unwrap().jumps.len() < 20);
    }
}

//! Calms measurements as they come, without a look ahead: little of a slow movement gets lost, and a quick one is hardly late.
//!
//! The 1 € filter (Casiez, Roussel, Vogel: CHI 2012): a low pass of first order whose cutoff rises with the speed. At rest it lets through
//! what the Gaussian of [`super::timeline::calm`] does.

use std::f32::consts::TAU;

use super::measure::{
    CHANNELS, EXPRESSION, EYE_OPENING, LIP_GAP, LOG_SCALE, Measurement, PIVOT, POSE,
};
use super::timeline::{BRIDGED_SECS, calming_frames};
use crate::motion::FRAMES_PER_SECOND;

/// Cutoff (−3 dB) times standard deviation of a Gaussian: √(ln 2) / 2π.
const GAUSSIAN_CUTOFF: f32 = 0.132_5;
/// Cutoff of the speed.
const SPEED_CUTOFF_HZ: f32 = 2.0;

/// One channel.
#[derive(Clone, Copy, Debug)]
struct LowPass {
    raw: f32,
    calmed: f32,
    speed: f32,
}

impl LowPass {
    /// A value that comes `step_secs` after the last one. The cutoff rises by `hz_per_speed` with each unit a second.
    fn next(&mut self, value: f32, step_secs: f32, min_hz: f32, hz_per_speed: f32) -> f32 {
        let speed = (value - self.raw) / step_secs;
        self.speed += share(SPEED_CUTOFF_HZ, step_secs) * (speed - self.speed);
        self.raw = value;
        let cutoff_hz = min_hz + hz_per_speed * self.speed.abs();
        self.calmed += share(cutoff_hz, step_secs) * (value - self.calmed);
        self.calmed
    }
}

/// What of the way to a new value is gone in a step.
fn share(cutoff_hz: f32, step_secs: f32) -> f32 {
    1.0 - (-TAU * cutoff_hz * step_secs).exp()
}

/// All channels.
#[derive(Default)]
pub(super) struct Calm {
    last: Option<(f64, Box<[LowPass; CHANNELS]>)>,
}

impl Calm {
    /// The calmed form of what was measured now. After a gap it begins anew.
    pub fn next(&mut self, time_secs: f64, measured: &Measurement) -> Measurement {
        let unit_px = measured[LOG_SCALE].exp();
        if let Some((last_secs, channels)) = &mut self.last
            && (0.0..=BRIDGED_SECS).contains(&(time_secs - *last_secs))
        {
            let step_secs = ((time_secs - *last_secs) as f32).max(1e-3);
            *last_secs = time_secs;
            return std::array::from_fn(|channel| {
                let value = measured[channel];
                let (min_hz, max_lag) = (min_cutoff_hz(channel), max_lag(channel, unit_px));
                match min_hz.is_finite() {
                    true => channels[channel].next(value, step_secs, min_hz, 1.0 / (TAU * max_lag)),
                    false => value,
                }
            });
        }
        let at_rest = |value| LowPass {
            raw: value,
            calmed: value,
            speed: 0.0,
        };
        self.last = Some((time_secs, Box::new(measured.map(at_rest))));
        *measured
    }
}

/// The lowest cutoff of a channel; infinite for lids, which are as quick as a frame.
pub(super) fn min_cutoff_hz(channel: usize) -> f32 {
    GAUSSIAN_CUTOFF * FRAMES_PER_SECOND as f32 / calming_frames(channel)
}

/// What a steady movement is late by at most, however quick it is, in the channel's unit.
fn max_lag(channel: usize, unit_px: f32) -> f32 {
    match channel {
        POSE..LOG_SCALE => 0.02,
        LOG_SCALE => 0.01,
        PIVOT..EXPRESSION => 0.01 * unit_px,
        EXPRESSION..EYE_OPENING | LIP_GAP.. => 0.004,
        EYE_OPENING..LIP_GAP => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of one channel, thirty times a second.
    fn calmed(channel: usize, values: impl Iterator<Item = f32>) -> Vec<f32> {
        let mut calm = Calm::default();
        values
            .enumerate()
            .map(|(i, value)| {
                let mut measured = [0.0; CHANNELS];
                measured[channel] = value;
                calm.next(i as f64 / 30.0, &measured)[channel]
            })
            .collect()
    }

    #[test]
    fn a_steady_movement_is_late_by_what_is_promised_and_a_rest_is_calm() {
        for speed in [0.2, 1.0, 4.0] {
            let out = calmed(POSE, (0..60).map(|i| speed * i as f32 / 30.0));
            let lag = speed * 59.0 / 30.0 - out[59];
            // A step of the clock is added by the sampling.
            assert!(
                (0.0..0.02 + 0.1 * speed / 30.0).contains(&lag),
                "{speed}: {lag}"
            );
        }
        let trembling = calmed(
            POSE,
            (0..60).map(|i| if i % 2 == 0 { 0.004 } else { -0.004 }),
        );
        assert!(trembling[30..].iter().all(|value| value.abs() < 0.002));
    }

    #[test]
    fn lids_pass_at_once_and_after_a_gap_nothing_is_left_of_before() {
        let blink = [0.1, 0.1, 0.02, 0.03, 0.1];
        assert_eq!(calmed(EYE_OPENING, blink.into_iter()), blink);
        let mut calm = Calm::default();
        calm.next(0.0, &[0.0; CHANNELS]);
        assert!(calm.next(0.04, &[0.01; CHANNELS])[LOG_SCALE] < 0.01);
        assert_eq!(calm.next(1.0, &[1.0; CHANNELS]), [1.0; CHANNELS]);
    }
}

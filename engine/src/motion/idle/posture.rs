//! How the head is held for a while: people settle it anew between phrases and look up or aside while they speak.
//!
//! Measured on speaker 1 of the GRID corpus (`matrix` of 1,000 clips of three seconds): within a clip the head's pitch, yaw and roll
//! have standard deviations of 0.56°, 0.39° and 0.23°, over the whole session 1.8°, 2.2° and 1.2°. The first is what sway, nods and breath
//! make, the second is posture.

use crate::random::Random;

/// Standard deviation of the postures of somebody who speaks, radians: pitch, yaw, roll.
const SPREAD: [f64; 3] = [0.038, 0.038, 0.021];
/// Part of that in silence.
const SILENT_PART: f64 = 0.4;
/// How long a posture is held at least and at most, seconds.
const HELD_SECS: [f64; 2] = [2.2, 6.5];
/// How long the way to a new posture takes, seconds; longer where it is far.
const WAY_SECS: [f64; 2] = [0.6, 1.2];
/// Fastest turn on the way, radians a second (11°): as fast as GRID's speaker nods in 95 of 100 frames.
const MAX_SPEED: f64 = 0.2;

/// The posture of the head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posture {
    from: [f64; 3],
    to: [f64; 3],
    start_secs: f64,
    way_secs: f64,
    next_secs: f64,
}

impl Posture {
    /// As in the portrait, for a moment.
    pub(super) fn new(random: &mut Random) -> Self {
        Self {
            from: [0.0; 3],
            to: [0.0; 3],
            start_secs: 0.0,
            way_secs: WAY_SECS[0],
            next_secs: random.between(0.8, HELD_SECS[0]),
        }
    }

    /// Where the head is held now: pitch, yaw and roll in radians. At the start of a phrase it is settled anew.
    pub(super) fn at(
        &mut self,
        now_secs: f64,
        liveliness: f64,
        begins_phrase: bool,
        random: &mut Random,
    ) -> [f64; 3] {
        // A way is finished before the next one begins, so that nothing jumps.
        let has_arrived = now_secs >= self.start_secs + self.way_secs;
        if has_arrived && (begins_phrase || now_secs >= self.next_secs) {
            let part = SILENT_PART + (1.0 - SILENT_PART) * liveliness.clamp(0.0, 1.0);
            self.from = self.to;
            // The sum of three even numbers between −1 and 1 has variance 1 and no far ends.
            self.to = SPREAD.map(|spread| {
                part * spread * (0..3).map(|_| random.between(-1.0, 1.0)).sum::<f64>()
            });
            self.start_secs = now_secs;
            let farthest = (0..3)
                .map(|axis| (self.to[axis] - self.from[axis]).abs())
                .fold(0.0, f64::max);
            // The curve below is 15/8 times as fast in its middle as on average.
            let min_secs = 1.875 * farthest / MAX_SPEED;
            self.way_secs = random.between(WAY_SECS[0], WAY_SECS[1]).max(min_secs);
            self.next_secs = now_secs + random.between(HELD_SECS[0], HELD_SECS[1]);
        }
        let way = ((now_secs - self.start_secs) / self.way_secs).clamp(0.0, 1.0);
        // Least jerk: starts and ends without a step in speed or force.
        let way = way * way * way * (10.0 + way * (6.0 * way - 15.0));
        std::array::from_fn(|axis| self.from[axis] + (self.to[axis] - self.from[axis]) * way)
    }
}

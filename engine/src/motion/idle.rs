//! What a face does besides speaking: blinks, glances, the head's sway and posture, brows that rise with loud vowels, breath.
//!
//! None of it is learned. The rates are those of people in conversation: 10 to 25 blinks a minute (Bentivoglio et al., 1997),
//! a lid that falls in about 80 ms and rises in about 160 ms (Guitton, Simard and Codère, 1991), fixations of one to three
//! seconds on a listener.

mod posture;

use posture::Posture;

use super::between::EyesBetween;
use super::breath::Breath;
use super::life_settings::LifeTarget;
use super::prosody::Accent;
use super::{
    BROW_KEYPOINTS, DrivenPortrait, FRAMES_PER_SECOND, HeadPose, IRIS_KEYPOINTS, LID_TRAVEL,
    LifeSettings, MotionFrame, MouthFrame, TYPICAL_EYE_OPENING, UPPER_LID_KEYPOINTS, articulated,
};
use crate::random::Random;

/// How lively the face is. Angles are in radians, lengths in canonical units of 10 cm, times in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IdleStyle {
    /// Mean time between the starts of two blinks.
    pub blink_interval_secs: f64,
    /// Time for the lid to fall.
    pub blink_fall_secs: f64,
    /// Time for the lid to rise again.
    pub blink_rise_secs: f64,
    /// Share of blinks that are followed by a second one at once.
    pub double_blink_share: f64,
    /// Mean time between two glances.
    pub glance_interval_secs: f64,
    /// Widest glance, sideways; up and down it is half of that.
    pub glance_reach: f64,
    /// Share of the eye's way up or down that the lid follows.
    pub lid_follows_gaze: f64,
    /// Standard deviation of the head's turns in silence: pitch, yaw, roll.
    pub head_sway: [f64; 3],
    /// How much larger the turns are while the mouth moves.
    pub speech_sway_gain: f64,
    /// Most that the brows rise on a loud vowel or a strong accent.
    pub brow_raise: f64,
    /// Nod on a strong accent, radians.
    pub accent_nod: f64,
    /// How far the head rises from an empty chest to a full one.
    pub breath_rise: f64,
    /// How far it tilts back on the way, radians.
    pub breath_tilt: f64,
}

impl Default for IdleStyle {
    fn default() -> Self {
        Self {
            blink_interval_secs: 4.2,
            blink_fall_secs: 0.08,
            blink_rise_secs: 0.16,
            double_blink_share: 0.12,
            glance_interval_secs: 1.9,
            glance_reach: 0.022,
            lid_follows_gaze: 0.6,
            // With nods and breath half a degree within a phrase, as in people; `posture.rs` has the rest.
            head_sway: [0.008, 0.009, 0.005],
            speech_sway_gain: 0.7,
            brow_raise: 0.030,
            accent_nod: 0.038,
            breath_rise: 0.022,
            breath_tilt: 0.012,
        }
    }
}

/// A turn of the head never exceeds this, radians (6.3°): all turns together are squeezed smoothly below it.
pub const HEAD_TURN_LIMIT: f32 = 0.11;
/// Shortest time between two blinks that are not a double one, seconds.
const BLINK_PAUSE_SECS: f64 = 1.2;
/// Time that the eye takes for a glance: two frames, as a saccade of a few degrees does.
const GLANCE_SECS: f64 = 0.08;
/// Periods of the sways, seconds. They have no common multiple, so the sum does not repeat.
const SWAY_PERIODS_SECS: [f64; 4] = [9.7, 5.3, 3.1, 1.7];
/// Share of each sway in the whole; their squares add up to one.
const SWAY_SHARES: [f64; 4] = [0.7, 0.55, 0.4, 0.214];
/// A phrase has ended when the mouth has rested this long, frames.
const PHRASE_END: u32 = 5;
/// A mouth that is shut for longer speaks no p, b or m.
const CLOSURE_FRAMES: u32 = 3;
/// Mouth opening (lower lip against upper) that counts as wide open, canonical units.
const WIDE_OPENING: f64 = 0.14;

/// Idle movement as a stream of frames at 25 fps. Equal seeds and equal mouths give equal frames.
#[derive(Clone, Debug)]
pub struct IdleLife {
    style: IdleStyle,
    random: Random,
    frame: u64,
    next_blink_secs: f64,
    last_blink_secs: f64,
    blink: Option<Blink>,
    /// The one before it, which may have ended since the last frame.
    last_blink: Option<Blink>,
    gaze: Gaze,
    head_follows_gaze: f64,
    sways: [Sway; 3],
    posture: Posture,
    breath: Breath,
    /// Smoothed opening of the mouth, 0 to 1.
    opening: f64,
    /// How much the mouth has been moving lately, 0 to 1.
    liveliness: f64,
    last_opening: f64,
    brows: f64,
    /// Frames that the mouth has rested after speech.
    rested: u32,
    /// Way of each upper lid from open to shut, canonical units.
    lid_travel: [f64; 2],
    /// How the portrait holds its head: the turns are about that head's own axes.
    rest: HeadPose,
    target: LifeTarget,
    held: LifeTarget,
}

#[derive(Clone, Copy, Debug)]
struct Blink {
    start_secs: f64,
    fall_secs: f64,
    rise_secs: f64,
    /// Part of the way to shut: the two eyes of a person do not go equally far.
    depths: [f64; 2],
    again: bool,
}

#[derive(Clone, Copy, Debug)]
struct Gaze {
    from: [f64; 2],
    to: [f64; 2],
    start_secs: f64,
    next_secs: f64,
}

/// One axis of the head: a sum of slow sines whose phases drift apart.
#[derive(Clone, Copy, Debug)]
struct Sway {
    phases: [f64; SWAY_PERIODS_SECS.len()],
    /// Each sine has its own speed, a little off the nominal one.
    rates: [f64; SWAY_PERIODS_SECS.len()],
}

impl IdleLife {
    /// Movement with the default style.
    pub fn new(seed: u64) -> Self {
        Self::with_style(seed, IdleStyle::default())
    }

    /// Movement with a style of one's own.
    pub fn with_style(seed: u64, style: IdleStyle) -> Self {
        let mut random = Random::new(seed);
        let sways = std::array::from_fn(|_| Sway::new(&mut random));
        let next_blink_secs = random.between(0.6, style.blink_interval_secs);
        let next_glance_secs = random.between(0.4, style.glance_interval_secs);
        Self {
            next_blink_secs,
            last_blink_secs: 0.0,
            blink: None,
            last_blink: None,
            gaze: Gaze {
                from: [0.0; 2],
                to: [0.0; 2],
                start_secs: -1.0,
                next_secs: next_glance_secs,
            },
            head_follows_gaze: 0.0,
            sways,
            posture: Posture::new(&mut random),
            breath: Breath::new(random.between(0.0, std::f64::consts::TAU)),
            opening: 0.0,
            liveliness: 0.0,
            last_opening: 0.0,
            brows: 0.0,
            rested: PHRASE_END,
            lid_travel: [f64::from(LID_TRAVEL * TYPICAL_EYE_OPENING); 2],
            rest: HeadPose::default(),
            target: LifeTarget::of(&LifeSettings::default()),
            held: LifeTarget::of(&LifeSettings::default()),
            frame: 0,
            style,
            random,
        }
    }

    /// Fits the blinks and the turns of the head to a portrait.
    pub fn fit(&mut self, portrait: &DrivenPortrait) {
        // An eye that is all but shut in the picture still winks a little.
        self.lid_travel = portrait
            .eye_opening
            .map(|opening| f64::from(LID_TRAVEL * opening.max(0.02)));
        self.rest = portrait.pose;
    }

    /// Changes how the face behaves; it gets there within half a second.
    pub fn set_settings(&mut self, settings: &LifeSettings) {
        self.target = LifeTarget::of(settings);
    }

    /// Begins with these settings, without a way there.
    pub fn start_with(&mut self, settings: &LifeSettings) {
        self.set_settings(settings);
        self.held = self.target;
    }

    /// What is held now by the settings alone: mood, gaze and head, without any movement.
    pub fn held(&self) -> MotionFrame {
        let [pitch, yaw, roll] = self.held.head.map(|angle| angle as f32);
        let mut frame = MotionFrame {
            pose: HeadPose { pitch, yaw, roll }.about(&self.rest),
            expression: self.held.expression,
            ..MotionFrame::default()
        };
        for iris in IRIS_KEYPOINTS {
            let [x, y] = self.held.gaze.map(|part| part as f32);
            frame.expression[iris][0] += x;
            frame.expression[iris][1] += y;
        }
        frame
    }

    /// How far blink and glance had come half a frame before the last frame, as parts of their way since the frame before.
    pub fn eyes_between(&self) -> EyesBetween {
        let frame_secs = 1.0 / FRAMES_PER_SECOND;
        let now_secs = self.frame.saturating_sub(1) as f64 * frame_secs;
        let part = |progress: &dyn Fn(f64) -> f64| {
            let [from, half, to] = [1.0, 0.5, 0.0].map(|ago| progress(now_secs - ago * frame_secs));
            let way = to - from;
            (way.abs() > 1e-6).then(|| ((half - from) / way).clamp(0.0, 1.0) as f32)
        };
        let shut = |secs: f64| {
            let blinks = self.blink.iter().chain(&self.last_blink);
            blinks.map(|blink| blink.shut(secs)).fold(0.0, f64::max)
        };
        EyesBetween {
            lids: part(&shut).filter(|_| self.target.amount != 0.0),
            gaze: part(&|secs| self.gaze.progress(secs)),
        }
    }

    /// The next frame. With a mouth, its keypoints are in the frame, and head and brows take part in the speech.
    pub fn next_frame(&mut self, mouth: Option<&MouthFrame>) -> MotionFrame {
        self.next_frame_with_accent(mouth, Accent::default())
    }

    /// The next frame of speech whose stress is known: see [`super::prosody::accents`].
    pub fn next_frame_with_accent(
        &mut self,
        mouth: Option<&MouthFrame>,
        accent: Accent,
    ) -> MotionFrame {
        self.held.approach(&self.target);
        let amount = self.held.amount;
        let now_secs = self.frame as f64 / FRAMES_PER_SECOND;
        self.frame += 1;
        let was_at_rest = self.rested >= PHRASE_END;
        self.listen(mouth);
        let begins_phrase = was_at_rest && self.rested == 0;
        let glance = self.look(now_secs);
        let [look_x, look_y] = [0, 1].map(|c| glance[c] * amount + self.held.gaze[c]);
        let lids = self.lids(now_secs);

        let gain = 1.0 + self.style.speech_sway_gain * self.liveliness;
        let posture = self
            .posture
            .at(now_secs, self.liveliness, begins_phrase, &mut self.random);
        let mut turns: [f64; 3] = std::array::from_fn(|axis| {
            let sway = self.style.head_sway[axis] * gain * self.sways[axis].advance();
            amount * (sway + posture[axis])
        });
        // People nod a little into their stressed vowels.
        turns[0] += amount * 0.008 * self.opening * self.liveliness;
        turns[0] += amount * self.style.accent_nod * f64::from(accent.nod);
        let chest = amount
            * self
                .breath
                .next(mouth.is_some() && self.rested < CLOSURE_FRAMES);
        turns[0] -= self.style.breath_tilt * chest;
        // The eyes leap, the head comes after.
        self.head_follows_gaze += 0.06 * (0.35 * look_x - self.head_follows_gaze);
        turns[1] += self.head_follows_gaze;
        let [pitch, yaw, roll] =
            [0, 1, 2].map(|axis| squeezed(turns[axis]) + self.held.head[axis] as f32);

        let mut frame = MotionFrame {
            pose: HeadPose { pitch, yaw, roll }.about(&self.rest),
            ..MotionFrame::default()
        };
        frame.translation[1] = (-self.style.breath_rise * chest) as f32;
        for eye in 0..2 {
            frame.expression[IRIS_KEYPOINTS[eye]] = [look_x as f32, look_y as f32, 0.0];
            frame.expression[UPPER_LID_KEYPOINTS[eye]][1] =
                (lids[eye] + self.style.lid_follows_gaze * look_y) as f32;
        }
        let raise = loudness(self.opening).max(f64::from(accent.brow));
        self.brows += 0.35 * (amount * self.style.brow_raise * raise - self.brows);
        for brow in BROW_KEYPOINTS {
            frame.expression[brow][1] = -self.brows as f32;
        }
        if let Some(mouth) = mouth {
            frame.set_mouth(&articulated(mouth, &self.held.mouth_style()));
        }
        let mood = self.held.expression.iter().flatten();
        for (value, delta) in frame.expression.iter_mut().flatten().zip(mood) {
            *value += delta;
        }
        frame
    }

    /// Follows how far the mouth is open and how much it moves.
    fn listen(&mut self, mouth: Option<&MouthFrame>) {
        let opening = mouth.map_or(0.0, |mouth| f64::from(mouth.lip_gap()));
        let opening = (opening / WIDE_OPENING).clamp(0.0, 1.0);
        let change = (opening - self.last_opening).abs();
        self.last_opening = opening;
        self.rested = if opening > 0.12 {
            0
        } else {
            self.rested.saturating_add(1)
        };
        self.opening += 0.35 * (opening - self.opening);
        // Rises within half a second of speech, fades over two.
        let target = (change * 12.0).min(1.0);
        let pace = if target > self.liveliness { 0.12 } else { 0.02 };
        self.liveliness += pace * (target - self.liveliness);
    }

    /// Where the eyes look, canonical units.
    fn look(&mut self, now_secs: f64) -> [f64; 2] {
        if now_secs >= self.gaze.next_secs {
            let reach = self.style.glance_reach;
            let from = self.gaze.to;
            // Half of the glances return to the listener.
            let to = if self.random.unit() < 0.5 {
                let near = 0.12 * reach;
                [
                    self.random.between(-near, near),
                    self.random.between(-near, near),
                ]
            } else {
                [
                    self.random.between(-reach, reach),
                    self.random.between(-0.5 * reach, 0.5 * reach),
                ]
            };
            // A wide glance is often taken behind a blink.
            let way = (to[0] - from[0]).hypot(to[1] - from[1]);
            if way > 0.9 * reach && self.random.unit() < 0.2 {
                self.blink_soon(now_secs);
            }
            let pause = self.style.glance_interval_secs * self.random.between(0.45, 1.55);
            self.gaze = Gaze {
                from,
                to,
                start_secs: now_secs,
                next_secs: now_secs + pause,
            };
        }
        let part = self.gaze.progress(now_secs);
        let [from, to] = [self.gaze.from, self.gaze.to];
        [0, 1].map(|i| from[i] + (to[i] - from[i]) * part)
    }

    /// How far each upper lid has come down, canonical units.
    fn lids(&mut self, now_secs: f64) -> [f64; 2] {
        // So is the end of a phrase.
        if self.rested == PHRASE_END && self.random.unit() < 0.3 {
            self.blink_soon(now_secs);
        }
        if self.target.amount == 0.0 {
            return [0.0; 2];
        }
        if self.blink.is_none() && now_secs >= self.next_blink_secs {
            self.start_blink(now_secs, false);
        }
        let Some(blink) = self.blink else {
            return [0.0; 2];
        };
        if blink.has_ended(now_secs) {
            self.last_blink = self.blink.take();
            if blink.again {
                self.start_blink(now_secs, true);
            }
            return [0.0; 2];
        }
        let shut = blink.shut(now_secs);
        [0, 1].map(|eye| shut * blink.depths[eye] * self.lid_travel[eye])
    }

    /// Brings the next blink forward to now, unless the last one has only just been.
    fn blink_soon(&mut self, now_secs: f64) {
        let last_secs = self
            .blink
            .map_or(self.last_blink_secs, |blink| blink.start_secs);
        if now_secs - last_secs > 2.0 * BLINK_PAUSE_SECS {
            self.next_blink_secs = now_secs;
        }
    }

    fn start_blink(&mut self, now_secs: f64, second: bool) {
        let style = self.style;
        self.last_blink_secs = now_secs;
        // The fall ends on a frame, or the shut eye would fall between two frames and never be seen.
        let frame_secs = 1.0 / FRAMES_PER_SECOND;
        let fall_frames = (style.blink_fall_secs / frame_secs).round().max(1.0);
        self.blink = Some(Blink {
            start_secs: now_secs,
            fall_secs: fall_frames * frame_secs,
            rise_secs: style.blink_rise_secs * self.random.between(0.85, 1.3),
            depths: [0, 1].map(|_| self.random.between(0.96, 1.0)),
            again: !second && self.random.unit() < style.double_blink_share,
        });
        // Waiting times of a memoryless process above a pause, cut so that nobody stares.
        let spare_secs = (style.blink_interval_secs - BLINK_PAUSE_SECS).max(0.1);
        let wait_secs = -spare_secs * (1.0 - self.random.unit()).ln();
        self.next_blink_secs = now_secs + BLINK_PAUSE_SECS + wait_secs.min(3.0 * spare_secs);
    }
}

impl Blink {
    /// Whether the lid is up again.
    fn has_ended(&self, now_secs: f64) -> bool {
        now_secs - self.start_secs >= self.fall_secs + self.rise_secs
    }

    /// Part of the way to shut.
    fn shut(&self, now_secs: f64) -> f64 {
        let age_secs = now_secs - self.start_secs;
        if age_secs < 0.0 || self.has_ended(now_secs) {
            0.0
        } else if age_secs < self.fall_secs {
            smooth(age_secs / self.fall_secs)
        } else {
            1.0 - smooth((age_secs - self.fall_secs) / self.rise_secs)
        }
    }
}

impl Gaze {
    /// Part of the way to where the eyes look next.
    fn progress(&self, now_secs: f64) -> f64 {
        smooth((now_secs - self.start_secs) / GLANCE_SECS)
    }
}

impl Sway {
    fn new(random: &mut Random) -> Self {
        Self {
            phases: std::array::from_fn(|_| random.between(0.0, std::f64::consts::TAU)),
            rates: std::array::from_fn(|_| random.between(0.88, 1.12)),
        }
    }

    /// The next value: mean 0, standard deviation 1.
    fn advance(&mut self) -> f64 {
        let mut sum = 0.0;
        for i in 0..SWAY_PERIODS_SECS.len() {
            let step = std::f64::consts::TAU / (SWAY_PERIODS_SECS[i] * FRAMES_PER_SECOND);
            self.phases[i] = (self.phases[i] + step * self.rates[i]) % std::f64::consts::TAU;
            sum += SWAY_SHARES[i] * self.phases[i].sin();
        }
        sum * std::f64::consts::SQRT_2
    }
}

/// 0 → 1 without a corner at either end.
fn smooth(part: f64) -> f64 {
    let part = part.clamp(0.0, 1.0);
    part * part * (3.0 - 2.0 * part)
}

/// A turn bent smoothly under [`HEAD_TURN_LIMIT`].
fn squeezed(turn: f64) -> f32 {
    let limit = f64::from(HEAD_TURN_LIMIT);
    (limit * (turn / limit).tanh()) as f32
}

/// Only wide openings lift the brows.
fn loudness(opening: f64) -> f64 {
    smooth((opening - 0.35) / 0.5)
}

#[cfg(test)]
mod tests;

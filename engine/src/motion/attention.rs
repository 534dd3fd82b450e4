//! Whom a face attends to: listeners look at who speaks, each a moment after the speech has begun; who is spoken to looks back for a while
//! and then turns to the viewer.

use super::{FRAMES_PER_SECOND, HEAD_POSE_LIMIT, HeadPose, LifeSettings};
use crate::random::Random;

/// How far the eyes go to somebody beside, as part of their reach: sideways, and up or down.
const GAZE: [f32; 2] = [0.85, 0.5];
/// How far the head goes along, radians: about up and down 4°, sideways 8°.
const PITCH: f32 = 0.07;
const YAW: f32 = 0.14;
/// Time that somebody takes to notice that another one speaks, seconds.
const NOTICES_SECS: std::ops::Range<f64> = 0.12..0.45;
/// Time for which who begins to speak still looks at the one before, seconds.
const LOOKS_BACK_SECS: std::ops::Range<f64> = 0.5..1.1;

/// Settings of a face that looks at something beside itself. `direction` leads there in the picture, x to the right, y down, of any
/// length; `own` is the head's pose in the portrait: who is turned that way already need not turn as far.
pub fn looking_towards(
    settings: &LifeSettings,
    own: &HeadPose,
    direction: [f32; 2],
) -> LifeSettings {
    let length = direction[0].hypot(direction[1]);
    if !length.is_finite() || length <= 0.0 {
        return *settings;
    }
    let [x, y] = direction.map(|part| part / length);
    let turned_part = |wanted: f32, own: f32| {
        let there = (own * wanted.signum()).max(0.0);
        wanted.signum() * (wanted.abs() - 0.5 * there).max(0.3 * wanted.abs())
    };
    let within = |angle: f32| angle.clamp(-HEAD_POSE_LIMIT, HEAD_POSE_LIMIT);
    LifeSettings {
        gaze: [
            (settings.gaze[0] + GAZE[0] * x).clamp(-1.0, 1.0),
            (settings.gaze[1] + GAZE[1] * y).clamp(-1.0, 1.0),
        ],
        head: HeadPose {
            pitch: within(settings.head.pitch + turned_part(PITCH * y, own.pitch)),
            yaw: within(settings.head.yaw + turned_part(YAW * x, own.yaw)),
            roll: settings.head.roll,
        },
        ..*settings
    }
}

/// One person's attention in company. Equal seeds give equal delays.
#[derive(Clone, Debug)]
pub struct Attention {
    /// Which person this is.
    own: usize,
    random: Random,
    /// Who was heard last.
    speaker: Option<usize>,
    /// At whom the person looks; none is the viewer.
    target: Option<usize>,
    /// Whom the person is about to look at, and in how many frames.
    next: Option<(Option<usize>, u32)>,
}

impl Attention {
    /// Somebody with this number who looks at the viewer.
    pub fn new(own: usize, seed: u64) -> Self {
        Self {
            own,
            random: Random::new(seed),
            speaker: None,
            target: None,
            next: None,
        }
    }

    /// At whom the person looks in the next frame, where `speaker` speaks or spoke last; none is the viewer.
    pub fn next_target(&mut self, speaker: Option<usize>) -> Option<usize> {
        if speaker != self.speaker {
            let before = self.speaker;
            self.speaker = speaker;
            let mut frames = |range: std::ops::Range<f64>| {
                (self.random.between(range.start, range.end) * FRAMES_PER_SECOND).round() as u32
            };
            self.next = Some(match speaker {
                Some(speaker) if speaker != self.own => (Some(speaker), frames(NOTICES_SECS)),
                Some(_) => {
                    self.target = before.filter(|&before| before != self.own);
                    (None, frames(LOOKS_BACK_SECS))
                }
                None => (None, frames(NOTICES_SECS)),
            });
        }
        self.next = match self.next {
            Some((target, 0)) => {
                self.target = target;
                None
            }
            Some((target, frames)) => Some((target, frames - 1)),
            None => None,
        };
        self.target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_look_at_who_speaks_and_speakers_at_the_viewer() {
        let mut people: Vec<Attention> = (0..3)
            .map(|own| Attention::new(own, 7 + own as u64))
            .collect();
        let mut listen = |speaker: Option<usize>, frames: usize| {
            let mut targets = Vec::new();
            for _ in 0..frames {
                targets = people
                    .iter_mut()
                    .map(|person| person.next_target(speaker))
                    .collect();
            }
            targets
        };
        assert_eq!(listen(None, 30), [None; 3]);
        assert_eq!(listen(Some(1), 1), [None; 3], "nobody notices at once");
        assert_eq!(listen(Some(1), 40), [Some(1), None, Some(1)]);
        // Who answers still looks at who has spoken.
        assert_eq!(listen(Some(0), 2)[0], Some(1));
        assert_eq!(listen(Some(0), 40), [None, Some(0), Some(0)]);
        assert_eq!(listen(None, 40), [None; 3]);
    }

    #[test]
    fn who_looks_aside_stays_within_what_faces_can_do() {
        let base = LifeSettings {
            gaze: [0.9, -0.8],
            head: HeadPose {
                yaw: 0.25,
                ..HeadPose::default()
            },
            ..LifeSettings::default()
        };
        let right = looking_towards(&base, &HeadPose::default(), [300.0, 0.0]);
        assert_eq!(right.gaze, [1.0, -0.8]);
        assert_eq!(right.head.yaw, HEAD_POSE_LIMIT);
        let plain = LifeSettings::default();
        let left = looking_towards(&plain, &HeadPose::default(), [-2.0, 0.0]);
        assert!(left.gaze[0] < -0.8 && left.head.yaw < -0.1);
        let turned = HeadPose {
            yaw: -0.4,
            ..HeadPose::default()
        };
        let less = looking_towards(&plain, &turned, [-2.0, 0.0]);
        assert!(less.head.yaw > left.head.yaw && less.head.yaw < 0.0);
        for nowhere in [[0.0, 0.0], [f32::NAN, 1.0]] {
            assert_eq!(looking_towards(&plain, &turned, nowhere), plain);
        }
    }
}

//! The people of a picture, each with a life of their own: who speaks moves the mouth, the others look at who speaks.

use std::sync::Arc;

use engine::motion::between::EyesBetween;
use engine::motion::idle::IdleLife;
use engine::motion::prosody::Accent;
use engine::motion::{Attention, HeadPose, LifeSettings, MotionFrame, MouthFrame, looking_towards};
use engine::random::scattered;

use crate::avatar::Avatar;

/// What is left of a mouth's movement in each frame after its last one.
const REST_DECAY: f32 = 0.6;

/// What is said in a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spoken<'a> {
    /// Who says it: an index among the people.
    pub person: usize,
    /// The mouth.
    pub mouth: &'a MouthFrame,
    /// How far the tongue is raised, 0 to 1.
    pub tongue: f32,
    /// Its stress.
    pub accent: Accent,
}

/// Everybody who moves, in the order of their scenes.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    members: Vec<Member>,
    settings: LifeSettings,
    /// Who spoke last.
    speaker: Option<usize>,
}

#[derive(Clone, Debug)]
struct Member {
    life: IdleLife,
    attention: Attention,
    /// At whom the settings that hold now let the person look.
    target: Option<usize>,
    pose: HeadPose,
    /// Middle of the face, pixels.
    place_px: [f32; 2],
    /// The mouth as it was last, until it has come to rest.
    mouth: Option<MouthFrame>,
}

impl Cast {
    /// The people of `avatars`; without any there is one whom nobody sees. The first one's life is that of a person alone with this
    /// seed.
    pub fn new(avatars: &[Arc<Avatar>], seed: u64) -> Self {
        let member = |number: usize, avatar: Option<&Avatar>| {
            let own_seed = match number {
                0 => seed,
                _ => scattered(seed.wrapping_add(scattered(number as u64))),
            };
            Member {
                life: avatar
                    .map_or_else(|| IdleLife::new(own_seed), |avatar| avatar.life(own_seed)),
                attention: Attention::new(number, scattered(own_seed)),
                target: None,
                pose: avatar
                    .map(|avatar| avatar.driven().pose)
                    .unwrap_or_default(),
                place_px: avatar.map(Avatar::face_middle_px).unwrap_or_default(),
                mouth: None,
            }
        };
        let members = match avatars {
            [] => vec![member(0, None)],
            _ => (0..)
                .zip(avatars)
                .map(|(number, avatar)| member(number, Some(avatar)))
                .collect(),
        };
        Self {
            members,
            settings: LifeSettings::default(),
            speaker: None,
        }
    }

    /// Two people beside each other.
    #[cfg(test)]
    pub fn of_two(seed: u64) -> Self {
        let mut cast = Self::new(&[], seed);
        let mut second = Self::new(&[], 99).members.remove(0);
        second.attention = Attention::new(1, 4);
        second.place_px = [400.0, 0.0];
        cast.members.push(second);
        cast
    }

    /// Begins with these settings, without a way there.
    pub fn start_with(&mut self, settings: &LifeSettings) {
        self.settings = *settings;
        for member in &mut self.members {
            member.target = None;
            member.life.start_with(settings);
        }
    }

    /// Changes how the faces behave; they get there within half a second.
    pub fn set_settings(&mut self, settings: &LifeSettings) {
        self.settings = *settings;
        let places: Vec<[f32; 2]> = self.members.iter().map(|member| member.place_px).collect();
        for member in &mut self.members {
            member.aim(settings, &places);
        }
    }

    /// What a person holds by the settings alone.
    pub fn held(&self, person: usize) -> MotionFrame {
        self.members
            .get(person)
            .map(|member| member.life.held())
            .unwrap_or_default()
    }

    /// What everybody's eyes did between the last two frames.
    pub fn eyes_between(&self) -> Vec<EyesBetween> {
        let members = self.members.iter();
        members.map(|member| member.life.eyes_between()).collect()
    }

    /// Nobody has spoken yet: everybody looks at the viewer again.
    pub fn forget_speaker(&mut self) {
        self.speaker = None;
    }

    /// The next frame of everybody.
    pub fn next_frames(&mut self, spoken: Option<Spoken<'_>>) -> Vec<MotionFrame> {
        if let Some(spoken) = &spoken {
            self.speaker = Some(spoken.person);
        }
        let places: Vec<[f32; 2]> = self.members.iter().map(|member| member.place_px).collect();
        let frames = (0..).zip(&mut self.members).map(|(number, member)| {
            let target = member.attention.next_target(self.speaker);
            if target != member.target {
                member.target = target;
                member.aim(&self.settings, &places);
            }
            let own = spoken.as_ref().filter(|spoken| spoken.person == number);
            member.next_frame(own)
        });
        frames.collect()
    }
}

impl Member {
    /// Lets the person look where they want to.
    fn aim(&mut self, settings: &LifeSettings, places_px: &[[f32; 2]]) {
        let target = self.target.and_then(|target| places_px.get(target));
        let settings = match target {
            // Who is asked to hold still does not turn to others.
            Some(target) if settings.amount > 0.0 => {
                let direction = [0, 1].map(|axis| target[axis] - self.place_px[axis]);
                looking_towards(settings, &self.pose, direction)
            }
            _ => *settings,
        };
        self.life.set_settings(&settings);
    }

    fn next_frame(&mut self, spoken: Option<&Spoken<'_>>) -> MotionFrame {
        let accent = spoken.map(|spoken| spoken.accent).unwrap_or_default();
        self.mouth = match (spoken, self.mouth) {
            (Some(spoken), _) => Some(*spoken.mouth),
            (None, Some(mouth)) => at_rest_soon(mouth),
            (None, None) => None,
        };
        let mut frame = self
            .life
            .next_frame_with_accent(self.mouth.as_ref(), accent);
        frame.tongue = spoken.map_or(0.0, |spoken| spoken.tongue);
        frame
    }
}

/// The mouth one frame later on its way to rest; none where it is there.
fn at_rest_soon(mouth: MouthFrame) -> Option<MouthFrame> {
    let nearer = mouth.map(|value| value * REST_DECAY);
    let farthest = nearer
        .values()
        .iter()
        .fold(0.0, |farthest: f32, value| farthest.max(value.abs()));
    (farthest > 1e-4).then_some(nearer)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: MouthFrame = MouthFrame {
        corner: [0.0; 3],
        upper_lip: [0.0, -0.01, 0.0],
        lower_lip: [0.0, 0.1, 0.0],
        chin: [0.0, 0.1, 0.0],
    };

    fn speak(person: usize) -> Option<Spoken<'static>> {
        Some(Spoken {
            person,
            mouth: &OPEN,
            tongue: 0.0,
            accent: Accent::default(),
        })
    }

    #[test]
    fn only_who_speaks_moves_the_mouth_and_the_others_look() {
        let mut cast = Cast::of_two(5);
        let mut frames = Vec::new();
        for _ in 0..50 {
            frames = cast.next_frames(speak(1));
            assert_eq!(frames[0].mouth(), MouthFrame::default());
            assert!(frames[1].mouth().lower_lip[1] > 0.05);
        }
        // The first looks to the right, where the second speaks to the viewer.
        assert!(cast.members[0].life.held().pose.yaw > 0.1);
        assert!(frames[0].expression[13][0] > 0.01);
        assert!(cast.members[1].life.held().pose.yaw.abs() < 0.01);
        // In turn; a mouth that has spoken shuts smoothly.
        let after = cast.next_frames(speak(0));
        assert!(after[1].mouth().lower_lip[1] > 0.03 && after[1].mouth().lower_lip[1] < 0.1);
        for _ in 0..50 {
            frames = cast.next_frames(speak(0));
        }
        assert_eq!(frames[1].mouth(), MouthFrame::default());
        assert!(cast.members[1].life.held().pose.yaw < -0.1);
    }

    #[test]
    fn nobody_blinks_in_unison() {
        let mut cast = Cast::of_two(5);
        let mut together = 0;
        let mut alone = 0;
        for _ in 0..1500 {
            let frames = cast.next_frames(None);
            let shut = [0, 1].map(|person| frames[person].expression[11][1] > 0.05);
            together += usize::from(shut == [true; 2]);
            alone += usize::from(shut[0] != shut[1]);
        }
        assert!(alone > 20 && together * 4 < alone, "{together} {alone}");
    }

    #[test]
    fn one_person_alone_lives_as_ever() {
        let mut cast = Cast::new(&[], 3);
        let mut life = IdleLife::new(3);
        for _ in 0..200 {
            let frames = cast.next_frames(speak(0));
            assert_eq!(frames, [life.next_frame(Some(&OPEN))]);
        }
    }
}

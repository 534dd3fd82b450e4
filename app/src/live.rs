//! The live view: which frame is due, and drawing it into the texture that the window shows.

use std::sync::Arc;

use egui_wgpu::RenderState;
use engine::motion::prosody::Accent;
use engine::motion::{Driver, FRAMES_PER_SECOND, LifeSettings, MouthFrame};

use crate::avatar::{Avatar, Everybody, face_motion, index_of};
use crate::company::{Company, Spoken};
use crate::portrait_arguments::PortraitChoice;
use crate::take::Take;
use crate::worker::PortraitReady;

/// Time between two frames.
pub const FRAME_SECS: f64 = 1.0 / FRAMES_PER_SECOND;
/// After a longer pause (a hidden window) the life goes on from where it was instead of catching up.
const MOST_STEPS: usize = 12;
/// A speech whose clock stands still this much longer than a frame is waiting for sound; the idle life goes on meanwhile.
const STALL_SECS: f64 = 1.5 * FRAME_SECS;

/// Decides how many frames of movement are due. Time comes from outside, so tests and the window use the same code.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameClock {
    last_tick_secs: f64,
    last_speech_frame: Option<usize>,
}

impl FrameClock {
    /// Frames due at `now_secs` (any steady clock), where `speech_frame` is the frame that the audio clock is at.
    pub fn steps_due(&mut self, now_secs: f64, speech_frame: Option<usize>) -> usize {
        let waited_secs = now_secs - self.last_tick_secs;
        let by_wall = (waited_secs / FRAME_SECS + 1e-6) as usize;
        let steps = match (speech_frame, self.last_speech_frame) {
            (Some(frame), Some(last)) if frame > last => frame - last,
            (Some(frame), Some(last)) if frame == last && waited_secs < STALL_SECS => 0,
            (Some(_), None) => 1,
            _ => by_wall,
        };
        self.last_speech_frame = speech_frame;
        if steps > 0 {
            // Idle ticks keep their phase; a speech or a long pause sets a new one.
            let keeps_phase = speech_frame.is_none() && steps <= MOST_STEPS;
            self.last_tick_secs = if keeps_phase {
                self.last_tick_secs + steps as f64 * FRAME_SECS
            } else {
                now_secs
            };
        }
        steps.min(MOST_STEPS)
    }

    /// Time until the next idle frame is due.
    pub fn until_next_secs(&self, now_secs: f64) -> f64 {
        (self.last_tick_secs + FRAME_SECS - now_secs).clamp(0.0, FRAME_SECS)
    }
}

/// The portrait on the stage.
pub struct LiveView {
    /// The picture it was made from, and which face of it was asked for.
    pub choice: PortraitChoice,
    /// The portrait, also for recordings.
    pub avatar: Arc<Avatar>,
    /// Everybody in the picture, if the others move, too.
    pub everybody: Option<Arc<Everybody>>,
    renderer: shaders::GroupRenderer,
    texture: egui::TextureId,
    company: Company,
    driver: Option<Arc<Driver>>,
    /// Frames since the driver began; a speech begins it anew.
    driven_frames: usize,
    clock: FrameClock,
    frames_drawn: u64,
}

impl LiveView {
    /// Puts a portrait on the stage; `previous` gives its texture back.
    pub fn new(
        render_state: &RenderState,
        ready: PortraitReady,
        seed: u64,
        previous: Option<Self>,
    ) -> Self {
        let mut egui_renderer = render_state.renderer.write();
        if let Some(previous) = previous {
            egui_renderer.free_texture(&previous.texture);
        }
        let view = ready
            .renderer
            .texture()
            .create_view(&wgpu::TextureViewDescriptor::default());
        let texture = egui_renderer.register_native_texture(
            &render_state.device,
            &view,
            wgpu::FilterMode::Linear,
        );
        Self {
            choice: ready.choice,
            company: Company::new(people(&ready.avatar, ready.everybody.as_ref()), seed),
            avatar: ready.avatar,
            everybody: ready.everybody,
            renderer: ready.renderer,
            texture,
            driver: None,
            driven_frames: 0,
            clock: FrameClock::default(),
            frames_drawn: 0,
        }
    }

    /// Changes how the face behaves; it gets there within half a second.
    pub fn set_life(&mut self, settings: &LifeSettings) {
        self.company.set_settings(settings);
    }

    /// Who moves.
    pub fn people(&self) -> &[Arc<Avatar>] {
        people(&self.avatar, self.everybody.as_ref())
    }

    /// Who of them speaks what is no dialogue.
    pub fn speaker(&self) -> usize {
        index_of(self.people(), self.avatar.face_number()).unwrap_or(0)
    }

    /// Lets a movement drive its part of the face from now on, or nothing.
    pub fn set_driver(&mut self, driver: Option<Arc<Driver>>) {
        let is_same = match (&self.driver, &driver) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            // With other settings it goes on where it is.
            if self.driver.is_none() {
                self.driven_frames = 0;
            }
            self.driver = driver;
        }
    }

    /// Draws the frame that is due, if one is. `take` is the running speech and `speech_frame` is where its audio clock is.
    pub fn advance(&mut self, now_secs: f64, take: Option<&Take>, speech_frame: Option<usize>) {
        let steps = self.clock.steps_due(now_secs, speech_frame);
        let (mouth_frames, accents): (&[MouthFrame], &[Accent]) =
            take.map_or((&[], &[]), |take| (&take.mouth, &take.accents));
        if take.is_none() {
            self.company.forget_speaker();
        }
        let own = self.speaker();
        let mut frames = None;
        for step in (0..steps).rev() {
            let index = speech_frame.map(|speech_frame| speech_frame.saturating_sub(step));
            let mouth = index.and_then(|index| mouth_frames.get(index).or(mouth_frames.last()));
            let accent = index.and_then(|index| accents.get(index).copied());
            let turn = index
                .zip(take)
                .and_then(|(index, take)| take.turn_at(index));
            let person = match turn {
                Some(turn) => index_of(self.people(), turn.face),
                None => Some(own),
            };
            let spoken = person.zip(mouth).map(|(person, mouth)| Spoken {
                person,
                mouth,
                accent: accent.unwrap_or_default(),
            });
            let mut next = self.company.next_frames(spoken);
            // A speech and what drives it begin together, as in its film.
            self.driven_frames = index.unwrap_or(self.driven_frames + 1);
            if let (Some(driver), [alone]) = (&self.driver, next.as_mut_slice()) {
                driver.drive(self.driven_frames, &self.company.held(), alone);
            }
            frames = Some(next);
        }
        if let Some(frames) = frames {
            let motions: Vec<_> = frames.iter().map(face_motion).collect();
            self.renderer.render(&motions);
            self.frames_drawn += 1;
        }
    }

    /// Time until the next idle frame is due.
    pub fn until_next_secs(&self, now_secs: f64) -> f64 {
        self.clock.until_next_secs(now_secs)
    }

    /// The texture as egui knows it, with its size in pixels.
    pub fn image(&self) -> egui::load::SizedTexture {
        let size = self.renderer.texture().size();
        egui::load::SizedTexture::new(
            self.texture,
            egui::vec2(size.width as f32, size.height as f32),
        )
    }

    /// Frames drawn so far.
    pub fn frames_drawn(&self) -> u64 {
        self.frames_drawn
    }

    /// The frame on the stage, RGBA; slow, for tests.
    pub fn read_rgba(&mut self) -> shaders::Result<Vec<u8>> {
        self.renderer.read_rgba()
    }
}

/// Everybody, or the one who moves alone.
fn people<'a>(avatar: &'a Arc<Avatar>, everybody: Option<&'a Arc<Everybody>>) -> &'a [Arc<Avatar>] {
    match everybody {
        Some(everybody) => &everybody.avatars,
        None => std::slice::from_ref(avatar),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_frames_follow_the_wall_clock() {
        let mut clock = FrameClock::default();
        let steps: usize = (1..=1000)
            .map(|pass| clock.steps_due(f64::from(pass) * 0.0167, None))
            .sum();
        assert!((417..=418).contains(&steps), "{steps}");
    }

    #[test]
    fn speech_frames_follow_the_audio_clock() {
        let mut clock = FrameClock::default();
        clock.steps_due(10.0, None);
        assert_eq!(clock.steps_due(10.01, Some(0)), 1);
        assert_eq!(clock.steps_due(10.02, Some(0)), 0);
        assert_eq!(clock.steps_due(10.03, Some(3)), 3);
    }

    #[test]
    fn a_speech_that_waits_for_sound_does_not_freeze_the_face() {
        let mut clock = FrameClock::default();
        clock.steps_due(10.0, Some(5));
        assert_eq!(clock.steps_due(10.05, Some(5)), 0);
        assert_eq!(clock.steps_due(10.065, Some(5)), 1);
    }

    #[test]
    fn a_long_pause_is_not_caught_up() {
        let mut clock = FrameClock::default();
        assert_eq!(clock.steps_due(3600.0, None), MOST_STEPS);
        assert_eq!(clock.steps_due(3600.02, None), 0);
        assert_eq!(clock.steps_due(3600.041, None), 1);
    }
}

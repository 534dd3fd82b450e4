//! The live view: which frame is due, and drawing it into the texture that the window shows.

use std::sync::Arc;

use egui_wgpu::RenderState;
use engine::motion::prosody::Accent;
use engine::motion::{Driver, LifeSettings, MouthFrame};

use crate::window::threads::PortraitReady;
use studio::avatar::PortraitChoice;
use studio::avatar::{Avatar, Everybody, face_motion, index_of};
use studio::performance::{Cast, FrameClock, Spoken};
use studio::take::Take;

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
    cast: Cast,
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
            cast: Cast::new(people(&ready.avatar, ready.everybody.as_ref()), seed),
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
        self.cast.set_settings(settings);
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
            self.cast.forget_speaker();
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
            let mut next = self.cast.next_frames(spoken);
            // A speech and what drives it begin together, as in its film.
            self.driven_frames = index.unwrap_or(self.driven_frames + 1);
            if let (Some(driver), [alone]) = (&self.driver, next.as_mut_slice()) {
                driver.drive(self.driven_frames, &self.cast.held(), alone);
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

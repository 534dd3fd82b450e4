//! Somebody on stage for one scene: the pictures of their speech, and of the time before and after it.

use std::sync::Arc;

use engine::TimedWord;
use engine::motion::between::DoubledFrames;
use engine::motion::{FRAMES_PER_SECOND, MotionFrame};
use shaders::Gpu;

use super::Scene;
use super::background::{BackgroundLayer, behind};
use super::error::{Place, SceneError};
use super::speech::SceneSpeech;
use crate::avatar::{Avatar, face_motion};
use crate::captions::Captions;
use crate::framing::{FramedRenderer, Framing};
use crate::media::write::FrameRate;
use crate::performance::Performance;

/// A scene that is being shown.
pub(super) struct SceneRenderer<'a> {
    place: Place,
    avatar: Arc<Avatar>,
    framing: Framing,
    speech: SceneSpeech<'a>,
    performance: Performance,
    renderer: FramedRenderer,
    layer: Option<BackgroundLayer>,
    captions: Option<Captions>,
    /// The motion on its way to 50 frames a second.
    doubled: Option<DoubledFrames>,
    /// Frames of motion before the speech.
    lead: usize,
    /// Frames of motion that were made, and that were shown.
    performed: usize,
    shown: usize,
    words: Vec<TimedWord>,
}

/// What every scene of a film has in common.
#[derive(Clone, Copy)]
pub(super) struct FilmFormat<'a> {
    pub gpu: &'a Gpu,
    pub size_px: (u32, u32),
    pub rate: FrameRate,
}

impl<'a> SceneRenderer<'a> {
    /// Puts somebody on stage who lives for `lead` frames before they say what comes next. Who stands in the same place in the scene
    /// `before` goes on moving from there.
    pub fn new(
        (scene, place): (&Scene, Place),
        avatar: &Arc<Avatar>,
        before: Option<&SceneRenderer<'_>>,
        speech: SceneSpeech<'a>,
        lead: usize,
        FilmFormat { gpu, size_px, rate }: FilmFormat<'_>,
    ) -> anyhow::Result<Self> {
        let people = std::slice::from_ref(avatar);
        let behind = behind(scene, avatar, gpu, size_px, rate);
        let (background, layer) =
            behind.map_err(|error| SceneError::of(place, "background", error))?;
        let before = before.filter(|before| {
            Arc::ptr_eq(&before.avatar, avatar) && before.framing == scene.framing
        });
        let performance = match before {
            Some(before) => {
                let mut performance = before.performance.clone();
                performance.set_life(&scene.life);
                performance
            }
            None => {
                let mut performance = Performance::new(people, 0, scene.seed);
                performance.start_with(&scene.life);
                performance
            }
        };
        let renderer = FramedRenderer::new(people, gpu, &scene.framing, size_px, background)?;
        Ok(Self {
            place,
            avatar: Arc::clone(avatar),
            framing: scene.framing,
            speech,
            performance,
            captions: (scene.captions)
                .map(|style| Captions::new(style, size_px, renderer.faces_px())),
            renderer,
            layer,
            doubled: match rate {
                FrameRate::Fps25 => None,
                FrameRate::Fps50 => Some(DoubledFrames::default()),
            },
            lead,
            performed: 0,
            shown: 0,
            words: Vec::new(),
        })
    }

    /// Whether there is speech that has not been shown; not to be asked before it begins.
    pub fn speaks(&mut self) -> anyhow::Result<bool> {
        self.speech.goes_on()
    }

    /// How much of the speech is made, 0 to 1.
    pub fn fraction(&self) -> f32 {
        self.speech.fraction()
    }

    /// The sound of the pictures that come next.
    pub fn next_sound(&mut self) -> Vec<f32> {
        self.speech.next_sound()
    }

    /// All words of the speech, from its beginning on.
    pub fn words(&self) -> &[TimedWord] {
        &self.words
    }

    /// The pictures of the next frame of motion, one or two of them, RGBA.
    pub fn next_pictures(&mut self) -> anyhow::Result<Vec<Vec<u8>>> {
        let frames = self.next_frames()?;
        let words = self.speech.new_words();
        if let Some(captions) = &mut self.captions {
            captions.add_words(&words);
        }
        self.words.extend(words);
        let count = frames.len();
        let mut pictures = Vec::with_capacity(count);
        for (number, frame) in frames.iter().enumerate() {
            let at = self.shown as f64 + number as f64 / count as f64;
            let mut rgba = self.renderer.picture(&[face_motion(frame)])?.to_vec();
            if let Some(layer) = &mut self.layer {
                let laid = layer.lay_under(at / FRAMES_PER_SECOND, &mut rgba);
                laid.map_err(|error| SceneError::of(self.place, "background", error))?;
            }
            if let Some(captions) = &mut self.captions {
                captions.draw((at - self.lead as f64) / FRAMES_PER_SECOND, &mut rgba);
            }
            pictures.push(rgba);
        }
        self.shown += 1;
        Ok(pictures)
    }

    fn next_frames(&mut self) -> anyhow::Result<Vec<MotionFrame>> {
        loop {
            let frame = self.perform()?;
            let Some(doubled) = &mut self.doubled else {
                return Ok(vec![frame]);
            };
            let eyes = self.performance.eyes_between();
            let eyes = eyes.first().copied().unwrap_or_default();
            if let Some(pair) = doubled.push(frame, eyes) {
                return Ok(pair.to_vec());
            }
        }
    }

    fn perform(&mut self) -> anyhow::Result<MotionFrame> {
        let speech = match self.performed.checked_sub(self.lead) {
            Some(index) => self.speech.frame(index)?,
            None => None,
        };
        self.performed += 1;
        let frames = self.performance.next_frames(speech);
        Ok(frames.first().copied().unwrap_or_default())
    }
}

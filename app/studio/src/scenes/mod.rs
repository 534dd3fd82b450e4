//! Films of several scenes: people who speak one after the other, with pauses and transitions between them, something else behind
//! them, music under them and a logo over them.
//!
//! Pictures and sound are made as they are written: memory does not grow with the length of the film but for the times of its words. A
//! film is read from a file by [`SceneFile`] or put together by a face, and made by [`making::make`].

mod background;
mod background_video;
pub mod chapters;
mod checking;
mod error;
mod file;
mod logo;
pub mod making;
mod music;
mod portraits;
mod scene_renderer;
mod speech;
mod transition;

use std::path::PathBuf;

use engine::motion::LifeSettings;
use serde::{Deserialize, Serialize};

use crate::captions::CaptionStyle;
use crate::ducking::Ducking;
use crate::framing::{Aspect, Framing};
use crate::look::SHORT_SIDES_PX;
use crate::media::write::FrameRate;
use crate::script::Script;

pub use error::{Place, SceneError};
pub use file::{EditedFilm, SceneDictionary, SceneFile, SceneOutputs};
pub use portraits::Portraits;

/// Most scenes of a film.
pub const MAX_SCENES: usize = 1000;
/// Longest pause behind a scene.
pub const MAX_PAUSE_SECS: f32 = 60.0;
/// Longest transition.
pub const MAX_TRANSITION_SECS: f32 = 5.0;
/// Longest fade of the music.
pub const MAX_FADE_SECS: f32 = 20.0;
/// How loud music may be, 1 as in its file.
pub const MUSIC_VOLUME_RANGE: std::ops::RangeInclusive<f32> = 0.0..=2.0;
/// How much quieter music may be under speech, dB.
pub const DUCK_DB_RANGE: std::ops::RangeInclusive<f32> = 0.0..=60.0;
/// Length of a transition of which no length is said.
pub const USUAL_TRANSITION_SECS: f32 = 0.5;
/// Shorter side of a film of which no size is said, pixels.
const USUAL_SHORT_SIDE_PX: u32 = 720;
/// Pauses in the speech in which music stays quiet.
const SHORT_PAUSE_SECS: f32 = 1.0;

/// A film of several scenes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneFilm {
    /// What it is called; the first chapter, if the first scene has no title.
    pub title: Option<String>,
    /// Its scenes, in order.
    pub scenes: Vec<Scene>,
    /// Width against height; not [`Aspect::Portrait`], since portraits differ.
    pub aspect: Aspect,
    /// Shorter side, in [`SHORT_SIDES_PX`].
    pub short_side_px: u32,
    /// Pictures in a second.
    pub frame_rate: FrameRate,
    /// What sounds under the speech.
    pub music: Option<Music>,
    /// What lies over the pictures.
    pub logo: Option<Logo>,
}

impl SceneFilm {
    /// A film as it is where its file says nothing: 16:9, without music and logo.
    pub fn new(scenes: Vec<Scene>) -> Self {
        Self {
            title: None,
            scenes,
            aspect: Aspect::Wide,
            short_side_px: USUAL_SHORT_SIDE_PX,
            frame_rate: FrameRate::default(),
            music: None,
            logo: None,
        }
    }

    /// Width and height, both even.
    pub fn size_px(&self) -> (u32, u32) {
        let framing = Framing {
            aspect: self.aspect,
            ..Framing::default()
        };
        let side_px = self
            .short_side_px
            .clamp(*SHORT_SIDES_PX.start(), *SHORT_SIDES_PX.end());
        framing.size_px((1, 1), side_px)
    }

    /// Whether a scene has a title, so that there are chapters.
    pub fn has_chapters(&self) -> bool {
        self.scenes.iter().any(|scene| scene.title.is_some())
    }
}

/// One scene: somebody who says something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// Title of the chapter that begins with it; none where the chapter before goes on.
    pub title: Option<String>,
    /// What is said: words or an audio file.
    pub script: Script,
    /// The words of an audio file, for captions and subtitles.
    pub transcript: Option<String>,
    /// The same seed gives the same speech and movement.
    pub seed: u64,
    /// Picture of who speaks; none for the portrait that came with the program.
    pub portrait: Option<PathBuf>,
    /// Which face of it, from 1 on; none for the largest.
    pub face: Option<usize>,
    /// How the face behaves.
    pub life: LifeSettings,
    /// Which part of the picture is shown, in the film's shape.
    pub framing: Framing,
    /// Words in the picture.
    pub captions: Option<CaptionStyle>,
    /// What is behind the person.
    pub background: SceneBackground,
    /// How blurred that is: 0 is as it is, 1 leaves nothing but colours.
    pub blur: f32,
    /// Silence behind the speech, at least as long as the transition.
    pub pause_secs: f32,
    /// How the next scene takes over.
    pub transition: Transition,
}

impl Scene {
    /// A scene as it is where its file says nothing but what is said.
    pub fn new(script: Script, aspect: Aspect) -> Self {
        Self {
            title: None,
            script,
            transcript: None,
            seed: 0,
            portrait: None,
            face: None,
            life: LifeSettings::default(),
            framing: Framing {
                aspect,
                ..Framing::default()
            },
            captions: None,
            background: SceneBackground::default(),
            blur: 0.0,
            pause_secs: 0.4,
            transition: Transition::default(),
        }
    }
}

/// What is behind a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum SceneBackground {
    /// What the portrait shows.
    #[default]
    Keep,
    /// One colour, sRGB.
    Colour([u8; 3]),
    /// A picture, cut to the film's shape.
    Picture(PathBuf),
    /// A video without its sound, over and over, cut to the film's shape.
    Video(PathBuf),
}

/// How one scene takes over from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Transition {
    /// At once.
    #[default]
    Cut,
    /// One picture fades into the other.
    Crossfade {
        /// For how long.
        secs: f32,
    },
    /// The picture fades to black, and the next one out of it. After the last scene nothing comes out of it.
    Black {
        /// For how long, both together.
        secs: f32,
    },
}

impl Transition {
    /// How long it takes.
    pub fn secs(self) -> f32 {
        match self {
            Self::Cut => 0.0,
            Self::Crossfade { secs } | Self::Black { secs } => secs,
        }
    }
}

/// Music under the speech, over and over until the film ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Music {
    /// The file.
    pub path: PathBuf,
    /// How loud it is, 1 as in the file.
    pub volume: f32,
    /// How it makes room for speech.
    pub ducking: Ducking,
    /// How long it takes to be there at the start.
    pub fade_in_secs: f32,
    /// How long it takes to go at the end.
    pub fade_out_secs: f32,
}

impl Music {
    /// Music as it is where a film's file says nothing but its own file.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            volume: 0.5,
            ducking: Ducking {
                reduction_db: 12.0,
                attack_secs: 0.3,
                release_secs: 0.8,
                short_pause_secs: SHORT_PAUSE_SECS,
            },
            fade_in_secs: 1.0,
            fade_out_secs: 2.0,
        }
    }
}

/// A picture in a corner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logo {
    /// The file.
    pub path: PathBuf,
    /// Where it stands.
    pub corner: Corner,
    /// How far from the edges, a part of the film's shorter side.
    pub margin: f32,
    /// How wide it is, a part of the film's width.
    pub width: f32,
    /// How much of it is seen, 0 to 1.
    pub opacity: f32,
}

impl Logo {
    /// A logo as it is where a film's file says nothing but its own file.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            corner: Corner::default(),
            margin: 0.04,
            width: 0.15,
            opacity: 1.0,
        }
    }
}

/// A corner of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Corner {
    /// At the top left.
    TopLeft,
    /// At the top right.
    #[default]
    TopRight,
    /// At the bottom left.
    BottomLeft,
    /// At the bottom right.
    BottomRight,
}

impl Corner {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::TopLeft,
        Self::TopRight,
        Self::BottomLeft,
        Self::BottomRight,
    ];

    /// What users call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::TopLeft => "top-left",
            Self::TopRight => "top-right",
            Self::BottomLeft => "bottom-left",
            Self::BottomRight => "bottom-right",
        }
    }
}

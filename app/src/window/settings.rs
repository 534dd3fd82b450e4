//! What the user set once for all projects, kept in one file of the user's configuration folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engine::motion::LiveDriving;
use serde::{Deserialize, Serialize};

use crate::window::export_choices::ExportChoices;
use crate::window::file_kind::FileKind;
use crate::window::place::WindowPlace;
use crate::window::texts::text;
use crate::window::uses::Use;
use crate::window::watch_choices::WatchChoices;
use studio::framing::{Aspect, Extent, Framing};
use studio::pronunciations::Pronunciation;

/// Recent projects that are kept.
const MAX_RECENT: usize = 8;
/// Portraits of the user's that are kept: two rows of the gallery.
const MAX_OWN_PORTRAITS: usize = 12;
/// Sizes of everything in the window that can be chosen.
pub const SCALE_RANGE: std::ops::RangeInclusive<f32> = 0.75..=2.0;

/// Light, dark, or as the system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// As the system is.
    #[default]
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
}

/// What draws the window and the portrait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Drawing {
    /// A graphics card if there is one.
    #[default]
    Automatic,
    /// The processor alone: for cards whose driver draws wrongly.
    Processor,
}

/// A voice and its speed, to be chosen together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// Name of the voice.
    pub voice: String,
    /// Rate of speech, 1 is the voice's own.
    pub speed: f32,
}

/// Sound soon, or speech as good as it gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quality {
    /// Half the work.
    Quick,
    /// What the weights were tuned for.
    #[default]
    Balanced,
    /// Twice the work.
    Careful,
}

impl Quality {
    /// How the flow is followed.
    pub fn flow(self) -> engine::FlowSettings {
        let balanced = engine::FlowSettings::default();
        match self {
            Self::Balanced => balanced,
            Self::Quick => engine::FlowSettings {
                steps: (balanced.steps / 2).max(1),
                ..balanced
            },
            Self::Careful => engine::FlowSettings {
                steps: 2 * balanced.steps,
                ..balanced
            },
        }
    }
}

/// How the window with the stage alone looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StageWindow {
    /// Whether it stays above other windows.
    pub is_on_top: bool,
    /// Whether it has neither frame nor ground, and the portrait no background.
    pub is_transparent: bool,
}

/// Which camera was used, and how; it is never switched on by the program itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CameraChoices {
    /// The camera by its name; none for the first.
    pub name: Option<String>,
    /// What it drives.
    pub driving: LiveDriving,
    /// Whether the portrait moves to the side that a mirror would show.
    pub is_mirrored: bool,
}

impl Default for CameraChoices {
    fn default() -> Self {
        Self {
            name: None,
            driving: LiveDriving::default(),
            is_mirrored: true,
        }
    }
}

/// Which virtual camera was used, and how; it is never switched on by the program itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VirtualCameraChoices {
    /// The way out by its name; none for the first.
    pub name: Option<String>,
    /// Shape of the pictures.
    pub aspect: Aspect,
    /// How much of the person.
    pub extent: Extent,
    /// Shorter side of the pictures, pixels; none for what the machine draws with ease.
    pub short_side_px: Option<u32>,
}

impl Default for VirtualCameraChoices {
    fn default() -> Self {
        Self {
            name: None,
            aspect: Aspect::Wide,
            extent: Extent::Shoulders,
            short_side_px: None,
        }
    }
}

impl VirtualCameraChoices {
    /// Which part of the picture is shown.
    pub fn framing(&self) -> Framing {
        Framing {
            aspect: self.aspect,
            extent: self.extent,
            ..Framing::default()
        }
    }
}

/// The file's content. What a file does not say has its default, so that older files go on working.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Light or dark.
    pub theme: ThemeChoice,
    /// Size of everything, 1 is the system's own.
    pub scale: f32,
    /// Whether panels change at once, and the portrait on the stage keeps its head still.
    pub reduces_motion: bool,
    /// Sound device by its name; none for the system's default.
    pub output_device: Option<String>,
    /// Microphone by its name; none for the system's default.
    pub microphone: Option<String>,
    /// The camera that drives the portrait.
    pub camera: CameraChoices,
    /// The camera of the system that shows the stage.
    pub virtual_camera: VirtualCameraChoices,
    /// Quality against latency.
    pub quality: Quality,
    /// What draws; a change counts from the next start on.
    pub drawing: Drawing,
    /// What makes the speech; a change counts from the next start on.
    pub compute: studio::compute::Choice,
    /// Voices with their speed that the user kept, in the order they were kept in.
    pub presets: Vec<Preset>,
    /// Whether the first-run page was answered.
    pub is_welcomed: bool,
    /// What was exported last.
    pub export: ExportChoices,
    /// Words that are said as the user wants them.
    pub pronunciations: Vec<Pronunciation>,
    /// How clips are watched and told.
    pub watch: WatchChoices,
    /// Where the window was.
    pub window: WindowPlace,
    /// How the window with the stage alone looks.
    pub stage_window: StageWindow,
    /// Which tab was open.
    pub tab: Use,
    /// Folders of the last file of each kind.
    pub last_folders: BTreeMap<FileKind, PathBuf>,
    /// Portraits that the user gave, in the order they came in.
    pub own_portraits: Vec<PathBuf>,
    /// Voice models that the user added, in the order they came in.
    pub voice_models: Vec<studio::voice_model::ModelVoiceFiles>,
    /// Projects that were open, the latest first.
    pub recent_projects: Vec<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            scale: 1.0,
            reduces_motion: false,
            output_device: None,
            microphone: None,
            camera: CameraChoices::default(),
            virtual_camera: VirtualCameraChoices::default(),
            quality: Quality::default(),
            drawing: Drawing::default(),
            compute: studio::compute::Choice::default(),
            presets: Vec::new(),
            is_welcomed: false,
            export: ExportChoices::default(),
            pronunciations: Vec::new(),
            watch: WatchChoices::default(),
            window: WindowPlace::default(),
            stage_window: StageWindow::default(),
            tab: Use::default(),
            last_folders: BTreeMap::new(),
            own_portraits: Vec::new(),
            voice_models: Vec::new(),
            recent_projects: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads the file. A file that is not there gives the defaults; one that cannot be read does too, with the reason.
    pub fn load(path: &Path) -> (Self, Option<String>) {
        let mut settings: Self = match std::fs::read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => return (Self::default(), Some(unreadable(path, &error))),
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(settings) => settings,
                Err(error) => return (Self::default(), Some(unreadable(path, &error))),
            },
        };
        if !settings.scale.is_finite() {
            settings.scale = 1.0;
        }
        settings.scale = settings
            .scale
            .clamp(*SCALE_RANGE.start(), *SCALE_RANGE.end());
        (settings, None)
    }

    /// Writes the file, whole or not at all.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        engine::atomic_file::write_atomically(path, |file| {
            serde_json::to_writer_pretty(file, self).map_err(std::io::Error::from)
        })
    }

    /// Keeps a preset, or lets go of the one that is the same.
    pub fn toggle_preset(&mut self, preset: Preset) {
        match self.presets.iter().position(|kept| *kept == preset) {
            Some(index) => {
                self.presets.remove(index);
            }
            None => self.presets.push(preset),
        }
    }

    /// Keeps a portrait of the user's; returns those for which there is no room any more.
    pub fn keep_portrait(&mut self, path: &Path) -> Vec<PathBuf> {
        self.own_portraits.push(path.to_path_buf());
        let more = self.own_portraits.len().saturating_sub(MAX_OWN_PORTRAITS);
        self.own_portraits.drain(..more).collect()
    }

    /// Puts a project on top of the recent ones.
    pub fn remember(&mut self, project: &Path) {
        self.recent_projects.retain(|known| known != project);
        self.recent_projects.insert(0, project.to_path_buf());
        self.recent_projects.truncate(MAX_RECENT);
    }
}

fn unreadable(path: &Path, reason: &dyn std::fmt::Display) -> String {
    text!(
        "error-settings-unreadable",
        reason = reason.to_string(),
        path = path.display().to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::export_choices::ExportKind;
    use studio::captions::CaptionStyle;
    use studio::look::{Background, FilmSize, FrameRate};
    use studio::media::write::SoundCodec;

    #[test]
    fn settings_come_back_and_a_broken_file_is_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.json");
        assert_eq!(Settings::load(&path), (Settings::default(), None));
        let mut settings = Settings {
            theme: ThemeChoice::Light,
            scale: 1.5,
            export: ExportChoices {
                kind: ExportKind::WebM,
                size: FilmSize::ShortSide(720),
                background: Background::Colour([1, 2, 3]),
                is_live_version: true,
                framing: Framing {
                    aspect: Aspect::Tall,
                    shift: [0.1, -0.2],
                    ..Framing::default()
                },
                frame_rate: FrameRate::Fps50,
                captions: Some(CaptionStyle::Highlight),
                sound_codec: SoundCodec::Opus,
            },
            ..Settings::default()
        };
        for name in ["a", "b", "a"] {
            settings.remember(Path::new(name));
        }
        assert_eq!(settings.recent_projects, [Path::new("a"), Path::new("b")]);
        for name in ["c.png"; MAX_OWN_PORTRAITS] {
            assert!(settings.keep_portrait(Path::new(name)).is_empty());
        }
        let gone = settings.keep_portrait(Path::new("d.png"));
        assert_eq!(gone, [Path::new("c.png")]);
        let preset = |speed| Preset {
            voice: "bf_emma".into(),
            speed,
        };
        for speed in [1.0, 1.2, 1.0] {
            settings.toggle_preset(preset(speed));
        }
        assert_eq!(settings.presets, [preset(1.2)]);
        settings.voice_models = vec![Default::default()];
        settings.save(&path).unwrap();
        assert_eq!(Settings::load(&path), (settings, None));
        std::fs::write(&path, "{\"scale\": 99, \"unknown\": 1}").unwrap();
        assert_eq!(Settings::load(&path).0.scale, 2.0);
        std::fs::write(&path, "{").unwrap();
        let (settings, reason) = Settings::load(&path);
        assert_eq!(settings, Settings::default());
        assert!(reason.unwrap().contains("settings.json"));
    }
}

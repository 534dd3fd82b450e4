//! What an export writes: chosen once, offered again at the next start.

use serde::{Deserialize, Serialize};
use studio::look::{Background, FilmSize};

/// What an export writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportChoices {
    /// Which files.
    pub kind: ExportKind,
    /// How large a video is.
    pub size: FilmSize,
    /// What is behind the person.
    #[serde(with = "StoredBackground")]
    pub background: Background,
    /// Whether speech goes into the files as it was heard; else it is made anew in whole sentences, which sounds better.
    pub is_live_version: bool,
}

/// [`Background`] as the settings hold it.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Background")]
enum StoredBackground {
    Keep,
    Colour([u8; 3]),
    Transparent,
}

/// Which files an export writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportKind {
    /// Picture and sound, MP4.
    #[default]
    Video,
    /// A folder of pictures with alpha, and the sound.
    Pictures,
    /// Picture and sound with alpha for programs that edit films; by ffmpeg.
    ProRes,
    /// Picture and sound with alpha for web pages; by ffmpeg.
    WebM,
    /// Picture and sound with alpha, without any loss; by ffmpeg.
    Lossless,
    /// Sound alone.
    Sound,
    /// Words with their times, SubRip.
    Srt,
    /// Words with their times, WebVTT.
    Vtt,
    /// Movement.
    Motion,
}

impl ExportKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Video,
        Self::Pictures,
        Self::ProRes,
        Self::WebM,
        Self::Lossless,
        Self::Sound,
        Self::Srt,
        Self::Vtt,
        Self::Motion,
    ];

    /// Whether it shows the portrait.
    pub fn has_picture(self) -> bool {
        match self {
            Self::Video | Self::Pictures | Self::ProRes | Self::WebM | Self::Lossless => true,
            Self::Sound | Self::Srt | Self::Vtt | Self::Motion => false,
        }
    }

    /// Whether nothing can be behind the person.
    pub fn has_alpha(self) -> bool {
        self.has_picture() && self != Self::Video
    }

    /// How the name of its file ends; "" for a folder.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Video => "mp4",
            Self::Pictures => "",
            Self::ProRes => "mov",
            Self::WebM => "webm",
            Self::Lossless => "mkv",
            Self::Sound => "wav",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Motion => "json",
        }
    }
}

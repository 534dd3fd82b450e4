//! What an export writes: chosen once, offered again at the next start.

use std::path::PathBuf;

use engine::motion::LifeSettings;
use serde::{Deserialize, Serialize};
use studio::captions::CaptionStyle;
use studio::film::Outputs;
use studio::framing::Framing;
use studio::look::{Background, FilmSize, FrameRate, Look};
use studio::media::write::SoundCodec;

/// What an export writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportChoices {
    /// Which files.
    pub kind: ExportKind,
    /// How large a video is.
    pub size: FilmSize,
    /// Which part of the picture it shows.
    pub framing: Framing,
    /// Pictures in a second of it.
    pub frame_rate: FrameRate,
    /// Words in the picture as they are spoken.
    pub captions: Option<CaptionStyle>,
    /// How the sound of an MP4 is coded.
    pub sound_codec: SoundCodec,
    /// What is behind the person.
    #[serde(with = "StoredBackground")]
    pub background: Background,
    /// Whether speech goes into the files as it was heard; else it is made anew in whole sentences, which sounds better.
    pub is_live_version: bool,
}

impl ExportChoices {
    /// How a video looks whose face behaves like this, in a format that may have no alpha.
    pub fn look(&self, life: LifeSettings, has_alpha: bool) -> Look {
        Look {
            size: self.size,
            frame_rate: self.frame_rate,
            framing: self.framing,
            captions: self.captions,
            background: self.background,
            life,
        }
        .with_alpha(has_alpha)
    }

    /// What is written to `path`.
    pub fn outputs(&self, path: PathBuf, life: LifeSettings) -> Outputs {
        let mut outputs = Outputs {
            look: self.look(life, self.kind.has_alpha()),
            sound_codec: self.sound_codec,
            ..Outputs::default()
        };
        let output = match self.kind.group() {
            ExportGroup::Video => &mut outputs.video,
            ExportGroup::Audio => &mut outputs.audio,
            ExportGroup::Subtitles => &mut outputs.subtitles,
            ExportGroup::Motion if self.kind == ExportKind::Motion => &mut outputs.motion,
            ExportGroup::Motion => &mut outputs.curves,
        };
        *output = Some(path);
        outputs
    }
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
    /// A short animation without sound.
    Gif,
    /// A folder of pictures with alpha, and the sound.
    Pictures,
    /// Picture and sound with alpha for programs that edit films; by ffmpeg.
    ProRes,
    /// Picture and sound with alpha for web pages; by ffmpeg.
    WebM,
    /// Picture and sound with alpha, without any loss; by ffmpeg.
    Lossless,
    /// Sound alone, WAV.
    Sound,
    /// Sound alone, AAC.
    M4a,
    /// Sound alone, FLAC.
    Flac,
    /// Sound alone; by ffmpeg.
    Mp3,
    /// Words with their times, SubRip.
    Srt,
    /// Words with their times, WebVTT.
    Vtt,
    /// Movement.
    Motion,
    /// Blend shapes and visemes for games, JSON.
    CurvesJson,
    /// The same as a table.
    CurvesCsv,
    /// A face that moves, binary glTF.
    CurvesGltf,
}

/// What kinds of export have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportGroup {
    /// The portrait is seen.
    Video,
    /// Sound alone.
    Audio,
    /// Words with their times.
    Subtitles,
    /// Numbers for other programs.
    Motion,
}

impl ExportKind {
    /// All of them, group by group.
    pub const ALL: [Self; 16] = [
        Self::Video,
        Self::Gif,
        Self::Pictures,
        Self::ProRes,
        Self::WebM,
        Self::Lossless,
        Self::Sound,
        Self::M4a,
        Self::Flac,
        Self::Mp3,
        Self::Srt,
        Self::Vtt,
        Self::Motion,
        Self::CurvesJson,
        Self::CurvesCsv,
        Self::CurvesGltf,
    ];

    /// What it has in common with others.
    pub fn group(self) -> ExportGroup {
        match self {
            Self::Video
            | Self::Gif
            | Self::Pictures
            | Self::ProRes
            | Self::WebM
            | Self::Lossless => ExportGroup::Video,
            Self::Sound | Self::M4a | Self::Flac | Self::Mp3 => ExportGroup::Audio,
            Self::Srt | Self::Vtt => ExportGroup::Subtitles,
            Self::Motion | Self::CurvesJson | Self::CurvesCsv | Self::CurvesGltf => {
                ExportGroup::Motion
            }
        }
    }

    /// Whether it shows the portrait.
    pub fn has_picture(self) -> bool {
        self.group() == ExportGroup::Video
    }

    /// Whether it cannot be written without a portrait.
    pub fn needs_portrait(self) -> bool {
        self.has_picture() || self == Self::CurvesGltf
    }

    /// Whether nothing can be behind the person.
    pub fn has_alpha(self) -> bool {
        self.has_picture() && !matches!(self, Self::Video | Self::Gif)
    }

    /// Whether it has a number of pictures or of values in a second that can be chosen.
    pub fn has_frame_rate(self) -> bool {
        self.has_picture() || self.is_curves()
    }

    fn is_curves(self) -> bool {
        self.group() == ExportGroup::Motion && self != Self::Motion
    }

    /// How the name of its file ends; "" for a folder.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Video => "mp4",
            Self::Gif => "gif",
            Self::Pictures => "",
            Self::ProRes => "mov",
            Self::WebM => "webm",
            Self::Lossless => "mkv",
            Self::Sound => "wav",
            Self::M4a => "m4a",
            Self::Flac => "flac",
            Self::Mp3 => "mp3",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Motion | Self::CurvesJson => "json",
            Self::CurvesCsv => "csv",
            Self::CurvesGltf => "glb",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio::framing::{Aspect, Extent};
    use studio::media::write::{SoundFormat, VideoFormat};

    #[test]
    fn every_kind_writes_one_file_of_its_format() {
        for kind in ExportKind::ALL {
            let name = match kind.ending() {
                "" => "speech".to_owned(),
                ending => format!("speech.{ending}"),
            };
            let path = PathBuf::from(name);
            let choices = ExportChoices {
                kind,
                background: Background::Transparent,
                ..ExportChoices::default()
            };
            let outputs = choices.outputs(path.clone(), LifeSettings::default());
            assert_eq!(outputs.needs_portrait(), kind.needs_portrait(), "{kind:?}");
            let Outputs {
                video,
                audio,
                motion,
                subtitles,
                curves,
                look,
                ..
            } = outputs;
            if let Some(video) = &video {
                let format = VideoFormat::of(video).unwrap();
                assert_eq!(format.has_alpha(), kind.has_alpha(), "{kind:?}");
                let is_transparent = look.background == Background::Transparent;
                assert_eq!(is_transparent, kind.has_alpha(), "{kind:?}");
            }
            assert!(
                audio
                    .as_deref()
                    .is_none_or(|path| SoundFormat::of(path).is_some())
            );
            let files = [video, audio, motion, subtitles, curves];
            let files: Vec<_> = files.into_iter().flatten().collect();
            assert_eq!(files, [path], "{kind:?}");
        }
    }

    #[test]
    fn what_is_chosen_is_how_the_video_looks() {
        let choices = ExportChoices {
            framing: Framing {
                extent: Extent::Head,
                aspect: Aspect::Tall,
                zoom: 1.25,
                ..Framing::default()
            },
            frame_rate: FrameRate::Fps50,
            captions: Some(CaptionStyle::Boxed),
            sound_codec: SoundCodec::Opus,
            ..ExportChoices::default()
        };
        let outputs = choices.outputs("a.mp4".into(), LifeSettings::default());
        assert_eq!(outputs.look.framing, choices.framing);
        assert_eq!(outputs.look.frame_rate, FrameRate::Fps50);
        assert_eq!(outputs.look.captions, Some(CaptionStyle::Boxed));
        assert_eq!(outputs.sound_codec, SoundCodec::Opus);
    }
}

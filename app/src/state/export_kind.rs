//! Which files an export writes.

/// Which files an export writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// Picture and sound.
    Video,
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
    pub const ALL: [Self; 5] = [Self::Video, Self::Sound, Self::Srt, Self::Vtt, Self::Motion];

    /// What its file is called for.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Video => "mp4",
            Self::Sound => "wav",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Motion => "json",
        }
    }
}

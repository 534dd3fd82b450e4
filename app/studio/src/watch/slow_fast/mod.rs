//! Which pictures of a clip a vision model is shown, and how large: the Slow-Fast rule of Keye-VL-1.5 (arXiv 2509.01563).
//!
//! Two pictures are taken each second. A picture that differs from the last slow one is slow, too, and shown large; one that
//! resembles it is fast and shown small. All functions are pure. The choices, sizes and token counts are those of
//! `keye-vl-utils` 1.5.2 (`vision_process.py`), whose own values are the defaults here.
//!
//! The reference has no answer for clips that are shorter than half a second; here they give one picture.

mod budget;
mod resize;
mod similarity;
mod smart_resize;

pub use budget::{FrameSizes, frame_sizes};
pub use resize::resized;
pub use similarity::{hsv, is_alike};
pub use smart_resize::{NarrowPicture, SIDE_RATIO_LIMIT, Size, smart_resize};

/// Pictures a second that are looked at, unless the clip has fewer.
pub const SAMPLED_FPS: f64 = 2.0;
/// Side of the square that becomes one token, pixels.
pub const TOKEN_SIDE_PX: u32 = 28;
/// Fewest and most tokens of a picture.
pub const FRAME_TOKENS: std::ops::RangeInclusive<u32> = 48..=768;
/// Most tokens of a picture while it is compared with others.
const COMPARED_TOKENS: u32 = 256;

/// What may be chosen about the rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlowFastSettings {
    /// Most tokens of all pictures together.
    pub total_tokens: u32,
    /// Most pictures; those that are taken spread over the whole clip.
    pub max_frames: usize,
    /// Share of alike patches below which a picture is slow.
    pub similarity: f64,
}

impl Default for SlowFastSettings {
    fn default() -> Self {
        Self {
            total_tokens: 65_536,
            max_frames: usize::MAX,
            similarity: 0.9,
        }
    }
}

/// How a picture is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// Large: something has changed.
    Slow,
    /// Small: much the same as the last slow one.
    Fast,
}

/// Numbers of the frames to look at, of a clip of `frame_count` frames at `fps`. They rise, from the first frame to the last.
pub fn sampled_frames(frame_count: usize, fps: f64, settings: &SlowFastSettings) -> Vec<usize> {
    if frame_count == 0 {
        return Vec::new();
    }
    let by_time = frame_count as f64 / fps * SAMPLED_FPS.min(fps);
    let most = (settings.total_tokens / FRAME_TOKENS.start()) as usize;
    let count = (by_time as usize).min(settings.max_frames.min(most));
    if count <= 1 {
        return vec![0];
    }
    // As `torch.linspace` does it: in f32, from both ends towards the middle.
    let last = (frame_count - 1) as f32;
    let step = last / (count - 1) as f32;
    let place = |index: usize| match index < count / 2 {
        true => step * index as f32,
        false => last - step * (count - 1 - index) as f32,
    };
    (0..count)
        .map(|index| place(index).round_ties_even() as usize)
        .collect()
}

/// When a frame is shown, seconds, as the model is told.
pub fn timestamp_secs(frame: usize, fps: f64) -> f32 {
    (1.0 / fps * frame as f64) as f32
}

/// Tells slow pictures from fast ones, in the order in which they are shown.
#[derive(Clone, Debug)]
pub struct KindChooser {
    similarity: f64,
    /// The last slow picture, small and in HSV.
    key: Option<(Size, Vec<u8>)>,
}

impl KindChooser {
    /// Before the first picture.
    pub fn new(settings: &SlowFastSettings) -> Self {
        Self {
            similarity: settings.similarity,
            key: None,
        }
    }

    /// The kind of the next picture: rows from the top of red, green, blue. The first one is slow, and so is one of another size.
    ///
    /// # Errors
    /// [`NarrowPicture`].
    ///
    /// # Panics
    /// When `rgb` is not of this size.
    pub fn next_kind(&mut self, rgb: &[u8], size: Size) -> Result<FrameKind, NarrowPicture> {
        let small = compared_size(size)?;
        let picture = hsv(&resized(rgb, size, small));
        if let Some((key_size, key)) = &self.key
            && *key_size == small
            && is_alike(key, &picture, small, self.similarity)
        {
            return Ok(FrameKind::Fast);
        }
        self.key = Some((small, picture));
        Ok(FrameKind::Slow)
    }
}

/// The size at which pictures are compared.
///
/// # Errors
/// [`NarrowPicture`].
pub fn compared_size(size: Size) -> Result<Size, NarrowPicture> {
    smart_resize(size, *FRAME_TOKENS.start(), COMPARED_TOKENS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_clip_are_looked_at_and_short_clips_give_one_picture() {
        let sampled = |frames, fps| sampled_frames(frames, fps, &SlowFastSettings::default());
        assert_eq!(sampled(100, 25.0), [0, 14, 28, 42, 57, 71, 85, 99]);
        assert_eq!(sampled(1, 25.0), [0]);
        assert_eq!(sampled(3, 25.0), [0]);
        assert_eq!(sampled(0, 25.0), [0_usize; 0]);
        let few = SlowFastSettings {
            max_frames: 0,
            ..SlowFastSettings::default()
        };
        assert_eq!(sampled_frames(500, 25.0, &few), [0]);
    }

    #[test]
    fn a_picture_of_another_size_is_slow() {
        let mut chooser = KindChooser::new(&SlowFastSettings::default());
        let mut next = |side: u32| {
            let size = Size::new(side, side);
            chooser
                .next_kind(&vec![90; size.pixels() * 3], size)
                .unwrap()
        };
        assert_eq!(next(300), FrameKind::Slow);
        assert_eq!(next(300), FrameKind::Fast);
        assert_eq!(next(500), FrameKind::Slow);
    }
}

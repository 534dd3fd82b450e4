//! The size at which a model sees a picture: sides of whole tokens, and a number of them within limits.

use super::TOKEN_SIDE_PX;
use crate::texts::text;

/// Largest ratio of the longer side to the shorter.
pub const SIDE_RATIO_LIMIT: u32 = 200;

/// A picture that is too long for its height, or too tall for its width, to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NarrowPicture(pub Size);

impl std::error::Error for NarrowPicture {}

impl std::fmt::Display for NarrowPicture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&text!(
            "clip-narrow",
            width_px = self.0.width_px,
            height_px = self.0.height_px,
            factor = SIDE_RATIO_LIMIT
        ))
    }
}

/// Width and height of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels in a row.
    pub width_px: u32,
    /// Rows.
    pub height_px: u32,
}

impl Size {
    /// A size in pixels.
    pub const fn new(width_px: u32, height_px: u32) -> Self {
        Self {
            width_px,
            height_px,
        }
    }

    /// Pixels of the picture.
    pub const fn pixels(self) -> usize {
        self.width_px as usize * self.height_px as usize
    }

    /// Tokens of a picture whose sides are multiples of [`TOKEN_SIDE_PX`].
    pub const fn tokens(self) -> u32 {
        (self.width_px / TOKEN_SIDE_PX) * (self.height_px / TOKEN_SIDE_PX)
    }
}

/// The size nearest to `size` whose sides are multiples of [`TOKEN_SIDE_PX`] and which has the allowed number of tokens. A very
/// long or tall picture may end up outside the limits, as in the reference.
///
/// # Errors
/// [`NarrowPicture`] for sides that differ more than [`SIDE_RATIO_LIMIT`], and for a side of nothing.
pub fn smart_resize(size: Size, min_tokens: u32, max_tokens: u32) -> Result<Size, NarrowPicture> {
    let token_side = f64::from(TOKEN_SIDE_PX);
    let area = |tokens: u32| f64::from(tokens) * token_side * token_side;
    let (width, height) = (f64::from(size.width_px), f64::from(size.height_px));
    if width.min(height) < 1.0
        || width.max(height) / width.min(height) > f64::from(SIDE_RATIO_LIMIT)
    {
        return Err(NarrowPicture(size));
    }
    let nearest = |side: f64| (side / token_side).round_ties_even().max(1.0);
    let tokens = nearest(width) * nearest(height);
    let side_tokens = if tokens > f64::from(max_tokens) {
        let shrink = (width * height / area(max_tokens)).sqrt();
        [width, height].map(|side| (side / shrink / token_side).floor())
    } else if tokens < f64::from(min_tokens) {
        let grow = (area(min_tokens) / (width * height)).sqrt();
        [width, height].map(|side| (side * grow / token_side).ceil())
    } else {
        [nearest(width), nearest(height)]
    };
    let [width_px, height_px] = side_tokens.map(|count| count.max(1.0) as u32 * TOKEN_SIDE_PX);
    Ok(Size {
        width_px,
        height_px,
    })
}

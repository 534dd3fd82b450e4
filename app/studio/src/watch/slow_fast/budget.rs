//! How large slow and fast pictures may be so that all of them together stay within the tokens that are allowed.

use super::{FRAME_TOKENS, NarrowPicture, Size, SlowFastSettings, smart_resize};

/// Tokens of a fast picture in those of a slow one.
const FAST_SHARE: f64 = 0.3;

/// Sizes of the pictures of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSizes {
    /// Of a slow picture.
    pub slow: Size,
    /// Of a fast one.
    pub fast: Size,
}

/// The sizes for a clip of pictures of `size`, of which so many are slow and fast.
///
/// # Errors
/// [`NarrowPicture`].
pub fn frame_sizes(
    size: Size,
    slow_count: usize,
    fast_count: usize,
    settings: &SlowFastSettings,
) -> Result<FrameSizes, NarrowPicture> {
    let (fewest, most) = FRAME_TOKENS.into_inner();
    let fits = |slow_tokens: u32| {
        let total = slow_count as u64 * u64::from(slow_tokens)
            + fast_count as u64 * u64::from(fast_tokens(slow_tokens));
        total <= u64::from(settings.total_tokens)
    };
    // The reference's binary search. It ends one above the last number that fits, or at the most that is allowed.
    let (mut left, mut right) = (fewest, most);
    while left < right {
        let middle = u32::midpoint(left, right);
        if fits(middle) {
            left = middle + 1;
        } else {
            right = middle;
        }
    }
    let slow = smart_resize(size, fewest, left)?;
    let fast = smart_resize(size, fewest, fast_tokens(slow.tokens()))?;
    Ok(FrameSizes { slow, fast })
}

/// Most tokens of a fast picture beside slow ones of so many.
fn fast_tokens(slow_tokens: u32) -> u32 {
    ((FAST_SHARE * f64::from(slow_tokens)) as u32).max(*FRAME_TOKENS.start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_kept_but_for_one_token_a_picture() {
        for (slow, fast, total_tokens) in [(100, 0, 65_536), (100, 100, 65_536), (16, 0, 4096)] {
            let settings = SlowFastSettings {
                total_tokens,
                ..SlowFastSettings::default()
            };
            let sizes = frame_sizes(Size::new(1920, 1080), slow, fast, &settings).unwrap();
            let tokens = slow as u32 * sizes.slow.tokens() + fast as u32 * sizes.fast.tokens();
            assert!(tokens <= total_tokens + slow as u32, "{tokens}");
            assert!(tokens * 10 > total_tokens * 7, "{tokens}");
        }
    }
}

//! Rate of speech as an argument.

use crate::cli::texts::text;
use studio::script::SPEED_RANGE;

/// Reads a rate of speech within [`SPEED_RANGE`].
///
/// # Errors
/// A line for the user if it is outside.
pub fn speed(argument: &str) -> Result<f32, String> {
    argument
        .parse()
        .ok()
        .filter(|speed| SPEED_RANGE.contains(speed))
        .ok_or_else(|| {
            text!(
                "number-range",
                min = SPEED_RANGE.start().to_string(),
                max = SPEED_RANGE.end().to_string(),
            )
        })
}

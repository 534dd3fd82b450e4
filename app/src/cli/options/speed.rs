//! Rate of speech, as the command line says it.

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
            format!(
                "give a number from {} to {}",
                SPEED_RANGE.start(),
                SPEED_RANGE.end()
            )
        })
}

//! The soft step between two states.

/// 0 → 1 without a corner at either end; what lies outside counts as the nearer end.
pub fn ease(part: f32) -> f32 {
    let part = part.clamp(0.0, 1.0);
    part * part * (3.0 - 2.0 * part)
}

//! The soft threshold that the shaders have built in, for whatever is computed outside them.

/// 0 up to `from`, 1 from `to` on, with level ends.
pub fn smooth_step(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from).max(1e-6)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

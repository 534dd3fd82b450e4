//! The flow's time as a sinusoid (F5-TTS commit 2ae2c9b, `model/modules.py`, `SinusPositionEmbedding`).

/// Width of the sinusoid.
pub const SINUSOID_DIM: usize = 256;
/// What t in [0, 1] is multiplied with, so that the fastest sine turns many times.
const SCALE: f32 = 1000.0;

/// Times in [0, 1] → sines then cosines of 1000·t: (times, [`SINUSOID_DIM`]).
pub fn sinusoid(times: &[f64]) -> Vec<f32> {
    let half = SINUSOID_DIM / 2;
    // Rounded to f32 at each step as the reference does: at 1000·t the difference would show.
    let decay = -(10_000f64.ln() / (half - 1) as f64) as f32;
    let mut values = Vec::with_capacity(times.len() * SINUSOID_DIM);
    for &time in times {
        let angle = |i: usize| SCALE * time as f32 * (i as f32 * decay).exp();
        values.extend((0..half).map(|i| angle(i).sin()));
        values.extend((0..half).map(|i| angle(i).cos()));
    }
    values
}

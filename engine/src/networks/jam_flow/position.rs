//! Rotary positions on a clock that both streams share.
//!
//! Audio tokens stand at 0, 1, 2, …, as F5-TTS's weights expect; motion frame i stands at i × audio tokens per motion frame, so
//! that equal instants turn by equal angles.

/// Base of the geometric series of frequencies.
const BASE: f32 = 10_000.0;

/// Angles of positions 0, `spacing`, 2·`spacing`, … in audio tokens: (count, dim_head / 2).
pub fn angles(count: usize, spacing: f64, dim_head: usize) -> Vec<f32> {
    let frequencies: Vec<f32> = (0..dim_head / 2)
        .map(|pair| 1.0 / BASE.powf((2 * pair) as f32 / dim_head as f32))
        .collect();
    (0..count)
        .flat_map(|i| {
            let position = i as f32 * spacing as f32;
            frequencies
                .iter()
                .map(move |frequency| position * frequency)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_instants_turn_equally() {
        let audio = angles(31, 1.0, 64);
        let motion = angles(9, 3.75, 64);
        // Motion frame 8 and mel frame 30 are both at 0.32 s.
        assert_eq!(audio[30 * 32..], motion[8 * 32..]);
        assert_ne!(audio[29 * 32..30 * 32], motion[8 * 32..]);
    }
}

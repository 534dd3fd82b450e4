//! Calming of numbers in time.

/// Gaussian smoothing that does not delay; at the ends with what is there.
pub(crate) fn smooth(values: &mut [f32], deviation_frames: f32) {
    if deviation_frames <= 0.0 {
        return;
    }
    let reach = (3.0 * deviation_frames).ceil() as usize;
    let kernel: Vec<f32> = (0..=reach)
        .map(|k| (-0.5 * (k as f32 / deviation_frames).powi(2)).exp())
        .collect();
    let original = values.to_vec();
    for (i, value) in values.iter_mut().enumerate() {
        let around = i.saturating_sub(reach)..(i + reach + 1).min(original.len());
        let (mut sum, mut total) = (0.0, 0.0);
        for j in around {
            let weight = kernel[i.abs_diff(j)];
            sum += weight * original[j];
            total += weight;
        }
        *value = sum / total;
    }
}

//! Layer norm over rows, and sums that the compiler may reorder.

/// Lanes that sums and maxima are kept in: a plain running sum would forbid the compiler to vectorise.
pub const LANES: usize = 16;

/// Σ f(x), inside a vectorised work.
#[inline(always)]
pub fn sum_of(values: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += f(x);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|&x| f(x)).sum::<f32>()
}

/// (rows, dim) in place: each row to mean 0 and variance 1, times `scale`, plus `shift`, (dim,) both. Inside a vectorised work.
#[inline(always)]
pub fn layer_norm(x: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32) {
    let dim = scale.len();
    for row in x.chunks_exact_mut(dim) {
        let mean = sum_of(row, |x| x) / dim as f32;
        let variance = sum_of(row, |x| (x - mean) * (x - mean)) / dim as f32;
        let factor = 1.0 / (variance + epsilon).sqrt();
        for ((x, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
            *x = (*x - mean) * factor * scale + shift;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tensor;
    use crate::kernels::testing::{largest_difference, random};

    #[test]
    fn norm_matches_candle() {
        for dim in [5, 16, 100, 256] {
            let x = random((9, dim), 3.0);
            let (scale, shift) = (random(dim, 1.0), random(dim, 1.0));
            let theirs = candle_nn::ops::layer_norm(&x, &scale, &shift, 1e-6).unwrap();
            let mut ours: Vec<f32> = x.flatten_all().unwrap().to_vec1().unwrap();
            let (scale, shift) = (scale.to_vec1().unwrap(), shift.to_vec1().unwrap());
            layer_norm(&mut ours, &scale, &shift, 1e-6);
            assert!(largest_difference(&tensor(ours, (9, dim)).unwrap(), &theirs) < 1e-5);
        }
    }
}

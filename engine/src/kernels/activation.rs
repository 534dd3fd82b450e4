//! Element-wise functions.

use candle_core::{Result, Tensor};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::{TASK_ELEMENTS, tensor, values, vectorized};

/// eˣ to about 2 units in the last place; inputs are clamped to ±87.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Adding this rounds to the nearest integer and leaves integer + 127 in the low bits: the exponent field of 2ⁿ.
    const ROUND: f32 = 12_582_912.0 + 127.0;
    let x = x.clamp(-87.0, 87.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * 0.693_359_4) + n * 2.121_944_4e-4;
    // Taylor's series to the sixth power; |r| ≤ ln 2 / 2.
    let p = 1.0 / 720.0;
    let p = p * r + 1.0 / 120.0;
    let p = p * r + 1.0 / 24.0;
    let p = p * r + 1.0 / 6.0;
    let p = p * r + 0.5;
    let p = p * r + 1.0;
    let p = p * r + 1.0;
    p * f32::from_bits(shifted.to_bits() << 23)
}

#[inline(always)]
fn gelu_tanh(x: f32) -> f32 {
    // ½(1 + tanh u) is the logistic function of 2u.
    let u = 0.797_884_6 * (x + 0.044_715 * x * x * x);
    x / (1.0 + exp(-2.0 * u))
}

#[inline(always)]
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + error_function(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// erf x within 1.5e-7 (Abramowitz and Stegun 7.1.26).
#[inline(always)]
fn error_function(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let polynomial = ((((1.061_405_4 * t - 1.453_152_1) * t + 1.421_413_8) * t - 0.284_496_72) * t
        + 0.254_829_6)
        * t;
    (1.0 - polynomial * exp(-x * x)).copysign(x)
}

#[inline(always)]
fn mish(x: f32) -> f32 {
    // tanh(ln(1 + e)) = (e² + 2e) / (e² + 2e + 2); above 20 it is 1 in f32.
    let e = exp(x.min(20.0));
    let w = e * (e + 2.0);
    x * (w / (w + 2.0))
}

#[inline(always)]
fn silu(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

/// An element-wise function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// x·Φ(x), exact.
    Gelu,
    /// x·Φ(x) by its tanh approximation.
    GeluTanh,
    /// x·tanh(ln(1 + eˣ)).
    Mish,
    /// x·σ(x).
    Silu,
}

impl Activation {
    /// In place, inside a vectorised work.
    #[inline(always)]
    pub fn apply(self, values: &mut [f32]) {
        let values = values.iter_mut();
        match self {
            Self::Gelu => values.for_each(|x| *x = gelu(*x)),
            Self::GeluTanh => values.for_each(|x| *x = gelu_tanh(*x)),
            Self::Mish => values.for_each(|x| *x = mish(*x)),
            Self::Silu => values.for_each(|x| *x = silu(*x)),
        }
    }

    /// In place, on all threads.
    pub fn apply_to(self, values: &mut [f32]) {
        values.par_chunks_mut(TASK_ELEMENTS).for_each(|values| {
            vectorized(ActivationWork {
                activation: self,
                values,
            });
        });
    }

    /// A tensor of the same shape.
    pub fn forward(self, x: &Tensor) -> Result<Tensor> {
        let mut out = values(x, <[f32]>::to_vec)?;
        self.apply_to(&mut out);
        tensor(out, x.shape())
    }
}

struct ActivationWork<'a> {
    activation: Activation,
    values: &'a mut [f32],
}

impl WithSimd for ActivationWork<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.activation.apply(self.values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::{largest_difference, random};
    use candle_core::Device;

    #[test]
    fn exponential_matches_the_library() {
        for i in -8600..=8600 {
            let x = i as f32 / 100.0;
            let (ours, library) = (f64::from(exp(x)), f64::from(x).exp());
            assert!(
                (ours / library - 1.0).abs() < 5e-7,
                "e^{x}: {ours} against {library}"
            );
        }
        assert!(exp(-1e9) < 1e-37 && exp(1e9).is_finite());
    }

    #[test]
    fn the_error_function_is_right_at_known_points() {
        for (x, expected) in [
            (0.0, 0.0),
            (0.5, 0.520_499_9),
            (1.0, 0.842_700_8),
            (2.0, 0.995_322_3),
            (-1.0, -0.842_700_8),
            (9.0, 1.0),
        ] {
            assert!((error_function(x) - expected).abs() < 5e-7, "{x}");
        }
    }

    #[test]
    fn activations_match_candle() {
        let x = random((37, 1001), 4.0);
        let log_sum = (x.exp().unwrap() + 1.0).unwrap().log().unwrap();
        for (activation, theirs, tolerance) in [
            (Activation::Gelu, x.gelu_erf(), 2e-6),
            (Activation::GeluTanh, x.gelu(), 2e-6),
            (Activation::Silu, x.silu(), 2e-6),
            (Activation::Mish, &x * log_sum.tanh().unwrap(), 5e-6),
        ] {
            let ours = activation.forward(&x).unwrap();
            let difference = largest_difference(&ours, &theirs.unwrap());
            assert!(difference < tolerance, "{activation:?}: {difference}");
        }
        let far = Tensor::new(&[-200f32, 200.0], &Device::Cpu).unwrap();
        for activation in [Activation::Gelu, Activation::GeluTanh, Activation::Mish] {
            let made = activation.forward(&far).unwrap().to_vec1::<f32>().unwrap();
            assert!(made[0].abs() < 1e-20 && made[1] == 200.0, "{activation:?}");
        }
    }
}

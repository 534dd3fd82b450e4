//! Rotary positions of both networks: channels are turned in pairs, one of which lies in each half of a head.

use candle_core::{D, Result, Tensor};

/// Cosines and sines of the angles, (n, e).
pub struct Turn {
    cos: Tensor,
    sin: Tensor,
}

impl Turn {
    /// By angles of this shape, on the device and in the type of `like`.
    ///
    /// # Errors
    /// If there are more or fewer angles.
    pub fn of_angles(angles: Vec<f32>, shape: (usize, usize), like: &Tensor) -> Result<Self> {
        let angles = Tensor::from_vec(angles, shape, like.device())?;
        Ok(Self {
            cos: angles.cos()?.to_dtype(like.dtype())?,
            sin: angles.sin()?.to_dtype(like.dtype())?,
        })
    }

    /// (…, n, e) turned.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn apply(&self, x: &Tensor) -> Result<Tensor> {
        let width = x.dim(D::Minus1)?;
        let first = x.narrow(D::Minus1, 0, width / 2)?;
        let second = x.narrow(D::Minus1, width / 2, width / 2)?;
        let swapped = Tensor::cat(&[&second.neg()?, &first], D::Minus1)?;
        x.broadcast_mul(&self.cos)? + swapped.broadcast_mul(&self.sin)?
    }
}

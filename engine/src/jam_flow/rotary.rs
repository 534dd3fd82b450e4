//! Rotary positions on a clock that both streams share.
//!
//! Audio tokens stand at 0, 1, 2, …, as F5-TTS's weights expect; motion frame i stands at i × audio tokens per motion frame, so
//! that equal instants turn by equal angles. Pairs are interleaved, as in x-transformers.

use candle_core::{Device, Result, Tensor};
use candle_nn::rotary_emb::rope_i;

/// Base of the geometric series of frequencies.
const BASE: f32 = 10_000.0;

/// Cosines and sines of one stream's positions.
#[derive(Debug, Clone)]
pub struct RotaryTable {
    cos: Tensor, // (n, dim_head / 2)
    sin: Tensor,
}

impl RotaryTable {
    /// Positions 0, `spacing`, 2·`spacing`, … in audio tokens.
    pub fn new(count: usize, spacing: f64, dim_head: usize, device: &Device) -> Result<Self> {
        let half = dim_head / 2;
        let angles: Vec<f32> = (0..count)
            .flat_map(|i| {
                let position = i as f32 * spacing as f32;
                (0..half).map(move |pair| {
                    position * (1.0 / BASE.powf((2 * pair) as f32 / dim_head as f32))
                })
            })
            .collect();
        let angles = Tensor::from_vec(angles, (count, half), device)?;
        Ok(Self {
            cos: angles.cos()?,
            sin: angles.sin()?,
        })
    }

    /// Turns the first `turned_heads` heads, or all, of (b, heads, n, dim_head).
    pub fn rotate(&self, x: &Tensor, turned_heads: Option<usize>) -> Result<Tensor> {
        let heads = x.dim(1)?;
        match turned_heads {
            Some(turned) if turned < heads => {
                let first = x.narrow(1, 0, turned)?.contiguous()?;
                let rest = x.narrow(1, turned, heads - turned)?;
                Tensor::cat(&[&rope_i(&first, &self.cos, &self.sin)?, &rest], 1)
            }
            _ => rope_i(&x.contiguous()?, &self.cos, &self.sin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_instants_turn_equally() {
        let device = Device::Cpu;
        let audio = RotaryTable::new(31, 1.0, 64, &device).unwrap();
        let motion = RotaryTable::new(9, 3.75, 64, &device).unwrap();
        let row = |table: &RotaryTable, i| table.cos.get(i).unwrap().to_vec1::<f32>().unwrap();
        // Motion frame 8 and mel frame 30 are both at 0.32 s.
        assert_eq!(row(&audio, 30), row(&motion, 8));
        assert_ne!(row(&audio, 29), row(&motion, 8));
    }

    #[test]
    fn scores_depend_on_distance_only() {
        let device = Device::Cpu;
        let table = RotaryTable::new(20, 1.0, 8, &device).unwrap();
        let x = Tensor::randn(0f32, 1.0, (1, 1, 1, 8), &device).unwrap();
        let y = Tensor::randn(0f32, 1.0, (1, 1, 1, 8), &device).unwrap();
        let turned = |x: &Tensor| {
            let repeated = x.broadcast_as((1, 1, 20, 8)).unwrap();
            table.rotate(&repeated, None).unwrap()
        };
        let scores = turned(&x).matmul(&turned(&y).t().unwrap()).unwrap();
        let scores = scores
            .squeeze(0)
            .unwrap()
            .squeeze(0)
            .unwrap()
            .to_vec2::<f32>()
            .unwrap();
        assert!((scores[3][7] - scores[12][16]).abs() < 1e-4);
        assert!((scores[3][7] - scores[3][8]).abs() > 1e-4);
    }
}

//! Rotary positions laid out for vectors.
//!
//! Pairs are interleaved in the checkpoint, as in x-transformers; [`paired`] brings the first halves of all pairs to the front of
//! a head, which no product of queries and keys notices.

use crate::networks::jam_flow::angles;

/// Cosines and sines of one stream's positions.
#[derive(Debug, Clone)]
pub struct RotaryTable {
    cos: Vec<f32>, // (n, dim_head / 2)
    sin: Vec<f32>,
    half: usize,
}

impl RotaryTable {
    /// Positions 0, `spacing`, 2·`spacing`, … in audio tokens.
    pub fn new(count: usize, spacing: f64, dim_head: usize) -> Self {
        let angles = angles(count, spacing, dim_head).into_iter();
        let (sin, cos) = angles.map(f32::sin_cos).unzip();
        Self {
            cos,
            sin,
            half: dim_head / 2,
        }
    }

    /// Turns heads that lie one after the other by the angles of a position, in place and inside a vectorised work.
    #[inline(always)]
    pub fn turn(&self, position: usize, heads: &mut [f32]) {
        let half = self.half;
        let cos = &self.cos[position * half..][..half];
        let sin = &self.sin[position * half..][..half];
        for head in heads.chunks_exact_mut(2 * half) {
            let (first, second) = head.split_at_mut(half);
            for (((a, b), cos), sin) in first.iter_mut().zip(second).zip(cos).zip(sin) {
                (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
            }
        }
    }
}

/// Which of the checkpoint's rows stands at each place: of every head the first of each pair, then the second of each.
pub fn paired(heads: usize, dim_head: usize) -> Vec<u32> {
    let half = dim_head / 2;
    (0..heads * dim_head)
        .map(|row| {
            let (head, place) = (row / dim_head, row % dim_head);
            (head * dim_head + 2 * (place % half) + place / half) as u32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, IndexOp, Tensor};
    use candle_nn::rotary_emb::rope_i;

    #[test]
    fn turning_matches_candle() {
        let (heads, n, width) = (3, 20, 8);
        let device = Device::Cpu;
        let x: Vec<f32> = (0..heads * n * width).map(|i| (i as f32).sin()).collect();
        let x = Tensor::from_vec(x, (1, heads, n, width), &device).unwrap();
        let table = RotaryTable::new(n, 1.0, width);
        let angles =
            |values: &Vec<f32>| Tensor::from_slice(values, (n, width / 2), &device).unwrap();
        let order = Tensor::new(paired(1, width), &device).unwrap();
        let expected = rope_i(&x, &angles(&table.cos), &angles(&table.sin)).unwrap();
        let expected = expected.index_select(&order, 3).unwrap();
        let x = x.index_select(&order, 3).unwrap();
        for position in 0..n {
            let row = |x: &Tensor| -> Vec<f32> {
                let row = x.i((0, .., position, ..)).unwrap();
                row.flatten_all().unwrap().to_vec1().unwrap()
            };
            let mut turned = row(&x);
            table.turn(position, &mut turned);
            for (a, b) in turned.iter().zip(row(&expected)) {
                assert!((a - b).abs() < 1e-6);
            }
        }
    }
}

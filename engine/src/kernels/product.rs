//! The innermost loop of every matrix product: a few rows times a panel of columns.

use pulp::Simd;

/// Columns of a panel: whole vectors on every machine.
pub const PANEL: usize = 32;

/// Left-hand rows of a product, each `stride` after the last.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// From the first number of the first row.
    pub values: &'a [f32],
    /// Numbers from one row's beginning to the next one's.
    pub stride: usize,
    /// How many rows.
    pub count: usize,
}

/// Where a product goes: rows of `width` ≤ [`PANEL`] columns.
pub struct Target<'a> {
    /// From the first number of the first row.
    pub values: &'a mut [f32],
    /// Numbers from one row's beginning to the next one's.
    pub stride: usize,
    /// Columns that are wanted of the panel.
    pub width: usize,
}

/// Multiplies rows with a panel, (depth) numbers each of [`PANEL`] columns, and adds `start`; without it adds to what is there.
#[inline(always)]
pub fn product<S: Simd>(
    simd: S,
    rows: Rows,
    panel: &[[f32; PANEL]],
    start: Option<&[f32; PANEL]>,
    target: Target,
) {
    // As many sums as the registers of such a machine hold.
    match S::F32_LANES {
        16 => strips::<S, 8, 2>(simd, rows, panel, start, target),
        8 => strips::<S, 2, 4>(simd, rows, panel, start, target),
        4 => strips::<S, 1, 8>(simd, rows, panel, start, target),
        lanes => {
            assert_eq!(lanes, 1, "no machine has vectors of {lanes}");
            strips::<S, 1, 32>(simd, rows, panel, start, target);
        }
    }
}

#[inline(always)]
fn strips<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    rows: Rows,
    panel: &[[f32; PANEL]],
    start: Option<&[f32; PANEL]>,
    target: Target,
) {
    let depth = panel.len();
    for first in (0..rows.count).step_by(ROWS) {
        // The last strip does its last row several times over, and keeps it once.
        let place = |i: usize| (first + i).min(rows.count - 1);
        let strip: [&[f32]; ROWS] =
            std::array::from_fn(|i| &rows.values[place(i) * rows.stride..][..depth]);
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
        match start {
            Some(start) => {
                let start = S::as_simd_f32s(start).0;
                for sums in &mut sums {
                    sums.copy_from_slice(&start[..VECTORS]);
                }
            }
            None => {
                for (i, sums) in sums.iter_mut().enumerate() {
                    let mut row = [0.0; PANEL];
                    row[..target.width].copy_from_slice(
                        &target.values[place(i) * target.stride..][..target.width],
                    );
                    sums.copy_from_slice(&S::as_simd_f32s(&row).0[..VECTORS]);
                }
            }
        }
        for (k, weights) in panel.iter().enumerate() {
            let weights = &S::as_simd_f32s(weights).0[..VECTORS];
            for (row, sums) in strip.iter().zip(&mut sums) {
                let x = simd.splat_f32s(row[k]);
                for (sum, &weight) in sums.iter_mut().zip(weights) {
                    *sum = simd.mul_add_f32s(x, weight, *sum);
                }
            }
        }
        for (i, sums) in sums.iter().enumerate().take(rows.count - first) {
            let out = &mut target.values[(first + i) * target.stride..][..target.width];
            let mut row = [0.0; PANEL];
            S::as_mut_simd_f32s(&mut row).0.copy_from_slice(sums);
            out.copy_from_slice(&row[..out.len()]);
        }
    }
}

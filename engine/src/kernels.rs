//! The few operations that candle's CPU backend is slow at, written so that the compiler vectorises them.
//!
//! Each is compiled for AVX-512, AVX2, NEON and plain machines, of which [`pulp`] picks one at run time, and each is tested against
//! candle's own operations. Everything is `f32` on the CPU.

use candle_core::{CpuStorage, CustomOp1, InplaceOp1, Layout, Result, Shape, Tensor, bail};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Elements that one task of an element-wise operation takes: large enough to outweigh the hand-over.
const TASK_ELEMENTS: usize = 16 * 1024;

/// Runs `work` compiled for the widest vectors that this machine has.
///
/// Each work is a type of its own: a closure would be called through a shim that is not inlined, and so stay narrow.
fn vectorized<W: WithSimd>(work: W) -> W::Output {
    // AVX2 is behind a feature of pulp's `Arch` that gemm does not ask for, but its type is not.
    #[cfg(target_arch = "x86_64")]
    if pulp::x86::V4::try_new().is_none()
        && let Some(avx2) = pulp::x86::V3::try_new()
    {
        return Simd::vectorize(avx2, work);
    }
    Arch::new().dispatch(work)
}

/// eˣ to about 2 units in the last place; inputs are clamped to ±87.
#[inline(always)]
fn exp(x: f32) -> f32 {
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
fn gelu_tanh_one(x: f32) -> f32 {
    // ½(1 + tanh u) is the logistic function of 2u.
    let u = 0.797_884_6 * (x + 0.044_715 * x * x * x);
    x / (1.0 + exp(-2.0 * u))
}

#[inline(always)]
fn mish_one(x: f32) -> f32 {
    // tanh(ln(1 + e)) = (e² + 2e) / (e² + 2e + 2); above 20 it is 1 in f32.
    let e = exp(x.min(20.0));
    let w = e * (e + 2.0);
    x * (w / (w + 2.0))
}

#[inline(always)]
fn silu_one(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

/// An element-wise function.
#[derive(Clone, Copy)]
enum Activation {
    GeluTanh,
    Mish,
    Silu,
}

struct ActivationWork<'a> {
    activation: Activation,
    values: &'a mut [f32],
}

impl WithSimd for ActivationWork<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let values = self.values.iter_mut();
        match self.activation {
            Activation::GeluTanh => values.for_each(|x| *x = gelu_tanh_one(*x)),
            Activation::Mish => values.for_each(|x| *x = mish_one(*x)),
            Activation::Silu => values.for_each(|x| *x = silu_one(*x)),
        }
    }
}

impl InplaceOp1 for Activation {
    fn name(&self) -> &'static str {
        "activation"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        contiguous_mut(storage, layout)?
            .par_chunks_mut(TASK_ELEMENTS)
            .for_each(|values| {
                vectorized(ActivationWork {
                    activation: *self,
                    values,
                });
            });
        Ok(())
    }
}

fn contiguous_mut<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    let Some((start, end)) = layout.contiguous_offsets() else {
        bail!("kernels work on contiguous tensors");
    };
    let CpuStorage::F32(values) = storage else {
        bail!("kernels work on f32 on the CPU");
    };
    Ok(&mut values[start..end])
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let Some((start, end)) = layout.contiguous_offsets() else {
        bail!("kernels work on contiguous tensors");
    };
    Ok(&storage.as_slice::<f32>()?[start..end])
}

/// GELU by its tanh approximation, in place: `x` must be the fresh result of an operation that nothing else holds.
pub fn gelu_tanh(x: Tensor) -> Result<Tensor> {
    x.inplace_op1(&Activation::GeluTanh)?;
    Ok(x)
}

/// Mish, x·tanh(ln(1 + eˣ)), in place: see [`gelu_tanh`].
pub fn mish(x: Tensor) -> Result<Tensor> {
    x.inplace_op1(&Activation::Mish)?;
    Ok(x)
}

/// SiLU, x·σ(x), in place: see [`gelu_tanh`].
pub fn silu(x: Tensor) -> Result<Tensor> {
    x.inplace_op1(&Activation::Silu)?;
    Ok(x)
}

/// Which keys a query sees: two half-open ranges over the pooled keys, in order and apart.
///
/// A band over the pool [own; other] is a range in each half, so no mask tensor is ever built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRanges(pub [(usize, usize); 2]);

/// Softmax over the last dimension of scores (…, queries, keys), scaled first, in place: see [`gelu_tanh`].
///
/// `ranges` has one entry a query; keys outside of them get weight 0. A query that sees nothing gets all zeros.
pub fn banded_softmax(scores: Tensor, scale: f32, ranges: &[KeyRanges]) -> Result<Tensor> {
    let dims = scores.dims();
    let (queries, keys) = match dims {
        [.., queries, keys] => (*queries, *keys),
        _ => bail!("scores need two dimensions"),
    };
    if ranges.len() != queries {
        bail!("{} ranges for {queries} queries", ranges.len());
    }
    if ranges
        .iter()
        .any(|KeyRanges([(a, b), (c, d)])| !(a <= b && b <= c && c <= d && *d <= keys))
    {
        bail!("ranges must be in order and lie within {keys} keys");
    }
    scores.inplace_op1(&BandedSoftmax {
        scale,
        ranges,
        keys,
    })?;
    Ok(scores)
}

struct BandedSoftmax<'a> {
    scale: f32,
    ranges: &'a [KeyRanges],
    keys: usize,
}

impl InplaceOp1 for BandedSoftmax<'_> {
    fn name(&self) -> &'static str {
        "banded-softmax"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let rows_per_task = (TASK_ELEMENTS / self.keys.max(1)).max(1);
        contiguous_mut(storage, layout)?
            .par_chunks_mut(rows_per_task * self.keys.max(1))
            .enumerate()
            .for_each(|(task, rows)| {
                vectorized(SoftmaxWork {
                    softmax: self,
                    first_row: task * rows_per_task,
                    rows,
                });
            });
        Ok(())
    }
}

struct SoftmaxWork<'a> {
    softmax: &'a BandedSoftmax<'a>,
    first_row: usize,
    rows: &'a mut [f32],
}

impl WithSimd for SoftmaxWork<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let BandedSoftmax {
            scale,
            ranges,
            keys,
        } = *self.softmax;
        for (i, row) in self.rows.chunks_exact_mut(keys).enumerate() {
            softmax_row(row, scale, ranges[(self.first_row + i) % ranges.len()]);
        }
    }
}

/// Lanes that sums and maxima are kept in: a plain running sum would forbid the compiler to vectorise.
const LANES: usize = 16;

#[inline(always)]
fn maximum(values: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = if x > *lane { x } else { *lane };
        }
    }
    lanes
        .iter()
        .chain(rest)
        .fold(f32::NEG_INFINITY, |a, &b| a.max(b))
}

#[inline(always)]
fn exponentiate(values: &mut [f32], scale: f32, offset: f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (chunks, rest) = values.as_chunks_mut::<LANES>();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *x = exp(*x * scale - offset);
            *lane += *x;
        }
    }
    let mut sum = lanes.iter().sum();
    for x in rest {
        *x = exp(*x * scale - offset);
        sum += *x;
    }
    sum
}

#[inline(always)]
fn softmax_row(row: &mut [f32], scale: f32, KeyRanges([first, second]): KeyRanges) {
    let offset = scale * maximum(&row[first.0..first.1]).max(maximum(&row[second.0..second.1]));
    let sum = exponentiate(&mut row[first.0..first.1], scale, offset)
        + exponentiate(&mut row[second.0..second.1], scale, offset);
    let factor = if sum > 0.0 { 1.0 / sum } else { 0.0 };
    row[..first.0].fill(0.0);
    row[first.0..first.1].iter_mut().for_each(|x| *x *= factor);
    row[first.1..second.0].fill(0.0);
    row[second.0..second.1]
        .iter_mut()
        .for_each(|x| *x *= factor);
    row[second.1..].fill(0.0);
}

/// A grouped convolution over time with an odd kernel and padding that keeps the length, on (b, n, dim) without transposing.
#[derive(Debug, Clone)]
pub struct GroupedConv1d {
    /// [group][block of outputs][input channel][tap][output of the block]; blocks are filled up with zeros.
    weight: Vec<f32>,
    bias: Vec<f32>,
    groups: usize,
    kernel_size: usize,
}

/// Output channels that are summed together: each input is loaded once for all of them.
const CONV_OUTPUTS: usize = 8;

impl GroupedConv1d {
    /// Takes PyTorch's weight (dim, dim / groups, kernel) and bias (dim,).
    pub fn new(weight: &Tensor, bias: &Tensor, groups: usize) -> Result<Self> {
        let (dim, width, kernel_size) = weight.dims3()?;
        if width == 0
            || width * groups != dim
            || kernel_size.is_multiple_of(2)
            || bias.dims1()? != dim
        {
            bail!("a grouped convolution needs equal groups and an odd kernel");
        }
        let blocks = width.div_ceil(CONV_OUTPUTS);
        let filled = blocks * CONV_OUTPUTS;
        let weight = weight
            .reshape((groups, width, width, kernel_size))?
            .pad_with_zeros(1, 0, filled - width)?
            .reshape((groups, blocks, CONV_OUTPUTS, width, kernel_size))?
            .permute((0, 1, 3, 4, 2))?
            .flatten_all()?
            .to_vec1()?;
        Ok(Self {
            weight,
            bias: bias.to_vec1()?,
            groups,
            kernel_size,
        })
    }

    /// (b, n, dim) → (b, n, dim).
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.contiguous()?.apply_op1_no_bwd(self)
    }
}

impl CustomOp1 for GroupedConv1d {
    fn name(&self) -> &'static str {
        "grouped-conv1d"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (batch, frames, dim) = layout.shape().dims3()?;
        let values = contiguous(storage, layout)?;
        if dim != self.bias.len() {
            bail!("{dim} channels for a convolution of {}", self.bias.len());
        }
        let width = dim / self.groups;
        let mut grouped = vec![0.0; values.len()];
        grouped
            .par_chunks_mut((frames * width).max(1))
            .enumerate()
            .for_each(|(i, out)| {
                let (item, group) = (i / self.groups, i % self.groups);
                vectorized(ConvWork {
                    conv: self,
                    x: &values[item * frames * dim..][..frames * dim],
                    group,
                    out,
                });
            });
        let mut out = vec![0.0; values.len()];
        for (item, grouped) in out
            .chunks_mut((frames * dim).max(1))
            .zip(grouped.chunks((frames * dim).max(1)))
        {
            for (group, source) in grouped.chunks(frames * width).enumerate() {
                for (row, source) in item.chunks_mut(dim).zip(source.chunks(width)) {
                    row[group * width..][..width].copy_from_slice(source);
                }
            }
        }
        Ok((CpuStorage::F32(out), Shape::from((batch, frames, dim))))
    }
}

/// One group of one item.
struct ConvWork<'a> {
    conv: &'a GroupedConv1d,
    /// (n, dim), of which the group's channels are read.
    x: &'a [f32],
    group: usize,
    /// (n, width).
    out: &'a mut [f32],
}

impl WithSimd for ConvWork<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let lanes = S::F32_LANES;
        let GroupedConv1d {
            weight,
            bias,
            groups,
            kernel_size,
        } = self.conv;
        let (dim, taps) = (bias.len(), *kernel_size);
        let width = dim / groups;
        let frames = self.x.len() / dim;
        // The group's channels one after the other, each between zeros, so that the inner loop has no borders.
        let stride = frames.next_multiple_of(lanes) + taps - 1;
        let mut padded = vec![0.0; width * stride];
        for (frame, row) in self.x.chunks_exact(dim).enumerate() {
            for (channel, value) in row[self.group * width..][..width].iter().enumerate() {
                padded[channel * stride + taps / 2 + frame] = *value;
            }
        }
        let (weight, _) = weight.as_chunks::<CONV_OUTPUTS>();
        let blocks = width.div_ceil(CONV_OUTPUTS);
        for block in 0..blocks {
            let weight = &weight[(self.group * blocks + block) * width * taps..][..width * taps];
            let first = block * CONV_OUTPUTS;
            let bias = &bias[self.group * width..][first..width.min(first + CONV_OUTPUTS)];
            for begin in (0..frames).step_by(lanes) {
                // Written with explicit vectors: left to itself the compiler makes them of taps, which must be gathered.
                let mut sums = [simd.splat_f32s(0.0); CONV_OUTPUTS];
                for (channel, weight) in weight.chunks_exact(taps).enumerate() {
                    let row = &padded[channel * stride + begin..][..lanes + taps - 1];
                    for (inputs, weight) in row.windows(lanes).zip(weight) {
                        let x = S::as_simd_f32s(inputs).0[0];
                        for (sum, &w) in sums.iter_mut().zip(weight) {
                            *sum = simd.mul_add_f32s(x, simd.splat_f32s(w), *sum);
                        }
                    }
                }
                let sums: &[f32] = pulp::bytemuck::cast_slice(&sums);
                let rows = self.out[begin * width..]
                    .chunks_exact_mut(width)
                    .take(lanes);
                for (lane, row) in rows.enumerate() {
                    for (i, bias) in bias.iter().enumerate() {
                        row[first + i] = sums[i * lanes + lane] + bias;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{D, Device};

    fn random(shape: impl Into<Shape>, spread: f32) -> Tensor {
        Tensor::randn(0f32, spread, shape.into(), &Device::Cpu).unwrap()
    }

    fn largest_difference(a: &Tensor, b: &Tensor) -> f32 {
        let difference = (a - b).unwrap().abs().unwrap();
        difference
            .flatten_all()
            .unwrap()
            .max(0)
            .unwrap()
            .to_scalar()
            .unwrap()
    }

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
    }

    #[test]
    fn activations_match_candle() {
        let x = random((37, 1001), 4.0);
        let gelu = gelu_tanh(x.copy().unwrap()).unwrap();
        assert!(largest_difference(&gelu, &x.gelu().unwrap()) < 2e-6);
        let ours = silu(x.copy().unwrap()).unwrap();
        assert!(largest_difference(&ours, &x.silu().unwrap()) < 2e-6);
        let theirs = (&x
            * ((x.exp().unwrap() + 1.0)
                .unwrap()
                .log()
                .unwrap()
                .tanh()
                .unwrap()))
        .unwrap();
        assert!(largest_difference(&mish(x.copy().unwrap()).unwrap(), &theirs) < 5e-6);
        let far = Tensor::new(&[-200f32, 200.0], &Device::Cpu).unwrap();
        assert_eq!(
            mish(far.copy().unwrap()).unwrap().to_vec1::<f32>().unwrap()[1],
            200.0
        );
        assert!(gelu_tanh(far).unwrap().to_vec1::<f32>().unwrap()[0].abs() < 1e-20);
    }

    #[test]
    fn softmax_matches_a_masked_one() {
        let (queries, keys) = (21, 77);
        let scores = random((2, 3, queries, keys), 3.0);
        let ranges: Vec<_> = (0..queries)
            .map(|i| KeyRanges([(i, i + 20), (40 + i / 2, 40 + i)]))
            .collect();
        let mask: Vec<f32> = ranges
            .iter()
            .flat_map(|KeyRanges([a, b])| {
                (0..keys).map(move |k| {
                    if (a.0..a.1).contains(&k) || (b.0..b.1).contains(&k) {
                        0.0
                    } else {
                        f32::NEG_INFINITY
                    }
                })
            })
            .collect();
        let mask = Tensor::from_vec(mask, (queries, keys), &Device::Cpu).unwrap();
        let masked = (&scores * 0.125).unwrap().broadcast_add(&mask).unwrap();
        let expected = candle_nn::ops::softmax(&masked, D::Minus1).unwrap();
        let actual = banded_softmax(scores.copy().unwrap(), 0.125, &ranges).unwrap();
        assert!(largest_difference(&actual, &expected) < 1e-6);
    }

    #[test]
    fn a_query_that_sees_nothing_gives_zeros() {
        let scores = random((1, 4), 1.0);
        let blind = banded_softmax(scores, 1.0, &[KeyRanges([(0, 0), (2, 2)])]).unwrap();
        assert_eq!(blind.to_vec2::<f32>().unwrap(), [[0.0; 4]]);
    }

    #[test]
    fn grouped_convolution_matches_candle() {
        for (dim, frames) in [(16, 5), (48, 31), (128, 50), (256, 16), (96, 3), (640, 33)] {
            let x = random((2, frames, dim), 1.0);
            let (weight, bias) = (random((dim, dim / 16, 31), 0.03), random(dim, 1.0));
            let ours = GroupedConv1d::new(&weight, &bias, 16)
                .unwrap()
                .forward(&x)
                .unwrap();
            let theirs = x
                .transpose(1, 2)
                .and_then(|x| x.contiguous()?.conv1d(&weight, 15, 1, 1, 16))
                .and_then(|x| x.transpose(1, 2)?.broadcast_add(&bias))
                .unwrap();
            assert!(largest_difference(&ours, &theirs) < 2e-5, "dim {dim}");
        }
    }
}

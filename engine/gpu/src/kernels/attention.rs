//! Attention over ranges of keys.

use super::{Constant, Kernel, with_constants};
use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::recorder::Recorder;

const SOURCE: &str = include_str!("attention.wgsl");
/// Rows of a workgroup.
const QUERIES: usize = 16;
/// Widest head whose tiles fit into the 16 KiB that every adapter has.
const MAX_WIDTH: usize = 64;

/// `Params` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Params {
    count: u32,
    other_count: u32,
    heads: u32,
    padding: u32,
}

/// The kernel for one width of heads.
#[derive(Debug)]
pub struct Attention {
    kernel: Kernel,
    width: usize,
}

/// Who asks whom.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Queries, keys and values: (items · count, 3 · heads · width).
    pub own: &'a wgpu::Buffer,
    pub count: usize,
    /// The second half of the pool, if there is one, and its rows in an item.
    pub other: Option<(&'a wgpu::Buffer, usize)>,
    /// Four integers a query: begin and end among its own keys, begin and end among the other's.
    pub ranges: &'a wgpu::Buffer,
    /// (items · count, heads · width).
    pub out: &'a wgpu::Buffer,
    pub items: usize,
    pub heads: usize,
}

fn constants(width: usize) -> [(&'static str, Constant); 1] {
    [("WIDTH", Constant::Count(width))]
}

pub fn source(width: usize) -> String {
    with_constants(SOURCE, &constants(width))
}

impl Attention {
    /// For heads of `width` numbers.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for widths without a kernel.
    pub fn new(device: &ComputeDevice, width: usize) -> Result<Self> {
        if !width.is_multiple_of(4) || width == 0 || width > MAX_WIDTH {
            return Err(Error::Unsupported(format!(
                "heads of {width} numbers; multiples of 4 up to {MAX_WIDTH} are possible"
            )));
        }
        Ok(Self {
            kernel: Kernel::new(device, "attention", SOURCE, &constants(width), false),
            width,
        })
    }

    /// Adds an attention to the recording.
    pub fn record<'a>(&'a self, recorder: &mut Recorder<'a>, asked: Asked) {
        let Asked { own, count, .. } = asked;
        let (other, other_count) = asked.other.unwrap_or((own, 0));
        let params = Params {
            count: count as u32,
            other_count: other_count as u32,
            heads: asked.heads as u32,
            padding: 0,
        };
        recorder.dispatch(
            &self.kernel,
            &params,
            &[own, other, asked.ranges, asked.out],
            [count.div_ceil(QUERIES), asked.heads, asked.items],
            2 * asked.items * asked.heads * count * (count + other_count) * self.width,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{device, farthest, numbers, run, upload};
    use super::*;
    use proptest::prelude::*;
    use std::sync::OnceLock;

    const WIDTHS: [usize; 4] = [4, 20, 36, 64];

    fn kernels() -> &'static [Attention; WIDTHS.len()] {
        static KERNELS: OnceLock<[Attention; WIDTHS.len()]> = OnceLock::new();
        KERNELS.get_or_init(|| WIDTHS.map(|width| Attention::new(device(), width).unwrap()))
    }

    /// One stream's rows: queries, keys and values side by side.
    struct Rows<'a> {
        values: &'a [f32],
        count: usize,
    }

    impl Rows<'_> {
        fn part(
            &self,
            item: usize,
            row: usize,
            part: usize,
            [head, heads, width]: [usize; 3],
        ) -> &[f32] {
            let row = item * self.count + row;
            &self.values[((row * 3 + part) * heads + head) * width..][..width]
        }
    }

    fn attended(
        own: &Rows,
        other: &Rows,
        ranges: &[[u32; 4]],
        items: usize,
        heads: usize,
        width: usize,
    ) -> Vec<f32> {
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
            products.sum()
        };
        let mut out = Vec::new();
        for item in 0..items {
            for (query, range) in ranges.iter().enumerate() {
                for head in 0..heads {
                    let at = [head, heads, width];
                    let own_keys = (range[0]..range[1]).map(|key| (own, key as usize));
                    let other_keys = (range[2]..range[3]).map(|key| (other, key as usize));
                    let keys: Vec<_> = own_keys.chain(other_keys).collect();
                    let asks = own.part(item, query, 0, at);
                    let scores: Vec<f64> = keys
                        .iter()
                        .map(|(rows, key)| {
                            dot(asks, rows.part(item, *key, 1, at)) / (width as f64).sqrt()
                        })
                        .collect();
                    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let sum: f64 = scores.iter().map(|score| (score - highest).exp()).sum();
                    for column in 0..width {
                        let value = keys.iter().zip(&scores).map(|((rows, key), score)| {
                            (score - highest).exp() / sum
                                * f64::from(rows.part(item, *key, 2, at)[column])
                        });
                        out.push(value.sum::<f64>() as f32);
                    }
                }
            }
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn attention_matches_the_twin(
            (count, other_count, items) in (1usize..90, 0usize..70, 1usize..3),
            (heads, kernel, reach) in (1usize..4, 0..WIDTHS.len(), 0usize..120),
            (is_full, strength, seed) in (any::<bool>(), 0.5f32..12.0, 1u64..1000),
        ) {
            let width = WIDTHS[kernel];
            let row = 3 * heads * width;
            let scaled = |values: Vec<f32>| -> Vec<f32> { values.iter().map(|x| x * strength).collect() };
            let own = scaled(numbers(seed, items * count * row));
            let other = scaled(numbers(seed + 1, items * other_count * row));
            // Full, or bands around each query; the last query sees nothing at all.
            let band = |query: usize, of: usize| {
                let begin = query.saturating_sub(reach).min(of);
                [begin as u32, (query + reach).min(of).max(begin) as u32]
            };
            let mut ranges: Vec<[u32; 4]> = (0..count)
                .map(|query| match is_full {
                    true => [0, count as u32, 0, other_count as u32],
                    false => {
                        let ([a, b], [c, d]) = (band(query, count), band(query / 2, other_count));
                        [a, b, c, d]
                    }
                })
                .collect();
            ranges[count - 1] = [0; 4];
            let kernel = &kernels()[kernel];
            let (own_buffer, other_buffer) = (upload(&own), upload(&other));
            let (ranges_buffer, out) = (upload(&ranges), upload(&vec![7f32; items * count * heads * width]));
            let mut recorder = Recorder::default();
            kernel.record(&mut recorder, Asked {
                own: &own_buffer,
                count,
                other: (other_count > 0).then_some((&other_buffer, other_count)),
                ranges: &ranges_buffer,
                out: &out,
                items,
                heads,
            });
            let actual = run(recorder, 0, &out, items * count * heads * width);
            let [own, other] = [(&own, count), (&other, other_count)].map(|(values, count)| Rows { values, count });
            let expected = attended(&own, &other, &ranges, items, heads, width);
            prop_assert!(farthest(&actual, &expected) < 3e-5);
        }
    }

    #[test]
    fn widths_without_a_kernel_are_refused() {
        for width in [0, 6, 68] {
            assert!(matches!(
                Attention::new(device(), width),
                Err(Error::Unsupported(_))
            ));
        }
    }
}

//! Attention over ranges of keys: nothing is computed for keys that nobody sees, and no matrix of all scores is ever held.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::activation::exp;
use super::norm::LANES;
use super::product::{PANEL, Rows, Target, product};
use super::vectorized;

/// Which keys a query sees: two half-open ranges over the pooled keys, in order and apart.
///
/// A band over the pool [own; other] is a range in each half, so no mask tensor is ever built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRanges(pub [(usize, usize); 2]);

/// Queries whose scores are held at a time, a head.
const QUERIES: usize = 32;
const ZEROS: [f32; PANEL] = [0.0; PANEL];

/// Queries, keys and values of one stream, side by side in each row: (batch · n, 3 · heads · width).
#[derive(Clone, Copy)]
pub struct Stream<'a> {
    /// All rows.
    pub rows: &'a [f32],
    /// Rows of one item of the batch.
    pub count: usize,
}

/// Softmax of scaled scores times values, each query over its own ranges of the pool [own; other].
pub struct BandedAttention<'a> {
    /// The stream that asks; it is also the first part of the pool.
    pub own: Stream<'a>,
    /// The second part of the pool.
    pub other: Option<Stream<'a>>,
    /// Attention heads.
    pub heads: usize,
    /// Numbers in a head.
    pub width: usize,
    /// One entry a query of one item. A query that sees nothing gets zeros.
    pub ranges: &'a [KeyRanges],
}

impl BandedAttention<'_> {
    /// (batch, heads, n, width).
    pub fn forward(&self) -> Vec<f32> {
        let mut out = vec![0.0; self.own.rows.len() / 3];
        out.par_chunks_mut((self.own.count * self.width).max(1))
            .enumerate()
            .for_each(|(i, out)| {
                vectorized(HeadWork {
                    attention: self,
                    item: i / self.heads,
                    head: i % self.heads,
                    out,
                });
            });
        out
    }
}

/// One head of one item.
struct HeadWork<'a> {
    attention: &'a BandedAttention<'a>,
    item: usize,
    head: usize,
    /// (n, width).
    out: &'a mut [f32],
}

/// Keys and values of one head, laid out for [`product`]: keys as columns, values as rows.
struct Pool {
    /// \[panel of keys]\[width]\[key of the panel].
    keys: Vec<[f32; PANEL]>,
    /// \[panel of columns]\[key]\[column of the panel].
    values: Vec<[f32; PANEL]>,
    /// Keys, filled up to whole panels.
    filled: usize,
}

impl Pool {
    #[inline(always)]
    fn new(stream: Stream, heads: usize, width: usize, item: usize, head: usize) -> Self {
        let inner = heads * width;
        let filled = stream.count.next_multiple_of(PANEL);
        let mut pool = Self {
            keys: vec![ZEROS; filled / PANEL * width],
            values: vec![ZEROS; width.div_ceil(PANEL) * filled],
            filled,
        };
        let rows = stream.rows[item * stream.count * 3 * inner..][..stream.count * 3 * inner]
            .chunks_exact(3 * inner);
        for (key, row) in rows.enumerate() {
            let panel = &mut pool.keys[key / PANEL * width..][..width];
            for (panel, x) in panel.iter_mut().zip(&row[inner + head * width..]) {
                panel[key % PANEL] = *x;
            }
            let value = row[2 * inner + head * width..][..width].chunks(PANEL);
            for (panel, value) in value.enumerate() {
                pool.values[panel * filled + key][..value.len()].copy_from_slice(value);
            }
        }
        pool
    }

    /// Whole panels around the keys `begin..end`.
    fn panels(begin: usize, end: usize) -> (usize, usize) {
        if begin >= end {
            return (0, 0);
        }
        (begin / PANEL, end.div_ceil(PANEL))
    }
}

impl WithSimd for HeadWork<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let BandedAttention {
            own,
            other,
            heads,
            width,
            ranges,
        } = *self.attention;
        let scale = (width as f32).sqrt().recip();
        let stride = 3 * heads * width;
        let pool = |stream| Pool::new(stream, heads, width, self.item, self.head);
        let own_pool = pool(own);
        let other_pool = pool(other.unwrap_or(Stream {
            rows: &[],
            count: 0,
        }));
        let mut scores = Vec::new();
        for (block, out) in self.out.chunks_mut(QUERIES * width).enumerate() {
            let first = block * QUERIES;
            let count = out.len() / width;
            let ranges = &ranges[first..first + count];
            let queries = Rows {
                values: &own.rows[(self.item * own.count + first) * stride + self.head * width..],
                stride,
                count,
            };
            // The panels that any query of the block sees in each half of the pool.
            let halves = [(&own_pool, 0), (&other_pool, own.count)];
            let seen: [(usize, usize); 2] = std::array::from_fn(|half| {
                let offset = halves[half].1;
                let spans = ranges.iter().map(|KeyRanges(both)| both[half]);
                let spans = spans.filter(|(begin, end)| begin < end);
                let (begin, end) = spans.fold((usize::MAX, 0), |(begin, end), span| {
                    (begin.min(span.0), end.max(span.1))
                });
                Pool::panels(begin.saturating_sub(offset), end.saturating_sub(offset))
            });
            let first_keys = (seen[0].1 - seen[0].0) * PANEL;
            let all_keys = first_keys + (seen[1].1 - seen[1].0) * PANEL;
            scores.resize(count * all_keys, 0.0);
            for (half, (pool, _)) in halves.iter().enumerate() {
                for panel in seen[half].0..seen[half].1 {
                    let at = half * first_keys + (panel - seen[half].0) * PANEL;
                    let target = Target {
                        values: &mut scores[at..],
                        stride: all_keys,
                        width: PANEL,
                    };
                    let keys = &pool.keys[panel * width..][..width];
                    product(simd, queries, keys, Some(&ZEROS), target);
                }
            }
            if all_keys == 0 {
                out.fill(0.0);
                continue;
            }
            for (row, KeyRanges(both)) in scores.chunks_exact_mut(all_keys).zip(ranges) {
                let place = |half: usize| {
                    let (begin, end) = both[half];
                    if begin >= end {
                        return (half * first_keys, half * first_keys);
                    }
                    let shift = halves[half].1 + seen[half].0 * PANEL;
                    let at = |key: usize| half * first_keys + key - shift;
                    (at(begin), at(end))
                };
                softmax_row(row, scale, place(0), place(1));
            }
            for column in 0..width.div_ceil(PANEL) {
                for (half, (pool, _)) in halves.iter().enumerate() {
                    let rows = Rows {
                        values: &scores[half * first_keys..],
                        stride: all_keys,
                        count,
                    };
                    let target = Target {
                        values: &mut out[column * PANEL..],
                        stride: width,
                        width: PANEL.min(width - column * PANEL),
                    };
                    let values = &pool.values[column * pool.filled..][..pool.filled]
                        [seen[half].0 * PANEL..seen[half].1 * PANEL];
                    let start = (half == 0).then_some(&ZEROS);
                    product(simd, rows, values, start, target);
                }
            }
        }
    }
}

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

/// Softmax over two ranges of a row, zeros elsewhere.
#[inline(always)]
fn softmax_row(row: &mut [f32], scale: f32, first: (usize, usize), second: (usize, usize)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::{largest_difference, on_every_machine, random};
    use crate::kernels::{tensor, values};
    use candle_core::{D, Device, Tensor};

    /// Columns `part` of (b, n, 3·h·w) as (b, h, n, w).
    fn part(rows: &Tensor, heads: usize, part: usize) -> Tensor {
        let (b, n, all) = rows.dims3().unwrap();
        let inner = all / 3;
        rows.narrow(2, part * inner, inner)
            .and_then(|x| x.reshape((b, n, heads, inner / heads)))
            .and_then(|x| x.transpose(1, 2)?.contiguous())
            .unwrap()
    }

    fn masked(own: &Tensor, other: Option<&Tensor>, heads: usize, ranges: &[KeyRanges]) -> Tensor {
        let pool = |which| match other {
            Some(other) => Tensor::cat(&[part(own, heads, which), part(other, heads, which)], 2),
            None => Ok(part(own, heads, which)),
        };
        let (key, value) = (pool(1).unwrap(), pool(2).unwrap());
        let keys = key.dim(2).unwrap();
        let mask: Vec<f32> = ranges
            .iter()
            .flat_map(|KeyRanges([a, b])| {
                let sees = move |k| (a.0..a.1).contains(&k) || (b.0..b.1).contains(&k);
                (0..keys).map(move |k| if sees(k) { 0.0 } else { f32::NEG_INFINITY })
            })
            .collect();
        let mask = Tensor::from_vec(mask, (ranges.len(), keys), &Device::Cpu).unwrap();
        let query = part(own, heads, 0);
        let scale = 1.0 / (query.dim(3).unwrap() as f64).sqrt();
        let scores = (query.matmul(&key.t().unwrap()).unwrap() * scale).unwrap();
        let scores = scores.broadcast_add(&mask).unwrap();
        let weights = candle_nn::ops::softmax(&scores, D::Minus1).unwrap();
        weights.matmul(&value).unwrap()
    }

    #[test]
    fn attention_matches_a_masked_one() {
        for (n, m, heads, width) in [(5, 0, 1, 16), (33, 20, 2, 64), (90, 70, 4, 24)] {
            let own = random((2, n, 3 * heads * width), 1.0);
            let other = (m > 0).then(|| random((2, m, 3 * heads * width), 1.0));
            let reach = |i: usize| (i.saturating_sub(9), (i + 9).min(n));
            let ranges: Vec<_> = (0..n)
                .map(|i| {
                    let there = i * m / n;
                    KeyRanges([reach(i), (n + there, n + (there + 5).min(m))])
                })
                .collect();
            let expected = masked(&own, other.as_ref(), heads, &ranges);
            let flat = |x: &Tensor| values(x, <[f32]>::to_vec).unwrap();
            let (own, other) = (flat(&own), other.as_ref().map(flat));
            let attention = BandedAttention {
                own: Stream {
                    rows: &own,
                    count: n,
                },
                other: other.as_ref().map(|rows| Stream { rows, count: m }),
                heads,
                width,
                ranges: &ranges,
            };
            let actual = tensor(attention.forward(), (2, heads, n, width)).unwrap();
            assert!(largest_difference(&actual, &expected) < 3e-6, "{n} {m}");
            on_every_machine(|machine| {
                let mut out = vec![0.0; n * width];
                machine.run(HeadWork {
                    attention: &attention,
                    item: 1,
                    head: heads - 1,
                    out: &mut out,
                });
                let out = tensor(out, (n, width)).unwrap();
                let expected = expected.get(1).unwrap().get(heads - 1).unwrap();
                assert!(largest_difference(&out, &expected) < 3e-6, "{machine:?}");
            });
        }
    }

    #[test]
    fn a_query_that_sees_nothing_gives_zeros() {
        let rows = [1.0; 6 * 4];
        let attention = BandedAttention {
            own: Stream {
                rows: &rows,
                count: 2,
            },
            other: None,
            heads: 1,
            width: 4,
            ranges: &[KeyRanges([(0, 0), (2, 2)]), KeyRanges([(0, 2), (2, 2)])],
        };
        assert_eq!(
            attention.forward(),
            [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]
        );
    }
}

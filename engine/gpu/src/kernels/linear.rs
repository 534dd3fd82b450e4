//! Linear layers with what follows them.

use super::tuning::{COLUMNS, TILES, Tile};
use super::{Constant, Extras, Kernel, with_constants};
use crate::device::ComputeDevice;
use crate::recorder::Recorder;
use crate::weights::LinearWeights;

const SOURCE: &str = include_str!("linear.wgsl");

/// `Params` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Params {
    rows: u32,
    input_rows: u32,
    inputs: u32,
    outputs: u32,
    weight_quads: u32,
    out_offset: u32,
    out_stride: u32,
    activation: u32,
    epilogue: u32,
    extra_offset: u32,
    extra_stride: u32,
    inner: u32,
    turned: u32,
    dim_head: u32,
    x_stride: u32,
    padding: u32,
}

/// What is applied to the sum with its bias.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    #[default]
    None,
    /// x·σ(x).
    Silu,
    /// x·Φ(x) by its tanh approximation.
    GeluTanh,
    /// x·Φ(x).
    Gelu,
}

/// What happens to the result.
#[derive(Clone, Copy, Debug)]
pub enum Epilogue<'a> {
    /// It is written.
    Write,
    /// A matrix of its shape is added.
    Add(&'a wgpu::Buffer),
    /// Times a gate it is added to what stands there.
    Gate {
        /// [step][…].
        modulation: &'a wgpu::Buffer,
        /// Where the gate stands in a step's modulation.
        offset: usize,
        /// Numbers from one step to the next.
        stride: usize,
    },
    /// Queries and keys, the first two thirds of the columns, are turned by position.
    Rotary {
        /// [position][pair][cosine, sine].
        table: &'a wgpu::Buffer,
        /// Positions; rows repeat them for each item of the batch.
        positions: usize,
        /// Columns of the queries.
        inner: usize,
        /// How many of them are turned.
        turned: usize,
        /// Numbers in a head.
        dim_head: usize,
    },
}

/// One product of rows with a layer's weights.
#[derive(Clone, Copy, Debug)]
pub struct Product<'a> {
    /// (input_rows, inputs).
    pub x: &'a wgpu::Buffer,
    /// Numbers from row to row of `x`, `inputs` if absent. With fewer, rows overlap: the windows of a convolution.
    pub x_stride: Option<usize>,
    /// Rows of `x`; the result repeats them until it has `rows`.
    pub input_rows: usize,
    /// Where the result goes, with `row_offset` numbers before and `row_stride` from row to row.
    pub out: &'a wgpu::Buffer,
    /// Rows of the result.
    pub rows: usize,
    pub out_offset: usize,
    /// The layer's own width if absent.
    pub out_stride: Option<usize>,
    pub activation: Activation,
    pub epilogue: Epilogue<'a>,
}

impl<'a> Product<'a> {
    /// (rows, inputs) → (rows, outputs) without anything else.
    pub fn new(x: &'a wgpu::Buffer, rows: usize, out: &'a wgpu::Buffer) -> Self {
        Self {
            x,
            x_stride: None,
            input_rows: rows,
            out,
            rows,
            out_offset: 0,
            out_stride: None,
            activation: Activation::None,
            epilogue: Epilogue::Write,
        }
    }
}

/// The kernel in its variants.
#[derive(Clone, Debug)]
pub struct Linear {
    /// [are weights halves][number of the tile].
    kernels: [[Kernel; TILES.len()]; 2],
}

/// Halves stay halves in shared memory where the adapter has such numbers. They are multiplied as floats either way.
fn source(is_half: bool, tile: Tile, extras: Extras) -> String {
    let constants = [
        ("HALF", Constant::Switch(is_half)),
        ("THREAD_ROWS", Constant::Count(tile.thread_rows)),
        ("ROW_QUADS", Constant::Count(tile.quads)),
    ];
    let quad = match is_half && extras.has_f16 {
        true => "enable f16;\nalias Quad = vec4<f16>;\n",
        false => "alias Quad = vec4<f32>;\n",
    };
    quad.to_owned() + &with_constants(SOURCE, &constants)
}

pub fn sources(extras: Extras) -> Vec<(&'static str, String)> {
    let of_tile = |tile| {
        [("linear", false), ("linear, halves", true)]
            .map(|(name, is_half)| (name, source(is_half, tile, extras)))
    };
    TILES.into_iter().flat_map(of_tile).collect()
}

impl Linear {
    pub fn new(device: &ComputeDevice, extras: Extras) -> Self {
        let kernel = |is_half: bool, tile| {
            // Where half precision cannot be unpacked no weights are in it.
            let is_half = is_half && device.has_halves;
            Kernel::new(device, "linear", &source(is_half, tile, extras), &[], true)
        };
        Self {
            kernels: [false, true].map(|is_half| TILES.map(|tile| kernel(is_half, tile))),
        }
    }

    /// Adds a product to the recording.
    pub fn record<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        weights: &LinearWeights,
        product: Product,
    ) {
        let tile = Tile::for_size(product.rows, weights.outputs);
        let groups = [
            weights.outputs.div_ceil(COLUMNS),
            product.rows.div_ceil(TILES[tile].rows()),
            1,
        ];
        let mut params = Params {
            rows: product.rows as u32,
            input_rows: product.input_rows as u32,
            inputs: weights.inputs as u32,
            outputs: weights.outputs as u32,
            weight_quads: weights.quads() as u32,
            out_offset: product.out_offset as u32,
            out_stride: product.out_stride.unwrap_or(weights.outputs) as u32,
            activation: product.activation as u32,
            epilogue: 0,
            extra_offset: 0,
            extra_stride: 0,
            inner: 1,
            turned: 0,
            dim_head: 1,
            x_stride: product.x_stride.unwrap_or(weights.inputs) as u32,
            padding: 0,
        };
        let extra = match product.epilogue {
            Epilogue::Write => &weights.bias,
            Epilogue::Add(rows) => {
                (params.epilogue, params.extra_offset) = (1, weights.outputs as u32);
                rows
            }
            Epilogue::Gate {
                modulation,
                offset,
                stride,
            } => {
                params.epilogue = 2;
                (params.extra_offset, params.extra_stride) = (offset as u32, stride as u32);
                modulation
            }
            Epilogue::Rotary {
                table,
                positions,
                inner,
                turned,
                dim_head,
            } => {
                params.epilogue = 3;
                params.extra_offset = positions as u32;
                (params.inner, params.turned) = (inner as u32, turned as u32);
                params.dim_head = dim_head as u32;
                table
            }
        };
        recorder.dispatch(
            &self.kernels[usize::from(weights.is_half)][tile],
            &params,
            &[
                product.x,
                &weights.values,
                &weights.bias,
                extra,
                product.out,
            ],
            groups,
            product.rows * weights.inputs * weights.outputs,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{device, farthest, numbers, run, upload};
    use super::*;
    use proptest::prelude::*;
    use std::sync::OnceLock;

    /// With everything that the adapter has, and with nothing of it.
    fn kernel(has_extras: bool) -> &'static Linear {
        static KERNELS: OnceLock<[Linear; 2]> = OnceLock::new();
        let kernels = || [Extras::default(), device().extras].map(|it| Linear::new(device(), it));
        &KERNELS.get_or_init(kernels)[usize::from(has_extras)]
    }

    /// x·Wᵀ + b of PyTorch's weight, row `r` of the result from row `r` modulo the rows of `x`.
    fn product(x: &[f32], weight: &[f32], bias: &[f32], inputs: usize, rows: usize) -> Vec<f32> {
        let input_rows = x.len() / inputs;
        let mut out = Vec::new();
        for row in 0..rows {
            let x = &x[row % input_rows * inputs..][..inputs];
            for (weight, bias) in weight.chunks_exact(inputs).zip(bias) {
                let products = x
                    .iter()
                    .zip(weight)
                    .map(|(&a, &b)| f64::from(a) * f64::from(b));
                out.push((products.sum::<f64>() + f64::from(*bias)) as f32);
            }
        }
        out
    }

    fn halves(values: Vec<f32>) -> Vec<f32> {
        // Multiples of 1/512 in −1 to 1 are exact in half precision.
        values.iter().map(|x| (x * 512.0).round() / 512.0).collect()
    }

    /// Φ(x) by Simpson's rule.
    fn normal_distribution(x: f64) -> f64 {
        let density = |x: f64| (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt();
        let (steps, far) = (400, x.abs().min(9.0));
        let width = far / f64::from(steps);
        let sum: f64 = (0..steps)
            .map(|i| {
                let a = f64::from(i) * width;
                density(a) + 4.0 * density(a + width / 2.0) + density(a + width)
            })
            .sum();
        0.5 + (sum * width / 6.0).copysign(x)
    }

    fn activated(activation: Activation, x: f32) -> f32 {
        let cubic = 0.797_884_6 * (x + 0.044_715 * x * x * x);
        match activation {
            Activation::None => x,
            Activation::Silu => x / (1.0 + (-x).exp()),
            Activation::GeluTanh => 0.5 * x * (1.0 + cubic.tanh()),
            Activation::Gelu => x * normal_distribution(f64::from(x)) as f32,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn products_match_the_twin(
            (inputs, outputs, rows) in (1usize..150, 1usize..150, 1usize..150),
            (repeats, seed) in (1usize..3, 1u64..1000),
            (is_half, has_extras, activation) in (any::<bool>(), any::<bool>(), 0usize..4),
        ) {
            let activation = [Activation::None, Activation::Silu, Activation::GeluTanh, Activation::Gelu][activation];
            let (x, bias) = (numbers(seed, rows * inputs), numbers(seed + 1, outputs));
            let mut weight = numbers(seed + 2, outputs * inputs);
            if is_half {
                weight = halves(weight);
            }
            let weights = LinearWeights::new(device(), &weight, &bias, inputs).unwrap();
            prop_assert_eq!(weights.is_half, is_half);
            let total = repeats * rows;
            let added = numbers(seed + 3, total * outputs);
            let (x_buffer, added_buffer) = (upload(&x), upload(&added));
            let out = upload(&vec![7f32; total * outputs]);
            let mut recorder = Recorder::default();
            kernel(has_extras).record(&mut recorder, &weights, Product {
                input_rows: rows,
                activation,
                epilogue: Epilogue::Add(&added_buffer),
                ..Product::new(&x_buffer, total, &out)
            });
            let actual = run(recorder, 0, &out, total * outputs);
            let expected: Vec<f32> = product(&x, &weight, &bias, inputs, total)
                .iter()
                .zip(&added)
                .map(|(x, added)| activated(activation, *x) + added)
                .collect();
            prop_assert!(farthest(&actual, &expected) < 1e-5);
        }

        #[test]
        fn overlapping_rows_are_a_convolution(
            (inputs, outputs, rows) in (1usize..30, 1usize..70, 1usize..90),
            (taps, seed) in (1usize..8, 1u64..1000),
        ) {
            let x = numbers(seed, (rows + taps - 1) * inputs);
            let (weight, bias) = (numbers(seed + 1, outputs * taps * inputs), numbers(seed + 2, outputs));
            let weights = LinearWeights::new(device(), &weight, &bias, taps * inputs).unwrap();
            let (x_buffer, out) = (upload(&x), upload(&vec![7f32; rows * outputs]));
            let mut recorder = Recorder::default();
            kernel(true).record(&mut recorder, &weights, Product {
                x_stride: Some(inputs),
                ..Product::new(&x_buffer, rows, &out)
            });
            let actual = run(recorder, 0, &out, rows * outputs);
            let windows: Vec<f32> = (0..rows).flat_map(|row| &x[row * inputs..][..taps * inputs]).copied().collect();
            let expected = product(&windows, &weight, &bias, taps * inputs, rows);
            prop_assert!(farthest(&actual, &expected) < 1e-5);
        }

        #[test]
        fn gates_belong_to_their_step_and_add_to_what_stands_there(
            (inputs, outputs, rows) in (1usize..40, 1usize..80, 1usize..90),
            (step, seed) in (0usize..4, 1u64..1000),
        ) {
            let (x, bias) = (numbers(seed, rows * inputs), numbers(seed + 1, outputs));
            let weight = numbers(seed + 2, outputs * inputs);
            let weights = LinearWeights::new(device(), &weight, &bias, inputs).unwrap();
            let (offset, stride) = (3, outputs + 5);
            let modulation = numbers(seed + 3, 4 * stride);
            let before = numbers(seed + 4, rows * outputs);
            let (x_buffer, modulation_buffer) = (upload(&x), upload(&modulation));
            let out = upload(&before);
            let mut recorder = Recorder::default();
            kernel(true).record(&mut recorder, &weights, Product {
                epilogue: Epilogue::Gate { modulation: &modulation_buffer, offset, stride },
                ..Product::new(&x_buffer, rows, &out)
            });
            let actual = run(recorder, step, &out, rows * outputs);
            let gate = &modulation[step * stride + offset..][..outputs];
            let expected: Vec<f32> = product(&x, &weight, &bias, inputs, rows)
                .iter()
                .zip(&before)
                .zip(gate.iter().cycle())
                .map(|((x, before), gate)| before + x * gate)
                .collect();
            prop_assert!(farthest(&actual, &expected) < 1e-5);
        }

        #[test]
        fn only_queries_and_keys_of_the_first_heads_turn(
            (positions, items, heads) in (1usize..40, 1usize..3, 1usize..4),
            (pairs, turned_heads, seed) in (1usize..17, 1usize..4, 1u64..1000),
        ) {
            let (dim_head, inputs, rows) = (4 * pairs, 9, items * positions);
            let (inner, turned) = (heads * dim_head, turned_heads.min(heads) * dim_head);
            let (x, bias) = (numbers(seed, rows * inputs), numbers(seed + 1, 3 * inner));
            let weight = numbers(seed + 2, 3 * inner * inputs);
            let weights = LinearWeights::new(device(), &weight, &bias, inputs).unwrap();
            let table = crate::timeline::rotary_table(positions, 1.5, dim_head);
            let (x_buffer, table_buffer) = (upload(&x), upload(&table));
            let out = upload(&vec![0f32; rows * 3 * inner]);
            let mut recorder = Recorder::default();
            kernel(true).record(&mut recorder, &weights, Product {
                epilogue: Epilogue::Rotary { table: &table_buffer, positions, inner, turned, dim_head },
                ..Product::new(&x_buffer, rows, &out)
            });
            let actual = run(recorder, 0, &out, rows * 3 * inner);
            let mut expected = product(&x, &weight, &bias, inputs, rows);
            for (row, values) in expected.chunks_exact_mut(3 * inner).enumerate() {
                for part in 0..2 {
                    for pair in 0..turned / 2 {
                        let at = part * inner + 2 * pair;
                        let angles = &table[row % positions * (dim_head / 2)..];
                        let [cos, sin] = angles[pair % (dim_head / 2)];
                        let (a, b) = (values[at], values[at + 1]);
                        (values[at], values[at + 1]) = (a * cos - b * sin, b * cos + a * sin);
                    }
                }
            }
            prop_assert!(farthest(&actual, &expected) < 1e-5);
        }
    }

    #[test]
    fn large_tiles_and_strided_results_match_the_twin() {
        let (inputs, outputs, rows) = (37, 300, 1100);
        let (x, bias) = (numbers(1, rows * inputs), numbers(2, outputs));
        let weight = numbers(3, outputs * inputs);
        let weights = LinearWeights::new(device(), &weight, &bias, inputs).unwrap();
        let (offset, stride) = (10, outputs + 7);
        let x_buffer = upload(&x);
        let out = upload(&vec![7f32; rows * stride]);
        let mut recorder = Recorder::default();
        let product_to = Product {
            out_offset: offset,
            out_stride: Some(stride),
            ..Product::new(&x_buffer, rows, &out)
        };
        kernel(true).record(&mut recorder, &weights, product_to);
        let actual = run(recorder, 0, &out, rows * stride);
        let mut expected = vec![7.0; rows * stride];
        for (row, values) in product(&x, &weight, &bias, inputs, rows)
            .chunks(outputs)
            .enumerate()
        {
            let start = row * stride + offset;
            let end = (start + outputs).min(expected.len());
            expected[start..end].copy_from_slice(&values[..end - start]);
        }
        assert!(farthest(&actual, &expected) < 1e-5);
    }
}

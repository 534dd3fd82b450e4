//! Linear layers with weights laid out for the machine.

use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::product::{PANEL, Rows, Target, product};
use super::{Activation, rows_per_task, tensor, values, vectorized};

/// x·Wᵀ + b on rows of f32.
#[derive(Debug, Clone)]
pub struct Linear {
    /// \[panel]\[input]\[column of the panel]; the last panel is filled up with zeros.
    panels: Vec<[f32; PANEL]>,
    /// \[panel]\[column of the panel].
    bias: Vec<[f32; PANEL]>,
    inputs: usize,
    outputs: usize,
}

impl Linear {
    /// Takes PyTorch's weight (outputs, inputs) and bias (outputs,).
    pub fn new(weight: &Tensor, bias: Option<&Tensor>) -> Result<Self> {
        let (outputs, inputs) = weight.dims2()?;
        if inputs == 0 || outputs == 0 {
            bail!("a linear layer from {inputs} to {outputs}");
        }
        let mut panels = vec![[0.0; PANEL]; outputs.div_ceil(PANEL) * inputs];
        values(weight, |weight| {
            for (output, row) in weight.chunks_exact(inputs).enumerate() {
                let panel = &mut panels[output / PANEL * inputs..][..inputs];
                for (panel, weight) in panel.iter_mut().zip(row) {
                    panel[output % PANEL] = *weight;
                }
            }
        })?;
        let mut padded = vec![[0.0; PANEL]; outputs.div_ceil(PANEL)];
        if let Some(bias) = bias {
            let bias: Vec<f32> = bias.to_vec1()?;
            if bias.len() != outputs {
                bail!("{} biases for {outputs} outputs", bias.len());
            }
            padded.as_flattened_mut()[..outputs].copy_from_slice(&bias);
        }
        Ok(Self {
            panels,
            bias: padded,
            inputs,
            outputs,
        })
    }

    /// `vb` stands at the layer's name.
    pub fn load(inputs: usize, outputs: usize, vb: &VarBuilder) -> Result<Self> {
        let weight = vb.get((outputs, inputs), "weight")?;
        Self::new(&weight, Some(&vb.get(outputs, "bias")?))
    }

    /// Numbers in a row of the result.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Numbers in a row of the input.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// (rows, inputs) → (rows, outputs) on this thread, inside a vectorised work.
    #[inline(always)]
    pub fn apply<S: Simd>(&self, simd: S, x: &[f32], out: &mut [f32]) {
        let count = x.len() / self.inputs;
        if count == 0 {
            return;
        }
        let rows = Rows {
            values: x,
            stride: self.inputs,
            count,
        };
        let panels = self.panels.chunks_exact(self.inputs).zip(&self.bias);
        for (i, (panel, bias)) in panels.enumerate() {
            let first = i * PANEL;
            let target = Target {
                values: &mut out[first..],
                stride: self.outputs,
                width: PANEL.min(self.outputs - first),
            };
            product(simd, rows, panel, Some(bias), target);
        }
    }

    /// (rows, inputs) → (rows, outputs) on all threads.
    pub fn rows(&self, x: &[f32], activation: Option<Activation>) -> Vec<f32> {
        let count = x.len() / self.inputs;
        let task = rows_per_task(count);
        let mut out = vec![0.0; count * self.outputs];
        out.par_chunks_mut(task * self.outputs)
            .zip(x.par_chunks(task * self.inputs))
            .for_each(|(out, x)| {
                vectorized(LinearWork {
                    linear: self,
                    x,
                    out,
                    activation,
                });
            });
        out
    }

    /// (…, inputs) → (…, outputs).
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.forward_then(x, None)
    }

    /// (…, inputs) → (…, outputs), then the activation.
    pub fn forward_then(&self, x: &Tensor, activation: Option<Activation>) -> Result<Tensor> {
        let mut shape = x.dims().to_vec();
        match shape.last_mut() {
            Some(last) if *last == self.inputs => *last = self.outputs,
            last => bail!("{last:?} numbers in a row, {} are expected", self.inputs),
        }
        tensor(values(x, |x| self.rows(x, activation))?, shape)
    }
}

struct LinearWork<'a> {
    linear: &'a Linear,
    x: &'a [f32],
    out: &'a mut [f32],
    activation: Option<Activation>,
}

impl WithSimd for LinearWork<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.linear.apply(simd, self.x, self.out);
        if let Some(activation) = self.activation {
            activation.apply(self.out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::{largest_difference, on_every_machine, random};

    #[test]
    fn layers_match_candle() {
        for (rows, inputs, outputs) in [(1, 1, 1), (7, 33, 31), (8, 64, 32), (21, 200, 100)] {
            let x = random((rows, inputs), 1.0);
            let (weight, bias) = (random((outputs, inputs), 0.3), random(outputs, 1.0));
            let linear = Linear::new(&weight, Some(&bias)).unwrap();
            let theirs = x.matmul(&weight.t().unwrap()).unwrap();
            let theirs = theirs.broadcast_add(&bias).unwrap();
            let ours = linear.forward(&x).unwrap();
            assert!(largest_difference(&ours, &theirs) < 1e-5);
            let theirs = theirs.silu().unwrap();
            let ours = linear.forward_then(&x, Some(Activation::Silu)).unwrap();
            assert!(largest_difference(&ours, &theirs) < 1e-5);
        }
    }

    #[test]
    fn every_machine_gives_the_same() {
        let (x, weight) = (random((11, 40), 1.0), random((70, 40), 0.3));
        let linear = Linear::new(&weight, None).unwrap();
        let expected = x.matmul(&weight.t().unwrap()).unwrap();
        let x: Vec<f32> = x.flatten_all().unwrap().to_vec1().unwrap();
        let machines = on_every_machine(|machine| {
            let mut out = vec![0.0; 11 * 70];
            machine.run(LinearWork {
                linear: &linear,
                x: &x,
                out: &mut out,
                activation: None,
            });
            let out = tensor(out, (11, 70)).unwrap();
            assert!(largest_difference(&out, &expected) < 1e-5, "{machine:?}");
        });
        assert!(machines > 0);
    }

    #[test]
    fn wrong_shapes_are_refused() {
        let linear = Linear::new(&random((3, 4), 1.0), None).unwrap();
        assert!(linear.forward(&random((2, 3), 1.0)).is_err());
        assert!(Linear::new(&random((3, 4), 1.0), Some(&random(4, 1.0))).is_err());
    }
}

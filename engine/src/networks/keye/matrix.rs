//! Matrices of the language model: as they are, or in the blocks of a GGUF file.

use std::fs::File;
use std::path::Path;

use candle_core::quantized::{GgmlDType, QMatMul, QTensor, gguf_file};
use candle_core::{DType, Device, Module as _, Result, Tensor};
use candle_nn::VarBuilder;

/// A linear layer without bias.
#[derive(Clone, Debug)]
pub(super) enum Matrix {
    /// (out, in).
    Plain(Tensor),
    /// The same, multiplied without being unpacked as a whole.
    Quantized(QMatMul),
}

impl Matrix {
    /// (n, in) → (n, out).
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Plain(weight) => x.matmul(&weight.t()?),
            Self::Quantized(weight) => weight.forward(x),
        }
    }
}

/// Where the weights of the language model come from. Names are those of the published safetensors.
pub(super) enum Source<'a> {
    /// Standing at the root of the checkpoint.
    Safetensors(VarBuilder<'a>),
    /// The same, with matrices packed into such blocks while they are read.
    Packed(VarBuilder<'a>, GgmlDType),
    /// The language half as llama.cpp names it.
    Gguf {
        content: gguf_file::Content,
        file: File,
    },
}

impl Source<'_> {
    pub fn open_gguf(path: &Path) -> Result<Self> {
        let mut file = File::open(path)?;
        let content = gguf_file::Content::read(&mut file)?;
        Ok(Self::Gguf { content, file })
    }

    pub fn matrix(&mut self, rows: usize, columns: usize, name: &str) -> Result<Matrix> {
        match self {
            Self::Safetensors(vb) => {
                let weight = vb.get((rows, columns), &format!("{name}.weight"))?;
                Ok(Matrix::Plain(weight))
            }
            Self::Packed(vb, kind) => {
                let weight = vb.get((rows, columns), &format!("{name}.weight"))?;
                let packed = QTensor::quantize(&weight, *kind)?;
                Ok(Matrix::Quantized(QMatMul::from_qtensor(packed)?))
            }
            Self::Gguf { content, file } => {
                let weight = content.tensor(file, &gguf_name(name), &Device::Cpu)?;
                if weight.shape().dims() != [rows, columns] {
                    candle_core::bail!("{name} is {:?}, not ({rows}, {columns})", weight.shape());
                }
                Ok(Matrix::Quantized(QMatMul::from_qtensor(weight)?))
            }
        }
    }

    /// A matrix as a tensor, for looking up rows.
    pub fn table(&mut self, rows: usize, columns: usize, name: &str) -> Result<Tensor> {
        match self {
            Self::Safetensors(vb) => vb.get((rows, columns), &format!("{name}.weight")),
            // Half of the memory, and a lookup loses nothing of what the file has in 16 bits.
            Self::Packed(vb, _) => {
                let vb = vb.clone().set_dtype(DType::BF16);
                vb.get((rows, columns), &format!("{name}.weight"))
            }
            Self::Gguf { .. } => self.unpacked(&[rows, columns], name),
        }
    }

    /// The weights of a norm.
    pub fn vector(&mut self, length: usize, name: &str) -> Result<Tensor> {
        match self {
            Self::Safetensors(vb) | Self::Packed(vb, _) => {
                vb.get(length, &format!("{name}.weight"))
            }
            Self::Gguf { .. } => self.unpacked(&[length], name),
        }
    }

    fn unpacked(&mut self, shape: &[usize], name: &str) -> Result<Tensor> {
        let Self::Gguf { content, file } = self else {
            unreachable!("only GGUF files are packed");
        };
        let tensor = content.tensor(file, &gguf_name(name), &Device::Cpu)?;
        if tensor.shape().dims() != shape {
            candle_core::bail!("{name} is {:?}, not {shape:?}", tensor.shape());
        }
        tensor.dequantize(&Device::Cpu)?.to_dtype(DType::F32)
    }
}

/// The name of a weight in a GGUF file, from its name in the published checkpoint without ".weight".
fn gguf_name(name: &str) -> String {
    let renamed = match name {
        "model.embed_tokens" => "token_embd".to_owned(),
        "model.norm" => "output_norm".to_owned(),
        "lm_head" => "output".to_owned(),
        inner => [
            ("model.layers.", "blk."),
            ("self_attn.q_proj", "attn_q"),
            ("self_attn.k_proj", "attn_k"),
            ("self_attn.v_proj", "attn_v"),
            ("self_attn.o_proj", "attn_output"),
            ("self_attn.q_norm", "attn_q_norm"),
            ("self_attn.k_norm", "attn_k_norm"),
            ("mlp.gate_proj", "ffn_gate"),
            ("mlp.up_proj", "ffn_up"),
            ("mlp.down_proj", "ffn_down"),
            ("input_layernorm", "attn_norm"),
            ("post_attention_layernorm", "ffn_norm"),
        ]
        .iter()
        .fold(inner.to_owned(), |name, (from, to)| name.replace(from, to)),
    };
    format!("{renamed}.weight")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_the_names_of_llama_cpp() {
        for (ours, theirs) in [
            ("model.embed_tokens", "token_embd.weight"),
            (
                "model.layers.3.self_attn.q_norm",
                "blk.3.attn_q_norm.weight",
            ),
            ("model.layers.12.mlp.down_proj", "blk.12.ffn_down.weight"),
            (
                "model.layers.0.post_attention_layernorm",
                "blk.0.ffn_norm.weight",
            ),
            ("lm_head", "output.weight"),
        ] {
            assert_eq!(gguf_name(ours), theirs);
        }
    }
}

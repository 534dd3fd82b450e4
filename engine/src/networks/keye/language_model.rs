//! The language model: Qwen3 whose positions have three axes.
//!
//! Its reference is `Qwen3ForCausalLM` of transformers 5.24.0 with the rotary embedding of Qwen2.5-VL: of the angles of a head the first
//! turn with time, the next with the row, the last with the column.
//!
//! Shape letters: `n` new tokens, `m` all tokens so far, `d` width, `q` heads of queries, `k` heads of keys, `e` width of a head.

use std::path::Path;

use candle_core::quantized::GgmlDType;
use candle_core::{D, DType, Result, Tensor, bail};
use candle_nn::ops::{silu, softmax_last_dim};
use candle_nn::{Module as _, RmsNorm, VarBuilder};

use super::config::LanguageConfig;
use super::matrix::{Matrix, Source};
use super::positions::Positions;
use super::turn::Turn;

/// The model.
#[derive(Debug)]
pub struct LanguageModel {
    config: LanguageConfig,
    embedding: Tensor,
    blocks: Vec<Block>,
    norm: RmsNorm,
    head: Matrix,
}

/// Keys and values of all tokens so far.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// One pair a block, each (k, m, e).
    blocks: Vec<Option<(Tensor, Tensor)>>,
    length: usize,
}

impl LanguageModel {
    /// `vb` stands at the root of the checkpoint.
    ///
    /// # Errors
    /// If the configuration or a weight does not fit.
    pub fn new(config: &LanguageConfig, vb: &VarBuilder) -> Result<Self> {
        Self::from_source(config, &mut Source::Safetensors(vb.clone()))
    }

    /// As [`Self::new`], with matrices packed into blocks of this kind while they are read, one at a time.
    ///
    /// # Errors
    /// As [`Self::new`], and if the width of a matrix is no multiple of a block's.
    pub fn packed(config: &LanguageConfig, vb: &VarBuilder, kind: GgmlDType) -> Result<Self> {
        Self::from_source(config, &mut Source::Packed(vb.clone(), kind))
    }

    /// From the language half in a GGUF file, whose matrices stay packed.
    ///
    /// # Errors
    /// If the file is no GGUF, or the configuration or a weight does not fit.
    pub fn from_gguf(config: &LanguageConfig, path: &Path) -> Result<Self> {
        Self::from_source(config, &mut Source::open_gguf(path)?)
    }

    fn from_source(config: &LanguageConfig, source: &mut Source<'_>) -> Result<Self> {
        config.check()?;
        let c = config;
        let embedding = source.table(c.vocab_size, c.hidden_size, "model.embed_tokens")?;
        let blocks = (0..c.num_hidden_layers)
            .map(|index| Block::new(c, source, index))
            .collect::<Result<_>>()?;
        let norm = RmsNorm::new(source.vector(c.hidden_size, "model.norm")?, c.rms_norm_eps);
        let head = match c.tie_word_embeddings {
            true => Matrix::Plain(embedding.to_dtype(DType::F32)?),
            false => source.matrix(c.vocab_size, c.hidden_size, "lm_head")?,
        };
        Ok(Self {
            config: config.clone(),
            embedding,
            blocks,
            norm,
            head,
        })
    }

    /// Tokens as the model takes them: (n, d).
    ///
    /// # Errors
    /// For tokens that it does not know.
    pub fn embed(&self, tokens: &[u32]) -> Result<Tensor> {
        if let Some(unknown) = tokens
            .iter()
            .find(|token| **token as usize >= self.config.vocab_size)
        {
            bail!("there is no token {unknown}");
        }
        let tokens = Tensor::new(tokens, self.embedding.device())?;
        self.embedding
            .index_select(&tokens, 0)?
            .to_dtype(DType::F32)
    }

    /// New tokens behind those in the cache: embedded, (n, d), with a position each → scores of all tokens for the one after the
    /// last.
    ///
    /// # Errors
    /// If there are not as many positions as tokens, and those of the tensors.
    pub fn forward(
        &self,
        embedded: &Tensor,
        positions: &Positions,
        cache: &mut Cache,
    ) -> Result<Vec<f32>> {
        let hidden = self.hidden(embedded, positions, cache)?;
        let last = hidden.narrow(0, hidden.dim(0)? - 1, 1)?;
        self.head
            .forward(&last)?
            .to_dtype(DType::F32)?
            .flatten_all()?
            .to_vec1()
    }

    /// What stands before the head, (n, d).
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub fn hidden(
        &self,
        embedded: &Tensor,
        positions: &Positions,
        cache: &mut Cache,
    ) -> Result<Tensor> {
        let (count, _) = embedded.dims2()?;
        if count == 0 || positions.len() != count {
            bail!("{} positions for {count} tokens", positions.len());
        }
        let turn = turn(&self.config, positions, embedded)?;
        let mask = causal(count, cache.length, embedded)?;
        cache.blocks.resize(self.blocks.len(), None);
        let mut x = embedded.clone();
        for (block, kept) in self.blocks.iter().zip(&mut cache.blocks) {
            x = block.forward(&x, &turn, mask.as_ref(), kept)?;
        }
        cache.length += count;
        self.norm.forward(&x)
    }
}

/// What is added to the attention of new tokens so that none sees a later one: (n, m). None for a single token.
fn causal(count: usize, past: usize, like: &Tensor) -> Result<Option<Tensor>> {
    if count == 1 {
        return Ok(None);
    }
    let mask: Vec<f32> = (0..count)
        .flat_map(|row| {
            (0..past + count).map(move |column| match column <= past + row {
                true => 0.0,
                false => f32::NEG_INFINITY,
            })
        })
        .collect();
    let mask = Tensor::from_vec(mask, (count, past + count), like.device())?;
    Ok(Some(mask.to_dtype(like.dtype())?))
}

fn turn(config: &LanguageConfig, positions: &Positions, like: &Tensor) -> Result<Turn> {
    let half = config.head_dim / 2;
    let rates: Vec<f32> = (0..half)
        .map(|index| {
            let exponent = -2.0 * index as f64 / config.head_dim as f64;
            config.rope_theta.powf(exponent) as f32
        })
        .collect();
    // The axis that each angle turns with.
    let axes: Vec<usize> = config
        .rope_scaling
        .mrope_section
        .iter()
        .enumerate()
        .flat_map(|(axis, &count)| std::iter::repeat_n(axis, count))
        .collect();
    let mut angles = Vec::with_capacity(positions.len() * config.head_dim);
    for token in 0..positions.len() {
        for _ in 0..2 {
            let turned = axes.iter().zip(&rates);
            angles.extend(turned.map(|(&axis, rate)| positions.axes[axis][token] as f32 * rate));
        }
    }
    let shape = (positions.len(), config.head_dim);
    Turn::of_angles(angles, shape, like)
}

#[derive(Debug)]
struct Block {
    heads: usize,
    key_heads: usize,
    head_width: usize,
    /// Before attention, before the feed-forward layers, of queries, of keys.
    norms: [RmsNorm; 4],
    /// Queries, keys, values, and what leads out.
    attention: [Matrix; 4],
    /// Gate, up, down.
    feed_forward: [Matrix; 3],
}

impl Block {
    fn new(c: &LanguageConfig, source: &mut Source<'_>, index: usize) -> Result<Self> {
        let name = |part: &str| format!("model.layers.{index}.{part}");
        let (width, inner, head) = (c.hidden_size, c.intermediate_size, c.head_dim);
        let queries = c.num_attention_heads * head;
        let keys = c.num_key_value_heads * head;
        let mut norm = |length, part: &str| {
            let weight = source.vector(length, &name(part))?;
            Ok::<_, candle_core::Error>(RmsNorm::new(weight, c.rms_norm_eps))
        };
        let norms = [
            norm(width, "input_layernorm")?,
            norm(width, "post_attention_layernorm")?,
            norm(head, "self_attn.q_norm")?,
            norm(head, "self_attn.k_norm")?,
        ];
        let mut matrix = |rows, columns, part: &str| source.matrix(rows, columns, &name(part));
        Ok(Self {
            heads: c.num_attention_heads,
            key_heads: c.num_key_value_heads,
            head_width: head,
            norms,
            attention: [
                matrix(queries, width, "self_attn.q_proj")?,
                matrix(keys, width, "self_attn.k_proj")?,
                matrix(keys, width, "self_attn.v_proj")?,
                matrix(width, queries, "self_attn.o_proj")?,
            ],
            feed_forward: [
                matrix(inner, width, "mlp.gate_proj")?,
                matrix(inner, width, "mlp.up_proj")?,
                matrix(width, inner, "mlp.down_proj")?,
            ],
        })
    }

    fn forward(
        &self,
        x: &Tensor,
        turn: &Turn,
        mask: Option<&Tensor>,
        kept: &mut Option<(Tensor, Tensor)>,
    ) -> Result<Tensor> {
        let normed = self.norms[0].forward(x)?;
        let x = (x + self.attend(&normed, turn, mask, kept)?)?;
        let normed = self.norms[1].forward(&x)?;
        let [gate, up, down] = &self.feed_forward;
        let inner = (silu(&gate.forward(&normed)?)? * up.forward(&normed)?)?;
        &x + down.forward(&inner)?
    }

    fn attend(
        &self,
        x: &Tensor,
        turn: &Turn,
        mask: Option<&Tensor>,
        kept: &mut Option<(Tensor, Tensor)>,
    ) -> Result<Tensor> {
        let (count, _) = x.dims2()?;
        let [query, key, value, out] = &self.attention;
        let split = |layer: &Matrix, heads: usize| {
            layer.forward(x)?.reshape((count, heads, self.head_width))
        };
        let heads_first = |x: &Tensor| x.transpose(0, 1)?.contiguous();
        let query = self.norms[2].forward(&split(query, self.heads)?)?;
        let key = self.norms[3].forward(&split(key, self.key_heads)?)?;
        let query = turn.apply(&heads_first(&query)?)?;
        let mut key = turn.apply(&heads_first(&key)?)?;
        let mut value = heads_first(&split(value, self.key_heads)?)?;
        if let Some((old_key, old_value)) = kept.take() {
            key = Tensor::cat(&[&old_key, &key], 1)?;
            value = Tensor::cat(&[&old_value, &value], 1)?;
        }
        *kept = Some((key.clone(), value.clone()));
        // Queries that share a key stand one below the other: (k, q / k · n, e).
        let shared = self.heads / self.key_heads;
        let grouped = query.reshape((self.key_heads, shared * count, self.head_width))?;
        let scale = (self.head_width as f64).powf(-0.5);
        let scores = (grouped.matmul(&key.t()?)? * scale)?;
        let all = scores.dim(D::Minus1)?;
        let scores = match mask {
            Some(mask) => scores
                .reshape((self.key_heads, shared, count, all))?
                .broadcast_add(mask)?
                .reshape((self.key_heads, shared * count, all))?,
            None => scores,
        };
        let seen = softmax_last_dim(&scores)?.matmul(&value)?;
        let seen = seen
            .reshape((self.heads, count, self.head_width))?
            .transpose(0, 1)?
            .reshape((count, self.heads * self.head_width))?;
        out.forward(&seen)
    }
}

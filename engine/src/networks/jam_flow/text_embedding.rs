//! Text as features, at the rate of its tokens or of the mel (F5-TTS commit 2ae2c9b, `model/backbones/dit.py`, `TextEmbedding`).

use candle_core::{Device, Result, Tensor};
use candle_nn::{Embedding, Module, VarBuilder, embedding};

use super::{Config, TextAlignment};
use crate::networks::conv_next_v2::ConvNeXtV2Block;

/// Embedding, absolute positions and ConvNeXtV2 blocks.
#[derive(Debug, Clone)]
pub struct TextEmbedding {
    text_embed: Embedding,
    text_blocks: Vec<ConvNeXtV2Block>,
    alignment: TextAlignment,
    mask_padding: bool,
}

impl TextEmbedding {
    /// The Audio-DiT's text; `vb` stands at `text_embed`.
    pub fn new(config: &Config, vb: VarBuilder) -> Result<Self> {
        Ok(Self {
            text_embed: embedding(config.text_rows(), config.text_dim, vb.pp("text_embed"))?,
            text_blocks: blocks(
                config.text_dim,
                config.conv_mult,
                config.conv_layers,
                vb.pp("text_blocks"),
            )?,
            alignment: config.text_alignment,
            mask_padding: config.text_mask_padding,
        })
    }

    /// The prosody predictor's own text, always at the rate of phones; `vb` stands at `text`.
    pub fn for_prosody(config: &Config, vb: VarBuilder) -> Result<Self> {
        let dim = config.prosody_dim;
        Ok(Self {
            text_embed: embedding(config.text_rows(), dim, vb.pp("text_embed"))?,
            text_blocks: blocks(
                dim,
                config.conv_mult,
                config.prosody_layers,
                vb.pp("text_blocks"),
            )?,
            alignment: TextAlignment::Duration,
            mask_padding: true,
        })
    }

    /// Phones → one row of features a phone.
    pub fn phones(&self, phones: &[u32]) -> Result<PhoneFeatures> {
        let x = self.blocks(self.embed(phones)?)?; // (1, p, dim)
        Ok(PhoneFeatures {
            dim: x.dim(2)?,
            rows: x.flatten_all()?.to_vec1()?,
        })
    }

    /// Characters → (1, tokens, dim), one row an audio token, by filler or by equal repeats.
    ///
    /// Characters that do not fit into `tokens` are cut off. `drop_text` embeds filler in place of every character, which is what
    /// guidance compares with; the padding stays that of the text.
    pub fn characters(&self, characters: &[u32], tokens: usize, drop_text: bool) -> Result<Tensor> {
        let count = characters.len().min(tokens);
        let mut rows = vec![0; tokens];
        if !drop_text {
            for (row, character) in rows.iter_mut().zip(characters) {
                *row = character + 1;
            }
        }
        let mut x = self.embed(&rows)?;
        if !self.mask_padding {
            return self.blocks(x);
        }
        let device = &x.device().clone();
        let mask = (0..tokens).map(|i| f32::from(u8::from(i < count)));
        let mask = Tensor::from_iter(mask, device)?.reshape((1, tokens, 1))?;
        x = x.broadcast_mul(&mask)?;
        for block in &self.text_blocks {
            x = block.forward(&x)?.broadcast_mul(&mask)?;
        }
        if self.alignment == TextAlignment::AverageUpsampling && count > 0 {
            let index = average_upsampling(count, tokens);
            x = x.index_select(&Tensor::from_vec(index, tokens, device)?, 1)?;
        }
        Ok(x)
    }

    fn embed(&self, rows: &[u32]) -> Result<Tensor> {
        let device = self.text_embed.embeddings().device();
        let dim = self.text_embed.embeddings().dim(1)?;
        let ids = Tensor::new(rows, device)?;
        let x = self.text_embed.forward(&ids)? + absolute_positions(rows.len(), dim, device)?;
        x?.unsqueeze(0)
    }

    fn blocks(&self, mut x: Tensor) -> Result<Tensor> {
        for block in &self.text_blocks {
            x = block.forward(&x)?;
        }
        Ok(x)
    }
}

fn blocks(dim: usize, mult: usize, layers: usize, vb: VarBuilder) -> Result<Vec<ConvNeXtV2Block>> {
    (0..layers)
        .map(|i| ConvNeXtV2Block::new(dim, mult, vb.pp(i)))
        .collect()
}

/// (count, dim) for even `dim`: cosines, then sines, of position / 10000^(2i / dim).
#[doc(alias = "precompute_freqs_cis")]
pub fn position_rows(count: usize, dim: usize) -> Vec<f32> {
    let frequency = |i: usize| 1.0 / 10_000f32.powf((2 * i) as f32 / dim as f32);
    let mut rows = Vec::with_capacity(count * dim);
    for position in 0..count {
        let angles = || (0..dim / 2).map(|i| position as f32 * frequency(i));
        rows.extend(angles().map(f32::cos));
        rows.extend(angles().map(f32::sin));
    }
    rows
}

/// The same as a tensor.
pub fn absolute_positions(count: usize, dim: usize, device: &Device) -> Result<Tensor> {
    Tensor::from_vec(position_rows(count, dim), (count, dim), device)
}

/// Which of `count` characters each of `tokens` audio tokens repeats: equally often, the last ones once more.
fn average_upsampling(count: usize, tokens: usize) -> Vec<u32> {
    let (repeats, more) = (tokens / count, tokens % count);
    (0..count)
        .flat_map(|i| std::iter::repeat_n(i as u32, repeats + usize::from(i >= count - more)))
        .collect()
}

/// Features of phones.
#[derive(Debug, Clone, PartialEq)]
pub struct PhoneFeatures {
    /// (p, dim).
    pub rows: Vec<f32>,
    /// Numbers in a row.
    pub dim: usize,
}

impl PhoneFeatures {
    /// The rows of the phones in `index`: (index.len(), dim).
    ///
    /// # Panics
    /// If there is no such phone.
    pub fn stretched(&self, index: &[u32]) -> Vec<f32> {
        let row = |&phone: &u32| &self.rows[phone as usize * self.dim..][..self.dim];
        index.iter().flat_map(row).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upsampling_covers_all_tokens_in_order() {
        assert_eq!(average_upsampling(3, 8), [0, 0, 1, 1, 1, 2, 2, 2]);
        assert_eq!(average_upsampling(4, 4), [0, 1, 2, 3]);
    }
}

//! How much memory a model takes, before any of it is read.

use crate::networks::keye::{LanguageConfig, ProjectorKind, VisionConfig};

/// Bytes of a weight in a block of `Q4_K`: 256 weights in 144 bytes.
const FOUR_BIT_BYTES: f64 = 144.0 / 256.0;
/// Tokens of a prompt that are read at a time, see [`crate::networks::keye::Keye::read`].
pub(super) const PREFILL_TOKENS: usize = 256;
/// For everything that is not counted: activations, buffers, the program itself.
const REST_BYTES: f64 = 0.5e9;

/// How the matrices of the language half are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// As 32-bit floats.
    Plain,
    /// In blocks of 4 bits that are made while they are read.
    FourBits,
    /// As they are in a GGUF file of this many bytes.
    Gguf(u64),
}

/// What a model takes, bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryEstimate {
    /// Its weights.
    pub weights_bytes: f64,
    /// Keys and values of a conversation of the length that was asked for, and attention over it.
    pub context_bytes: f64,
}

impl MemoryEstimate {
    /// For a model and a conversation of so many tokens, pictures and answer together.
    pub fn new(
        vision: &VisionConfig,
        language: &LanguageConfig,
        kind: ProjectorKind,
        packing: Packing,
        tokens: usize,
    ) -> Self {
        let counts = WeightCounts::new(vision, language, kind);
        let plain = 4.0 * (counts.tower + counts.projector);
        // A packed model keeps its table in 16 bits.
        let language_bytes = match packing {
            Packing::Plain => 4.0 * (counts.body + counts.embedding + counts.head),
            Packing::FourBits => {
                FOUR_BIT_BYTES * (counts.body + counts.head) + 2.0 * counts.embedding
            }
            Packing::Gguf(bytes) => bytes as f64 + 4.0 * counts.embedding,
        };
        let [layers, heads, key_heads, head_width] = [
            language.num_hidden_layers,
            language.num_attention_heads,
            language.num_key_value_heads,
            language.head_dim,
        ]
        .map(|size| size as f64);
        // The cache of a block is copied when it grows.
        let kept = 2.0 * (layers + 1.0) * key_heads * head_width * tokens as f64 * 4.0;
        // Scores before and after the softmax, with the mask added.
        let scores = 3.0 * heads * PREFILL_TOKENS.min(tokens) as f64 * tokens as f64 * 4.0;
        Self {
            weights_bytes: plain + language_bytes,
            context_bytes: kept + scores,
        }
    }

    /// All of it with what is not counted.
    pub fn total_bytes(&self) -> f64 {
        self.weights_bytes + self.context_bytes + REST_BYTES
    }
}

/// Weights of each part, as floats: sizes of a damaged configuration overflow nothing.
struct WeightCounts {
    tower: f64,
    projector: f64,
    embedding: f64,
    body: f64,
    /// Of a head of its own; 0 where the embedding is the head.
    head: f64,
}

impl WeightCounts {
    fn new(v: &VisionConfig, c: &LanguageConfig, kind: ProjectorKind) -> Self {
        let [d, inner, side, layers] = [
            v.hidden_size,
            v.intermediate_size,
            v.position_side(),
            v.num_hidden_layers,
        ]
        .map(|size| size as f64);
        let block = 4.0 * (d * d + d) + 4.0 * d + 2.0 * d * inner + inner + d;
        let patch = v.patch_numbers() as f64;
        let tower = patch * d + d + side * side * d + layers * block + 2.0 * d;
        let merged = d * (v.spatial_merge_size as f64).powi(2);
        let normed = match kind {
            ProjectorKind::Preview => d,
            ProjectorKind::V15 => merged,
        };
        let [h, inner, layers, head_width, heads, key_heads, vocabulary] = [
            c.hidden_size,
            c.intermediate_size,
            c.num_hidden_layers,
            c.head_dim,
            c.num_attention_heads,
            c.num_key_value_heads,
            c.vocab_size,
        ]
        .map(|size| size as f64);
        let projector = 2.0 * normed + merged * merged + merged + merged * h + h;
        let attention = 2.0 * h * head_width * (heads + key_heads);
        let block = attention + 3.0 * h * inner + 2.0 * h + 2.0 * head_width;
        let embedding = vocabulary * h;
        Self {
            tower,
            projector,
            embedding,
            body: layers * block + h,
            head: match c.tie_word_embeddings {
                true => 0.0,
                false => embedding,
            },
        }
    }
}

/// Bytes of memory that programs can have without anything being swapped out; none where the system does not tell.
pub fn free_bytes() -> Option<f64> {
    let table = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = table
        .lines()
        .find(|line| line.starts_with("MemAvailable:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(1024.0 * kib)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::keye::RopeSections;

    /// The published sizes of Keye-VL-1.5-8B.
    fn published() -> (VisionConfig, LanguageConfig) {
        let vision = VisionConfig {
            hidden_size: 1152,
            intermediate_size: 4304,
            num_hidden_layers: 27,
            num_attention_heads: 16,
            image_size: 384,
            patch_size: 14,
            layer_norm_eps: 1e-6,
            spatial_merge_size: 2,
        };
        let language = LanguageConfig {
            vocab_size: 151_936,
            hidden_size: 4096,
            intermediate_size: 12_288,
            num_hidden_layers: 36,
            num_attention_heads: 32,
            num_key_value_heads: 8,
            head_dim: 128,
            rms_norm_eps: 1e-6,
            rope_theta: 8e6,
            rope_scaling: RopeSections {
                mrope_section: [16, 24, 24],
            },
            tie_word_embeddings: false,
        };
        (vision, language)
    }

    #[test]
    fn weights_are_counted_as_the_published_model_has_them() {
        let (vision, language) = published();
        let counts = WeightCounts::new(&vision, &language, ProjectorKind::V15);
        for (count, millions) in [
            (counts.tower, 413.0),
            (counts.projector, 40.1),
            (counts.body, 6946.0),
            (counts.embedding + counts.head, 1244.7),
        ] {
            let difference = count / 1e6 / millions - 1.0;
            assert!(difference.abs() < 2e-3, "{count} {millions}");
        }
    }

    #[test]
    fn four_bits_take_less_and_a_longer_conversation_more() {
        let (vision, language) = published();
        let of = |packing, tokens| {
            MemoryEstimate::new(&vision, &language, ProjectorKind::V15, packing, tokens)
                .total_bytes()
                / 1e9
        };
        let plain = of(Packing::Plain, 2000);
        let packed = of(Packing::FourBits, 2000);
        assert!((35.0..37.0).contains(&plain), "{plain}");
        assert!((7.5..9.0).contains(&packed), "{packed}");
        assert!(of(Packing::FourBits, 20_000) > packed + 5.0);
        // A file of 5 GB, as 4-bit conversions are.
        assert!((9.0..11.0).contains(&of(Packing::Gguf(5_000_000_000), 2000)));
    }
}

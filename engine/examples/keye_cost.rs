//! What Keye-VL-1.5-8B would cost on this machine: networks of the published widths with random weights and a reduced depth are timed, and
//! the published depth is extrapolated. Nothing is read, and what the networks say means nothing.
//!
//! ```text
//! keye_cost [BLOCKS]     of the 36 blocks of the language model and the 27 of the tower; 2 if nothing is said
//! ```

use std::time::Instant;

use candle_core::quantized::GgmlDType;
use candle_core::{DType, Device, Result, Shape, Tensor};
use candle_nn::VarBuilder;
use candle_nn::var_builder::SimpleBackend;
use engine::networks::keye::{
    Cache, LanguageConfig, LanguageModel, Positions, ProjectorKind, RopeSections, Stretch,
    VisionConfig, VisionTower,
};
use engine::vision_language::{MemoryEstimate, Packing};

/// Blocks of the published model.
const LANGUAGE_BLOCKS: usize = 36;
const TOWER_BLOCKS: usize = 27;
/// An 8-second clip at 512 × 512: one large picture and fifteen small ones.
const CLIP_TOKENS: usize = 1539;
/// Tokens of a prompt that are read at a time.
const CHUNK_TOKENS: usize = 256;
/// Patches on each side of a picture of 504 pixels.
const SIDE_PATCHES: usize = 36;

/// Seeded noise in place of weights.
struct Noise;

impl SimpleBackend for Noise {
    fn get(
        &self,
        shape: Shape,
        _: &str,
        _: candle_nn::Init,
        dtype: DType,
        device: &Device,
    ) -> Result<Tensor> {
        Tensor::rand(-0.03_f32, 0.03, shape, device)?.to_dtype(dtype)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        candle_core::bail!("{name} has no shape")
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}

/// Seconds of all cores together since the program began, where the system tells, and of the clock.
struct Stopwatch {
    begin: Instant,
    cpu: f64,
}

impl Stopwatch {
    fn start() -> Self {
        Self {
            begin: Instant::now(),
            cpu: cpu_secs(),
        }
    }

    /// Seconds of the clock, and of the processor.
    fn read(&self) -> [f64; 2] {
        [self.begin.elapsed().as_secs_f64(), cpu_secs() - self.cpu]
    }
}

fn cpu_secs() -> f64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return 0.0;
    };
    let times = threads.flatten().filter_map(|thread| {
        let times = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        times.split(' ').next()?.parse::<f64>().ok()
    });
    times.sum::<f64>() / 1e9
}

fn main() -> Result<()> {
    let blocks = std::env::args().nth(1).and_then(|count| count.parse().ok());
    let blocks: usize = blocks.unwrap_or(2).max(1);
    let vision = VisionConfig {
        hidden_size: 1152,
        intermediate_size: 4304,
        num_hidden_layers: blocks,
        num_attention_heads: 16,
        image_size: 384,
        patch_size: 14,
        layer_norm_eps: 1e-6,
        spatial_merge_size: 2,
    };
    let language = LanguageConfig {
        // The table and the head are counted by their share of the weights, below.
        vocab_size: 4096,
        hidden_size: 4096,
        intermediate_size: 12_288,
        num_hidden_layers: blocks,
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
    let noise = || VarBuilder::from_backend(Box::new(Noise), DType::F32, Device::Cpu);
    let whole = |packing| {
        let vision = VisionConfig {
            num_hidden_layers: TOWER_BLOCKS,
            ..vision.clone()
        };
        let language = LanguageConfig {
            num_hidden_layers: LANGUAGE_BLOCKS,
            vocab_size: 151_936,
            ..language.clone()
        };
        let estimate = MemoryEstimate::new(&vision, &language, ProjectorKind::V15, packing, 4096);
        estimate.total_bytes() / 1e9
    };
    println!(
        "memory by estimate, 4,096 tokens: {:.1} GB in 4 bits, {:.1} GB in 32",
        whole(Packing::FourBits),
        whole(Packing::Plain)
    );

    let tower = VisionTower::new(&vision, &noise())?;
    let patches = SIDE_PATCHES * SIDE_PATCHES;
    let picture = Tensor::rand(-1_f32, 1.0, (patches, vision.patch_numbers()), &Device::Cpu)?;
    let watch = Stopwatch::start();
    tower.forward(&picture, SIDE_PATCHES, SIDE_PATCHES)?;
    let seen = watch
        .read()
        .map(|secs| secs * TOWER_BLOCKS as f64 / blocks as f64);
    drop(tower);

    let model = LanguageModel::packed(&language, &noise(), GgmlDType::Q4K)?;
    let mut cache = Cache::default();
    let prompt = model.embed(&vec![1; CHUNK_TOKENS])?;
    let watch = Stopwatch::start();
    model.forward(
        &prompt,
        &Positions::of(&[Stretch::Text(CHUNK_TOKENS)]),
        &mut cache,
    )?;
    let deeper = LANGUAGE_BLOCKS as f64 / blocks as f64;
    let read = watch
        .read()
        .map(|secs| secs * deeper * CLIP_TOKENS as f64 / CHUNK_TOKENS as f64);
    let next = model.embed(&[2])?;
    let watch = Stopwatch::start();
    let count = 8;
    for token in 0..count {
        let position = CHUNK_TOKENS as u32 + token;
        let position = Positions {
            axes: [vec![position], vec![position], vec![position]],
            next: position + 1,
        };
        model.forward(&next, &position, &mut cache)?;
    }
    let said = watch.read().map(|secs| secs * deeper / f64::from(count));
    // The tower sees four times as many patches as there are tokens.
    let share = (4 * CLIP_TOKENS) as f64 / patches as f64;
    for (at, clock) in ["seconds of the clock", "seconds of one core"]
        .iter()
        .enumerate()
    {
        println!(
            "{clock}, extrapolated from {blocks} blocks: {:.0} until the first word about an 8-second clip ({:.0} to see it, {:.0} to read it), \
             {:.2} for each further token",
            share * seen[at] + read[at],
            share * seen[at],
            read[at],
            said[at]
        );
    }
    Ok(())
}

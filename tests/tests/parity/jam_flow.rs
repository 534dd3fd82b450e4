//! The joint model against reference implementations on tiny seeded weights: each `reference/make_*.py` wrote its fixture.
//!
//! Tolerances are about twice the largest difference measured on an AVX-512 machine.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use candle_nn::VarBuilder;
use engine::backend::cpu::dit::DitBlock;
use engine::backend::cpu::joint_attention::Bands;
use engine::backend::cpu::rotary::RotaryTable;
use engine::backend::cpu::time_embedding::TimeEmbedding;
use engine::backend::cpu::{self, CpuBackend};
use engine::backend::{
    Backend, Compute, FlowBackend, FlowPlan, Guidance, Start, StreamPlan, Streams, follow, velocity,
};
use engine::networks::jam_flow::schedule::schedule;
use engine::networks::jam_flow::{
    AudioCondition, Checkpoint, Config, Exchange, JointModel, MotionCondition, Noise, Output,
    Prediction, StreamInput, TextAlignment,
};
use engine::weights;

struct Fixture {
    weights: VarBuilder<'static>,
    tensors: HashMap<String, Tensor>,
}

impl Fixture {
    fn open(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("reference")
            .join(name);
        Self {
            weights: weights::open(&path, engine::error::ModelPart::JointModel).unwrap(),
            tensors: candle_core::safetensors::load(&path, &Device::Cpu).unwrap(),
        }
    }

    fn case(&self, name: &str) -> &Tensor {
        &self.tensors[&format!("case.{name}")]
    }

    fn checkpoint(&self, config: &Config) -> Checkpoint {
        Checkpoint::new(config.clone(), self.weights.clone())
    }
}

fn values(x: &Tensor) -> Vec<f32> {
    x.flatten_all().unwrap().to_vec1().unwrap()
}

/// Rows of `count` tokens or frames as one item of a batch.
fn rows(values: Vec<f32>, count: usize) -> Tensor {
    let width = values.len() / count;
    Tensor::from_vec(values, (1, count, width), &Device::Cpu).unwrap()
}

/// One stream at one time.
#[derive(Clone)]
struct Input<'a> {
    noisy: &'a Tensor,
    condition: Vec<f32>,
    time: f64,
    is_wanted: bool,
}

/// The joint model as the product runs it, and as it is stated in plain tensors.
struct Both {
    fused: CpuBackend,
    plain: JointModel,
}

impl Both {
    fn new(checkpoint: &Checkpoint) -> Self {
        Self {
            fused: CpuBackend::new(checkpoint).unwrap(),
            plain: checkpoint.joint_model().unwrap(),
        }
    }

    /// One evaluation by each.
    fn evaluate(&self, audio: &Input, motion: Option<&Input>, exchange: Exchange) -> [Output; 2] {
        let tokens = audio.noisy.dim(1).unwrap();
        let frames = motion.map_or(0, |motion| motion.noisy.dim(1).unwrap());
        let (audio_rows, motion_rows) = (
            rows(audio.condition.clone(), tokens),
            motion.map(|motion| rows(motion.condition.clone(), frames)),
        );

        let model = self.fused.model();
        let timeline = cpu::Timeline::new(model.config(), tokens, frames);
        let condition = model.audio().condition(&audio_rows).unwrap();
        let motion_condition = motion_rows
            .as_ref()
            .map(|rows| model.motion().unwrap().condition(rows).unwrap());
        let modulation = &model.audio().modulations(&[audio.time]).unwrap()[0];
        let motion_modulation = motion.map(|motion| {
            let modulations = model.motion().unwrap().modulations(&[motion.time]);
            modulations.unwrap().remove(0)
        });
        let fused = model.forward(
            &timeline,
            input(audio, &condition, modulation),
            motion.map(|motion| {
                let condition = motion_condition.as_ref().unwrap();
                input(motion, condition, motion_modulation.as_ref().unwrap())
            }),
            exchange,
        );

        let model = &self.plain;
        let timeline = model.timeline(tokens, frames).unwrap();
        let modulation = &model.audio().modulations(&[audio.time]).unwrap()[0];
        let motion_modulation = motion.map(|motion| {
            let modulations = model.motion().unwrap().modulations(&[motion.time]);
            modulations.unwrap().remove(0)
        });
        let plain = model.forward(
            &timeline,
            input(audio, &audio_rows, modulation),
            motion.map(|motion| {
                let condition = motion_rows.as_ref().unwrap();
                input(motion, condition, motion_modulation.as_ref().unwrap())
            }),
            exchange,
        );
        [fused.unwrap(), plain.unwrap()]
    }
}

fn input<'a, M>(
    stream: &Input<'a>,
    condition: &'a Tensor,
    modulation: &'a M,
) -> StreamInput<'a, M> {
    StreamInput {
        noisy: stream.noisy,
        condition,
        modulation,
        is_wanted: stream.is_wanted,
    }
}

/// Largest difference over the largest expected value.
fn relative_difference(actual: &Tensor, expected: &Tensor) -> f32 {
    assert_eq!(actual.dims(), expected.dims());
    let largest = |x: &Tensor| {
        let flat = x.abs().unwrap().flatten_all().unwrap();
        flat.max(0).unwrap().to_scalar::<f32>().unwrap()
    };
    largest(&(actual - expected).unwrap()) / largest(expected)
}

#[track_caller]
fn assert_close(stage: &str, actual: &Tensor, expected: &Tensor, tolerance: f32) {
    let difference = relative_difference(actual, expected);
    println!("{stage}: {difference:.1e}");
    assert!(
        difference <= tolerance,
        "{stage}: off by {difference}, allowed {tolerance}"
    );
}

fn tiny_f5() -> Config {
    Config {
        dim: 64,
        depth: 2,
        heads: 4,
        dim_head: 16,
        text_num_embeds: 40,
        text_dim: 48,
        conv_layers: 2,
        ..Config::f5_v1_base()
    }
}

/// Every stage, then the whole network with and without its conditions.
fn compare_with_f5(name: &str, config: Config) {
    let fixture = Fixture::open(name);
    let checkpoint = fixture.checkpoint(&config);
    let both = Both::new(&checkpoint);
    let text = fixture.case("text").flatten_all().unwrap();
    let text: Vec<u32> = text
        .to_vec1::<i64>()
        .unwrap()
        .into_iter()
        .map(|id| id as u32)
        .collect();
    let (noisy, cond) = (fixture.case("noisy"), values(fixture.case("cond")));
    let time = f64::from(fixture.case("time").to_vec1::<f32>().unwrap()[0]);
    let (_, n, _) = noisy.dims3().unwrap();

    let encoder = checkpoint.text_embedding().unwrap();
    let text_embed = encoder.characters(&text, n, false).unwrap();
    assert_close("text", &text_embed, fixture.case("text_embed"), 1e-6);
    let text_null = encoder.characters(&text, n, true).unwrap();
    assert_close("dropped text", &text_null, fixture.case("text_null"), 1e-6);

    let root = fixture.weights.pp("ema_model.transformer");
    let time_embed = TimeEmbedding::new(config.dim, root.pp("time_embed")).unwrap();
    let time_embed = time_embed.forward(&[time]).unwrap();
    assert_close("time", &time_embed, fixture.case("time_embed"), 1e-5);
    let plain_time = both.plain.audio().time(&[time]).unwrap();
    assert_close("plain time", &plain_time, fixture.case("time_embed"), 1e-5);

    let text_embed = values(&text_embed);
    let condition = AudioCondition {
        mel: Some(&cond),
        text: Some(&text_embed),
        ..Default::default()
    };
    let condition = condition.rows(&config, n);
    let condition_rows = rows(condition.clone(), n);
    let audio = both.fused.model().audio();
    let projected = audio.condition(&condition_rows).unwrap();
    let embedded = audio.embed(noisy, &projected).unwrap();
    assert_close("input", &embedded, fixture.case("embedded"), 1e-6);
    let plain_embedded = both.plain.audio().embed(noisy, &condition_rows).unwrap();
    assert_close(
        "plain input",
        &plain_embedded,
        fixture.case("embedded"),
        1e-6,
    );

    let modulation = &audio.modulations(&[time]).unwrap()[0];
    let rotary = RotaryTable::new(n, 1.0, config.dim_head);
    let bands = Bands::new(&config, n, 0);
    let block = audio.blocks()[0]
        .forward(&embedded, modulation.block(0), &rotary, &bands.audio_alone)
        .unwrap();
    assert_close("block", &block, fixture.case("block"), 4e-6);

    let text_null = values(&text_null);
    let null = AudioCondition {
        text: Some(&text_null),
        ..Default::default()
    };
    for (stage, condition) in [("conditioned", condition), ("null", null.rows(&config, n))] {
        let input = Input {
            noisy,
            condition,
            time,
            is_wanted: true,
        };
        for (kind, output) in
            ["fused", "plain"]
                .into_iter()
                .zip(both.evaluate(&input, None, Exchange::NONE))
        {
            let stage_of = format!("{kind} {stage}");
            assert_close(&stage_of, &output.audio.unwrap(), fixture.case(stage), 7e-6);
        }
    }
}

#[test]
fn f5_v1_matches() {
    compare_with_f5("f5_v1.safetensors", tiny_f5());
}

#[test]
fn f5_v0_matches() {
    let config = Config {
        text_mask_padding: false,
        pe_attn_head: Some(1),
        ..tiny_f5()
    };
    compare_with_f5("f5_v0.safetensors", config);
}

#[test]
fn f5_average_upsampling_matches() {
    let config = Config {
        text_alignment: TextAlignment::AverageUpsampling,
        ..tiny_f5()
    };
    compare_with_f5("f5_average_upsampling.safetensors", config);
}

#[test]
fn joint_attention_matches_the_concatenated_form() {
    let fixture = Fixture::open("joint_attention.safetensors");
    let config = Config {
        heads: 2,
        dim_head: 16,
        dim: 48,
        motion_dim: 32,
        motion_depth: 1,
        joint_depth: 1,
        ..tiny_f5()
    };
    let audio_block = DitBlock::new(48, &config, fixture.weights.pp("audio")).unwrap();
    let motion_block = DitBlock::new(32, &config, fixture.weights.pp("motion")).unwrap();
    let (audio, motion) = (fixture.case("audio"), fixture.case("motion"));
    let (n, m) = (audio.dim(1).unwrap(), motion.dim(1).unwrap());
    let bands = Bands::new(&config, n, m);
    let table = |count, spacing| RotaryTable::new(count, spacing, 16);
    let modulation = |block: &DitBlock, time: &str| {
        let time = fixture.case(time).silu().unwrap();
        block.modulations(&time).unwrap().remove(0)
    };
    let audio_mod = modulation(&audio_block, "audio_time");
    let motion_mod = modulation(&motion_block, "motion_time");
    let audio_own = audio_block.before_attention(audio, &audio_mod, &table(n, 1.0));
    let motion_own = motion_block.before_attention(motion, &motion_mod, &table(m, 3.75));
    let (audio_own, motion_own) = (audio_own.unwrap(), motion_own.unwrap());
    for (audio_sees, motion_sees) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let (other, ranges) = match audio_sees {
            1 => (Some(&motion_own), &bands.audio_joined),
            _ => (None, &bands.audio_alone),
        };
        let actual = audio_block
            .after_projection(audio, &audio_mod, &audio_own, other, ranges)
            .unwrap();
        let stage = format!("audio_{audio_sees}{motion_sees}");
        assert_close(&stage, &actual, fixture.case(&stage), 1e-6);
        let (other, ranges) = match motion_sees {
            1 => (Some(&audio_own), &bands.motion_joined),
            _ => (None, &bands.motion_alone),
        };
        let actual = motion_block
            .after_projection(motion, &motion_mod, &motion_own, other, ranges)
            .unwrap();
        let stage = format!("motion_{audio_sees}{motion_sees}");
        assert_close(&stage, &actual, fixture.case(&stage), 1e-6);
    }
}

/// The recipe's own model, which writes what the product loads.
#[test]
fn embedded_size_matches_the_recipe() {
    let fixture = Fixture::open("embedded.safetensors");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference");
    let checkpoint = Checkpoint::open(
        &folder.join("embedded.json"),
        &folder.join("embedded.safetensors"),
    )
    .unwrap();
    let (config, both) = (checkpoint.config(), Both::new(&checkpoint));
    let integers = |name: &str| -> Vec<u32> {
        let values = fixture.case(name).flatten_all().unwrap();
        let values = values.to_vec1::<i64>().unwrap();
        values.into_iter().map(|value| value as u32).collect()
    };
    let (phones, index) = (integers("phones"), integers("index"));
    let (noise_a, noise_m) = (fixture.case("noise_a"), fixture.case("noise_m"));
    let (n, m) = (noise_a.dim(1).unwrap(), noise_m.dim(1).unwrap());
    assert_eq!(config.motion_frames(n), m);

    let mix = values(fixture.case("mix"));
    let voice = checkpoint.voices().unwrap().mix(&mix).unwrap();
    let prosody = Compute::Cpu.prosody(&checkpoint).unwrap();
    let (features, log_frames) = prosody.phones(&phones, &voice).unwrap();
    let log_frames = Tensor::new(log_frames, &Device::Cpu).unwrap();
    let expected = fixture.case("log_frames").flatten_all().unwrap();
    assert_close("durations", &log_frames, &expected, 2e-6);
    let progress = values(fixture.case("progress"));
    let contour = prosody.tokens(&features, &index, &progress).unwrap();
    let expected = fixture.case("contour");
    assert_close("prosody", &rows(contour.clone(), n), expected, 2e-6);
    let encoder = checkpoint.text_embedding().unwrap();
    let text = encoder.phones(&phones).unwrap().stretched(&index);
    assert_close("text", &rows(text.clone(), n), fixture.case("text"), 1e-6);

    let (mel_cond, rest_cond, mouth_cond) = (
        values(fixture.case("mel_cond")),
        values(fixture.case("rest")),
        values(fixture.case("motion_cond")),
    );
    let known = AudioCondition {
        mel: Some(&mel_cond),
        text: Some(&text),
        progress: Some(&progress),
        prosody: Some(&contour),
        voice: Some(&voice),
    };
    let rest = MotionCondition {
        rest: Some(&rest_cond),
        ..Default::default()
    };
    let mouth = MotionCondition {
        mouth: Some(&mouth_cond),
        ..rest
    };
    let third = 1.0 / 3.0;
    let audio = Input {
        noisy: fixture.case("x"),
        condition: known.rows(config, n),
        time: third,
        is_wanted: true,
    };
    let motion = Input {
        noisy: fixture.case("y"),
        condition: mouth.rows(config, m),
        time: third,
        is_wanted: true,
    };
    for output in both.evaluate(&audio, Some(&motion), Exchange::BOTH) {
        let (raw_audio, raw_motion) = (fixture.case("raw_audio"), fixture.case("raw_motion"));
        assert_close("audio", &output.audio.unwrap(), raw_audio, 5e-6);
        assert_close("motion", &output.motion.unwrap(), raw_motion, 5e-6);
    }

    // A recording is given, so that its own output is not wanted.
    let given = Input {
        noisy: noise_a,
        condition: AudioCondition::default().rows(config, n),
        time: 1.0,
        is_wanted: false,
    };
    let alone = Input {
        noisy: noise_m,
        condition: rest.rows(config, m),
        ..motion.clone()
    };
    for output in both.evaluate(&given, Some(&alone), Exchange::BOTH) {
        assert!(output.audio.is_none());
        let animated = output.motion.unwrap();
        assert_close("animated", &animated, fixture.case("animated"), 1e-5);
    }

    // The sampler's velocity form against the recipe's renoising of the clean estimate.
    for number in [0, 1] {
        let (mut x, mut y) = (noise_a.clone(), noise_m.clone());
        for step in 0..3 {
            let t = f64::from(step) / 3.0;
            let audio = Input {
                noisy: &x,
                time: t,
                ..audio.clone()
            };
            let motion = Input {
                noisy: &y,
                time: t,
                ..motion.clone()
            };
            let output = both.evaluate(&audio, Some(&motion), Exchange::BOTH);
            let output = output[number].clone();
            let next = |x: &Tensor, raw: Option<Tensor>| {
                let v = velocity(Prediction::Preconditioned, x, &raw.unwrap(), t).unwrap();
                (x + (v * third).unwrap()).unwrap()
            };
            (x, y) = (next(&x, output.audio), next(&y, output.motion));
        }
        assert_close("sampled audio", &x, fixture.case("sampled_audio"), 1e-5);
        assert_close("sampled motion", &y, fixture.case("sampled_motion"), 1e-5);
    }
}

/// A published-layout checkpoint with random weights at tiny sizes, on disk.
fn random_checkpoint(folder: &Path, config: &Config) -> (PathBuf, PathBuf) {
    let variables = candle_nn::VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, candle_core::DType::F32, &Device::Cpu);
    let checkpoint = Checkpoint::new(config.clone(), vb);
    checkpoint.joint_model().unwrap();
    checkpoint.text_embedding().unwrap();
    let named: HashMap<String, Tensor> = variables
        .data()
        .lock()
        .unwrap()
        .iter()
        .map(|(name, variable)| {
            let noise = variable.as_tensor().randn_like(0.0, 0.1).unwrap();
            // Made under `audio`, written as F5-TTS names it.
            let name = name.replacen("audio.", "ema_model.transformer.", 1);
            (name, noise)
        })
        .collect();
    let checkpoint = folder.join("model.safetensors");
    let settings = folder.join("model.json");
    candle_core::safetensors::save(&named, &checkpoint).unwrap();
    std::fs::write(&settings, serde_json::to_string(config).unwrap()).unwrap();
    (settings, checkpoint)
}

fn tiny_jam_flow() -> Config {
    Config {
        joint_depth: 1,
        motion_dim: 32,
        motion_depth: 2,
        ..tiny_f5()
    }
}

#[test]
fn published_names_load_and_wrong_sizes_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let config = tiny_jam_flow();
    let (settings, checkpoint) = random_checkpoint(folder.path(), &config);
    let names = candle_core::safetensors::load(&checkpoint, &Device::Cpu).unwrap();
    for name in [
        "time_embed.time_mlp.2.weight",
        "text_embed.text_embed.weight",
        "text_embed.text_blocks.1.grn.gamma",
        "input_embed.conv_pos_embed.conv1d.2.weight",
        "transformer_blocks.1.attn.to_out.0.weight",
        "transformer_blocks.0.ff.ff.0.0.bias",
        "norm_out.linear.weight",
        "proj_out.bias",
    ] {
        let name = format!("ema_model.transformer.{name}");
        assert!(names.contains_key(&name), "{name}");
    }
    for compute in [Compute::Cpu, Compute::Tensors] {
        let opened = Checkpoint::open(&settings, &checkpoint).unwrap();
        compute.flow(&opened).unwrap();
    }

    let wider = Config { dim: 80, ..config };
    std::fs::write(&settings, serde_json::to_string(&wider).unwrap()).unwrap();
    for compute in [Compute::Cpu, Compute::Tensors] {
        let opened = Checkpoint::open(&settings, &checkpoint).unwrap();
        let error = compute.flow(&opened).err().unwrap().to_string();
        assert!(
            error.contains("weight") || error.contains("shape"),
            "{error}"
        );
    }
}

/// How a random model is run.
#[derive(Clone, Copy)]
struct Run {
    guidance: f64,
    exchange: Exchange,
    null_is_condition: bool,
    temperature: f32,
    seed: u64,
}

const PLAIN: Run = Run {
    guidance: 0.0,
    exchange: Exchange::BOTH,
    null_is_condition: false,
    temperature: 1.0,
    seed: 1,
};

/// A backend with a random model.
struct Loaded {
    checkpoint: Checkpoint,
    backend: Box<dyn FlowBackend>,
}

impl Loaded {
    fn open((settings, checkpoint): &(PathBuf, PathBuf), compute: Compute) -> Self {
        let checkpoint = Checkpoint::open(settings, checkpoint).unwrap();
        let backend = compute.flow(&checkpoint).unwrap();
        Self {
            checkpoint,
            backend,
        }
    }

    /// One run: speech and movement.
    fn run(&self, how: Run) -> (Tensor, Tensor) {
        let Run {
            guidance,
            exchange,
            null_is_condition,
            temperature,
            seed,
        } = how;
        let (n, m, config) = (30, 8, self.checkpoint.config());
        let encoder = self.checkpoint.text_embedding().unwrap();
        let text = values(&encoder.characters(&[3, 1, 4, 1, 5], n, false).unwrap());
        let condition = AudioCondition {
            text: Some(&text),
            ..Default::default()
        };
        let condition = condition.rows(config, n);
        let null = match null_is_condition {
            true => condition.clone(),
            false => AudioCondition::default().rows(config, n),
        };
        let motion = MotionCondition::default().rows(config, m);
        let guided_by = |null_condition: &Vec<f32>| {
            (guidance != 0.0).then(|| Guidance {
                null_condition: null_condition.clone(),
                strength: guidance,
            })
        };
        let noise = |stream, count: usize, spread: f32| {
            let noise = Noise::new(seed, stream).take(count);
            Start::Noise(noise.into_iter().map(|x| x * spread).collect())
        };
        let plan = FlowPlan {
            times: schedule(4, -1.0),
            exchange,
            audio: StreamPlan {
                count: n,
                start: noise(0, n * config.token_dim(), temperature),
                guidance: guided_by(&null),
                condition,
            },
            motion: Some(StreamPlan {
                count: m,
                start: noise(1, m * config.motion_channels, 1.0),
                guidance: guided_by(&motion),
                condition: motion,
            }),
        };
        assert!(follow(&*self.backend, &plan, &|| true).unwrap().is_none());
        let Streams { audio, motion } = follow(&*self.backend, &plan, &|| false).unwrap().unwrap();
        (rows(audio, n), rows(motion, m))
    }
}

#[test]
fn guidance_and_exchange_do_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    for prediction in [Prediction::Velocity, Prediction::Preconditioned] {
        let config = Config {
            prediction,
            ..tiny_jam_flow()
        };
        let files = random_checkpoint(folder.path(), &config);
        let fused = Loaded::open(&files, Compute::Cpu);
        let tensors = Loaded::open(&files, Compute::Tensors);
        let run = |how| {
            let (audio, motion) = fused.run(how);
            // Whatever is asked for, the backends answer alike.
            let (audio_too, motion_too) = tensors.run(how);
            assert_close("audio by tensors", &audio_too, &audio, 2e-6);
            assert_close("motion by tensors", &motion_too, &motion, 2e-6);
            (audio, motion)
        };
        let (plain, plain_motion) = run(PLAIN);
        // Guidance away from the condition itself changes nothing but rounding.
        let (same, same_motion) = run(Run {
            guidance: 2.0,
            null_is_condition: true,
            ..PLAIN
        });
        assert_close("audio without contrast", &same, &plain, 1e-5);
        assert_close("motion without contrast", &same_motion, &plain_motion, 1e-5);
        let (guided, _) = run(Run {
            guidance: 2.0,
            ..PLAIN
        });
        assert!(relative_difference(&guided, &plain) > 1e-3);
        // With its switch off a stream does not know what the other one does.
        let one_way = Exchange {
            audio_sees_motion: false,
            motion_sees_audio: true,
        };
        let (deaf, _) = run(Run {
            exchange: one_way,
            ..PLAIN
        });
        let (apart, apart_motion) = run(Run {
            exchange: Exchange::NONE,
            ..PLAIN
        });
        assert_close("audio apart", &deaf, &apart, 0.0);
        assert!(relative_difference(&apart_motion, &plain_motion) > 1e-4);
    }
}

#[test]
fn without_noise_the_seed_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = random_checkpoint(folder.path(), &tiny_jam_flow());
    let model = Loaded::open(&files, Compute::Cpu);
    // Apart, so that the other stream's noise is not heard.
    let apart = Run {
        exchange: Exchange::NONE,
        ..PLAIN
    };
    let difference = |temperature| {
        let first = Run {
            temperature,
            ..apart
        };
        let second = Run { seed: 2, ..first };
        let ((one, face), (other, other_face)) = (model.run(first), model.run(second));
        assert!(
            relative_difference(&face, &other_face) > 0.1,
            "the face keeps its chance"
        );
        relative_difference(&one, &other)
    };
    let (full, cold, none) = (difference(1.0), difference(0.3), difference(0.0));
    assert!(full > 1e-3 && cold > 1e-3, "{full} {cold}");
    assert_eq!(none, 0.0);
}

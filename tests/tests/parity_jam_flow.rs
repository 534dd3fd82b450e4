//! The joint model against reference implementations on tiny seeded weights: each `reference/make_*.py` wrote its fixture.
//!
//! Tolerances are about twice the largest difference measured on an AVX-512 machine.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use candle_nn::VarBuilder;
use engine::jam_flow::Config;
use engine::jam_flow::config::{Prediction, TextAlignment};
use engine::jam_flow::dit::DitBlock;
use engine::jam_flow::joint_attention::Bands;
use engine::jam_flow::model::{
    AudioCondition, Exchange, JamFlow, MotionCondition, StreamInput, Timeline,
};
use engine::jam_flow::rotary::RotaryTable;
use engine::jam_flow::sampler::{Guidance, Sampling, Start, Stream, sample, velocity};
use engine::jam_flow::schedule::schedule;
use engine::jam_flow::time_embedding::TimeEmbedding;
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
            weights: weights::open(&path, "a test fixture").unwrap(),
            tensors: candle_core::safetensors::load(&path, &Device::Cpu).unwrap(),
        }
    }

    fn case(&self, name: &str) -> &Tensor {
        &self.tensors[&format!("case.{name}")]
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
    let model = JamFlow::new(&config, fixture.weights.clone()).unwrap();
    let text = fixture.case("text").flatten_all().unwrap();
    let text: Vec<u32> = text
        .to_vec1::<i64>()
        .unwrap()
        .into_iter()
        .map(|id| id as u32)
        .collect();
    let (noisy, cond) = (fixture.case("noisy"), fixture.case("cond"));
    let time = f64::from(fixture.case("time").to_vec1::<f32>().unwrap()[0]);
    let (_, n, _) = noisy.dims3().unwrap();

    let text_embed = model.text(&text, n, &[]).unwrap();
    assert_close("text", &text_embed, fixture.case("text_embed"), 1e-6);
    let text_null = model.text_embed().characters(&text, n, true).unwrap();
    assert_close("dropped text", &text_null, fixture.case("text_null"), 1e-6);

    let root = fixture.weights.pp("ema_model.transformer");
    let time_embed = TimeEmbedding::new(config.dim, root.pp("time_embed")).unwrap();
    let time_embed = time_embed.forward(&[time]).unwrap();
    assert_close("time", &time_embed, fixture.case("time_embed"), 1e-5);

    let condition = AudioCondition {
        mel: Some(cond),
        text: Some(&text_embed),
        ..Default::default()
    };
    let condition = model.audio_condition(n, &condition).unwrap();
    let embedded = model.audio().embed(noisy, &condition).unwrap();
    assert_close("input", &embedded, fixture.case("embedded"), 1e-6);

    let modulation = &model.audio().modulations(&[time]).unwrap()[0];
    let rotary = RotaryTable::new(n, 1.0, config.dim_head);
    let bands = Bands::new(&config, n, 0);
    let block = model.audio().blocks()[0]
        .forward(&embedded, modulation.block(0), &rotary, &bands.audio_alone)
        .unwrap();
    assert_close("block", &block, fixture.case("block"), 4e-6);

    let timeline = Timeline::new(&config, n, 0);
    let evaluate = |condition: &Tensor| {
        let input = StreamInput {
            noisy,
            condition,
            modulation,
            wanted: true,
        };
        let output = model.forward(&timeline, input, None, Exchange::NONE);
        output.unwrap().audio.unwrap()
    };
    let network = evaluate(&condition);
    assert_close("network", &network, fixture.case("conditioned"), 7e-6);
    let null = AudioCondition {
        text: Some(&text_null),
        ..Default::default()
    };
    let null = evaluate(&model.audio_condition(n, &null).unwrap());
    assert_close("null network", &null, fixture.case("null"), 7e-6);
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
    let model = JamFlow::load(
        &folder.join("embedded.json"),
        &folder.join("embedded.safetensors"),
    )
    .unwrap();
    let integers = |name: &str| -> Vec<u32> {
        let values = fixture.case(name).flatten_all().unwrap();
        let values = values.to_vec1::<i64>().unwrap();
        values.into_iter().map(|value| value as u32).collect()
    };
    let (phones, index) = (integers("phones"), integers("index"));
    let (noise_a, noise_m) = (fixture.case("noise_a"), fixture.case("noise_m"));
    let (n, m) = (noise_a.dim(1).unwrap(), noise_m.dim(1).unwrap());
    assert_eq!(model.config().motion_frames(n), m);

    let mix = fixture.case("mix").flatten_all().unwrap();
    let voice = model
        .voice(&mix.to_vec1::<f32>().unwrap())
        .unwrap()
        .unwrap();
    let prosody = model.prosody().unwrap();
    let (features, log_frames) = prosody.phones(&phones, &voice).unwrap();
    let log_frames = Tensor::new(log_frames, &Device::Cpu).unwrap();
    let expected = fixture.case("log_frames").flatten_all().unwrap();
    assert_close("durations", &log_frames, &expected, 2e-6);
    let progress = fixture.case("progress");
    let contour = prosody.tokens(&features, &index, progress).unwrap();
    assert_close("prosody", &contour, fixture.case("contour"), 2e-6);
    let text = model.text(&phones, n, &index).unwrap();
    assert_close("text", &text, fixture.case("text"), 1e-6);

    let timeline = Timeline::new(model.config(), n, m);
    let known = AudioCondition {
        mel: Some(fixture.case("mel_cond")),
        text: Some(&text),
        progress: Some(progress),
        prosody: Some(&contour),
        voice: Some(&voice),
    };
    let audio = model.audio_condition(n, &known).unwrap();
    let rest = MotionCondition {
        rest: Some(fixture.case("rest")),
        ..Default::default()
    };
    let mouth = MotionCondition {
        mouth: Some(fixture.case("motion_cond")),
        ..rest
    };
    let motion = model.motion_condition(m, &mouth).unwrap();
    let third = 1.0 / 3.0;
    let audio_modulation = &model.audio().modulations(&[third]).unwrap()[0];
    let motion_modulation = &model.motion().unwrap().modulations(&[third]).unwrap()[0];
    let motion_input = |noisy, condition| StreamInput {
        noisy,
        condition,
        modulation: motion_modulation,
        wanted: true,
    };
    let audio_input = StreamInput {
        noisy: fixture.case("x"),
        condition: &audio,
        modulation: audio_modulation,
        wanted: true,
    };
    let motion_in = motion_input(fixture.case("y"), &motion);
    let output = model.forward(&timeline, audio_input, Some(motion_in), Exchange::BOTH);
    let output = output.unwrap();
    assert_close(
        "audio",
        &output.audio.unwrap(),
        fixture.case("raw_audio"),
        5e-6,
    );
    assert_close(
        "motion",
        &output.motion.unwrap(),
        fixture.case("raw_motion"),
        5e-6,
    );

    // A recording is given, so that its own output is not wanted.
    let silent = model
        .audio_condition(n, &AudioCondition::default())
        .unwrap();
    let given = StreamInput {
        noisy: noise_a,
        condition: &silent,
        modulation: &model.audio().modulations(&[1.0]).unwrap()[0],
        wanted: false,
    };
    let motion_alone = model.motion_condition(m, &rest).unwrap();
    let motion_in = motion_input(noise_m, &motion_alone);
    let output = model.forward(&timeline, given, Some(motion_in), Exchange::BOTH);
    let output = output.unwrap();
    assert!(output.audio.is_none());
    assert_close(
        "animated",
        &output.motion.unwrap(),
        fixture.case("animated"),
        1e-5,
    );

    // The sampler's velocity form against the recipe's renoising of the clean estimate.
    let (mut x, mut y) = (noise_a.clone(), noise_m.clone());
    for step in 0..3 {
        let t = f64::from(step) / 3.0;
        let audio_modulation = &model.audio().modulations(&[t]).unwrap()[0];
        let modulation = &model.motion().unwrap().modulations(&[t]).unwrap()[0];
        let audio_input = StreamInput {
            noisy: &x,
            condition: &audio,
            modulation: audio_modulation,
            wanted: true,
        };
        let motion_in = StreamInput {
            noisy: &y,
            condition: &motion,
            modulation,
            wanted: true,
        };
        let output = model.forward(&timeline, audio_input, Some(motion_in), Exchange::BOTH);
        let output = output.unwrap();
        let next = |x: &Tensor, raw: Option<Tensor>| {
            let v = velocity(Prediction::Preconditioned, x, &raw.unwrap(), t).unwrap();
            (x + (v * third).unwrap()).unwrap()
        };
        (x, y) = (next(&x, output.audio), next(&y, output.motion));
    }
    assert_close("sampled audio", &x, fixture.case("sampled_audio"), 1e-5);
    assert_close("sampled motion", &y, fixture.case("sampled_motion"), 1e-5);
}

/// A published-layout checkpoint with random weights at tiny sizes, on disk.
fn random_checkpoint(folder: &Path, config: &Config) -> (PathBuf, PathBuf) {
    let variables = candle_nn::VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, candle_core::DType::F32, &Device::Cpu);
    JamFlow::new(config, vb).unwrap();
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
    JamFlow::load(&settings, &checkpoint).unwrap();

    let wider = Config { dim: 80, ..config };
    std::fs::write(&settings, serde_json::to_string(&wider).unwrap()).unwrap();
    let error = JamFlow::load(&settings, &checkpoint).unwrap_err();
    assert!(
        matches!(error, engine::Error::WeightsUnfit { .. }),
        "{error}"
    );
}

/// How a random model is run.
#[derive(Clone, Copy)]
struct Run {
    guidance: f64,
    exchange: Exchange,
    null_is_condition: bool,
    temperature: f64,
    seed: u64,
}

const PLAIN: Run = Run {
    guidance: 0.0,
    exchange: Exchange::BOTH,
    null_is_condition: false,
    temperature: 1.0,
    seed: 1,
};

/// One run of a random model: speech and movement.
fn run(model: &JamFlow, how: Run) -> (Tensor, Tensor) {
    let Run {
        guidance,
        exchange,
        null_is_condition,
        temperature,
        seed,
    } = how;
    let (n, m) = (30, 8);
    let timeline = Timeline::new(model.config(), n, m);
    let text = model.text(&[3, 1, 4, 1, 5], n, &[]).unwrap();
    let condition = AudioCondition {
        text: Some(&text),
        ..Default::default()
    };
    let audio = model.audio_condition(n, &condition).unwrap();
    let null = model
        .audio_condition(n, &AudioCondition::default())
        .unwrap();
    let motion = model
        .motion_condition(m, &MotionCondition::default())
        .unwrap();
    let guided_by = |null_condition| {
        (guidance != 0.0).then_some(Guidance {
            null_condition,
            strength: guidance,
        })
    };
    let sampling = Sampling {
        timeline: &timeline,
        times: &schedule(4, -1.0),
        seed,
        exchange,
        audio: Stream {
            start: Start::Noise,
            temperature,
            condition: &audio,
            guidance: guided_by(if null_is_condition { &audio } else { &null }),
        },
        motion: Some(Stream {
            start: Start::Noise,
            temperature: 1.0,
            condition: &motion,
            guidance: guided_by(&motion),
        }),
    };
    let sampled = sample(model, &sampling, &|| false).unwrap().unwrap();
    assert!(sample(model, &sampling, &|| true).unwrap().is_none());
    (sampled.audio, sampled.motion.unwrap())
}

#[test]
fn guidance_and_exchange_do_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    for prediction in [Prediction::Velocity, Prediction::Preconditioned] {
        let config = Config {
            prediction,
            ..tiny_jam_flow()
        };
        let (settings, checkpoint) = random_checkpoint(folder.path(), &config);
        let model = JamFlow::load(&settings, &checkpoint).unwrap();
        let (plain, plain_motion) = run(&model, PLAIN);
        // Guidance away from the condition itself changes nothing but rounding.
        let (same, same_motion) = run(
            &model,
            Run {
                guidance: 2.0,
                null_is_condition: true,
                ..PLAIN
            },
        );
        assert_close("audio without contrast", &same, &plain, 1e-5);
        assert_close("motion without contrast", &same_motion, &plain_motion, 1e-5);
        let (guided, _) = run(
            &model,
            Run {
                guidance: 2.0,
                ..PLAIN
            },
        );
        assert!(relative_difference(&guided, &plain) > 1e-3);
        // With its switch off a stream does not know what the other one does.
        let one_way = Exchange {
            audio_sees_motion: false,
            motion_sees_audio: true,
        };
        let (deaf, _) = run(
            &model,
            Run {
                exchange: one_way,
                ..PLAIN
            },
        );
        let (apart, apart_motion) = run(
            &model,
            Run {
                exchange: Exchange::NONE,
                ..PLAIN
            },
        );
        assert_close("audio apart", &deaf, &apart, 0.0);
        assert!(relative_difference(&apart_motion, &plain_motion) > 1e-4);
    }
}

#[test]
fn without_noise_the_seed_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (settings, checkpoint) = random_checkpoint(folder.path(), &tiny_jam_flow());
    let model = JamFlow::load(&settings, &checkpoint).unwrap();
    // Apart, so that the other stream's noise is not heard.
    let apart = Run {
        exchange: Exchange::NONE,
        ..PLAIN
    };
    let difference = |temperature| {
        let (one, other) = (
            Run {
                temperature,
                ..apart
            },
            Run {
                temperature,
                seed: 2,
                ..apart
            },
        );
        let ((one, face), (other, other_face)) = (run(&model, one), run(&model, other));
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

//! The weights that ship: against the recipe's PyTorch (`reference/make_shipped.py` wrote what it makes of them), and the
//! backends against each other over whole pieces of work.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use engine::Synthesizer;
use engine::backend::{Backend, Compute, FlowPlan, Start, StreamPlan, follow};
use engine::networks::jam_flow::schedule::{sway, uniform};
use engine::networks::jam_flow::{AudioCondition, Checkpoint, Exchange, MotionCondition};
use engine::networks::vocoder::{Vocoder, VocoderCheckpoint};
use jam_flow_tests::{assert_close, reference, synthesizers};
use sha2::{Digest, Sha256};

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")
}

/// What the recipe's networks made of the weights.
struct Expected(HashMap<String, Tensor>);

impl Expected {
    /// # Panics
    /// If it was made from other weights than those in the models folder.
    fn open() -> Self {
        let bytes = std::fs::read(reference("shipped.safetensors")).unwrap();
        let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
        for (name, made_from) in header.metadata().as_ref().unwrap() {
            let digest = Sha256::digest(std::fs::read(models().join(name)).unwrap());
            let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(
                &found, made_from,
                "{name} has changed: run tests/reference/make_shipped.py"
            );
        }
        Self(candle_core::safetensors::load_buffer(&bytes, &Device::Cpu).unwrap())
    }

    fn values(&self, name: &str) -> Vec<f32> {
        self.0[name].flatten_all().unwrap().to_vec1().unwrap()
    }

    fn integers(&self, name: &str) -> Vec<u32> {
        let values = self.0[name].flatten_all().unwrap();
        let values = values.to_vec1::<i64>().unwrap();
        values.into_iter().map(|value| value as u32).collect()
    }
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |largest, x| x.abs().max(largest))
}

/// Within this share of the largest expected value everywhere. Measured: at most 3.1e-6.
#[track_caller]
fn assert_near(stage: &str, actual: &[f32], expected: &[f32], share: f32) {
    let worst = actual.iter().zip(expected).map(|(a, b)| (a - b).abs());
    let worst = worst.fold(0.0, f32::max) / largest(expected);
    println!("{stage}: {worst:.1e}");
    assert_close(actual, expected, share * largest(expected), 0.0);
}

#[test]
fn the_joint_model_is_the_recipes_on_every_backend() {
    let expected = Expected::open();
    let checkpoint = Checkpoint::open(
        &models().join("jam_flow.json"),
        &models().join("jam_flow.safetensors"),
    )
    .unwrap();
    let config = checkpoint.config();
    let (phones, index) = (expected.integers("phones"), expected.integers("index"));
    let n = index.len();
    let m = config.motion_frames(n);

    let voices = checkpoint.voices().unwrap();
    let voice = voices.mix(&expected.values("mix")).unwrap();
    let progress = expected.values("progress");
    let mut contour = Vec::new();
    for compute in [Compute::Tensors, Compute::Cpu] {
        let prosody = compute.prosody(&checkpoint).unwrap();
        let (features, log_frames) = prosody.phones(&phones, &voice).unwrap();
        let expected_frames = expected.values("log_frames");
        assert_near("durations", &log_frames, &expected_frames, 2e-5);
        contour = prosody.tokens(&features, &index, &progress).unwrap();
        assert_near("prosody", &contour, &expected.values("contour"), 1e-5);
    }
    let encoder = checkpoint.text_embedding().unwrap();
    let text = encoder.phones(&phones).unwrap().stretched(&index);

    let audio = AudioCondition {
        text: Some(&text),
        progress: Some(&progress),
        prosody: Some(&contour),
        voice: Some(&voice),
        mel: None,
    };
    let plan = FlowPlan {
        times: sway(&uniform(4), -1.0),
        exchange: Exchange::BOTH,
        audio: StreamPlan {
            count: n,
            start: Start::Noise(expected.values("noise_a")),
            condition: audio.rows(config, n),
            guidance: None,
        },
        motion: Some(StreamPlan {
            count: m,
            start: Start::Noise(expected.values("noise_m")),
            condition: MotionCondition::default().rows(config, m),
            guidance: None,
        }),
    };
    for compute in [Compute::Cpu, Compute::Tensors] {
        let backend = compute.flow(&checkpoint).unwrap();
        let streams = follow(&*backend, &plan, &|| false).unwrap().unwrap();
        println!("{}:", backend.name());
        assert_near(
            "voice",
            &streams.audio,
            &expected.values("sampled_audio"),
            1e-5,
        );
        assert_near(
            "mouth",
            &streams.motion,
            &expected.values("sampled_motion"),
            1e-5,
        );
    }
}

#[test]
fn the_vocoder_is_the_recipes() {
    let expected = Expected::open();
    let config: serde_json::Value =
        serde_json::from_slice(&std::fs::read(models().join("jam_flow.json")).unwrap()).unwrap();
    let number = |name: &str| config[name].as_f64().unwrap() as f32;
    let (mean, std) = (number("mel_mean"), number("mel_std"));
    let f0_hz = expected.values("f0_hz");
    let mel: Vec<f32> = expected.values("sampled_audio")[..f0_hz.len() * 100]
        .iter()
        .map(|x| x * std + mean)
        .collect();
    let checkpoint = VocoderCheckpoint::open(&models()).unwrap();
    for compute in [Compute::Cpu, Compute::Tensors] {
        let network = compute.vocoder(&checkpoint.network().unwrap()).unwrap();
        let Vocoder::Harmonic(vocoder) = checkpoint.vocoder(network).unwrap() else {
            panic!("another vocoder ships");
        };
        let pitch_hz = vocoder.pitch_hz(&mel);
        assert_near("pitch", &pitch_hz, &expected.values("pitch_hz"), 1e-5);
        let samples = vocoder.forward(&mel, &f0_hz, &expected.values("hiss"));
        assert_near(
            "sound",
            &samples.unwrap(),
            &expected.values("samples"),
            1e-5,
        );
    }
}

#[test]
fn a_sentence_is_the_same_on_every_backend() {
    let [cpu, tensors] = [Compute::Cpu, Compute::Tensors]
        .map(|compute| Synthesizer::load_on(&models(), compute).unwrap());
    let text = "The boat was moored by a bank of pebbles, and nobody was in it.";
    synthesizers::assert_alike(&cpu, &tensors, text, usize::MAX);
}

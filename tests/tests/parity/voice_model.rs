//! A voice model against PyPI's f5-tts, from text and recording to mel: `reference/make_voice_model.py` wrote the fixtures.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use engine::backend::Compute;
use engine::voice_model::{
    CheckpointVersion, VoiceModel, VoiceModelFiles, VoiceModelSettings, VoiceReference, characters,
    chunks, chunks_beside,
};
use jam_flow_tests::{assert_close, reference};
use serde_json::Value;

fn report() -> Value {
    let text = std::fs::read_to_string(reference("voice_model.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn tensors() -> HashMap<String, Tensor> {
    candle_core::safetensors::load(reference("voice_model.safetensors"), &Device::Cpu).unwrap()
}

fn case(tensors: &HashMap<String, Tensor>, name: &str) -> Vec<f32> {
    let tensor = tensors[&format!("case.{name}")].to_dtype(DType::F32);
    tensor.unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")
}

fn load(checkpoint: PathBuf, version: Option<CheckpointVersion>, compute: Compute) -> VoiceModel {
    let files = VoiceModelFiles {
        checkpoint,
        vocabulary: reference("voice_model_vocab.txt"),
        vocoder: None,
        version,
    };
    VoiceModel::load(&files, &models(), compute).unwrap()
}

/// From recording and words to the mel of the chunk.
fn mel(model: &VoiceModel) -> Vec<f32> {
    let (report, tensors) = (report(), tensors());
    let recording = case(&tensors, "recording");
    let reference = VoiceReference::new(&recording, text(&report, "reference_words")).unwrap();
    let settings = VoiceModelSettings {
        speed: 1.1,
        ..VoiceModelSettings::default()
    };
    let chunks = chunks_beside(&reference, text(&report, "text"), &settings);
    let [chunk] = chunks.as_slice() else {
        panic!("{chunks:?}");
    };
    let noise = case(&tensors, "noise");
    let frames = model.frames(&reference, chunk, settings.speed).unwrap();
    assert_eq!(noise.len(), frames * 100);
    model
        .mel(&reference, chunk, &settings, noise, &|| false, &mut |_| {
            Ok(())
        })
        .unwrap()
}

#[test]
fn text_and_recording_become_the_mel_of_f5_tts() {
    for (name, version) in [("v1", CheckpointVersion::V1), ("v0", CheckpointVersion::V0)] {
        let expected = case(&tensors(), &format!("mel_{name}"));
        for compute in [Compute::Cpu, Compute::Tensors] {
            let model = load(reference("voice_model.safetensors"), Some(version), compute);
            let made = mel(&model);
            let worst = made.iter().zip(&expected).map(|(a, b)| (a - b).abs());
            println!("{name}: {:.1e}", worst.fold(0.0, f32::max));
            assert_close(&made, &expected, 1e-3, 0.0);
        }
    }
}

#[test]
fn sizes_are_read_from_the_shapes() {
    let model = load(reference("voice_model.safetensors"), None, Compute::Cpu);
    let config = model.config();
    assert_eq!((config.dim, config.depth, config.heads), (32, 2, 4));
    assert_eq!((config.dim_head, config.ff_mult), (16, 2));
    assert_eq!((config.text_dim, config.conv_layers), (24, 2));
    assert_eq!(model.version(), CheckpointVersion::V1);
    assert!(model.is_version_assumed());
}

#[test]
fn every_published_naming_of_the_tensors_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let expected = mel(&load(
        reference("voice_model.safetensors"),
        Some(CheckpointVersion::V1),
        Compute::Cpu,
    ));
    for root in ["transformer.", ""] {
        let renamed: HashMap<String, Tensor> = tensors()
            .into_iter()
            .filter_map(|(name, tensor)| {
                let name = name.strip_prefix("ema_model.transformer.")?;
                Some((format!("{root}{name}"), tensor))
            })
            .collect();
        let path = folder.path().join("F5TTS_v1_Base.safetensors");
        candle_core::safetensors::save(&renamed, &path).unwrap();
        let model = load(path, None, Compute::Cpu);
        assert!(!model.is_version_assumed());
        assert_eq!(mel(&model), expected, "{root:?}");
    }
}

/// Sound whose pieces can be told apart, as `make_voice_model.py` makes it.
fn recording(parts: &Value) -> Vec<f32> {
    let mut sound = Vec::new();
    for part in parts.as_array().unwrap() {
        let (ms, amplitude) = (part[0].as_u64().unwrap(), part[1].as_u64().unwrap());
        for _ in 0..24 * ms {
            let i = sound.len() as u64;
            let louder = if amplitude > 0 { i / 24 % 61 } else { 0 };
            let sign = if i % 7 < 3 { 1.0 } else { -1.0 };
            sound.push(sign * (amplitude + louder) as f32 / 32_768.0);
        }
    }
    sound
}

#[test]
fn references_are_trimmed_as_f5_tts_trims_them() {
    for trim in report()["trims"].as_array().unwrap() {
        let words = "Word ".repeat(12);
        let reference = VoiceReference::new(&recording(&trim["parts"]), &words).unwrap();
        let samples = reference.samples();
        let expected = trim["samples"].as_u64().unwrap() as usize;
        assert_eq!(samples.len(), expected, "{}", trim["parts"]);
        let checksum = samples.iter().enumerate().fold(0, |sum, (i, sample)| {
            let step = (f64::from(sample.abs() * reference.output_gain()) * 32_768.0).round();
            sum + step as u64 * (i as u64 % 9_973 + 1)
        });
        assert_eq!(checksum % (1 << 31), trim["checksum"], "{}", trim["parts"]);
    }
}

#[test]
fn texts_are_read_and_cut_as_f5_tts_does() {
    let report = report();
    for case in report["texts"].as_array().unwrap() {
        let made: String = characters(text(case, "text"))
            .unwrap()
            .into_iter()
            .collect();
        assert_eq!(made, text(case, "characters"));
    }
    for case in report["chunks"].as_array().unwrap() {
        let most = case["most"].as_u64().unwrap() as usize;
        let made = chunks(text(case, "text"), most, most, usize::MAX);
        assert_eq!(serde_json::json!(made), case["chunks"]);
    }
}

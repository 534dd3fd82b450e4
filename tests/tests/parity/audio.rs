//! The mel front end, the vocoders, the speech detector and the aligner's network against PyTorch; the scripts that made the numbers stand beside them.

use std::collections::HashMap;

use candle_core::{DType, Device};
use candle_nn::VarBuilder;
use engine::audio::{MelFrontEnd, Stft};
use engine::networks::listener;
use engine::networks::phone_classifier;
use engine::networks::speech_detector;
use engine::networks::vocoder::{harmonic, pulse_train, vocos};
use jam_flow_tests::{assert_close, reference};
use safetensors::SafeTensors;

/// All tensors of a fixture as flat `f32`.
fn fixture(name: &str) -> HashMap<String, Vec<f32>> {
    let bytes = std::fs::read(reference(name)).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    tensors
        .tensors()
        .into_iter()
        .map(|(name, view)| {
            let values = view
                .data()
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
                .collect();
            (name, values)
        })
        .collect()
}

#[test]
fn mel_and_spectrum_match_torch() {
    let expected = fixture("mel.safetensors");
    let samples = &expected["samples"];
    let spectrum = Stft::new().analyze(samples);
    let part: Vec<f32> = spectrum
        .frames()
        .skip(40)
        .take(4)
        .flatten()
        .flat_map(|c| [c.re, c.im])
        .collect();
    assert_close(&part, &expected["spectrum"], 1e-4, 1e-5);
    let mel = MelFrontEnd::new().log_mel(samples);
    // Next to loud bins, quiet ones drown in the rounding of either transform: the logarithm is compared where it means
    // something, the magnitude everywhere.
    let magnitude = |mel: &[f32]| mel.iter().map(|x| x.exp()).collect::<Vec<_>>();
    // Measured 2.7e-5 on magnitudes up to 60.
    assert_close(&magnitude(&mel), &magnitude(&expected["mel"]), 1e-5, 1e-4);
    let audible = |mel: &[f32]| {
        mel.iter()
            .zip(&expected["mel"])
            .map(|(x, expected)| if *expected > -6.0 { *x } else { 0.0 })
            .collect::<Vec<_>>()
    };
    // Measured 8.8e-4.
    assert_close(&audible(&mel), &audible(&expected["mel"]), 2e-3, 0.0);
}

/// The fixture's own `weights.…` as a checkpoint.
fn weights(name: &str) -> VarBuilder<'static> {
    let tensors = candle_core::safetensors::load(reference(name), &Device::Cpu).unwrap();
    VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu).pp("weights")
}

#[test]
fn vocos_matches_the_published_package() {
    let expected = fixture("vocos.safetensors");
    let config = vocos::Config {
        dim: 16,
        intermediate_dim: 48,
        num_layers: 2,
        ..vocos::Config::mel_24khz()
    };
    let vocoder = vocos::Vocos::new(&config, &weights("vocos.safetensors")).unwrap();
    let samples = vocoder.forward(&expected["mel"]).unwrap();
    // Measured 4.5e-7 on samples up to 1.
    assert_close(&samples, &expected["samples"], 1e-6, 0.0);
}

#[test]
fn harmonic_vocoder_matches_its_recipe() {
    let expected = fixture("harmonic.safetensors");
    let corrected = harmonic::Config {
        architecture: "harmonic".to_owned(),
        mel_bins: 100,
        dim: 16,
        intermediate_dim: 40,
        num_layers: 2,
        pitch_dim: 12,
        mel_mean: -1.6,
        mel_std: 2.6,
        log_pitch_mean: 5.2,
        log_pitch_std: 0.35,
        filters_per_frame: 4,
        mel_corrections: 1,
    };
    let uncorrected = harmonic::Config {
        mel_corrections: 0,
        ..corrected.clone()
    };
    let [vocoder, plain] = [corrected, uncorrected].map(|config| {
        harmonic::HarmonicVocoder::new(&config, &weights("harmonic.safetensors")).unwrap()
    });
    let mel = &expected["mel"];
    let pitch_hz = vocoder.pitch_hz(mel);
    // Measured 1e-3 Hz.
    assert_close(&pitch_hz, &expected["pitch_hz"], 2e-3, 1e-5);
    let pulses = pulse_train(&expected["f0_hz"]);
    // Measured 4.8e-7.
    assert_close(&pulses, &expected["pulses"], 1e-6, 0.0);
    let samples = plain
        .forward(mel, &expected["f0_hz"], &expected["noise"])
        .unwrap();
    // Measured 3.8e-6 on samples up to 17.
    assert_close(&samples, &expected["uncorrected"], 1e-5, 0.0);
    let samples = vocoder
        .forward(mel, &expected["f0_hz"], &expected["noise"])
        .unwrap();
    assert_close(&samples, &expected["samples"], 1e-5, 0.0);
}

#[test]
fn phone_classifier_matches_its_recipe() {
    let expected = fixture("aligner.safetensors");
    let config = phone_classifier::Config {
        mel_bins: 100,
        patch_size: 2,
        dim: 16,
        conv_layers: 2,
        conv_mult: 2,
        mel_mean: -1.6,
        mel_std: 2.6,
        classes: ["", "a", "b", "k", "s"].map(str::to_owned).into(),
        token_classes: vec![0, 1, 1, 2, 3, 4],
        log_priors: vec![-1.6; 5],
    };
    let weights = weights("aligner.safetensors");
    let classifier = phone_classifier::PhoneClassifier::new(&config, &weights).unwrap();
    let mut mel = expected["mel"].clone();
    // Half a patch is left out.
    mel.extend([0.0; 100]);
    let heard = classifier.forward(&mel).unwrap();
    assert_close(
        &heard.log_probabilities,
        &expected["log_probabilities"],
        1e-5,
        1e-5,
    );
    assert_close(&heard.begin_logits, &expected["begin_logits"], 1e-5, 1e-5);
    assert_eq!(
        classifier.forward(&mel[..100]).unwrap(),
        phone_classifier::PhonePosteriors::default()
    );
    let wider = phone_classifier::Config { dim: 17, ..config };
    assert!(phone_classifier::PhoneClassifier::new(&wider, &weights).is_err());
}

#[test]
fn listener_matches_its_recipe() {
    let expected = fixture("listener.safetensors");
    let config = listener::Config {
        mel_bins: 80,
        width: 16,
        heads: 2,
        blocks: 2,
        positions: 80,
        components: 6,
        lags: (-10..15).step_by(3).collect(),
        mouth_channels: 3,
        channels: 5,
    };
    let weights = weights("listener.safetensors");
    let network = listener::Listener::new(&config, &weights).unwrap();
    assert_eq!(network.channels(), 5);
    let sound = &expected["sound"];
    let said = network.forward(sound, 10, 20).unwrap();
    assert_close(&said, &expected["said"], 1e-4, 1e-4);
    // Too little sound for a frame says nothing, too much is refused.
    assert_eq!(network.forward(&sound[..100], 0, 3).unwrap(), [0.0; 15]);
    assert!(network.forward(&sound.repeat(2), 0, 1).is_err());
    let wider = listener::Config {
        width: 18,
        ..config
    };
    assert!(listener::Listener::new(&wider, &weights).is_err());
}

#[test]
fn speech_detector_matches_its_recipe() {
    let expected = fixture("speech_detector.safetensors");
    let config = speech_detector::Config {
        mel_bins: 100,
        patch_size: 2,
        dim: 12,
        layers: 3,
        mel_mean: -1.6,
        mel_std: 2.6,
    };
    let weights = weights("speech_detector.safetensors");
    let detector = speech_detector::SpeechDetector::new(&config, &weights).unwrap();
    let log_odds = detector.log_odds(&expected["mel"]).unwrap();
    assert_close(&log_odds, &expected["log_odds"], 1e-5, 1e-5);
    let wider = speech_detector::Config { dim: 13, ..config };
    assert!(speech_detector::SpeechDetector::new(&wider, &weights).is_err());
}

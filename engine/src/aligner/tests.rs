//! The aligner as a whole on tiny random weights: what it says about input that cannot be used, and what any answer looks like.

use std::collections::HashMap;
use std::path::Path;
use std::sync::LazyLock;

use candle_core::{DType, Device, Tensor};

use super::lattice::{Lattice, TimedUnit};
use super::viterbi::Unit;
use super::*;
use crate::random::Random;
use crate::text::Utterance;

const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models");

static FRONT_END: LazyLock<Arc<FrontEnd>> =
    LazyLock::new(|| Arc::new(FrontEnd::load(Path::new(MODELS)).unwrap()));

/// A folder with an aligner of width 8 that hears at random, for this many tokens.
fn folder(tokens: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let classes = 6;
    let config = serde_json::json!({
        "mel_bins": 100, "patch_size": 2, "dim": 8, "conv_layers": 1, "conv_mult": 2, "mel_mean": -1.6, "mel_std": 2.6,
        "classes": ["", "a", "b", "c", "d", "e"],
        "token_classes": (0..tokens).map(|token| token % classes).collect::<Vec<_>>(),
        "log_priors": vec![-1.8; classes],
    });
    std::fs::write(folder.path().join("aligner.json"), config.to_string()).unwrap();
    let mut random = Random::new(3);
    let mut named = HashMap::new();
    for (name, shape) in [
        ("embed.weight", &[8, 200][..]),
        ("embed.bias", &[8]),
        ("blocks.0.dwconv.weight", &[8, 1, 7]),
        ("blocks.0.dwconv.bias", &[8]),
        ("blocks.0.norm.weight", &[8]),
        ("blocks.0.norm.bias", &[8]),
        ("blocks.0.pwconv1.weight", &[16, 8]),
        ("blocks.0.pwconv1.bias", &[16]),
        ("blocks.0.grn.gamma", &[1, 1, 16]),
        ("blocks.0.grn.beta", &[1, 1, 16]),
        ("blocks.0.pwconv2.weight", &[8, 16]),
        ("blocks.0.pwconv2.bias", &[8]),
        ("norm.weight", &[8]),
        ("norm.bias", &[8]),
        ("head.weight", &[7, 8]),
        ("head.bias", &[7]),
    ] {
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| 0.1 * random.normal() as f32)
            .collect();
        let tensor = Tensor::from_vec(values, shape, &Device::Cpu).unwrap();
        named.insert(name.to_owned(), tensor.to_dtype(DType::F16).unwrap());
    }
    let path = folder.path().join("aligner.safetensors");
    candle_core::safetensors::save(&named, &path).unwrap();
    folder
}

fn load(folder: &Path) -> Result<Aligner> {
    Aligner::with_front_end(folder, Arc::clone(&FRONT_END))
}

fn aligner() -> Aligner {
    let folder = folder(FRONT_END.tokenizer().vocabulary_size());
    load(folder.path()).unwrap()
}

fn noise(secs: f64) -> Vec<f32> {
    let mut random = Random::new(8);
    (0..(secs * 24_000.0) as usize)
        .map(|_| 0.1 * random.normal() as f32)
        .collect()
}

#[test]
fn files_that_are_missing_or_do_not_fit() {
    let nowhere = tempfile::tempdir().unwrap();
    let error = load(nowhere.path()).err().unwrap();
    assert!(matches!(error, Error::WeightsMissing { .. }), "{error}");
    let error = load(folder(7).path()).err().unwrap();
    assert!(matches!(error, Error::WeightsUnfit { .. }), "{error}");
    let damaged = folder(FRONT_END.tokenizer().vocabulary_size());
    std::fs::write(damaged.path().join("aligner.safetensors"), b"PK").unwrap();
    let error = load(damaged.path()).err().unwrap();
    assert!(matches!(error, Error::WeightsUnfit { .. }), "{error}");
}

#[test]
fn every_token_has_its_time() {
    let text = "Well, hello there. It costs $4.50!\n\nAnd more.";
    // Noise at random weights fits anything a little.
    let samples = noise(47.3);
    let speech = aligner().align(&samples, text, &|| false).unwrap();
    assert_eq!(speech.tokens.len(), speech.ends_secs.len());
    assert!(speech.ends_secs.is_sorted() && speech.ends_secs[0] >= 0.0);
    let secs = samples.len() as f64 / 24_000.0;
    assert!((speech.duration_secs() - secs).abs() < 1e-9);
    let texts: Vec<&str> = speech.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Well,", "hello", "there.", "It", "costs", "$4.50!", "And", "more."
        ]
    );
    let tokenizer = FRONT_END.tokenizer();
    for (i, word) in speech.words.iter().enumerate() {
        assert_eq!(&text[word.written.clone()], word.text);
        let (start_secs, end_secs) = speech.word_secs(i);
        assert!(end_secs > start_secs);
        assert!((0.0..=1.0).contains(&word.confidence));
        let ends = [word.tokens.start, word.tokens.end - 1];
        assert!(
            ends.iter()
                .all(|&token| !tokenizer.is_silence(speech.tokens[token]))
        );
        assert!(i == 0 || speech.words[i - 1].tokens.end <= word.tokens.start);
    }
    // All that the front end gave is there, in order; what came to it is spaces.
    let given = FRONT_END.utterances(text).unwrap();
    let mut found = speech.tokens.iter();
    for token in given.iter().flat_map(|utterance| &utterance.tokens) {
        let found = found.by_ref().find(|&found| found == token || *found != 3);
        assert_eq!(found, Some(token));
    }
}

#[test]
fn input_that_cannot_be_used() {
    let aligner = aligner();
    let refused = |samples: &[f32], text: &str| {
        let error = aligner.align(samples, text, &|| false).unwrap_err();
        assert!(
            matches!(error, Error::Text(_) | Error::Alignment(_)),
            "{error}"
        );
        error.to_string()
    };
    assert!(refused(&noise(1.0), " ").contains("nothing to say"));
    assert!(refused(&noise(1.0), "日本語").contains("English"));
    for (samples, text) in [
        (noise(0.0), "Hello."),
        (noise(0.02), "Hello."),
        (
            noise(0.3),
            "Many more words than can be said in so short a time.",
        ),
    ] {
        assert!(refused(&samples, text).contains("does not match the audio"));
    }
    assert!(refused(&[f32::NAN; 48_000], "Hello.").contains("invalid samples"));
    let endless = vec![0.0; (MAX_SECS as usize + 1) * 24_000];
    assert!(refused(&endless, "Hello.").contains("2 hours"));
    let cancelled = aligner.align(&noise(1.0), "Hello.", &|| true);
    assert!(matches!(cancelled, Err(Error::Cancelled)));
}

#[test]
fn speech_that_no_word_tells_counts() {
    // Silence; "a" heard and told; "a" heard and another told; "a" heard in a pause.
    let fits = [[1.0, 0.1], [0.0, 1.0], [0.2, 1.0], [0.0, 1.0]].concat();
    let units = [Unit::Pause, Unit::Phone(1), Unit::Phone(0), Unit::Pause];
    let share = told(&units, &[0..1, 1..2, 2..3, 3..4], &fits, 2);
    assert!((share - 1.2 / 3.0).abs() < 1e-6);
    // Nothing is heard.
    assert_eq!(told(&units, &[0..1, 1..1, 1..1, 1..1], &fits, 2), 0.0);
}

fn timed(end_secs: f64, is_kept: bool) -> TimedUnit {
    TimedUnit {
        end_secs,
        is_kept,
        confidence: 0.5,
    }
}

#[test]
fn pauses_are_spaces_or_share_their_time() {
    let utterances: Vec<Utterance> = FRONT_END.utterances("A bee. Oh.").unwrap();
    let lattice = Lattice::new(&utterances, FRONT_END.tokenizer(), |token| token as usize);
    let is_pause: Vec<bool> = lattice.units.iter().map(|u| *u == Unit::Pause).collect();
    // Around all, between the words, between the sentences.
    assert_eq!(
        is_pause,
        [true, false, true, false, false, true, false, true]
    );
    let ends = [0.2, 0.3, 0.5, 0.6, 0.7, 1.0, 1.2, 1.2];
    let times: Vec<TimedUnit> = ends.iter().map(|&end| timed(end, end < 1.2)).collect();
    let speech = lattice.aligned(&times, 3);
    let tokenizer = FRONT_END.tokenizer();
    let texts: Vec<String> = speech
        .tokens
        .iter()
        .map(|&t| tokenizer.text(t).unwrap())
        .collect();
    assert_eq!(texts[2], " ");
    assert_eq!(speech.ends_secs[2], 0.5);
    assert_eq!(speech.word_secs(0), (0.2, 0.3));
    assert_eq!(speech.word_secs(1), (0.5, 0.7));
    assert_eq!(speech.word_secs(2), (1.0, 1.2));
    // "." and the space after it, or what else stands there, in equal shares.
    let between = speech.words[1].tokens.end..speech.words[2].tokens.start;
    let share = 0.3 / between.len() as f64;
    for (i, token) in between.enumerate() {
        let expected = 0.7 + (i + 1) as f64 * share;
        assert!((speech.ends_secs[token] - expected).abs() < 1e-9);
    }
    assert_eq!(speech.words[0].confidence, 0.5);
    // Left out, the pause inside the sentence is no token.
    let times: Vec<TimedUnit> = ends.iter().map(|&end| timed(end, false)).collect();
    assert_eq!(
        lattice.aligned(&times, 3).tokens.len(),
        speech.tokens.len() - 1
    );
}

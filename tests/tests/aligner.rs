//! Where the words of speech are, with the shipped weights: speech of the product itself, whose times are known.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};

use engine::random::Random;
use engine::{Aligner, Error, SpeakRequest, Synthesizer, TimedWord, Voice};

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")
}

/// Samples and words of a speech.
fn spoken(text: &str, voice: &str) -> (Vec<f32>, Vec<TimedWord>) {
    let request = SpeakRequest {
        text: text.to_owned(),
        voice: Voice::Named(voice.to_owned()),
        seed: 4,
        speed: 1.0,
    };
    let (mut samples, mut words) = (Vec::new(), Vec::new());
    Synthesizer::load(&models())
        .unwrap()
        .speak(&request, &|| false, &mut |chunk| {
            samples.extend(chunk.samples);
            words.extend(chunk.words);
            Ok(())
        })
        .unwrap();
    (samples, words)
}

const TEXT: &str = "Good morning! The old man put the book back on the table, and looked at the map before he began to \
                    speak. We often play music on the weekend.";

#[test]
fn words_are_found_where_they_were_put() {
    let aligner = Aligner::load(&models()).unwrap();
    for voice in ["af_heart", "am_michael"] {
        let (samples, words) = spoken(TEXT, voice);
        let quiet_and_noisy: Vec<f32> = {
            let mut random = Random::new(2);
            let noisy = |x: &f32| 0.1 * x + 0.001 * random.normal() as f32;
            samples.iter().map(noisy).collect()
        };
        for samples in [&samples, &quiet_and_noisy] {
            let found = aligner.align(samples, TEXT, &|| false).unwrap();
            assert_eq!(found.words.len(), words.len());
            let off_secs = words.iter().enumerate().map(|(i, word)| {
                assert_eq!(found.words[i].text, word.text);
                (found.word_secs(i).0 - word.start_secs).abs()
            });
            let mean_secs = off_secs.sum::<f64>() / words.len() as f64;
            // The bar of the evaluation, which asks it of other voices than the product's own as well.
            assert!(mean_secs <= 0.04, "{voice}: {mean_secs}");
        }
    }
}

#[test]
fn words_that_one_of_the_two_lacks() {
    let aligner = Aligner::load(&models()).unwrap();
    let (samples, words) = spoken(TEXT, "af_heart");
    // The text lacks its second sentence: the others are where they were, but for the word beside the gap, which may take a
    // like sound from it.
    let lacking = "Good morning! We often play music on the weekend.";
    let found = aligner.align(&samples, lacking, &|| false).unwrap();
    for (i, word) in (0..2).chain(words.len() - 7..words.len()).enumerate() {
        if word == words.len() - 7 {
            continue;
        }
        let off_secs = found.word_secs(i).0 - words[word].start_secs;
        assert!(off_secs.abs() < 0.15, "{:?}: {off_secs}", words[word]);
    }
    // The recording lacks the last one: the text cannot be laid along it without words that are hardly heard.
    let end = (words[words.len() - 7].start_secs * 24_000.0) as usize;
    match aligner.align(&samples[..end], TEXT, &|| false) {
        Ok(found) => {
            let lost = &found.words[words.len() - 6..];
            let mean = lost.iter().map(|word| word.confidence).sum::<f32>() / 6.0;
            assert!(mean < 0.5, "{lost:?}");
        }
        Err(error) => assert!(matches!(error, Error::Alignment(_)), "{error}"),
    }
}

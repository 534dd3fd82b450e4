//! A project whose take no weights change: a tone that rises and falls with made-up words, for pictures of the window.

use std::sync::Arc;

use engine::audio::SAMPLE_RATE_HZ;
use engine::motion::MouthFrame;
use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::{SpeechChunk, TimedPhone, TimedWord};
use studio::project::Project;
use studio::project::document::Document;
use studio::script::{Script, ScriptVoice};
use studio::take::Take;

const TEXT: &str = "The boats come into the harbour at noon.";
/// Phones of each word, one a tenth of a second.
const PHONES: [&[&str]; 8] = [
    &["ð", "ə"],
    &["b", "ˈO", "t", "s"],
    &["k", "ˈʌ", "m"],
    &["ˈɪ", "n", "t", "u"],
    &["ð", "ə"],
    &["h", "ˈɑ", "ɹ", "b", "əɹ"],
    &["æ", "t"],
    &["n", "ˈu", "n"],
];
const PHONE_SECS: f64 = 0.1;

/// A project with one take.
pub fn project() -> Project {
    let document = Document {
        words: TEXT.to_owned(),
        voice: "af_heart".to_owned(),
        speed: 1.0,
        ..Document::default()
    };
    Project {
        document,
        takes: vec![Arc::new(take())],
        folder: None,
    }
}

fn take() -> Take {
    let script = Script::Words {
        text: TEXT.to_owned(),
        voice: ScriptVoice::named(Some("af_heart".to_owned())),
        speed: 1.0,
    };
    let (mut words, mut phones) = (Vec::new(), Vec::new());
    let mut now_secs = 0.2;
    for (word, spelled) in TEXT.split(' ').zip(PHONES) {
        let start_secs = now_secs;
        for phone in spelled {
            phones.push(TimedPhone {
                phone: (*phone).to_owned(),
                start_secs: now_secs,
                end_secs: now_secs + PHONE_SECS,
            });
            now_secs += PHONE_SECS;
        }
        words.push(TimedWord {
            text: word.to_owned(),
            start_secs,
            end_secs: now_secs,
        });
    }
    let frames = ((now_secs + 0.2) * 25.0).round() as usize;
    let loudness = |secs: f64| {
        let word = (words.iter()).find(|word| (word.start_secs..word.end_secs).contains(&secs));
        word.map_or(0.0, |word| {
            let share = (secs - word.start_secs) / (word.end_secs - word.start_secs);
            (share * std::f64::consts::PI).sin()
        })
    };
    let samples = (0..frames * SAMPLES_PER_FRAME).map(|sample| {
        let secs = sample as f64 / f64::from(SAMPLE_RATE_HZ);
        let tone = (secs * 140.0 * std::f64::consts::TAU).sin();
        (0.5 * loudness(secs) * tone) as f32
    });
    let mouth = (0..frames).map(|frame| MouthFrame {
        lower_lip: [0.0, 0.1 * loudness(frame as f64 / 25.0) as f32, 0.0],
        ..MouthFrame::default()
    });
    let mut chunk = SpeechChunk::new(samples.collect(), mouth.collect(), 1.0);
    chunk.words = words.clone();
    chunk.phones = phones;
    let mut take = Take::new(1, script, 0);
    take.add(&chunk);
    take.is_complete = true;
    take
}

//! Text to voice and mouth, and a recording to mouth, with the shipped weights.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::motion::MouthFrame;
use engine::speech::{LiveMouth, SAMPLES_PER_FRAME, SpeechError};
use engine::{Error, FlowSettings, SpeakRequest, SpeechChunk, Synthesizer, Voice};

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")
}

/// Few steps: these tests are about what holds at any quality.
fn synthesizer() -> Synthesizer {
    let settings = FlowSettings {
        steps: 3,
        guidance: Some(0.5),
        animation_steps: 2,
        ..FlowSettings::default()
    };
    Synthesizer::load(&models())
        .unwrap()
        .with_settings(settings)
}

fn request(text: &str) -> SpeakRequest {
    SpeakRequest {
        text: text.to_owned(),
        voice: Voice::Default,
        seed: 3,
        speed: 1.0,
    }
}

fn spoken(synthesizer: &Synthesizer, request: &SpeakRequest) -> Vec<SpeechChunk> {
    let mut chunks = Vec::new();
    synthesizer
        .speak(request, &|| false, &mut |chunk| {
            chunks.push(chunk);
            Ok(())
        })
        .unwrap();
    chunks
}

/// How far the lips are apart: lower lip against upper.
fn opening(mouth: &MouthFrame) -> f64 {
    f64::from(mouth.lip_gap())
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        a.iter()
            .zip(b)
            .map(|(a, b)| f(a - mean_a, b - mean_b))
            .sum()
    };
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

#[test]
fn speech_comes_in_order_and_whole() {
    let synthesizer = synthesizer();
    let text = "Good morning. Bob may pay for the map!\n\nThen we go home, and that is all.";
    let chunks = spoken(&synthesizer, &request(text));
    assert!(chunks.len() > 1);
    assert_eq!(chunks.last().unwrap().fraction_done, 1.0);
    assert!(
        chunks
            .windows(2)
            .all(|pair| pair[0].fraction_done < pair[1].fraction_done)
    );
    for chunk in &chunks {
        assert_eq!(chunk.samples.len(), chunk.mouth.len() * SAMPLES_PER_FRAME);
        assert!(chunk.samples.iter().all(|sample| sample.is_finite()));
        let power = chunk.samples.iter().map(|s| s * s).sum::<f32>() / chunk.samples.len() as f32;
        assert!(power.sqrt() > 0.005, "silence: {power}");
        assert!(
            chunk
                .mouth
                .iter()
                .flat_map(|mouth| mouth.values())
                .all(|delta| delta.abs() < 1.0)
        );
    }
    let length: usize = chunks.iter().map(|chunk| chunk.samples.len()).sum();
    let words: Vec<_> = chunks.iter().flat_map(|chunk| &chunk.words).collect();
    let written: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(
        written.join(" "),
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    assert!(words.iter().all(|word| word.start_secs < word.end_secs));
    assert!(
        words
            .windows(2)
            .all(|pair| pair[0].end_secs <= pair[1].start_secs + 1e-9)
    );
    assert!(words.last().unwrap().end_secs <= length as f64 / 24_000.0);

    // The mouth does what the words say: lips meet in the middle of b, m and p, and part in open vowels.
    let mouth: Vec<&MouthFrame> = chunks.iter().flat_map(|chunk| &chunk.mouth).collect();
    let mean_opening = |wanted: &str| {
        let phones = chunks.iter().flat_map(|chunk| &chunk.phones);
        let at: Vec<f64> = phones
            .filter(|phone| wanted.contains(phone.phone.trim_start_matches(['ˈ', 'ˌ'])))
            .map(|phone| (phone.start_secs + phone.end_secs) / 2.0)
            .map(|secs| opening(mouth[((secs * 25.0) as usize).min(mouth.len() - 1)]))
            .collect();
        assert!(!at.is_empty(), "no {wanted}");
        at.iter().sum::<f64>() / at.len() as f64
    };
    let (shut, open) = (mean_opening("bmp"), mean_opening("ɑAæ"));
    assert!(open > shut + 0.02, "open {open}, shut {shut}");

    // Equal seeds say the same again, to the bit.
    let again = spoken(&synthesizer, &request(text));
    assert_eq!(again, chunks);

    // The same sound given as a recording moves the mouth alike.
    let samples: Vec<f32> = chunks
        .iter()
        .flat_map(|chunk| chunk.samples.clone())
        .collect();
    let mut animated = Vec::new();
    let mut last = 0.0;
    synthesizer
        .animate(&samples, 0, &|| false, &mut |frames, done| {
            animated.extend(frames);
            assert!(done > last);
            last = done;
            Ok(())
        })
        .unwrap();
    assert_eq!(last, 1.0);
    assert_eq!(animated.len(), mouth.len());
    let generated: Vec<f64> = mouth.iter().map(|frame| opening(frame)).collect();
    let followed: Vec<f64> = animated.iter().map(opening).collect();
    let r = correlation(&generated, &followed);
    println!("shut {shut:.3} open {open:.3}, speech against its own recording: r = {r:.3}");
    // Other noise on both sides and few steps: likeness, not identity. Against a target it is above 0.9 (models/recipe).
    assert!(r > 0.4, "r = {r}");
    println!("{:?}", synthesizer.timings());
}

#[test]
fn of_a_line_of_one_word_only_that_word_is_heard() {
    let synthesizer = synthesizer();
    let chunks = spoken(&synthesizer, &request("Apple"));
    let [chunk] = chunks.as_slice() else {
        panic!("{} pieces", chunks.len());
    };
    let [word] = chunk.words.as_slice() else {
        panic!("{:?}", chunk.words);
    };
    assert_eq!(word.text, "Apple");
    assert_eq!(chunk.phones[0].phone, "ˈæ");
    // As long as the word, of which nothing is heard before it.
    let secs = chunk.samples.len() as f64 / 24_000.0;
    assert!((0.6..1.6).contains(&secs), "{secs} s");
    assert!((0.15..0.35).contains(&word.start_secs), "{word:?}");
    let level = |from_secs: f64, until_secs: f64| {
        let range = (from_secs * 24_000.0) as usize..(until_secs * 24_000.0) as usize;
        let count = range.len() as f32;
        (chunk.samples[range].iter().map(|s| s * s).sum::<f32>() / count).sqrt()
    };
    let (before, spoken) = (level(0.0, 0.1), level(word.start_secs, word.end_secs));
    assert!(before < 0.03 * spoken, "{before} before {spoken}");
    assert!(opening(&chunk.mouth[0]) < 0.02, "{:?}", chunk.mouth[0]);
    assert_eq!(chunk.samples.len(), chunk.mouth.len() * SAMPLES_PER_FRAME);
}

#[test]
fn pieces_of_an_utterance_join_without_a_seam() {
    let pieces_from = |first_piece_secs| {
        let settings = FlowSettings {
            steps: 3,
            guidance: Some(0.5),
            first_piece_secs,
            ..FlowSettings::default()
        };
        let synthesizer = Synthesizer::load(&models()).unwrap();
        let text = "The old man who lived by the river told us a story about a boat, a storm and a light, \
                    and nobody wanted to leave before it was over.";
        spoken(&synthesizer.with_settings(settings), &request(text))
    };
    let (pieces, whole) = (
        pieces_from(0.8),
        pieces_from(FlowSettings::for_files().first_piece_secs),
    );
    assert!(pieces.len() >= 3 && whole.len() == 1);
    assert!(pieces[0].samples.len() < 24_000);
    let joined: Vec<f32> = pieces.iter().flat_map(|p| p.samples.clone()).collect();
    let mouth: Vec<MouthFrame> = pieces.iter().flat_map(|p| p.mouth.clone()).collect();
    // The melody and the clock are those of the whole.
    assert_eq!(joined.len(), whole[0].samples.len());
    assert_eq!(mouth.len(), whole[0].mouth.len());
    let words: Vec<_> = pieces.iter().flat_map(|p| p.words.clone()).collect();
    let phones: Vec<_> = pieces.iter().flat_map(|p| p.phones.clone()).collect();
    assert_eq!(words, whole[0].words);
    assert_eq!(phones, whole[0].phones);
    let largest_step = |x: &[f32]| {
        let steps = x.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        steps.fold(0f32, f32::max)
    };
    let level = |x: &[f32]| (x.iter().map(|s| s * s).sum::<f32>() / x.len() as f32).sqrt();
    let mouth_step = |at: usize| (opening(&mouth[at]) - opening(&mouth[at - 1])).abs();
    let largest_mouth_step = (1..mouth.len()).map(mouth_step).fold(0.0, f64::max);
    let mut joint = 0;
    for piece in &pieces[..pieces.len() - 1] {
        joint += piece.samples.len();
        // No click: the step over the joint is like those on either side of it.
        let (before, after) = (&joined[joint - 480..joint], &joined[joint..joint + 480]);
        let step = (joined[joint] - joined[joint - 1]).abs();
        let usual = largest_step(before).max(largest_step(after));
        assert!(step <= 1.2 * usual, "{step} against {usual}");
        // Neither louder nor softer than the utterance made whole, within what other noise makes.
        let place = joint - 4800..joint + 7200;
        let ratio = level(&joined[place.clone()]) / level(&whole[0].samples[place]);
        assert!((0.5..2.0).contains(&ratio), "level {ratio} of the whole");
        let frame = joint / SAMPLES_PER_FRAME;
        assert!(mouth_step(frame) <= 0.8 * largest_mouth_step + 0.01);
    }
}

#[test]
fn long_recordings_come_in_windows_and_odd_ones_too() {
    let synthesizer = synthesizer();
    for samples in [1usize, 959, 24_000 * 13] {
        let sound: Vec<f32> = (0..samples)
            .map(|i| 0.1 * (i as f32 * 0.06).sin())
            .collect();
        let mut frames = 0;
        let mut pieces = 0;
        synthesizer
            .animate(&sound, 1, &|| false, &mut |mouth, _| {
                frames += mouth.len();
                pieces += 1;
                Ok(())
            })
            .unwrap();
        assert_eq!(frames, samples.div_ceil(SAMPLES_PER_FRAME));
        assert_eq!(pieces, if samples > 24_000 * 12 { 2 } else { 1 });
    }
    let unusable = synthesizer.animate(&[f32::NAN], 1, &|| false, &mut |_, _| Ok(()));
    assert!(matches!(
        unusable,
        Err(Error::Speech(SpeechError::NotFinite))
    ));
}

#[test]
fn speech_stops_when_asked_and_says_what_is_wrong() {
    let synthesizer = synthesizer();
    let asked = AtomicUsize::new(0);
    let cancelled = || asked.fetch_add(1, Ordering::Relaxed) >= 2;
    let stopped = synthesizer.speak(&request("One two three."), &cancelled, &mut |_| {
        panic!("nothing is ready after two steps")
    });
    assert!(matches!(stopped, Err(Error::Cancelled)));

    let refused = synthesizer.speak(&request("One."), &|| false, &mut |_| Err(Error::Cancelled));
    assert!(matches!(refused, Err(Error::Cancelled)));

    let wrong_voice = SpeakRequest {
        voice: Voice::Named("nobody".to_owned()),
        ..request("One.")
    };
    let wrong_speed = SpeakRequest {
        speed: f32::NAN,
        ..request("One.")
    };
    let refused = |request: &SpeakRequest| {
        let refused = synthesizer.speak(request, &|| false, &mut |_| Ok(()));
        refused.unwrap_err()
    };
    assert!(matches!(
        refused(&wrong_voice),
        Error::Speech(SpeechError::UnknownVoice { name, .. }) if name == "nobody"
    ));
    assert!(matches!(
        refused(&wrong_speed),
        Error::Speech(SpeechError::Speed { max: 2.0, .. })
    ));
    assert!(matches!(refused(&request("  ")), Error::Text(_)));
    let missing = Synthesizer::load(Path::new("no/such/folder"));
    assert!(matches!(missing, Err(Error::WeightsMissing { .. })));
}

#[test]
fn sound_that_comes_in_gets_its_mouth_shortly_after() {
    let synthesizer = synthesizer();
    let chunks = spoken(&synthesizer, &request("Bob may pay for the map."));
    let mut sound: Vec<f32> = chunks.into_iter().flat_map(|chunk| chunk.samples).collect();
    let whole = sound.len();
    // Half a frame that never becomes a whole one is left out.
    sound.extend([0.0; SAMPLES_PER_FRAME / 2]);
    let mut live = LiveMouth::new(&synthesizer, 2);
    let (mut samples, mut frames, mut accents) = (Vec::<f32>::new(), 0, 0);
    for piece in sound.chunks(700) {
        live.samples().extend_from_slice(piece);
        while let Some(chunk) = live.next(false, &|| false).unwrap() {
            assert_eq!(chunk.samples.len(), chunk.mouth.len() * SAMPLES_PER_FRAME);
            frames += chunk.mouth.len();
            samples.extend(chunk.samples.iter());
            accents += chunk.accents.len();
        }
        // What is no longer needed is forgotten: 1.6 s of context, a step of 0.32 s and the 0.08 s that wait.
        assert!(live.samples().len() < 24_000 * 21 / 10 + 700);
        assert_eq!(live.frames(), frames);
    }
    let last = live.next(true, &|| false).unwrap().unwrap();
    samples.extend(last.samples.iter());
    assert!(live.next(true, &|| false).unwrap().is_none());
    assert_eq!(samples, sound[..whole]);
    assert_eq!(frames + last.mouth.len(), whole / SAMPLES_PER_FRAME);
    assert_eq!(accents + last.accents.len(), whole / SAMPLES_PER_FRAME);
    let mut stopped = LiveMouth::new(&synthesizer, 2);
    stopped.samples().extend_from_slice(&sound);
    let error = stopped.next(true, &|| true).unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error}");
}

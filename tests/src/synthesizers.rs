//! Two synthesizers on different backends beside each other.

use engine::motion::MouthFrame;
use engine::{SpeakRequest, Synthesizer, Voice};

/// Least correlation of the sound.
const MIN_CORRELATION: f64 = 0.999;
/// Largest distance of a mouth's coordinate, canonical units.
const MAX_MOUTH_DISTANCE: f32 = 1e-3;

/// Fails unless both speak `text` alike, and move the mouth alike for what was spoken, of which at most `max_heard_samples` are taken.
///
/// # Panics
/// When one cannot speak, or they differ.
pub fn assert_alike(one: &Synthesizer, other: &Synthesizer, text: &str, max_heard_samples: usize) {
    let [(samples, mouth), (samples_too, mouth_too)] = [one, other].map(|it| spoken(it, text));
    let correlation = correlation(&samples, &samples_too);
    let apart = mouths_apart(&mouth, &mouth_too);
    println!("correlation {correlation}, mouths {apart:.1e} apart");
    assert!(correlation >= MIN_CORRELATION, "{correlation}");
    assert!(apart <= MAX_MOUTH_DISTANCE, "{apart}");

    let heard = &samples[..samples.len().min(max_heard_samples)];
    let [mouth, mouth_too] = [one, other].map(|it| animated(it, heard));
    let apart = mouths_apart(&mouth, &mouth_too);
    println!("animated mouths {apart:.1e} apart");
    assert!(apart <= MAX_MOUTH_DISTANCE, "{apart}");
}

fn spoken(synthesizer: &Synthesizer, text: &str) -> (Vec<f32>, Vec<MouthFrame>) {
    let request = SpeakRequest {
        text: text.to_owned(),
        voice: Voice::Default,
        seed: 4,
        speed: 1.0,
    };
    let (mut samples, mut mouth) = (Vec::new(), Vec::new());
    synthesizer
        .speak(&request, &|| false, &mut |chunk| {
            samples.extend(chunk.samples);
            mouth.extend(chunk.mouth);
            Ok(())
        })
        .expect("a sentence can be spoken");
    (samples, mouth)
}

fn animated(synthesizer: &Synthesizer, heard: &[f32]) -> Vec<MouthFrame> {
    let mut mouth = Vec::new();
    synthesizer
        .animate(heard, 9, &|| false, &mut |frames, _| {
            mouth.extend(frames);
            Ok(())
        })
        .expect("speech moves the mouth");
    mouth
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let product = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

fn mouths_apart(a: &[MouthFrame], b: &[MouthFrame]) -> f32 {
    assert_eq!(a.len(), b.len());
    let values =
        |mouth: &[MouthFrame]| -> Vec<f32> { mouth.iter().flat_map(MouthFrame::values).collect() };
    let pairs = values(a).into_iter().zip(values(b));
    pairs.fold(0.0, |worst: f32, (a, b)| worst.max((a - b).abs()))
}

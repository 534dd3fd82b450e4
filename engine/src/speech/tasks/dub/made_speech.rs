//! Speech that was made from a text knows when each of its phones sounds.

use super::{Speech, spoken};
use crate::Result;
use crate::motion::MouthFrame;
use crate::speech::{SpeechError, TimedPhone};
use crate::text::FrontEnd;

/// The speech that was made from `text`, with the phones that it was handed on with.
pub fn speech(
    front_end: &FrontEnd,
    text: &str,
    phones: &[TimedPhone],
    samples: Vec<f32>,
    mouth: Vec<MouthFrame>,
) -> Result<Speech> {
    let tokenizer = front_end.tokenizer();
    let mut aligned = spoken(front_end, text)?;
    let mut said = phones.iter();
    let (mut end_secs, mut silences) = (0.0, 0usize);
    let mut ends_secs = Vec::with_capacity(aligned.tokens.len());
    let pause = |ends_secs: &mut Vec<f64>, silences: usize, from: f64, to: f64| {
        for i in 1..=silences {
            ends_secs.push(from + (to - from).max(0.0) * i as f64 / silences as f64);
        }
    };
    for &token in &aligned.tokens {
        if tokenizer.is_silence(token) {
            silences += 1;
            continue;
        }
        let phone = said
            .next()
            .filter(|phone| tokenizer.text(token).as_ref() == Some(&phone.phone))
            .ok_or(SpeechError::PhonesDiffer)?;
        pause(&mut ends_secs, silences, end_secs, phone.start_secs);
        silences = 0;
        end_secs = phone.end_secs.max(end_secs);
        ends_secs.push(end_secs);
    }
    let length_secs = samples.len() as f64 / f64::from(crate::audio::SAMPLE_RATE_HZ);
    pause(&mut ends_secs, silences, end_secs, length_secs);
    aligned.ends_secs = ends_secs;
    Ok(Speech {
        samples,
        mouth,
        aligned,
    })
}

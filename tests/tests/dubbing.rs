//! Some words of a speech become other words, and all the rest stays.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use engine::motion::MouthFrame;
use engine::speech::SAMPLES_PER_FRAME;
use engine::{
    AlignedSpeech, Dubbed, Edit, Error, Reference, SpanLength, SpeakRequest, Speech, Synthesizer,
    Task, Voice,
};

const TEXT: &str = "We met in the old house on Monday. Nobody knew the way, so we walked.";

fn synthesizer() -> Synthesizer {
    Synthesizer::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")).unwrap()
}

fn take(synthesizer: &Synthesizer, text: &str) -> Speech {
    let request = SpeakRequest {
        text: text.to_owned(),
        voice: Voice::Default,
        seed: 3,
        speed: 1.0,
    };
    let (mut samples, mut mouth, mut phones) = (Vec::new(), Vec::new(), Vec::new());
    synthesizer
        .speak(&request, &|| false, &mut |chunk| {
            samples.extend(chunk.samples);
            mouth.extend(chunk.mouth);
            phones.extend(chunk.phones);
            Ok(())
        })
        .unwrap();
    synthesizer.speech(text, &phones, samples, mouth).unwrap()
}

fn edit(speech: &Speech, text: &str) -> Edit {
    Edit {
        speech: speech.clone(),
        text: text.to_owned(),
        again: None,
        length: SpanLength::Free,
        voice: Some("af_heart".to_owned()),
        seed: 5,
    }
}

/// Dubs, and checks what holds for every edit.
#[track_caller]
fn dubbed(synthesizer: &Synthesizer, edit: &Edit) -> Dubbed {
    let dubbed = synthesizer.dub(edit, &|| false).unwrap();
    let (old, new) = (&edit.speech, &dubbed.speech);
    let longer = new.samples.len() as isize - old.samples.len() as isize;
    assert_eq!(longer % SAMPLES_PER_FRAME as isize, 0);
    assert_eq!(
        new.mouth.len(),
        new.samples.len().div_ceil(SAMPLES_PER_FRAME)
    );
    let peak = new.samples.iter().fold(0f32, |peak, x| peak.max(x.abs()));
    assert!(peak < 1.5, "{peak}");
    // Every sample and frame outside the changes is an old one, to the bit.
    let mut kept_samples = old.samples.as_slice();
    let mut kept_frames = old.mouth.as_slice();
    let outside = gaps(&dubbed.changed, new.samples.len());
    for (number, range) in outside.iter().enumerate() {
        let is_last = number + 1 == outside.len();
        let sound = &new.samples[range.clone()];
        let frames = range.start.div_ceil(SAMPLES_PER_FRAME)
            ..range.end.div_ceil(SAMPLES_PER_FRAME).min(new.mouth.len());
        let mouth = &new.mouth[frames];
        if number == 0 {
            assert_eq!(&kept_samples[..sound.len()], sound);
            assert_eq!(&kept_frames[..mouth.len()], mouth);
        } else if is_last {
            assert_eq!(&kept_samples[kept_samples.len() - sound.len()..], sound);
            assert_eq!(&kept_frames[kept_frames.len() - mouth.len()..], mouth);
        } else if sound.len() > 100 {
            let at = kept_samples.windows(sound.len()).position(|it| it == sound);
            kept_samples = &kept_samples[at.unwrap()..];
            let at = kept_frames.windows(mouth.len()).position(|it| it == mouth);
            kept_frames = &kept_frames[at.unwrap()..];
        }
    }
    // The words are those of the text, in order, within the sound.
    let aligned = &new.aligned;
    let written: Vec<&str> = aligned
        .words
        .iter()
        .map(|word| word.text.as_str())
        .collect();
    assert_eq!(written.join(" "), edit.text);
    for (word, text) in aligned.words.iter().zip(&written) {
        assert_eq!(&&edit.text[word.written.clone()], text);
    }
    assert_eq!(aligned.tokens.len(), aligned.ends_secs.len());
    assert!(aligned.ends_secs.is_sorted(), "{:?}", aligned.ends_secs);
    assert!(aligned.duration_secs() <= new.samples.len() as f64 / 24_000.0 + 0.1);
    dubbed
}

fn gaps(changed: &[Range<usize>], length: usize) -> Vec<Range<usize>> {
    let mut gaps = Vec::new();
    let mut at = 0;
    for range in changed {
        gaps.push(at..range.start);
        at = range.end;
    }
    gaps.push(at..length);
    gaps
}

#[test]
fn only_what_changed_is_made_anew() {
    let synthesizer = synthesizer();
    let speech = take(&synthesizer, TEXT);
    let same = dubbed(&synthesizer, &edit(&speech, TEXT));
    assert_eq!(same.speech, speech);
    assert!(same.changed.is_empty());

    let one = dubbed(
        &synthesizer,
        &edit(&speech, &TEXT.replace("old", "beautiful")),
    );
    assert_eq!(one.changed.len(), 1);
    assert!(one.speech.samples.len() > speech.samples.len());
    let word = one
        .speech
        .aligned
        .words
        .iter()
        .position(|word| word.text == "beautiful");
    let (start, end) = one.speech.aligned.word_secs(word.unwrap());
    let changed = one.changed[0].start as f64 / 24e3..one.changed[0].end as f64 / 24e3;
    assert!(
        changed.start <= start + 0.02 && end <= changed.end + 0.02,
        "{changed:?} {start} {end}"
    );
    assert!(changed.end - changed.start < end - start + 0.4);
    // The same again is the same to the bit.
    let again = synthesizer.dub(&edit(&speech, &TEXT.replace("old", "beautiful")), &|| false);
    assert_eq!(again.unwrap(), one);

    // A sentence is said again: the same words, but another sound, and nothing else changes.
    let mut again = edit(&speech, TEXT);
    again.again = Some(0..TEXT.find(" Nobody").unwrap());
    let said_again = dubbed(&synthesizer, &again);
    assert_eq!(said_again.changed.len(), 1);
    let nobody = said_again.speech.aligned.words.iter();
    let nobody = nobody
        .clone()
        .position(|word| word.text == "Nobody")
        .unwrap();
    let (nobody_secs, _) = said_again.speech.aligned.word_secs(nobody);
    let end_secs = said_again.changed[0].end as f64 / 24e3;
    assert!((nobody_secs - 0.6..nobody_secs + 0.02).contains(&end_secs));

    // Deleted, added, at the beginning, at the end, twice, everything.
    let shorter = dubbed(&synthesizer, &edit(&speech, &TEXT.replace("old ", "")));
    assert!(shorter.speech.samples.len() < speech.samples.len());
    for (from, to) in [
        ("in the old", "in the very old"),
        ("We met", "They met"),
        ("We met", "Yesterday we met"),
        ("so we walked.", "so we waited."),
        ("so we walked.", "so we walked home."),
        ("so we walked.", "so we."),
        ("We met in the", "In the"),
        ("Monday. Nobody knew the way, so we", "Monday. So we"),
        ("house on Monday.", "house."),
        ("Monday.", "Monday?"),
    ] {
        let made = dubbed(&synthesizer, &edit(&speech, &TEXT.replace(from, to)));
        assert_eq!(made.changed.len(), 1, "{from} {to}");
    }
    let twice = TEXT.replace("old", "blue").replace("knew", "told us");
    assert_eq!(
        dubbed(&synthesizer, &edit(&speech, &twice)).changed.len(),
        2
    );
    let whole = dubbed(&synthesizer, &edit(&speech, "Good morning to everybody!"));
    assert_eq!(whole.changed.len(), 1);
    // Of the take itself nothing stays but the quiet at its ends.
    let words = &whole.speech.aligned.words;
    let (start, _) = whole.speech.aligned.word_secs(0);
    let (_, end) = whole.speech.aligned.word_secs(words.len() - 1);
    assert!(whole.changed[0].start as f64 <= (start + 0.02) * 24e3);
    assert!(whole.changed[0].end as f64 >= (end - 0.02) * 24e3);
}

#[test]
fn a_kept_length_is_kept() {
    let synthesizer = synthesizer();
    let speech = take(&synthesizer, TEXT);
    for (from, to) in [
        ("old", "new"),
        ("old ", ""),
        ("old house", "green garden"),
        ("so we walked.", "so we."),
    ] {
        let mut edit = edit(&speech, &TEXT.replace(from, to));
        edit.length = SpanLength::Kept;
        let made = dubbed(&synthesizer, &edit);
        assert_eq!(
            made.speech.samples.len(),
            speech.samples.len(),
            "{from} {to}"
        );
    }
    let mut edit = edit(&speech, &TEXT.replace("old", "extraordinarily complicated"));
    edit.length = SpanLength::Kept;
    let error = synthesizer.dub(&edit, &|| false).unwrap_err();
    assert!(error.to_string().contains("does not fit"), "{error}");
}

#[test]
fn a_voice_that_is_not_in_the_table_is_told_by_what_is_there() {
    let synthesizer = synthesizer();
    let speech = take(&synthesizer, "It was a long day.");
    for text in ["It was a short day.", "Nothing is the same."] {
        let mut edit = edit(&speech, text);
        edit.voice = None;
        dubbed(&synthesizer, &edit);
    }
}

#[test]
fn a_long_change_is_made_in_pieces() {
    let synthesizer = synthesizer();
    let speech = take(
        &synthesizer,
        "It begins here, in the middle of it all, and it ends there.",
    );
    let long = "we went on and on through the fields and over the hills ".repeat(8);
    let made = dubbed(
        &synthesizer,
        &edit(
            &speech,
            &format!("It begins here, {long}and it ends there."),
        ),
    );
    assert!(made.speech.samples.len() > 20 * 24_000);
    let power = |samples: &[f32]| samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32;
    for second in made.speech.samples.chunks_exact(24_000) {
        assert!(power(second).sqrt() > 0.005);
    }
}

#[test]
fn a_text_is_spoken_in_the_voice_of_a_reference() {
    let synthesizer = synthesizer();
    let mut speech = take(
        &synthesizer,
        "I was born in a small town, and I still like to live there.",
    );
    // Somewhat longer than 3 s and not whole steps of anything.
    speech.samples.truncate(90_000);
    let reference = Reference::new(speech.samples.clone(), speech.aligned.clone()).unwrap();
    let request = SpeakRequest {
        text: "Good morning. This is said by somebody else, in several parts, so that they have to fit.".to_owned(),
        voice: Voice::Reference(Arc::new(reference.clone())),
        seed: 1,
        speed: 1.0,
    };
    let task = Task::Speak(request.clone());
    assert!(task.remark().unwrap().contains("permission"));
    let mut chunks = Vec::new();
    synthesizer
        .perform(&task, &|| false, &mut |chunk| {
            chunks.push(chunk);
            Ok(())
        })
        .unwrap();
    let secs = chunks
        .iter()
        .map(|chunk| chunk.samples.len())
        .sum::<usize>() as f64
        / 24e3;
    assert!((3.0..9.0).contains(&secs), "{secs}");
    assert_eq!(chunks[0].words[0].text, "Good");
    for chunk in &chunks {
        assert_eq!(chunk.mouth.len() * SAMPLES_PER_FRAME, chunk.samples.len());
        let power = chunk.samples.iter().map(|x| x * x).sum::<f32>() / chunk.samples.len() as f32;
        assert!(power.sqrt() > 0.005);
    }

    let refused = |samples: Vec<f32>, aligned: &AlignedSpeech| {
        let error = Reference::new(samples, aligned.clone()).unwrap_err();
        assert!(matches!(error, Error::Speech(_)));
        error.to_string()
    };
    assert!(refused(vec![0.1; 24_000], &speech.aligned).contains("is 1.0 s long"));
    assert!(refused(vec![0.1; 24_000 * 30], &speech.aligned).contains("is 30.0 s long"));
    assert!(refused(vec![0.0; 24_000 * 5], &speech.aligned).contains("hardly any speech"));
    assert!(refused(vec![f32::NAN; 24_000 * 5], &speech.aligned).contains("invalid samples"));
    assert!(refused(speech.samples.clone(), &AlignedSpeech::default()).contains("no transcript"));
}

#[test]
fn a_text_is_spoken_in_time_with_a_silent_mouth() {
    let synthesizer = synthesizer();
    let text = "Bob may pay for the map. We open a box of apples.";
    let speech = take(&synthesizer, text);
    // The same mouth, slower by a quarter.
    let slower: Vec<MouthFrame> = (0..speech.mouth.len() * 5 / 4)
        .map(|frame| speech.mouth[frame * 4 / 5])
        .collect();
    let request = SpeakRequest {
        text: text.to_owned(),
        voice: Voice::Named("am_adam".to_owned()),
        seed: 9,
        speed: 1.0,
    };
    let spoken = synthesizer.follow(&request, &slower, &|| false).unwrap();
    assert_eq!(spoken.mouth, slower);
    assert_eq!(spoken.samples.len(), slower.len() * SAMPLES_PER_FRAME);
    // The words come where the mouth that was taken said them.
    for word in 0..spoken.aligned.words.len() {
        let (start, end) = spoken.aligned.word_secs(word);
        let (wanted_start, wanted_end) = speech.aligned.word_secs(word);
        assert!(
            (start - 1.25 * wanted_start).abs() < 0.15,
            "{word}: {start} {wanted_start}"
        );
        assert!(
            (end - 1.25 * wanted_end).abs() < 0.15,
            "{word}: {end} {wanted_end}"
        );
    }
    let power = spoken.samples.iter().map(|x| x * x).sum::<f32>() / spoken.samples.len() as f32;
    assert!(power.sqrt() > 0.01);
    for mouth in [&slower[..0], &slower[..10]] {
        let error = synthesizer.follow(&request, mouth, &|| false).unwrap_err();
        assert!(matches!(error, Error::Speech(_)), "{error}");
    }
}

#[test]
fn speech_that_does_not_hold_together_is_refused() {
    let synthesizer = synthesizer();
    let speech = take(&synthesizer, "It was a long day.");
    let refused = |speech: Speech, text: &str| {
        let error = synthesizer
            .dub(&edit(&speech, text), &|| false)
            .unwrap_err();
        assert!(
            matches!(error, Error::Text(_) | Error::Speech(_)),
            "{error}"
        );
        error.to_string()
    };
    assert!(refused(speech.clone(), " ").contains("nothing to say"));
    assert!(refused(Speech::default(), "Hello.").contains("no words"));
    let mut broken = speech.clone();
    broken.samples[7] = f32::NAN;
    assert!(refused(broken, "It was.").contains("invalid samples"));
    let mut broken = speech.clone();
    broken.mouth.pop();
    assert!(refused(broken, "It was.").contains("differ in length"));
    let mut broken = speech.clone();
    broken.aligned.ends_secs.reverse();
    assert!(refused(broken, "It was.").contains("align"));
    let mut unknown = edit(&speech, "It was a short day.");
    unknown.voice = Some("nobody".to_owned());
    assert!(synthesizer.dub(&unknown, &|| false).is_err());
    let stopped = synthesizer.dub(&edit(&speech, "It was a short day."), &|| true);
    assert!(matches!(stopped.unwrap_err(), Error::Cancelled));
    assert!(
        synthesizer
            .speech("Other words.", &[], Vec::new(), Vec::new())
            .is_err()
    );
}

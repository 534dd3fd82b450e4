//! The 15 visemes of Oculus (Meta's lip sync, and with it many avatars): from phones with their times, or from the mouth where
//! the words of a recording are not known.

use engine::TimedPhone;

use super::blend_shapes::{BlendShape, Weights};

/// Their names, in the order of files.
pub const NAMES: [&str; 15] = [
    "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou",
];
const SIL: usize = 0;
const PP: usize = 1;
const AA: usize = 10;
const IH: usize = 12;
const OH: usize = 13;
const OU: usize = 14;

/// How long one viseme takes to give way to the next, half of it in each one's time, seconds.
const FADE_SECS: f64 = 0.05;
/// From which gap on lips count as apart, and as wide open, canonical units.
const APART: f32 = 0.015;
const WIDE: f32 = 0.12;
/// The jaw is lower than this in a closure between sounds, as a weight of `jawOpen`.
const CLOSURE_JAW: f32 = 0.05;

/// The visemes of a phone in misaki's alphabet, one after the other; none for what is no sound.
fn of_phone(phone: &str) -> &'static [&'static str] {
    let sound = phone.chars().find(|c| !"ˈˌː".contains(*c));
    match sound {
        Some('p' | 'b' | 'm') => &["PP"],
        Some('f' | 'v') => &["FF"],
        Some('θ' | 'ð') => &["TH"],
        Some('t' | 'd' | 'T' | 'ɾ') => &["DD"],
        Some('k' | 'ɡ' | 'ŋ' | 'h' | 'ʔ') => &["kk"],
        Some('ʃ' | 'ʒ' | 'ʧ' | 'ʤ') => &["CH"],
        Some('s' | 'z') => &["SS"],
        Some('n' | 'l') => &["nn"],
        Some('ɹ' | 'ɜ' | 'ɚ') => &["RR"],
        Some('a' | 'ɑ' | 'æ' | 'ʌ' | 'ɐ' | 'ə') => &["aa"],
        Some('ɛ' | 'e') => &["E"],
        Some('i' | 'ɪ' | 'j' | 'ᵻ' | 'ᵊ') => &["ih"],
        Some('ɔ' | 'ɒ') => &["oh"],
        Some('u' | 'ʊ' | 'w') => &["ou"],
        Some('A') => &["E", "ih"],
        Some('I') => &["aa", "ih"],
        Some('W') => &["aa", "ou"],
        Some('Y') => &["oh", "ih"],
        Some('O' | 'Q') => &["oh", "ou"],
        _ => &[],
    }
}

/// The first viseme of a phone, for lists of phones.
pub fn name_of_phone(phone: &str) -> &'static str {
    of_phone(phone).first().copied().unwrap_or(NAMES[SIL])
}

/// Weights of the visemes at a time; they add up to 1.
pub fn at(phones: &[TimedPhone], secs: f64) -> [f32; 15] {
    let mut weights = [0.0_f32; 15];
    // Phones come in the order of their times.
    let first = phones.partition_point(|phone| phone.end_secs + FADE_SECS <= secs);
    for phone in phones[first..]
        .iter()
        .take_while(|phone| phone.start_secs - FADE_SECS < secs)
    {
        let visemes = of_phone(&phone.phone);
        let part_secs = (phone.end_secs - phone.start_secs) / visemes.len().max(1) as f64;
        for (number, viseme) in visemes.iter().enumerate() {
            let start_secs = phone.start_secs + number as f64 * part_secs;
            let outside_secs = (start_secs - secs).max(secs - start_secs - part_secs);
            let weight = (0.5 - outside_secs / FADE_SECS).clamp(0.0, 1.0);
            if let Some(index) = NAMES.iter().position(|name| name == viseme) {
                weights[index] += weight as f32;
            }
        }
    }
    let sum: f32 = weights.iter().sum();
    if sum > 1.0 {
        weights.iter_mut().for_each(|weight| *weight /= sum);
    } else {
        weights[SIL] = 1.0 - sum;
    }
    weights
}

/// The same read off the mouth: silence, shut lips and vowels are all that a mouth tells.
pub fn of_mouth(weights: &Weights, lip_gap: f32) -> [f32; 15] {
    let jaw = weights.get(BlendShape::JawOpen);
    let round = weights.get(BlendShape::MouthFunnel) + weights.get(BlendShape::MouthPucker);
    let speaks = (lip_gap / APART).clamp(0.0, 1.0);
    let wide = (lip_gap / WIDE).clamp(0.0, 1.0);
    let round = round.clamp(0.0, 1.0);
    let mut visemes = [0.0; 15];
    visemes[if jaw > CLOSURE_JAW { PP } else { SIL }] = 1.0 - speaks;
    visemes[AA] = speaks * wide * (1.0 - round);
    visemes[IH] = speaks * (1.0 - wide) * (1.0 - round);
    visemes[OH] = speaks * wide * round;
    visemes[OU] = speaks * (1.0 - wide) * round;
    visemes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phones(of: &[(&str, f64, f64)]) -> Vec<TimedPhone> {
        let timed = of.iter().map(|&(phone, start_secs, end_secs)| TimedPhone {
            phone: phone.to_owned(),
            start_secs,
            end_secs,
        });
        timed.collect()
    }

    #[test]
    fn every_phone_that_is_spoken_has_a_viseme() {
        for phone in "AIOQWYaiuæɐɑɒɔəɛɜɪʊʌᵊᵻbdfhjklmnpstvwzðŋɡɹʃʒʤʧθT".chars()
        {
            let visemes = of_phone(&phone.to_string());
            assert!(!visemes.is_empty(), "{phone}");
            assert!(visemes.iter().all(|viseme| NAMES.contains(viseme)));
        }
        assert_eq!(name_of_phone("ˈæ"), "aa");
        assert_eq!(name_of_phone("?"), "sil");
    }

    #[test]
    fn visemes_follow_the_phones() {
        let said = phones(&[("m", 0.5, 0.6), ("ˈI", 0.6, 0.9)]);
        let weight = |secs: f64, name: &str| {
            let index = NAMES.iter().position(|other| *other == name).unwrap();
            at(&said, secs)[index]
        };
        assert_eq!(weight(0.2, "sil"), 1.0);
        assert!(weight(0.55, "PP") > 0.99);
        // Half-way from one to the other.
        assert!((weight(0.6, "PP") - 0.5).abs() < 1e-6);
        assert!(weight(0.68, "aa") > 0.9);
        assert!(weight(0.85, "ih") > 0.9);
        assert_eq!(weight(1.2, "sil"), 1.0);
    }

    proptest! {
        #[test]
        fn weights_add_up_to_one(
            lengths in prop::collection::vec(0.02_f64..0.3, 1..20),
            secs in -1.0_f64..7.0,
        ) {
            let mut start = 0.0;
            let said: Vec<TimedPhone> = lengths.iter().zip("pæfθtkʧsnɹAIɛiOuWYmə".chars()).map(|(length, phone)| {
                let timed = TimedPhone {
                    phone: phone.to_string(),
                    start_secs: start,
                    end_secs: start + length,
                };
                start += length;
                timed
            }).collect();
            let weights = at(&said, secs);
            prop_assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            prop_assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
        }

        #[test]
        fn a_mouth_without_words_has_visemes_that_add_up_to_one(
            all in prop::collection::vec(0.0_f32..1.0, 52),
            lip_gap in -0.05_f32..0.3,
        ) {
            let mut weights = Weights([0.0; 52]);
            weights.0.copy_from_slice(&all);
            let visemes = of_mouth(&weights, lip_gap);
            prop_assert!((visemes.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            prop_assert!(visemes.iter().all(|weight| (0.0..=1.0).contains(weight)));
        }
    }
}

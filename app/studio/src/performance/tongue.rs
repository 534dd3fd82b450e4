//! How far the tongue is raised: what is seen of it between the teeth follows from the phones that are said.

use engine::TimedPhone;
use engine::motion::FRAMES_PER_SECOND;

/// How long the tongue's tip takes up and down again, before and after its phone, seconds.
const TRAVEL_SECS: f64 = 0.07;

/// How far the tip is raised in a phone of misaki's alphabet, 0 to 1.
fn height(phone: &str) -> f32 {
    match phone.chars().find(|sign| !"ˈˌː".contains(*sign)) {
        Some('θ' | 'ð' | 'l') => 1.0,
        Some('n' | 'd' | 't' | 'T' | 'ɾ') => 0.9,
        Some('s' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ') => 0.6,
        Some('ɹ' | 'i' | 'j') => 0.35,
        _ => 0.0,
    }
}

/// How far it is raised in a frame of speech, 0 to 1; `phones` are in order.
pub fn tongue_raised(phones: &[TimedPhone], frame: usize) -> f32 {
    let secs = frame as f64 / FRAMES_PER_SECOND;
    let first = phones.partition_point(|phone| phone.end_secs + TRAVEL_SECS <= secs);
    phones[first..]
        .iter()
        .take_while(|phone| phone.start_secs - TRAVEL_SECS < secs)
        .map(|phone| {
            let away_secs = (phone.start_secs - secs).max(secs - phone.end_secs);
            let near = 1.0 - (away_secs / TRAVEL_SECS).clamp(0.0, 1.0) as f32;
            height(&phone.phone) * near * near * (3.0 - 2.0 * near)
        })
        .fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(phone: &str, start_secs: f64, end_secs: f64) -> TimedPhone {
        TimedPhone {
            phone: phone.to_owned(),
            start_secs,
            end_secs,
        }
    }

    #[test]
    fn it_rises_for_sounds_that_are_made_with_its_tip_and_no_others() {
        let phones = [
            phone("f", 0.0, 0.4),
            phone("ˈɑ", 0.4, 1.0),
            phone("l", 1.0, 1.2),
            phone("m", 1.2, 1.6),
        ];
        let heights: Vec<f32> = (0..50).map(|frame| tongue_raised(&phones, frame)).collect();
        // On the way from frame 24 on, there from 25 to 30.
        assert!(
            heights[..23]
                .iter()
                .chain(&heights[32..])
                .all(|&height| height == 0.0),
            "{heights:?}"
        );
        assert!(
            heights[25..=30].iter().all(|&height| height == 1.0),
            "{heights:?}"
        );
        assert!(heights[24] > 0.1 && heights[24] < 1.0);
        assert_eq!(tongue_raised(&[], 3), 0.0);
    }
}

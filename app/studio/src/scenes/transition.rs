//! Two pictures as one.

use super::Transition;

/// The picture at `part` of a transition, 0 to 1. It is left in `from`, RGBA rows like those of `to`; nothing comes after the last
/// scene.
pub(super) fn mix(transition: Transition, part: f32, from: &mut [u8], to: Option<&[u8]>) {
    match (transition, to) {
        (Transition::Cut, _) | (Transition::Crossfade { .. }, None) => {}
        (Transition::Crossfade { .. }, Some(to)) => {
            // Slow at both ends.
            let weight = weight(part * part * (3.0 - 2.0 * part));
            for (from, &to) in from.iter_mut().zip(to) {
                *from = between(*from, to, weight);
            }
        }
        (Transition::Black { .. }, None) => darken(from, 1.0 - part),
        (Transition::Black { .. }, Some(_)) if part < 0.5 => darken(from, 1.0 - 2.0 * part),
        (Transition::Black { .. }, Some(to)) => {
            from.copy_from_slice(to);
            darken(from, 2.0 * part - 1.0);
        }
    }
}

/// In 256ths.
fn weight(part: f32) -> u32 {
    (part.clamp(0.0, 1.0) * 256.0).round() as u32
}

fn between(from: u8, to: u8, weight: u32) -> u8 {
    let sum = u32::from(from) * (256 - weight) + u32::from(to) * weight;
    ((sum + 128) >> 8) as u8
}

fn darken(rgba: &mut [u8], light: f32) {
    let weight = weight(light);
    for pixel in rgba.chunks_exact_mut(4) {
        for channel in &mut pixel[..3] {
            *channel = between(0, *channel, weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(transition: Transition, part: f32, has_next: bool) -> Vec<u8> {
        let mut from = vec![200, 100, 0, 255];
        mix(
            transition,
            part,
            &mut from,
            has_next.then_some(&[0, 100, 200, 255]),
        );
        from
    }

    #[test]
    fn transitions_begin_with_one_picture_and_end_with_the_other() {
        let secs = 1.0;
        for transition in [Transition::Crossfade { secs }, Transition::Black { secs }] {
            assert_eq!(mixed(transition, 0.0, true), [200, 100, 0, 255]);
            assert_eq!(mixed(transition, 1.0, true), [0, 100, 200, 255]);
        }
        assert_eq!(
            mixed(Transition::Crossfade { secs }, 0.5, true),
            [100, 100, 100, 255]
        );
        assert_eq!(mixed(Transition::Black { secs }, 0.5, true), [0, 0, 0, 255]);
        assert_eq!(
            mixed(Transition::Black { secs }, 0.25, true),
            [100, 50, 0, 255]
        );
    }

    #[test]
    fn nothing_comes_after_the_last_scene() {
        let secs = 1.0;
        assert_eq!(
            mixed(Transition::Crossfade { secs }, 1.0, false),
            [200, 100, 0, 255]
        );
        assert_eq!(
            mixed(Transition::Black { secs }, 0.5, false),
            [100, 50, 0, 255]
        );
        assert_eq!(
            mixed(Transition::Black { secs }, 1.0, false),
            [0, 0, 0, 255]
        );
    }
}

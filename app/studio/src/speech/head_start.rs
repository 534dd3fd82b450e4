//! How much of a speech has to be there before it may be heard, if making it is slow and it must not stop in between.

/// Reserve for pieces that take longer than those before.
const RESERVE: f64 = 1.15;

/// Whether a speech that begins now is always ahead of its listener: `made_secs` of sound are there, each second takes `work` seconds
/// to make, and pieces of `later_secs` are still to come, each handed on when it is whole.
pub(super) fn is_enough(made_secs: f64, work: f64, later_secs: &[f64]) -> bool {
    let (mut heard_at, mut made_at) = (made_secs, 0.0);
    later_secs.iter().all(|&secs| {
        made_at += secs * work * RESERVE;
        let is_in_time = made_at <= heard_at;
        heard_at += secs;
        is_in_time
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fast_work_needs_no_head_start() {
        assert!(is_enough(3.0, 0.2, &[12.0, 12.0, 5.0]));
        // The second piece would come after 3.45 s.
        assert!(!is_enough(3.0, 0.25, &[12.0]));
        assert!(is_enough(0.0, 9.0, &[]));
    }

    #[test]
    fn slow_work_needs_most_of_the_sound() {
        assert!(!is_enough(4.0, 2.0, &[4.0, 4.0]));
        assert!(!is_enough(8.0, 2.0, &[4.0]));
        assert!(is_enough(8.0, 1.7, &[4.0]));
    }

    proptest! {
        #[test]
        fn more_sound_and_faster_work_never_hurt(
            made in 0.0..20.0, work in 0.0..3.0, later in prop::collection::vec(0.1..20.0, 0..6), more in 0.0..9.0,
        ) {
            if is_enough(made, work, &later) {
                prop_assert!(is_enough(made + more, work, &later));
                prop_assert!(is_enough(made, work / (1.0 + more), &later));
            }
        }
    }
}

//! Helpers that tests of several crates share.

pub mod portraits;
pub mod synthesizers;

use std::path::{Path, PathBuf};

/// A file beside the tests' reference scripts.
pub fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("reference")
        .join(name)
}

/// Fails with the largest excess and its index unless |actual − expected| ≤ `atol` + `rtol`·|expected| everywhere.
///
/// # Panics
/// When the lengths differ, a value is not finite, or the tolerance is exceeded.
#[track_caller]
pub fn assert_close(actual: &[f32], expected: &[f32], atol: f32, rtol: f32) {
    assert_eq!(actual.len(), expected.len(), "lengths differ");
    let mut worst = (f32::NEG_INFINITY, 0);
    for (i, (&a, &e)) in actual.iter().zip(expected).enumerate() {
        assert!(a.is_finite(), "value {i} is {a}");
        let excess = (a - e).abs() - atol - rtol * e.abs();
        if excess > worst.0 {
            worst = (excess, i);
        }
    }
    let (excess, i) = worst;
    assert!(
        excess <= 0.0,
        "value {i} is {} instead of {}, {excess} beyond the tolerance",
        actual[i],
        expected[i]
    );
}

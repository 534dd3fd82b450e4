//! Work that must not take the program down with it.

use crate::texts::text;

/// Runs a job, turning a panic inside a decoder or a network into an error, so that the program stays up.
pub fn shielded<T>(job: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(job))
        .unwrap_or_else(|_| Err(anyhow::anyhow!(text!("internal-error"))))
}

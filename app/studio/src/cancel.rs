//! Work that can be ended before it is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends work that somebody else does: one side cancels, the other asks now and then. Clones are the same token.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the work; there is no way back.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether the work should end.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// The engine's own error if the work should end, so that cancelling looks the same from every stage.
    ///
    /// # Errors
    /// [`engine::Error::Cancelled`].
    pub fn check(&self) -> engine::Result<()> {
        match self.is_cancelled() {
            true => Err(engine::Error::Cancelled),
            false => Ok(()),
        }
    }

    /// The flag itself, for signal handlers.
    pub fn flag(&self) -> &Arc<AtomicBool> {
        &self.0
    }
}

/// Whether an error means that the user ended the work, and not that something is wrong.
pub fn is_cancelled(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| matches!(cause.downcast_ref(), Some(engine::Error::Cancelled)))
}

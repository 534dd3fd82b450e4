//! Work that the user ended.

/// Whether an error means that the user asked to stop, and not that something is wrong.
pub fn is_cancelled(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| matches!(cause.downcast_ref(), Some(engine::Error::Cancelled)))
}

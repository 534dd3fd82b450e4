//! What a GPU fails with.

use std::sync::Arc;

/// Why a network could not run on the GPU.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The adapter gave no device.
    #[error("the graphics adapter {adapter} gave no compute device: {reason}")]
    Device {
        /// The adapter's name.
        adapter: String,
        /// What the driver said.
        reason: String,
    },
    /// The kernels do not cover this model, or the adapter does not cover the kernels.
    #[error("the GPU cannot run this model: {0}")]
    Unsupported(String),
    /// A tensor is missing or has another shape.
    #[error("{0}")]
    Weights(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The adapter has no memory left.
    #[error("the GPU has not enough memory: {0}")]
    OutOfMemory(String),
    /// The device is gone: driver reset, unplugged, or given back.
    #[error("the GPU stopped answering: {0}")]
    DeviceLost(String),
    /// The driver refused something that it should not.
    #[error("the GPU driver reported an error: {0}")]
    Driver(String),
    /// The plan does not fit the model.
    #[error("the plan does not fit the model: {0}")]
    Plan(String),
    /// What a network is given does not fit it.
    #[error("what the network is given does not fit it: {0}")]
    Input(String),
}

/// Result of this crate.
pub(crate) type Result<T> = std::result::Result<T, Error>;

//! What can go wrong when drawing, and what the user can do about it.

/// Why the renderer could not draw.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No Vulkan, DirectX 12, Metal or OpenGL adapter is present, or none has the name asked for.
    #[error(
        "no graphics adapter {wanted}; install a graphics driver (on Debian and Ubuntu the package `mesa-vulkan-drivers` \
         works without a graphics card) or unset {ADAPTER_VARIABLE}"
    )]
    NoAdapter {
        /// Which adapter was looked for, in words.
        wanted: String,
    },
    /// The adapter is there but gave no device.
    #[error(
        "the graphics adapter {adapter} refused to start ({reason}); choose another with {ADAPTER_VARIABLE}=<part of its name>"
    )]
    Device {
        /// The adapter's name.
        adapter: String,
        /// What the driver said.
        reason: String,
    },
    /// The portrait's data does not fit together.
    #[error(
        "the portrait cannot be drawn: {0}; analyse the picture again, and if that does not help, build the face rig again"
    )]
    Scene(String),
    /// The size asked for cannot be drawn.
    #[error(
        "cannot draw {width_px}x{height_px} pixels: choose a size between 16 and {limit_px} pixels a side"
    )]
    Size {
        /// Width asked for.
        width_px: u32,
        /// Height asked for.
        height_px: u32,
        /// Largest side that the adapter draws.
        limit_px: u32,
    },
    /// The device was lost or the driver failed while reading a frame back.
    #[error(
        "the graphics device stopped answering ({0}); start again, and if it happens again choose another adapter with {ADAPTER_VARIABLE}"
    )]
    DeviceLost(String),
}

/// Environment variable with a part of the name of the adapter to use, such as `llvmpipe` or `nvidia`.
pub const ADAPTER_VARIABLE: &str = "JAM_FLOW_ADAPTER";

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

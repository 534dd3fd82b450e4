//! Cameras: pictures of who sits before them, the newest one at any time. A video file can stand in for one.
//!
//! Pictures stay in this process: they are looked at and forgotten.

#[cfg(target_os = "linux")]
mod device;
#[cfg(any(target_os = "linux", test))]
mod device_failure;
mod error;
#[cfg(any(target_os = "linux", test))]
mod format;
mod looped_file;
#[cfg(any(target_os = "linux", test))]
mod pixels;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cancel::CancelToken;
use crate::newest::Newest;
use crate::shielded::shielded;

#[cfg(target_os = "linux")]
pub(crate) use device::list_of;
#[cfg(any(target_os = "linux", test))]
pub(crate) use device_failure::DeviceFailure;
pub use error::CameraError;

/// A camera of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraDevice {
    /// What people know it by; no two have the same.
    pub name: String,
    /// Its device node.
    pub path: PathBuf,
}

/// Where pictures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameraSource {
    /// A camera.
    Device(CameraDevice),
    /// A video that plays in a loop, as fast as it is meant to: to try things without a camera.
    File(PathBuf),
}

impl CameraSource {
    /// A camera with this name, this device node or a link to that, else the video with this path.
    ///
    /// # Errors
    /// [`CameraError::Gone`] if there is neither.
    pub fn named(name: &str) -> Result<Self, CameraError> {
        Self::named_among(devices(), name)
    }

    fn named_among(devices: Vec<CameraDevice>, name: &str) -> Result<Self, CameraError> {
        let path = PathBuf::from(name);
        let node = path.canonicalize().unwrap_or_else(|_| path.clone());
        let is_it = |device: &CameraDevice| device.name == name || device.path == node;
        if let Some(device) = devices.into_iter().find(is_it) {
            return Ok(Self::Device(device));
        }
        if path.is_file() {
            return Ok(Self::File(path));
        }
        match path.is_dir() || !path.exists() {
            true => Err(CameraError::Gone(name.to_owned())),
            // A device that sends no pictures now: switched on, it says why.
            false => Ok(Self::Device(CameraDevice {
                name: name.to_owned(),
                path,
            })),
        }
    }

    /// What people know it by.
    pub fn name(&self) -> String {
        match self {
            Self::Device(device) => device.name.clone(),
            Self::File(path) => crate::output_path::file_name(path),
        }
    }
}

/// The cameras of this machine; takes a moment. None is switched on by that. Empty on systems other than Linux.
pub fn devices() -> Vec<CameraDevice> {
    #[cfg(target_os = "linux")]
    return device::list();
    #[cfg(not(target_os = "linux"))]
    return Vec::new();
}

/// One picture.
#[derive(Clone, PartialEq, Eq)]
pub struct CameraPicture {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Rows from the top, red, green, blue.
    pub rgb: Vec<u8>,
    /// When it came from the camera.
    pub captured: Instant,
}

impl CameraPicture {
    /// The picture as a mirror would show it.
    pub fn mirror(&mut self) {
        for row in self.rgb.chunks_exact_mut(3 * self.width.max(1)) {
            row.as_chunks_mut::<3>().0.reverse();
        }
    }
}

impl std::fmt::Debug for CameraPicture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("CameraPicture")
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

/// A camera that is on. Dropping it switches it off.
pub struct Camera {
    pictures: Arc<Newest<Result<CameraPicture, CameraError>>>,
    stop: CancelToken,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Camera {
    /// Switches it on, on a thread of its own. What is wrong with it is told by [`Self::next`].
    ///
    /// # Errors
    /// [`CameraError::System`] if there can be no further thread.
    pub fn open(source: CameraSource) -> Result<Self, CameraError> {
        let pictures = Arc::new(Newest::default());
        let stop = CancelToken::new();
        let (out, stops) = (Arc::clone(&pictures), stop.clone());
        let thread = std::thread::Builder::new()
            .name("camera".to_owned())
            .spawn(move || {
                let mut put = |picture| out.put(Ok(picture));
                let ended = shielded(|| Ok(capture(&source, &stops, &mut put)));
                // Drivers that answer with numbers nobody knows end in a panic of the library's.
                if let Err(error) =
                    ended.unwrap_or_else(|error| Err(CameraError::System(error.to_string())))
                {
                    out.put(Err(error));
                }
            })
            .map_err(|error| CameraError::System(error.to_string()))?;
        Ok(Self {
            pictures,
            stop,
            thread: Some(thread),
        })
    }

    /// The newest picture that nobody has taken; waits for one for so long. None if there was none.
    ///
    /// # Errors
    /// What is wrong with the camera, once; after that there are no more pictures.
    pub fn next(&self, timeout: Duration) -> Result<Option<CameraPicture>, CameraError> {
        self.pictures.wait(timeout).transpose()
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.stop.cancel();
        // The next one to open it finds it free.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn capture(
    source: &CameraSource,
    stop: &CancelToken,
    put: &mut dyn FnMut(CameraPicture),
) -> Result<(), CameraError> {
    match source {
        CameraSource::File(path) => looped_file::play(path, stop, put),
        #[cfg(target_os = "linux")]
        CameraSource::Device(device) => device::capture(device, stop, put),
        #[cfg(not(target_os = "linux"))]
        CameraSource::Device(_) => Err(CameraError::NotHere),
    }
}

//! Cameras of the system that show what is drawn here: calls and recording programs choose them as they choose a webcam.
//!
//! Pictures come from whoever draws; the newest one is written, 25 a second, on a thread of its own.

mod error;
#[cfg(any(target_os = "linux", test))]
mod gstreamer;
#[cfg(target_os = "linux")]
mod loopback;
mod pixels;
#[cfg(all(test, target_os = "linux"))]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Sender, bounded};

use crate::camera::CameraDevice;
use crate::cancel::CancelToken;
use crate::newest::Newest;
use crate::shielded::shielded;
use crate::texts::text;
use pixels::PixelFormat;

pub use error::{VirtualCameraError, load_command};

/// Pictures that readers are told to expect in a second.
pub const PICTURES_PER_SECOND: u32 = 25;
/// Once nothing new has come for so long, the last picture is written again: readers take silence for a broken camera.
const REPEAT_AFTER: Duration = Duration::from_millis(60);

/// A way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VirtualCameraOutput {
    /// A device of v4l2loopback: every program sees it as a webcam.
    Loopback(CameraDevice),
    /// A camera of PipeWire, which is there while pictures come, by this program of GStreamer.
    PipeWire(PathBuf),
}

impl VirtualCameraOutput {
    /// What people know it by.
    pub fn name(&self) -> &str {
        match self {
            Self::Loopback(device) => &device.name,
            Self::PipeWire(_) => text!("virtual-camera-pipewire"),
        }
    }
}

/// The ways out of this machine; takes a moment. PipeWire is among them where it runs. Empty on systems other than Linux.
pub fn outputs() -> Vec<VirtualCameraOutput> {
    #[cfg(target_os = "linux")]
    {
        let loopbacks = loopback::list().into_iter();
        let mut outputs: Vec<_> = loopbacks.map(VirtualCameraOutput::Loopback).collect();
        if gstreamer::is_pipewire_there() {
            outputs.push(VirtualCameraOutput::PipeWire(gstreamer::PROGRAM.into()));
        }
        outputs
    }
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

/// A camera that shows what it is given. Dropping it ends it.
pub struct VirtualCamera {
    /// Red, green, blue and alpha, rows from the top.
    pictures: Arc<Newest<Arc<Vec<u8>>>>,
    size_px: (u32, u32),
    failure: Arc<Mutex<Option<VirtualCameraError>>>,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

/// Ends the thread that writes, also while it waits for a reader.
#[derive(Clone, Default)]
struct Stop {
    token: CancelToken,
    #[cfg(any(target_os = "linux", test))]
    child: gstreamer::SharedChild,
}

impl Stop {
    fn now(&self) {
        self.token.cancel();
        #[cfg(any(target_os = "linux", test))]
        self.child.kill();
    }
}

impl VirtualCamera {
    /// Opens a way out, on a thread of its own, for pictures of this size, both sides even. [`Self::size_px`] is the size that it takes,
    /// which a program that still reads may have settled before.
    ///
    /// # Errors
    /// Whatever stands in the way.
    pub fn open(
        output: VirtualCameraOutput,
        size_px: (u32, u32),
    ) -> Result<Self, VirtualCameraError> {
        let pictures = Arc::new(Newest::default());
        let failure = Arc::new(Mutex::new(None));
        let stop = Stop::default();
        let (opened, is_open) = bounded(1);
        let writer = Writer {
            pictures: Arc::clone(&pictures),
            stop: stop.clone(),
        };
        let failed = Arc::clone(&failure);
        let thread = std::thread::Builder::new()
            .name("virtual-camera".to_owned())
            .spawn(move || {
                // What the library does not expect ends in a panic of its own.
                let ended = shielded(|| Ok(writer.run(&output, size_px, &opened)))
                    .unwrap_or_else(|error| Err(VirtualCameraError::System(error.to_string())));
                if let Err(error) = ended {
                    let _ = opened.try_send(Err(error.clone()));
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                }
            })
            .map_err(|error| VirtualCameraError::System(error.to_string()))?;
        let mut camera = Self {
            pictures,
            size_px: (0, 0),
            failure,
            stop,
            thread: Some(thread),
        };
        camera.size_px = is_open
            .recv()
            .map_err(|error| VirtualCameraError::System(error.to_string()))??;
        Ok(camera)
    }

    /// Width and height of the pictures that it takes.
    pub fn size_px(&self) -> (u32, u32) {
        self.size_px
    }

    /// Shows a picture, in place of one that was not written yet: RGBA rows of [`Self::size_px`]. Never waits.
    pub fn show(&self, picture: &Arc<Vec<u8>>) {
        self.pictures.put(Arc::clone(picture));
    }

    /// Why it has ended by itself, if it has.
    pub fn failure(&self) -> Option<VirtualCameraError> {
        let failure = self.failure.lock();
        failure.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for VirtualCamera {
    fn drop(&mut self) {
        self.stop.now();
        // The next one to open it finds it free.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The thread's side.
struct Writer {
    pictures: Arc<Newest<Arc<Vec<u8>>>>,
    stop: Stop,
}

impl Writer {
    fn run(
        &self,
        output: &VirtualCameraOutput,
        size_px: (u32, u32),
        opened: &Sender<Result<(u32, u32), VirtualCameraError>>,
    ) -> Result<(), VirtualCameraError> {
        let mut sink = Sink::open(output, size_px, &self.stop)?;
        let (format, size_px) = sink.format();
        let rgba_bytes = size_px.0 as usize * size_px.1 as usize * 4;
        let _ = opened.send(Ok(size_px));
        let mut last: Option<Arc<Vec<u8>>> = None;
        let mut converted = Vec::with_capacity(format.picture_bytes(size_px));
        while !self.stop.token.is_cancelled() {
            let new = self.pictures.wait(REPEAT_AFTER);
            let new = new.filter(|picture| picture.len() == rgba_bytes);
            let is_other =
                |new: &Arc<Vec<u8>>| last.as_ref().is_none_or(|last| !Arc::ptr_eq(last, new));
            if let Some(new) = new.filter(is_other) {
                format.convert(&new, size_px, &mut converted);
                last = Some(new);
            }
            if last.is_none() {
                continue;
            }
            match sink.write(&converted) {
                Err(_) if self.stop.token.is_cancelled() => break,
                written => written?,
            }
        }
        Ok(())
    }
}

/// Where pictures go.
enum Sink {
    #[cfg(target_os = "linux")]
    Loopback(loopback::Loopback),
    #[cfg(any(target_os = "linux", test))]
    PipeWire(gstreamer::GstreamerPipe),
}

impl Sink {
    #[cfg(target_os = "linux")]
    fn open(
        output: &VirtualCameraOutput,
        size_px: (u32, u32),
        stop: &Stop,
    ) -> Result<Self, VirtualCameraError> {
        match output {
            VirtualCameraOutput::Loopback(device) => {
                loopback::Loopback::open(device, size_px).map(Self::Loopback)
            }
            VirtualCameraOutput::PipeWire(program) => {
                gstreamer::GstreamerPipe::start(program, size_px, &stop.child).map(Self::PipeWire)
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn open(
        _output: &VirtualCameraOutput,
        _size_px: (u32, u32),
        _stop: &Stop,
    ) -> Result<Self, VirtualCameraError> {
        Err(VirtualCameraError::NotHere)
    }

    fn format(&self) -> (PixelFormat, (u32, u32)) {
        match self {
            #[cfg(target_os = "linux")]
            Self::Loopback(loopback) => loopback.format(),
            #[cfg(any(target_os = "linux", test))]
            Self::PipeWire(pipe) => pipe.format(),
        }
    }

    fn write(&mut self, picture: &[u8]) -> Result<(), VirtualCameraError> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Loopback(loopback) => loopback.write(picture),
            #[cfg(any(target_os = "linux", test))]
            Self::PipeWire(pipe) => pipe.write(picture),
        }
    }
}

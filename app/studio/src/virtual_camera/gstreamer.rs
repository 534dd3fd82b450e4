//! A camera of PipeWire: the installed GStreamer gets pictures on a pipe and gives them to PipeWire.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::pixels::PixelFormat;
use super::{PICTURES_PER_SECOND, VirtualCameraError};

/// Name of the program.
pub(super) const PROGRAM: &str = "gst-launch-1.0";
/// What other programs call the camera, and what PipeWire does.
const CAMERA_NAME: &str = "JAM-Flow";
const NODE_NAME: &str = "jam-flow";
/// What of its complaint goes into our line.
const MAX_REASON_CHARACTERS: usize = 200;

/// Where PipeWire listens for this user's programs.
fn pipewire_socket() -> Option<PathBuf> {
    let folder = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let folder = folder("PIPEWIRE_RUNTIME_DIR").or_else(|| folder("XDG_RUNTIME_DIR"));
    let remote = std::env::var_os("PIPEWIRE_REMOTE").unwrap_or_else(|| "pipewire-0".into());
    folder.map(|folder| Path::new(&folder).join(remote))
}

/// Whether PipeWire listens there.
#[cfg(target_os = "linux")]
pub(super) fn is_pipewire_there() -> bool {
    pipewire_socket().is_some_and(|socket| socket.exists())
}

/// A connection on which nothing is said. It ends with PipeWire, of whose end the program of GStreamer does not tell.
pub(super) struct PipeWireWatch(UnixStream);

impl PipeWireWatch {
    /// Connects to a socket of PipeWire.
    ///
    /// # Errors
    /// [`VirtualCameraError::PipeWireOff`] if nobody listens.
    pub fn start(socket: &Path) -> Result<Self, VirtualCameraError> {
        let connection = UnixStream::connect(socket);
        connection
            .and_then(|connection| connection.set_nonblocking(true).map(|()| Self(connection)))
            .map_err(|_| VirtualCameraError::PipeWireOff)
    }

    /// Whether the PipeWire that it was connected to has ended, also if there is a new one.
    pub fn has_ended(&self) -> bool {
        match (&self.0).read(&mut [0; 64]) {
            Ok(bytes) => bytes == 0,
            Err(error) => !matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::Interrupted
            ),
        }
    }
}

/// The running program, to be ended by whoever holds this.
#[derive(Clone, Default)]
pub(super) struct SharedChild(Arc<Mutex<Option<Child>>>);

impl SharedChild {
    fn lock(&self) -> MutexGuard<'_, Option<Child>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it, which ends a write that waits. Returns how it ended, the first time.
    pub fn kill(&self) -> Option<ExitStatus> {
        let mut child = self.lock().take()?;
        // Harmless where it has ended.
        let _ = child.kill();
        child.wait().ok()
    }
}

/// A running GStreamer and what it says. Dropping it ends it.
pub(super) struct GstreamerPipe {
    input: ChildStdin,
    child: SharedChild,
    words: File,
    /// None where no socket shows that PipeWire is there; the program finds it all the same, or says that it does not.
    pipewire: Option<PipeWireWatch>,
    size_px: (u32, u32),
}

impl GstreamerPipe {
    /// Starts it for pictures of this size.
    pub fn start(
        program: &Path,
        size_px: (u32, u32),
        shared: &SharedChild,
    ) -> Result<Self, VirtualCameraError> {
        let system = |error: std::io::Error| VirtualCameraError::System(error.to_string());
        let pipewire = pipewire_socket()
            .filter(|socket| socket.exists())
            .map(|socket| PipeWireWatch::start(&socket))
            .transpose()?;
        // A file, not a pipe, so that nobody has to read along.
        let words = tempfile::tempfile().map_err(system)?;
        let mut command = Command::new(program);
        command
            .args(arguments(size_px))
            // Its words are looked through for what is missing.
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(words.try_clone().map_err(system)?)
            // Ctrl-C is for us: we tell it to end.
            .process_group(0);
        let mut child = command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => VirtualCameraError::GstreamerMissing,
            _ => system(error),
        })?;
        let input = child.stdin.take();
        *shared.lock() = Some(child);
        let pipe = input.map(|input| Self {
            input,
            child: shared.clone(),
            words,
            pipewire,
            size_px,
        });
        pipe.ok_or(VirtualCameraError::GstreamerMissing)
    }

    pub fn format(&self) -> (PixelFormat, (u32, u32)) {
        (PixelFormat::Yuyv, self.size_px)
    }

    /// Hands on a picture; waits while the program does not take it.
    pub fn write(&mut self, picture: &[u8]) -> Result<(), VirtualCameraError> {
        if self.pipewire.as_ref().is_some_and(PipeWireWatch::has_ended) {
            self.child.kill();
            return Err(VirtualCameraError::PipeWireOff);
        }
        // It closes the pipe only when something went wrong; what, stands in its own words.
        self.input.write_all(picture).map_err(|error| {
            let status = self.child.kill();
            let otherwise = status.map_or_else(|| error.to_string(), |status| status.to_string());
            let mut said = String::new();
            let _ = self.words.rewind();
            let _ = self.words.read_to_string(&mut said);
            what_is_wrong(&said, &otherwise)
        })
    }
}

impl Drop for GstreamerPipe {
    fn drop(&mut self) {
        self.child.kill();
    }
}

/// The pipeline. The converter changes nothing: without an element between that negotiates, the sink of PipeWire before 1.0 hands out
/// buffers without memory as soon as somebody reads, and crashes.
fn arguments((width_px, height_px): (u32, u32)) -> Vec<String> {
    let picture_bytes = PixelFormat::Yuyv.picture_bytes((width_px, height_px));
    let size = [
        format!("width={width_px}"),
        format!("height={height_px}"),
        format!("framerate={PICTURES_PER_SECOND}/1"),
    ];
    let source = [
        "fdsrc".to_owned(),
        "fd=0".to_owned(),
        format!("blocksize={picture_bytes}"),
    ];
    let parser = ["rawvideoparse".to_owned(), "format=yuy2".to_owned()].into_iter();
    let properties = format!(
        "stream-properties=props,media.class=Video/Source,media.role=Camera,node.name={NODE_NAME},node.description={CAMERA_NAME}"
    );
    let sink = [
        "pipewiresink".to_owned(),
        "mode=provide".to_owned(),
        "sync=false".to_owned(),
        format!("client-name={CAMERA_NAME}"),
        properties,
    ];
    let link = || std::iter::once("!".to_owned());
    // One that crashes ends, in place of waiting for a debugger.
    let options = ["--quiet", "--no-fault"].map(str::to_owned);
    options
        .into_iter()
        .chain(source)
        .chain(link())
        .chain(parser.chain(size.clone()))
        .chain(link())
        .chain(std::iter::once("videoconvert".to_owned()))
        .chain(link())
        .chain(std::iter::once(format!(
            "video/x-raw,format=YUY2,{}",
            size.join(",")
        )))
        .chain(link())
        .chain(sink)
        .collect()
}

/// What the program's words mean; `otherwise` where there are none.
pub(super) fn what_is_wrong(said: &str, otherwise: &str) -> VirtualCameraError {
    if let Some(line) = said.lines().find(|line| line.contains("no element")) {
        let element = line.split('"').nth(1).unwrap_or(line);
        return VirtualCameraError::ElementMissing(element.to_owned());
    }
    if said.contains("Failed to connect") {
        return VirtualCameraError::PipeWireOff;
    }
    // What stands behind the word for an error and the element.
    let error = said
        .lines()
        .find(|line| line.contains("from element"))
        .and_then(|line| line.splitn(3, ": ").nth(2));
    let last = || said.lines().rev().find(|line| !line.trim().is_empty());
    let reason = error.or_else(last).unwrap_or(otherwise).trim();
    let reason = reason.trim_end_matches('.');
    VirtualCameraError::Gstreamer(reason.chars().take(MAX_REASON_CHARACTERS).collect())
}

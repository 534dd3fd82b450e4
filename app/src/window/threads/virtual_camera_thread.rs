//! The thread that draws the stage for a virtual camera, and the one that looks for such cameras.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use shaders::{Background, FaceMotion, Gpu};

use super::behind::film_gpu;
use super::{Event, Reporter, spawn};
use studio::avatar::Avatar;
use studio::cancel::{CancelToken, is_cancelled};
use studio::framing::{Aspect, FramedRenderer, Framing};
use studio::newest::Newest;
use studio::shielded::shielded;
use studio::virtual_camera::{VirtualCamera, VirtualCameraOutput, outputs};
use studio::wording::one_line;

/// Shorter sides that are drawn where the user leaves it open: with a graphics card, and without.
const SHORT_SIDES_PX: [u32; 2] = [720, 360];
/// How long is waited for a frame before it is asked whether to end.
const NAP: Duration = Duration::from_millis(100);

/// Where the stage is shown, and how.
#[derive(Clone, Debug)]
pub struct VirtualCameraRequest {
    /// The way out.
    pub output: VirtualCameraOutput,
    /// Which part of the picture.
    pub framing: Framing,
    /// Shorter side, pixels; none for what the machine draws with ease.
    pub short_side_px: Option<u32>,
}

/// Who is on the stage, and how they move now.
#[derive(Clone, Debug)]
pub struct StageFrame {
    /// Everybody, the leftmost first.
    pub people: Vec<Arc<Avatar>>,
    /// Of each of them.
    pub motions: Vec<FaceMotion>,
}

/// A virtual camera that is on.
pub(super) struct RunningVirtualCamera {
    /// The newest frame of the stage.
    pub frames: Arc<Newest<StageFrame>>,
    stop: CancelToken,
    thread: JoinHandle<()>,
}

impl RunningVirtualCamera {
    /// Tells it to end. Returns the thread that still has the way out.
    pub fn stop(self) -> JoinHandle<()> {
        self.stop.cancel();
        self.thread
    }
}

/// Switches one on, once the one before has given its way out back. It says [`Event::VirtualCameraStarted`], and
/// [`Event::VirtualCameraFailed`] if it fails, with this number.
pub(super) fn start(
    number: u64,
    request: VirtualCameraRequest,
    gpu: Gpu,
    before: Option<JoinHandle<()>>,
    reporter: Reporter,
) -> anyhow::Result<RunningVirtualCamera> {
    let frames = Arc::new(Newest::default());
    let stop = CancelToken::new();
    let (shown, stops) = (Arc::clone(&frames), stop.clone());
    let thread = spawn("virtual-camera-drawing", move || {
        if let Some(before) = before {
            let _ = before.join();
        }
        let mut started = |size_px| {
            reporter.send(Event::VirtualCameraStarted { number, size_px });
        };
        let ended = shielded(|| draw(&request, &gpu, &shown, &stops, &mut started));
        if let Err(error) = ended
            && !is_cancelled(&error)
        {
            let reason = one_line(&error);
            reporter.send(Event::VirtualCameraFailed { number, reason });
        }
    })?;
    Ok(RunningVirtualCamera {
        frames,
        stop,
        thread,
    })
}

/// Looks for ways out; the answer arrives as [`Event::VirtualCameras`].
pub(super) fn list(reporter: Reporter) -> anyhow::Result<()> {
    spawn("virtual-cameras", move || {
        let found = shielded(|| Ok(outputs())).unwrap_or_default();
        reporter.send(Event::VirtualCameras(found));
    })?;
    Ok(())
}

/// Draws what the stage shows, until `stop`.
fn draw(
    request: &VirtualCameraRequest,
    gpu: &Gpu,
    frames: &Newest<StageFrame>,
    stop: &CancelToken,
    started: &mut dyn FnMut((u32, u32)),
) -> anyhow::Result<()> {
    let next = || -> anyhow::Result<Option<StageFrame>> {
        stop.check()?;
        Ok(frames.wait(NAP))
    };
    let mut frame = loop {
        if let Some(frame) = next()? {
            break frame;
        }
    };
    let gpu = film_gpu(gpu);
    let short_side_px = request.short_side_px.unwrap_or_else(|| {
        let [with_card, without] = SHORT_SIDES_PX;
        match gpu.device().adapter_info().device_type {
            wgpu::DeviceType::Cpu => without,
            _ => with_card,
        }
    });
    let own_size_px = |frame: &StageFrame| {
        let picture = frame.people.first().map(|avatar| avatar.picture_size_px());
        request
            .framing
            .size_px(picture.unwrap_or((16, 9)), short_side_px)
    };
    let camera = VirtualCamera::open(request.output.clone(), own_size_px(&frame))?;
    started(camera.size_px());
    loop {
        let people = frame.people.clone();
        let mut framing = request.framing;
        if framing.aspect == Aspect::Portrait && own_size_px(&frame) != camera.size_px() {
            // A picture of another shape than the camera's: it is cut, not stretched.
            framing.aspect = Aspect::Wide;
        }
        let background = people.first().map_or(Background::Keep, |avatar| {
            avatar.background(Background::Keep, false)
        });
        let mut renderer =
            FramedRenderer::new(&people, &gpu, &framing, camera.size_px(), background)?;
        let mut picture = Arc::default();
        // Until others are on the stage.
        while is_same(&people, &frame.people) {
            let drawn = renderer.drawn_count();
            renderer.picture(&frame.motions)?;
            if renderer.drawn_count() != drawn {
                picture = Arc::new(renderer.last_picture().to_vec());
            }
            camera.show(&picture);
            frame = loop {
                if let Some(failure) = camera.failure() {
                    return Err(failure.into());
                }
                if let Some(frame) = next()? {
                    break frame;
                }
            };
        }
    }
}

fn is_same(people: &[Arc<Avatar>], others: &[Arc<Avatar>]) -> bool {
    people.len() == others.len()
        && people
            .iter()
            .zip(others)
            .all(|(one, other)| Arc::ptr_eq(one, other))
}

//! A short sound without a picture: the clip of a voice that is to be cloned, a voice in the list. No clock hangs on it, so rodio
//! plays it (`docs/decisions/001`); speech plays through [`super::output`].

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use engine::audio::SAMPLE_RATE_HZ;
use rodio::buffer::SamplesBuffer;
use rodio::{DeviceSinkBuilder, MixerDeviceSink, Player};

use super::devices::output_device;
use crate::texts::text;

/// Previews that may wait to be played; each new one takes the place of the one before.
const QUEUE_LENGTH: usize = 8;
/// How often the thread looks whether the sound has ended.
const POLL: Duration = Duration::from_millis(30);
/// How long a device may take beyond the sound's own length: one that is lost never says that it has played.
const GRACE: Duration = Duration::from_secs(2);

enum Command {
    Play(Vec<f32>, Option<String>),
    Stop,
}

/// Plays one short sound at a time, on a thread of its own: a device may take a tenth of a second to open.
pub struct Preview {
    commands: Sender<Command>,
    failures: Receiver<String>,
    is_playing: Arc<AtomicBool>,
}

impl Preview {
    /// Starts the thread; `wake` is called when a sound begins, ends or fails.
    ///
    /// # Errors
    /// If the system starts no thread.
    pub fn start(wake: impl Fn() + Send + 'static) -> anyhow::Result<Self> {
        let (commands, queue) = bounded(QUEUE_LENGTH);
        let (failed, failures) = bounded(QUEUE_LENGTH);
        let is_playing = Arc::new(AtomicBool::new(false));
        let playing = Arc::clone(&is_playing);
        std::thread::Builder::new()
            .name("preview".to_owned())
            .spawn(move || run(&queue, &failed, &playing, &wake))
            .context(text!("preview-thread"))?;
        Ok(Self {
            commands,
            failures,
            is_playing,
        })
    }

    /// Plays mono samples at [`SAMPLE_RATE_HZ`] on the device with this name, the system's default for none, in place of what plays.
    pub fn play(&self, samples: Vec<f32>, device: Option<String>) {
        // Set here too, so that a button that was just pressed shows it at once.
        self.is_playing.store(true, Ordering::Relaxed);
        if self
            .commands
            .try_send(Command::Play(samples, device))
            .is_err()
        {
            self.is_playing.store(false, Ordering::Relaxed);
        }
    }

    /// Ends what plays.
    pub fn stop(&self) {
        // A full queue holds a later command, which ends it as well.
        let _ = self.commands.try_send(Command::Stop);
    }

    /// Whether a sound plays, or is about to.
    pub fn is_playing(&self) -> bool {
        self.is_playing.load(Ordering::Relaxed)
    }

    /// Why the last sound could not be played, once, in one line.
    pub fn take_failure(&self) -> Option<String> {
        self.failures.try_recv().ok()
    }
}

fn run(
    queue: &Receiver<Command>,
    failed: &Sender<String>,
    is_playing: &AtomicBool,
    wake: &dyn Fn(),
) {
    let mut next = None;
    while let Some(command) = next.take().or_else(|| queue.recv().ok()) {
        if let Command::Play(samples, device) = command {
            is_playing.store(true, Ordering::Relaxed);
            wake();
            match play(samples, device.as_deref(), queue) {
                Ok(interrupted) => next = interrupted,
                // Nobody reads the old failures when the queue is full; the newest is no better.
                Err(reason) => drop(failed.try_send(reason)),
            }
        }
        if !matches!(next, Some(Command::Play(..))) {
            is_playing.store(false, Ordering::Relaxed);
            wake();
        }
    }
}

/// Plays to the end, or to the next command, which it returns.
fn play(
    samples: Vec<f32>,
    device: Option<&str>,
    queue: &Receiver<Command>,
) -> Result<Option<Command>, String> {
    const MONO: NonZero<u16> = NonZero::<u16>::MIN;
    const RATE_HZ: NonZero<u32> = NonZero::new(SAMPLE_RATE_HZ).expect("not zero");
    let device = output_device(device)?;
    let mut sink: MixerDeviceSink = DeviceSinkBuilder::from_device(device)
        .map(|builder| {
            builder.with_error_callback(|error| tracing::warn!("the preview stopped: {error}"))
        })
        .and_then(DeviceSinkBuilder::open_stream)
        .map_err(|e| text!("output-device-unusable", reason = e.to_string()))?;
    sink.log_on_drop(false);
    let player = Player::connect_new(sink.mixer());
    let until = std::time::Instant::now()
        + Duration::from_secs_f64(samples.len() as f64 / f64::from(SAMPLE_RATE_HZ))
        + GRACE;
    player.append(SamplesBuffer::new(MONO, RATE_HZ, samples));
    while !player.empty() && std::time::Instant::now() < until {
        match queue.recv_timeout(POLL) {
            Ok(command) => return Ok(Some(command)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits until `is_true`, at most five seconds.
    fn wait(is_true: impl Fn() -> bool) {
        let until = std::time::Instant::now() + Duration::from_secs(5);
        while !is_true() && std::time::Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(is_true());
    }

    #[test]
    fn a_device_that_is_not_there_is_named_once_and_the_preview_ends() {
        let preview = Preview::start(|| {}).unwrap();
        preview.play(vec![0.0; 2400], Some("no such loudspeaker".to_owned()));
        wait(|| !preview.is_playing());
        let reason = preview.take_failure().expect("it failed");
        assert!(
            reason.contains("not connected") || reason.contains("no audio output device"),
            "{reason}"
        );
        assert_eq!(preview.take_failure(), None);
    }

    #[test]
    fn stopping_ends_a_preview_whether_or_not_there_is_a_device() {
        let preview = Preview::start(|| {}).unwrap();
        preview.play(vec![0.0; SAMPLE_RATE_HZ as usize * 30], None);
        preview.stop();
        wait(|| !preview.is_playing());
    }
}

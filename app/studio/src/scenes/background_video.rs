//! A video behind a person, over and over, read on a thread of its own.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use anyhow::Context as _;
use crossbeam_channel::{Receiver, Sender, bounded};

use super::background::fitted;
use crate::media::read::read_frames;
use crate::media::write::FrameRate;
use crate::texts::text;

/// Pictures that wait to be shown.
const PICTURES_AHEAD: usize = 2;
/// A picture that comes this much after a frame of the film is still shown in it: times in files are rounded.
const TIME_TOLERANCE_SECS: f64 = 2e-3;

/// When a picture is shown, and its red, green and blue at the film's size.
type Picture = (f64, Vec<u8>);

/// A video that has begun.
pub(super) struct BackgroundVideo {
    pictures: Option<Receiver<anyhow::Result<Picture>>>,
    thread: Option<JoinHandle<()>>,
    shown: Vec<u8>,
    next: Option<Picture>,
}

impl BackgroundVideo {
    /// Begins to read a video for a film of this size and rate.
    pub fn start(
        path: &Path,
        size_px: (u32, u32),
        sigma_px: f32,
        rate: FrameRate,
    ) -> anyhow::Result<Self> {
        let (sender, pictures) = bounded(PICTURES_AHEAD);
        let reader = Reader {
            path: path.to_owned(),
            size_px,
            sigma_px,
            per_second: f64::from(rate.per_second()),
            film: sender,
        };
        let thread = std::thread::Builder::new()
            .name("scene background".to_owned())
            .spawn(move || reader.read_over_and_over())
            .context(text!("scenes-background-thread"))?;
        Ok(Self {
            pictures: Some(pictures),
            thread: Some(thread),
            shown: Vec::new(),
            next: None,
        })
    }

    /// The picture at a time, which never falls from one call to the next.
    pub fn at(&mut self, secs: f64) -> anyhow::Result<&[u8]> {
        loop {
            let picture = match self.next.take() {
                Some(picture) => picture,
                None => match self.pictures.as_ref().map(Receiver::recv) {
                    Some(Ok(picture)) => picture?,
                    // A still: there is nothing after its only picture.
                    _ => return Ok(&self.shown),
                },
            };
            if picture.0 > secs + TIME_TOLERANCE_SECS && !self.shown.is_empty() {
                self.next = Some(picture);
                return Ok(&self.shown);
            }
            self.shown = picture.1;
        }
    }
}

impl Drop for BackgroundVideo {
    fn drop(&mut self) {
        // The thread sees that nobody waits for its pictures any more.
        self.pictures = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Reader {
    path: PathBuf,
    size_px: (u32, u32),
    sigma_px: f32,
    per_second: f64,
    film: Sender<anyhow::Result<Picture>>,
}

impl Reader {
    fn read_over_and_over(self) {
        let mut begins_secs = 0.0;
        loop {
            match self.read(begins_secs) {
                Ok(Some(secs)) => begins_secs += secs,
                Ok(None) => return,
                Err(error) => {
                    let _ = self.film.send(Err(error.into()));
                    return;
                }
            }
        }
    }

    /// Hands on the video once, from a time of the film on. Returns its length; none if it is a still or nobody listens.
    fn read(&self, begins_secs: f64) -> engine::Result<Option<f64>> {
        let mut first_secs = None;
        let (mut last_secs, mut count) = (0.0, 0_u32);
        let mut last_slot = None;
        let mut is_alone = false;
        let read = read_frames(&self.path, &|| false, &mut |frame, _| {
            last_secs = frame.time_secs - *first_secs.get_or_insert(frame.time_secs);
            count += 1;
            let secs = begins_secs + last_secs;
            // Pictures between two of the film are not seen.
            let slot = ((secs + TIME_TOLERANCE_SECS) * self.per_second) as u64;
            if last_slot.replace(slot) == Some(slot) {
                return Ok(());
            }
            let size = [frame.width, frame.height];
            let picture = fitted(frame.rgb, size, self.size_px, self.sigma_px);
            self.film.send(Ok((secs, picture))).map_err(|_| {
                is_alone = true;
                engine::Error::Cancelled
            })
        });
        if is_alone {
            return Ok(None);
        }
        read?;
        match count {
            0 => Err(
                engine::Error::from(engine::tracking::TrackingError::NoPictures)
                    .in_file(&self.path),
            ),
            1 => Ok(None),
            _ => Ok(Some(last_secs + last_secs / f64::from(count - 1))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::write::Mp4Writer;

    #[test]
    fn a_video_is_shown_over_and_over_in_its_own_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        let mut writer = Mp4Writer::create(&path, 64, 64).unwrap();
        // Ten pictures, dark to light.
        for level in 0..10 {
            writer
                .write_frame(&[20 * level, 20 * level, 20 * level, 255].repeat(64 * 64))
                .unwrap();
        }
        writer.finish().unwrap();
        let mut video = BackgroundVideo::start(&path, (32, 48), 0.0, FrameRate::Fps50).unwrap();
        for tick in 0..60 {
            let picture = video.at(f64::from(tick) / 50.0).unwrap();
            assert_eq!(picture.len(), 32 * 48 * 3);
            let wanted = tick / 2 % 10 * 20;
            assert!(
                (i32::from(picture[1000]) - wanted).abs() < 12,
                "{tick}: {}",
                picture[1000]
            );
        }
    }

    #[test]
    fn what_is_no_video_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        std::fs::write(&path, "no video at all").unwrap();
        let mut video = BackgroundVideo::start(&path, (32, 32), 0.0, FrameRate::Fps25).unwrap();
        assert!(video.at(0.0).unwrap_err().to_string().contains("a.mp4"));
    }
}

//! The picture encoder on a thread of its own: a picture is encoded while the next ones are drawn.

use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::picture::{EncodedPicture, PictureEncoder};
use super::{RecordingError, Result, failed};
use crate::texts::text;

/// How many pictures the encoder is behind. The number is fixed, so that a film is the same file however busy the machine is.
pub(super) const PICTURES_BEHIND: usize = 2;

/// A picture that comes back with what was made of it, so that its memory serves another one.
struct Done {
    rgba: Vec<u8>,
    encoded: Result<EncodedPicture>,
}

/// An encoder at work. Dropping it ends its thread after the picture that it is at.
pub(super) struct EncoderThread {
    pictures: Sender<Vec<u8>>,
    done: Receiver<Done>,
    /// Pictures handed over whose outcome was not fetched.
    waiting: usize,
    /// Memory for the next picture.
    spare: Vec<u8>,
    size_px: (u32, u32),
    picture_bytes: usize,
}

impl EncoderThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`RecordingError::Encoder`] if the system gives no thread.
    pub fn start(mut encoder: PictureEncoder) -> Result<Self> {
        let (pictures, queue) = bounded::<Vec<u8>>(PICTURES_BEHIND);
        let (sender, done) = bounded(PICTURES_BEHIND + 1);
        let size_px = encoder.size_px();
        let picture_bytes = encoder.picture_bytes();
        thread::Builder::new()
            .name("picture encoder".to_owned())
            .spawn(move || {
                for rgba in queue {
                    let encoded = encoder.encode(&rgba);
                    if sender.send(Done { rgba, encoded }).is_err() {
                        break;
                    }
                }
            })
            .map_err(|error| failed("video encoder", error))?;
        Ok(Self {
            pictures,
            done,
            waiting: 0,
            spare: Vec::new(),
            size_px,
            picture_bytes,
        })
    }

    /// Width and height of the film.
    pub fn size_px(&self) -> (u32, u32) {
        self.size_px
    }

    /// Hands a picture over, RGBA rows. Returns the one handed over [`PICTURES_BEHIND`] pictures before, once there is one.
    ///
    /// # Errors
    /// [`RecordingError::Encoder`], also of a picture handed over before.
    ///
    /// # Panics
    /// When the picture has another size than the film.
    pub fn encode(&mut self, rgba: &[u8]) -> Result<Option<EncodedPicture>> {
        assert_eq!(
            rgba.len(),
            self.picture_bytes,
            "the picture has the size that the film was created with"
        );
        let mut picture = std::mem::take(&mut self.spare);
        picture.clear();
        picture.extend_from_slice(rgba);
        self.pictures.send(picture).map_err(|_| gone())?;
        self.waiting += 1;
        match self.waiting > PICTURES_BEHIND {
            true => self.next(),
            false => Ok(None),
        }
    }

    /// The next of the pictures that were handed over, if any is left. Waits for it.
    ///
    /// # Errors
    /// [`RecordingError::Encoder`].
    pub fn next(&mut self) -> Result<Option<EncodedPicture>> {
        if self.waiting == 0 {
            return Ok(None);
        }
        let done = self.done.recv().map_err(|_| gone())?;
        self.waiting -= 1;
        self.spare = done.rgba;
        done.encoded.map(Some)
    }
}

/// The thread ends before its film only if the encoder panicked.
fn gone() -> RecordingError {
    failed("video encoder", text!("encoder-without-picture"))
}

//! Motion of a filmed face: pictures in, [`Motion`] out, for driving a portrait.
//!
//! ```text
//! pictures ─► where is the face ─► 478 landmarks ─► pose, size, place, keypoints, lids, gaze (a measurement)
//!             (detector, or where                            │ all of them
//!              it was a picture ago)                         ▼
//!                                     25 a second ─► calmed ─► against the neutral face ─► gaps filled ─► Motion
//! ```
//!
//! The networks are those of the portrait analysis, some hundredths of a second a picture. Kept are only the measurements,
//! some three hundred bytes for each picture, so memory hardly grows with the length of the video.

mod error;
mod follower;
mod gaps;
mod live;
mod low_pass;
mod measure;
mod neutral;
#[cfg(test)]
mod tests;
mod timeline;
mod video_error;

use std::path::Path;

use crate::motion::motion_file::MAX_FRAMES;
use crate::motion::{FRAMES_PER_SECOND, Motion, MotionFrame, Zero};
use crate::portrait::detector::Detector;
use crate::portrait::landmarks::LandmarkNetwork;
use crate::portrait::load_rig;
use crate::{Error, Result};
use follower::{Follower, MIN_TRACKED_FACE_PX, Seen};
use measure::{GAZE, Measurer};
use neutral::NeutralFace;
use timeline::TimedMeasurement;

pub use error::TrackingError;
pub use live::{LiveTrack, Sight};
pub use neutral::Neutral;
pub use video_error::VideoError;

/// Longest video that is followed, seconds.
pub const MAX_SECS: f64 = MAX_FRAMES as f64 / FRAMES_PER_SECOND;
/// A picture that comes sooner after the last one than this is passed over: 50 and 60 a second bring nothing that 25 need.
const MIN_STEP_SECS: f64 = 0.03;

/// One picture of a video.
#[derive(Clone, Copy, Debug)]
pub struct VideoFrame<'a> {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Rows from the top, red, green, blue: `width · height · 3` bytes.
    pub rgb: &'a [u8],
    /// When it is shown, from the start of the video.
    pub time_secs: f64,
}

/// What was followed and where it was lost.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct TrackingReport {
    /// Frames of the motion.
    pub frames: usize,
    /// Frames in which the face was seen.
    pub frames_seen: usize,
    /// Where it was not seen for long, as start and end in seconds: the motion holds there, and comes to rest.
    pub gaps_secs: Vec<[f64; 2]>,
    /// Most faces of comparable size that were in one picture: the largest of the first ones was followed.
    pub most_faces: usize,
    /// Typical width of the face, pixels.
    pub face_px: f32,
}

impl std::fmt::Display for TrackingReport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let secs = self.frames as f64 / FRAMES_PER_SECOND;
        write!(formatter, "followed a face through {secs:.1} s")?;
        if self.most_faces > 1 {
            write!(
                formatter,
                "; there are {} faces: this is the largest of the first ones",
                self.most_faces
            )?;
        }
        match self.gaps_secs.as_slice() {
            [] => Ok(()),
            [[start, end]] => write!(
                formatter,
                "; it was not seen from {start:.1} to {end:.1} s: the movement rests there"
            ),
            [[start, _], ..] => write!(
                formatter,
                "; it was not seen {} times, first at {start:.1} s: the movement rests there",
                self.gaps_secs.len()
            ),
        }
    }
}

/// What a video's face did.
#[derive(Clone, Debug)]
pub struct Tracked {
    /// Its motion, counted from [`Zero::FacingCamera`].
    pub motion: Motion,
    /// How well it could be followed.
    pub report: TrackingReport,
}

/// The networks that follow faces; see [`FaceTrack`].
pub struct Tracker {
    detector: Detector,
    landmarks: LandmarkNetwork,
    measurer: Measurer,
}

impl Tracker {
    /// Loads two networks and the rig from the models folder.
    ///
    /// # Errors
    ///
    /// [`Error::WeightsMissing`] or [`Error::WeightsUnfit`], naming the file.
    pub fn load(models: &Path) -> Result<Self> {
        Ok(Self {
            detector: Detector::load(models)?,
            landmarks: LandmarkNetwork::load(models)?,
            measurer: Measurer::new(&load_rig(&models.join("face_rig.safetensors"))?),
        })
    }
}

/// Follows one face through one video.
pub struct FaceTrack<'a> {
    follower: Follower<'a>,
    measured: Vec<TimedMeasurement>,
    face_widths_px: Vec<f32>,
    last_time_secs: Option<f64>,
    end_secs: f64,
    step_secs: f64,
}

impl<'a> FaceTrack<'a> {
    /// Before the first picture.
    pub fn new(tracker: &'a Tracker) -> Self {
        Self {
            follower: Follower::new(tracker),
            measured: Vec::new(),
            face_widths_px: Vec::new(),
            last_time_secs: None,
            end_secs: 0.0,
            step_secs: 1.0 / FRAMES_PER_SECOND,
        }
    }

    /// Takes the next picture. Returns whether it was looked at: of more than 33 pictures a second some are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::Tracking`] for a picture whose size and bytes disagree, for one earlier than the last, and beyond
    /// [`MAX_SECS`]; [`Error::Model`] if a network fails.
    pub fn push(&mut self, frame: &VideoFrame<'_>) -> Result<bool> {
        let time_secs = frame.time_secs;
        if !(0.0..=MAX_SECS).contains(&time_secs) {
            return Err(Error::from(TrackingError::TooLong { max_secs: MAX_SECS }));
        }
        if let Some(last_secs) = self.last_time_secs {
            let step_secs = time_secs - last_secs;
            if step_secs < MIN_STEP_SECS {
                self.end_secs = self.end_secs.max(time_secs);
                return Ok(false);
            }
            self.step_secs = step_secs.min(1.0 / FRAMES_PER_SECOND);
        }
        let seen = self.follower.look(frame)?;
        self.last_time_secs = Some(time_secs);
        self.end_secs = time_secs;
        if let Some(Seen { channels, width_px }) = seen {
            self.face_widths_px.push(width_px);
            self.measured.push(TimedMeasurement {
                time_secs,
                channels,
            });
        }
        Ok(true)
    }

    /// Length of what was taken so far, seconds.
    pub fn duration_secs(&self) -> f64 {
        self.end_secs
    }

    /// The motion of the whole video.
    ///
    /// # Errors
    ///
    /// [`Error::Tracking`] if there was no picture, no face, or only ones that are too small.
    pub fn finish(self, neutral: Neutral) -> Result<Tracked> {
        if self.last_time_secs.is_none() {
            return Err(TrackingError::NoPictures.into());
        }
        let Some((frames, mut report)) =
            movement(&self.measured, self.end_secs + self.step_secs, neutral)
        else {
            return Err(Error::from(match self.follower.has_small_ones {
                true => TrackingError::TooSmall {
                    min_px: MIN_TRACKED_FACE_PX,
                },
                false => TrackingError::NoFace,
            }));
        };
        let mut widths = self.face_widths_px;
        report.most_faces = self.follower.most_faces;
        report.face_px = timeline::median_of(&mut widths);
        Ok(Tracked {
            motion: Motion {
                zero: Zero::FacingCamera,
                frames,
            },
            report,
        })
    }
}

/// What measurements over this time mean; `None` if there is none.
fn movement(
    measured: &[TimedMeasurement],
    duration_secs: f64,
    neutral: Neutral,
) -> Option<(Vec<MotionFrame>, TrackingReport)> {
    let mut timeline = timeline::resampled(measured, duration_secs);
    timeline::drop_flickers(&mut timeline);
    timeline::calm(&mut timeline);
    let face = NeutralFace::of(&timeline, neutral)?;
    gaps::bridge_hidden(&mut timeline, GAZE..GAZE + 2, |measurement| {
        face.sees_irises(measurement)
    });
    let frames_seen = timeline.iter().flatten().count();
    let frames: Vec<_> = timeline
        .into_iter()
        .map(|measurement| measurement.map(|now| face.motion(&now)))
        .collect();
    let (frames, gaps) = gaps::filled(frames);
    let report = TrackingReport {
        frames: frames.len(),
        frames_seen,
        gaps_secs: gaps
            .into_iter()
            .map(|gap| [gap.start, gap.end].map(|frame| frame as f64 / FRAMES_PER_SECOND))
            .collect(),
        ..TrackingReport::default()
    };
    Some((frames, report))
}

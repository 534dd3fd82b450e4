//! Motion of a filmed face: pictures in, [`Motion`] out, for driving a portrait.
//!
//! ```text
//! pictures ─► where is the face ─► 478 landmarks ─► pose, size, place, keypoints, lids, gaze (a measurement)
//!             (detector, or where                            │ all of them
//!              it was a picture ago)                         ▼
//!                                     25 a second ─► calmed ─► against the neutral face ─► gaps filled ─► Motion
//! ```
//!
//! The networks are those of the portrait analysis, about a hundredth of a second a picture. Kept are only the measurements,
//! some three hundred bytes for each picture, so memory hardly grows with the length of the video.

mod error;
mod gaps;
mod measure;
mod neutral;
#[cfg(test)]
mod tests;
mod timeline;
mod video_error;

use std::path::Path;

use crate::motion::motion_file::MAX_FRAMES;
use crate::motion::{FRAMES_PER_SECOND, Motion, MotionFrame, Zero};
use crate::portrait::crop::{Region, RgbPicture};
use crate::portrait::detector::{DetectedFace, Detector};
use crate::portrait::landmarks::{LandmarkNetwork, region_of};
use crate::portrait::{MIN_FACE_PX, load_rig};
use crate::{Error, Result};
use measure::{GAZE, Measurer};
use neutral::NeutralFace;
use timeline::TimedMeasurement;

pub use error::TrackingError;
pub use neutral::Neutral;
pub use video_error::VideoError;

/// Longest video that is followed, seconds.
pub const MAX_SECS: f64 = MAX_FRAMES as f64 / FRAMES_PER_SECOND;
/// A picture that comes sooner after the last one than this is passed over: 50 and 60 a second bring nothing that 25 need.
const MIN_STEP_SECS: f64 = 0.03;
/// Faces are looked for on a picture whose longer side has at most this many pixels.
const SEARCH_SIDE_PX: usize = 960;
/// The landmark network sees 256 pixels; a region larger than this multiple is averaged down first, against jitter.
const REGION_PX: usize = 512;
/// Smallest face that is followed, its box's longer side: less than a portrait must have, since only motion is wanted of it.
const MIN_TRACKED_FACE_PX: f32 = 0.75 * MIN_FACE_PX;
/// Another face counts when its box has at least this share of the followed one's area.
const COMPARABLE_AREA: f32 = 0.4;
/// A face that was lost is taken to be the one that appears within this many of its own widths, if one does.
const SAME_FACE_WIDTHS: f32 = 1.0;
/// While no face is seen, all parts of the picture are searched only once in so many pictures.
const SEARCH_EVERY: u32 = 4;
/// How often it is looked whether there are other faces, seconds.
const LOOK_AROUND_SECS: f64 = 2.0;

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
    tracker: &'a Tracker,
    /// Where the face is expected, `None` if it has to be looked for.
    region: Option<Region>,
    /// Where it was seen last.
    last_seen: Option<Region>,
    measured: Vec<TimedMeasurement>,
    face_widths_px: Vec<f32>,
    last_time_secs: Option<f64>,
    end_secs: f64,
    step_secs: f64,
    looked_around_secs: f64,
    searches_in_vain: u32,
    most_faces: usize,
    too_small: bool,
}

impl<'a> FaceTrack<'a> {
    /// Before the first picture.
    pub fn new(tracker: &'a Tracker) -> Self {
        Self {
            tracker,
            region: None,
            last_seen: None,
            measured: Vec::new(),
            face_widths_px: Vec::new(),
            last_time_secs: None,
            end_secs: 0.0,
            step_secs: 1.0 / FRAMES_PER_SECOND,
            looked_around_secs: f64::NEG_INFINITY,
            searches_in_vain: 0,
            most_faces: 0,
            too_small: false,
        }
    }

    /// Takes the next picture. Returns whether it was looked at: of more than 33 pictures a second some are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::Tracking`] for a picture whose size and bytes disagree, for one earlier than the last, and beyond
    /// [`MAX_SECS`]; [`Error::Model`] if a network fails.
    pub fn push(&mut self, frame: &VideoFrame<'_>) -> Result<bool> {
        let VideoFrame {
            width,
            height,
            rgb,
            time_secs,
        } = *frame;
        if width.min(height) == 0 || Some(rgb.len()) != bytes_of(width, height) {
            return Err(Error::from(TrackingError::Picture {
                width_px: width,
                height_px: height,
                bytes: rgb.len(),
            }));
        }
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
        self.last_time_secs = Some(time_secs);
        self.end_secs = time_secs;
        self.look(frame)?;
        Ok(true)
    }

    fn look(&mut self, frame: &VideoFrame<'_>) -> Result<()> {
        if self.region.is_none() || frame.time_secs - self.looked_around_secs >= LOOK_AROUND_SECS {
            self.search(frame)?;
        }
        let Some(region) = self.region else {
            return Ok(());
        };
        let mut found = self.find(frame, region)?;
        if found.is_none() && self.last_seen.is_some() {
            // It moved too fast for where it was expected, or it is gone.
            self.region = None;
            self.search(frame)?;
            if let Some(region) = self.region {
                found = self.find(frame, region)?;
            }
        }
        let Some(points) = found else {
            self.region = None;
            return Ok(());
        };
        let (low, high) = points.iter().fold((f32::MAX, f32::MIN), |(low, high), p| {
            (low.min(p[0]), high.max(p[0]))
        });
        self.face_widths_px.push(high - low);
        let region = region_of(&points);
        let middle = region.centre_px;
        let is_inside = middle[0] >= 0.0
            && middle[1] >= 0.0
            && middle[0] < frame.width as f32
            && middle[1] < frame.height as f32;
        self.region = is_inside.then_some(region);
        self.last_seen = Some(region);
        self.measured.push(TimedMeasurement {
            time_secs: frame.time_secs,
            channels: Box::new(self.tracker.measurer.measure(&points)),
        });
        Ok(())
    }

    /// Looks for faces: chooses one if none is followed, and counts them.
    fn search(&mut self, frame: &VideoFrame<'_>) -> Result<()> {
        self.looked_around_secs = frame.time_secs;
        let factor = frame.width.max(frame.height).div_ceil(SEARCH_SIDE_PX);
        let picture = RgbPicture::from_rgb_part(
            frame.rgb,
            frame.width,
            [0, 0],
            [frame.width, frame.height],
            factor,
        );
        let thorough = self.searches_in_vain.is_multiple_of(SEARCH_EVERY);
        let scale = factor as f32;
        let faces: Vec<DetectedFace> = self
            .tracker
            .detector
            .detect(&picture, thorough)?
            .into_iter()
            .map(|face| face.scaled(scale))
            .collect();
        let side = |face: &DetectedFace| face.size_px[0].max(face.size_px[1]);
        let largest = faces.iter().map(side).fold(0.0, f32::max);
        if largest > 0.0 {
            let comparable = faces
                .iter()
                .filter(|face| side(face).powi(2) >= COMPARABLE_AREA * largest.powi(2));
            self.most_faces = self.most_faces.max(comparable.count());
        }
        if self.region.is_some() {
            return Ok(());
        }
        let usable = || {
            faces
                .iter()
                .filter(|face| side(face) >= MIN_TRACKED_FACE_PX)
        };
        self.too_small |= largest > 0.0 && usable().next().is_none();
        let distance = |face: &DetectedFace, region: &Region| {
            (face.centre_px[0] - region.centre_px[0]).hypot(face.centre_px[1] - region.centre_px[1])
        };
        // The same one as before if it is about where it was, else the largest.
        let same = self.last_seen.and_then(|last| {
            usable()
                .filter(|face| distance(face, &last) < SAME_FACE_WIDTHS * last.side_px / 1.5)
                .min_by(|a, b| distance(a, &last).total_cmp(&distance(b, &last)))
        });
        let chosen = same.or_else(|| usable().max_by(|a, b| side(a).total_cmp(&side(b))));
        self.region = chosen.map(DetectedFace::landmark_region);
        self.searches_in_vain = match self.region {
            Some(_) => 0,
            None => self.searches_in_vain.wrapping_add(1),
        };
        Ok(())
    }

    /// Landmarks in pixels of the frame, looked for in a region of it.
    fn find(&self, frame: &VideoFrame<'_>, region: Region) -> Result<Option<Vec<[f32; 3]>>> {
        // Only what the region covers, turned as it may be, becomes floats.
        let reach = region.side_px * std::f32::consts::FRAC_1_SQRT_2 + 2.0;
        let cover = |centre: f32, side: usize| {
            let low = (centre - reach).clamp(0.0, side as f32) as usize;
            let high = (centre + reach).clamp(0.0, side as f32).ceil() as usize;
            (low, high.saturating_sub(low))
        };
        let (left, width) = cover(region.centre_px[0], frame.width);
        let (top, height) = cover(region.centre_px[1], frame.height);
        let factor = (region.side_px as usize / REGION_PX).max(1);
        if width < factor || height < factor {
            return Ok(None);
        }
        let part =
            RgbPicture::from_rgb_part(frame.rgb, frame.width, [left, top], [width, height], factor);
        let scale = factor as f32;
        let corner = [left as f32, top as f32];
        let inner = Region {
            centre_px: [0, 1].map(|c| (region.centre_px[c] - corner[c] + 0.5) / scale - 0.5),
            side_px: region.side_px / scale,
            angle: region.angle,
        };
        // A face that has only just been found is looked at twice, as in a portrait.
        let points = if self.region.is_some() && self.last_seen == self.region {
            self.tracker.landmarks.find_once(&part, inner)?
        } else {
            self.tracker.landmarks.find(&part, inner)?
        };
        Ok(points.map(|points| {
            points
                .into_iter()
                .map(|[x, y, z]| {
                    let place = |value: f32, c: usize| (value + 0.5) * scale - 0.5 + corner[c];
                    [place(x, 0), place(y, 1), z * scale]
                })
                .collect()
        }))
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
            return Err(Error::from(match self.too_small {
                true => TrackingError::TooSmall {
                    min_px: MIN_TRACKED_FACE_PX,
                },
                false => TrackingError::NoFace,
            }));
        };
        let mut widths = self.face_widths_px;
        report.most_faces = self.most_faces;
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

fn bytes_of(width: usize, height: usize) -> Option<usize> {
    width.checked_mul(height)?.checked_mul(3)
}

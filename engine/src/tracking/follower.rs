//! Follows one face from picture to picture: where it is looked for, which one of several, and what it shows.

use super::measure::Measurement;
use super::{Tracker, TrackingError, VideoFrame};
use crate::portrait::MIN_FACE_PX;
use crate::portrait::crop::{Region, RgbPicture};
use crate::portrait::detector::DetectedFace;
use crate::portrait::landmarks::region_of;
use crate::{Error, Result};

/// Faces are looked for on a picture whose longer side has at most this many pixels.
const SEARCH_SIDE_PX: usize = 960;
/// The landmark network sees 256 pixels; a region larger than this multiple is averaged down first, against jitter.
const REGION_PX: usize = 512;
/// Smallest face that is followed, its box's longer side: less than a portrait must have, since only motion is wanted of it.
pub(super) const MIN_TRACKED_FACE_PX: f32 = 0.75 * MIN_FACE_PX;
/// Another face counts when its box has at least this share of the followed one's area.
const COMPARABLE_AREA: f32 = 0.4;
/// A face that was lost is taken to be the one that appears within this many of its own widths, if one does.
const SAME_FACE_WIDTHS: f32 = 1.0;
/// While no face is seen, all parts of the picture are searched only once in so many pictures.
const SEARCH_EVERY: u32 = 4;
/// How often it is looked whether there are other faces, seconds.
const LOOK_AROUND_SECS: f64 = 2.0;

/// What a face shows in one picture.
pub(super) struct Seen {
    pub channels: Box<Measurement>,
    /// Width of the face, pixels.
    pub width_px: f32,
}

/// Follows one face.
pub(super) struct Follower<'a> {
    tracker: &'a Tracker,
    /// Where the face is expected, `None` if it has to be looked for.
    region: Option<Region>,
    /// Where it was seen last.
    last_seen: Option<Region>,
    looked_around_secs: f64,
    searches_in_vain: u32,
    /// Most faces of comparable size that were in one picture.
    pub most_faces: usize,
    /// Whether there were faces that are too small to be followed.
    pub has_small_ones: bool,
}

impl<'a> Follower<'a> {
    /// Before the first picture.
    pub fn new(tracker: &'a Tracker) -> Self {
        Self {
            tracker,
            region: None,
            last_seen: None,
            looked_around_secs: f64::NEG_INFINITY,
            searches_in_vain: 0,
            most_faces: 0,
            has_small_ones: false,
        }
    }

    /// Whether a face is expected somewhere: if not, the next picture is searched, which costs more.
    pub fn expects_a_face(&self) -> bool {
        self.region.is_some()
    }

    /// Looks at the next picture; none if the face is not in it.
    ///
    /// # Errors
    ///
    /// [`Error::Tracking`] for a picture whose size and bytes disagree; [`Error::Model`] if a network fails.
    pub fn look(&mut self, frame: &VideoFrame<'_>) -> Result<Option<Seen>> {
        let &VideoFrame {
            width, height, rgb, ..
        } = frame;
        if width.min(height) == 0 || Some(rgb.len()) != bytes_of(width, height) {
            return Err(Error::from(TrackingError::Picture {
                width_px: width,
                height_px: height,
                bytes: rgb.len(),
            }));
        }
        if self.region.is_none() || frame.time_secs - self.looked_around_secs >= LOOK_AROUND_SECS {
            self.search(frame)?;
        }
        let Some(region) = self.region else {
            return Ok(None);
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
            return Ok(None);
        };
        let (low, high) = points.iter().fold((f32::MAX, f32::MIN), |(low, high), p| {
            (low.min(p[0]), high.max(p[0]))
        });
        let region = region_of(&points);
        let middle = region.centre_px;
        let is_inside = middle[0] >= 0.0
            && middle[1] >= 0.0
            && middle[0] < frame.width as f32
            && middle[1] < frame.height as f32;
        self.region = is_inside.then_some(region);
        self.last_seen = Some(region);
        Ok(Some(Seen {
            channels: Box::new(self.tracker.measurer.measure(&points)),
            width_px: high - low,
        }))
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
        self.has_small_ones |= largest > 0.0 && usable().next().is_none();
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
}

fn bytes_of(width: usize, height: usize) -> Option<usize> {
    width.checked_mul(height)?.checked_mul(3)
}

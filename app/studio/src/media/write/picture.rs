//! Pictures to H.264 by openh264. A picture that is the one before is not encoded again, but repeated.

use std::ops::RangeInclusive;

use openh264::encoder::{
    BitRate, Encoder, EncoderConfig, FrameType, IntraFramePeriod, Profile, UsageType, VuiConfig,
};
use openh264::{OpenH264API, Timestamp};

use super::planes::Planes;
use super::{FrameRate, RecordingError, Result, failed};
use crate::media::h264::Repeats;
use crate::texts::text;

/// Sides of a film; the encoder takes no more pixels than 3840 × 2160.
pub const SIZES_PX: RangeInclusive<u32> = 16..=3840;
/// Bits for a pixel in a second. A talking head at 512 × 512 gets 1.6 Mbit/s, where nobody sees a difference.
const PIXEL_BITS_PER_SECOND: f64 = 6.25;
/// Pictures that follow each other sooner differ by less.
const PIXEL_BITS_PER_SECOND_AT_50: f64 = 9.0;
/// Seconds between two pictures that stand by themselves: how finely one can seek.
const KEY_INTERVAL_SECS: u32 = 2;

/// RGBA.
const PIXEL_BYTES: usize = 4;

/// One picture as MP4 stores it.
pub(super) struct EncodedPicture {
    /// NAL units, each after its length in four bytes.
    pub sample: Vec<u8>,
    /// Whether it stands by itself.
    pub is_key: bool,
    /// The last sequence parameters seen, without start code.
    pub sps: Vec<u8>,
    /// The last picture parameters seen, without start code.
    pub pps: Vec<u8>,
}

/// An encoder for pictures of one size.
pub(super) struct PictureEncoder {
    encoder: Encoder,
    source_size_px: (usize, usize),
    size_px: (usize, usize),
    planes: Planes,
    cropped: Vec<u8>,
    sps: Vec<u8>,
    pps: Vec<u8>,
    frames: u64,
    /// The picture that was encoded last.
    last: Vec<u8>,
    repeats: Repeats,
    /// Pictures since the last one that stands by itself, with that.
    since_key: u32,
    rate: FrameRate,
}

impl PictureEncoder {
    pub fn new(width_px: u32, height_px: u32, rate: FrameRate) -> Result<Self> {
        if !SIZES_PX.contains(&width_px) || !SIZES_PX.contains(&height_px) {
            return Err(RecordingError::Size {
                width_px,
                height_px,
            });
        }
        let (width, height) = (width_px as usize & !1, height_px as usize & !1);
        let pixel_bits_per_second = match rate {
            FrameRate::Fps25 => PIXEL_BITS_PER_SECOND,
            FrameRate::Fps50 => PIXEL_BITS_PER_SECOND_AT_50,
        };
        let config = EncoderConfig::new()
            .bitrate(BitRate::from_bps(
                ((width * height) as f64 * pixel_bits_per_second) as u32,
            ))
            .max_frame_rate(openh264::encoder::FrameRate::from_hz(
                rate.per_second() as f32
            ))
            // A film must have all its frames; the default may leave some out to keep the rate.
            .skip_frames(false)
            .usage_type(UsageType::CameraVideoRealTime)
            // What openh264 makes is Constrained Baseline, whatever it is asked for: its bindings leave CABAC out of reach, and it has
            // no 8 × 8 transform. Every player decodes it.
            .profile(Profile::Baseline)
            .intra_frame_period(IntraFramePeriod::from_num_frames(
                KEY_INTERVAL_SECS * rate.per_second(),
            ))
            .num_threads(1)
            .vui(VuiConfig::bt709());
        let mut encoder = Encoder::with_api_config(OpenH264API::from_source(), config)
            .map_err(|e| failed("video encoder", e))?;
        silence(&mut encoder);
        Ok(Self {
            encoder,
            source_size_px: (width_px as usize, height_px as usize),
            size_px: (width, height),
            planes: Planes::new(width, height),
            cropped: Vec::new(),
            sps: Vec::new(),
            pps: Vec::new(),
            frames: 0,
            last: Vec::new(),
            repeats: Repeats::default(),
            since_key: 0,
            rate,
        })
    }

    /// Width and height of the film.
    pub fn size_px(&self) -> (u32, u32) {
        (self.size_px.0 as u32, self.size_px.1 as u32)
    }

    /// Bytes of a picture before it is encoded.
    pub fn picture_bytes(&self) -> usize {
        let (width, height) = self.source_size_px;
        width * height * PIXEL_BYTES
    }

    /// Encodes the next picture, RGBA rows, [`Self::picture_bytes`] of them.
    pub fn encode(&mut self, rgba: &[u8]) -> Result<EncodedPicture> {
        let (source_width, _) = self.source_size_px;
        let is_key_due = self.since_key >= KEY_INTERVAL_SECS * self.rate.per_second();
        self.since_key += 1;
        if !is_key_due
            && rgba == self.last
            && let Some(unit) = self.repeats.repeat()
        {
            self.frames += 1;
            let mut sample = Vec::new();
            add_unit(&unit, &mut sample);
            return Ok(self.encoded(sample, false));
        }
        if is_key_due {
            // The encoder counts only what it encodes.
            self.encoder.force_intra_frame();
        }
        self.last.clear();
        self.last.extend_from_slice(rgba);
        let rgba = if self.source_size_px == self.size_px {
            rgba
        } else {
            self.cropped.clear();
            for row in rgba
                .chunks_exact(source_width * PIXEL_BYTES)
                .take(self.size_px.1)
            {
                self.cropped
                    .extend_from_slice(&row[..self.size_px.0 * PIXEL_BYTES]);
            }
            &self.cropped
        };
        self.planes.fill(rgba);
        let time_ms = self.frames * 1000 / u64::from(self.rate.per_second());
        self.frames += 1;
        let stream = self
            .encoder
            .encode_at(&self.planes, Timestamp::from_millis(time_ms))
            .map_err(|e| failed("video encoder", e))?;
        let is_key = matches!(stream.frame_type(), FrameType::IDR | FrameType::I);
        let mut sample = Vec::new();
        for layer in (0..stream.num_layers()).filter_map(|i| stream.layer(i)) {
            for unit in (0..layer.nal_count()).filter_map(|i| layer.nal_unit(i)) {
                let unit = without_start_code(unit);
                match unit.first().map(|byte| byte & 0x1f) {
                    None => {}
                    // Parameters stand once in the head of the file, not in every key frame.
                    Some(7) => self.sps = unit.to_vec(),
                    Some(8) => {
                        self.pps = unit.to_vec();
                        self.repeats.set_parameters(&self.sps, &self.pps);
                    }
                    Some(_) => add_unit(&self.repeats.renumbered(unit), &mut sample),
                }
            }
        }
        if sample.is_empty() || self.sps.len() < 4 || self.pps.is_empty() {
            return Err(failed("video encoder", text!("encoder-without-picture")));
        }
        if is_key {
            self.since_key = 1;
        }
        Ok(self.encoded(sample, is_key))
    }

    fn encoded(&self, sample: Vec<u8>, is_key: bool) -> EncodedPicture {
        EncodedPicture {
            sample,
            is_key,
            sps: self.sps.clone(),
            pps: self.pps.clone(),
        }
    }
}

fn add_unit(unit: &[u8], sample: &mut Vec<u8>) {
    sample.extend((unit.len() as u32).to_be_bytes());
    sample.extend_from_slice(unit);
}

/// A NAL unit without the zeros and the one that mark its start in a stream.
fn without_start_code(unit: &[u8]) -> &[u8] {
    unit.strip_prefix(&[0, 0, 0, 1])
        .or_else(|| unit.strip_prefix(&[0, 0, 1]))
        .unwrap_or(unit)
}

/// OpenH264 writes warnings straight to the terminal, one of them at every start; it reports what fails by return codes as well.
fn silence(encoder: &mut Encoder) {
    let mut level = openh264_sys2::WELS_LOG_QUIET;
    #[expect(
        unsafe_code,
        reason = "the crate sets the level only after the first warning"
    )]
    // SAFETY: the option takes a pointer to an int that is read during the call; it may be set before initialisation.
    unsafe {
        encoder.raw_api().set_option(
            openh264_sys2::ENCODER_OPTION_TRACE_LEVEL,
            (&raw mut level).cast(),
        );
    }
}

//! H.264 in MP4, MOV or MKV: taken apart by symphonia, decoded by openh264.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::Seek as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use engine::tracking::{VideoError, VideoFrame};
use engine::{Error, Result, iso_boxes};
use openh264::OpenH264API;
use openh264::decoder::{DecodedYUV, Decoder, DecoderConfig, Flush};
use openh264::formats::YUVSource as _;
use symphonia::core::codecs::video::VideoCodecParameters;
use symphonia::core::codecs::video::well_known::CODEC_ID_H264;
use symphonia::core::codecs::video::well_known::extra_data::VIDEO_EXTRA_DATA_ID_AVC_DECODER_CONFIG;
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::colours::Colours;
use super::rotation::Turn;
use super::video_track::VideoTrack;
use super::{MAX_PIXELS, OnFrame, cannot_read, unusable};
use crate::media::h264::SequenceParameters;

/// Pictures that may fail in a row: at the start the decoder is taken to lack what the film needs, later the film is broken.
const BROKEN_LIMIT: usize = 60;
/// Most bytes of one coded picture.
const MAX_PACKET_BYTES: usize = 64 << 20;
/// Begins a unit in a stream of H.264.
const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// What came of trying.
pub(super) enum Attempt {
    /// The film was read.
    Read,
    /// It is none of ours, and no picture was handed on; says why.
    Unsupported(String),
}

pub(super) fn read(
    path: &Path,
    cancelled: &dyn Fn() -> bool,
    on_frame: &mut OnFrame<'_>,
) -> Result<Attempt> {
    // As with sound: a panic over a hostile file must not take the window down.
    catch_unwind(AssertUnwindSafe(|| read_film(path, cancelled, on_frame)))
        .unwrap_or_else(|_| Err(unusable(path, VideoError::Damaged)))
}

fn read_film(
    path: &Path,
    cancelled: &dyn Fn() -> bool,
    on_frame: &mut OnFrame<'_>,
) -> Result<Attempt> {
    let unsupported = |reason: &str| Ok(Attempt::Unsupported(reason.to_owned()));
    let Some(mut format) = open(path)? else {
        return unsupported("this is not an MP4, MOV or MKV video");
    };
    let Some(track) = format.default_track(TrackType::Video) else {
        return unsupported("the video holds no pictures that are known here");
    };
    let track_id = track.id;
    let time_base = track.time_base;
    let length = track.duration.map(|duration| duration.get() as f64);
    let parameters = track.codec_params.as_ref().and_then(|p| p.video()).cloned();
    let Some(parameters) = parameters.filter(|p| p.codec == CODEC_ID_H264) else {
        return unsupported("the pictures are not H.264");
    };
    let (Some(stream), Some(time_base)) = (StreamForm::of(&parameters), time_base) else {
        return unsupported("the H.264 in this video lacks its parameters");
    };
    let api = OpenH264API::from_source();
    let config = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
    let mut decoder = Decoder::with_api_config(api, config).map_err(|error| {
        tracing::info!("{error}");
        unusable(path, VideoError::NoDecoder)
    })?;
    let track = VideoTrack::of(path);
    let mut pictures = Pictures {
        path,
        turn: track.turn,
        colours: Colours::of(stream.sequence, &track),
        waiting: BinaryHeap::new(),
        decoded: Vec::new(),
        turned: Vec::new(),
        count: 0,
        on_frame,
    };
    let mut coded = stream.parameter_sets.clone();
    let mut broken_in_a_row = 0;
    let mut fraction = 0.0;
    while let Some(packet) = next_packet(path, format.as_mut(), pictures.count > 0)? {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        if packet.track_id != track_id || packet.data.len() > MAX_PACKET_BYTES {
            continue;
        }
        let Some(time) = time_base.calc_time(packet.dts) else {
            continue;
        };
        if let Some(length) = length {
            fraction = (packet.dts.get() as f64 / length.max(1.0)) as f32;
        }
        stream.append(&packet.data, &mut coded);
        pictures.expect(time.as_secs_f64());
        match decoder.decode(&coded) {
            Ok(Some(picture)) => {
                broken_in_a_row = 0;
                pictures.hand_on(&picture, fraction)?;
            }
            // It waits for those that are shown earlier.
            Ok(None) => {}
            Err(error) => {
                pictures.forget_newest();
                broken_in_a_row += 1;
                if broken_in_a_row > BROKEN_LIMIT {
                    return if pictures.count == 0 {
                        Ok(Attempt::Unsupported(format!(
                            "this kind of H.264 is not decoded here ({error})"
                        )))
                    } else {
                        Err(unusable(path, VideoError::Damaged))
                    };
                }
            }
        }
        coded.clear();
    }
    let rest = decoder.flush_remaining().unwrap_or_default();
    for picture in &rest {
        pictures.hand_on(picture, 1.0)?;
    }
    if pictures.count == 0 {
        return unsupported("no picture of the video could be decoded here");
    }
    Ok(Attempt::Read)
}

/// The container, `None` if it is none that is known here.
pub(super) fn open(path: &Path) -> Result<Option<Box<dyn FormatReader>>> {
    let failed = |source| cannot_read(path, source);
    let mut file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    if iso_boxes::claims(&mut file, length)
        .map_err(failed)?
        .is_overdrawn
    {
        return Err(unusable(path, VideoError::Damaged));
    }
    file.rewind().map_err(failed)?;
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    Ok(symphonia::default::get_probe()
        .probe(
            &hint,
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .ok())
}

/// The next packet, `None` at the end, which is also where a film was cut off.
fn next_packet(
    path: &Path,
    format: &mut dyn FormatReader,
    has_pictures: bool,
) -> Result<Option<symphonia::core::packet::Packet>> {
    match format.next_packet() {
        Ok(packet) => Ok(packet),
        Err(SymphoniaError::ResetRequired) => Ok(None),
        Err(SymphoniaError::IoError(error))
            if error.kind() == std::io::ErrorKind::UnexpectedEof =>
        {
            Ok(None)
        }
        Err(SymphoniaError::IoError(source)) => Err(cannot_read(path, source)),
        Err(_) if has_pictures => Ok(None),
        Err(error) => {
            tracing::info!("{error}: {}", path.display());
            Err(unusable(path, VideoError::Damaged))
        }
    }
}

/// How MP4 keeps H.264 (ISO/IEC 14496-15, AVCDecoderConfigurationRecord): units with their length in front.
struct StreamForm {
    length_bytes: usize,
    /// Sequence and picture parameters as a decoder takes them.
    parameter_sets: Vec<u8>,
    /// The first of the former.
    sequence: Option<SequenceParameters>,
}

impl StreamForm {
    fn of(parameters: &VideoCodecParameters) -> Option<Self> {
        let record = &parameters
            .extra_data
            .iter()
            .find(|extra| extra.id == VIDEO_EXTRA_DATA_ID_AVC_DECODER_CONFIG)?
            .data;
        let length_bytes = usize::from(record.get(4)? & 3) + 1;
        let mut parameter_sets = Vec::new();
        let mut sequence = None;
        let mut rest = record.get(5..)?;
        for mask in [0x1F, 0xFF] {
            let (&count, after) = rest.split_first()?;
            rest = after;
            for _ in 0..count & mask {
                let (length, after) = rest.split_first_chunk::<2>()?;
                let (unit, after) =
                    after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
                sequence = sequence.or_else(|| SequenceParameters::of_unit(unit));
                parameter_sets.extend(START_CODE);
                parameter_sets.extend(unit);
                rest = after;
            }
        }
        Some(Self {
            length_bytes,
            parameter_sets,
            sequence,
        })
    }

    /// Adds the units of a packet; what of it is cut off is left out.
    fn append(&self, mut packet: &[u8], out: &mut Vec<u8>) {
        while let Some((length, rest)) = packet.split_at_checked(self.length_bytes) {
            let length = length
                .iter()
                .fold(0_usize, |sum, &byte| sum << 8 | usize::from(byte));
            let Some((unit, rest)) = rest.split_at_checked(length) else {
                break;
            };
            if !unit.is_empty() {
                out.extend(START_CODE);
                out.extend(unit);
            }
            packet = rest;
        }
    }
}

/// Brings decoded pictures and times together: pictures come in the order in which they are shown, so each takes the
/// earliest time that waits.
struct Pictures<'a, 'b> {
    path: &'a Path,
    turn: Turn,
    colours: Colours,
    /// Times in nanoseconds, earliest first.
    waiting: BinaryHeap<Reverse<i64>>,
    decoded: Vec<u8>,
    turned: Vec<u8>,
    count: usize,
    on_frame: &'a mut OnFrame<'b>,
}

impl Pictures<'_, '_> {
    fn expect(&mut self, time_secs: f64) {
        self.waiting
            .push(Reverse((time_secs.max(0.0) * 1e9) as i64));
    }

    /// The last one that was expected will not come.
    fn forget_newest(&mut self) {
        let mut times = std::mem::take(&mut self.waiting).into_sorted_vec();
        // Sorted from the latest to the earliest.
        if !times.is_empty() {
            times.remove(0);
        }
        self.waiting = times.into();
    }

    fn hand_on(&mut self, picture: &DecodedYUV<'_>, fraction: f32) -> Result<()> {
        let Some(Reverse(time)) = self.waiting.pop() else {
            return Ok(());
        };
        let (width, height) = picture.dimensions();
        if width == 0 || height == 0 || width.saturating_mul(height) > MAX_PIXELS {
            return Err(unusable(
                self.path,
                VideoError::TooLarge {
                    width_px: width,
                    height_px: height,
                },
            ));
        }
        self.decoded.resize(width * height * 3, 0);
        self.colours.write_rgb(picture, &mut self.decoded);
        let (width, height, rgb) =
            self.turn
                .applied(width, height, &self.decoded, &mut self.turned);
        self.count += 1;
        let frame = VideoFrame {
            width,
            height,
            rgb,
            time_secs: time as f64 / 1e9,
        };
        (self.on_frame)(&frame, fraction.clamp(0.0, 1.0))
    }
}

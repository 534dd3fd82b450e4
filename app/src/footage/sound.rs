//! The sound of a film: what the engine decodes, Opus as in our own films, and the rest through ffmpeg.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use engine::audio::SAMPLE_RATE_HZ;
use engine::audio::decode::LONGEST_SECS;
use engine::{Error, Result};
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::{cannot_read, check_file, ffmpeg, unusable};

/// Longest packet of Opus, samples at our rate: 120 ms.
const MOST_PACKET_SAMPLES: usize = SAMPLE_RATE_HZ as usize * 120 / 1000;
/// Rate that Opus counts its delay in.
const OPUS_RATE_HZ: u32 = 48_000;
/// Where the delay stands in Opus' identification header, which MP4 keeps with the larger byte first.
const DELAY_AT: usize = 10;

/// The first sound track of a film, mono at 24 kHz; `None` if it has none.
///
/// # Errors
/// [`Error::File`], [`Error::InputUnusable`] if the sound is broken or of a kind that needs an ffmpeg that is not there,
/// [`Error::Cancelled`].
pub fn sound_of(path: &Path, cancelled: &dyn Fn() -> bool) -> Result<Option<Vec<f32>>> {
    check_file(path)?;
    let opus = catch_unwind(AssertUnwindSafe(|| opus_of(path))).unwrap_or(Ok(Sound::Other))?;
    match opus {
        Sound::None => return Ok(None),
        Sound::Opus(samples) => return Ok(Some(samples)),
        Sound::Other => {}
    }
    let error = match engine::audio::decode_file(path) {
        Ok(samples) => return Ok(Some(samples)),
        Err(error) => error,
    };
    if cancelled() {
        return Err(Error::Cancelled);
    }
    let folder = tempfile::tempdir().map_err(|source| cannot_read(path, source))?;
    let wav = folder.path().join("sound.wav");
    match ffmpeg::extract_sound(path, &wav, cancelled) {
        Ok(true) => engine::audio::decode_file(&wav).map(Some),
        Ok(false) => Ok(None),
        Err(Error::Cancelled) => Err(Error::Cancelled),
        // What the engine says is closer to the file than that there is no ffmpeg.
        Err(_) => Err(error),
    }
}

enum Sound {
    /// An MP4 or MOV without a sound track.
    None,
    Opus(Vec<f32>),
    /// Something for the engine or for ffmpeg.
    Other,
}

fn opus_of(path: &Path) -> Result<Sound> {
    let file = File::open(path).map_err(|source| cannot_read(path, source))?;
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let Ok(mut format) = symphonia::default::get_probe().probe(
        &Hint::new(),
        stream,
        FormatOptions::default(),
        MetadataOptions::default(),
    ) else {
        return Ok(Sound::Other);
    };
    if format.default_track(TrackType::Video).is_none() {
        return Ok(Sound::Other);
    }
    let Some(track) = format.default_track(TrackType::Audio) else {
        return Ok(Sound::None);
    };
    let track_id = track.id;
    let parameters = track.codec_params.as_ref().and_then(|p| p.audio()).cloned();
    let Some(parameters) = parameters.filter(|p| p.codec == CODEC_ID_OPUS) else {
        return Ok(Sound::Other);
    };
    let broken = |error| unusable(path, format!("the sound of the video is broken ({error})"));
    // It mixes to one channel and resamples by itself.
    let mut decoder = opus::Decoder::new(SAMPLE_RATE_HZ, opus::Channels::Mono).map_err(broken)?;
    let delay = parameters
        .extra_data
        .as_deref()
        .and_then(|head| head.get(DELAY_AT..DELAY_AT + 2))
        .map_or(0, |bytes| {
            u32::from(u16::from_be_bytes([bytes[0], bytes[1]]))
        });
    let limit = LONGEST_SECS as usize * SAMPLE_RATE_HZ as usize;
    let mut samples = Vec::new();
    let mut piece = [0.0; MOST_PACKET_SAMPLES];
    while let Ok(Some(packet)) = format.next_packet() {
        if packet.track_id != track_id {
            continue;
        }
        // A broken packet is a moment of silence, as a player has it.
        if let Ok(count) = decoder.decode_float(&packet.data, &mut piece, false) {
            samples.extend_from_slice(&piece[..count]);
        }
        if samples.len() > limit {
            return Err(unusable(
                path,
                "the video is longer than two hours: cut it into shorter ones",
            ));
        }
    }
    let delay = (delay * SAMPLE_RATE_HZ / OPUS_RATE_HZ) as usize;
    samples.drain(..delay.min(samples.len()));
    Ok(if samples.is_empty() {
        Sound::None
    } else {
        Sound::Opus(samples)
    })
}

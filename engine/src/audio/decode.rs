//! Recordings of any common kind to mono samples at [`SAMPLE_RATE_HZ`]: WAV, MP3, FLAC, Ogg Vorbis, Opus, AIFF, CAF, and the sound of
//! M4A, MP4, MKV and WebM.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use symphonia::core::codecs::audio::well_known as codec;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;

use super::format_name::{HEAD_BYTES, format_name};
use super::mix::{Mix, Powers};
use super::track_decoder::{DecodedPacket, TrackDecoder};
use super::wav_salvage;
use super::{AudioError, Resampler, SAMPLE_RATE_HZ};
use crate::{Error, Result, iso_boxes};

/// Longest recording that is taken, seconds. It bounds the decoded sound to 0.64 GiB.
pub const MAX_SECS: u32 = 2 * 60 * 60;
/// Most channels that are mixed down.
const MAX_CHANNELS: usize = 64;
/// Broken packets in a row before a file counts as broken; one bad packet is skipped as a player would.
const BROKEN_PACKETS_LIMIT: usize = 100;

/// Reads a recording: all channels mixed to one, resampled to [`SAMPLE_RATE_HZ`]. Of a film, the first sound track. Channels that
/// cancel each other out are not mixed; whatever holds the most sound is taken.
///
/// # Errors
/// [`Error::File`] if the file cannot be opened or read; [`Error::Audio`] if it is empty, holds no sound, is of an
/// unsupported kind, is broken, or is longer than [`MAX_SECS`].
pub fn decode_file(path: &Path) -> Result<Vec<f32>> {
    // Decoders of hostile formats are large; a panic in one of them must not take the window down.
    catch_unwind(AssertUnwindSafe(|| decode(path, MAX_SECS)))
        .unwrap_or_else(|_| Err(unusable(path, AudioError::Broken)))
}

fn unusable(path: &Path, error: AudioError) -> Error {
    Error::from(error).in_file(path)
}

/// The same for what a decoder says, which is logged.
fn decoder_failed(path: &Path, error: AudioError, detail: &SymphoniaError) -> Error {
    tracing::debug!(%detail, path = %path.display(), "the sound cannot be decoded");
    unusable(path, error)
}

fn decode(path: &Path, max_secs: u32) -> Result<Vec<f32>> {
    let cannot_read = |source| Error::File {
        action: crate::error::FileAction::ReadRecording,
        source,
        path: path.to_owned(),
    };
    // Devices and pipes would block or never end, and opening a pipe already waits.
    let metadata = std::fs::metadata(path).map_err(cannot_read)?;
    if !metadata.is_file() {
        return Err(unusable(path, AudioError::NotAFile));
    }
    if metadata.len() == 0 {
        return Err(unusable(path, AudioError::Empty));
    }
    let (samples, powers) = decode_as(path, max_secs, Mix::Mean)?;
    let mut samples = match powers.instead_of_mean() {
        Some(mix) => decode_as(path, max_secs, mix)?.0,
        None => samples,
    };
    if samples.is_empty() {
        return Err(unusable(path, AudioError::NoSamples));
    }
    let loudest = samples.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    // As far as nothing is clipped.
    let gain = powers
        .surround_gain()
        .min(1.0 / loudest.max(f32::MIN_POSITIVE));
    if gain > 1.0 {
        samples.iter_mut().for_each(|sample| *sample *= gain);
    }
    Ok(samples)
}

/// The samples and the power of the channels that they are mixed from.
fn decode_as(path: &Path, max_secs: u32, mix: Mix) -> Result<(Vec<f32>, Powers)> {
    let cannot_read = |source| Error::File {
        action: crate::error::FileAction::ReadRecording,
        source,
        path: path.to_owned(),
    };
    let mut file = File::open(path).map_err(cannot_read)?;
    let length = file.metadata().map_err(cannot_read)?.len();
    if iso_boxes::claims(&mut file, length)
        .map_err(cannot_read)?
        .is_overdrawn
    {
        return Err(unusable(path, AudioError::Broken));
    }
    file.rewind().map_err(cannot_read)?;
    let mut format = match probe(path, Box::new(file)) {
        Ok(format) => format,
        Err(error) => {
            let salvaged = wav_salvage::sound_alone(path).map_err(cannot_read)?;
            salvaged
                .and_then(|sound| probe(path, Box::new(ReadOnlySource::new(sound))).ok())
                .ok_or_else(|| {
                    let kind = match error {
                        SymphoniaError::LimitError(_) => AudioError::Broken,
                        _ => AudioError::UnknownFormat {
                            name: format_name(&head(path), path),
                        },
                    };
                    decoder_failed(path, kind, &error)
                })?
        }
    };
    let track = format
        .default_track(TrackType::Audio)
        .ok_or_else(|| unusable(path, AudioError::NoSoundTrack))?;
    let track_id = track.id;
    let parameters = track
        .codec_params
        .as_ref()
        .and_then(|p| p.audio())
        .cloned()
        .ok_or_else(|| unusable(path, AudioError::UnknownCodec { name: None }))?;
    let decoded = decode_track(path, format.as_mut(), track_id, &parameters, max_secs, mix);
    match decoded {
        // symphonia knows no AAC of more than two channels.
        Err(error)
            if parameters.codec == codec::CODEC_ID_AAC
                && matches!(error.kind(), Error::Audio(AudioError::UnknownCodec { .. })) =>
        {
            decode_surround_aac(path, max_secs, mix)?.ok_or(error)
        }
        decoded => decoded,
    }
}

/// The first bytes of a file, as many as there are.
fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    if let Ok(file) = File::open(path) {
        // What cannot be read names nothing.
        let _ = file.take(HEAD_BYTES as u64).read_to_end(&mut head);
    }
    head
}

/// AAC of more than two channels, in M4A, MP4 or on its own; `None` if this is something else, too.
fn decode_surround_aac(path: &Path, max_secs: u32, mix: Mix) -> Result<Option<(Vec<f32>, Powers)>> {
    let options = syom::DecodeOptions::audio().with_max_duration_secs(f64::from(max_secs));
    let decoded = match syom::read_with(path, &options) {
        Ok(decoded) => decoded,
        Err(detail) => {
            tracing::debug!(%detail, path = %path.display(), "AAC cannot be decoded");
            return Ok(None);
        }
    };
    let channels = decoded.channels.len();
    let frames = decoded.channels.iter().map(Vec::len).min().unwrap_or(0);
    if channels == 0 || channels > MAX_CHANNELS {
        return Err(unusable(path, AudioError::Channels { channels }));
    }
    let mut resampler = Resampler::new(decoded.sample_rate, SAMPLE_RATE_HZ)?;
    let (mut interleaved, mut mono, mut out) = (Vec::new(), Vec::new(), Vec::new());
    let mut powers = Powers::default();
    const PIECE_FRAMES: usize = 4096;
    for start in (0..frames).step_by(PIECE_FRAMES) {
        interleaved.clear();
        mono.clear();
        for frame in start..(start + PIECE_FRAMES).min(frames) {
            interleaved.extend(decoded.channels.iter().map(|channel| channel[frame]));
        }
        powers.add(&interleaved, channels);
        mix.push(&interleaved, channels, &mut mono);
        resampler.push(&mono, &mut out)?;
    }
    resampler.finish(&mut out)?;
    Ok(Some((out, powers)))
}

/// Finds out what kind of file it is; its ending is no more than a hint.
fn probe(
    path: &Path,
    source: Box<dyn MediaSource>,
) -> symphonia::core::errors::Result<Box<dyn FormatReader>> {
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
        hint.with_extension(extension);
    }
    symphonia::default::get_probe().probe(
        &hint,
        MediaSourceStream::new(source, Default::default()),
        FormatOptions::default(),
        MetadataOptions::default(),
    )
}

fn decode_track(
    path: &Path,
    format: &mut dyn FormatReader,
    track_id: u32,
    parameters: &AudioCodecParameters,
    max_secs: u32,
    mix: Mix,
) -> Result<(Vec<f32>, Powers)> {
    let mut decoder = TrackDecoder::new(parameters).map_err(|detail| {
        let name = codec_name(parameters.codec).map(str::to_owned);
        decoder_failed(path, AudioError::UnknownCodec { name }, &detail)
    })?;
    let mut interleaved: Vec<f32> = Vec::new();
    let mut mono: Vec<f32> = Vec::new();
    let mut out = Vec::new();
    let mut powers = Powers::default();
    // The rate is known with the first decoded packet; some files announce a wrong one.
    let mut resampler: Option<(u32, Resampler)> = None;
    let mut heard_samples: u64 = 0;
    let mut broken_in_a_row = 0;
    loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) | Err(SymphoniaError::ResetRequired) => break,
            // A file that was cut off ends like this; what came before is good.
            Err(SymphoniaError::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                break;
            }
            Err(SymphoniaError::IoError(source)) => {
                return Err(Error::File {
                    action: crate::error::FileAction::ReadRecording,
                    source,
                    path: path.to_owned(),
                });
            }
            Err(_) if !out.is_empty() => break,
            Err(e) => {
                return Err(decoder_failed(path, AudioError::Broken, &e));
            }
        };
        if packet.track_id != track_id {
            continue;
        }
        let heard = match decoder.decode(&packet, &mut interleaved) {
            Ok(heard) => heard,
            Err(SymphoniaError::DecodeError(_) | SymphoniaError::IoError(_))
                if broken_in_a_row < BROKEN_PACKETS_LIMIT =>
            {
                broken_in_a_row += 1;
                continue;
            }
            Err(e) => {
                return Err(decoder_failed(path, AudioError::Broken, &e));
            }
        };
        broken_in_a_row = 0;
        let DecodedPacket {
            rate_hz,
            channels,
            frames,
        } = heard;
        if frames == 0 {
            continue;
        }
        if channels == 0 || channels > MAX_CHANNELS {
            return Err(unusable(path, AudioError::Channels { channels }));
        }
        let (known_rate_hz, resampler) = match &mut resampler {
            Some(known) => known,
            slot => slot.insert((rate_hz, Resampler::new(rate_hz, SAMPLE_RATE_HZ)?)),
        };
        if *known_rate_hz != rate_hz {
            return Err(unusable(path, AudioError::RateChanges));
        }
        heard_samples += frames as u64;
        if heard_samples > u64::from(max_secs) * u64::from(rate_hz) {
            let error = AudioError::TooLong { max_secs: MAX_SECS };
            return Err(unusable(path, error));
        }
        mono.clear();
        powers.add(&interleaved, channels);
        mix.push(&interleaved, channels, &mut mono);
        resampler.push(&mono, &mut out)?;
    }
    if let Some((_, mut resampler)) = resampler {
        resampler.finish(&mut out)?;
    }
    Ok((out, powers))
}

/// What people call the codecs that they meet and that are not decoded here.
fn codec_name(id: AudioCodecId) -> Option<&'static str> {
    Some(match id {
        codec::CODEC_ID_OPUS => "Opus in more than two channels",
        codec::CODEC_ID_AC3 | codec::CODEC_ID_EAC3 => "Dolby Digital",
        codec::CODEC_ID_SPEEX => "Speex",
        codec::CODEC_ID_MP1 | codec::CODEC_ID_MP2 => "MPEG layer 1 or 2",
        codec::CODEC_ID_WMA => "Windows Media",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::write_wav;

    fn message(path: &Path) -> String {
        decode_file(path).unwrap_err().to_string()
    }

    /// A WAV header for `data_len` bytes of 16-bit sound, with whatever fields a test wants.
    fn wav_header(channels: u16, rate_hz: u32, data_len: u32) -> Vec<u8> {
        let mut out = b"RIFF".to_vec();
        out.extend((36 + data_len).to_le_bytes());
        out.extend(b"WAVEfmt \x10\0\0\0\x01\0");
        out.extend(channels.to_le_bytes());
        out.extend(rate_hz.to_le_bytes());
        out.extend((rate_hz.wrapping_mul(2 * u32::from(channels))).to_le_bytes());
        out.extend((channels * 2).to_le_bytes());
        out.extend(16_u16.to_le_bytes());
        out.extend(b"data");
        out.extend(data_len.to_le_bytes());
        out
    }

    #[test]
    fn stereo_is_mixed_and_resampled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stereo.wav");
        let mut bytes = wav_header(2, 48_000, 48_000 * 4);
        for i in 0..48_000 {
            let left = (std::f32::consts::TAU * 200.0 * i as f32 / 48_000.0).sin() * 16_000.0;
            bytes.extend((left as i16).to_le_bytes());
            bytes.extend(0_i16.to_le_bytes());
        }
        std::fs::write(&path, bytes).unwrap();
        let samples = decode_file(&path).unwrap();
        assert_eq!(samples.len(), 24_000);
        let loudest = samples[2000..22_000].iter().fold(0.0_f32, |m, x| m.max(*x));
        assert!((loudest - 0.244).abs() < 0.003, "{loudest}");
    }

    #[test]
    fn unusable_files_say_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        assert!(matches!(decode_file(&path), Err(Error::File { .. })));
        std::fs::write(&path, b"").unwrap();
        assert!(message(&path).contains("empty"));
        std::fs::write(&path, b"these are just words, not sound, ".repeat(400)).unwrap();
        assert!(message(&path).contains("audio"), "{}", message(&path));
        assert!(message(folder.path()).contains("not a file"));
        std::fs::write(&path, wav_header(1, 24_000, 0)).unwrap();
        assert!(
            message(&path).contains("track is empty"),
            "{}",
            message(&path)
        );
    }

    #[test]
    fn what_is_no_sample_is_silence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        for channels in [1_u16, 2] {
            let mut bytes = wav_header(channels, 44_100, 64_000);
            // Floats of 32 bits.
            bytes[20..22].copy_from_slice(&3_u16.to_le_bytes());
            bytes[28..32].copy_from_slice(&(44_100 * 4 * u32::from(channels)).to_le_bytes());
            bytes[32..34].copy_from_slice(&(4 * channels).to_le_bytes());
            bytes[34..36].copy_from_slice(&32_u16.to_le_bytes());
            let strange = [
                f32::INFINITY,
                0.1,
                f32::NAN,
                f32::MAX,
                0.2,
                f32::NEG_INFINITY,
                -1e30,
            ];
            let samples = strange.iter().cycle().take(16_000);
            bytes.extend(samples.flat_map(|sample| sample.to_le_bytes()));
            std::fs::write(&path, bytes).unwrap();
            let decoded = decode_file(&path).unwrap();
            assert!(decoded.iter().all(|sample| sample.abs() < 1.0));
            assert!(decoded.iter().any(|sample| sample.abs() > 0.01));
        }
    }

    #[test]
    fn a_fragment_with_more_samples_than_bytes_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mov");
        let boxed = |kind: &[u8], contents: &[u8]| {
            let length = contents.len() as u32 + 8;
            [&length.to_be_bytes()[..], kind, contents].concat()
        };
        let run = boxed(b"trun", &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        let bytes = [
            boxed(b"ftyp", b"isom\0\0\x02\0"),
            boxed(b"moof", &boxed(b"traf", &run)),
            boxed(b"mdat", &[0; 4000]),
        ];
        std::fs::write(&path, bytes.concat()).unwrap();
        assert!(message(&path).contains("corrupt"), "{}", message(&path));
    }

    #[test]
    fn hostile_headers_do_not_panic_or_fill_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        for (channels, rate_hz) in [(0, 24_000), (1, 0), (1, 1), (30_000, 48_000), (1, u32::MAX)] {
            let mut bytes = wav_header(channels, rate_hz, u32::MAX - 36);
            bytes.extend([1; 4000]);
            std::fs::write(&path, bytes).unwrap();
            let _ = decode_file(&path).unwrap_err();
        }
    }

    #[test]
    fn a_recording_that_was_cut_off_is_read_up_to_the_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut bytes = wav_header(1, 24_000, 48_000);
        bytes.extend([1; 20_000]);
        std::fs::write(&path, bytes).unwrap();
        let samples = decode_file(&path).unwrap();
        assert!(
            (9_000..=10_000).contains(&samples.len()),
            "{}",
            samples.len()
        );
    }

    #[test]
    fn broken_remarks_do_not_cost_the_sound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut bytes = b"RIFF\0\0\0\0WAVELIST\x0a\0\0\0INFOISFT\xff\xff".to_vec();
        bytes.extend(&wav_header(1, 24_000, 9_600)[12..]);
        bytes.extend([1; 9_600]);
        // A list that says it is longer than the list that it is in.
        bytes.extend(b"LIST\x10\0\0\0INFOISFT\xff\0\0\0Lavf");
        let length = bytes.len() as u32 - 8;
        bytes[4..8].copy_from_slice(&length.to_le_bytes());
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(decode_file(&path).unwrap().len(), 4_800);
        // Without its sound nothing is saved.
        std::fs::write(&path, &bytes[..40]).unwrap();
        assert!(message(&path).contains("a.wav"));
    }

    #[test]
    fn recordings_beyond_the_limit_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.wav");
        write_wav(&path, &[0.0; 4 * 24_000]).unwrap();
        assert!(decode(&path, 5).is_ok());
        let message = decode(&path, 3).unwrap_err().to_string();
        assert!(message.contains("is longer than"), "{message}");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let samples: Vec<f32> = (0..5000).map(|i| (i as f32 * 0.05).sin() * 0.9).collect();
        write_wav(&path, &samples).unwrap();
        let back = decode_file(&path).unwrap();
        assert_eq!(back.len(), samples.len());
        for (a, b) in samples.iter().zip(&back) {
            // Half a step of rounding, one of dither.
            assert!((a - b).abs() <= 1.5 / 32_768.0);
        }
    }
}

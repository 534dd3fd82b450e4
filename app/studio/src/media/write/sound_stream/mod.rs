//! Sound that is encoded while it is made, for somebody who listens at the other end of a connection.

mod adts;
mod ffmpeg_pipe;
mod ogg_opus;

use engine::audio::wav::{Quantizer, SYNTHETIC_MARK, marked, stream_header};

use super::flac::FlacEncoder;
use super::{Result, SoundFormat, failed};
use crate::texts::text;
use adts::Adts;
use ffmpeg_pipe::FfmpegPipe;
use ogg_opus::OggOpus;

/// What ffmpeg is asked for where it streams MP3.
const MP3: [&str; 6] = ["-f", "mp3", "-b:a", "96k", "-write_xing", "0"];

/// A sound that is being encoded. Dropping it ends everything that it started.
pub struct SoundStream(Encoder);

enum Encoder {
    Integers {
        quantizer: Quantizer,
        /// What goes ahead of the first samples.
        header: Vec<u8>,
    },
    Flac {
        encoder: FlacEncoder,
        header: Vec<u8>,
    },
    Ogg(Box<OggOpus>),
    Adts(Box<Adts>),
    Ffmpeg(FfmpegPipe),
}

impl SoundStream {
    /// Begins a sound of mono samples at 24 kHz. It says that a machine made it, and the remark, where the format has a place for it.
    ///
    /// # Errors
    /// If the encoder cannot be started, such as ffmpeg where it is not installed, or the format cannot be streamed.
    pub fn start(format: SoundFormat, remark: Option<&str>) -> Result<Self> {
        let integers = |header| Encoder::Integers {
            quantizer: Quantizer::default(),
            header,
        };
        Ok(Self(match format {
            SoundFormat::Wav => integers(stream_header(remark)),
            SoundFormat::Pcm => integers(Vec::new()),
            SoundFormat::Flac => Encoder::Flac {
                header: FlacEncoder::head(&marked(SYNTHETIC_MARK, remark)),
                encoder: FlacEncoder::default(),
            },
            SoundFormat::Opus => Encoder::Ogg(Box::new(OggOpus::start(remark)?)),
            SoundFormat::Aac => Encoder::Adts(Box::new(Adts::start()?)),
            SoundFormat::Mp3 => {
                let pipe = FfmpegPipe::start(&MP3, remark);
                Encoder::Ffmpeg(pipe.map_err(|error| failed("sound encoder", error))?)
            }
            SoundFormat::M4a => {
                return Err(failed("sound encoder", text!("sound-stream-m4a")));
            }
        }))
    }

    /// Adds samples and returns the bytes that are ready, of these or of earlier ones.
    ///
    /// # Errors
    /// If the encoder fails.
    pub fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>> {
        match &mut self.0 {
            Encoder::Integers { quantizer, header } => {
                let mut bytes = std::mem::take(header);
                bytes.extend(integers(quantizer, samples));
                Ok(bytes)
            }
            Encoder::Flac { encoder, header } => {
                let mut bytes = std::mem::take(header);
                bytes.extend(encoder.encode(samples));
                Ok(bytes)
            }
            Encoder::Ogg(ogg) => ogg.encode(samples),
            Encoder::Adts(adts) => adts.encode(samples),
            Encoder::Ffmpeg(pipe) => pipe
                .encode(samples)
                .map_err(|error| failed("sound encoder", error)),
        }
    }

    /// The last bytes.
    ///
    /// # Errors
    /// If the encoder fails.
    pub fn finish(self) -> Result<Vec<u8>> {
        match self.0 {
            Encoder::Integers { header, .. } => Ok(header),
            Encoder::Flac {
                mut encoder,
                header,
            } => Ok([header, encoder.finish()].concat()),
            Encoder::Ogg(ogg) => ogg.finish(),
            Encoder::Adts(adts) => adts.finish(),
            Encoder::Ffmpeg(pipe) => pipe
                .finish()
                .map_err(|error| failed("sound encoder", error)),
        }
    }
}

/// Little-endian 16-bit samples.
fn integers(quantizer: &mut Quantizer, samples: &[f32]) -> impl Iterator<Item = u8> {
    samples
        .iter()
        .flat_map(|&sample| quantizer.quantize(sample).to_le_bytes())
}

#[cfg(test)]
mod tests {
    use engine::audio::SAMPLE_RATE_HZ;

    use super::*;

    fn tone(samples: usize) -> Vec<f32> {
        let rate = SAMPLE_RATE_HZ as f32;
        (0..samples)
            .map(|i| 0.4 * (i as f32 * 220.0 * std::f32::consts::TAU / rate).sin())
            .collect()
    }

    /// Encodes in uneven pieces and reads the result as a file.
    fn round_trip(format: SoundFormat, samples: &[f32]) -> Vec<f32> {
        let mut stream = SoundStream::start(format, Some("a remark")).unwrap();
        let mut bytes = Vec::new();
        for piece in samples.chunks(4321) {
            bytes.extend(stream.encode(piece).unwrap());
        }
        bytes.extend(stream.finish().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("a.{}", format.name()));
        std::fs::write(&path, bytes).unwrap();
        engine::audio::decode_file(&path).unwrap()
    }

    /// How much of the one is in the other at this shift, −1 to 1.
    fn correlation(a: &[f32], b: &[f32]) -> f32 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    /// Samples of a packet. Our reader keeps what only fills the last one; the stream says where it ends.
    const OPUS_PACKET: usize = 480;

    #[test]
    fn opus_has_the_length_and_the_place_of_its_samples() {
        let samples = tone(30_011);
        let heard = round_trip(SoundFormat::Opus, &samples);
        let filling = heard.len() - samples.len();
        assert!(filling < OPUS_PACKET, "{filling}");
        assert!(correlation(&heard, &samples) > 0.95);
    }

    #[test]
    fn a_sound_shorter_than_a_packet_is_whole() {
        let samples = tone(100);
        let heard = round_trip(SoundFormat::Opus, &samples).len();
        assert!((100..100 + OPUS_PACKET).contains(&heard), "{heard}");
        assert_eq!(round_trip(SoundFormat::Wav, &samples).len(), 100);
    }

    #[test]
    fn flac_is_the_wav_sample_by_sample() {
        let samples = tone(30_011);
        let flac = round_trip(SoundFormat::Flac, &samples);
        assert!(flac == round_trip(SoundFormat::Wav, &samples));
    }

    #[test]
    fn mp3_and_aac_are_the_sound_between_two_silences() {
        let samples = tone(30_011);
        // Of the silences their streams do not tell.
        let formats = SoundFormat::available_streams().into_iter();
        for format in formats.filter(|format| matches!(format, SoundFormat::Mp3 | SoundFormat::Aac))
        {
            let heard = round_trip(format, &samples);
            let late = heard.len() - samples.len();
            assert!(late < 5000, "{format:?}: {late}");
            let best = (0..late).map(|at| correlation(&heard[at..at + samples.len()], &samples));
            assert!(best.fold(0.0, f32::max) > 0.99, "{format:?}");
        }
    }

    #[test]
    fn a_format_that_needs_the_whole_sound_is_no_stream() {
        assert!(SoundStream::start(SoundFormat::M4a, None).is_err());
    }
}

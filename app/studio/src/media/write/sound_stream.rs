//! Sound that is encoded while it is made, for somebody who listens at the other end of a connection.

use std::io::{self, Read as _, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use engine::audio::SAMPLE_RATE_HZ;
use engine::audio::wav::{self, Quantizer, marked, stream_header};
use ogg::{PacketWriteEndInfo, PacketWriter};

use super::sound::{SoundCodec, SoundEncoder};
use super::{Result, failed};
use crate::media::ffmpeg;

/// Opus packets in an Ogg page: a fifth of a second, so that a player can begin early.
const PAGE_PACKETS: usize = 10;
/// The number of our only logical stream.
const OGG_SERIAL: u32 = 1;

/// How streamed sound is encoded. All are mono.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamFormat {
    /// 16-bit samples at 24 kHz behind a header without a length.
    Wav,
    /// The same samples, little-endian, without a header.
    Pcm,
    /// Opus in Ogg.
    Opus,
    /// MP3 by an installed ffmpeg.
    Mp3,
    /// AAC in ADTS by an installed ffmpeg.
    Aac,
    /// FLAC by an installed ffmpeg.
    Flac,
}

impl StreamFormat {
    /// Every format.
    pub const ALL: [Self; 6] = [
        Self::Wav,
        Self::Pcm,
        Self::Opus,
        Self::Mp3,
        Self::Aac,
        Self::Flac,
    ];

    /// Its name in file names and interfaces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Pcm => "pcm",
            Self::Opus => "opus",
            Self::Mp3 => "mp3",
            Self::Aac => "aac",
            Self::Flac => "flac",
        }
    }

    /// The format with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The media type of its streams.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Pcm => "audio/pcm",
            Self::Opus => "audio/ogg",
            Self::Mp3 => "audio/mpeg",
            Self::Aac => "audio/aac",
            Self::Flac => "audio/flac",
        }
    }

    /// The formats that can be encoded on this machine: some need ffmpeg.
    pub fn available() -> Vec<Self> {
        let has_ffmpeg = ffmpeg::is_installed();
        let formats = Self::ALL.into_iter();
        formats
            .filter(|format| has_ffmpeg || format.ffmpeg_arguments().is_none())
            .collect()
    }

    /// What ffmpeg is asked for; none where we encode ourselves.
    fn ffmpeg_arguments(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Wav | Self::Pcm | Self::Opus => None,
            Self::Mp3 => Some(&["-f", "mp3", "-b:a", "96k", "-write_xing", "0"]),
            Self::Aac => Some(&["-f", "adts", "-c:a", "aac", "-b:a", "96k"]),
            Self::Flac => Some(&["-f", "flac"]),
        }
    }
}

/// A sound that is being encoded. Dropping it ends everything that it started.
pub struct SoundStream(Encoder);

enum Encoder {
    Integers {
        quantizer: Quantizer,
        /// What goes ahead of the first samples.
        header: Vec<u8>,
    },
    Ogg(Box<OggOpus>),
    Ffmpeg(FfmpegPipe),
}

impl SoundStream {
    /// Begins a sound of mono samples at 24 kHz. It says that a machine made it, and the remark, where the format has a place for it.
    ///
    /// # Errors
    /// If the encoder cannot be started, such as ffmpeg where it is not installed.
    pub fn start(format: StreamFormat, remark: Option<&str>) -> Result<Self> {
        let integers = |header| Encoder::Integers {
            quantizer: Quantizer::default(),
            header,
        };
        Ok(Self(match format.ffmpeg_arguments() {
            Some(arguments) => {
                let pipe = FfmpegPipe::start(arguments, remark);
                Encoder::Ffmpeg(pipe.map_err(|error| failed("sound encoder", error))?)
            }
            None if format == StreamFormat::Opus => Encoder::Ogg(Box::new(OggOpus::start(remark)?)),
            None if format == StreamFormat::Wav => integers(stream_header(remark)),
            None => integers(Vec::new()),
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
            Encoder::Ogg(ogg) => ogg.encode(samples),
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
            Encoder::Ogg(ogg) => ogg.finish(),
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

/// Opus packets in Ogg pages (RFC 7845).
struct OggOpus {
    encoder: SoundEncoder,
    pages: PacketWriter<'static, Vec<u8>>,
    packets: u64,
    /// The last packet: whether it ends the stream is known with the next.
    held: Option<Vec<u8>>,
}

impl OggOpus {
    fn start(remark: Option<&str>) -> Result<Self> {
        let encoder = SoundEncoder::new(SoundCodec::Opus)?;
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend((encoder.track().skip_ticks as u16).to_le_bytes());
        head.extend(SAMPLE_RATE_HZ.to_le_bytes());
        // No gain, one channel by the simplest mapping.
        head.extend([0, 0, 0]);
        let comment = format!("DESCRIPTION={}", marked(wav::SYNTHETIC_MARK, remark));
        let mut tags = b"OpusTags".to_vec();
        for (count, text) in [(None, "JAM-Flow"), (Some(1_u32), comment.as_str())] {
            tags.extend(count.into_iter().flat_map(u32::to_le_bytes));
            tags.extend((text.len() as u32).to_le_bytes());
            tags.extend(text.as_bytes());
        }
        let mut pages = PacketWriter::new(Vec::new());
        for packet in [head, tags] {
            pages
                .write_packet(packet, OGG_SERIAL, PacketWriteEndInfo::EndPage, 0)
                .map_err(|error| failed("sound encoder", error))?;
        }
        Ok(Self {
            encoder,
            pages,
            packets: 0,
            held: None,
        })
    }

    fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>> {
        let packets = self.encoder.encode(samples)?;
        self.write(packets)?;
        Ok(std::mem::take(self.pages.inner_mut()))
    }

    fn write(&mut self, packets: Vec<Vec<u8>>) -> Result<()> {
        let packet_ticks = u64::from(self.encoder.track().packet_ticks);
        for packet in packets {
            if let Some(packet) = self.held.replace(packet) {
                let is_page = (self.packets + 1).is_multiple_of(PAGE_PACKETS as u64);
                let end = match is_page {
                    true => PacketWriteEndInfo::EndPage,
                    false => PacketWriteEndInfo::NormalPacket,
                };
                let ticks = (self.packets + 1) * packet_ticks;
                self.write_one(packet, end, ticks)?;
            }
        }
        Ok(())
    }

    fn write_one(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo, ticks: u64) -> Result<()> {
        self.packets += 1;
        self.pages
            .write_packet(packet, OGG_SERIAL, end, ticks)
            .map_err(|error| failed("sound encoder", error))
    }

    fn finish(mut self) -> Result<Vec<u8>> {
        let packets = self.encoder.finish()?;
        self.write(packets)?;
        if let Some(last) = self.held.take() {
            // The end cuts off what only filled the last packet.
            let ticks = self.encoder.heard_ticks() + u64::from(self.encoder.track().skip_ticks);
            self.write_one(last, PacketWriteEndInfo::EndStream, ticks)?;
        }
        Ok(self.pages.into_inner())
    }
}

/// An ffmpeg that gets samples on one pipe and gives bytes on another, which a thread of its own reads.
struct FfmpegPipe {
    child: Child,
    input: Option<ChildStdin>,
    output: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
    quantizer: Quantizer,
}

impl FfmpegPipe {
    fn start(arguments: &[&str], remark: Option<&str>) -> io::Result<Self> {
        let rate = SAMPLE_RATE_HZ.to_string();
        let comment = format!("comment={}", marked(wav::SYNTHETIC_MARK, remark));
        let mut child = ffmpeg::command()
            .args(["-f", "s16le", "-ar", &rate, "-ac", "1", "-i", "pipe:0"])
            .args(["-metadata", &comment])
            .args(arguments)
            .args(["-flush_packets", "1", "pipe:1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take();
        let mut source = child.stdout.take().expect("it was asked for");
        let output = Arc::new(Mutex::new(Vec::new()));
        let read = Arc::clone(&output);
        let reader = std::thread::Builder::new()
            .name("encoded sound".to_owned())
            .spawn(move || {
                let mut piece = [0; 8192];
                while let Ok(count @ 1..) = source.read(&mut piece) {
                    read.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .extend_from_slice(&piece[..count]);
                }
            })?;
        Ok(Self {
            child,
            input,
            output,
            reader: Some(reader),
            quantizer: Quantizer::default(),
        })
    }

    fn encode(&mut self, samples: &[f32]) -> io::Result<Vec<u8>> {
        let bytes: Vec<u8> = integers(&mut self.quantizer, samples).collect();
        if let Some(input) = &mut self.input {
            input.write_all(&bytes)?;
        }
        Ok(self.take())
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.output.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn finish(mut self) -> io::Result<Vec<u8>> {
        drop(self.input.take());
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        match self.child.wait()?.success() {
            true => Ok(self.take()),
            false => Err(io::Error::other("ffmpeg could not encode the sound")),
        }
    }
}

impl Drop for FfmpegPipe {
    fn drop(&mut self) {
        drop(self.input.take());
        // What was finished has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(samples: usize) -> Vec<f32> {
        let rate = SAMPLE_RATE_HZ as f32;
        (0..samples)
            .map(|i| 0.4 * (i as f32 * 220.0 * std::f32::consts::TAU / rate).sin())
            .collect()
    }

    /// Encodes in uneven pieces and reads the result as a file.
    fn round_trip(format: StreamFormat, samples: &[f32]) -> Vec<f32> {
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
        let heard = round_trip(StreamFormat::Opus, &samples);
        let filling = heard.len() - samples.len();
        assert!(filling < OPUS_PACKET, "{filling}");
        assert!(correlation(&heard, &samples) > 0.95);
    }

    #[test]
    fn a_sound_shorter_than_a_packet_is_whole() {
        let samples = tone(100);
        let heard = round_trip(StreamFormat::Opus, &samples).len();
        assert!((100..100 + OPUS_PACKET).contains(&heard), "{heard}");
        assert_eq!(round_trip(StreamFormat::Wav, &samples).len(), 100);
    }

    #[test]
    fn what_ffmpeg_encodes_is_the_sound() {
        if !ffmpeg::is_installed() {
            return;
        }
        let samples = tone(30_011);
        assert_eq!(
            round_trip(StreamFormat::Flac, &samples).len(),
            samples.len()
        );
        // MP3 and AAC add silence at both ends, of which their streams do not tell.
        for format in [StreamFormat::Mp3, StreamFormat::Aac] {
            let heard = round_trip(format, &samples);
            assert!(
                (samples.len()..samples.len() + 5000).contains(&heard.len()),
                "{format:?}: {}",
                heard.len()
            );
        }
    }

    #[test]
    fn names_lead_to_formats_and_back() {
        for format in StreamFormat::ALL {
            assert_eq!(StreamFormat::named(format.name()), Some(format));
        }
        assert_eq!(StreamFormat::named("midi"), None);
    }
}

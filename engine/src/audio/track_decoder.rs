//! One packet of sound after the other, whatever it was packed by: symphonia's decoders, and libopus for Opus.

use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::{Error as SymphoniaError, Result as SymphoniaResult};
use symphonia::core::packet::Packet;

use super::SAMPLE_RATE_HZ;

/// Longest Opus packet, 120 ms (RFC 6716, section 2.1.4), at [`SAMPLE_RATE_HZ`].
const MAX_OPUS_SAMPLES: usize = SAMPLE_RATE_HZ as usize * 120 / 1000;
/// Opus counts its own times at this rate.
const OPUS_CLOCK_HZ: usize = 48_000;

/// What one packet held; the samples are left in the caller's buffer.
#[derive(Clone, Copy, Debug)]
pub struct DecodedPacket {
    /// Samples a second.
    pub rate_hz: u32,
    /// Channels, interleaved.
    pub channels: usize,
    /// Samples of each channel.
    pub frames: usize,
}

/// The decoder of one track.
pub enum TrackDecoder {
    /// Everything that symphonia knows.
    Symphonia(Box<dyn AudioDecoder>),
    /// Opus, at [`SAMPLE_RATE_HZ`].
    Opus {
        /// libopus.
        decoder: opus::Decoder,
        /// One or two.
        channels: usize,
        /// Samples at the start that only warm the decoder up (RFC 7845, section 4.2).
        to_skip: usize,
        /// What the file asks samples to be multiplied by (RFC 7845, section 5.1).
        gain: f32,
    },
}

impl TrackDecoder {
    /// The decoder for a track.
    ///
    /// # Errors
    /// symphonia's, if there is none for this kind of sound.
    pub fn new(parameters: &AudioCodecParameters) -> SymphoniaResult<Self> {
        if parameters.codec != CODEC_ID_OPUS {
            let options = AudioDecoderOptions::default();
            let decoder = symphonia::default::get_codecs();
            return decoder
                .make_audio_decoder(parameters, &options)
                .map(Self::Symphonia);
        }
        let head = OpusHead::read(parameters.extra_data.as_deref());
        if head.streams > 1 {
            return Err(SymphoniaError::Unsupported(
                "Opus in more than two channels",
            ));
        }
        // libopus would mix two channels itself, also those that cancel each other out.
        let (channels, layout) = match head.channels {
            2 => (2, opus::Channels::Stereo),
            _ => (1, opus::Channels::Mono),
        };
        let decoder = opus::Decoder::new(SAMPLE_RATE_HZ, layout);
        Ok(Self::Opus {
            decoder: decoder.map_err(|e| SymphoniaError::Unsupported(e.description()))?,
            channels,
            to_skip: head.pre_skip * SAMPLE_RATE_HZ as usize / OPUS_CLOCK_HZ,
            gain: head.gain,
        })
    }

    /// Decodes one packet into `interleaved`, which is emptied first.
    ///
    /// # Errors
    /// symphonia's; a broken Opus packet is a decode error like any other.
    pub fn decode(
        &mut self,
        packet: &Packet,
        interleaved: &mut Vec<f32>,
    ) -> SymphoniaResult<DecodedPacket> {
        interleaved.clear();
        match self {
            Self::Symphonia(decoder) => {
                let decoded = decoder.decode(packet)?;
                let heard = DecodedPacket {
                    rate_hz: decoded.spec().rate(),
                    channels: decoded.spec().channels().count(),
                    frames: decoded.frames(),
                };
                if heard.frames > 0 && heard.channels > 0 {
                    decoded.copy_to_vec_interleaved(interleaved);
                }
                Ok(heard)
            }
            Self::Opus {
                decoder,
                channels,
                to_skip,
                gain,
            } => {
                interleaved.resize(MAX_OPUS_SAMPLES * *channels, 0.0);
                let count = decoder
                    .decode_float(&packet.data, interleaved, false)
                    .map_err(|_| SymphoniaError::DecodeError("a broken Opus packet"))?;
                interleaved.truncate(count * *channels);
                let skipped = count.min(*to_skip);
                *to_skip -= skipped;
                interleaved.drain(..skipped * *channels);
                interleaved.iter_mut().for_each(|sample| *sample *= *gain);
                Ok(DecodedPacket {
                    rate_hz: SAMPLE_RATE_HZ,
                    channels: *channels,
                    frames: interleaved.len() / *channels,
                })
            }
        }
    }
}

/// What is read of an Opus identification header (RFC 7845, section 5.1).
struct OpusHead {
    /// At 48 kHz.
    pre_skip: usize,
    gain: f32,
    channels: u8,
    streams: u8,
}

impl OpusHead {
    /// A header that is absent or too short asks for nothing.
    fn read(bytes: Option<&[u8]>) -> Self {
        let Some(bytes) = bytes.filter(|bytes| bytes.len() >= 19) else {
            return Self {
                pre_skip: 0,
                gain: 1.0,
                channels: 1,
                streams: 1,
            };
        };
        // MP4 keeps the same fields the other way round, under version 0 (Opus in ISOBMFF, section 4.3.2).
        let number = |at: usize| match bytes[8] {
            0 => u16::from_be_bytes([bytes[at], bytes[at + 1]]),
            _ => u16::from_le_bytes([bytes[at], bytes[at + 1]]),
        };
        let decibels = f32::from(number(16) as i16) / 256.0;
        let family = bytes[18];
        Self {
            pre_skip: usize::from(number(10)),
            gain: 10f32.powf(decibels.clamp(-60.0, 24.0) / 20.0),
            channels: bytes[9],
            // Family 0 is one stream; the others say how many after the family.
            streams: if family == 0 {
                1
            } else {
                bytes.get(19).copied().unwrap_or(1)
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_opus_header_say_the_same() {
        let ogg = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\x03\0";
        let mp4 = b"OpusHead\0\x01\x01\x38\0\0\xbb\x80\x03\0\0";
        for head in [ogg, mp4].map(|bytes| OpusHead::read(Some(bytes))) {
            assert_eq!(head.pre_skip, 312);
            assert_eq!(head.streams, 1);
            assert!((head.gain - 10f32.powf(3.0 / 20.0)).abs() < 1e-6);
        }
        assert_eq!(OpusHead::read(Some(b"OpusHead")).pre_skip, 0);
    }

    #[test]
    fn opus_is_heard_as_it_was_said() {
        let tone: Vec<f32> = (0..9_600).map(|i| 0.3 * (i as f32 * 0.08).sin()).collect();
        let mut encoder = opus::Encoder::new(
            SAMPLE_RATE_HZ,
            opus::Channels::Mono,
            opus::Application::Audio,
        )
        .unwrap();
        let late = usize::try_from(encoder.get_lookahead().unwrap()).unwrap();
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend((late as u16 * 2).to_le_bytes());
        head.extend([0x80, 0xbb, 0, 0, 0, 0, 0]);
        let mut parameters = AudioCodecParameters::new();
        parameters
            .for_codec(CODEC_ID_OPUS)
            .with_extra_data(head.into());
        let mut decoder = TrackDecoder::new(&parameters).unwrap();
        let (mut heard, mut piece) = (Vec::new(), Vec::new());
        for frame in tone.chunks_exact(480) {
            let data = encoder.encode_vec_float(frame, 1000).unwrap();
            let packet = Packet::new(0, 0.into(), 960_u64.into(), data);
            let told = decoder.decode(&packet, &mut piece).unwrap();
            assert_eq!(
                (told.rate_hz, told.channels, told.frames),
                (SAMPLE_RATE_HZ, 1, piece.len())
            );
            heard.extend_from_slice(&piece);
        }
        assert_eq!(heard.len(), tone.len() - late);
        let off = heard[2_400..8_000]
            .iter()
            .zip(&tone[2_400..])
            .map(|(a, b)| (a - b).powi(2))
            .sum::<f32>()
            / 5_600.0;
        assert!(off.sqrt() < 0.03, "{}", off.sqrt());
        let broken = Packet::new(0, 0.into(), 960_u64.into(), vec![0xff; 40]);
        let _ = decoder.decode(&broken, &mut piece);
    }
}

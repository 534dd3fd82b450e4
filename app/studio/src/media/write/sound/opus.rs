//! Opus packets of 20 ms, by libopus.

use engine::audio::SAMPLE_RATE_HZ;
use opus::{Application, Bitrate, Channels, Encoder};

use super::{SoundCodec, SoundTrack, TICKS_PER_SAMPLE, sound};
use crate::media::write::{AUDIO_TICKS_PER_SECOND, Result, failed};

/// Length of a packet at 48 kHz.
const PACKET_TICKS: u32 = 960;
/// The same at our rate. Opus takes 24 kHz as it is: no resampling.
const PACKET_SAMPLES: usize = (PACKET_TICKS * SAMPLE_RATE_HZ / AUDIO_TICKS_PER_SECOND) as usize;
/// Transparent for speech in one channel.
const BITS_PER_SECOND: i32 = 96_000;
/// Largest packet that the encoder may make.
const PACKET_BYTES_LIMIT: usize = 1500;

pub(super) struct OpusEncoder {
    encoder: Encoder,
    waiting: Vec<f32>,
    samples: u64,
    packets: u64,
    skip_samples: u64,
}

impl OpusEncoder {
    pub fn new() -> Result<Self> {
        let failed = |e| failed("audio encoder", e);
        let mut encoder =
            Encoder::new(SAMPLE_RATE_HZ, Channels::Mono, Application::Audio).map_err(failed)?;
        encoder
            .set_bitrate(Bitrate::Bits(BITS_PER_SECOND))
            .map_err(failed)?;
        let skip_samples = encoder.get_lookahead().map_err(failed)?;
        Ok(Self {
            encoder,
            waiting: Vec::new(),
            samples: 0,
            packets: 0,
            skip_samples: skip_samples.unsigned_abs().into(),
        })
    }

    pub fn encode(&mut self, samples: &[f32]) -> Result<Vec<Vec<u8>>> {
        self.samples += samples.len() as u64;
        self.waiting.extend(samples.iter().copied().map(sound));
        let mut packets = Vec::new();
        let whole = self.waiting.len() - self.waiting.len() % PACKET_SAMPLES;
        for piece in self.waiting[..whole].chunks_exact(PACKET_SAMPLES) {
            packets.push(
                self.encoder
                    .encode_vec_float(piece, PACKET_BYTES_LIMIT)
                    .map_err(|e| failed("audio encoder", e))?,
            );
        }
        self.waiting.drain(..whole);
        self.packets += packets.len() as u64;
        Ok(packets)
    }

    pub fn finish(&mut self) -> Result<Vec<Vec<u8>>> {
        let wanted = (self.samples + self.skip_samples).div_ceil(PACKET_SAMPLES as u64);
        let missing = (wanted - self.packets) * PACKET_SAMPLES as u64;
        let padding = missing as usize - self.waiting.len();
        self.encode(&vec![0.0; padding])
    }

    pub fn track(&self) -> SoundTrack {
        SoundTrack {
            codec: SoundCodec::Opus,
            packet_ticks: PACKET_TICKS,
            skip_ticks: (self.skip_samples * TICKS_PER_SAMPLE) as u32,
            setup: Vec::new(),
            bits_per_second: BITS_PER_SECOND.unsigned_abs(),
        }
    }
}

//! Sound to Opus packets of 20 ms.

use engine::audio::SAMPLE_RATE_HZ;
use opus::{Application, Bitrate, Channels, Encoder};

use super::{AUDIO_TICKS_PER_SECOND, Result, failed};

/// Length of a packet at 48 kHz.
pub(super) const PACKET_TICKS: u32 = 960;
/// The same at our rate. Opus takes 24 kHz as it is: no resampling.
const PACKET_SAMPLES: usize = (PACKET_TICKS * SAMPLE_RATE_HZ / AUDIO_TICKS_PER_SECOND) as usize;
/// Ticks of the film in one sample.
const TICKS_PER_SAMPLE: u64 = (AUDIO_TICKS_PER_SECOND / SAMPLE_RATE_HZ) as u64;
/// Transparent for speech in one channel.
const BITS_PER_SECOND: i32 = 96_000;
/// Largest packet that the encoder may make.
const PACKET_BYTES_LIMIT: usize = 1500;

/// An encoder for one sound track.
pub(super) struct SoundEncoder {
    encoder: Encoder,
    waiting: Vec<f32>,
    /// Samples taken so far.
    samples: u64,
    packets: u64,
    skip_samples: u64,
}

impl SoundEncoder {
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

    /// Packets that are complete.
    pub fn encode(&mut self, samples: &[f32]) -> Result<Vec<Vec<u8>>> {
        self.samples += samples.len() as u64;
        self.waiting.extend(samples.iter().map(|x| {
            // A single NaN would silence the encoder for good.
            if x.is_finite() {
                x.clamp(-1.0, 1.0)
            } else {
                0.0
            }
        }));
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

    /// The last packets, filled up with silence until everything has left the encoder.
    pub fn finish(&mut self) -> Result<Vec<Vec<u8>>> {
        if self.samples == 0 {
            return Ok(Vec::new());
        }
        let heard = self.samples;
        let wanted = (heard + self.skip_samples).div_ceil(PACKET_SAMPLES as u64);
        let missing = (wanted - self.packets) * PACKET_SAMPLES as u64;
        let padding = missing as usize - self.waiting.len();
        let packets = self.encode(&vec![0.0; padding])?;
        self.samples = heard;
        Ok(packets)
    }

    /// What the decoder has to skip at the start, ticks.
    pub fn skip_ticks(&self) -> u32 {
        (self.skip_samples * TICKS_PER_SAMPLE) as u32
    }

    /// What is heard of it, ticks.
    pub fn heard_ticks(&self) -> u64 {
        self.samples * TICKS_PER_SAMPLE
    }
}

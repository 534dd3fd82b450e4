//! Sound to the packets of an MP4: AAC-LC, which every player decodes, or Opus.

mod aac;
mod opus;

use aac::AacEncoder;
use engine::audio::SAMPLE_RATE_HZ;
use opus::OpusEncoder;
use serde::{Deserialize, Serialize};

use super::{AUDIO_TICKS_PER_SECOND, Result};

/// Ticks of the film in one sample.
const TICKS_PER_SAMPLE: u64 = (AUDIO_TICKS_PER_SECOND / SAMPLE_RATE_HZ) as u64;

/// How the sound of an MP4 is coded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SoundCodec {
    /// AAC-LC: plays everywhere.
    #[default]
    Aac,
    /// Opus: free of patents; plays in browsers and VLC, not in QuickTime and older Windows.
    Opus,
}

/// What an index has to say of a sound track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SoundTrack {
    pub codec: SoundCodec,
    /// Length of a packet.
    pub packet_ticks: u32,
    /// What the decoder has to skip at the start.
    pub skip_ticks: u32,
    /// The decoder's configuration, where it has one: AAC's AudioSpecificConfig.
    pub setup: Vec<u8>,
    /// Bits in a second, at about.
    pub bits_per_second: u32,
}

/// An encoder for one sound track.
pub(super) struct SoundEncoder {
    coder: Coder,
    /// Samples taken so far.
    samples: u64,
}

enum Coder {
    Aac(Box<AacEncoder>),
    Opus(OpusEncoder),
}

impl SoundEncoder {
    pub fn new(codec: SoundCodec) -> Result<Self> {
        Ok(Self {
            coder: match codec {
                SoundCodec::Aac => Coder::Aac(Box::new(AacEncoder::new()?)),
                SoundCodec::Opus => Coder::Opus(OpusEncoder::new()?),
            },
            samples: 0,
        })
    }

    /// Packets that are complete.
    pub fn encode(&mut self, samples: &[f32]) -> Result<Vec<Vec<u8>>> {
        self.samples += samples.len() as u64;
        match &mut self.coder {
            Coder::Aac(coder) => coder.encode(samples),
            Coder::Opus(coder) => coder.encode(samples),
        }
    }

    /// The last packets, filled up with silence until everything has left the encoder.
    pub fn finish(&mut self) -> Result<Vec<Vec<u8>>> {
        if self.samples == 0 {
            return Ok(Vec::new());
        }
        match &mut self.coder {
            Coder::Aac(coder) => coder.finish(),
            Coder::Opus(coder) => coder.finish(),
        }
    }

    /// What is heard of it, ticks.
    pub fn heard_ticks(&self) -> u64 {
        self.samples * TICKS_PER_SAMPLE
    }

    pub fn track(&self) -> SoundTrack {
        match &self.coder {
            Coder::Aac(coder) => coder.track(),
            Coder::Opus(coder) => coder.track(),
        }
    }
}

/// A sample as encoders take them: a single NaN would silence one for good.
fn sound(sample: f32) -> f32 {
    if sample.is_finite() {
        sample.clamp(-1.0, 1.0)
    } else {
        0.0
    }
}

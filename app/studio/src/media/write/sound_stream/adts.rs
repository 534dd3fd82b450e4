//! AAC-LC packets behind ADTS headers (ISO/IEC 14496-3, 1.A.3): a stream that can be entered anywhere.

use crate::media::write::Result;
use crate::media::write::sound::{SoundCodec, SoundEncoder};

/// Bytes ahead of each packet, without a checksum.
const HEADER_BYTES: usize = 7;
/// AAC-LC, by one less than its object type.
const PROFILE: u8 = 1;
/// 48 kHz.
const RATE_INDEX: u8 = 3;
const CHANNELS: u8 = 1;

/// A sound that becomes packets with headers.
pub(super) struct Adts(SoundEncoder);

impl Adts {
    pub fn start() -> Result<Self> {
        SoundEncoder::new(SoundCodec::Aac).map(Self)
    }

    pub fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>> {
        Ok(with_headers(&self.0.encode(samples)?))
    }

    pub fn finish(mut self) -> Result<Vec<u8>> {
        Ok(with_headers(&self.0.finish()?))
    }
}

fn with_headers(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for packet in packets {
        bytes.extend(header(packet.len()));
        bytes.extend(packet);
    }
    bytes
}

/// The header of a packet. A mono packet has at most 768 bytes, so that its length fits into the 13 bits.
fn header(packet_bytes: usize) -> [u8; HEADER_BYTES] {
    let length = (packet_bytes + HEADER_BYTES) as u16;
    [
        0xff,
        // MPEG-4, no checksum.
        0xf1,
        PROFILE << 6 | RATE_INDEX << 2 | CHANNELS >> 2,
        CHANNELS << 6 | (length >> 11) as u8,
        (length >> 3) as u8,
        // The fullness 0x7ff stands for a varying rate; one packet in a frame.
        (length << 5) as u8 | 0x1f,
        0xfc,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_as_in_the_standard() {
        assert_eq!(header(0), [0xff, 0xf1, 0x4c, 0x40, 0x00, 0xff, 0xfc]);
        // 13 bits of length: 768 + 7 = 0b0_0011_0000_0111.
        assert_eq!(header(768), [0xff, 0xf1, 0x4c, 0x40, 0x60, 0xff, 0xfc]);
    }

    #[test]
    fn headers_lead_from_packet_to_packet() {
        let mut stream = Adts::start().unwrap();
        let tone: Vec<f32> = (0..24_000).map(|i| 0.4 * (i as f32 * 0.05).sin()).collect();
        let mut bytes = stream.encode(&tone).unwrap();
        bytes.extend(stream.finish().unwrap());
        let (mut at, mut packets) = (0, 0);
        while at < bytes.len() {
            assert_eq!(bytes[at..at + 2], [0xff, 0xf1]);
            let [high, middle, low] = [3, 4, 5].map(|place| usize::from(bytes[at + place]));
            at += (high & 3) << 11 | middle << 3 | low >> 5;
            packets += 1;
        }
        assert_eq!(at, bytes.len());
        // A second at 48 kHz in packets of 1024, and one for what comes out late.
        assert!((47..=49).contains(&packets), "{packets}");
    }
}

//! Opus packets in Ogg pages (RFC 7845).

use engine::audio::SAMPLE_RATE_HZ;
use engine::audio::wav::{SYNTHETIC_MARK, marked};
use ogg::{PacketWriteEndInfo, PacketWriter};

use crate::media::write::sound::{SoundCodec, SoundEncoder};
use crate::media::write::{Result, failed};

/// Opus packets in an Ogg page: a fifth of a second, so that a player can begin early.
const PAGE_PACKETS: usize = 10;
/// The number of our only logical stream.
const OGG_SERIAL: u32 = 1;

/// A sound that becomes pages.
pub(super) struct OggOpus {
    encoder: SoundEncoder,
    pages: PacketWriter<'static, Vec<u8>>,
    packets: u64,
    /// The last packet: whether it ends the stream is known with the next.
    held: Option<Vec<u8>>,
}

impl OggOpus {
    pub fn start(remark: Option<&str>) -> Result<Self> {
        let encoder = SoundEncoder::new(SoundCodec::Opus)?;
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend((encoder.track().skip_ticks as u16).to_le_bytes());
        head.extend(SAMPLE_RATE_HZ.to_le_bytes());
        // No gain, one channel by the simplest mapping.
        head.extend([0, 0, 0]);
        let comment = format!("DESCRIPTION={}", marked(SYNTHETIC_MARK, remark));
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

    pub fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>> {
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

    pub fn finish(mut self) -> Result<Vec<u8>> {
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

//! Pictures that repeat the one before: a slice in which every macroblock is skipped (P_Skip, clause 7.3.4), some ten bytes.
//!
//! The encoder does not know of them, so the numbers of the frames that it makes afterwards are raised by as many (clause 7.4.3),
//! until the next picture that stands by itself. A decoder takes a repeat for its reference, which is the encoder's own one.

use super::bits::{BitReader, BitWriter, escaped, replace, unescaped};
use super::parameter_sets::{PictureParameters, SequenceParameters};

/// Kinds of NAL units (table 7-1), and of a slice that may refer to one list of pictures (table 7-6).
const SLICE: u8 = 1;
const KEY_SLICE: u8 = 5;
const P_SLICES: u32 = 5;
/// How openh264 ranks pictures of its one layer; others may refer to it, which is what counts.
const REFERENCE_RANK: u8 = 3;

/// Keeps the count of a stream's frames.
#[derive(Debug, Default)]
pub(in crate::media) struct Repeats {
    parameters: Option<(SequenceParameters, PictureParameters)>,
    /// Repeats since the last picture that stands by itself.
    count: u32,
    /// Number of the last frame.
    number: u32,
    /// Whether nothing was met that repeats do not go with.
    is_sound: bool,
}

impl Repeats {
    /// Takes the parameters of the stream, NAL units without start codes.
    pub fn set_parameters(&mut self, sequence: &[u8], picture: &[u8]) {
        let sequence = SequenceParameters::of_unit(sequence);
        let picture = PictureParameters::of_unit(picture);
        self.parameters = sequence.zip(picture).filter(|(sequence, picture)| {
            sequence.order_type == 2 && sequence.is_progressive && picture.is_simple
        });
    }

    /// A NAL unit of the encoder's, without start code, as it has to stand in the stream.
    pub fn renumbered(&mut self, unit: &[u8]) -> Vec<u8> {
        let as_it_is = || unit.to_vec();
        let Some((sequence, _)) = self.parameters else {
            return as_it_is();
        };
        let kind = unit.first().map_or(0, |byte| byte & 0x1f);
        if kind == KEY_SLICE {
            self.count = 0;
            self.number = 0;
            self.is_sound = true;
            return as_it_is();
        }
        if kind != SLICE {
            return as_it_is();
        }
        // What nothing refers to has no number of its own; openh264 makes none at the settings used here.
        self.is_sound &= unit[0] >> 5 != 0;
        let mut bytes = unescaped(unit);
        let Some((at, number)) = frame_number(&bytes, sequence.frame_number_bits) else {
            self.is_sound = false;
            return as_it_is();
        };
        self.number = (number + self.count) & mask(sequence.frame_number_bits);
        if self.count == 0 {
            return as_it_is();
        }
        replace(&mut bytes, at, self.number, sequence.frame_number_bits);
        escaped(&bytes)
    }

    /// The NAL unit of a picture that repeats the last one; none where the stream cannot have it.
    pub fn repeat(&mut self) -> Option<Vec<u8>> {
        let (sequence, picture) = self.parameters.filter(|_| self.is_sound)?;
        self.count += 1;
        self.number = (self.number + 1) & mask(sequence.frame_number_bits);
        let mut bits = BitWriter::default();
        bits.number(u32::from(REFERENCE_RANK << 5 | SLICE), 8);
        // From the first macroblock on.
        bits.code(0);
        bits.code(P_SLICES);
        bits.code(picture.number);
        bits.number(self.number, sequence.frame_number_bits);
        // As many references as usual, in the usual order, which age as usual; the usual quantiser.
        bits.number(0, 3);
        bits.code(0);
        if picture.tells_deblocking {
            bits.code(1);
        }
        bits.code(sequence.macroblocks);
        Some(escaped(&bits.finish()))
    }
}

fn mask(bits: u32) -> u32 {
    (1 << bits) - 1
}

/// Where the number of a slice's frame stands, and the number.
fn frame_number(slice: &[u8], bits: u32) -> Option<(usize, u32)> {
    let mut reader = BitReader::new(slice);
    reader.number(8)?;
    for _ in 0..3 {
        reader.code()?;
    }
    Some((reader.at, reader.number(bits)?))
}

//! Sequence and picture parameters (clauses 7.3.2.1, 7.3.2.2 and E.1.1), as far as they are needed.

use super::bits::{BitReader, unescaped};

/// Profiles whose parameters say how chroma is sampled.
const HIGH_PROFILES: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// In place of a width and a height of samples.
const EXTENDED_ASPECT_RATIO: u32 = 255;

/// How luma and chroma are made of red, green and blue (table E-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media) enum Matrix {
    /// ITU-R BT.601, standard definition.
    Bt601,
    /// ITU-R BT.709, high definition.
    Bt709,
    /// ITU-R BT.2020 with constant or non-constant luminance, which differ little.
    Bt2020,
}

impl Matrix {
    /// What players take where a film does not say: that of high definition from 1280 × 720 or a height above 576 on.
    pub fn usual(width_px: usize, height_px: usize) -> Self {
        match width_px >= 1280 || height_px > 576 {
            true => Self::Bt709,
            false => Self::Bt601,
        }
    }

    /// By its number in table E-5; none for those that films hardly have.
    pub fn of_code(code: u32) -> Option<Self> {
        match code {
            1 => Some(Self::Bt709),
            // FCC's and SMPTE 240's are not worth a row of their own.
            4..=7 => Some(Self::Bt601),
            9 | 10 => Some(Self::Bt2020),
            _ => None,
        }
    }
}

/// What holds for a sequence of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media) struct SequenceParameters {
    /// Bits of the number of a frame.
    pub frame_number_bits: u32,
    /// How the order of pictures is told.
    pub order_type: u32,
    /// Blocks of 16 × 16 pixels in a frame.
    pub macroblocks: u32,
    /// Whether pictures are frames, and not fields.
    pub is_progressive: bool,
    /// The film's own word on its colours.
    pub matrix: Option<Matrix>,
    /// Whether black is 0 and white 255, and not 16 and 235.
    pub is_full_range: bool,
}

impl SequenceParameters {
    /// Of a NAL unit without start code; none if it is another kind of unit, or damaged.
    pub fn of_unit(unit: &[u8]) -> Option<Self> {
        let bytes = unescaped(unit);
        let mut bits = BitReader::new(&bytes);
        if bits.number(8)? & 0x1f != 7 {
            return None;
        }
        let profile = bits.number(8)?;
        // Constraints and level.
        bits.number(16)?;
        bits.code()?;
        if HIGH_PROFILES.contains(&profile) {
            skip_high(&mut bits)?;
        }
        let frame_number_bits = bits.code()?.checked_add(4).filter(|&bits| bits <= 16)?;
        let order_type = bits.code()?;
        match order_type {
            0 => drop(bits.code()?),
            1 => skip_order_cycle(&mut bits)?,
            _ => {}
        }
        // Most reference frames, and whether numbers may be left out.
        bits.code()?;
        bits.bit()?;
        let width = bits.code()?.checked_add(1)?;
        let height = bits.code()?.checked_add(1)?;
        let macroblocks = width.checked_mul(height)?;
        let is_progressive = bits.bit()?;
        if !is_progressive {
            bits.bit()?;
        }
        bits.bit()?;
        if bits.bit()? {
            for _ in 0..4 {
                bits.code()?;
            }
        }
        let (matrix, is_full_range) = match bits.bit()? {
            // What of it is cut off says nothing.
            true => colours(&mut bits).unwrap_or_default(),
            false => (None, false),
        };
        Some(Self {
            frame_number_bits,
            order_type,
            macroblocks,
            is_progressive,
            matrix,
            is_full_range,
        })
    }
}

fn skip_high(bits: &mut BitReader<'_>) -> Option<()> {
    let chroma_format = bits.code()?;
    if chroma_format == 3 {
        bits.bit()?;
    }
    // Depths, and whether transforms may be bypassed.
    bits.code()?;
    bits.code()?;
    bits.bit()?;
    if bits.bit()? {
        let lists = if chroma_format == 3 { 12 } else { 8 };
        for list in 0..lists {
            if bits.bit()? {
                skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Some(())
}

fn skip_scaling_list(bits: &mut BitReader<'_>, length: usize) -> Option<()> {
    let mut scale = 8_i32;
    for _ in 0..length {
        scale = scale.wrapping_add(bits.signed_code()?).rem_euclid(256);
        if scale == 0 {
            break;
        }
    }
    Some(())
}

fn skip_order_cycle(bits: &mut BitReader<'_>) -> Option<()> {
    bits.bit()?;
    bits.signed_code()?;
    bits.signed_code()?;
    for _ in 0..bits.code()?.min(255) {
        bits.signed_code()?;
    }
    Some(())
}

/// The colours of the usability information, and whether their range is full.
fn colours(bits: &mut BitReader<'_>) -> Option<(Option<Matrix>, bool)> {
    if bits.bit()? && bits.number(8)? == EXTENDED_ASPECT_RATIO {
        bits.number(32)?;
    }
    if bits.bit()? {
        bits.bit()?;
    }
    if !bits.bit()? {
        return Some((None, false));
    }
    bits.number(3)?;
    let is_full_range = bits.bit()?;
    let matrix = match bits.bit()? {
        true => {
            // Primaries and transfer.
            bits.number(16)?;
            Matrix::of_code(bits.number(8)?)
        }
        false => None,
    };
    Some((matrix, is_full_range))
}

/// What holds for pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PictureParameters {
    /// Their number.
    pub number: u32,
    /// Whether a slice with the simplest header fits them: CAVLC, one slice group, no weights, nothing redundant.
    pub is_simple: bool,
    /// Whether slices say how their blocks' edges are smoothed.
    pub tells_deblocking: bool,
}

impl PictureParameters {
    /// Of a NAL unit without start code; none if it is another kind of unit, or damaged.
    pub fn of_unit(unit: &[u8]) -> Option<Self> {
        let bytes = unescaped(unit);
        let mut bits = BitReader::new(&bytes);
        if bits.number(8)? & 0x1f != 8 {
            return None;
        }
        let number = bits.code()?;
        bits.code()?;
        let is_cabac = bits.bit()?;
        let tells_field_order = bits.bit()?;
        let slice_groups = bits.code()? + 1;
        if slice_groups > 1 {
            return Some(Self {
                number,
                is_simple: false,
                tells_deblocking: false,
            });
        }
        let references = [bits.code()? + 1, bits.code()? + 1];
        let is_weighted = bits.bit()?;
        bits.number(2)?;
        for _ in 0..3 {
            bits.signed_code()?;
        }
        let tells_deblocking = bits.bit()?;
        bits.bit()?;
        let has_redundant = bits.bit()?;
        Some(Self {
            number,
            is_simple: !is_cabac
                && !tells_field_order
                && references[0] == 1
                && !is_weighted
                && !has_redundant,
            tells_deblocking,
        })
    }
}

/// The same unit, with another code for its matrix.
#[cfg(test)]
pub(in crate::media) fn with_matrix(unit: &[u8], code: u32) -> Vec<u8> {
    let told = SequenceParameters::of_unit(unit).unwrap();
    let wanted = SequenceParameters {
        matrix: Matrix::of_code(code),
        ..told
    };
    let bytes = unescaped(unit);
    (0..8 * bytes.len() - 8)
        .map(|at| {
            let mut bytes = bytes.clone();
            super::bits::replace(&mut bytes, at, code, 8);
            super::bits::escaped(&bytes)
        })
        .find(|changed| {
            changed.len() == unit.len() && SequenceParameters::of_unit(changed) == Some(wanted)
        })
        .unwrap()
}

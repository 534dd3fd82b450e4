//! Numbers in a NAL unit: bits from the highest on, some of them Exp-Golomb codes (clause 9.1).

/// Reads a unit without its emulation prevention bytes.
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits that were read.
    pub at: usize,
}

impl<'a> BitReader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn bit(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    /// A number of `count` bits, at most 32.
    pub fn number(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |sum, _| Some(sum << 1 | u32::from(self.bit()?)))
    }

    /// ue(v).
    pub fn code(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.bit()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.number(zeros)?)
    }

    /// se(v).
    pub fn signed_code(&mut self) -> Option<i32> {
        let code = self.code()?;
        let size = i32::try_from(code.div_ceil(2)).ok()?;
        Some(if code % 2 == 1 { size } else { -size })
    }
}

/// Writes a unit.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    length: usize,
}

impl BitWriter {
    pub fn number(&mut self, value: u32, count: u32) {
        for place in (0..count).rev() {
            if self.length.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = (value >> place & 1) as u8;
            self.bytes[self.length / 8] |= bit << (7 - self.length % 8);
            self.length += 1;
        }
    }

    /// ue(v); at most 65,534.
    pub fn code(&mut self, value: u32) {
        let count = (value + 1).ilog2();
        self.number(0, count);
        self.number(value + 1, count + 1);
    }

    /// The bytes, after the bit that ends every unit.
    pub fn finish(mut self) -> Vec<u8> {
        self.number(1, 1);
        self.bytes
    }
}

/// Puts `value` in place of the `count` bits from `at` on.
pub(super) fn replace(bytes: &mut [u8], at: usize, value: u32, count: u32) {
    for (place, position) in (0..count).rev().zip(at..) {
        let mask = 0x80 >> (position % 8);
        match value >> place & 1 {
            0 => bytes[position / 8] &= !mask,
            _ => bytes[position / 8] |= mask,
        }
    }
}

/// A unit as its numbers are read: without the threes that keep start codes out of it (clause 7.4.1).
pub(super) fn unescaped(unit: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for &byte in unit {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        out.push(byte);
        zeros = if byte == 0 { zeros + 1 } else { 0 };
    }
    out
}

/// The other way round of [`unescaped`].
pub(super) fn escaped(unit: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.len() + 4);
    let mut zeros = 0;
    for &byte in unit {
        if zeros == 2 && byte <= 3 {
            out.push(3);
            zeros = 0;
        }
        out.push(byte);
        zeros = if byte == 0 { zeros + 1 } else { 0 };
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn codes_come_back(values in prop::collection::vec(0_u32..65_000, 1..40), width in 1_u32..9) {
            let mut writer = BitWriter::default();
            for &value in &values {
                writer.code(value);
                writer.number(value & 1, width);
            }
            let bytes = writer.finish();
            let mut reader = BitReader::new(&bytes);
            for &value in &values {
                prop_assert_eq!(reader.code(), Some(value));
                prop_assert_eq!(reader.number(width), Some(value & 1));
            }
            prop_assert_eq!(reader.bit(), Some(true));
        }

        #[test]
        fn escaped_units_hold_no_start_code_and_come_back(unit in prop::collection::vec(0_u8..5, 0..200)) {
            // As every unit does, it ends with a bit that is set.
            let unit = [unit.as_slice(), &[0x80]].concat();
            let escaped = escaped(&unit);
            prop_assert!(!escaped.windows(3).any(|bytes| bytes[..2] == [0, 0] && bytes[2] < 3));
            prop_assert_eq!(unescaped(&escaped), unit);
        }
    }

    #[test]
    fn a_number_is_replaced_where_it_stands() {
        let mut bytes = [0xff, 0x00, 0xff];
        replace(&mut bytes, 6, 0b0110, 4);
        assert_eq!(bytes, [0b1111_1101, 0b1000_0000, 0xff]);
        let mut signed = BitWriter::default();
        for code in [0, 1, 2, 5] {
            signed.code(code);
        }
        let bytes = signed.finish();
        let mut reader = BitReader::new(&bytes);
        let values: Vec<_> = (0..4).map(|_| reader.signed_code().unwrap()).collect();
        assert_eq!(values, [0, 1, -1, 3]);
    }
}

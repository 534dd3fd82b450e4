//! Letters to phones for words that no dictionary has.
//!
//! g2p-en's network (Kyubyong Park and Jongseok Kim, 2019; `g2p.py` at release 2.1.0, checkpoint `checkpoint20.npz`): a gated
//! recurrent unit reads the letters, a second one starts from its state and writes ARPAbet, the likeliest phone at each
//! step. 256 units, 1.7 MB; small enough for plain loops.

use std::path::Path;

use safetensors::{Dtype, SafeTensors};

use crate::error::ModelPart;
use crate::{Error, Result};

const HIDDEN: usize = 256;
const LETTERS: usize = 29;
const END_OF_WORD: usize = 2;
const START_OF_PHONES: usize = 2;
const END_OF_PHONES: usize = 3;
/// The reference stops here too; no word that [`LetterToSound::phones`] is given needs more.
const MAX_PHONES: usize = 32;

/// The outputs in the network's order, after its four control symbols.
const PHONES: [&str; 70] = [
    "AA0", "AA1", "AA2", "AE0", "AE1", "AE2", "AH0", "AH1", "AH2", "AO0", "AO1", "AO2", "AW0",
    "AW1", "AW2", "AY0", "AY1", "AY2", "B", "CH", "D", "DH", "EH0", "EH1", "EH2", "ER0", "ER1",
    "ER2", "EY0", "EY1", "EY2", "F", "G", "HH", "IH0", "IH1", "IH2", "IY0", "IY1", "IY2", "JH",
    "K", "L", "M", "N", "NG", "OW0", "OW1", "OW2", "OY0", "OY1", "OY2", "P", "R", "S", "SH", "T",
    "TH", "UH0", "UH1", "UH2", "UW", "UW0", "UW1", "UW2", "V", "W", "Y", "Z", "ZH",
];
const CONTROLS: usize = 4;
const SYMBOLS: usize = PHONES.len() + CONTROLS;

/// One gated recurrent unit over a fixed alphabet.
struct GatedUnit {
    /// `(symbols, 3·256)`: what each symbol adds to the reset, update and candidate sums, bias included.
    input_sums: Vec<f32>,
    /// `(3·256, 256)`.
    hidden_weight: Vec<f32>,
    /// `(3·256)`.
    hidden_bias: Vec<f32>,
}

impl GatedUnit {
    fn new(file: &WeightFile, part: &str, symbols: usize) -> Result<Self> {
        let tensor = |name: &str, shape: &[usize]| file.tensor(&format!("{part}.{name}"), shape);
        let embedding = tensor("embedding", &[symbols, HIDDEN])?;
        let input_weight = tensor("input_weight", &[3 * HIDDEN, HIDDEN])?;
        let input_bias = tensor("input_bias", &[3 * HIDDEN])?;
        let mut input_sums = Vec::with_capacity(symbols * 3 * HIDDEN);
        for symbol in embedding.chunks_exact(HIDDEN) {
            let rows = input_weight.chunks_exact(HIDDEN).zip(&input_bias);
            input_sums.extend(rows.map(|(row, bias)| dot(row, symbol) + bias));
        }
        Ok(Self {
            input_sums,
            hidden_weight: tensor("hidden_weight", &[3 * HIDDEN, HIDDEN])?,
            hidden_bias: tensor("hidden_bias", &[3 * HIDDEN])?,
        })
    }

    /// h ← (1 − z)·tanh(x_n + r·h_n) + z·h, with r = σ(x_r + h_r) and z = σ(x_z + h_z).
    fn step(&self, symbol: usize, hidden: &mut [f32; HIDDEN]) {
        let input = &self.input_sums[symbol * 3 * HIDDEN..][..3 * HIDDEN];
        let sums: Vec<f32> = self
            .hidden_weight
            .chunks_exact(HIDDEN)
            .zip(&self.hidden_bias)
            .map(|(row, bias)| dot(row, hidden) + bias)
            .collect();
        for unit in 0..HIDDEN {
            let reset = sigmoid(input[unit] + sums[unit]);
            let update = sigmoid(input[HIDDEN + unit] + sums[HIDDEN + unit]);
            let candidate = (input[2 * HIDDEN + unit] + reset * sums[2 * HIDDEN + unit]).tanh();
            hidden[unit] = (1.0 - update) * candidate + update * hidden[unit];
        }
    }
}

/// Eight sums at once, so that the compiler can use vector registers.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    for (left, right) in left.chunks_exact(8).zip(right.chunks_exact(8)) {
        for lane in 0..8 {
            sums[lane] += left[lane] * right[lane];
        }
    }
    sums.iter().sum()
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

/// The network.
pub struct LetterToSound {
    encoder: GatedUnit,
    decoder: GatedUnit,
    /// `(symbols, 256)`.
    output_weight: Vec<f32>,
    /// `(symbols)`.
    output_bias: Vec<f32>,
}

impl LetterToSound {
    /// Loads `letter_to_sound.safetensors`.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] without the file, [`Error::WeightsUnfit`] if it holds something else.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = super::read_model_file(path, ModelPart::LetterToSound)?;
        let file = WeightFile {
            tensors: SafeTensors::deserialize(&bytes)
                .map_err(|error| unfit(path, &error.to_string()))?,
            path,
        };
        Ok(Self {
            encoder: GatedUnit::new(&file, "encoder", LETTERS)?,
            decoder: GatedUnit::new(&file, "decoder", SYMBOLS)?,
            output_weight: file.tensor("output.weight", &[SYMBOLS, HIDDEN])?,
            output_bias: file.tensor("output.bias", &[SYMBOLS])?,
        })
    }

    /// ARPAbet for a word in lower-case ASCII letters (anything else in it is unknown to the network). Longer than about
    /// 20 letters it loses its way: cut words before.
    pub fn phones(&self, word: &str) -> Vec<&'static str> {
        let mut hidden = [0.0; HIDDEN];
        for letter in word.bytes() {
            let symbol = match letter {
                b'a'..=b'z' => 3 + usize::from(letter - b'a'),
                _ => 1,
            };
            self.encoder.step(symbol, &mut hidden);
        }
        self.encoder.step(END_OF_WORD, &mut hidden);
        let mut phones = Vec::new();
        let mut last = START_OF_PHONES;
        while phones.len() < MAX_PHONES {
            self.decoder.step(last, &mut hidden);
            let scores = self
                .output_weight
                .chunks_exact(HIDDEN)
                .zip(&self.output_bias)
                .map(|(row, bias)| dot(row, &hidden) + bias);
            let best = scores
                .enumerate()
                .max_by(|left, right| left.1.total_cmp(&right.1));
            last = best.map_or(END_OF_PHONES, |(symbol, _)| symbol);
            if last == END_OF_PHONES {
                break;
            }
            if let Some(phone) = last.checked_sub(CONTROLS) {
                phones.push(PHONES[phone]);
            } else {
                break;
            }
        }
        phones
    }
}

struct WeightFile<'a> {
    tensors: SafeTensors<'a>,
    path: &'a Path,
}

impl WeightFile<'_> {
    fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let view = self
            .tensors
            .tensor(name)
            .map_err(|error| unfit(self.path, &format!("{name}: {error}")))?;
        if view.shape() != shape || view.dtype() != Dtype::F16 {
            let (found, kind) = (view.shape(), view.dtype());
            return Err(unfit(
                self.path,
                &format!("{name} is {kind:?} {found:?}, not F16 {shape:?}"),
            ));
        }
        let (halves, _) = view.data().as_chunks::<2>();
        let halves = halves.iter().map(|&bytes| u16::from_le_bytes(bytes));
        if halves.clone().any(|bits| bits & 0x7c00 == 0x7c00) {
            return Err(unfit(
                self.path,
                &format!("{name} holds values that are no numbers"),
            ));
        }
        Ok(halves.map(from_half).collect())
    }
}

fn unfit(path: &Path, reason: &str) -> Error {
    Error::WeightsUnfit {
        reason: reason.to_owned(),
        path: path.to_owned(),
    }
}

/// IEEE 754 binary16 → binary32, without the infinities and what is no number.
fn from_half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from((bits >> 10) & 0x1f);
    let mantissa = f32::from(bits & 0x3ff);
    match exponent {
        0 => sign * mantissa * 2f32.powi(-24),
        _ => sign * (1.0 + mantissa / 1024.0) * 2f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_widen_exactly() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x0001, 5.960_464_5e-8),
        ] {
            assert_eq!(from_half(bits), value);
        }
    }

    /// The fixture is what numpy gives with the same 16-bit weights (`models/recipe/letter_to_sound.py`).
    #[test]
    fn phones_equal_the_reference() {
        let network =
            LetterToSound::load(&crate::text::tests::models().join("letter_to_sound.safetensors"))
                .unwrap();
        let expected: std::collections::BTreeMap<String, String> =
            serde_json::from_str(include_str!("letter_to_sound.fixture.json")).unwrap();
        assert_eq!(expected.len(), 10);
        for (word, phones) in expected {
            assert_eq!(network.phones(&word).join(" "), phones, "{word}");
        }
    }
}

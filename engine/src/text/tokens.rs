//! Phoneme strings → the model's token numbers, through `models/tokenizer.json`.

use std::ops::Range;
use std::path::Path;

use super::TextError;
use crate::error::ModelPart;
use crate::{Error, Result};

/// Start and end tokens around each utterance, as the trainer puts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tokens {
    /// Token numbers with start and end.
    pub ids: Vec<u32>,
    /// For each token its bytes in the phoneme string; empty for start and end.
    pub places: Vec<Range<usize>>,
}

/// The vocabulary: one token per phone together with its stress (`models/recipe/tokenizer.py` says how).
pub struct PhoneTokenizer {
    tokenizer: tokenizers::Tokenizer,
}

impl PhoneTokenizer {
    /// Loads `tokenizer.json`.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] without the file, [`Error::WeightsUnfit`] if it is no tokenizer.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = super::read_model_file(path, ModelPart::Tokenizer)?;
        let tokenizer =
            tokenizers::Tokenizer::from_bytes(bytes).map_err(|error| Error::WeightsUnfit {
                reason: format!("the tokenizer cannot be read ({error})"),
                path: path.to_owned(),
            })?;
        let tokenizer = Self { tokenizer };
        tokenizer.check().map_err(|reason| Error::WeightsUnfit {
            reason,
            path: path.to_owned(),
        })?;
        Ok(tokenizer)
    }

    /// Whether every token, start and end among them, has a number below their count: the tables behind have as many rows.
    fn check(&self) -> std::result::Result<(), String> {
        let count = self.vocabulary_size();
        let edges = self
            .tokenizer
            .encode("", true)
            .map_err(|error| format!("the tokenizer cannot be used ({error})"))?;
        let vocabulary = self.tokenizer.get_vocab(true);
        let numbers = vocabulary.values().chain(edges.get_ids());
        match numbers.max() {
            Some(&last) if (last as usize) < count => Ok(()),
            Some(last) => Err(format!(
                "the tokenizer has a token of number {last} and only {count} tokens"
            )),
            None => Err("the tokenizer has no tokens".to_owned()),
        }
    }

    /// How many tokens there are; every number from 0 up to it is one.
    pub fn vocabulary_size(&self) -> usize {
        self.tokenizer.get_vocab_size(true)
    }

    /// A token as text: a phone with its stress mark, punctuation, a space, or `<pad>`, `<bos>`, `<eos>`.
    pub fn text(&self, token: u32) -> Option<String> {
        self.tokenizer.id_to_token(token)
    }

    /// Whether a token is a pause or an edge and no phone.
    pub fn is_silence(&self, token: u32) -> bool {
        self.text(token).is_none_or(|text| {
            text.starts_with('<')
                || text == " "
                || text.chars().all(|c| super::phones::PUNCTUATION.contains(c))
        })
    }

    /// Token numbers of a phoneme string in misaki's alphabet, with start and end.
    ///
    /// # Errors
    /// [`TextError::UnknownPhoneme`] for symbols outside the alphabet.
    pub fn encode(&self, phonemes: &str) -> Result<Vec<u32>> {
        Ok(self.encode_with_places(phonemes)?.ids)
    }

    pub(super) fn encode_with_places(&self, phonemes: &str) -> Result<Tokens> {
        let encoding =
            self.tokenizer
                .encode(phonemes, true)
                .map_err(|_| TextError::UnknownPhoneme {
                    phonemes: phonemes.to_owned(),
                })?;
        Ok(Tokens {
            ids: encoding.get_ids().to_vec(),
            places: encoding
                .get_offsets()
                .iter()
                .map(|&(start, end)| start..end)
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(phonemes: &str) -> Vec<String> {
        let tokenizer =
            PhoneTokenizer::load(&crate::text::tests::models().join("tokenizer.json")).unwrap();
        let ids = tokenizer.encode(phonemes).unwrap();
        ids.into_iter()
            .map(|id| tokenizer.text(id).unwrap())
            .collect()
    }

    /// The sequences are those of the teacher's alignment (rows u02843 and a British one).
    #[test]
    fn stress_folds_into_the_vowel_and_inner_spaces_go() {
        assert_eq!(
            texts("klˈʌb? hˌi hæd"),
            [
                "<bos>", "k", "l", "ˈʌ", "b", "?", " ", "h", "ˌi", "h", "æ", "d", "<eos>"
            ]
        );
        assert_eq!(
            texts("ɹˈiːd ɪt, “nˌW”."),
            [
                "<bos>", "ɹ", "ˈiː", "d", "ɪ", "t", ",", " ", "“", "n", "ˌW", "”", ".", "<eos>"
            ]
        );
    }

    #[test]
    fn places_point_into_the_phoneme_string() {
        let tokenizer =
            PhoneTokenizer::load(&crate::text::tests::models().join("tokenizer.json")).unwrap();
        let phonemes = "hˌi ˈæd, ɐ";
        let tokens = tokenizer.encode_with_places(phonemes).unwrap();
        let texts: Vec<&str> = tokens
            .places
            .iter()
            .map(|place| &phonemes[place.clone()])
            .collect();
        assert_eq!(texts, ["", "h", "ˌi", "ˈæ", "d", ",", " ", "ɐ", ""]);
    }

    #[test]
    fn foreign_symbols_are_an_error() {
        let tokenizer =
            PhoneTokenizer::load(&crate::text::tests::models().join("tokenizer.json")).unwrap();
        assert!(matches!(
            tokenizer.encode("❓"),
            Err(Error::Text(TextError::UnknownPhoneme { .. }))
        ));
        assert_eq!(tokenizer.vocabulary_size(), 129);
        assert!(tokenizer.is_silence(1) && !tokenizer.is_silence(20));
    }
}

//! The alphabet that misaki writes phones in, and with it the teacher's vocabulary.

/// Phones that can carry stress.
pub(super) const VOWELS: &str = "AIOQWYaiuæɐɑɒɔəɛɜɪʊʌᵊᵻ";
const CONSONANTS: &str = "bdfhjklmnpstvwzðŋɡɹʃʒʤʧθT";
/// The punctuation of the vocabulary.
pub(super) const PUNCTUATION: &str = ";:,.!?—…\"()“”";

/// Whether the character is a sound rather than a mark.
pub(super) fn is_phone(c: char) -> bool {
    VOWELS.contains(c) || CONSONANTS.contains(c)
}

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

/// Whether two pronunciations differ in more than stress and the colour of weak vowels.
pub(super) fn contradict(one: &str, other: &str) -> bool {
    outline(one) != outline(other)
}

/// Consonants and the vowels between them, as far as dictionaries agree about them.
fn outline(phones: &str) -> String {
    let mut outline = String::new();
    for c in phones.chars() {
        let class = match c {
            'ˈ' | 'ˌ' | 'ː' | 'j' | 'w' => continue,
            'ɾ' | 'T' | 'd' | 'ʔ' => 't',
            'z' => 's',
            'ʒ' => 'ʃ',
            'A' | 'I' | 'Y' | 'W' => c,
            c if VOWELS.contains(c) || c == 'ɚ' => 'V',
            c => c,
        };
        if class != 'V' || !outline.ends_with('V') {
            outline.push(class);
        }
    }
    for (weak, plain) in [("Vɹ", "ɹ"), ("Vl", "l"), ("Vn", "n"), ("Vm", "m")] {
        outline = outline.replace(weak, plain);
    }
    outline
}

//! Numbers in words, as Americans say them.

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const SCALES: [(u128, &str); 8] = [
    (1_000_000_000_000_000_000_000_000, "septillion"),
    (1_000_000_000_000_000_000_000, "sextillion"),
    (1_000_000_000_000_000_000, "quintillion"),
    (1_000_000_000_000_000, "quadrillion"),
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];

/// Whether a word is the name of a number below twenty or of a ten.
pub fn is_figure(word: &str) -> bool {
    !word.is_empty() && (ONES.contains(&word) || TENS.contains(&word))
}

/// "two hundred thirteen": American, without "and", without hyphens (as misaki reads digits).
pub fn cardinal(number: u64) -> String {
    large_cardinal(number.into())
}

fn large_cardinal(number: u128) -> String {
    for (scale, name) in SCALES {
        if number >= scale {
            return join(
                &format!("{} {name}", large_cardinal(number / scale)),
                number % scale,
            );
        }
    }
    if number >= 100 {
        let hundreds = format!("{} hundred", ONES[(number / 100) as usize]);
        return join(&hundreds, number % 100);
    }
    if number >= 20 {
        return join(TENS[(number / 10) as usize], number % 10);
    }
    ONES[number as usize].to_owned()
}

fn join(head: &str, rest: u128) -> String {
    if rest == 0 {
        head.to_owned()
    } else {
        format!("{head} {}", large_cardinal(rest))
    }
}

/// "twenty first".
pub fn ordinal(number: u64) -> String {
    with_last_word(&cardinal(number), |last| match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        _ => match last.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{last}th"),
        },
    })
}

/// "nineteen nineties", from "nineteen ninety".
pub fn plural(words: &str) -> String {
    with_last_word(words, |last| match last.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if last.ends_with('x') => format!("{last}es"),
        None => format!("{last}s"),
    })
}

fn with_last_word(words: &str, change: impl Fn(&str) -> String) -> String {
    match words.rsplit_once(' ') {
        Some((head, last)) => format!("{head} {}", change(last)),
        None => change(words),
    }
}

/// Digit by digit; `zero` is how 0 is said ("oh" in telephone numbers). Whatever is no digit is left out.
pub fn digits(written: &str, zero: &str) -> String {
    let words: Vec<&str> = written
        .chars()
        .filter_map(|c| c.to_digit(10))
        .map(|digit| match digit {
            0 => zero,
            digit => ONES[digit as usize],
        })
        .collect();
    words.join(" ")
}

/// A year as two pairs: "nineteen ninety", "nineteen oh five", "two thousand", "twenty twenty four".
pub fn year(number: u64) -> String {
    let (century, rest) = (number / 100, number % 100);
    match (century, rest) {
        (_, 0) if century % 10 == 0 => cardinal(number),
        (_, 0) => format!("{} hundred", cardinal(century)),
        (20, 1..=9) => cardinal(number),
        (_, 1..=9) => format!("{} oh {}", cardinal(century), cardinal(rest)),
        _ => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

/// A quantity as it is written ("1,234", "2,50,000", "60.24", ".5"), with every digit after the point said, so that 2.10 stays
/// different from 2.1.
pub fn quantity(written: &str) -> String {
    let plain: String = written.chars().filter(|&c| c != ',').collect();
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain.as_str(), ""));
    // Figures in groups of three are a number, however many there are.
    let max_figures = if written.contains(',') { 27 } else { 15 };
    let has_code_form = whole.len() > 1 && whole.starts_with('0') || whole.len() > max_figures;
    let mut words = match whole.parse() {
        Ok(number) if !has_code_form => large_cardinal(number),
        _ => digits(whole, "zero"),
    };
    if !fraction.is_empty() {
        words = format!("{words} point {}", digits(fraction, "zero"));
    }
    words.trim_start().to_owned()
}

/// A number that names rather than counts, said in pairs: "three eighty", "one oh one", "twenty forty three", "eighty eight hundred".
/// Five digits and more, and those with a leading zero, are said one by one.
pub fn name(written: &str) -> String {
    let number: u64 = match written.parse() {
        Ok(number) if written.len() <= 4 && !written.starts_with('0') => number,
        _ => return digits(written, "zero"),
    };
    let (head, rest) = (number / 100, number % 100);
    match (head, rest) {
        (0, _) => cardinal(number),
        (_, 0) if number.is_multiple_of(1000) => cardinal(number),
        (_, 0) => format!("{} hundred", cardinal(head)),
        (_, 1..=9) if number < 1000 || !head.is_multiple_of(10) => {
            format!("{} oh {}", cardinal(head), cardinal(rest))
        }
        (_, 1..=9) => cardinal(number),
        _ => format!("{} {}", cardinal(head), cardinal(rest)),
    }
}

/// The value of a Roman number in capitals, if it is written as Romans wrote it.
pub fn roman(letters: &str) -> Option<u64> {
    const SIGNS: [(u64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = letters;
    let mut sum = 0;
    for (value, sign) in SIGNS {
        while let Some(shorter) = rest.strip_prefix(sign) {
            rest = shorter;
            sum += value;
        }
    }
    let mut written = String::new();
    let mut left = sum;
    for (value, sign) in SIGNS {
        while left >= value {
            written.push_str(sign);
            left -= value;
        }
    }
    (rest.is_empty() && sum > 0 && sum < 4000 && written == letters).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        assert_eq!(cardinal(0), "zero");
        assert_eq!(
            cardinal(1_234_567),
            "one million two hundred thirty four thousand five hundred sixty seven"
        );
        assert_eq!(cardinal(u64::MAX).split(' ').next(), Some("eighteen"));
        assert_eq!(ordinal(21), "twenty first");
        assert_eq!(ordinal(30), "thirtieth");
        assert_eq!(ordinal(112), "one hundred twelfth");
        assert_eq!(plural(&year(1990)), "nineteen nineties");
        assert_eq!(plural("six"), "sixes");
        assert_eq!(year(1905), "nineteen oh five");
        assert_eq!(year(2000), "two thousand");
        assert_eq!(year(2007), "two thousand seven");
        assert_eq!(year(1800), "eighteen hundred");
        assert_eq!(digits("90-210", "oh"), "nine oh two one oh");
        assert_eq!(quantity("1,002.10"), "one thousand two point one zero");
        assert_eq!(quantity("2,50,000"), "two hundred fifty thousand");
        assert_eq!(quantity(".1205"), "point one two zero five");
        assert_eq!(name("380"), "three eighty");
        assert_eq!(name("101"), "one oh one");
        assert_eq!(name("8800"), "eighty eight hundred");
        assert_eq!(name("007"), "zero zero seven");
        assert_eq!(roman("LVIII"), Some(58));
        assert_eq!(roman("MCMXCIX"), Some(1999));
        assert_eq!(roman("IIX"), None);
    }
}

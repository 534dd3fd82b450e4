//! Numbers in words, for the places where the reading is not the one that misaki gives to bare digits.

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
const SCALES: [(u64, &str); 6] = [
    (1_000_000_000_000_000_000, "quintillion"),
    (1_000_000_000_000_000, "quadrillion"),
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];

/// "two hundred thirteen": American, without "and", without hyphens (as misaki reads digits).
pub fn cardinal(number: u64) -> String {
    for (scale, name) in SCALES {
        if number >= scale {
            return join(
                &format!("{} {name}", cardinal(number / scale)),
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

fn join(head: &str, rest: u64) -> String {
    if rest == 0 {
        head.to_owned()
    } else {
        format!("{head} {}", cardinal(rest))
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

/// "1st", "22nd", "13th".
pub fn ordinal_digits(number: u64) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
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

/// A written decimal with every digit after the point said, so that 2.10 stays different from 2.1.
pub fn decimal(written: &str) -> String {
    let plain: String = written.chars().filter(|&c| c != ',').collect();
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain.as_str(), ""));
    let whole = match whole.parse() {
        Ok(number) => cardinal(number),
        Err(_) => digits(whole, "zero"),
    };
    if fraction.is_empty() {
        whole
    } else {
        format!("{whole} point {}", digits(fraction, "zero"))
    }
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
        assert_eq!(ordinal_digits(113), "113th");
        assert_eq!(plural(&year(1990)), "nineteen nineties");
        assert_eq!(plural("six"), "sixes");
        assert_eq!(year(1905), "nineteen oh five");
        assert_eq!(year(2000), "two thousand");
        assert_eq!(year(2007), "two thousand seven");
        assert_eq!(year(1800), "eighteen hundred");
        assert_eq!(digits("90-210", "oh"), "nine oh two one oh");
        assert_eq!(decimal("1,002.10"), "one thousand two point one zero");
    }
}

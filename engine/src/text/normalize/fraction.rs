//! Two numbers with a slash are parts of a whole, a share of points, a beat, odds or a quotient.

use super::numbers::{cardinal, ordinal, plural, quantity};
use super::{Found, NUMBER, Rule, rule};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(r"\b([0-9]+)\s+([0-9]+)/([0-9]+)\b", |found| {
            let part = part_of_one(found.number(2)?, found.number(3)?, true)?;
            found
                .is_whole()
                .then(|| format!("{} and {part}", cardinal(found.number(1).unwrap_or(0))))
        }),
        // "2/3rds", "1/4th".
        rule(r"\b([0-9]+)/([0-9]+)(?i:rds?|ths?|nds?)\b", |found| {
            part_of_one(found.number(1)?, found.number(2)?, false)
        }),
        rule(&format!(r"({NUMBER})/([0-9]+)"), |found| {
            if !found.is_whole() || found.after.starts_with('/') {
                return None;
            }
            let (above, below) = (found.group(1), found.number(2)?);
            let whole: Option<u64> = found.number(1);
            const SCORES: [&str; 8] = [
                "points", "stars", "score", "rating", "marks", "stars,", "on", "correct",
            ];
            let pair = |found: &Found| {
                Some(format!(
                    "{} {}",
                    quantity(found.group(1)),
                    quantity(found.group(2))
                ))
            };
            const COUNTED: [&str; 12] = [
                "page", "slide", "part", "step", "lap", "day", "episode", "question", "level",
                "round", "chapter", "item",
            ];
            if let Some(above) = whole.filter(|&above| above <= below && found.follows(&COUNTED)) {
                return Some(format!("{} of {}", cardinal(above), cardinal(below)));
            }
            match (whole, below) {
                (Some(24), 7) => return Some("twenty four seven".to_owned()),
                (Some(9), 11) => return Some("nine eleven".to_owned()),
                (Some(20), _) if found.precedes(&["vision"]) => return pair(found),
                (Some(20), 20) => return pair(found),
                (Some(above), below) if above + below == 100 => return pair(found),
                (Some(_), 2 | 4 | 8 | 16)
                    if found.precedes(&["time", "beat", "meter", "rhythm", "signature", "bar"]) =>
                {
                    return pair(found);
                }
                _ => {}
            }
            let scored = found.follows(&[
                "rated", "scored", "score", "rating", "got", "gave", "is", "a", "it", "earned",
            ]) && matches!(below, 5 | 10 | 100)
                && !found.follows(&["is", "a"])
                || found.precedes(&SCORES);
            if above.contains('.') || scored {
                return Some(format!("{} out of {}", quantity(above), cardinal(below)));
            }
            // "9 of 10 dentists": what is counted follows without "of".
            let people = found.word_after();
            let counted = matches!(below, 5 | 10 | 100)
                && whole.is_some_and(|whole| whole > 1)
                && people.len() > 4
                && people.ends_with('s')
                && found.after.starts_with(' ');
            if counted {
                return Some(format!("{} out of {}", quantity(above), cardinal(below)));
            }
            whole
                .and_then(|whole| part_of_one(whole, below, false))
                .or_else(|| {
                    Some(format!(
                        "{} over {}",
                        quantity(above),
                        quantity(found.group(2))
                    ))
                })
        }),
    ]
}

/// "three quarters", "one half"; `None` where the lower number has no name of its own. In a mixed number one part is "a half".
pub(super) fn part_of_one(above: u64, below: u64, mixed: bool) -> Option<String> {
    let named =
        (2..=10).contains(&below) || matches!(below, 12 | 16 | 20 | 25 | 32 | 50 | 64 | 100 | 1000);
    if !named || above == 0 || above > 100 {
        return None;
    }
    let part = match below {
        2 => "half".to_owned(),
        4 => "quarter".to_owned(),
        _ => ordinal(below).trim_start_matches("one ").to_owned(),
    };
    Some(match above {
        1 if mixed => format!("a {part}"),
        1 => format!("one {part}"),
        _ if below == 2 => format!("{} halves", cardinal(above)),
        _ => format!("{} {}", cardinal(above), plural(&part)),
    })
}

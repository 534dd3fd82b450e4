//! Signs of arithmetic and comparison between numbers and letters are said by name.

use super::numbers::quantity;
use super::{Found, NUMBER, Rule, rule};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // "6.02e23", "1e-5".
        rule(
            r"\b([0-9]+(?:\.[0-9]+)?)[eE]([+-]?)([0-9]{1,3})\b",
            |found| {
                let sign = if found.group(2) == "-" { "minus " } else { "" };
                let marked = found.group(1).contains('.')
                    || !found.group(2).is_empty()
                    || found.group(3).len() > 1;
                (marked && !found.joined_before()).then(|| {
                    format!(
                        "{} times ten to the power of {sign}{}",
                        quantity(found.group(1)),
                        quantity(found.group(3))
                    )
                })
            },
        ),
        // Powers; a raised figure behind a word is a footnote.
        rule(
            r"([0-9A-Za-z)]+)\s?\^\s?(?:\(([-+]?[0-9a-z]+)\)|([-+]?[0-9]+|[a-z]\b))",
            |found| {
                let base = found.group(1);
                let exponent = if found.group(2).is_empty() {
                    found.group(3)
                } else {
                    found.group(2)
                };
                let word = base.len() > 2
                    && base.chars().all(char::is_alphabetic)
                    && !matches!(base, "sin" | "cos" | "tan" | "log");
                if word && exponent.bytes().all(|b| b.is_ascii_digit()) {
                    return Some(base.to_owned());
                }
                let base = if base.bytes().all(|b| b.is_ascii_digit()) {
                    quantity(base)
                } else {
                    base.to_owned()
                };
                Some(match exponent {
                    "2" => format!("{base} squared"),
                    "3" => format!("{base} cubed"),
                    _ => {
                        let (sign, rest) = match exponent.strip_prefix(['-', '+']) {
                            Some(rest) if exponent.starts_with('-') => ("minus ", rest),
                            Some(rest) => ("plus ", rest),
                            None => ("", exponent),
                        };
                        let rest = if rest.bytes().all(|b| b.is_ascii_digit()) {
                            quantity(rest)
                        } else {
                            rest.to_owned()
                        };
                        format!("{base} to the power of {sign}{rest}")
                    }
                })
            },
        ),
        rule(
            r"([^<>=!:]|^)\s?(<=|=<|>=|=>|!==?|<>|={2,3}|<<|>>|->|&&|\|\|)\s?([^<>=]|$)",
            |found| {
                let said = match found.group(2) {
                    "<=" | "=<" => "is less than or equal to",
                    ">=" => "is greater than or equal to",
                    "!=" | "!==" | "<>" => "is not equal to",
                    "==" | "===" => "equals",
                    "->" | "=>" => "to",
                    "<<" => "is much less than",
                    ">>" => "is much greater than",
                    "&&" => "and",
                    _ => "or",
                };
                let operands = found.group(1).chars().next().is_some_and(|c| {
                    c.is_alphanumeric() || matches!(c, ')' | ']' | ' ' | '"' | '\'')
                }) && found.group(3).chars().next().is_some_and(|c| {
                    c.is_alphanumeric()
                        || matches!(c, '(' | '[' | ' ' | '-' | '"' | '\'' | '.' | '$')
                });
                operands.then(|| format!("{} {said} {}", found.group(1), found.group(3)))
            },
        ),
        rule(r"([0-9A-Za-z)])\s?<\s?([0-9A-Za-z(.-])", |found| {
            compared(found, "is less than")
        }),
        rule(r"([0-9A-Za-z)])\s?>\s?([0-9A-Za-z(.-])", |found| {
            compared(found, "is greater than")
        }),
        rule(r"(^|\s|\()([<>])\s?([$£€]?[0-9.])", |found| {
            let said = if found.group(2) == "<" {
                "less than"
            } else {
                "more than"
            };
            Some(format!("{}{said} {}", found.group(1), found.group(3)))
        }),
        // "6 * 7", "3×4", "a*b".
        rule(
            r"([0-9A-Za-z)])\s?([*×✕·])\s?([0-9(]|[A-Za-z]\b)",
            |found| {
                let one_sided = found.group(2) == "*"
                    && found.group(1).chars().all(char::is_alphabetic)
                    && !found.group(0).contains(' ')
                    && !single_letter_before(found);
                let emphasis = found.group(2) == "*" && found.before.matches('*').count() % 2 == 1;
                (!one_sided && !emphasis)
                    .then(|| format!("{} times {}", found.group(1), found.group(3)))
            },
        ),
        // "4 x 4 = 16" is a product, "a 4 x 4 truck" none.
        rule(r"([0-9)]) x ([0-9(])", |found| {
            let is_operand = |c: char| c.is_ascii_digit() || " .,x*+-()".contains(c);
            let rest = found.after.trim_start_matches(is_operand);
            let product = || format!("{} times {}", found.group(1), found.group(2));
            rest.starts_with('=').then(product)
        }),
        rule(r"([0-9])\s?\+\s?([0-9])", |found| {
            Some(format!("{} plus {}", found.group(1), found.group(2)))
        }),
        // A minus between numbers needs the other side of an equation, or spaces around it and a sum before.
        rule(
            &format!(r"({NUMBER})\s?[-–]\s?({NUMBER})(\s*=)"),
            |found| {
                (!found.joined_before()).then(|| {
                    format!(
                        "{} minus {} =",
                        quantity(found.group(1)),
                        quantity(found.group(2))
                    )
                })
            },
        ),
        rule(
            r"(^|\s|[(=])([0-9]*[a-z]|[a-z]+\^?[0-9]|[0-9]+)\s-\s([0-9]*[a-z]|[0-9]+)(\s*[-+*=<>)]|\s*$|[.,])",
            |found| {
                let sum = found.group(4).contains('=')
                    || found.before.contains('=')
                    || found.group(1).ends_with(['=', '(']);
                sum.then(|| {
                    format!(
                        "{}{} minus {}{}",
                        found.group(1),
                        found.group(2),
                        found.group(3),
                        found.group(4)
                    )
                })
            },
        ),
        rule(
            r"\b([a-z]|[0-9]+)\s?/\s([a-z]|[0-9]+)(\s*[-+*=/)]|\s*$|[.,])",
            |found| {
                (found.before.contains('=') || found.group(3).contains('=')).then(|| {
                    format!(
                        "{} divided by {}{}",
                        found.group(1),
                        found.group(2),
                        found.group(3)
                    )
                })
            },
        ),
        rule(&format!(r"({NUMBER})\s/\s({NUMBER})"), |found| {
            (!found.joined_before()).then(|| {
                format!(
                    "{} divided by {}",
                    quantity(found.group(1)),
                    quantity(found.group(2))
                )
            })
        }),
        rule(r"\b([fgh])\(([a-z]|[0-9]+)\)", |found| {
            (!found.joined_before()).then(|| format!("{} of {}", found.group(1), found.group(2)))
        }),
        rule(r"\b([0-9]+|n)!(\s*[=/*+)]|$)", |found| {
            let factorial = !found.group(2).trim().is_empty() || found.group(1) == "n";
            (factorial && !found.joined_before())
                .then(|| format!("{} factorial{}", found.group(1), found.group(2)))
        }),
    ]
}

fn compared(found: &Found, said: &str) -> Option<String> {
    let tag = found.after.starts_with('/') || found.group(2) == "/";
    (!tag).then(|| format!("{} {said} {}", found.group(1), found.group(2)))
}

fn single_letter_before(found: &Found) -> bool {
    !found.before.ends_with(char::is_alphanumeric)
}

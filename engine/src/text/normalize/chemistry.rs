//! Formulas of chemistry: elements letter by letter, counts as numbers.

use super::numbers::cardinal;
use super::{Rule, rule};

/// Symbols of the elements that formulas are made of; rarer ones would catch names of other things.
const ELEMENTS: &[&str] = &[
    "H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al", "Si", "P", "S", "Cl",
    "Ar", "K", "Ca", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se",
    "Br", "Kr", "Rb", "Sr", "Ag", "Cd", "Sn", "Sb", "I", "Xe", "Cs", "Ba", "Pt", "Au", "Hg", "Pb",
    "Bi", "U",
];

/// Formulas without a figure; those that are words too are not here.
const PLAIN: &[&str] = &[
    "NaCl", "KCl", "HCl", "NaOH", "KOH", "HBr", "NaF", "AgCl", "LiF", "CaO", "MgO", "FeO", "ZnO",
    "CuO", "NaBr", "KBr", "KI", "NaI", "HCN", "KCN", "NaCN", "HF", "SiC", "GaN", "GaAs", "LiCl",
    "ZnS", "PbS", "FeS",
];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(
            r"\b((?:[A-Z][a-z]?[0-9]{0,3}|\((?:[A-Z][a-z]?[0-9]{0,2})+\)[0-9]{1,2})+)(\^?[0-9]?[+-])?",
            |found| {
                if found.joined_before()
                    || found
                        .after
                        .starts_with(|c: char| c.is_alphanumeric() || c == '-')
                {
                    return None;
                }
                let formula = found.group(1);
                let known = PLAIN.contains(&formula)
                    || matches!((formula, found.group(2)), ("Na" | "K" | "H" | "Li" | "Ag" | "Ca" | "Mg" | "Fe" | "Cu", ion) if ion.contains(['+']))
                        && found.after.trim_start().starts_with("ion");
                let parts = elements(formula)?;
                let counted = parts
                    .iter()
                    .any(|part| part.starts_with(|c: char| c.is_ascii_digit()));
                let symbols = parts.len()
                    - parts
                        .iter()
                        .filter(|part| part.starts_with(|c: char| c.is_ascii_digit()))
                        .count();
                let gas = matches!(
                    formula,
                    "O2" | "N2" | "H2" | "O3" | "Cl2" | "F2" | "Br2" | "I2"
                );
                (known || gas || counted && symbols >= 2 && !formula.contains("B2B")).then(|| {
                    let words: Vec<String> = parts.iter().map(|part| say_part(part)).collect();
                    let charge = match found.group(2).trim_start_matches('^') {
                        "" => String::new(),
                        charge => {
                            let sign = if charge.ends_with('+') {
                                "plus"
                            } else {
                                "minus"
                            };
                            let count: String =
                                charge.chars().filter(char::is_ascii_digit).collect();
                            match count.parse() {
                                Ok(count) => format!(" {} {sign}", cardinal(count)),
                                Err(_) => format!(" {sign}"),
                            }
                        }
                    };
                    format!("{}{charge}", words.join(" "))
                })
            },
        ),
        rule(r"\bpH\b", |_| Some("P H".to_owned())),
    ]
}

/// Symbols and counts in order; `None` where a part is no element.
fn elements(formula: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = formula;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix(['(', ')']) {
            rest = inner;
            continue;
        }
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 {
            parts.push(rest[..digits].to_owned());
            rest = &rest[digits..];
            continue;
        }
        let length = [2, 1].into_iter().find(|&length| {
            rest.get(..length)
                .is_some_and(|symbol| ELEMENTS.contains(&symbol))
        })?;
        parts.push(rest[..length].to_owned());
        rest = &rest[length..];
    }
    Some(parts)
}

fn say_part(part: &str) -> String {
    match part.parse() {
        Ok(count) => cardinal(count),
        Err(_) => {
            let letters: Vec<String> = part.to_uppercase().chars().map(String::from).collect();
            letters.join(" ")
        }
    }
}

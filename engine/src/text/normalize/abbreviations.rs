//! Abbreviations are said in full, each by its place: before a name, before a number, or anywhere.

use super::{Found, Rule, rule};

/// Before a name, always with its dot: written, said. Their dot never ends a sentence.
pub(in crate::text) const TITLES: &[(&str, &str)] = &[
    ("Lt", "Lieutenant"),
    ("Col", "Colonel"),
    ("Gen", "General"),
    ("Capt", "Captain"),
    ("Sgt", "Sergeant"),
    ("Cpl", "Corporal"),
    ("Pvt", "Private"),
    ("Cmdr", "Commander"),
    ("Adm", "Admiral"),
    ("Maj", "Major"),
    ("Gov", "Governor"),
    ("Sen", "Senator"),
    ("Rep", "Representative"),
    ("Rev", "Reverend"),
    ("Hon", "Honorable"),
    ("Prof", "Professor"),
    ("Pres", "President"),
    ("Supt", "Superintendent"),
    ("Messrs", "Messers"),
    ("Mx", "Mix"),
    ("Mme", "Madame"),
    ("Mlle", "Mademoiselle"),
    ("Ste", "Saint"),
    ("Mt", "Mount"),
    ("Ft", "Fort"),
];

/// Anywhere, with the dot: written, said.
pub(in crate::text) const SHORT_FORMS: &[(&str, &str)] = &[
    ("Jr", "Junior"),
    ("Sr", "Senior"),
    ("Ave", "Avenue"),
    ("Blvd", "Boulevard"),
    ("Rd", "Road"),
    ("Hwy", "Highway"),
    ("Pkwy", "Parkway"),
    ("Apt", "Apartment"),
    ("Bldg", "Building"),
    ("Bros", "Brothers"),
    ("Corp", "Corporation"),
    ("Inc", "Incorporated"),
    ("Ltd", "Limited"),
    ("Co", "Company"),
    ("Dept", "Department"),
    ("dept", "department"),
    ("Govt", "Government"),
    ("govt", "government"),
    ("Univ", "University"),
    ("Assn", "Association"),
    ("Intl", "International"),
    ("approx", "approximately"),
    ("Approx", "Approximately"),
    ("est", "estimated"),
    ("vs", "versus"),
    ("etc", "et cetera"),
    ("cf", "compare"),
    ("incl", "including"),
    ("excl", "excluding"),
    ("misc", "miscellaneous"),
    ("max", "maximum"),
    ("min", "minimum"),
    ("tel", "telephone"),
    ("Tel", "Telephone"),
    ("ext", "extension"),
    ("Esq", "Esquire"),
    ("avg", "average"),
    ("temp", "temperature"),
    ("mgr", "manager"),
    ("asst", "assistant"),
    ("attn", "attention"),
    ("Attn", "Attention"),
    ("appt", "appointment"),
    ("bldg", "building"),
    ("qty", "quantity"),
    ("Qty", "Quantity"),
    ("mfg", "manufacturing"),
    ("hosp", "hospital"),
    ("inc", "included"),
    ("ref", "reference"),
    ("wt", "weight"),
    ("ht", "height"),
];

/// Anywhere, with their own signs in them or without a dot: written, said.
const SIGNED: &[(&str, &str)] = &[
    ("b/c", "because"),
    ("w/o", "without"),
    ("w/", "with "),
    ("W/", "With "),
    ("h/t", "hat tip"),
    ("n/a", "not applicable"),
    ("N/A", "not applicable"),
    ("c/o", "care of"),
    ("y/o", "years old"),
    ("AT&T", "A T and T"),
    ("R&B", "R and B"),
    ("R&D", "R and D"),
    ("Q&A", "Q and A"),
    ("B&B", "B and B"),
    ("S&P", "S and P"),
    ("P&L", "P and L"),
    ("H&M", "H and M"),
    ("M&A", "M and A"),
    ("D&D", "D and D"),
    ("M&M's", "M and M's"),
    ("M&Ms", "M and M's"),
    ("AC/DC", "A C D C"),
    ("TCP/IP", "T C P I P"),
    ("TL;DR", "T L D R"),
    ("tl;dr", "T L D R"),
    ("24/7", "twenty four seven"),
];

/// Before a number: written, said.
const BEFORE_NUMBERS: &[(&str, &str)] = &[
    ("No", "Number"),
    ("no", "number"),
    ("Nos", "Numbers"),
    ("nos", "numbers"),
    ("Vol", "Volume"),
    ("vol", "volume"),
    ("Fig", "Figure"),
    ("fig", "figure"),
    ("Figs", "Figures"),
    ("Ch", "Chapter"),
    ("ch", "chapter"),
    ("Sec", "Section"),
    ("sec", "section"),
    ("p", "page"),
    ("pp", "pages"),
    ("pg", "page"),
    ("Eq", "Equation"),
    ("ca", "circa"),
    ("c", "circa"),
    ("Apt", "Apartment"),
    ("apt", "apartment"),
    ("Rte", "Route"),
    ("Ste", "Suite"),
    ("Rm", "Room"),
    ("rm", "room"),
    ("Ext", "Extension"),
    ("Art", "Article"),
    ("Pt", "Part"),
    ("Bk", "Book"),
    ("v", "version"),
    ("vs", "versus"),
];

/// Those before a number; they have to be said before the number is in words.
pub(super) fn number_rules() -> Vec<Rule> {
    vec![
        rule(&dotted(BEFORE_NUMBERS), |found| {
            let next = found.after.trim_start().trim_start_matches(['(', '#']);
            let roman = next
                .split(|c: char| !c.is_alphanumeric())
                .next()
                .is_some_and(|word| super::numbers::roman(word).is_some() && word != "I");
            let number = next.starts_with(|c: char| c.is_ascii_digit()) || roman;
            (number && !found.joined_before()).then(|| lookup(BEFORE_NUMBERS, found.group(1)))?
        }),
        // "Hwy 101".
        rule(r"\b(Hwy|hwy|Rte|Rt|Fwy|Pkwy)\.? ([0-9])", |found| {
            let said = match found.group(1) {
                "Hwy" | "hwy" => "Highway",
                "Fwy" => "Freeway",
                "Pkwy" => "Parkway",
                _ => "Route",
            };
            (!found.joined_before()).then(|| format!("{said} {}", found.group(2)))
        }),
        // "Mt Rainier", "Lt Smith": without a dot only before a name.
        rule(r"\b(Mt|Ft|Lt|Sgt|Capt|Prof) ([A-Z][a-z])", |found| {
            let said = lookup(TITLES, found.group(1))?;
            (!found.joined_before()).then(|| format!("{said} {}", found.group(2)))
        }),
    ]
}

pub(super) fn rules() -> Vec<Rule> {
    let signed = super::alternatives(SIGNED.iter().map(|(written, _)| *written));
    vec![
        rule(&format!(r"\b(?:{signed})"), |found| {
            let word = found.group(0);
            let open = word.eq_ignore_ascii_case("w/") || !found.joined_after();
            (open && !found.joined_before()).then(|| lookup(SIGNED, word))?
        }),
        rule(r"\bSt\.", |found| {
            // "Baker St." follows a name, "St. Louis" comes before one.
            let name_before = found
                .word_before()
                .starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
                && !found.before.trim_end().ends_with([',', ';', ':']);
            let name_after = found.word_after().starts_with(char::is_uppercase);
            match (name_before, name_after) {
                (true, true) => Some("Saint".to_owned()),
                (true, false) => Some(keep_stop("Street", found)),
                (false, _) => Some("Saint".to_owned()),
            }
        }),
        rule(r"\bSt\s", |found| {
            let name_after = found.word_after().starts_with(char::is_uppercase);
            (name_after && !found.word_before().starts_with(char::is_uppercase))
                .then(|| "Saint ".to_owned())
        }),
        // misaki says "Dr." as the title; behind a name and before no other it is a street's (see `address`).
        rule(&dotted(TITLES), |found| {
            let before_name = found.word_after().starts_with(char::is_uppercase);
            before_name.then(|| lookup(TITLES, found.group(1)))?
        }),
        rule(r"\bet al\.", |found| Some(keep_stop("et al", found))),
        rule(r"\b(A )?[Pp]h\.?\s?[Dd]\.?(s?)\b", |found| {
            // A capital before letters would be one of them.
            let article = found.group(1).to_lowercase();
            let stop = if found.after.starts_with('.') {
                ""
            } else {
                " "
            };
            Some(
                format!("{article}P H D{}{}", found.group(2), stop)
                    .trim_end()
                    .to_owned(),
            )
        }),
        rule(r"\bP H D\.", |found| Some(keep_stop("P H D", found))),
        // "5 USD ea.", "a pound each".
        rule(r"\bea\.", |found| Some(keep_stop("each", found))),
        rule(r"\bea\b", |found| {
            let priced = found.word_before().ends_with(|c: char| c.is_alphanumeric())
                && !found.before.is_empty();
            (priced && found.is_whole()).then(|| "each".to_owned())
        }),
        rule(&dotted(SHORT_FORMS), |found| {
            // "max." ends a sentence as an abbreviation only behind a number; "Co." needs a name.
            let word = matches!(
                found.group(1),
                "inc" | "temp" | "est" | "ht" | "wt" | "ref" | "max" | "min" | "tel" | "ext"
            );
            let ends =
                found.ends_sentence() || found.after.trim_start().starts_with(char::is_uppercase);
            (!(found.before.ends_with('.') || word && ends && !found.follows_number()))
                .then(|| lookup(SHORT_FORMS, found.group(1)).map(|said| keep_stop(&said, found)))?
        }),
        rule(r"\bvs\b", |_| Some("versus".to_owned())),
        rule(r"\bMessrs\b", |_| Some("Messers".to_owned())),
    ]
}

impl Found<'_> {
    fn follows_number(&self) -> bool {
        self.word_before().ends_with(|c: char| c.is_ascii_digit())
    }
}

fn dotted(table: &[(&str, &str)]) -> String {
    let names: Vec<&str> = table.iter().map(|(written, _)| *written).collect();
    format!(r"\b({})\.", names.join("|"))
}

fn lookup(table: &[(&str, &str)], written: &str) -> Option<String> {
    let said = table.iter().find(|(known, _)| *known == written)?.1;
    Some(said.to_owned())
}

/// The dot that ends the sentence as well as the abbreviation stays.
pub(super) fn keep_stop(said: &str, found: &Found) -> String {
    if found.ends_sentence() {
        format!("{said}.")
    } else {
        said.to_owned()
    }
}

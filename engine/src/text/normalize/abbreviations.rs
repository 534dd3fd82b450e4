//! Abbreviations that misaki would spell or stumble over.

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
    ("Rte", "Route"),
];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(r"\bSt\.", |found| {
            // "Baker St." follows a name, "St. Louis" comes before one.
            let name_before = found
                .word_before()
                .starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
                && !found.before.trim_end().ends_with([',', ';', ':']);
            let name_after = found.word_after().starts_with(char::is_uppercase);
            match (name_before, name_after) {
                (true, _) => Some(street(found)),
                (false, _) => Some("Saint".to_owned()),
            }
        }),
        rule(r"\bSts?\s", |found| {
            let name_after = found.word_after().starts_with(char::is_uppercase);
            let whole = found.group(0).starts_with("St ");
            (whole && name_after && !found.word_before().starts_with(char::is_uppercase))
                .then(|| "Saint ".to_owned())
        }),
        rule(&dotted(TITLES), |found| {
            let before_name = found.word_after().starts_with(char::is_uppercase);
            before_name.then(|| lookup(TITLES, found.group(1)))?
        }),
        rule(&dotted(BEFORE_NUMBERS), |found| {
            let number = found
                .after
                .trim_start()
                .starts_with(|c: char| c.is_ascii_digit());
            (number && !found.joined_before()).then(|| lookup(BEFORE_NUMBERS, found.group(1)))?
        }),
        rule(r"\bet al\.", |found| Some(keep_stop("et al", found))),
        rule(r"\b([Pp])h\.?\s?[Dd]\.?(s?)\b", |found| {
            let stop = if found.after.starts_with('.') {
                ""
            } else {
                " "
            };
            Some(
                format!("P H D{}{}", found.group(2), stop)
                    .trim_end()
                    .to_owned(),
            )
        }),
        rule(r"\bP H D\.", |found| Some(keep_stop("P H D", found))),
        rule(&dotted(SHORT_FORMS), |found| {
            (!found.before.ends_with('.'))
                .then(|| lookup(SHORT_FORMS, found.group(1)).map(|said| keep_stop(&said, found)))?
        }),
        rule(r"\bvs\b", |_| Some("versus".to_owned())),
        rule(r"\bMessrs\b", |_| Some("Messers".to_owned())),
    ]
}

fn dotted(table: &[(&str, &str)]) -> String {
    let names: Vec<&str> = table.iter().map(|(written, _)| *written).collect();
    format!(r"\b({})\.", names.join("|"))
}

fn lookup(table: &[(&str, &str)], written: &str) -> Option<String> {
    let said = table.iter().find(|(known, _)| *known == written)?.1;
    Some(said.to_owned())
}

fn street(found: &Found) -> String {
    keep_stop("Street", found)
}

/// The dot that ends the sentence as well as the abbreviation stays.
fn keep_stop(said: &str, found: &Found) -> String {
    if found.ends_sentence() {
        format!("{said}.")
    } else {
        said.to_owned()
    }
}

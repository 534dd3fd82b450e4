//! Roman numbers: a rank behind a ruler's name, a count behind a word that is numbered, a year by themselves.

use super::numbers::{cardinal, ordinal, roman, year};
use super::{Found, Rule, rule};

/// Names and titles after which a Roman number is a ruler's.
const RULERS: &[&str] = &[
    "Henry",
    "Elizabeth",
    "Louis",
    "George",
    "Charles",
    "James",
    "Edward",
    "Richard",
    "William",
    "Paul",
    "Pius",
    "Benedict",
    "Francis",
    "Philip",
    "Nicholas",
    "Peter",
    "Catherine",
    "Alexander",
    "Napoleon",
    "Frederick",
    "Leo",
    "Gregory",
    "Wilhelm",
    "Ramses",
    "Ramesses",
    "Mary",
    "Ivan",
    "Otto",
    "Umberto",
    "Juan",
    "Carlos",
    "Albert",
    "Leopold",
    "Ferdinand",
    "Joseph",
    "Franz",
    "Gustav",
    "Gustavus",
    "Christian",
    "Haakon",
    "Harald",
    "Olav",
    "Margaret",
    "Margrethe",
    "Victor",
    "Emmanuel",
    "Innocent",
    "Urban",
    "Clement",
    "Sixtus",
    "Boniface",
    "Julius",
    "Stephen",
    "Robert",
    "David",
    "Cleopatra",
    "Ptolemy",
    "Darius",
    "Xerxes",
    "Cyrus",
    "Justinian",
    "Constantine",
    "Theodosius",
    "Selim",
    "Suleiman",
    "Mehmed",
    "Murad",
    "Isabella",
    "Alfonso",
    "Sancho",
    "Pedro",
    "João",
    "Maximilian",
    "Rudolf",
    "Sigismund",
    "Casimir",
    "Vladislav",
    "Abdullah",
    "Mohammed",
    "Hassan",
    "Faisal",
    "Farouk",
    "Tutankhamun",
    "Thutmose",
    "Amenhotep",
    "Seti",
    "Celestine",
    "Adrian",
    "Hadrian",
    "Eugene",
    "Sylvester",
    "Callixtus",
    "Kamehameha",
    "Zog",
    "Carol",
];

/// Words after which a Roman number counts, in small or capital letters.
const NUMBERED: &[&str] = &[
    "act",
    "scene",
    "part",
    "chapter",
    "volume",
    "vol",
    "book",
    "section",
    "appendix",
    "article",
    "title",
    "phase",
    "stage",
    "type",
    "class",
    "level",
    "grade",
    "tier",
    "step",
    "round",
    "episode",
    "season",
    "war",
    "bowl",
    "table",
    "figure",
    "plate",
    "canto",
    "psalm",
    "factor",
    "generation",
    "gen",
    "mark",
    "mk",
    "category",
    "schedule",
    "unit",
    "division",
    "day",
    "group",
    "version",
    "symphony",
    "no",
    "number",
    "apollo",
    "rocky",
    "fantasy",
    "quest",
    "page",
    "lesson",
    "verse",
    "corps",
    "legion",
    "question",
    "point",
    "theorem",
];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(r"\b([A-Z][a-zé]+) ([IVXLCDM]+)\b('s)?", |found| {
            let word = found.group(1);
            let number = roman(found.group(2))?;
            let lone = found.group(2) == "I";
            if !found
                .after
                .starts_with(|c: char| !c.is_alphanumeric() || c.is_whitespace())
                && !found.after.is_empty()
            {
                return None;
            }
            let numbered = NUMBERED.contains(&word.to_lowercase().as_str());
            let ruler = RULERS.contains(&word)
                || matches!(
                    found.word_before(),
                    "King"
                        | "Queen"
                        | "Pope"
                        | "Emperor"
                        | "Tsar"
                        | "Sultan"
                        | "Empress"
                        | "Pharaoh"
                        | "Kaiser"
                        | "Prince"
                );
            let possessive = found.group(3);
            if ruler && !numbered {
                // "Henry I think" is no king.
                const OF_KINGS: [&str; 17] = [
                    "was",
                    "of",
                    "ruled",
                    "reigned",
                    "died",
                    "became",
                    "ordered",
                    "married",
                    "succeeded",
                    "who",
                    "is",
                    "and",
                    "granted",
                    "issued",
                    "founded",
                    "took",
                    "won",
                ];
                let ends = found.after.is_empty() || found.after.starts_with(['.', ')', '-', ';']);
                let king = !lone
                    || !possessive.is_empty()
                    || ends && RULERS.contains(&word)
                    || found.precedes(&OF_KINGS) && !found.after.starts_with(',')
                    || found.word_before() == "King"
                    || found.word_before() == "Queen"
                    || found.word_before() == "Pope";
                return king.then(|| format!("{word} the {}{possessive}", ordinal(number)));
            }
            if numbered {
                return (!lone || !found.follows(&["the"]) && found.counts_alone())
                    .then(|| format!("{word} {}{possessive}", cardinal(number)));
            }
            // Words and initials that look Roman.
            let doubtful = matches!(
                found.group(2),
                "I" | "V"
                    | "X"
                    | "C"
                    | "D"
                    | "M"
                    | "L"
                    | "MC"
                    | "CD"
                    | "DC"
                    | "MD"
                    | "CV"
                    | "DI"
                    | "MI"
                    | "MD "
                    | "LI"
                    | "XL"
                    | "MM"
                    | "CC"
                    | "DIV"
                    | "MIX"
                    | "CM"
                    | "CI"
                    | "DL"
                    | "ML"
                    | "LD"
                    | "XX"
            );
            let phone = word == "iPhone" || word == "Phone" && found.before.ends_with('i');
            (!doubtful || phone).then(|| format!("{word} {}{possessive}", cardinal(number)))
        }),
        // "scene iii", "part ii", "Type I error", "page xii".
        rule(r"\b([A-Za-z]+)(\.?) ([IVXL]+|[ivxl]+)\b", |found| {
            let numbered = NUMBERED.contains(&found.group(1).to_lowercase().as_str());
            let number = roman(&found.group(3).to_uppercase())?;
            let small = found.group(1).starts_with(char::is_lowercase);
            let lone = found.group(3).eq_ignore_ascii_case("i");
            let divides = matches!(
                found.group(1).to_lowercase().as_str(),
                "scene"
                    | "act"
                    | "part"
                    | "chapter"
                    | "section"
                    | "page"
                    | "volume"
                    | "book"
                    | "appendix"
            );
            let fits = !lone
                || (divides || found.group(3) == "I")
                    && found.counts_alone()
                    && (!small
                        || found.group(3) == "i"
                        || matches!(found.group(1), "type" | "phase" | "stage" | "class"));
            (numbered && fits && !found.after.starts_with(['\'', '-']))
                .then(|| format!("{}{} {}", found.group(1), found.group(2), cardinal(number)))
        }),
        // "the XIX century", "the XXI. century".
        rule(
            r"\b([IVX]+)\.?(th|st|nd|rd)? (centur[a-z]+|Olympiad|Olympics|Congress)\b",
            |found| {
                Some(format!(
                    "{} {}",
                    ordinal(roman(found.group(1))?),
                    found.group(3)
                ))
            },
        ),
        rule(r"\b[MDCLXVI]{4,}\b", |found| {
            let number = roman(found.group(0))?;
            found.is_whole().then(|| {
                if number >= 1000 {
                    year(number)
                } else {
                    cardinal(number)
                }
            })
        }),
        // A list of Roman items: "IV. Results".
        rule(r"^([IVX]{1,5})\.\s", |found| {
            (found.group(1) != "I" || found.after.starts_with(char::is_uppercase))
                .then(|| Some(format!("{}, ", cardinal(roman(found.group(1))?))))?
        }),
    ]
}

impl Found<'_> {
    /// Whether what follows a lone "I" cannot be said by somebody: "World War I began", but not "In that war I fought".
    fn counts_alone(&self) -> bool {
        const FIRST_PERSON: [&str; 45] = [
            "am", "was", "have", "had", "think", "thought", "will", "would", "can", "could", "do",
            "did", "don't", "didn't", "know", "knew", "saw", "see", "want", "wanted", "like",
            "liked", "love", "loved", "need", "needed", "said", "say", "feel", "felt", "believe",
            "went", "go", "got", "get", "made", "found", "never", "always", "really", "just",
            "should", "must", "might", "read",
        ];
        let capital_before = self.group(1).starts_with(char::is_uppercase);
        let strict = FIRST_PERSON
            .iter()
            .filter(|word| !(capital_before && matches!(**word, "was" | "had")));
        !strict.copied().any(|word| self.word_after() == word) && !self.after.starts_with('\'')
    }
}

//! How people type when they talk: shortened words, stammering, signs of laughter.

use super::{Rule, rule};

/// Written in small letters, said.
const CHAT: &[(&str, &str)] = &[
    ("l8r", "later"),
    ("l8", "late"),
    ("gr8", "great"),
    ("m8", "mate"),
    ("b4", "before"),
    ("2day", "today"),
    ("2nite", "tonight"),
    ("2morrow", "tomorrow"),
    ("2moro", "tomorrow"),
    ("thx", "thanks"),
    ("thnx", "thanks"),
    ("tnx", "thanks"),
    ("pls", "please"),
    ("plz", "please"),
    ("ppl", "people"),
    ("msg", "message"),
    ("msgs", "messages"),
    ("txt", "text"),
    ("ur", "your"),
    ("bc", "because"),
    ("cuz", "because"),
    ("tmrw", "tomorrow"),
    ("tmr", "tomorrow"),
    ("omw", "on my way"),
    ("idk", "I don't know"),
    ("imo", "in my opinion"),
    ("imho", "in my humble opinion"),
    ("btw", "by the way"),
    ("fyi", "F Y I"),
    ("brb", "be right back"),
    ("ttyl", "talk to you later"),
    ("nvm", "never mind"),
    ("smh", "shaking my head"),
    ("ngl", "not gonna lie"),
    ("tbh", "to be honest"),
    ("rn", "right now"),
    ("irl", "in real life"),
    ("jk", "just kidding"),
    ("afaik", "as far as I know"),
    ("iirc", "if I recall correctly"),
    ("wyd", "what are you doing"),
    ("hbu", "how about you"),
    ("np", "no problem"),
    ("yw", "you're welcome"),
    ("ily", "I love you"),
    ("lmk", "let me know"),
    ("asap", "A S A P"),
    ("eta", "E T A"),
    ("bff", "B F F"),
    ("dm", "D M"),
    ("dms", "D M's"),
    ("gtg", "got to go"),
    ("g2g", "got to go"),
    ("w8", "wait"),
    ("str8", "straight"),
    ("sry", "sorry"),
    ("abt", "about"),
    ("thru", "through"),
    ("tho", "though"),
    ("bday", "birthday"),
    ("wknd", "weekend"),
    ("prob", "probably"),
    ("probs", "probably"),
    ("def", "definitely"),
    ("u2", "you too"),
    ("xmas", "Christmas"),
    ("vid", "video"),
    ("govt", "government"),
    ("dept", "department"),
    ("mgmt", "management"),
    ("yrs", "years"),
    ("hrs", "hours"),
    ("mins", "minutes"),
    ("approx", "approximately"),
];

pub(super) fn rules() -> Vec<Rule> {
    let chat = super::alternatives(CHAT.iter().map(|(written, _)| *written));
    vec![
        // "B-b-but", "w-what": a consonant said before its word.
        rule(r"\b([A-Za-z])-((?:[A-Za-z]-)*)([a-z]{2,})\b", |found| {
            let first = found.group(1).chars().next()?.to_ascii_lowercase();
            let repeats: Vec<char> = found
                .group(2)
                .chars()
                .filter(char::is_ascii_alphabetic)
                .collect();
            let same = repeats.iter().all(|c| c.to_ascii_lowercase() == first)
                && found.group(3).starts_with(first);
            let vowel = matches!(first, 'a' | 'e' | 'i' | 'o' | 'u');
            // "e-email" does not occur, "x-xylene" and "b-boy" do.
            if !same || !found.is_whole() || matches!(found.group(3), "boy" | "girl" | "xylene") {
                return None;
            }
            let sound = if vowel {
                first.to_string()
            } else {
                format!("{first}uh")
            };
            let stammer = vec![sound; repeats.len() + 1].join(" ");
            Some(format!("{stammer} {}", found.group(3)))
        }),
        // "Mm-hmm" agrees, with and without its hyphen.
        rule(r"\b([Mm])+-[Hh]+[Mm]+\b", |found| {
            let capital = found.group(0).starts_with('M');
            found
                .is_whole()
                .then(|| if capital { "Mhm" } else { "mhm" }.to_owned())
        }),
        rule(&format!(r"\b(?i:{chat})\b"), |found| {
            let word = found.group(0);
            let lower = word.to_lowercase();
            let shouted =
                word.len() > 1 && word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
            // Spelled in capitals, most of them are an acronym or a unit.
            let acronym = shouted
                && !matches!(
                    lower.as_str(),
                    "thx" | "pls" | "plz" | "gr8" | "l8r" | "b4" | "brb" | "btw" | "omw"
                );
            let plaza = word == "Plz" && found.word_before().starts_with(char::is_uppercase);
            const SIGNS: [&str; 5] = ["dot", "slash", "dash", "underscore", "colon"];
            let addressed = found.follows(&SIGNS)
                || found.precedes(&SIGNS)
                || found.precedes(&["at"]) && found.after.contains(" dot ");
            let unit = matches!(
                lower.as_str(),
                "hrs" | "mins" | "yrs" | "eta" | "def" | "np" | "dm" | "prob" | "rn" | "bc"
            ) && found.word_before().ends_with(|c: char| c.is_ascii_digit());
            let meaningless = matches!(
                lower.as_str(),
                "info"
                    | "gonna"
                    | "eta"
                    | "def"
                    | "dm"
                    | "dms"
                    | "np"
                    | "ur"
                    | "vid"
                    | "u2"
                    | "bff"
            ) && word.starts_with(char::is_uppercase);
            let dotted = found.after.starts_with('.')
                && matches!(lower.as_str(), "approx" | "dept" | "govt" | "def" | "prob");
            (!acronym
                && !addressed
                && !plaza
                && !unit
                && !meaningless
                && !dotted
                && !found.joined_before()
                && !found.after.starts_with(['-', '/', '\'', '@', '_']))
            .then(|| {
                CHAT.iter()
                    .find(|(written, _)| *written == lower)
                    .map(|(_, said)| (*said).to_owned())
            })?
        }),
        // "see u", "thanks 4 that", "r u ok".
        rule(r"\b[uU]\b", |found| {
            let alone = found.group(0) == "U"
                && !found.precedes(&["r", "ok", "up", "there", "are", "can", "should", "know"]);
            let word_before = found.word_before().len() > 1
                || found.follows(&["r", "i"])
                || found.before.is_empty();
            let named = found.follows(&[
                "letter", "vowel", "vitamin", "variable", "the", "a", "an", "let", "where", "by",
                "and", "dot", "slash", "equals", "mr",
            ]);
            let signs = found
                .after
                .trim_start()
                .starts_with(['=', '+', '*', '^', '(', '<', '>', '-', '/', '.'])
                && !found.after.starts_with(". ")
                && found.after != ".";
            let spelled = found.word_after().chars().count() == 1
                && !found.precedes(&["i", "r", "2", "4", "a"]);
            (!alone
                && word_before
                && !named
                && !signs
                && !spelled
                && found.is_whole()
                && !found.before.ends_with(['\'', '"', '&']))
            .then(|| "you".to_owned())
        }),
        rule(r"\b(?:[xX]D+|XP)(\s|$|[.,!?])", |found| {
            let word_before = found
                .before
                .trim_end()
                .ends_with(|c: char| !c.is_ascii_digit());
            (word_before && !found.joined_before() && !found.group(0).starts_with("XP"))
                .then(|| found.group(1).to_owned())
        }),
        rule(r"\b[rR]\b", |found| {
            let asks = found.precedes(&["u", "you", "ya"])
                || found.follows(&["you", "we", "they", "u", "how", "where", "who"]);
            let typed = found.is_whole() && found.group(0) == "r" || found.precedes(&["u"]);
            (asks && typed).then(|| "are".to_owned())
        }),
        rule(r"\b4\b", |found| {
            let chat = found.follows(&[
                "thx", "thanks", "thank", "waiting", "wait", "asking", "looking", "ready", "good",
                "love", "here", "just",
            ]) && found.precedes(&[
                "that",
                "the",
                "u",
                "you",
                "me",
                "it",
                "this",
                "your",
                "ur",
                "all",
                "ever",
                "everything",
                "now",
                "real",
                "a",
                "my",
            ]);
            (chat && found.is_whole()).then(|| "for".to_owned())
        }),
        rule(r"\b2\b", |found| {
            let chat = found.follows(&[
                "want", "going", "need", "have", "got", "nice", "like", "me", "you", "used", "talk",
            ]) && found.precedes(&[
                "go", "see", "be", "do", "meet", "u", "you", "get", "know", "say", "talk",
            ]);
            (chat && found.is_whole()).then(|| "to".to_owned())
        }),
        // Signs of laughter and hearts that are written with letters.
        rule(r"<3\b|&lt;3", |found| {
            (!found.joined_before()).then(|| "love".to_owned())
        }),
        rule(r"(?i)\b(ha){3,}h?\b", |found| {
            found.is_whole().then(|| "ha ha ha".to_owned())
        }),
        rule(r"\b(?i:x[oO])(?:x[oO]|XO|xo)*x?\b", |found| {
            (found.group(0).len() > 3 && found.is_whole()).then(|| "hugs and kisses".to_owned())
        }),
    ]
}

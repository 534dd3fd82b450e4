//! Words that misaki's dictionaries have wrong, reviewed one by one where CMUdict contradicts them, and words that neither has.
//!
//! A word in small letters stands for its other cases too, a word with capitals for itself only.

use std::collections::HashMap;
use std::sync::LazyLock;

const WORDS: &[(&str, &str)] = &[
    // Wrong in the dictionaries.
    ("aches", "ˈAks"),
    ("alleged", "əlˈɛʤd"),
    ("autographs", "ˈɔTəɡɹˌæfs"),
    ("banged", "bˈæŋd"),
    ("balked", "bˈɔkt"),
    ("breathed", "bɹˈiðd"),
    ("caleb", "kˈAləb"),
    ("carlos", "kˈɑɹlOs"),
    ("champlain", "ʃæmplˈAn"),
    ("chopin", "ʃˈOpˌæn"),
    ("cursed", "kˈɜɹst"),
    ("czechs", "ʧˈɛks"),
    ("debuts", "dAbjˈuz"),
    ("denis", "dˈɛnɪs"),
    ("dives", "dˈIvz"),
    ("drawing", "dɹˈɔɪŋ"),
    ("drawings", "dɹˈɔɪŋz"),
    ("dumbledore", "dˈʌmbᵊldˌɔɹ"),
    ("eschewed", "ɪsʧˈud"),
    ("etsy", "ˈɛtsi"),
    ("focussed", "fˈOkəst"),
    ("fourier", "fˈʊɹiˌA"),
    ("gnawing", "nˈɔɪŋ"),
    ("goin", "ɡˈOɪn"),
    ("graphs", "ɡɹˈæfs"),
    ("gras", "ɡɹˈɑ"),
    ("hans", "hˈɑns"),
    ("herbal", "ˈɜɹbᵊl"),
    ("imagines", "ɪmˈæʤənz"),
    ("isabelle", "ˈɪzəbˌɛl"),
    ("leif", "lˈif"),
    ("madre", "mˈɑdɹA"),
    ("marcos", "mˈɑɹkOs"),
    ("margot", "mˈɑɹɡO"),
    ("monarchs", "mˈɑnˌɑɹks"),
    ("mongering", "mˈʌŋɡəɹɪŋ"),
    ("nymphs", "nˈɪmfs"),
    ("photographs", "fˈOTəɡɹˌæfs"),
    ("polk", "pˈOk"),
    ("prairies", "pɹˈɛɹiz"),
    ("resent", "ɹəzˈɛnt"),
    ("resented", "ɹəzˈɛntᵻd"),
    ("resenting", "ɹəzˈɛntɪŋ"),
    ("resents", "ɹəzˈɛnts"),
    ("scavenging", "skˈævənʤɪŋ"),
    ("sikhs", "sˈiks"),
    ("solely", "sˈOli"),
    ("stomachs", "stˈʌməks"),
    ("thankyou", "θˈæŋkjˌu"),
    ("toiled", "tˈYld"),
    ("tours", "tˈʊɹz"),
    ("wanting", "wˈɑntɪŋ"),
    ("wholly", "hˈOli"),
    ("woodrow", "wˈʊdɹˌO"),
    ("xu", "ʃˈu"),
    // Names that the dictionaries take for another word.
    ("Beth", "bˈɛθ"),
    ("Halle", "hˈæli"),
    ("Ives", "ˈIvz"),
    ("Moe", "mˈO"),
    ("Pierre", "piˈɛɹ"),
    ("Shea", "ʃˈA"),
    ("Wilder", "wˈIldəɹ"),
    // Interjections as people say them.
    ("ahh", "ˈɑ"),
    ("ahhh", "ˈɑ"),
    ("aww", "ˈɔ"),
    ("ew", "ˈiu"),
    ("eww", "ˈiu"),
    ("hhh", "hˈʌ"),
    ("hm", "hˈʌm"),
    ("hmm", "hˈʌm"),
    ("meh", "mˈɛ"),
    ("mhm", "ᵊmhˈʌm"),
    ("mm", "ˈᵊm"),
    ("mmm", "ˈᵊm"),
    ("oww", "ˈW"),
    ("sss", "sˈᵊs"),
    ("ugh", "ˈʌɡ"),
    ("ughh", "ˈʌɡ"),
    ("zzz", "zˈᵊz"),
    // In neither.
    ("buh", "bˈʌ"),
    ("brr", "bɜɹ"),
    ("grr", "ɡɜɹ"),
    ("pfft", "fˈʊt"),
    ("psst", "pˈɪst"),
    ("shh", "ʃˈᵊʃ"),
    ("tisk", "tˈɪsk"),
    ("yammel", "jˈæməl"),
    ("yamel", "jˈæməl"),
    // Makers, tools and brands.
    ("IKEA", "Ikˈiʌ"),
    ("Ikea", "Ikˈiʌ"),
    ("Nguyen", "nwˈɪn"),
    ("Siobhan", "ʃɪvˈɔn"),
    ("Saoirse", "sˈɜɹʃə"),
    ("Niamh", "nˈiv"),
    ("Xiaomi", "ʃˌWmˈi"),
    ("Huawei", "wˈɑwˌA"),
    ("Hyundai", "hˈʌndA"),
    ("Porsche", "pˈɔɹʃə"),
    ("Nvidia", "ɛnvˈɪdiə"),
    ("NVIDIA", "ɛnvˈɪdiə"),
    ("nvidia", "ɛnvˈɪdiə"),
    ("Dijkstra", "dˈIkstɹə"),
    ("Qatar", "kˈɑTˌɑɹ"),
    ("Worcester", "wˈʊstəɹ"),
    ("Leicester", "lˈɛstəɹ"),
    ("quinoa", "kˈinwɑ"),
    ("acai", "ˌɑsɑˈi"),
    ("gyro", "jˈɪɹO"),
    ("pho", "fˈʌ"),
    ("bokeh", "bˈOkˌA"),
    ("emoji", "ɪmˈOʤi"),
    ("emojis", "ɪmˈOʤiz"),
    ("selfie", "sˈɛlfi"),
    ("vlog", "vlˈɔɡ"),
    ("WiFi", "wˈIfˌI"),
    ("wifi", "wˈIfˌI"),
];

/// Words that are said as others: names of things in computing, mostly.
const RESPELLED: &[(&str, &str)] = &[
    ("YAML", "yammel"),
    ("nginx", "engine X"),
    ("Nginx", "engine X"),
    ("NGINX", "engine X"),
    ("PostgreSQL", "post gress Q L"),
    ("Postgres", "post gress"),
    ("MySQL", "my S Q L"),
    ("NoSQL", "no S Q L"),
    ("SQLite", "S Q light"),
    ("PCIe", "P C I E"),
    ("cuDNN", "coo D N N"),
    ("kubectl", "cube control"),
    ("sudo", "soo doo"),
    ("GUI", "gooey"),
    ("JPEG", "jay peg"),
    ("MPEG", "em peg"),
    ("LaTeX", "lay tech"),
    ("PyTorch", "pie torch"),
    ("NumPy", "num pie"),
    ("SciPy", "sigh pie"),
    ("GitHub", "git hub"),
    ("GitLab", "git lab"),
    ("YouTube", "you tube"),
    ("iOS", "I O S"),
    ("macOS", "mac O S"),
    ("FaceTime", "face time"),
    ("OAuth", "O auth"),
    ("IPv4", "I P V four"),
    ("IPv6", "I P V six"),
    ("mRNA", "M R N A"),
    ("OpenAI", "open A I"),
    ("ChatGPT", "chat G P T"),
    ("WhatsApp", "what's app"),
    ("LinkedIn", "linked in"),
    ("PayPal", "pay pal"),
    ("TikTok", "tick tock"),
    ("eBay", "E bay"),
    ("SpaceX", "space X"),
    ("Tsk", "tisk"),
    ("tsk", "tisk"),
    ("Shhh", "shh"),
    ("shhh", "shh"),
];

/// Slips of the finger: written, meant.
const MISSPELLED: &[(&str, &str)] = &[
    ("teh", "the"),
    ("hte", "the"),
    ("adn", "and"),
    ("nad", "and"),
    ("taht", "that"),
    ("thta", "that"),
    ("wiht", "with"),
    ("waht", "what"),
    ("yuo", "you"),
    ("jsut", "just"),
    ("becuase", "because"),
    ("becasue", "because"),
    ("beacuse", "because"),
    ("thier", "their"),
    ("recieve", "receive"),
    ("recieved", "received"),
    ("definately", "definitely"),
    ("definatly", "definitely"),
    ("seperate", "separate"),
    ("seperately", "separately"),
    ("occured", "occurred"),
    ("occuring", "occurring"),
    ("untill", "until"),
    ("wich", "which"),
    ("freind", "friend"),
    ("freinds", "friends"),
    ("beleive", "believe"),
    ("acheive", "achieve"),
    ("wierd", "weird"),
    ("alot", "a lot"),
    ("tommorow", "tomorrow"),
    ("tommorrow", "tomorrow"),
    ("tomorow", "tomorrow"),
    ("accomodate", "accommodate"),
    ("adress", "address"),
    ("calender", "calendar"),
    ("embarass", "embarrass"),
    ("enviroment", "environment"),
    ("goverment", "government"),
    ("independant", "independent"),
    ("knowlege", "knowledge"),
    ("neccessary", "necessary"),
    ("necesary", "necessary"),
    ("occassion", "occasion"),
    ("posession", "possession"),
    ("publically", "publicly"),
    ("realy", "really"),
    ("refered", "referred"),
    ("sucess", "success"),
    ("suprise", "surprise"),
    ("truely", "truly"),
    ("writting", "writing"),
    ("rember", "remember"),
    ("probaly", "probably"),
];

static PRONOUNCED: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| WORDS.iter().copied().collect());
static SAID_AS: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| RESPELLED.iter().copied().collect());
static MEANT: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| MISSPELLED.iter().copied().collect());

/// Phones of a word that the dictionaries have wrong or not at all.
pub(super) fn phones(word: &str) -> Option<&'static str> {
    PRONOUNCED
        .get(word)
        .or_else(|| PRONOUNCED.get(word.to_lowercase().as_str()))
        .copied()
}

/// The words that a word is said as.
pub(super) fn said_as(word: &str) -> Option<&'static str> {
    SAID_AS.get(word).copied()
}

/// The word that was meant by a slip of the finger, in small letters.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    MEANT.get(word.to_lowercase().as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::phones::is_phone;

    #[test]
    fn every_entry_is_in_the_alphabet_and_once_in_its_table() {
        assert_eq!(PRONOUNCED.len(), WORDS.len());
        assert_eq!(SAID_AS.len(), RESPELLED.len());
        assert_eq!(MEANT.len(), MISSPELLED.len());
        for (word, phones) in WORDS {
            assert!(
                phones.chars().all(|c| is_phone(c) || "ˈˌ".contains(c)),
                "{word}: {phones}"
            );
        }
    }
}

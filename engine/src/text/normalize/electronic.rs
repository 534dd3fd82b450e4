//! Addresses of mail, web and machines, file names, paths, handles and hashtags: every sign in them is named.

use super::numbers::{digits, name, quantity};
use super::{Rule, letters, rule};

/// Endings after which a dotted word is an address even without "www".
const DOMAINS: &str = "com|org|net|edu|gov|mil|int|io|ai|co|dev|app|info|biz|me|tv|uk|us|ca|de|fr|eu|ch|nl|es|it|jp|au|in";
/// Those that no sentence begins with.
const CLEAR_DOMAINS: &str = "com|org|net|edu|gov|io|ai|dev|app|info|biz|tv|uk|eu|co";
/// Endings of file names that people name in speech.
const FILE_ENDINGS: &str = "pdf|txt|docx?|xlsx?|pptx?|csv|json|toml|yaml|yml|xml|html?|css|js|ts|tsx|jsx|py|rs|cpp|hpp|java|rb|php|sql|zip|tar|gz|bz2|xz|7z|rar|png|jpe?g|gif|svg|webp|bmp|tiff?|psd|mp3|mp4|m4a|wav|flac|ogg|mov|avi|mkv|exe|dll|iso|dmg|apk|sh|bat|md|log|ini|cfg|conf|bak|srt|vtt|ttf|env|lock|ipynb|PDF|JPE?G|PNG|GIF|MP3|MP4|MOV|ZIP|DOCX?|XLSX?|CSV|TXT|WAV|HTML?";
/// Folders at the root of a machine.
const ROOTS: &str = "etc|usr|var|home|tmp|opt|dev|bin|lib|root|mnt|proc|sys|srv|media|boot|Users|Applications|Volumes|api|v1|v2";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // Tags that no page of HTML has: "<noise/>", "<singing> la </singing>", "<pitch=-.3>". "<anna>" is somebody, and
        // "Vec<String>" neither.
        rule(
            r"<(/?)([a-z][a-z0-9_-]+)((?:[\s=][^<>]{0,200})?/?)>",
            |found| {
                let closed = found.after.contains(&format!("</{}>", found.group(2)));
                let is_tag = !found.group(1).is_empty() || !found.group(3).is_empty() || closed;
                if is_tag {
                    return Some(" ".to_owned());
                }
                (!found.joined_before()).then(|| format!("{},", found.group(2)))
            },
        ),
        rule(
            r"[A-Za-z0-9][A-Za-z0-9._%+&-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?:/[A-Za-z0-9._/-]*[A-Za-z0-9])?",
            |found| Some(say_address(found.group(0))),
        ),
        rule(r"(?i:https?|ftp|file|ssh|wss?)://[^\s<>()]+", |found| {
            let address = found.group(0).split_once("//").map_or("", |(_, rest)| rest);
            let gap = if found.before.ends_with(char::is_alphanumeric) {
                " "
            } else {
                ""
            };
            Some(format!("{gap}{}", say_web_address(address)))
        }),
        rule(r"\b(?i:www)\.[^\s<>()]+", |found| {
            Some(say_web_address(found.group(0)))
        }),
        // Shapes of machines' addresses: "10.0.0.42:8080", "fe80::1", "00:1A:2B:3C:4D:5E".
        rule(
            r"\b([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})(?:/([0-9]{1,2}))?(?::([0-9]{2,5}))?\b",
            |found| {
                let parts =
                    [1, 2, 3, 4].map(|group| found.number(group).filter(|&part| part < 256));
                if !found.is_whole() || parts.contains(&None) {
                    return None;
                }
                let parts = [1, 2, 3, 4].map(|group| name(found.group(group)));
                let mut words = parts.join(" dot ");
                for (group, sign) in [(5, "slash"), (6, "colon")] {
                    if !found.group(group).is_empty() {
                        words += &format!(" {sign} {}", name(found.group(group)));
                    }
                }
                Some(words)
            },
        ),
        rule(
            r"\b(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b|\b(?:[0-9A-Fa-f]{1,4}:){3,7}:?[0-9A-Fa-f]{1,4}\b",
            |found| {
                let parts: Vec<String> = found
                    .group(0)
                    .split(':')
                    .map(letters)
                    .filter(|part| !part.is_empty())
                    .collect();
                found.is_whole().then(|| parts.join(" colon "))
            },
        ),
        rule(r"\blocalhost:([0-9]{2,5})\b", |found| {
            Some(format!("local host colon {}", name(found.group(1))))
        }),
        // "v2.1.3", "version 2.1".
        rule(r"\b[vV]\.?([0-9]+(?:\.[0-9]+)*)\b", |found| {
            let parts: Vec<String> = found.group(1).split('.').map(quantity).collect();
            let motor = found.group(0).starts_with('V') && parts.len() == 1;
            (!found.joined_before() && !found.joined_after() && !motor)
                .then(|| format!("version {}", parts.join(" point ")))
        }),
        // Files before domains: "setup.tar.gz", "report_v2.pdf", "main.rs".
        rule(
            &format!(r"\b([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\.({FILE_ENDINGS})\b"),
            |found| {
                let number = found
                    .group(1)
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b == b'.');
                let sentence = found.group(1).ends_with(|c: char| c.is_lowercase())
                    && matches!(
                        found.group(2),
                        "log" | "bat" | "env" | "lock" | "java" | "tar" | "bin"
                    )
                    && found.after.starts_with(' ')
                    && found.group(1).len() > 14;
                (!found.joined_before() && !number && !sentence && !found.after.starts_with('/'))
                    .then(|| say_address(found.group(0)))
            },
        ),
        rule(
            &format!(
                r"\b[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:{DOMAINS})\b(?::[0-9]+)?(?:/[^\s<>()]*)?"
            ),
            |found| {
                let lower_case = !found.group(0).contains(|c: char| c.is_ascii_uppercase());
                (lower_case && !found.joined_before() && !found.joined_after())
                    .then(|| say_web_address(found.group(0)))
            },
        ),
        rule(
            &format!(
                r"\b[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.(?:{CLEAR_DOMAINS}|COM|ORG|NET|EDU|GOV|IO|AI)\b(?:/[^\s<>()]*)?"
            ),
            |found| {
                let shouted = !found.group(0).contains(|c: char| c.is_ascii_lowercase());
                let address = if shouted {
                    found.group(0).to_lowercase()
                } else {
                    found.group(0).to_owned()
                };
                (!found.joined_before() && !found.joined_after()).then(|| say_web_address(&address))
            },
        ),
        // "/etc/hosts", "~/notes", "C:\Users\me".
        rule(
            &format!(
                r"(~?)/((?:{ROOTS})\b(?:/[A-Za-z0-9._*-]+)*/?(?:\?[A-Za-z0-9_&=%.-]+)?|[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)+/?(?:\?[A-Za-z0-9_&=%.-]+)?)"
            ),
            |found| {
                let opens =
                    found.before.is_empty() || found.before.ends_with([' ', '(', '"', '\'', '“']);
                let bare = found.group(0).trim_end_matches(['.', '/', ',']);
                let tail = found.group(0)[bare.len()..].replace('/', "");
                opens.then(|| format!("{}{tail}", say_address(bare)))
            },
        ),
        // "./build.sh", "../notes": from the folder where one is.
        rule(r"(^|\s)(\.{1,2})/([A-Za-z0-9._/-]*[A-Za-z0-9])", |found| {
            let dots = if found.group(2).len() == 2 {
                "dot dot"
            } else {
                "dot"
            };
            Some(format!(
                "{}{dots} slash {}",
                found.group(1),
                say_address(found.group(3))
            ))
        }),
        rule(r"\b([A-Z]):/((?:[^\s/]+/?)*)", |found| {
            (!found.joined_before()).then(|| {
                format!(
                    "{} colon backslash {}",
                    found.group(1),
                    say_web_address(found.group(2)).replace(" slash ", " backslash ")
                )
            })
        }),
        // A dotted name that is the whole text: "os.path", "test.abc".
        rule(r"^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$", |found| {
            Some(say_address(found.group(0)))
        }),
        rule(r"(?:\B|^)@([A-Za-z][A-Za-z0-9_]+)", |found| {
            (!found.joined_before()).then(|| format!("at {}", say_address(found.group(1))))
        }),
        // "#ThrowbackThursday": capitals begin words.
        rule(r"#([A-Za-z_][A-Za-z0-9_]*)", |found| {
            let colour = found.group(1).len() == 6
                && found
                    .group(1)
                    .bytes()
                    .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_lowercase())
                || matches!(found.group(1).len(), 3 | 6)
                    && found.group(1).bytes().all(|b| b.is_ascii_hexdigit())
                    && found.group(1).bytes().any(|b| b.is_ascii_digit());
            if found.joined_before() || found.joined_after() {
                return None;
            }
            Some(if colour {
                format!("hash {}", letters(found.group(1)))
            } else {
                format!("hashtag {}", say_tag(found.group(1)))
            })
        }),
        // A colour that begins with a digit: "#00ff7f".
        rule(r"#([0-9][0-9A-Fa-f]{5})\b", |found| {
            (found.group(1).bytes().any(|b| b.is_ascii_alphabetic())
                || found.follows(&["color", "colour", "shade", "hex", "code", "is"]))
            .then(|| format!("hash {}", letters(found.group(1))))
        }),
        rule(r"\b0x([0-9A-Fa-f]{1,16})\b", |found| {
            (!found.joined_before()).then(|| format!("zero X {}", letters(found.group(1))))
        }),
        // "--verbose", "-rf": what is typed after a command.
        rule(r"(?:^|\s)--([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\b", |found| {
            let gap = if found.group(0).starts_with(' ') {
                " "
            } else {
                ""
            };
            Some(format!(
                "{gap}dash dash {}",
                found.group(1).replace('-', " ")
            ))
        }),
    ]
}

/// An address with the punctuation that ends the sentence kept apart from it.
fn say_web_address(address: &str) -> String {
    let bare = address.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '/');
    let tail = &address[bare.len()..];
    let spoken = say_address(bare.trim_end_matches('/'));
    let punctuation: String = tail.chars().filter(|c| ".,;:!?".contains(*c)).collect();
    format!("{spoken}{punctuation}")
}

/// Every sign by name. Parts that cannot be pronounced are spelled by the pronouncing stage, but those of [`say_part`] would be
/// taken for words.
fn say_address(address: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut part = String::new();
    for c in address.chars().chain(std::iter::once(' ')) {
        if c.is_alphanumeric() {
            part.push(c);
            continue;
        }
        if !part.is_empty() {
            words.push(say_part(&std::mem::take(&mut part)));
        }
        words.push(
            match c {
                '.' => "dot",
                '@' => "at",
                '/' => "slash",
                '-' => "dash",
                '_' => "underscore",
                ':' => "colon",
                '?' => "question mark",
                '=' => "equals",
                '&' => "and",
                '#' => "hash",
                '+' => "plus",
                '%' => "percent",
                '~' => "tilde",
                '*' => "star",
                _ => continue,
            }
            .to_owned(),
        );
    }
    words.join(" ")
}

fn say_part(part: &str) -> String {
    const SPELLED: [&str; 74] = [
        "io", "ai", "uk", "us", "tv", "eu", "de", "fr", "edu", "pdf", "txt", "csv", "xml", "html",
        "htm", "css", "js", "ts", "py", "rs", "cpp", "hpp", "png", "gif", "svg", "mp", "exe", "md",
        "ca", "www", "gz", "bz", "xz", "rar", "jpg", "bmp", "psd", "wav", "ogg", "avi", "mkv",
        "dll", "iso", "dmg", "apk", "sh", "srt", "vtt", "ttf", "etc", "usr", "img", "api", "id",
        "php", "sql", "rb", "ch", "nl", "es", "jp", "au", "yml", "xlsx", "xls", "pptx", "docx",
        "url", "http", "cfg", "pptx", "ppt", "tsx", "jsx",
    ];
    let mut runs: Vec<String> = Vec::new();
    let mut last: Option<char> = None;
    // Digits stand alone, so that a part like "user42" is a word and a number; a capital after a small letter begins a word.
    for c in part.chars() {
        let begins = last.is_none_or(|last| {
            last.is_ascii_digit() != c.is_ascii_digit() || (last.is_lowercase() && c.is_uppercase())
        });
        if begins {
            runs.push(String::new());
        }
        if let Some(run) = runs.last_mut() {
            run.push(c);
        }
        last = Some(c);
    }
    let words: Vec<String> = runs
        .iter()
        .map(|run| {
            if run.starts_with(|c: char| c.is_ascii_digit()) {
                return if run.len() <= 4 && !run.starts_with('0') {
                    name(run)
                } else {
                    digits(run, "zero")
                };
            }
            match SPELLED.contains(&run.to_lowercase().as_str()) {
                _ if run == "www" => "WWW".to_owned(),
                true => letters(run),
                false => run.clone(),
            }
        })
        .collect();
    words.join(" ")
}

fn say_tag(tag: &str) -> String {
    let parts: Vec<String> = tag
        .split('_')
        .filter(|part| !part.is_empty())
        .map(say_part)
        .collect();
    parts.join(" ")
}

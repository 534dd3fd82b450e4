//! Every text that a person reads stands in `app/locales`: keys are neither missing nor left over, and no sentence hides in the code.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_bundle::FluentResource;
use studio::texts::Texts;

/// The names of arguments by the key of their text.
type Arguments = BTreeMap<String, BTreeSet<String>>;

/// A face: its sources and its texts.
struct Face {
    sources: &'static str,
    texts: &'static str,
}

/// What the faces share.
const STUDIO: Face = Face {
    sources: "studio/src",
    texts: "locales/en/studio.ftl",
};
const FACES: [Face; 3] = [
    Face {
        sources: "src/window",
        texts: "locales/en/window.ftl",
    },
    Face {
        sources: "src/cli",
        texts: "locales/en/cli.ftl",
    },
    Face {
        sources: "src/server",
        texts: "locales/en/server.ftl",
    },
];

/// Before these, a literal is for developers: the log, broken promises, attributes of clap, egui's names of things, names of threads and
/// encoders, what browsers and files are told, what ffmpeg says, and what a voice says at the first start.
const FOR_DEVELOPERS: [&str; 21] = [
    "tracing::",
    "expect(",
    "panic!",
    "assert",
    "unreachable!",
    "value_name",
    "with_template",
    "Id::unique",
    "Panel::",
    "request_discard",
    "debug_struct",
    "ApiError::internal",
    "PAGE_POLICY",
    ".name(",
    "failed(",
    "unsupported(",
    "Unsupported(",
    "contains(",
    "_MARK",
    "fn vtt",
    "SAMPLE_SENTENCE",
];
/// Typefaces, a log of times, and keys of what was measured.
const WITHOUT_TEXTS: [&str; 3] = ["theme.rs", "frame_times.rs", "measured.rs"];

#[test]
fn every_key_exists_is_used_and_gets_its_arguments() {
    for face in FACES.into_iter().chain([STUDIO]) {
        let stored = stored(face.texts);
        assert!(stored.len() > 50, "{}: too few texts", face.texts);
        let mut used = Arguments::new();
        let pages = files(face.sources, "html").into_iter().map(|(path, page)| {
            let keys = placeholders(&page).map(|key| (key, BTreeSet::new()));
            (path, keys.collect())
        });
        let sources = sources(face.sources).into_iter();
        let calls = sources.map(|(path, source)| (path, calls(&source)));
        for (path, calls) in calls.chain(pages.collect::<Vec<_>>()) {
            for (key, arguments) in calls {
                let Some(wanted) = stored.get(&key) else {
                    panic!("{}: no text has the key {key:?}", path.display());
                };
                assert_eq!(&arguments, wanted, "{}: {key}", path.display());
                used.insert(key, arguments);
            }
        }
        let unused: Vec<_> = stored
            .keys()
            .filter(|key| !used.contains_key(*key))
            .collect();
        assert!(unused.is_empty(), "{}: not used: {unused:?}", face.texts);
    }
}

/// `text!("key")` has nothing but the text itself: a pattern with a placeable would show its key.
#[test]
fn texts_without_arguments_are_shown_as_they_stand() {
    for face in FACES.into_iter().chain([STUDIO]) {
        let source = std::fs::read_to_string(root().join(face.texts)).unwrap();
        let texts = Texts::new("en", [&*source.leak()]);
        let mut wrong = Vec::new();
        for (_, source) in sources(face.sources) {
            let calls = source.split("text!(\"").skip(1);
            let keys = calls
                .filter_map(|call| call.split_once("\")"))
                .map(|(key, _)| key);
            let keys = keys.filter(|key| !key.contains('"'));
            wrong.extend(
                keys.filter(|key| texts.plain(key) == *key)
                    .map(str::to_owned),
            );
        }
        assert!(wrong.is_empty(), "{}: {wrong:?}", face.texts);
    }
}

#[test]
fn no_sentence_stands_in_the_code_of_a_face() {
    let mut found = Vec::new();
    for face in FACES.into_iter().chain([STUDIO]) {
        for (path, source) in sources(face.sources) {
            if WITHOUT_TEXTS.iter().any(|name| path.ends_with(name)) {
                continue;
            }
            for (at, literal) in literals(&source) {
                let line = source[..at].rsplit('\n').next().unwrap();
                let above = source[..at].rsplit(';').next().unwrap();
                let is_for_developers = FOR_DEVELOPERS.iter().any(|name| above.contains(name));
                if is_sentence(literal) && !is_for_developers && !line.contains("//") {
                    found.push(format!("{}: {literal:?}", path.display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// Options belong to the command line.
#[test]
fn the_window_mentions_no_command_line() {
    let texts = std::fs::read_to_string(root().join("locales/en/window.ftl")).unwrap();
    let lines = texts.lines().filter(|line| !line.starts_with('#'));
    let wrong: Vec<_> = lines.filter(|line| mentions_command_line(line)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(
        mentions_command_line("give it with --models")
            && mentions_command_line("jam-flow inspect says")
    );
}

fn mentions_command_line(text: &str) -> bool {
    text.contains(" --") || text.contains("jam-flow ")
}

/// Letters, a space and letters again: words that somebody reads.
fn is_sentence(literal: &str) -> bool {
    let words = literal.split(' ').filter(|word| !word.contains('{'));
    let words = words.filter(|word| {
        let letters = word.trim_matches(|letter: char| letter.is_ascii_punctuation());
        letters.len() > 1 && letters.chars().all(char::is_alphabetic)
    });
    words.count() >= 2
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sources of a face without their tests.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut sources = files(folder, "rs");
    sources.retain(|(path, _)| !path.ends_with("tests.rs") && !path.ends_with("texts.rs"));
    for (_, source) in &mut sources {
        if let Some(tests) = source.find("#[cfg(test)]\nmod tests {") {
            source.truncate(tests);
        }
    }
    assert!(!sources.is_empty());
    sources
}

/// The files below a folder that end like this.
fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|other| other == ending) {
                let content = std::fs::read_to_string(&path).unwrap();
                files.push((path, content));
            }
        }
    }
    files
}

/// The keys of a page: `{{key}}`.
fn placeholders(page: &str) -> impl Iterator<Item = String> {
    let parts = page.split("{{").skip(1);
    parts.map(|part| part.split_once("}}").expect("an end").0.to_owned())
}

/// The texts of a file with the names of their arguments.
fn stored(file: &str) -> Arguments {
    let source = std::fs::read_to_string(root().join(file)).unwrap();
    if let Err((_, errors)) = FluentResource::try_new(source.clone()) {
        panic!("{file}: {errors:?}");
    }
    let mut texts = Arguments::new();
    let mut key = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((start, _)) = line.split_once(" =")
            && line.starts_with(|first: char| first.is_ascii_lowercase())
        {
            key = start.to_owned();
            let earlier = texts.insert(key.clone(), BTreeSet::new());
            assert!(earlier.is_none(), "{file}: {key} is there twice");
        }
        for rest in line.split('$').skip(1) {
            let name: String = (rest.chars())
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect();
            texts.get_mut(&key).unwrap().insert(name);
        }
    }
    texts
}

/// The calls of `text!` and `phrase!` in a source: key and names of arguments.
fn calls(source: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut calls = Vec::new();
    let starts = ["text!(", "phrase!("].map(|name| {
        let found = source.match_indices(name);
        found.map(move |(start, _)| start + name.len())
    });
    for start in starts.into_iter().flatten() {
        let body = call_body(&source[start..]);
        let literal = body.trim_start().strip_prefix('"').expect("a literal key");
        let (key, rest) = literal.split_once('"').unwrap();
        calls.push((key.to_owned(), arguments(rest)));
    }
    calls
}

/// What stands between the parentheses of a call.
fn call_body(text: &str) -> &str {
    let mut depth = 1;
    let mut is_quoted = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    panic!("a call without an end: {text}");
}

/// The names before `=` at the outermost level.
fn arguments(rest: &str) -> BTreeSet<String> {
    let mut depth = 0;
    let mut is_quoted = false;
    let mut names = BTreeSet::new();
    let mut word = String::new();
    for letter in rest.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '(' | '[' | '{' if !is_quoted => depth += 1,
            ')' | ']' | '}' if !is_quoted => depth -= 1,
            ',' if depth == 0 && !is_quoted => word.clear(),
            '=' if depth == 0 && !is_quoted && !word.trim().is_empty() => {
                names.insert(word.trim().to_owned());
                word.clear();
            }
            letter => word.push(letter),
        }
    }
    names.retain(|name| {
        name.chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
    });
    names
}

/// The string literals of a source with where they begin; comments are left out.
fn literals(source: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    for line in source.split_inclusive('\n') {
        let start = from;
        from += line.len();
        if line.trim_start().starts_with("//") {
            continue;
        }
        let mut rest = line;
        while let Some(open) = rest.find('"') {
            let after = &rest[open + 1..];
            let Some(close) = after.find('"') else { break };
            let at = start + (line.len() - rest.len()) + open;
            found.push((at, &after[..close]));
            rest = &after[close + 1..];
        }
    }
    found
}

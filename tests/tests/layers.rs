//! Who may know whom: a source file that imports upwards fails here, and so does a circle of modules.
//!
//! Paths are read out of the sources, in `use` items and anywhere else, so that a fully written path counts, too.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms of the house by the folder of their sources. A file belongs to the longest folder that fits.
const ROOMS: [(&str, &str); 10] = [
    ("motion", "engine/motion/src"),
    ("engine", "engine/src"),
    ("flow_gpu", "engine/gpu/src"),
    ("shaders", "shaders/src"),
    ("studio", "app/studio/src"),
    ("cli", "app/src/cli"),
    ("server", "app/src/server"),
    ("window", "app/src/window"),
    ("app", "app/src"),
    ("tests", "tests"),
];

/// Whom each room may import beside itself.
fn allowed(room: &str) -> &'static [&'static str] {
    match room {
        "motion" => &[],
        "engine" | "shaders" => &["motion"],
        "flow_gpu" => &["engine"],
        "studio" => &["motion", "engine", "flow_gpu", "shaders"],
        "cli" | "server" | "window" => &["motion", "engine", "shaders", "studio"],
        "app" => &[
            "motion", "engine", "shaders", "studio", "cli", "server", "window",
        ],
        _ => &[
            "motion", "engine", "flow_gpu", "shaders", "studio", "cli", "server", "window", "app",
        ],
    }
}

/// Crates that a room must do without: what others are for.
const FORBIDDEN_CRATES: [(&str, &[&str]); 6] = [
    (
        "engine/motion",
        &["wgpu", "candle-core", "egui", "clap", "glam"],
    ),
    ("engine", &["wgpu", "egui", "eframe", "clap", "cpal"]),
    (
        "engine/gpu",
        &["egui", "eframe", "clap", "candle-core", "candle-nn"],
    ),
    (
        "shaders",
        &["egui", "eframe", "clap", "cpal", "candle-core"],
    ),
    (
        "app/studio",
        &["clap", "egui", "eframe", "egui-wgpu", "candle-core"],
    ),
    ("app", &["candle-core", "candle-nn", "rten", "cpal"]),
];

/// One source file.
struct Source {
    path: PathBuf,
    room: &'static str,
    /// Its module from the root of its crate on.
    module: Vec<String>,
    /// Every path that it names, absolute: the crate's name first.
    paths: BTreeSet<Vec<String>>,
}

#[test]
fn nobody_imports_upwards() {
    let mut wrong = Vec::new();
    for source in sources() {
        for path in &source.paths {
            let target = room_of(path);
            if let Some(target) = target
                && target != source.room
                && !allowed(source.room).contains(&target)
            {
                wrong.push(format!(
                    "{}: {} must not know {target} ({})",
                    source.path.display(),
                    source.room,
                    path.join("::")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn crates_are_imported_where_they_belong() {
    for (folder, forbidden) in FORBIDDEN_CRATES {
        let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        let has = |name: &&&str| {
            manifest.lines().any(|line| {
                line.strip_prefix(**name)
                    .is_some_and(|rest| rest.starts_with([' ', '.', '=']))
            })
        };
        let found: Vec<_> = forbidden.iter().filter(has).collect();
        assert!(found.is_empty(), "{folder}/Cargo.toml: {found:?}");
    }
}

#[test]
fn modules_of_the_studio_and_of_the_faces_form_no_circle() {
    for (room, depth) in [("studio", 1), ("cli", 2), ("server", 2), ("window", 2)] {
        let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let sources: Vec<Source> = sources();
        let of_room = |source: &&Source| source.room == room;
        let names: BTreeSet<&String> = sources
            .iter()
            .filter(of_room)
            .filter_map(|source| source.module.get(depth - 1))
            .collect();
        for source in sources.iter().filter(of_room) {
            let Some(from) = source.module.get(depth - 1) else {
                continue;
            };
            for path in &source.paths {
                let is_inside = room_of(path) == Some(room);
                if is_inside
                    && let Some(to) = path.get(depth)
                    && to != from
                    && names.contains(to)
                {
                    edges.entry(from.clone()).or_default().insert(to.clone());
                }
            }
        }
        if let Some(circle) = circle(&edges) {
            panic!("a circle in {room}: {}", circle.join(" → "));
        }
    }
}

/// Nothing listens without `serve`: only the server names what could.
#[test]
fn only_the_server_knows_the_network() {
    let mut checked = 0;
    for source in sources() {
        let is_free = matches!(source.room, "server" | "tests");
        checked += usize::from(is_free);
        for path in &source.paths {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let is_network = match names.as_slice() {
                // Addresses are plain data.
                ["std", "net", name, ..] => {
                    name.contains("Listener") || name.contains("Socket") && !name.contains("Addr")
                }
                [name, ..] => {
                    ["tokio", "hyper", "hyper_util", "multer", "tungstenite"].contains(name)
                }
                [] => false,
            };
            assert!(
                is_free || !is_network,
                "{}: {}",
                source.path.display(),
                path.join("::")
            );
        }
    }
    assert!(checked > 10, "the server is not where it was");
}

/// Panels draw the state and tests change it: it holds no thread, no device and nothing of a graphics card.
#[test]
fn the_state_of_the_window_is_plain_data() {
    let is_state = |source: &&Source| {
        source.room == "window" && source.module.get(1).is_some_and(|name| name == "state")
    };
    let mut checked = 0;
    for source in sources().iter().filter(is_state) {
        checked += 1;
        for path in &source.paths {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let is_wrong = match names.as_slice() {
                ["jam_flow", "window", room, ..] => {
                    ["app", "threads", "ui", "live_view"].contains(room)
                }
                ["studio", room, ..] => ["sound", "speech"].contains(room),
                // Pixels in memory, as the clipboard gives them.
                ["egui", "ColorImage"] => false,
                ["egui", kind, ..] => kind.contains("Texture") || kind.contains("Image"),
                [name, ..] => ["wgpu", "egui_wgpu", "eframe", "shaders"].contains(name),
                [] => false,
            };
            assert!(!is_wrong, "{}: {}", source.path.display(), names.join("::"));
        }
    }
    assert!(checked > 5, "the state is not where it was");
}

#[test]
fn paths_are_read_out_of_groups_and_not_out_of_comments() {
    let source = r#"
        //! See `studio::film`.
        use crate::{a::{b, c}, d};
        use super::x::Y;
        fn f() { let _ = "jam_flow::cli"; shaders::Gpu::new(); other.engine::<u8>() }
    "#;
    let module = ["window", "ui"].map(str::to_owned);
    let paths = paths(source, "here", &module);
    let has = |path: &str| paths.contains(&path.split("::").map(str::to_owned).collect::<Vec<_>>());
    assert!(
        has("here::a::b") && has("here::a::c") && has("here::d"),
        "{paths:?}"
    );
    assert!(has("here::window::x::Y") && has("shaders::Gpu::new"));
    assert!(
        !paths
            .iter()
            .any(|path| path[0] == "studio" || path[0] == "jam_flow")
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    for (room, folder) in ROOMS {
        let folder = root().join(folder);
        collect(&folder, &folder, room, &mut sources);
    }
    assert!(sources.len() > 150, "the sources are not where they were");
    sources
}

fn collect(base: &Path, folder: &Path, room: &'static str, sources: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        // A room in this room has its own turn.
        let is_other = ROOMS
            .iter()
            .any(|(other, folder)| *other != room && path == root().join(folder));
        if is_other || path.ends_with("target") {
            continue;
        }
        if path.is_dir() {
            collect(base, &path, room, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let crate_name = match room {
                "cli" | "window" | "app" => "jam_flow",
                _ => room,
            };
            let mut module: Vec<String> = match room {
                "cli" | "server" | "window" => vec![room.to_owned()],
                _ => Vec::new(),
            };
            let inside = path.strip_prefix(base).unwrap().with_extension("");
            module.extend(
                inside
                    .iter()
                    .map(|part| part.to_string_lossy().into_owned())
                    .filter(|part| !matches!(part.as_str(), "mod" | "lib" | "main")),
            );
            let text = std::fs::read_to_string(&path).unwrap();
            sources.push(Source {
                paths: paths(&text, crate_name, &module),
                path: inside.with_extension("rs"),
                room,
                module,
            });
        }
    }
}

/// The room that a path leads into.
fn room_of(path: &[String]) -> Option<&'static str> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["motion" | "jam_flow_motion", ..] => Some("motion"),
        ["engine" | "jam_flow_engine", ..] => Some("engine"),
        ["flow_gpu", ..] => Some("flow_gpu"),
        ["shaders" | "jam_flow_shaders", ..] => Some("shaders"),
        ["studio" | "jam_flow_studio", ..] => Some("studio"),
        ["jam_flow", "cli", ..] => Some("cli"),
        ["jam_flow", "server", ..] => Some("server"),
        ["jam_flow", "window", ..] => Some("window"),
        ["jam_flow", ..] => Some("app"),
        _ => None,
    }
}

/// Every path that a source names, with `crate`, `self` and `super` written out.
fn paths(source: &str, crate_name: &str, module: &[String]) -> BTreeSet<Vec<String>> {
    let tokens = tokens(source);
    let mut paths = BTreeSet::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_path = is_name(&tokens[at])
            && tokens.get(at + 1).is_some_and(|next| next == "::")
            && (at == 0 || (tokens[at - 1] != "::" && tokens[at - 1] != "."));
        if is_path {
            read_path(&tokens, &mut at, &mut Vec::new(), &mut paths);
        } else {
            at += 1;
        }
    }
    paths
        .into_iter()
        .map(|path| absolute(path, crate_name, module))
        .collect()
}

fn absolute(path: Vec<String>, crate_name: &str, module: &[String]) -> Vec<String> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    let here = |up: usize| {
        let kept = &module[..module.len().saturating_sub(up)];
        std::iter::once(crate_name.to_owned()).chain(kept.iter().cloned())
    };
    match path[0].as_str() {
        "crate" => std::iter::once(crate_name.to_owned())
            .chain(path[1..].iter().cloned())
            .collect(),
        "self" => here(0).chain(path[1..].iter().cloned()).collect(),
        "super" => here(supers).chain(path[supers..].iter().cloned()).collect(),
        _ => path,
    }
}

/// Reads `a::b::{c, d::e}` from `at` on, into all the paths that it stands for.
fn read_path(
    tokens: &[String],
    at: &mut usize,
    before: &mut Vec<String>,
    paths: &mut BTreeSet<Vec<String>>,
) {
    let depth = before.len();
    loop {
        match tokens.get(*at).map(String::as_str) {
            Some("{") if !before.is_empty() => {
                *at += 1;
                while tokens.get(*at).is_some_and(|token| token != "}") {
                    let start = *at;
                    read_path(tokens, at, before, paths);
                    if *at == start {
                        *at += 1;
                    }
                }
                *at += 1;
                break;
            }
            Some(name) if is_name(name) => {
                before.push(name.to_owned());
                *at += 1;
                let goes_on = tokens.get(*at).is_some_and(|token| token == "::");
                let leads_on = goes_on
                    && tokens
                        .get(*at + 1)
                        .is_some_and(|next| next == "{" || is_name(next));
                if !leads_on {
                    paths.insert(before.clone());
                    break;
                }
                *at += 1;
            }
            _ => break,
        }
    }
    before.truncate(depth);
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

/// Names, `::` and single signs, without comments and what stands in quotes.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(quoted) = quoted(rest) {
            quoted
        } else if first.is_ascii_alphanumeric() || first == '_' {
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// Length of the string or character that begins here, if one does.
fn quoted(rest: &str) -> Option<usize> {
    if let Some(raw) = rest.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let inside = &raw[hashes + 1..];
            let length = inside.find(&end).unwrap_or(inside.len());
            return Some(1 + hashes + 1 + length + end.len());
        }
    }
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    // 'a is a lifetime, 'a' a character.
    if quote == '\'' && !rest[1..].starts_with('\\') {
        let mut after = rest[1..].char_indices().skip(1);
        return match after.next() {
            Some((length, '\'')) => Some(length + 2),
            _ => Some(1),
        };
    }
    let mut is_escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return Some(index + 1),
            _ => {}
        }
    }
    Some(rest.len())
}

/// Modules that know each other in a circle, if there are any.
fn circle(edges: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn follow(
        name: &str,
        edges: &BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        if let Some(begin) = way.iter().position(|before| before == name) {
            let mut circle = way[begin..].to_vec();
            circle.push(name.to_owned());
            return Some(circle);
        }
        if done.contains(name) {
            return None;
        }
        way.push(name.to_owned());
        for next in edges.get(name).into_iter().flatten() {
            if let Some(circle) = follow(next, edges, way, done) {
                return Some(circle);
            }
        }
        way.pop();
        done.insert(name.to_owned());
        None
    }
    let mut done = BTreeSet::new();
    edges
        .keys()
        .find_map(|name| follow(name, edges, &mut Vec::new(), &mut done))
}

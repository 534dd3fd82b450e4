//! Films as files: what is said arrives, and every mistake is named with its place and line.

use std::path::Path;

use super::*;
use crate::captions::CaptionStyle;
use crate::framing::Extent;
use crate::scenes::{SceneBackground, Transition};
use crate::script::{Script, ScriptVoice};

fn parsed(text: &str) -> Result<SceneFile> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "b.mp4", "m.mp3", "v.wav", "words.txt"] {
        std::fs::write(folder.path().join(name), "Some words.").unwrap();
    }
    std::fs::write(folder.path().join("names.txt"), "Moe = /mˈOi/\n").unwrap();
    std::fs::create_dir(folder.path().join("folder.png")).unwrap();
    SceneFile::parse(text, folder.path())
}

#[track_caller]
fn wrong(text: &str) -> String {
    parsed(text).unwrap_err().to_string()
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[test]
fn a_scene_is_what_it_says_and_the_film_says_the_rest() {
    let file = parsed(
        r##"
[film]
title = "All of it"
dictionary = "names.txt"
output = "out.mp4"
aspect = "9:16"
size = 1080
fps = 50
captions = "highlight"
portrait = "a.png"
face = 2
voice = "af_heart"
transition = "crossfade"
transition_secs = 1

[music]
file = "m.mp3"
duck_db = 20

[logo]
file = "a.png"
corner = "bottom-left"

[[scene]]
title = "Hello"
text = "Hello there."
background = "#102030"
mood = "happy"
gaze = [0.5, -1]

[[scene]]
text_file = "words.txt"
voice = "am_michael"
portrait = "a.png"
background = "b.mp4"
blur = 0.5
transition = "black"
framing = "head"

[[scene]]
audio = "v.wav"
transcript = "Some words."
captions = "none"
"##,
    )
    .unwrap();
    let film = &file.film;
    assert_eq!(film.size_px(), (1080, 1920));
    assert_eq!(
        (film.title.as_deref(), film.frame_rate),
        (Some("All of it"), FrameRate::Fps50)
    );
    assert_eq!(name(file.outputs.video.as_deref().unwrap()), "out.mp4");
    let dictionary = file.dictionary.as_ref().unwrap();
    assert_eq!(name(&dictionary.path), "names.txt");
    assert_eq!(
        dictionary.words,
        UserDictionary::parse("Moe = /mˈOi/").unwrap()
    );
    let music = film.music.as_ref().unwrap();
    assert_eq!((music.ducking.reduction_db, music.volume), (20.0, 0.5));
    assert_eq!(film.logo.as_ref().unwrap().corner, Corner::BottomLeft);

    let [first, second, third] = film.scenes.as_slice() else {
        panic!("three scenes");
    };
    let spoken = |voice: &str, text: &str| Script::Words {
        text: text.to_owned(),
        voice: ScriptVoice::Named(voice.to_owned()),
        speed: 1.0,
    };
    assert_eq!(first.script, spoken("af_heart", "Hello there."));
    assert_eq!(
        (first.title.as_deref(), first.face),
        (Some("Hello"), Some(2))
    );
    assert_eq!(
        first.background,
        SceneBackground::Colour([0x10, 0x20, 0x30])
    );
    assert_eq!(
        (first.life.gaze, first.captions),
        ([0.5, -1.0], Some(CaptionStyle::Highlight))
    );
    assert_eq!(first.transition, Transition::Crossfade { secs: 1.0 });
    assert_eq!(second.script, spoken("am_michael", "Some words."));
    // The film's face is one of the film's picture.
    assert_eq!((second.title.as_deref(), second.face), (None, None));
    assert!(matches!(&second.background, SceneBackground::Video(path) if name(path) == "b.mp4"));
    assert_eq!((second.blur, second.framing.extent), (0.5, Extent::Head));
    assert_eq!(second.transition, Transition::Black { secs: 1.0 });
    assert!(matches!(&third.script, Script::AudioFile(path) if name(path) == "v.wav"));
    assert_eq!(third.captions, None);
}

#[test]
fn a_film_of_one_text_needs_nothing_else() {
    let file = parsed("[[scene]]\ntext = 'Hello.'").unwrap();
    assert_eq!(file.film.size_px(), (1280, 720));
    assert_eq!(file.outputs, SceneOutputs::default());
    assert_eq!(file.film.scenes[0].transition, Transition::Cut);
    assert!(file.film.music.is_none() && file.film.logo.is_none());
}

#[test]
fn a_reference_needs_permission_and_words_and_a_voice_of_the_scene_goes_before_it() {
    let with = |film: &str, scene: &str| {
        parsed(&format!(
            "[film]\nreference = \"v.wav\"\n{film}\n[[scene]]\ntext = \"a\"\n{scene}"
        ))
    };
    let whole = "reference_text = \"Some words.\"\ni_have_permission = true";
    let own = |file: SceneFile| match &file.film.scenes[0].script {
        Script::Words { voice, .. } => voice.clone(),
        _ => panic!("words"),
    };
    assert!(
        matches!(own(with(whole, "").unwrap()), ScriptVoice::Reference(voice) if voice.is_permitted)
    );
    assert_eq!(
        own(with(whole, "voice = \"af_heart\"").unwrap()),
        ScriptVoice::Named("af_heart".to_owned())
    );
    let said = with("", "").unwrap_err().to_string();
    assert_eq!(
        said,
        "film: reference: ask the speaker first, then add i_have_permission = true (line 2)"
    );
    let said = with("i_have_permission = true", "")
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("add reference_text") && said.ends_with("(line 2)"),
        "{said}"
    );
    assert!(with(&format!("{whole}\nvoice = \"a\""), "").is_err());
}

#[test]
fn mistakes_are_named_with_place_field_and_line() {
    let second = |line: &str| {
        wrong(&format!(
            "[[scene]]\ntext = \"a\"\n\n[[scene]]\ntext = \"b\"\n{line}\n"
        ))
    };
    for (line, place, reason) in [
        (
            "colour = \"red\"",
            "scene 2: colour: unknown field",
            "text_file",
        ),
        ("voice = 3", "scene 2: voice: write text", ""),
        (
            "speed = 9",
            "scene 2: speed: give a number from 0.5 to 2",
            "",
        ),
        ("speed = nan", "scene 2: speed: give a number", ""),
        (
            "seed = -1",
            "scene 2: seed: give a whole number from 0 on",
            "",
        ),
        ("face = 0", "scene 2: face: give a whole number from 1", ""),
        (
            "mood = \"bored\"",
            "scene 2: mood: give one of \"neutral\"",
            "",
        ),
        ("gaze = [1]", "scene 2: gaze: give 2 numbers", "brackets"),
        ("head = [0, 99, 0]", "scene 2: head: give 3 numbers", "15"),
        (
            "portrait = \"no.png\"",
            "scene 2: portrait: there is no such file",
            "no.png",
        ),
        (
            "portrait = \"folder.png\"",
            "scene 2: portrait: this is no file",
            "",
        ),
        (
            "portrait = \"\"",
            "scene 2: portrait: give the name of a file",
            "",
        ),
        (
            "background = \"red\"",
            "scene 2: background: give \"keep\", a colour",
            "png",
        ),
        (
            "background = \"no.jpg\"",
            "scene 2: background: there is no such file",
            "",
        ),
        ("beyond = \"x\"", "scene 2: beyond: give \"blur\"", ""),
        (
            "captions = \"big\"",
            "scene 2: captions: give one of \"none\", \"plain\"",
            "",
        ),
        (
            "transition = \"wipe\"",
            "scene 2: transition: give one of \"cut\"",
            "",
        ),
        (
            "transition_secs = 0",
            "scene 2: transition_secs: give a number",
            "",
        ),
        (
            "pause_secs = 61",
            "scene 2: pause_secs: give a number from 0 to 60",
            "",
        ),
        ("blur = 1.5", "scene 2: blur: give a number from 0 to 1", ""),
        (
            "transcript = \"b\"",
            "scene 2: transcript: only an audio file",
            "",
        ),
        (
            "i_have_permission = 1\nreference = \"v.wav\"",
            "scene 2: i_have_permission: give true or false",
            "",
        ),
    ] {
        let said = second(line);
        assert!(
            said.starts_with(place) && said.contains(reason),
            "{line}: {said}"
        );
        assert!(said.ends_with("(line 6)"), "{line}: {said}");
    }
    for (text, said) in [
        ("", "the film has no scene"),
        ("[film]\nsize = 720", "the film has no scene"),
        (
            "[scene]\ntext = \"a\"",
            "write each scene as [[scene]] (line 1)",
        ),
        ("scene = 3", "write each scene as [[scene]] (line 1)"),
        ("scene = [1]", "write each scene as [[scene]] (line 1)"),
        (
            "film = 1\n[[scene]]\ntext = \"a\"",
            "write it as [film] (line 1)",
        ),
        (
            "[[scene]]\ntext = \"a\"\n[scenes]",
            "there is no [scenes]: a film has [film]",
        ),
        (
            "[[scene]]\ntext = \"a\"\ntext = \"b\"",
            "this is not TOML: duplicate key (line 3)",
        ),
        ("[[scene]]\ntext = \"a", "this is not TOML"),
        ("\u{0}", "this is not TOML"),
        (
            "[[scene]]\ntitle = \"a\"",
            "scene 1: give exactly one of text, text_file and audio, not 0 (line 1)",
        ),
        (
            "\n[[scene]]\ntext = \"a\"\naudio = \"v.wav\"",
            "scene 1: give exactly one of text, text_file and audio, not 2 (line 2)",
        ),
        (
            "[[scene]]\ntext = \"\"",
            "scene 1: text: there is nothing to say",
        ),
        (
            "[[scene]]\naudio = \"v.wav\"\nvoice = \"a\"",
            "scene 1: voice: an audio file has its own voice",
        ),
        (
            "[film]\ncaptions = \"plain\"\n[[scene]]\naudio = \"v.wav\"",
            "scene 1: audio: captions need the words",
        ),
        (
            "[film]\naspect = \"3:2\"\n[[scene]]\ntext = \"a\"",
            "film: aspect: give one of \"16:9\"",
        ),
        (
            "[film]\nfps = 30\n[[scene]]\ntext = \"a\"",
            "film: fps: give 25 or 50 (line 2)",
        ),
        (
            "[film]\nsize = 100\n[[scene]]\ntext = \"a\"",
            "film: size: give a whole number from 512",
        ),
        (
            "[film]\nmood = 1\n[[scene]]\ntext = \"a\"",
            "film: mood: give one of",
        ),
        (
            "[film]\ndictionary = \"words.txt\"\n[[scene]]\ntext = \"a\"",
            "film: dictionary: line 1 of the dictionary",
        ),
        (
            "[film]\ndictionary = \"none.txt\"\n[[scene]]\ntext = \"a\"",
            "film: dictionary: there is no such file",
        ),
        (
            "[film]\ntext = \"a\"\n[[scene]]\ntext = \"a\"",
            "film: text: unknown field",
        ),
        (
            "[music]\n[[scene]]\ntext = \"a\"",
            "music: file: name the file with the music (line 1)",
        ),
        (
            "[music]\nfile = \"m.mp3\"\nvolume = 3\n[[scene]]\ntext = \"a\"",
            "music: volume: give a number from 0 to 2 (line 3)",
        ),
        (
            "[logo]\nfile = \"a.png\"\ncorner = \"middle\"\n[[scene]]\ntext = \"a\"",
            "logo: corner: give one of \"top-left\"",
        ),
    ] {
        let error = wrong(text);
        assert!(error.starts_with(said), "{text:?}: {error}");
    }
}

#[test]
fn too_many_scenes_are_counted() {
    let scenes = |count: usize| "[[scene]]\ntext = \"a\"\n".repeat(count);
    assert_eq!(
        parsed(&scenes(MAX_SCENES)).unwrap().film.scenes.len(),
        MAX_SCENES
    );
    let said = wrong(&scenes(10_000));
    assert!(
        said.starts_with("the film has 10000 scenes") && said.contains("1000 each"),
        "{said}"
    );
}

#[test]
fn what_is_found_wrong_later_gets_its_line() {
    let file = parsed("[film]\nvoice = \"nobody\"\n[[scene]]\ntext = \"a\"\n[[scene]]\ntext = \"b\"\nportrait = \"a.png\"").unwrap();
    let located = |place: Place, field: &str| {
        file.located(SceneError::new(place, field, "no").into())
            .to_string()
    };
    assert_eq!(
        located(Place::Scene(2), "portrait"),
        "scene 2: portrait: no (line 7)"
    );
    assert_eq!(
        located(Place::Scene(1), "voice"),
        "scene 1: voice: no (line 2)"
    );
    assert_eq!(
        located(Place::Scene(1), "portrait"),
        "scene 1: portrait: no"
    );
    let cancelled = file.located(engine::Error::Cancelled.into());
    assert!(crate::cancel::is_cancelled(&cancelled));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let said = |name: &str| {
        SceneFile::read(&folder.path().join(name))
            .unwrap_err()
            .to_string()
    };
    assert!(said("none.toml").contains("none.toml"));
    std::fs::create_dir(folder.path().join("folder.toml")).unwrap();
    assert!(said("folder.toml").contains("folder.toml"));
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_that_is_written_panics(text in "(\\[\\[?(film|scene|music|logo)\\]?\\]\n|(text|size|gaze|file|blur|scene) = (\"a\"|1|[0-9.e+-]{1,5}|\\[1,2\\]|\\{a=1\\}|true)\n|.{0,9}\n){0,12}") {
            let _ = parsed(&text);
        }
    }
}

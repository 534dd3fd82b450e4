//! The film of several scenes without a window, a graphics card or models.

use std::path::Path;

use studio::fitting_voices::FittingVoices;
use studio::framing::{Aspect, Extent};
use studio::scenes::{EditedFilm, Place, SceneError, Transition};
use studio::script::{Script, ScriptVoice};

use crate::window::app::tests::Bench;
use crate::window::state::{Action, FilmAction, FilmPart, Place as Shown, Previewed, Use};
use crate::window::threads::{Event, FilmEvent};

fn film(bench: &mut Bench, action: FilmAction) {
    bench.desk.act(Action::Film(action));
}

fn edited(bench: &mut Bench) -> &mut EditedFilm {
    bench.desk.state.history.now.film.as_mut().unwrap()
}

fn say(bench: &mut Bench, words: &str) {
    let scene = bench.desk.state.scene_mut().unwrap();
    if let Script::Words { text, .. } = &mut scene.script {
        *text = words.to_owned();
    }
}

fn said(bench: &Bench) -> Vec<String> {
    let film = &bench.desk.state.edited_film().unwrap().film;
    film.scenes
        .iter()
        .map(|scene| scene.script.title())
        .collect()
}

/// A film with these scenes.
fn of_scenes(words: &[&str]) -> Bench {
    let mut bench = Bench::new();
    bench.desk.act(Action::Use(Use::Film));
    for (number, words) in words.iter().enumerate() {
        if number > 0 {
            film(&mut bench, FilmAction::Add);
        }
        say(&mut bench, words);
    }
    bench
}

#[test]
fn the_first_scene_is_the_page_write_until_somebody_changes_it() {
    let mut bench = Bench::new();
    bench.desk.state.history.now.words = "One.".to_owned();
    bench.desk.state.history.now.portrait = Some("me.jpg".into());
    bench.desk.state.history.settle(0.0);
    let unsaved = bench.desk.state.is_unsaved();
    bench.desk.act(Action::Use(Use::Film));
    assert_eq!(said(&bench), ["One."]);
    let scene = bench.desk.state.scene().unwrap();
    assert_eq!(scene.portrait.as_deref(), Some(Path::new("me.jpg")));
    // What the program filled in is no step and no work.
    assert!(!bench.desk.state.history.settle(1.0));
    assert_eq!(bench.desk.state.is_unsaved(), unsaved);
    bench.desk.act(Action::Use(Use::Write));
    bench.desk.state.history.now.words = "Two.".to_owned();
    bench.desk.act(Action::Use(Use::Film));
    assert_eq!(said(&bench), ["Two."]);
    say(&mut bench, "Mine.");
    bench.desk.act(Action::Use(Use::Write));
    bench.desk.act(Action::Use(Use::Film));
    assert_eq!(said(&bench), ["Mine."]);
    film(&mut bench, FilmAction::AddScript);
    assert_eq!(said(&bench), ["Mine.", "Two."]);
    assert!(bench.desk.state.is_unsaved());
}

#[test]
fn scenes_are_added_copied_moved_and_removed_and_all_of_it_is_undone() {
    let mut bench = of_scenes(&["a"]);
    edited(&mut bench).set_aspect(Aspect::Tall);
    let first = bench.desk.state.scene_mut().unwrap();
    first.framing.extent = Extent::Head;
    first.transition = Transition::Crossfade { secs: 0.5 };
    bench.desk.state.history.settle(0.0);
    film(&mut bench, FilmAction::Add);
    bench.desk.state.history.settle(10.0);
    assert!(bench.desk.state.film.wants_words);
    // The same person and look, other words.
    let scene = bench.desk.state.scene().unwrap();
    assert_eq!(scene.script.text(), Some(""));
    let looks = (scene.framing.extent, scene.framing.aspect, scene.transition);
    let crossfade = Transition::Crossfade { secs: 0.5 };
    assert_eq!(looks, (Extent::Head, Aspect::Tall, crossfade));
    say(&mut bench, "b");
    bench.desk.state.history.settle(20.0);
    film(&mut bench, FilmAction::Duplicate);
    say(&mut bench, "c");
    assert_eq!(said(&bench), ["a", "b", "c"]);
    bench.desk.state.history.settle(30.0);
    film(&mut bench, FilmAction::Move { from: 2, to: 0 });
    assert_eq!(said(&bench), ["c", "a", "b"]);
    assert_eq!(bench.desk.state.scene_number(), 0);
    bench.desk.state.history.settle(40.0);
    film(&mut bench, FilmAction::Move { from: 0, to: 3 });
    film(&mut bench, FilmAction::Select(1));
    film(&mut bench, FilmAction::Remove);
    assert_eq!(said(&bench), ["c", "b"]);
    bench.desk.state.history.settle(50.0);
    for scenes in [&["c", "a", "b"][..], &["a", "b", "c"], &["a", "b"]] {
        bench.desk.act(Action::Undo);
        assert_eq!(said(&bench), scenes);
    }
    // A film keeps one scene.
    for _ in 0..3 {
        film(&mut bench, FilmAction::Remove);
    }
    assert_eq!(said(&bench).len(), 1);
}

#[test]
fn a_scene_is_spoken_on_the_stage_and_is_no_take() {
    let mut bench = of_scenes(&["First.", "Second."]);
    bench.desk.state.scene_mut().unwrap().seed = 7;
    bench.desk.act(Action::Speak);
    let wanted = bench.wanted();
    assert_eq!(wanted.request.script.text(), Some("Second."));
    assert_eq!(wanted.request.seed, 7);
    let preview = bench.desk.state.transport.preview.as_ref().unwrap();
    assert_eq!(preview.of, Previewed::Scene(1));
    assert_eq!(bench.desk.state.takes().count(), 0);
    // Another scene that is shown ends it.
    film(&mut bench, FilmAction::Select(0));
    assert!(wanted.cancel.is_cancelled());
    assert_eq!(bench.desk.state.transport.preview, None);
}

#[test]
fn what_is_missing_is_said_beside_its_field_until_the_film_is_changed() {
    let mut bench = of_scenes(&["First.", " ", "Third."]);
    bench.desk.act(Action::Export);
    let state = &bench.desk.state;
    assert_eq!(state.scene_number(), 1);
    assert_eq!(state.status.place, Shown::Panel);
    assert!(
        state.status.line.starts_with("Scene 2: "),
        "{}",
        state.status.line
    );
    assert!(state.film_problem(Place::Scene(2), "text").is_some());
    assert!(state.film_problem(Place::Scene(1), "text").is_none());
    say(&mut bench, "Second.");
    assert!(
        bench
            .desk
            .state
            .film_problem(Place::Scene(2), "text")
            .is_none()
    );

    film(&mut bench, FilmAction::Music("gone.mp3".into()));
    film(&mut bench, FilmAction::AskExport);
    let state = &bench.desk.state;
    assert_eq!(state.film.part, FilmPart::Whole);
    assert!(state.film_problem(Place::Music, "file").is_some());
    assert!(
        state
            .status
            .line
            .starts_with("Music: there is no such file"),
        "{}",
        state.status.line
    );
    edited(&mut bench).film.music = None;

    // What only the models find out comes from the export.
    film(&mut bench, FilmAction::Export("film.mp4".into()));
    assert_eq!(bench.desk.state.exports.len(), 1);
    let number = bench.desk.state.exports[0].number;
    bench.send(Event::ExportFailed {
        number,
        reason: Some("scene 3: portrait: no face".to_owned()),
        wrong: Some(SceneError::new(Place::Scene(3), "portrait", "no face")),
    });
    bench.step();
    let state = &bench.desk.state;
    assert!(state.exports.is_empty());
    assert_eq!(
        (state.scene_number(), state.film.part),
        (2, FilmPart::Scenes)
    );
    assert_eq!(
        state.film_problem(Place::Scene(3), "portrait"),
        Some("no face")
    );
}

#[test]
fn a_portrait_brings_its_voice_to_a_scene_unless_another_was_chosen() {
    let mut bench = of_scenes(&["First."]);
    let folder = tempfile::tempdir().unwrap();
    let voices = "ann = \"bf_emma\"\nbob = \"am_adam\"\n";
    std::fs::write(folder.path().join("voices.toml"), voices).unwrap();
    bench.desk.state.fitting_voices = FittingVoices::read(folder.path()).unwrap();
    bench.desk.state.voices = vec!["af_heart".to_owned()];
    let voice = |bench: &Bench| match &bench.desk.state.scene().unwrap().script {
        Script::Words { voice, .. } => voice.clone(),
        _ => panic!("words"),
    };
    for (portrait, fitting) in [("bob.jpg", "am_adam"), ("ann.jpg", "bf_emma")] {
        film(
            &mut bench,
            FilmAction::Portrait(folder.path().join(portrait)),
        );
        assert_eq!(voice(&bench), ScriptVoice::Named(fitting.to_owned()));
    }
    let chosen = ScriptVoice::Named("bm_lewis".to_owned());
    if let Script::Words { voice, .. } = &mut bench.desk.state.scene_mut().unwrap().script {
        voice.clone_from(&chosen);
    }
    film(
        &mut bench,
        FilmAction::Portrait(folder.path().join("bob.jpg")),
    );
    assert_eq!(voice(&bench), chosen);
}

#[test]
fn a_film_that_is_opened_takes_the_place_of_the_one_before_and_can_be_undone() {
    let mut bench = of_scenes(&["First.", "Second."]);
    bench.desk.state.history.settle(0.0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.toml");
    bench.desk.state.edited_film().unwrap().save(&path).unwrap();
    bench.send(Event::Film(FilmEvent::Saved(path.clone())));
    bench.step();
    let saved = edited(&mut bench).clone();
    assert_eq!(saved.file.as_ref(), Some(&path));
    assert!(!bench.desk.state.history.settle(1.0));

    let read = EditedFilm::read(&path).unwrap();
    assert_eq!(read, saved);
    say(&mut bench, "Other.");
    bench.desk.state.history.settle(2.0);
    bench.send(Event::Film(FilmEvent::Opened(path, Box::new(read))));
    bench.step();
    bench.desk.state.history.settle(3.0);
    assert_eq!(said(&bench), ["First.", "Second."]);
    bench.desk.act(Action::Undo);
    assert_eq!(said(&bench), ["First.", "Other."]);
}

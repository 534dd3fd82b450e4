//! A film of three scenes as somebody makes the first one: from the start of the window to a tall film with captions and music. With
//! `WINDOW_PICTURES` a picture of every step is written for eyes.

use std::path::{Path, PathBuf};

use egui::Role;
use egui_kittest::kittest::Queryable as _;
use jam_flow::window::settings::Settings;
use jam_flow::window::state::{Action, FilmAction, Place, Previewed};
use studio::captions::CaptionStyle;
use studio::framing::Aspect;
use studio::media::read::{read_frames, sound_of};
use studio::media::write::WavWriter;
use studio::scenes::{EditedFilm, SceneFile};

use crate::harness::{Setup, Window};
use crate::pictures::FOR_EYES;

const WORDS: [&str; 3] = ["Good morning!", "Three things are new.", "See you soon."];
const RATE_HZ: f32 = 24_000.0;

/// Two seconds of a chord.
fn music(folder: &Path) -> PathBuf {
    let path = folder.join("music.wav");
    let mut wav = WavWriter::create(&path).unwrap();
    let chord = |index: u32| {
        let phase = index as f32 * std::f32::consts::TAU / RATE_HZ;
        let notes = [220.0, 277.2, 329.6].map(|hz: f32| (phase * hz).sin());
        0.15 * notes.iter().sum::<f32>()
    };
    wav.write(&(0..48_000).map(chord).collect::<Vec<f32>>())
        .unwrap();
    wav.finish().unwrap();
    path
}

/// The steps of somebody who makes a film.
struct Walk {
    window: Window,
    steps: usize,
}

impl Walk {
    fn look(&mut self, name: &str) {
        self.steps += 1;
        let Some(folder) = std::env::var_os(FOR_EYES) else {
            return;
        };
        self.window.harness.run_steps(20);
        let picture = self.window.harness.render().unwrap();
        let name = format!("walk-{:02}-{name}.png", self.steps);
        picture.save(PathBuf::from(folder).join(name)).unwrap();
    }

    fn click(&mut self, button: &str) {
        self.window.harness.get_by_label(button).scroll_to_me();
        self.window.harness.run_steps(4);
        self.window.press(button);
        self.look(&button.to_lowercase().replace([' ', ':', '…'], "-"));
    }

    fn type_words(&mut self, words: &str) {
        self.window
            .harness
            .event(egui::Event::Text(words.to_owned()));
        self.window.harness.run_steps(2);
        self.look("typed");
    }

    #[track_caller]
    fn wait(&mut self, what: &str, mut holds: impl FnMut(&jam_flow::window::state::State) -> bool) {
        self.window.step_until(what, |app| {
            assert!(!app.state().status.is_error, "{}", app.state().status.line);
            holds(app.state())
        });
    }
}

#[test]
fn a_tall_film_of_three_scenes_with_captions_and_music() {
    let folder = tempfile::tempdir().unwrap();
    let music = music(folder.path());
    let setup = Setup {
        folder: Some(folder.path().to_owned()),
        settings: Settings {
            theme: jam_flow::window::settings::ThemeChoice::Dark,
            ..Settings::default()
        },
        size: [1366.0, 768.0],
        ..Setup::default()
    };
    let mut walk = Walk {
        window: setup.open(),
        steps: 0,
    };
    walk.look("start");
    walk.click("Close");
    walk.click("Film");
    // The first scene is there; its words are replaced by the user's.
    walk.window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "What is said in scene 1")
        .focus();
    walk.window.harness.step();
    walk.window.key(egui::Modifiers::COMMAND, egui::Key::A);
    walk.type_words(WORDS[0]);
    for words in &WORDS[1..] {
        // The words are typed at once, without a click into their box.
        walk.click("Add a scene");
        walk.type_words(words);
    }
    let said = |state: &jam_flow::window::state::State| -> Vec<String> {
        let scenes = &state.edited_film().unwrap().film.scenes;
        scenes.iter().map(|scene| scene.script.title()).collect()
    };
    assert_eq!(said(walk.window.app().state()), WORDS);

    walk.click("Preview scene");
    walk.wait("the preview", |state| {
        let preview = state.transport.preview.as_ref();
        preview.is_some_and(|preview| preview.of == Previewed::Scene(2)) && state.is_speaking()
    });
    walk.click("Stop preview");

    walk.click("Whole film");
    walk.click("9:16");
    let captions = walk
        .window
        .harness
        .get_by_role_and_label(Role::ComboBox, "Captions");
    captions.click();
    walk.window.harness.run_steps(4);
    walk.look("captions");
    walk.click("Highlighted words");
    // The file dialog is the system's; its answer comes like this.
    walk.window
        .app()
        .act(Action::Film(FilmAction::Music(music.clone())));
    walk.window.harness.run_steps(4);
    walk.look("music");
    // As small as a film can be, for the test's time.
    let film = walk.window.app().document().film.as_mut().unwrap();
    film.film.short_side_px = 512;
    for scene in &mut film.film.scenes {
        scene.pause_secs = 0.2;
    }

    // A file that is gone is told beside its field, and nothing is written.
    let hidden = folder.path().join("hidden.wav");
    std::fs::rename(&music, &hidden).unwrap();
    walk.window.press("Export film…");
    let status = walk.window.app().state().status.clone();
    assert_eq!(status.place, Place::Panel);
    assert!(status.line.starts_with("Music: there is no such file"));
    let shown = walk
        .window
        .harness
        .query_all_by_label_contains("There is no such file");
    assert!(shown.count() >= 2);
    walk.look("music-is-gone");
    std::fs::rename(&hidden, &music).unwrap();
    walk.window.app().act(Action::CloseNotice);

    // Saved as the file of the command line, and opened again.
    let file = folder.path().join("film.toml");
    walk.window
        .app()
        .act(Action::Film(FilmAction::SaveIn(file.clone())));
    walk.wait("the film's file", |state| {
        state.edited_film().unwrap().file.is_some()
    });
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("aspect = \"9:16\"") && text.contains("file = \"music.wav\""));
    let saved = walk.window.app().state().edited_film().unwrap().clone();
    assert_eq!(EditedFilm::read(&file).unwrap(), saved);
    let read = SceneFile::read(&file).unwrap();
    assert_eq!(read.film, saved.film);
    assert_eq!(read.film.aspect, Aspect::Tall);
    let styles = read.film.scenes.iter().map(|scene| scene.captions);
    assert!(
        styles
            .into_iter()
            .all(|style| style == Some(CaptionStyle::Highlight))
    );

    let video = folder.path().join("film.mp4");
    walk.window
        .app()
        .act(Action::Film(FilmAction::Export(video.clone())));
    assert_eq!(walk.window.app().state().exports.len(), 1);
    walk.look("export");
    walk.wait("the film", |state| state.exports.is_empty());
    walk.look("exported");
    assert_eq!(
        walk.window.app().state().status.heading(),
        "Exported film.mp4"
    );
    let mut frames = 0;
    read_frames(&video, &|| false, &mut |frame, _| {
        assert_eq!((frame.width, frame.height), (512, 910));
        frames += 1;
        Ok(())
    })
    .unwrap();
    assert!(frames > 60, "{frames}");
    let sound = sound_of(&video, &|| false).unwrap().unwrap();
    let secs = sound.len() as f64 / f64::from(RATE_HZ);
    assert!((secs - frames as f64 / 25.0).abs() < 0.05);
    if let Some(folder) = std::env::var_os(FOR_EYES) {
        std::fs::copy(&video, PathBuf::from(folder).join("walk.mp4")).unwrap();
    }

    // An export that is ended leaves nothing.
    let other = folder.path().join("other.mp4");
    walk.window
        .app()
        .act(Action::Film(FilmAction::Export(other.clone())));
    let number = walk.window.app().state().exports[0].number;
    walk.wait("its start", |state| {
        state.exports.iter().any(|export| export.progress.is_some())
    });
    walk.window.app().act(Action::StopExport(number));
    walk.wait("its end", |state| state.exports.is_empty());
    assert!(!other.exists());

    // The file is dropped on the window like any other.
    let film = walk.window.app().document();
    film.film.as_mut().unwrap().film.scenes.truncate(1);
    walk.window.drop_file(file);
    walk.wait("the film again", |state| {
        state.edited_film().unwrap().film.scenes.len() == 3
    });
}

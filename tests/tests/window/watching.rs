//! A clip is opened, a model is asked about it, its words are corrected, heard and filmed, without a network.

use std::path::{Path, PathBuf};
use std::time::Duration;

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use jam_flow::window::settings::Settings;
use jam_flow::window::state::{Action, Place, Previewed};
use jam_flow::window::watch_choices::{ModelPlace, WatchChoices};
use studio::captions::CaptionStyle;
use studio::media::read::{read_frames, sound_of};
use studio::watch::layout::Layout;
use studio::watch::prompt::Prompt;

use crate::harness::{Setup, Window};
use crate::mock_server::{MockServer, Reply};

/// A clip of 4 s.
pub fn clip(folder: &Path) -> PathBuf {
    crate::clip::clip(folder, 100, 3)
}

fn words(pieces: &[&str]) -> Vec<String> {
    pieces.iter().copied().map(str::to_owned).collect()
}

/// Whether a line that begins so is to be seen.
fn says(window: &Window, words: &str) -> bool {
    window.harness.query_by_label_contains(words).is_some()
}

fn can_press(window: &Window, button: &str) -> bool {
    let node = window.harness.get_by_label(button);
    !node.accesskit_node().is_disabled()
}

#[test]
fn a_clip_is_asked_about_corrected_previewed_and_filmed() {
    let server = MockServer::start(vec![
        Reply::Status(401, String::new(), "who are you?".to_owned()),
        Reply::SlowWords(vec!["and ".to_owned(); 200], Duration::from_millis(50)),
        Reply::SlowWords(
            words(&[
                "<think>A square.</think>Here it is:\n[0.5] A white square ",
                "moves.\n",
                "[2.5] It is red.",
            ]),
            Duration::from_millis(10),
        ),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup {
        folder: Some(folder.path().to_owned()),
        // All of the panel is in sight.
        size: [1280.0, 1300.0],
        ..Setup::default()
    };
    let mut window = setup.open();
    window.key(Modifiers::COMMAND, Key::Num3);
    assert!(says(&window, "Nothing, as no model is named"));
    assert!(!can_press(&window, "Ask the model") && !can_press(&window, "Speak it…"));

    // What is no video is told where it was chosen.
    let no_clip = folder.path().join("broken.mp4");
    std::fs::write(&no_clip, "no film").unwrap();
    window.drop_file(no_clip);
    window.step_until("the refusal", |app| app.state().status.is_error);
    let status = &window.app().state().status;
    assert_eq!(status.place, Place::Panel);
    assert!(status.line.contains("broken.mp4") && !status.line.contains('/'));

    window.drop_file(clip(folder.path()));
    window.step_until("the clip", |app| app.state().watch.clip.is_some());
    window.harness.run_steps(3);
    assert!(says(&window, "8 pictures for the model") && !can_press(&window, "Ask the model"));

    // The server, as a user types it.
    window.press("Server");
    for (field, typed) in [
        ("Address", "localhost:8000"),
        ("Model name", "keye-mock"),
        ("Key", "secret-key"),
    ] {
        let roles = [Role::TextInput, Role::PasswordInput];
        let by = |role: Role| window.harness.query_by_role_and_label(role, field);
        let node = roles.into_iter().find_map(by).unwrap();
        node.focus();
        window.harness.step();
        window.harness.event(egui::Event::Text(typed.to_owned()));
        window.harness.run_steps(2);
    }
    assert_eq!(
        window.app().state().settings.watch.address,
        "localhost:8000"
    );
    assert!(says(&window, "The endpoint's address cannot be used"));
    assert!(!can_press(&window, "Ask the model"));
    window
        .harness
        .get_by_role_and_label(Role::TextInput, "Address")
        .focus();
    window.harness.step();
    window.key(Modifiers::COMMAND, Key::A);
    window
        .harness
        .event(egui::Event::Text(server.address.clone()));
    window.harness.run_steps(2);
    window.press("Narrate in time");
    assert!(says(&window, "is this computer. It is shown 8 pictures"));
    assert!(server.requests().is_empty());

    // A refusal stands beside the buttons, in one line, and nothing is left behind.
    window.press("Ask the model");
    window.step_until("the refusal", |app| app.state().status.is_error);
    let status = &window.app().state().status;
    assert_eq!(status.place, Place::Panel);
    assert!(status.line.contains("refuses access"), "{}", status.line);

    // A slow answer is seen as it comes, and can be ended.
    window.press("Ask the model");
    window.step_until("the first words", |app| {
        app.state().watch.answer.starts_with("and and ")
    });
    window.press("Cancel");
    window.step_until("the end", |app| app.state().watch.work.is_none());
    assert!(!window.app().state().status.is_error);

    window.press("Ask the model");
    window.step_until("the answer", |app| {
        app.state().watch.work.is_none() && app.state().watch.answer.starts_with('[')
    });
    assert_eq!(
        window.app().state().watch.answer,
        "[0.50] A white square moves.\n[2.50] It is red."
    );
    let request = server.requests().pop().unwrap();
    assert_eq!(request.authorization.as_deref(), Some("Bearer secret-key"));
    let content = request.body["messages"][0]["content"].as_array().unwrap();
    assert_eq!(content.len(), 17);
    let prompt = content[16]["text"].as_str().unwrap();
    assert!(prompt.contains("Narrate the clip") && prompt.contains("4.0 seconds"));

    // Corrected as any text.
    window.harness.run_steps(3);
    assert!(says(&window, "2 lines, spoken at 0:00.50, 0:02.50"));
    window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "What is said")
        .focus();
    window.harness.step();
    window.key(Modifiers::COMMAND, Key::End);
    window
        .harness
        .event(egui::Event::Text(" Really.".to_owned()));
    window.harness.run_steps(2);
    assert!(window.app().state().watch.answer.ends_with("red. Really."));

    // Heard with the clip, and thrown away.
    window.press("Preview");
    window.step_until("the preview", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().transport.preview.is_some()
    });
    let state = window.app().state();
    let preview = state.transport.preview.as_ref().unwrap();
    assert!(matches!(&preview.of, Previewed::Clip(timeline) if timeline.frame_count() >= 100));
    assert!(says(&window, "The film"));
    window.play_until("the end of the preview", |app| {
        app.state().transport.preview.is_none()
    });
    assert_eq!(window.app().state().takes().count(), 0);

    // Filmed, in the list of exports.
    window.press("Side by side");
    window.press("Also write subtitles (SRT)");
    let film = folder.path().join("told.mp4");
    window.app().act(Action::FilmClip(film.clone()));
    assert_eq!(window.app().state().exports.len(), 1);
    window.step_until("the film", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().exports.is_empty()
    });
    assert_eq!(
        window.app().state().status.heading(),
        "Exported told.mp4, told.srt"
    );
    let mut frames = 0;
    read_frames(&film, &|| false, &mut |frame, _| {
        // The clip's height made larger, and the person beside it.
        assert_eq!((frame.width, frame.height), (854 + 360, 480));
        frames += 1;
        Ok(())
    })
    .unwrap();
    assert!((100..130).contains(&frames), "{frames}");
    let sound = sound_of(&film, &|| false).unwrap().unwrap();
    assert!(sound.iter().any(|sample| sample.abs() > 0.1));
    let subtitles = std::fs::read_to_string(film.with_extension("srt")).unwrap();
    assert!(subtitles.contains("white square") && subtitles.contains("Really."));

    // What was chosen is kept, and the key nowhere.
    let path = folder.path().join("settings.json");
    window.step_until("the settings", |_| {
        let (kept, _) = Settings::load(&path);
        kept.watch.layout == Layout::Side && kept.watch.has_subtitles
    });
    drop(window);
    let (kept, _) = Settings::load(&path);
    assert_eq!(
        kept.watch,
        WatchChoices {
            place: ModelPlace::Server,
            address: server.address.clone(),
            model: "keye-mock".to_owned(),
            prompt: Prompt::Narrate,
            layout: Layout::Side,
            has_subtitles: true,
            ..WatchChoices::default()
        }
    );
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let holds_key = std::fs::read(&path)
            .is_ok_and(|bytes| bytes.windows(10).any(|part| part == b"secret-key"));
        assert!(!holds_key, "{}", path.display());
    }
}

#[test]
fn own_words_need_no_model_and_a_film_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let mut setup = Setup {
        folder: Some(folder.path().to_owned()),
        size: [1280.0, 1300.0],
        ..Setup::default()
    };
    setup.settings.watch.captions = Some(CaptionStyle::Boxed);
    let mut window = setup.open();
    let path = clip(folder.path());
    window.app().act(Action::WatchClip(path.clone()));
    window.step_until("the clip", |app| app.state().watch.clip.is_some());
    window.harness.run_steps(3);
    window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "What is said")
        .focus();
    window.harness.step();
    window
        .harness
        .event(egui::Event::Text("[1.0] …".to_owned()));
    window.harness.run_steps(2);
    assert!(says(&window, "The answer holds no words") && !can_press(&window, "Preview"));
    window.key(Modifiers::COMMAND, Key::A);
    window
        .harness
        .event(egui::Event::Text("A square goes by.".to_owned()));
    window.harness.run_steps(2);
    assert!(says(&window, "Spoken from the start") && can_press(&window, "Preview"));

    // The clip itself is not written over, and a stopped film leaves nothing.
    window.app().act(Action::FilmClip(path.clone()));
    window.step_until("the refusal", |app| app.state().status.is_error);
    window.app().act(Action::CloseNotice);
    let film = folder.path().join("told.mp4");
    window.app().act(Action::FilmClip(film.clone()));
    window.step_until("its begin", |app| {
        let exports = &app.state().exports;
        exports
            .first()
            .is_some_and(|export| export.progress.is_some())
    });
    let number = window.app().state().exports[0].number;
    window.app().act(Action::StopExport(number));
    window.step_until("its end", |app| app.state().exports.is_empty());
    assert!(!film.exists() && path.exists());
    window.press("Remove the clip");
    assert!(window.app().state().watch.clip.is_none());
}

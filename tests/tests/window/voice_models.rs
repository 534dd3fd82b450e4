//! A voice model of the user's: added, refused, listened to, chosen, remembered and removed.

use std::path::Path;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use jam_flow::window::settings::Settings;
use jam_flow::window::state::{Action, Page};
use studio::script::{Script, ScriptVoice};

use crate::harness::{Setup, Window};
use crate::tensors::f5_tts;

const NAME: &str = "me, F5TTS_v1_Base";

/// Describes the voice in the form, with this checkpoint.
fn fill_in(window: &mut Window, files: &Path, checkpoint: &str) {
    window.app().act(Action::Show(Some(Page::Voices)));
    window.harness.run_steps(3);
    window
        .harness
        .get_by_label("Add a voice model…")
        .scroll_to_me();
    window.harness.run_steps(3);
    window.press("Add a voice model…");
    assert_eq!(window.app().state().page, Some(Page::VoiceModel));
    for (label, name) in [
        ("Checkpoint", checkpoint),
        ("Vocabulary", "vocab.txt"),
        ("Vocoder", "vocos.safetensors"),
        ("Voice sample", "me.wav"),
        ("Transcript of the voice sample", ""),
    ] {
        let words = match name {
            "" => "Some call me nature, others mother.".to_owned(),
            name => files.join(name).display().to_string(),
        };
        write(window, label, &words);
    }
}

/// Types in place of what stands in a field.
fn write(window: &mut Window, label: &str, words: &str) {
    window.harness.get_by_label(label).scroll_to_me();
    window.harness.run_steps(3);
    window.harness.get_by_label(label).focus();
    window.harness.step();
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.get_by_label(label).type_text(words);
    window.harness.run_steps(2);
    let field = window.harness.get_by_label(label);
    assert_eq!(field.value().as_deref(), Some(words), "{label}");
}

fn tick(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).scroll_to_me();
    window.harness.run_steps(3);
    window.press(label);
}

fn check(window: &mut Window) {
    tick(window, "Check and add");
    window.step_until("the check", |app| {
        app.state().voice_model_form.check.is_none()
    });
    window.harness.run_steps(2);
}

#[test]
fn a_voice_model_is_added_speaks_is_remembered_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path();
    f5_tts::write_all(files);
    let whole = std::fs::read(files.join("F5TTS_v1_Base.safetensors")).unwrap();
    std::fs::write(files.join("cut.safetensors"), &whole[..whole.len() - 9]).unwrap();
    std::fs::write(
        files.join("model.pt"),
        b"PK\x03\x04\x00\x00\x08\x08 and more",
    )
    .unwrap();
    let mut window = Setup {
        folder: Some(files.join("settings")),
        ..Setup::default()
    }
    .open();

    // What is wrong stands in the form: nothing agreed to, no checkpoint, another file, half a file.
    fill_in(&mut window, files, "model.pt");
    let problem = |window: &mut Window| {
        let problem = window.app().state().voice_model_form.problem.clone();
        let problem = problem.expect("a refusal");
        assert!(
            window.harness.query_by_label(&problem).is_some(),
            "{problem}"
        );
        assert_eq!(problem.lines().count(), 1);
        problem
    };
    check(&mut window);
    assert!(problem(&mut window).contains("permission"));
    tick(&mut window, "I have this person's permission");
    check(&mut window);
    assert!(problem(&mut window).contains("licence"));
    tick(&mut window, "I keep to the licence of this checkpoint");
    for (checkpoint, expected) in [
        ("model.pt", "convert it with"),
        ("no.safetensors", "no such file"),
        ("cut.safetensors", "download or convert it again"),
        ("vocos.safetensors", "not an f5-tts checkpoint"),
        ("me.wav", "not a safetensors file"),
    ] {
        let path = files.join(checkpoint).display().to_string();
        write(&mut window, "Checkpoint", &path);
        check(&mut window);
        let said = problem(&mut window);
        let is_expected = said.to_lowercase().contains(expected);
        assert!(is_expected && said.contains(checkpoint), "{said}");
        assert!(window.app().state().settings.voice_models.is_empty());
    }
    let path = files.join("F5TTS_v1_Base.safetensors");
    write(&mut window, "Checkpoint", &path.display().to_string());
    check(&mut window);
    assert_eq!(window.app().state().page, Some(Page::Voices));

    // It is heard without becoming a take, and speaks once it is chosen.
    window.press(&format!("Listen to {NAME}"));
    window.play_until("the sample", |app| {
        let transport = &app.state().transport;
        transport.making.is_none() && transport.preview.is_some()
    });
    window.press(NAME);
    assert!(window.app().state().page.is_none());
    window.make_take("Good evening, everybody.");
    let take = window.app().state().selected_take().unwrap().clone();
    assert!(take.samples().iter().any(|sample| sample.abs() > 1e-4));
    assert!((1.0..4.0).contains(&take.duration_secs()) && !take.words.is_empty());
    let Script::Words {
        voice: ScriptVoice::Model(voice),
        ..
    } = &take.script
    else {
        panic!("{:?}", take.script);
    };
    assert_eq!(voice.name(), NAME);
    assert_eq!(window.app().state().takes().count(), 1);

    // The next start knows it, by its paths alone.
    drop(window);
    let (kept, _) = Settings::load(&files.join("settings/settings.json"));
    assert_eq!(kept.voice_models, vec![(**voice).clone()]);
    let bytes = std::fs::metadata(files.join("settings/settings.json"))
        .unwrap()
        .len();
    assert!(bytes < 5_000, "{bytes}");
    let mut window = Setup {
        folder: Some(files.join("settings")),
        settings: kept,
        ..Setup::default()
    }
    .open();
    window.app().act(Action::Show(Some(Page::Voices)));
    window.harness.run_steps(3);
    window.press(&format!("Remove {NAME}"));
    assert!(window.harness.query_by_label(NAME).is_none());
    assert!(window.app().state().settings.voice_models.is_empty());
    assert!(files.join("F5TTS_v1_Base.safetensors").exists());
}

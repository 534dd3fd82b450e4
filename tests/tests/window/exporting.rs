//! The window's export and `jam-flow speak` are one product; what was heard can be exported, too.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use jam_flow::cli::speak::speak_to_files;
use jam_flow::window::settings::Settings;
use jam_flow::window::state::Action;
use studio::film::Outputs;
use studio::framing::{Aspect, Extent};
use studio::resources::Resources;

use super::harness::Window;

/// More than the live speech makes in one piece.
const WORDS: &str = "The morning train was late again, so we walked along the harbour and watched the boats come in.";

/// Exports the take in the timeline in this format.
fn export(window: &mut Window, format: &str, name: &str) -> std::path::PathBuf {
    window
        .harness
        .get_by_role_and_label(egui::accesskit::Role::ComboBox, "Format")
        .click();
    window.harness.run_steps(3);
    window.press(format);
    let path = window.folder.join(name);
    window.app().act(Action::ExportTo(path.clone()));
    window.step_until("the export", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().exports.is_empty()
    });
    path
}

#[test]
fn an_export_is_what_speak_makes_of_the_same_words_voice_and_seed() {
    let mut window = Window::open();
    window.make_take(WORDS);
    window.press("Stop");
    let take = window.app().state().selected_take().unwrap().clone();
    window.key(Modifiers::COMMAND, Key::Num4);
    let sound = export(&mut window, "Audio (WAV)", "window.wav");
    let motion = export(&mut window, "Motion (JSON)", "window.json");
    let video = export(&mut window, "Video (MP4)", "window.mp4");

    let by_command = |name: &str| window.folder.join(name);
    let outputs = Outputs {
        video: Some(by_command("command.mp4")),
        audio: Some(by_command("command.wav")),
        motion: Some(by_command("command.json")),
        ..Outputs::default()
    };
    let script = take.script.clone();
    speak_to_files(&Resources::find(None), script, take.seed, &outputs).unwrap();
    for (window, command) in [
        (&sound, &outputs.audio),
        (&motion, &outputs.motion),
        (&video, &outputs.video),
    ] {
        let command = command.as_ref().unwrap();
        let is_same = std::fs::read(window).unwrap() == std::fs::read(command).unwrap();
        assert!(is_same, "{} differs", window.display());
    }

    // The live version is what was heard, and differs.
    window.press("Export the live version");
    let live = export(&mut window, "Audio (WAV)", "live.wav");
    let live = engine::audio::decode_file(&live).unwrap();
    assert_eq!(live.len(), take.samples().len());
    let largest = (live.iter().zip(take.samples()))
        .map(|(file, heard)| (file - heard).abs())
        .fold(0.0, f32::max);
    assert!(largest <= 2.0 / 32_768.0, "{largest}");
    assert_ne!(live, engine::audio::decode_file(&sound).unwrap());

    // What is chosen for the picture arrives in the file, and is kept.
    window.key(Modifiers::COMMAND, Key::Num1);
    window.make_take("Hello.");
    window.press("Stop");
    window.key(Modifiers::COMMAND, Key::Num4);
    window
        .harness
        .get_by_role_and_label(egui::accesskit::Role::ComboBox, "Format")
        .click();
    window.harness.run_steps(3);
    window.press("Video (MP4)");
    window.press("9:16");
    window.press("Head");
    let tall = window.folder.join("tall.mp4");
    window.app().act(Action::ExportTo(tall.clone()));
    window.step_until("the tall video", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().exports.is_empty()
    });
    let (film, _) = re_mp4::Mp4::read_file(&tall).unwrap();
    let is_picture = |track: &&re_mp4::Track| track.kind == Some(re_mp4::TrackKind::Video);
    let picture = film.tracks().values().find(is_picture).unwrap();
    assert_eq!((picture.width, picture.height), (720, 1280));
    assert_eq!(window.app().state().status.heading(), "Exported tall.mp4");
    let settings = window.folder.join("settings.json");
    window.step_until("the settings", |_| {
        let (kept, _) = Settings::load(&settings);
        kept.export.framing.aspect == Aspect::Tall && kept.export.framing.extent == Extent::Head
    });
}

//! Words, recordings and films.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use jam_flow::window::settings::Settings;
use jam_flow::window::state::{Action, Page};
use studio::sound::output::{AudioOutput, ManualClock, ManualOutput, manual};

use crate::harness::{FRAME_SECS, Setup, Window};

#[test]
fn a_typed_sentence_is_spoken_seen_and_recorded() {
    let mut window = Window::open();
    window.type_words("Bob may open a big map.");
    window.press("Also save MP4");
    window.press("Speak");
    assert!(window.app().state().is_speaking());
    let clock = Arc::clone(&window.clock);
    window.step_until("the first sound", |app| {
        clock.lock().unwrap().is_some()
            && app.state().takes().any(|take| !take.samples().is_empty())
    });

    let frames_before = window.harness.state_mut().live().unwrap().frames_drawn();
    let first = window
        .harness
        .state_mut()
        .live()
        .unwrap()
        .read_rgba()
        .unwrap();
    let mut heard_energy = 0.0;
    let mut largest_change = 0;
    window.step_until("the speech", |app| {
        let samples = clock
            .lock()
            .unwrap()
            .as_ref()
            .unwrap()
            .advance_secs(FRAME_SECS);
        heard_energy += samples.iter().map(|sample| sample * sample).sum::<f32>();
        let frame = app.live().unwrap().read_rgba().unwrap();
        let change = frame
            .iter()
            .zip(&first)
            .filter(|(a, b)| a.abs_diff(**b) > 24)
            .count();
        largest_change = largest_change.max(change);
        !app.state().is_speaking()
    });
    let frames_drawn = window.harness.state_mut().live().unwrap().frames_drawn() - frames_before;
    assert!(frames_drawn >= 25, "only {frames_drawn} frames");
    assert!(largest_change > 500, "only {largest_change} bytes changed");
    assert!(heard_energy > 1.0, "nothing was heard: {heard_energy}");

    window.step_until("the recording", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().recording.last.is_some()
    });
    let busy = window.app().frame_times();
    println!(
        "speaking and recording: {}",
        busy.summary(|now| now.is_making || now.is_recording)
    );
    let film = window.app().state().recording.last.clone().unwrap();
    assert_eq!(window.films(), [film.as_path()]);
    assert_film(&film, frames_drawn);

    // Speaking something else does not end a recording that has all of its speech.
    window.make_take("Record me.");
    window.press("Saving to MP4");
    window.press("Speak");
    window.step_until("the second recording", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().recording.last.as_ref() != Some(&film)
    });
    let films = window.films();
    assert_eq!(films.len(), 2, "{films:?}");
}

#[test]
fn stop_ends_speech_and_recording_and_a_bad_picture_is_refused_in_one_line() {
    let mut window = Window::open();
    window.type_words(&"This is a long story about a short walk. ".repeat(20));
    window.press("Also save MP4");
    window.press("Speak");
    let clock = Arc::clone(&window.clock);
    window.step_until("the first sound", |app| {
        clock.lock().unwrap().is_some()
            && app.state().takes().any(|take| !take.samples().is_empty())
    });
    window.press("Stop");
    assert!(!window.app().state().is_speaking());
    // What was made stays and can be heard.
    assert!(window.app().state().selected_take().unwrap().is_complete);
    let frames = window.harness.state_mut().live().unwrap().frames_drawn();
    window.step_until("idle life after stop", |app| {
        app.live().unwrap().frames_drawn() > frames + 5
    });
    window.step_until("the recording's end", |app| {
        app.state().recording.progress.is_none()
    });
    assert!(window.films().is_empty(), "{:?}", window.films());

    let text = window.folder.join("words.png");
    std::fs::write(&text, "not a picture").unwrap();
    window.drop_file(text);
    window.step_until("the refusal", |app| app.state().status.is_error);
    let line = window.app().state().status.line.clone();
    assert!(line.contains("words.png") && !line.contains('\n'), "{line}");
    // It is on the screen, too, and the portrait before it still stands.
    window.harness.step();
    let heading = window.app().state().status.heading().to_owned();
    assert!(window.harness.query_by_label(&heading).is_some());
    assert!(
        window
            .harness
            .query_by_label("Choose another picture")
            .is_some()
    );
    assert!(window.app().live().is_some());
}

fn assert_film(path: &Path, frames_shown: u64) {
    let (film, _) = re_mp4::Mp4::read_file(path).unwrap();
    let kinds: Vec<_> = film.tracks().values().map(|track| track.kind).collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    let picture = film
        .tracks()
        .values()
        .find(|track| track.kind == Some(re_mp4::TrackKind::Video))
        .unwrap();
    assert!(picture.width >= 512 && picture.height >= 512);
    let recorded = picture.samples.len() as u64;
    assert!(
        recorded.abs_diff(frames_shown) <= frames_shown / 4 + 5,
        "{recorded} frames recorded, {frames_shown} shown"
    );
}

#[test]
fn a_dropped_recording_is_spoken_and_an_export_can_be_cancelled() {
    let mut window = Window::open();
    window.make_take("My mama may have made me a map.");
    window.press("Stop");
    let take = Arc::clone(window.app().state().selected_take().unwrap());
    let sound: Vec<f32> = take.samples().to_vec();
    let recording = window.folder.join("me.wav");
    engine::audio::wav::write_float_wav(&recording, &sound).unwrap();
    window.key(Modifiers::COMMAND, Key::Num2);
    window.drop_file(recording);
    window.step_until("the recording as a take", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state()
            .selected_take()
            .is_some_and(|take| take.title() == "me.wav" && take.is_complete)
    });
    let again = Arc::clone(window.app().state().selected_take().unwrap());
    assert_eq!(again.samples(), take.samples());
    assert!(again.mouth.len().abs_diff(take.mouth.len()) <= 1);
    let widest = again.opening_mm().fold(0.0, f32::max);
    assert!(widest > 3.0, "the mouth opens {widest} mm");
    window.key(Modifiers::NONE, Key::Escape);

    // A long take, so that there is something to cancel.
    let long = window.folder.join("long.wav");
    engine::audio::write_wav(&long, &sound.repeat(10)).unwrap();
    window.drop_file(long);
    window.step_until("the long take", |app| {
        app.state()
            .selected_take()
            .is_some_and(|take| take.title() == "long.wav" && take.is_complete)
    });
    window.key(Modifiers::COMMAND, Key::Num4);
    let film = window.folder.join("film.mp4");
    window.app().act(Action::ExportTo(film.clone()));
    assert_eq!(window.app().state().exports.len(), 1);
    window.step_until("the first second", |app| {
        app.state()
            .exports
            .first()
            .and_then(|export| export.progress)
            .map_or(0.0, |progress| progress.fraction)
            > 0.0
    });
    std::thread::sleep(Duration::from_millis(600));
    window.harness.step();
    window.press("Cancel");
    window.step_until("the export's end", |app| app.state().exports.is_empty());
    assert!(!film.exists());
    assert!(!window.app().state().status.is_error);

    // The sound alone is quick, and is the recording itself.
    window
        .harness
        .get_by_role_and_label(Role::ComboBox, "Format")
        .click();
    window.harness.run_steps(3);
    window.press("Audio (WAV)");
    let wav = window.folder.join("long-again.wav");
    window.app().act(Action::ExportTo(wav.clone()));
    window.step_until("the sound", |app| app.state().exports.is_empty());
    let written = engine::audio::decode_file(&wav).unwrap();
    assert_eq!(written.len(), sound.len() * 10);
}

#[test]
fn a_lost_device_is_said_with_a_way_out_and_the_speech_goes_on() {
    let clock: Arc<Mutex<Option<ManualClock>>> = Arc::default();
    let asked: Arc<Mutex<Vec<Option<String>>>> = Arc::default();
    let is_lost = Arc::new(AtomicBool::new(false));
    let setup = Setup {
        open_output: Some(Box::new({
            let (clock, asked, is_lost) = (clock.clone(), asked.clone(), is_lost.clone());
            move |device| {
                asked.lock().unwrap().push(device.map(str::to_owned));
                let (inner, key) = manual();
                *clock.lock().unwrap() = Some(key);
                let is_lost = is_lost.clone();
                (Box::new(Losable { inner, is_lost }), None)
            }
        })),
        settings: Settings {
            output_device: Some("Loudspeaker".to_owned()),
            ..Setup::default().settings
        },
        ..Setup::default()
    };
    let mut window = setup.open();
    window.clock = clock;
    window.make_take("Hello there.");
    window.play_until("some sound", |app| {
        app.state().transport.playhead_secs > 0.2
    });
    assert_eq!(*asked.lock().unwrap(), [Some("Loudspeaker".to_owned())]);
    is_lost.store(true, Ordering::SeqCst);
    window.step_until("the notice", |app| app.state().status.is_error);
    assert!(window.app().state().status.line.contains("lost"));
    assert!(window.app().state().is_speaking());
    window.play_until("the end", |app| !app.state().is_speaking());
    window.press("Sound settings");
    assert_eq!(window.app().state().page, Some(Page::Settings));
}

#[test]
fn the_first_start_speaks_within_one_click() {
    let setup = Setup {
        settings: Settings::default(),
        ..Setup::default()
    };
    let mut window = setup.open();
    assert_eq!(window.app().state().page, Some(Page::Welcome));
    window.press("Hear it speak");
    assert!(window.app().state().is_speaking());
    assert_eq!(window.app().state().page, None);
    assert!(window.app().state().settings.is_welcomed);
    window.play_until("the speech", |app| !app.state().is_speaking());
    assert_eq!(window.app().state().takes().count(), 1);
}

/// Output whose device is lost when the test says so; its clock goes on as the silent one's does.
struct Losable {
    inner: ManualOutput,
    is_lost: Arc<AtomicBool>,
}

impl AudioOutput for Losable {
    fn write(&mut self, samples: &[f32]) -> usize {
        self.inner.write(samples)
    }

    fn heard_secs(&self) -> f64 {
        self.inner.heard_secs()
    }

    fn underruns(&self) -> u64 {
        self.inner.underruns()
    }

    fn take_notice(&mut self) -> Option<String> {
        self.is_lost
            .swap(false, Ordering::SeqCst)
            .then(|| "The sound device was lost".to_owned())
    }
}

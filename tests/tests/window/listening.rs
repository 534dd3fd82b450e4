//! What the microphone hears.

use std::sync::{Arc, Mutex};

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use engine::synthesizer::SAMPLES_PER_FRAME;
use studio::sound::microphone::Microphone;

use crate::harness::Setup;

#[test]
fn the_microphone_moves_the_face_and_leaves_a_take_and_a_film() {
    let said = Arc::new(Mutex::new(None));
    let setup = Setup {
        open_microphone: Some(Arc::new({
            let said = Arc::clone(&said);
            move |_| {
                let (microphone, producer) = Microphone::by_hand();
                *said.lock().unwrap() = Some(producer);
                Ok(microphone)
            }
        })),
        ..Setup::default()
    };
    let mut window = setup.open();
    window.make_take("My mama may have made me a map.");
    window.press("Stop");
    let spoken = Arc::clone(window.app().state().selected_take().unwrap());
    let sound: Vec<f32> = spoken.samples().to_vec();

    window.press("Also save MP4");
    window.key(Modifiers::COMMAND, Key::M);
    assert!(window.app().state().is_listening());
    window.step_until("the open microphone", |_| said.lock().unwrap().is_some());
    let still = window.app().live().unwrap().read_rgba().unwrap();
    let mut rest = sound.chunks(SAMPLES_PER_FRAME);
    let mut largest_change = 0;
    window.step_until("the moving face", |app| {
        if let Some(microphone) = &mut *said.lock().unwrap() {
            for sample in rest.next().unwrap_or(&[]) {
                microphone.push(*sample).unwrap();
            }
        }
        let frame = app.live().unwrap().read_rgba().unwrap();
        let changed = frame
            .iter()
            .zip(&still)
            .filter(|(a, b)| a.abs_diff(**b) > 24)
            .count();
        largest_change = largest_change.max(changed);
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        rest.len() == 0 && app.state().transport.playhead_secs + 0.4 > sound.len() as f64 / 24_000.0
    });
    assert!(largest_change > 500, "only {largest_change} bytes changed");
    assert!(window.harness.query_by_label("Stop listening").is_some());

    window.key(Modifiers::NONE, Key::Escape);
    window.step_until("the take", |app| !app.state().is_listening());
    let take = Arc::clone(window.app().state().selected_take().unwrap());
    assert!(take.is_complete && take.title() == "Microphone");
    let frames = sound.len() / SAMPLES_PER_FRAME;
    assert_eq!(take.mouth.len(), frames);
    assert_eq!(
        take.samples(),
        &spoken.samples()[..frames * SAMPLES_PER_FRAME]
    );
    let openings: Vec<f32> = take.opening_mm().collect();
    let (low, high) = openings
        .iter()
        .fold((f32::MAX, f32::MIN), |(low, high), x| {
            (low.min(*x), high.max(*x))
        });
    assert!(high - low > 3.0, "from {low} to {high} mm");
    window.step_until("the film", |app| app.state().recording.last.is_some());
    assert_eq!(window.films().len(), 1);
}

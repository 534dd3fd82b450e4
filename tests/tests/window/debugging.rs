//! The debug view.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::harness::{FRAME_SECS, Window};

#[test]
fn the_debug_view_opens_and_shows_what_is_measured() {
    let mut window = Window::open();
    assert!(window.app().state().debug.is_none());
    window.key(Modifiers::NONE, Key::F12);
    window.make_take("Bob may open a big map.");
    window.play_until("sound with its frame", |app| {
        let measured = app.state().debug.as_ref().unwrap().measured;
        app.state().transport.playhead_secs > 0.4 && measured.drift_ms.is_some()
    });
    let measured = window.app().state().debug.as_ref().unwrap().measured;
    assert!(measured.window_ms > 0.0 && measured.window_ms <= measured.window_slowest_ms);
    assert!(measured.draw_ms.is_some_and(|ms| ms > 0.0));
    assert!(
        measured
            .frame_px
            .is_some_and(|[width, height]| width >= 512 && height >= 512)
    );
    assert!(measured.real_time_factor.is_some_and(|factor| factor > 0.0));
    assert!(measured.first_samples_ms.is_some_and(|ms| ms > 0.0));
    // The test winds the sound on by one frame before each drawing.
    let drift_ms = measured.drift_ms.unwrap();
    let limit_ms = 2.0 * FRAME_SECS * 1000.0;
    assert!((-1.0..=limit_ms).contains(&drift_ms), "{drift_ms} ms");
    for label in [
        "Speech real-time factor",
        "Sound ahead of picture",
        "Portrait draw time",
    ] {
        assert!(window.harness.query_by_label(label).is_some(), "{label}");
    }
    let drawn = format!("{:.3}", measured.real_time_factor.unwrap());
    assert!(window.harness.query_by_label(&drawn).is_some(), "{drawn}");

    assert!(window.app().state().debug.as_ref().unwrap().mesh.is_empty());
    window.press("Mesh");
    window.harness.run_steps(2);
    let mesh = window.app().state().debug.as_ref().unwrap().mesh.clone();
    assert!(mesh.len() > 900, "{} lines", mesh.len());
    let inside = mesh
        .iter()
        .flatten()
        .filter(|point| point.iter().all(|share| (0.0..=1.0).contains(share)));
    assert!(inside.count() > mesh.len());
    window.key(Modifiers::NONE, Key::F12);
    assert!(window.app().state().debug.is_none());
    assert!(window.harness.query_by_label("Mesh").is_none());
}

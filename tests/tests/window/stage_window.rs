//! The stage in a window of its own; tests have one window, so it is drawn inside of that.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use jam_flow::window::app::App;

use crate::harness::Window;

/// Alpha of the picture's upper left corner, where nobody is.
fn corner_alpha(app: &mut App) -> u8 {
    app.live().unwrap().read_rgba().unwrap()[3]
}

#[test]
fn the_stage_alone_is_shown_and_cut_out_while_it_is_open() {
    let mut window = Window::open();
    let is_shown = |window: &Window| {
        let mut nodes = window.harness.query_all_by_label("Stage window");
        nodes.next().is_some()
    };
    assert!(!is_shown(&window));
    window.key(Modifiers::COMMAND, Key::F11);
    assert!(window.app().state().is_stage_window_open && is_shown(&window));
    window.harness.run_steps(5);
    assert_eq!(corner_alpha(window.app()), 255);

    // Without ground and background, as soon as that is chosen; with them again once it is closed.
    window.app().settings().stage_window.is_transparent = true;
    let is_cut_out = |app: &App| {
        app.state()
            .stage
            .as_ref()
            .is_some_and(|stage| stage.is_cut_out)
    };
    window.step_until("the person alone", |app| is_cut_out(app));
    window.harness.run_steps(2);
    assert_eq!(corner_alpha(window.app()), 0);
    window.key(Modifiers::COMMAND, Key::F11);
    assert!(!is_shown(&window));
    window.step_until("the whole picture", |app| !is_cut_out(app));
    assert_eq!(corner_alpha(window.app()), 255);
}

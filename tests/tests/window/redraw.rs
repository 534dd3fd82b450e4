//! A window of which only what changes is drawn again looks as if all of it were.

use egui::{Key, Modifiers};
use jam_flow::window::redraw::Redraw;
use jam_flow::window::settings::{Settings, ThemeChoice};
use jam_flow::window::state::{Action, Page};

use crate::harness::{Setup, Window};

/// Steps, a second, in which a portrait that stands still is not drawn.
const STILL_STEPS: usize = 25;
/// More than any movement takes to end.
const MAX_STEPS: usize = 1000;

fn frames_drawn(window: &mut Window) -> u64 {
    window.app().live().unwrap().frames_drawn()
}

/// Until the portrait stands still.
fn settle(window: &mut Window) {
    let mut still = 0;
    for _ in 0..MAX_STEPS {
        let before = frames_drawn(window);
        window.harness.step();
        still = if frames_drawn(window) == before {
            still + 1
        } else {
            0
        };
        if still == STILL_STEPS {
            return;
        }
    }
    panic!("the portrait never stood still");
}

/// What is seen now against all of it drawn anew.
#[track_caller]
fn compare(window: &mut Window, what: &str) -> Vec<u8> {
    let context = window.harness.ctx.clone();
    let (redrawn, whole) = loop {
        settle(window);
        let drawn = frames_drawn(window);
        let redrawn = window.harness.render().unwrap();
        context.with_plugin(Redraw::everything_changed).unwrap();
        window.harness.step();
        let whole = window.harness.render().unwrap();
        if frames_drawn(window) == drawn {
            break (redrawn, whole);
        }
    };
    let pairs = redrawn.enumerate_pixels().zip(whole.pixels());
    let other: Vec<_> = pairs.filter(|((_, _, one), other)| one != other).collect();
    if let (Some(((x, y, _), _)), Some(((to_x, to_y, _), _))) = (other.first(), other.last()) {
        let count = other.len();
        panic!("{what}: {count} pixels differ, from {x}, {y} to {to_x}, {to_y}");
    }
    whole.into_raw()
}

#[test]
fn what_is_drawn_again_is_the_same_picture() {
    let mut window = Setup {
        settings: Settings {
            is_welcomed: true,
            theme: ThemeChoice::Dark,
            reduces_motion: true,
            ..Settings::default()
        },
        is_cleared: true,
        ..Setup::default()
    }
    .open();
    window.harness.run_steps(4);
    let at_rest = compare(&mut window, "at rest");
    assert!(at_rest.iter().any(|&byte| byte > 0));

    window.make_take("Good morning.");
    let mut seen = vec![at_rest];
    for frame in [3, 9, 14] {
        window.app().act(Action::Scrub(f64::from(frame) / 25.0));
        window.harness.run_steps(3);
        seen.push(compare(&mut window, "speaking"));
    }
    // Mouth, playhead and time move.
    assert!(seen.windows(2).all(|pair| pair[0] != pair[1]));
    window.app().act(Action::EndScrub);

    window.key(Modifiers::COMMAND, Key::F11);
    window.harness.run_steps(4);
    compare(&mut window, "with the stage in a window of its own");
    window.key(Modifiers::COMMAND, Key::F11);
    window.harness.run_steps(4);
    compare(&mut window, "without it");

    window.app().act(Action::Show(Some(Page::Settings)));
    window.harness.run_steps(4);
    compare(&mut window, "a page");
    window.app().settings().theme = ThemeChoice::Light;
    window.harness.run_steps(4);
    compare(&mut window, "light");
    window.app().settings().scale = 1.25;
    window.harness.run_steps(4);
    compare(&mut window, "larger");
}

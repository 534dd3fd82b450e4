//! Pictures, files and words of the clipboard.

use std::sync::Arc;

use egui::{ColorImage, Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use jam_flow::window::state::{Action, Use};
use studio::resources::Resources;

use crate::harness::Window;

#[test]
fn pictures_and_files_are_pasted_as_they_are_dropped_and_words_become_the_script() {
    let mut window = Window::open();
    let portrait = image::open(Resources::find(None).default_portrait().unwrap()).unwrap();
    let portrait = portrait.to_rgba8();
    let size = [portrait.width() as usize, portrait.height() as usize];
    let picture = Arc::new(ColorImage::from_rgba_unmultiplied(size, &portrait));

    // A picture becomes the portrait, is kept as a file, and undone.
    let before = window.app().document().portrait.clone();
    for _ in 0..2 {
        window
            .harness
            .event(Event::PasteImage(Arc::clone(&picture)));
        window.harness.run_steps(2);
        window.step_until("the pasted portrait", |app| {
            assert!(!app.state().status.is_error, "{}", app.state().status.line);
            let pasted = app.document().portrait.clone();
            pasted.is_some_and(|pasted| pasted.to_string_lossy().contains("pasted"))
                && app.state().reading.is_none()
        });
    }
    let pasted = window.app().document().portrait.clone().unwrap();
    assert_eq!(image::open(&pasted).unwrap().to_rgba8(), portrait);
    let kept = std::fs::read_dir(window.folder.join("pasted")).unwrap();
    assert_eq!(kept.count(), 1);
    let gallery = &window.app().state().gallery;
    assert!(gallery.iter().any(|one| one.path == pasted && one.is_own));
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().document().portrait, before);

    // One without a face is refused as a file would be, and the portrait stays.
    let grey = ColorImage::filled([300, 300], egui::Color32::GRAY);
    window.harness.event(Event::PasteImage(Arc::new(grey)));
    window.step_until("the refusal", |app| app.state().status.is_error);
    let line = window.app().state().status.line.clone();
    assert!(line.contains("face"), "{line}");
    assert_eq!(window.app().document().portrait, before);

    // A copied file, even while the script has the focus.
    let own = window.folder.join("my face.png");
    portrait.save(&own).unwrap();
    window.words_box().focus();
    window.harness.step();
    let script = window.app().document().words.clone();
    window.paste(&format!(
        "file://{}",
        own.display().to_string().replace(' ', "%20")
    ));
    window.step_until("the copied portrait", |app| {
        app.live().is_some_and(|live| live.choice.path == own)
    });
    assert_eq!(window.app().document().words, script);
    let missing = window.folder.join("gone.wav");
    window.paste(&missing.display().to_string());
    window.step_until("the missing recording", |app| app.state().status.is_error);
    assert!(window.app().state().status.line.contains("gone.wav"));

    // Words go where the cursor is, and elsewhere they become the script.
    window.type_words("Good morning");
    window.paste(" to you.");
    assert_eq!(window.app().document().words, "Good morning to you.");
    window.app().act(Action::Use(Use::Export));
    window.harness.run_steps(3);
    window.paste(" \n… — !");
    assert_eq!(window.app().document().words, "Good morning to you.");
    window.paste("Something else.");
    assert_eq!(window.app().document().words, "Something else.");
    assert_eq!(window.app().state().use_now, Use::Write);
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().document().words, "Good morning to you.");
    window.app().act(Action::Use(Use::Watch));
    window.harness.run_steps(3);
    window.paste("Nobody knows where to.");
    assert_eq!(window.app().document().words, "Good morning to you.");
    assert!(
        window
            .harness
            .query_by_label_contains("Click the field")
            .is_some()
    );
}

//! Edits, projects, and work that a kill must not take.

use std::time::{Duration, Instant};

use egui::{Key, Modifiers};
use jam_flow::window::state::{Action, Page};
use studio::resources::Resources;

use crate::harness::{PATIENCE, Setup, Window};

/// Tells the window that is to be killed where its files are.
const KILL_FOLDER: &str = "JAM_FLOW_TEST_KILL_FOLDER";
const KILLED_WORDS: &str = "These words must not be lost.";

#[test]
fn edits_are_undone_and_a_project_comes_back() {
    let mut window = Window::open();
    window.type_words("First words.");
    let first_voice = window.app().document().voice.clone();
    window.app().document().voice = "another".to_owned();
    window.harness.run_steps(2);
    window.press("Undo");
    assert_eq!(window.app().document().voice, first_voice);
    window.press("Redo");
    assert_eq!(window.app().document().voice, "another");
    window.press("Undo");
    // A picture that is dropped is an edit, too.
    let own = window.folder.join("own.jpg");
    std::fs::copy(Resources::find(None).default_portrait().unwrap(), &own).unwrap();
    window.drop_file(own.clone());
    window.step_until("the own picture", |app| {
        app.live().is_some_and(|live| live.choice.path == own)
    });
    window.harness.run_steps(2);
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().document().portrait, None);
    window.step_until("the first picture", |app| {
        app.live().is_some_and(|live| live.choice.path != own)
    });
    window.key(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
    assert_eq!(window.app().document().portrait, Some(own));

    let id = window.make_take("Words to keep.");
    window.press("Stop");
    assert!(window.app().state().is_unsaved());
    let folder = window.folder.join("My project");
    window.app().act(Action::SaveIn(folder.clone()));
    window.step_until("the saved project", |app| !app.state().is_unsaved());
    assert_eq!(window.app().state().project_name(), "My project");
    window.key(Modifiers::COMMAND, Key::N);
    assert_eq!(window.app().state().takes().count(), 0);
    window.drop_file(folder.clone());
    window.step_until("the project", |app| app.state().takes().count() == 1);
    assert_eq!(window.app().state().selected_take().unwrap().id, id);
    assert_eq!(window.app().document().words, "Words to keep.");
    assert!(!window.app().state().is_unsaved());
    let portrait = window.app().document().portrait.clone().unwrap();
    assert!(portrait.starts_with(&folder));
    assert_eq!(window.app().state().settings.recent_projects, [folder]);

    // Unsaved changes are not lost by opening something else.
    window.type_words("Changed.");
    window.key(Modifiers::COMMAND, Key::N);
    assert_eq!(window.app().document().words, "Changed.");
    window.press("Continue without saving");
    assert_eq!(window.app().document().words, "");
}

#[test]
fn one_of_two_faces_is_chosen_and_kept() {
    let mut window = Window::open();
    let portrait = image::open(Resources::find(None).default_portrait().unwrap()).unwrap();
    let mut two = image::RgbImage::new(2 * portrait.width(), portrait.height());
    for left in [0, portrait.width()] {
        image::imageops::replace(&mut two, &portrait.to_rgb8(), i64::from(left), 0);
    }
    let picture = window.folder.join("two.png");
    two.save(&picture).unwrap();
    window.drop_file(picture.clone());
    window.step_until("the picture", |app| {
        app.live().is_some_and(|live| live.choice.path == picture)
    });
    let moving = |window: &mut Window| window.app().live().unwrap().avatar.face_number();
    let first = moving(&mut window);
    let other = 3 - first;
    window.press(&format!("Face {other} of 2"));
    window.step_until("the other face", |app| {
        app.live()
            .is_some_and(|live| live.avatar.face_number() == other)
    });
    assert_eq!(window.app().document().face, Some(other));
    window.key(Modifiers::COMMAND, Key::Z);
    window.step_until("the first face", |app| {
        app.live()
            .is_some_and(|live| live.avatar.face_number() == first)
    });
    assert_eq!(window.app().document().face, None);
    window.key(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);

    // The project keeps it, and another picture begins with its own faces.
    let folder = window.folder.join("Two of us");
    window.app().act(Action::SaveIn(folder.clone()));
    window.step_until("the saved project", |app| !app.state().is_unsaved());
    let project = studio::project::Project::load(&folder).unwrap();
    assert_eq!(project.document.face, Some(other));
    let own = window.folder.join("own.png");
    portrait.save(&own).unwrap();
    window.drop_file(own.clone());
    window.step_until("the own picture", |app| {
        app.live().is_some_and(|live| live.choice.path == own)
    });
    assert_eq!(window.app().document().face, None);
}

#[test]
fn work_survives_a_kill_and_is_offered_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "projects::edits_until_it_is_killed"])
        .env(KILL_FOLDER, folder.path())
        .spawn()
        .unwrap();
    let kept = folder.path().join("recovery/0/work/project.json");
    let began = Instant::now();
    while !std::fs::read_to_string(&kept).is_ok_and(|text| text.contains("\"id\"")) {
        assert!(began.elapsed() < PATIENCE, "nothing was kept");
        assert!(
            child.try_wait().unwrap().is_none(),
            "the other window failed"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();

    let setup = Setup {
        folder: Some(folder.path().to_path_buf()),
        ..Setup::default()
    };
    let mut window = setup.open();
    window.step_until("the offer", |app| app.state().page == Some(Page::Recovery));
    window.harness.run_steps(2);
    window.press("Restore");
    assert_eq!(window.app().document().words, KILLED_WORDS);
    assert!(window.app().state().is_unsaved());
    let take = window.app().state().selected_take().unwrap();
    assert_eq!(take.title(), KILLED_WORDS);
    assert!(take.duration_secs() > 0.3 && take.mouth.len() > 8);
    window.key(Modifiers::NONE, Key::Space);
    assert!(window.app().state().is_speaking());
    window.play_until("the take", |app| !app.state().is_speaking());
}

/// The other half of the test above: works in a window until it is killed.
#[test]
#[ignore = "started by work_survives_a_kill_and_is_offered_at_the_next_start"]
fn edits_until_it_is_killed() {
    let setup = Setup {
        folder: Some(std::env::var_os(KILL_FOLDER).unwrap().into()),
        ..Setup::default()
    };
    let mut window = setup.open();
    window.make_take(KILLED_WORDS);
    window.step_until("the kill", |_| false);
}

//! Several people of one picture who talk with each other.

use std::path::PathBuf;

use egui_kittest::kittest::Queryable as _;
use jam_flow::window::state::Action;

use crate::harness::Window;

/// Two of the cast beside each other.
fn two_people(window: &Window) -> PathBuf {
    let portraits = jam_flow_tests::portraits::project().join("assets/portraits");
    let mut two = image::RgbImage::new(1024, 512);
    for (left, name) in [(0, "nora.jpg"), (512, "mateo.jpg")] {
        let portrait = image::open(portraits.join(name)).unwrap().to_rgb8();
        let side = portrait.width().min(portrait.height());
        let square = image::imageops::crop_imm(&portrait, 0, 0, side, side).to_image();
        let filter = image::imageops::FilterType::Triangle;
        let square = image::imageops::resize(&square, 512, 512, filter);
        image::imageops::replace(&mut two, &square, left, 0);
    }
    let path = window.folder.join("two.png");
    two.save(&path).unwrap();
    path
}

/// How dark the darkest twentieth of each lower face is: an open mouth shows its inside.
fn darkness(window: &mut Window) -> Vec<u32> {
    let live = window.app().live().unwrap();
    let rgba = live.read_rgba().unwrap();
    let size = live.image().size;
    let boxes: Vec<[f32; 4]> = live.avatar.face_boxes().collect();
    let width = size.x as usize;
    let darkness = |[x, y, w, h]: [f32; 4]| {
        let columns = ((x + 0.35 * w) * size.x) as usize..((x + 0.65 * w) * size.x) as usize;
        let rows = ((y + 0.65 * h) * size.y) as usize..((y + 0.95 * h) * size.y) as usize;
        let mut values: Vec<u32> = rows
            .flat_map(|row| columns.clone().map(move |column| row * width + column))
            .map(|pixel| rgba[pixel * 4..][..3].iter().map(|&v| u32::from(v)).sum())
            .collect();
        values.sort_unstable();
        765 - values[values.len() / 20]
    };
    boxes.into_iter().map(darkness).collect()
}

#[test]
fn a_dialogue_is_spoken_by_both_in_turn_and_recorded() {
    let mut window = Window::open();
    // In a picture of one person it is plain words.
    assert!(window.app().state().dialogue_in("1: one").is_none());
    let picture = two_people(&window);
    window.drop_file(picture.clone());
    window.step_until("the picture", |app| {
        app.live().is_some_and(|live| live.choice.path == picture)
    });
    assert!(window.app().live().unwrap().everybody.is_none());
    window.app().document().words = "1 = Nora\n1: Now father's far.\n2: Far, far away.".to_owned();
    // Who is asked before they are ready speaks once they are.
    window.app().act(Action::Speak);
    assert_eq!(window.app().state().queue.len(), 1);
    window.step_until("everybody", |app| {
        app.live().is_some_and(|live| live.everybody.is_some())
    });
    window.step_until("the first words", |app| app.state().is_speaking());
    window.press("Stop");
    let cast =
        "Dialogue: Nora as af_heart, 2 as am_michael. To choose a voice: 2 (am_michael): Hello.";
    assert!(window.harness.query_by_label(cast).is_some());
    window.harness.run_steps(5);
    let rest = darkness(&mut window);

    window.press("Also save MP4");
    window.press("Speak");
    window.step_until("the take", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state()
            .selected_take()
            .is_some_and(|take| take.is_complete)
    });
    let take = window.app().state().selected_take().unwrap().clone();
    let turns: Vec<_> = take
        .turns
        .iter()
        .map(|turn| (turn.face, turn.label.as_str()))
        .collect();
    assert_eq!(turns, [(1, "Nora"), (2, "2")]);
    let second = take.turns[1].frame as f64 / 25.0;

    // How much darker each mouth gets while the first speaks, and while the second does.
    let mut widest = [[0_u32; 2]; 2];
    let mut frames = 0;
    while window.app().state().transport.playing.is_some() {
        let mut once = 0;
        window.play_until("the next frame", |_| {
            once += 1;
            once > 1
        });
        let now_secs = window.app().state().transport.playhead_secs;
        frames += 1;
        assert!(frames < 1000, "it never ends");
        // As one turn ends and the next begins, both may be on their way.
        if (now_secs - second).abs() < 0.4 {
            continue;
        }
        let turn = usize::from(now_secs > second);
        for (person, dark) in darkness(&mut window).into_iter().enumerate() {
            let darker = dark.saturating_sub(rest[person]);
            widest[turn][person] = widest[turn][person].max(darker);
        }
    }
    for turn in 0..2 {
        let (speaks, listens) = (widest[turn][turn], widest[turn][1 - turn]);
        assert!(speaks > 35 && speaks > 3 * listens, "{turn}: {widest:?}");
    }
    window.step_until("the recording", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state().recording.last.is_some()
    });

    // The project keeps who speaks.
    let folder = window.folder.join("Two of us");
    window.app().act(Action::SaveIn(folder.clone()));
    window.step_until("the saved project", |app| !app.state().is_unsaved());
    let project = studio::project::Project::load(&folder).unwrap();
    assert_eq!(project.takes[0].turns, take.turns);

    // What is wrong with a script is said under it, and when it is spoken.
    window.app().document().words = "1: Hello.\n3: Who?".to_owned();
    window.press("Speak");
    let line = window.app().state().status.line.clone();
    assert!(line.contains("ine 2") && line.contains("shows 2"), "{line}");
}

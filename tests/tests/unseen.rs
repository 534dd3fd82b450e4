//! Frames that nobody could tell from the one before are neither drawn nor encoded: how many there are, and how little they differ.

use std::sync::Arc;

use engine::motion::prosody::Accent;
use engine::motion::{LifeSettings, MouthFrame};
use shaders::{Background, FaceMotion, Gpu};
use studio::avatar::{Avatar, AvatarMaker, face_motion, fitted_size, group_renderer};
use studio::framing::{Extent, FramedRenderer, Framing};
use studio::performance::{Performance, SpeechFrame};
use studio::resources::Resources;

/// Four seconds.
const FRAMES: usize = 100;

fn nora() -> [Arc<Avatar>; 1] {
    let resources = Resources::find(None);
    let maker = AvatarMaker::load(&resources.models).expect("the face models are there");
    let path = resources.default_portrait().expect("there is a portrait");
    [Arc::new(maker.make(&path).expect("it shows a face"))]
}

/// Four seconds of life, at rest or with a mouth that opens and shuts twice a second.
fn motions(people: &[Arc<Avatar>], life: &LifeSettings, speaks: bool) -> Vec<FaceMotion> {
    let mut performance = Performance::new(people, 0, 5);
    performance.start_with(life);
    let frame = |index: usize| {
        let mut mouth = MouthFrame::default();
        let opening = (index as f32 * 0.5).sin().max(0.0);
        mouth.lower_lip[1] = 0.09 * opening;
        mouth.chin[1] = 0.07 * opening;
        let speech = SpeechFrame {
            index,
            mouth: &mouth,
            tongue: 0.0,
            accent: Accent::default(),
            face: None,
        };
        face_motion(&performance.next_frames(speaks.then_some(speech))[0])
    };
    (0..FRAMES).map(frame).collect()
}

/// What is drawn of a stretch of life.
#[derive(Debug, Default)]
struct Drawn {
    frames: usize,
    /// Of the frames that are not drawn: the largest mean difference, in steps of 255, and the largest share of bytes that differ
    /// by more than eight.
    mean: f64,
    share: f64,
}

/// Draws every frame, and beside it those that are to be seen.
fn drawn(people: &[Arc<Avatar>], gpu: &Gpu, motions: &[FaceMotion], side_px: u32) -> Drawn {
    let size_px = fitted_size(people[0].picture_size_px(), side_px);
    let renderer = || group_renderer(people, gpu, size_px, Background::Keep).expect("it is drawn");
    let (mut every, mut seen) = (renderer(), renderer());
    let mut shown = seen.read_rgba().expect("the device answers");
    let mut drawn = Drawn::default();
    for motion in motions {
        every.render(&[*motion]);
        let wanted = every.read_rgba().expect("the device answers");
        if seen.render_visible(&[*motion]) {
            shown = seen.read_rgba().expect("the device answers");
            assert!(shown == wanted, "what is drawn is the same");
            drawn.frames += 1;
            continue;
        }
        let apart = || shown.iter().zip(&wanted).map(|(a, b)| a.abs_diff(*b));
        let bytes = wanted.len() as f64;
        let mean = apart().map(f64::from).sum::<f64>() / bytes;
        let share = apart().filter(|&apart| apart > 8).count() as f64 / bytes;
        drawn.mean = drawn.mean.max(mean);
        drawn.share = drawn.share.max(share);
    }
    drawn
}

#[test]
fn frames_that_are_not_drawn_could_not_be_told_from_those_before() {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return;
    }
    let gpu = Gpu::headless().expect("a graphics adapter; set SKIP_GPU_TESTS=1 to do without");
    let people = nora();
    let life = LifeSettings::default();
    let rest = drawn(&people, &gpu, &motions(&people, &life, false), 256);
    let speech = drawn(&people, &gpu, &motions(&people, &life, true), 256);
    let still = LifeSettings {
        amount: 0.0,
        ..life
    };
    let still = drawn(&people, &gpu, &motions(&people, &still, false), 256);
    // Breath, sway and blinks draw half of the frames at rest, speech nearly all.
    assert!((20..65).contains(&rest.frames), "{rest:?}");
    assert!(
        speech.frames > rest.frames && speech.frames < FRAMES,
        "{speech:?}"
    );
    assert_eq!(still.frames, 0);
    for drawn in [rest, speech] {
        assert!(drawn.mean > 0.0 && drawn.mean < 0.4, "{drawn:?}");
        assert!(drawn.share < 0.004, "{drawn:?}");
    }
}

#[test]
fn a_picture_that_is_fetched_once_the_next_one_is_begun_is_the_same() {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return;
    }
    let gpu = Gpu::headless().expect("a graphics adapter; set SKIP_GPU_TESTS=1 to do without");
    let people = nora();
    // At rest, so that some pictures are the one before.
    let motions = &motions(&people, &LifeSettings::default(), false)[..30];
    for framing in [
        Framing::default(),
        Framing {
            extent: Extent::Head,
            ..Framing::default()
        },
    ] {
        let renderer = || {
            FramedRenderer::new(&people, &gpu, &framing, (192, 192), Background::Keep)
                .expect("it is drawn")
        };
        let (mut one_by_one, mut ahead) = (renderer(), renderer());
        let wanted = motions.iter().map(|motion| {
            let picture = one_by_one.picture(&[*motion]);
            picture.expect("the device answers").to_vec()
        });
        let wanted: Vec<_> = wanted.collect();
        let mut found = Vec::new();
        for motion in motions {
            let before = ahead.next_picture(&[*motion]).expect("the device answers");
            found.extend(before.map(<[u8]>::to_vec));
        }
        assert_eq!(found.len(), wanted.len() - 1, "one is on its way");
        let last = ahead.begun().expect("the device answers");
        found.extend(last.map(<[u8]>::to_vec));
        assert!(found == wanted);
        assert_eq!(ahead.begun().expect("the device answers"), None);
        assert_eq!(ahead.drawn_count(), one_by_one.drawn_count());
        assert!(
            ahead.drawn_count() < motions.len() as u64,
            "some are as before"
        );
    }
}

//! The live view and the film show the same: whatever is said, by whom, in whatever pieces it comes and however late the window is.

use std::sync::Arc;

use engine::motion::{
    DrivenPortrait, Driver, Driving, LifeSettings, Mood, Motion, MotionFrame, MouthFrame,
};
use engine::random::Random;
use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::{SpeakerTurn, SpeechChunk};
use proptest::prelude::*;

use super::*;
use crate::script::Script;
use crate::take::Take;

/// One piece of a speech: its frames, and the face that speaks it if it is a dialogue.
type Piece = (usize, Option<usize>);

fn chunks(pieces: &[Piece], seed: u64) -> Vec<SpeechChunk> {
    let mut random = Random::new(seed);
    let mut before = None;
    let pieces = pieces.iter().map(|&(frames, face)| {
        let mut value = || random.unit() as f32 - 0.5;
        let loud = value() + 0.5;
        let samples = (0..frames * SAMPLES_PER_FRAME).map(|_| loud * value());
        let samples: Vec<f32> = samples.collect();
        let mouth = (0..frames).map(|_| {
            let mut mouth = MouthFrame::default();
            mouth.lower_lip[1] = 0.1 * value();
            mouth
        });
        let mut chunk = SpeechChunk::new(samples, mouth.collect(), 0.5);
        chunk.turn = face.map(|face| SpeakerTurn {
            face,
            begins: (before != Some(face)).then(|| face.to_string()),
        });
        before = face;
        chunk
    });
    pieces.collect()
}

fn life() -> LifeSettings {
    LifeSettings {
        mood: Mood::Happy,
        gaze: [0.3, -0.2],
        ..LifeSettings::default()
    }
}

/// One person alone whom nobody sees, with something that drives the face.
fn alone(seed: u64) -> Performance {
    let mut performance = Performance::new(&[], 0, seed);
    let frames = (0..70).map(|number| {
        let mut frame = MotionFrame::default();
        frame.pose.yaw = (number as f32 * 0.3).sin() * 0.2;
        frame
    });
    let motion = Motion {
        frames: frames.collect(),
        ..Motion::default()
    };
    let driver = Driver::new(&motion, &Driving::default(), &DrivenPortrait::default());
    performance.set_driver(Some(Arc::new(driver)));
    performance
}

/// Faces 1 and 2 of a picture.
fn two(seed: u64) -> Performance {
    let mut performance = Performance::new(&[], 0, seed);
    performance.cast = Cast::of_two(seed);
    performance.faces = vec![1, 2];
    performance
}

/// Everybody's frames as the film plays them.
fn filmed(mut performance: Performance, chunks: &[SpeechChunk]) -> Vec<Vec<MotionFrame>> {
    performance.start_with(&life());
    let mut frames = Vec::new();
    for chunk in chunks {
        let first = frames.len();
        frames.extend(
            speech_frames(chunk, first).map(|speech| performance.next_frames(Some(speech))),
        );
    }
    frames
}

/// What the window shows of a take, with the numbers of the frames. Its passes take these times by turns, seconds.
fn shown(
    mut performance: Performance,
    take: &Take,
    passes_secs: &[f64],
) -> Vec<(usize, Vec<MotionFrame>)> {
    performance.start_with(&life());
    let mut live = Live::new(performance);
    let mut shown = Vec::new();
    let mut secs = 0.0;
    for pass_secs in passes_secs.iter().cycle() {
        // At the end the window stops; a pass after it would wait at the last frame, and a face that waits lives on.
        if secs >= take.duration_secs() {
            return shown;
        }
        let index = take.frame_at(secs);
        live.set_life(&life());
        if let Some(frames) = live.advance(100.0 + secs, Some(take), Some(index)) {
            shown.push((index, frames));
        }
        secs += pass_secs;
    }
    unreachable!("time goes on")
}

/// The largest difference of any number in everybody's frames.
fn largest_difference(a: &[MotionFrame], b: &[MotionFrame]) -> f32 {
    assert_eq!(a.len(), b.len());
    let numbers = |frames: &[MotionFrame]| -> Vec<f32> {
        frames
            .iter()
            .flat_map(|frame| {
                let pose = frame.pose;
                [pose.pitch, pose.yaw, pose.roll, frame.scale]
                    .into_iter()
                    .chain(frame.translation)
                    .chain(frame.expression.into_iter().flatten())
            })
            .collect()
    };
    numbers(a)
        .iter()
        .zip(numbers(b))
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

fn take_of(chunks: &[SpeechChunk]) -> Take {
    let mut take = Take::new(1, Script::Microphone(None), 0);
    for chunk in chunks {
        take.add(chunk);
    }
    take
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn film_and_live_view_agree_on_every_take(
        pieces in prop::collection::vec((1_usize..40, prop::option::of(1_usize..3)), 1..6),
        seed in 0_u64..1000,
        passes_secs in prop::collection::vec(0.005_f64..0.3, 1..5),
    ) {
        let is_dialogue = pieces.iter().all(|(_, face)| face.is_some());
        let begin = if is_dialogue { two } else { alone };
        let chunks = chunks(&pieces, seed);
        let take = take_of(&chunks);
        let film = filmed(begin(seed), &chunks);
        prop_assert_eq!(film.len(), take.mouth.len());
        // A pass as long as this would be a stall, in which the face lives on.
        let passes_secs: Vec<f64> = passes_secs.into_iter().map(|secs| secs.min(0.05)).collect();
        let live = shown(begin(seed), &take, &passes_secs);
        prop_assert!(live.len() * 3 > film.len());
        for (index, frames) in live {
            let difference = largest_difference(&frames, &film[index]);
            // Both ease the same way over frames of different number: the last bit of an angle may differ.
            prop_assert!(difference < 1e-6, "frame {}: {}", index, difference);
        }
        // The same take out of its own pieces, as an export plays it.
        let pieces: Vec<SpeechChunk> = take.pieces().collect();
        prop_assert_eq!(filmed(begin(seed), &pieces), film);
    }
}

#[test]
fn who_sits_before_the_camera_takes_over_from_life_leaves_speech_its_mouth_and_gives_back() {
    let mut performance = alone(3);
    let mut undriven = alone(3);
    performance.set_live_driving(&LiveDriving::default());
    let mut frame = MotionFrame::default();
    frame.pose.yaw = 0.25;
    frame.expression[19][1] = 0.06;
    let motion = LiveMotion {
        frame,
        rest: MotionFrame::default(),
        neutral: 1,
    };
    let mouth = MouthFrame::default();
    let speech = |index: usize| SpeechFrame {
        index,
        mouth: &mouth,
        tongue: 0.0,
        accent: Accent::default(),
        face: None,
    };
    for index in 0..30 {
        performance.take_live(Some(motion));
        let now = performance.next_frames(Some(speech(index)))[0];
        let other = undriven.next_frames(Some(speech(index)))[0];
        if index > 20 {
            assert!(
                (now.pose.yaw - 0.25).abs() < 1e-5,
                "{index}: {:?}",
                now.pose
            );
            assert_eq!(now.expression[19], other.expression[19]);
        }
    }
    for index in 0..10 {
        performance.take_live(Some(motion));
        let now = performance.next_frames(None)[0];
        undriven.next_frames(None);
        assert!(index < 5 || (now.expression[19][1] - 0.06).abs() < 1e-5);
    }
    assert_eq!(performance.eyes_between(), [EyesBetween::default()]);
    // Whoever goes leaves the rest as it would have been.
    performance.take_live(None);
    for index in 30..60 {
        let now = performance.next_frames(Some(speech(index)));
        let other = undriven.next_frames(Some(speech(index)));
        assert!(index < 50 || now == other, "{index}");
    }
}

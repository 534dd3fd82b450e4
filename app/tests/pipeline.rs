//! From words to files, through the program's own commands.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;

use jam_flow::cli::animate;
use jam_flow::cli::animate::AnimateArguments;
use jam_flow::cli::options::compute::ComputeArguments;
use jam_flow::cli::options::drive::DriveArguments;
use jam_flow::cli::options::look::LookArguments;
use jam_flow::cli::options::outputs::OutputArguments;
use jam_flow::cli::options::portrait::PortraitArguments;
use jam_flow::cli::options::script::ScriptArguments;
use jam_flow::cli::options::search::SearchArguments;
use jam_flow::cli::options::voice_model::VoiceModelArguments;
use jam_flow::cli::speak;
use jam_flow::cli::speak::SpeakArguments;
use studio::resources::Resources;

#[test]
fn words_become_a_film_with_sound_movement_and_subtitles_and_the_sound_drives_another() {
    let resources = Resources::find(None);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let spoken = SpeakArguments {
        text: Some("Peter picked seven apples.".to_owned()),
        text_file: None,
        dialogue: None,
        script: ScriptArguments::default(),
        portrait: PortraitArguments::default(),
        voice: None,
        reference: None,
        reference_text: None,
        i_have_permission: false,
        voice_model: VoiceModelArguments::default(),
        motion: None,
        seed: 7,
        speed: 1.0,
        search: SearchArguments::default(),
        outputs: OutputArguments {
            output: file("film.mp4"),
            audio_output: Some(file("sound.wav")),
            motion_output: Some(file("motion.json")),
            subtitles: Some(file("words.srt")),
            ..OutputArguments::default()
        },
        drive: DriveArguments::default(),
        compute: ComputeArguments::default(),
        json: false,
    };
    speak::run(&resources, &spoken).unwrap();
    let samples = engine::audio::decode_file(&file("sound.wav")).unwrap();
    let frames = film_frames(&file("film.mp4"));
    assert!(samples.len() > 24_000, "{} samples", samples.len());
    assert_eq!(
        frames,
        samples.len() / engine::synthesizer::SAMPLES_PER_FRAME
    );
    let motion = engine::motion::motion_file::read(&file("motion.json")).unwrap();
    assert_eq!(motion.frames.len(), frames);
    let opening =
        |frame: &engine::motion::MotionFrame| frame.expression[19][1] - frame.expression[17][1];
    let widest = motion.frames.iter().map(opening).fold(0.0, f32::max);
    assert!(widest > 0.02, "the mouth opens by {widest} canonical units");
    let words = std::fs::read_to_string(file("words.srt")).unwrap();
    assert!(words.contains("Peter") && words.contains("-->"), "{words}");

    // The same seed gives the same speech.
    let again = SpeakArguments {
        outputs: OutputArguments {
            output: file("again.wav"),
            ..OutputArguments::default()
        },
        ..spoken
    };
    speak::run(&resources, &again).unwrap();
    assert_eq!(
        std::fs::read(file("sound.wav")).unwrap(),
        std::fs::read(file("again.wav")).unwrap()
    );

    let driven = AnimateArguments {
        audio: Some(file("sound.wav")),
        portrait: PortraitArguments::default(),
        seed: 7,
        output: file("driven.mp4"),
        look: LookArguments::default(),
        drive: DriveArguments::default(),
        motion_output: None,
        curves: None,
        compute: ComputeArguments::default(),
        json: false,
    };
    animate::run(&resources, &driven).unwrap();
    assert_eq!(film_frames(&file("driven.mp4")), frames);
    // Nothing but the files that were asked for.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 6);
}

#[track_caller]
fn film_frames(path: &Path) -> usize {
    let (film, _) = re_mp4::Mp4::read_file(path).unwrap();
    assert_eq!(film.tracks().len(), 2);
    film.tracks()
        .values()
        .find(|track| track.kind == Some(re_mp4::TrackKind::Video))
        .unwrap()
        .samples
        .len()
}

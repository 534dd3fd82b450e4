//! Times the parts of the product in isolation, with the weights that ship: `make bench`.
//!
//! `jam-flow bench` measures what a user waits for; this measures what a change to one part is worth.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark stops at the first surprise"
)]

use std::path::PathBuf;

use divan::{Bencher, black_box};
use engine::audio::{SAMPLE_RATE_HZ, decode_file, write_wav};
use engine::backend::{Backend, Compute, FlowPlan, Start, StreamPlan};
use engine::networks::jam_flow::{AudioCondition, Checkpoint, Exchange, MotionCondition, Noise};
use engine::networks::vocoder::Vocoder;
use engine::portrait::load_picture;
use engine::{FlowSettings, SpeakRequest, Synthesizer, Voice};
use jam_flow_tests::portraits;
use shaders::{Gpu, MeshRenderer};

/// About one second of speech, and about seven.
const SENTENCES: [&str; 2] = [
    "Nobody minded.",
    "The quick train from the coast was late again this morning, so we walked along the harbour and watched the boats come in.",
];

fn main() {
    divan::main();
}

fn models() -> PathBuf {
    portraits::project().join("models")
}

/// One Euler step of the joint flow over ten seconds of voice and mouth, without guidance.
#[divan::bench(sample_count = 30, sample_size = 1)]
fn flow_step(bencher: Bencher) {
    let folder = models();
    let checkpoint = Checkpoint::open(
        &folder.join("jam_flow.json"),
        &folder.join("jam_flow.safetensors"),
    )
    .unwrap();
    let config = checkpoint.config();
    let tokens = (10.0 * config.tokens_per_second()) as usize;
    let frames = config.motion_frames(tokens);
    let stream = |count: usize, width: usize, condition| StreamPlan {
        count,
        start: Start::Noise(Noise::new(1, 0).take(count * width)),
        condition,
        guidance: None,
    };
    let plan = FlowPlan {
        times: vec![0.0, 1.0],
        exchange: Exchange::BOTH,
        audio: stream(
            tokens,
            config.token_dim(),
            AudioCondition::default().rows(config, tokens),
        ),
        motion: Some(stream(
            frames,
            config.motion_channels,
            MotionCondition::default().rows(config, frames),
        )),
    };
    let backend = Compute::Cpu.flow(&checkpoint).unwrap();
    bencher
        .with_inputs(|| backend.prepare(&plan).unwrap())
        .bench_local_refs(|run| run.step(0).unwrap());
}

/// Ten seconds of mel to sound.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn vocoder(bencher: Bencher) {
    let vocoder = Vocoder::load(&models()).unwrap();
    let mel = vec![-4.0; 938 * 100];
    bencher.bench_local(|| vocoder.synthesize(black_box(&mel), None, 1).unwrap());
}

/// Text to samples and mouth in whole sentences, as for a file: flow and vocoder are nearly all of it.
#[divan::bench(args = SENTENCES, sample_count = 20, sample_size = 1)]
fn speech(bencher: Bencher, text: &str) {
    let synthesizer = Synthesizer::load(&models())
        .unwrap()
        .with_settings(FlowSettings::for_files());
    let request = SpeakRequest {
        text: text.to_owned(),
        voice: Voice::Default,
        seed: 1,
        speed: 1.0,
    };
    bencher.bench_local(|| {
        synthesizer
            .speak(black_box(&request), &|| false, &mut |chunk| {
                black_box(chunk);
                Ok(())
            })
            .unwrap();
    });
}

/// A portrait in a new pose: drawn, and drawn and read back as for a video.
#[divan::bench(args = [false, true], sample_count = 100, sample_size = 1)]
fn frame(bencher: Bencher, is_read_back: bool) {
    const SIDE_PX: u32 = 512;
    let path = portraits::project().join("assets/portraits/grace_hopper.jpg");
    let picture = load_picture(&path).unwrap();
    let analyzer = portraits::analyzer();
    let mesh = analyzer
        .analyze(&picture.rgba, picture.width, picture.height)
        .unwrap();
    let poses = portraits::poses(mesh.eye_opening);
    let scene = portraits::scene(picture, mesh, &analyzer);
    let gpu = Gpu::headless().unwrap();
    let mut renderer = MeshRenderer::new(&gpu, &scene, SIDE_PX, SIDE_PX).unwrap();
    let mut next = poses.iter().map(|(_, motion)| motion).cycle();
    bencher.bench_local(|| {
        renderer.render(next.next().unwrap());
        is_read_back.then(|| renderer.read_rgba().unwrap())
    });
}

/// A WAV file of ten seconds to samples.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn decode(bencher: Bencher) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("speech.wav");
    let tone = |sample: usize| (sample as f32 * 0.05).sin() * 0.5;
    let samples: Vec<f32> = (0..10 * SAMPLE_RATE_HZ as usize).map(tone).collect();
    write_wav(&path, &samples).unwrap();
    bencher.bench_local(|| decode_file(black_box(&path)).unwrap());
}

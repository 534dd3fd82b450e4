//! The flow on the GPU against the CPU's, over whole runs: with the weights that ship, and with random ones in the shapes that these
//! do not have. Any adapter will do, a software one included.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use candle_core::{DType, Device, Tensor};
use candle_nn::{VarBuilder, VarMap};
use engine::backend::{
    Comparison, Compute, Fallback, FlowBackend, FlowPlan, Guidance, Start, StreamPlan, Streams,
    follow,
};
use engine::motion::MouthFrame;
use engine::networks::jam_flow::schedule::{sway, uniform};
use engine::networks::jam_flow::{Checkpoint, Config, Exchange, Noise, Prediction};
use engine::{SpeakRequest, Synthesizer, Voice};
use flow_gpu::{ComputeDevice, Error, GpuBackend};
use studio::compute::{Adapter, Choice};

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")
}

/// None if the machine has said that it has no adapter.
fn device() -> Option<ComputeDevice> {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return None;
    }
    let (_, adapter) = shaders::Gpu::headless_adapter()
        .expect("a graphics adapter; set SKIP_GPU_TESTS=1 to do without");
    Some(ComputeDevice::open(&adapter).unwrap())
}

fn shipped() -> Checkpoint {
    let weights = models().join("jam_flow.safetensors");
    Checkpoint::open(&models().join("jam_flow.json"), &weights).unwrap()
}

/// A checkpoint of random weights in memory.
fn random(config: &Config) -> Checkpoint {
    random_within(config, 0.1)
}

/// The same, with weights of this deviation.
fn random_within(config: &Config, deviation: f64) -> Checkpoint {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    // Asking for all networks once says which tensors there are.
    let joint = Checkpoint::new(config.clone(), vb).joint_model();
    joint.unwrap();
    let named: HashMap<String, Tensor> = variables
        .data()
        .lock()
        .unwrap()
        .iter()
        .map(|(name, variable)| {
            let noise = variable.as_tensor().randn_like(0.0, deviation).unwrap();
            (name.clone(), noise)
        })
        .collect();
    let vb = VarBuilder::from_tensors(named, DType::F32, &Device::Cpu);
    Checkpoint::new(config.clone(), vb)
}

/// Two streams that do not line up with any tile, with heads narrower than a cache line and only the first of them turned.
fn odd() -> Config {
    Config {
        mel_bins: 27,
        dim: 48,
        depth: 3,
        joint_depth: 2,
        heads: 3,
        dim_head: 20,
        motion_dim: 32,
        motion_depth: 4,
        motion_channels: 7,
        rest_channels: 5,
        text_dim: 10,
        pe_attn_head: Some(1),
        ..Config::f5_v0_base()
    }
}

/// Noise under a condition of noise.
fn plan(config: &Config, tokens: usize, steps: usize) -> FlowPlan {
    let mut noise = Noise::new(3, 0);
    let mut stream = |count: usize, noisy_dim: usize, condition_dim: usize| StreamPlan {
        count,
        start: Start::Noise(noise.take(count * noisy_dim)),
        condition: noise.take(count * condition_dim),
        guidance: None,
    };
    let frames = config.motion_frames(tokens);
    let audio = stream(tokens, config.token_dim(), config.audio_condition_dim());
    let motion = stream(
        frames,
        config.motion_channels,
        config.motion_condition_dim(),
    );
    FlowPlan {
        times: sway(&uniform(steps), -1.0),
        exchange: Exchange::BOTH,
        audio,
        motion: (config.motion_depth > 0).then_some(motion),
    }
}

fn noise_of(stream: &StreamPlan) -> Vec<f32> {
    match &stream.start {
        Start::Noise(noise) => noise.clone(),
        _ => unreachable!("plans start at noise"),
    }
}

fn run(backend: &dyn FlowBackend, plan: &FlowPlan) -> Streams {
    follow(backend, plan, &|| false).unwrap().unwrap()
}

/// Largest difference over the largest value.
fn farthest(actual: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(actual.len(), expected.len());
    assert!(actual.iter().all(|x| x.is_finite()));
    let scale = expected.iter().fold(1e-6f32, |a, b| a.max(b.abs()));
    let pairs = actual.iter().zip(expected);
    pairs.fold(0f32, |worst, (a, b)| worst.max((a - b).abs())) / scale
}

#[track_caller]
fn assert_alike(what: &str, actual: &Streams, expected: &Streams, share: f32) {
    let [audio, motion] = [
        farthest(&actual.audio, &expected.audio),
        farthest(&actual.motion, &expected.motion),
    ];
    println!("{what}: voice {audio:.1e}, mouth {motion:.1e}");
    assert!(audio < share && motion < share, "{what}: {audio} {motion}");
}

#[test]
fn every_kind_of_run_is_the_cpus() {
    let Some(device) = device() else { return };
    for (prediction, motion_depth) in [
        (Prediction::Velocity, 4),
        (Prediction::Preconditioned, 4),
        (Prediction::Velocity, 0),
    ] {
        let config = Config {
            prediction,
            motion_depth,
            joint_depth: if motion_depth > 0 { 2 } else { 0 },
            ..odd()
        };
        let checkpoint = random(&config);
        let cpu = Compute::Cpu.load(&checkpoint).unwrap();
        let gpu = GpuBackend::new(device.clone(), &checkpoint).unwrap();
        let check = |what: &str, plan: &FlowPlan| {
            assert_alike(what, &run(&gpu, plan), &run(&*cpu, plan), 1e-4);
        };
        let plain = plan(&config, 75, 3);
        check("plain", &plain);
        check("one token", &plan(&config, 1, 2));
        for exchange in [
            Exchange::NONE,
            Exchange {
                audio_sees_motion: false,
                ..Exchange::BOTH
            },
            Exchange {
                motion_sees_audio: false,
                ..Exchange::BOTH
            },
        ] {
            check(
                "exchange",
                &FlowPlan {
                    exchange,
                    ..plain.clone()
                },
            );
        }
        let guidance = |stream: &StreamPlan| {
            Some(Guidance {
                null_condition: vec![0.25; stream.condition.len()],
                strength: 1.5,
            })
        };
        let mut guided = plain.clone();
        guided.audio.guidance = guidance(&plain.audio);
        check("guided voice", &guided);
        let mut infilled = guided.clone();
        infilled.audio.start = Start::Partly {
            noise: noise_of(&plain.audio),
            rows: plain.audio.condition[..75 * config.token_dim()].to_vec(),
            is_known: (0..75).map(|row| !(20..40).contains(&row)).collect(),
        };
        check("infilled voice", &infilled);
        if let Some(motion) = &plain.motion {
            let mut both = guided.clone();
            both.motion.as_mut().unwrap().guidance = guidance(motion);
            check("guided streams", &both);
            let mut given = plain.clone();
            given.audio.start = Start::Known(noise_of(&plain.audio));
            check("given voice", &given);
            given.exchange.motion_sees_audio = false;
            check("given voice that nobody hears", &given);
            let mut silent = plain.clone();
            silent.motion.as_mut().unwrap().start = Start::Known(noise_of(motion));
            check("given mouth", &silent);
        }
    }
}

#[test]
fn a_run_costs_what_it_must_and_no_more() {
    let Some(device) = device() else { return };
    let checkpoint = shipped();
    let config = checkpoint.config();
    let gpu = GpuBackend::new(device.clone(), &checkpoint).unwrap();
    let plan = plan(config, 94, 4);
    run(&gpu, &plan);
    let before = device.usage();
    run(&gpu, &plan);
    let after = device.usage();
    // Per step and stream: three kernels before the blocks, seven a block, three behind them.
    let step = (3 + 7 * config.depth + 3) + (3 + 7 * config.motion_depth + 3);
    assert_eq!(step, 110);
    // Both conditions once, then four steps.
    assert_eq!(after.dispatches - before.dispatches, 2 + 4 * 110);
    assert_eq!(after.submissions - before.submissions, 1 + 4);
    assert_eq!(after.read_backs - before.read_backs, 1);
    let frames = config.motion_frames(94);
    let numbers = 94 * config.token_dim() + frames * config.motion_channels;
    assert_eq!(
        after.bytes_read_back - before.bytes_read_back,
        4 * numbers as u64
    );
    assert_eq!(after.buffers, before.buffers);
}

#[test]
fn runs_of_any_length_share_their_buffers() {
    let Some(device) = device() else { return };
    let config = Config {
        depth: 1,
        joint_depth: 1,
        motion_depth: 1,
        ..odd()
    };
    let gpu = GpuBackend::new(device.clone(), &random(&config)).unwrap();
    let plans: Vec<FlowPlan> = (0..12)
        .map(|i| plan(&config, 7 + 3 * i, 1 + i % 3))
        .collect();
    for plan in &plans {
        run(&gpu, plan);
    }
    let warm = device.usage();
    for i in 0..1000 {
        let plan = &plans[i % plans.len()];
        let mut run = gpu.prepare(plan).unwrap();
        // Most are given up in the middle, as a cancelled speech is.
        run.step(0).unwrap();
        if i % 50 == 0 {
            run.read().unwrap();
        }
    }
    let after = device.usage();
    assert_eq!(
        (after.buffers, after.buffer_bytes),
        (warm.buffers, warm.buffer_bytes)
    );
}

#[test]
fn the_cpu_finishes_what_a_lost_device_began() {
    let Some(device) = device() else { return };
    let config = odd();
    let checkpoint = random(&config);
    let plan = plan(&config, 40, 4);
    let cpu = Compute::Cpu.load(&checkpoint).unwrap();
    let expected = run(&*cpu, &plan);
    let gpu = GpuBackend::new(device.clone(), &checkpoint).unwrap();
    let notices = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&notices);
    let backend = Fallback::new(
        Box::new(gpu),
        Box::new(move || Ok(Compute::Cpu.load(&checkpoint)?)),
        Box::new(move |error| {
            let error = error.downcast_ref::<Error>().unwrap();
            assert!(matches!(error, Error::DeviceLost(_)), "{error:?}");
            counted.fetch_add(1, Ordering::Relaxed);
        }),
    );
    assert_eq!(backend.name(), "gpu");
    let mut lost = backend.prepare(&plan).unwrap();
    lost.step(0).unwrap();
    lost.step(1).unwrap();
    device.destroy();
    lost.step(2).unwrap();
    lost.step(3).unwrap();
    assert_eq!(lost.read().unwrap(), expected);
    assert_eq!(backend.name(), "cpu");
    assert_eq!(run(&backend, &plan), expected);
    assert_eq!(notices.load(Ordering::Relaxed), 1);
}

#[test]
fn what_does_not_fit_is_refused_before_it_runs() {
    let Some(device) = device() else { return };
    let config = odd();
    let gpu = GpuBackend::new(device.clone(), &random(&config)).unwrap();
    let mut short = plan(&config, 10, 2);
    short.audio.condition.pop();
    let error = gpu.prepare(&short).err().unwrap();
    assert!(
        matches!(error.downcast_ref(), Some(Error::Plan(_))),
        "{error}"
    );
    let other = Config { dim: 64, ..config };
    let error = GpuBackend::new(device.clone(), &Checkpoint::new(other, empty())).err();
    assert!(matches!(error, Some(Error::Weights(_))), "{error:?}");
    let wide = Config {
        dim_head: 96,
        ..odd()
    };
    let error = GpuBackend::new(device, &Checkpoint::new(wide, empty())).err();
    assert!(matches!(error, Some(Error::Unsupported(_))), "{error:?}");
}

fn empty() -> VarBuilder<'static> {
    VarBuilder::from_tensors(HashMap::new(), DType::F32, &Device::Cpu)
}

/// A sentence as each backend speaks it, whole.
fn spoken(synthesizer: &Synthesizer) -> (Vec<f32>, Vec<MouthFrame>) {
    let request = SpeakRequest {
        text: "The boat was moored by a bank of pebbles.".to_owned(),
        voice: Voice::Default,
        seed: 4,
        speed: 1.0,
    };
    let (mut samples, mut mouth) = (Vec::new(), Vec::new());
    synthesizer
        .speak(&request, &|| false, &mut |chunk| {
            samples.extend(chunk.samples);
            mouth.extend(chunk.mouth);
            Ok(())
        })
        .unwrap();
    (samples, mouth)
}

fn mouths_apart(a: &[MouthFrame], b: &[MouthFrame]) -> f32 {
    assert_eq!(a.len(), b.len());
    let values =
        |mouth: &[MouthFrame]| -> Vec<f32> { mouth.iter().flat_map(MouthFrame::values).collect() };
    let pairs = values(a).into_iter().zip(values(b));
    pairs.fold(0.0, |worst: f32, (a, b)| worst.max((a - b).abs()))
}

#[test]
fn a_sentence_and_a_recording_are_the_cpus() {
    let Some(device) = device() else { return };
    let cpu = Synthesizer::load(&models()).unwrap();
    let gpu = Synthesizer::load_with(&models(), &|checkpoint| {
        Ok(Box::new(GpuBackend::new(device.clone(), checkpoint)?))
    })
    .unwrap();
    assert_eq!((cpu.backend_name(), gpu.backend_name()), ("cpu", "gpu"));
    let [(samples, mouth), (samples_too, mouth_too)] = [&cpu, &gpu].map(spoken);
    assert_eq!(samples.len(), samples_too.len());
    let product = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    let correlation = product(&samples, &samples_too)
        / (product(&samples, &samples) * product(&samples_too, &samples_too)).sqrt();
    let apart = mouths_apart(&mouth, &mouth_too);
    println!("correlation {correlation}, mouths {apart:.1e} apart");
    assert!(correlation >= 0.999, "{correlation}");
    assert!(apart <= 1e-3, "{apart}");

    let [mouth, mouth_too] = [cpu, gpu].map(|synthesizer| {
        let mut mouth = Vec::new();
        let heard = &samples[..samples.len().min(36_000)];
        synthesizer
            .animate(heard, 9, &|| false, &mut |frames, _| {
                mouth.extend(frames);
                Ok(())
            })
            .unwrap();
        mouth
    });
    let apart = mouths_apart(&mouth, &mouth_too);
    println!("animated mouths {apart:.1e} apart");
    assert!(apart <= 1e-3, "{apart}");
}

#[test]
fn the_self_test_lets_a_right_adapter_pass_and_a_wrong_one_fail() {
    let Some(device) = device() else { return };
    let (config, other) = (odd(), odd());
    let checkpoint = random(&config);
    let cpu = Compute::Cpu.load(&checkpoint).unwrap();
    let gpu = GpuBackend::new(device.clone(), &checkpoint).unwrap();
    let right = Comparison::run(&gpu, &*cpu, &config).unwrap();
    assert!(right.agrees(), "{right:?}");
    let wrong = GpuBackend::new(device, &random(&other)).unwrap();
    let wrong = Comparison::run(&wrong, &*cpu, &config).unwrap();
    assert!(!wrong.agrees(), "{wrong:?}");
}

#[test]
fn the_choice_is_the_users_and_auto_measures_once() {
    let Some(device) = device() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings/compute.json");
    let load = |choice| {
        let compute = studio::compute::Compute {
            choice,
            adapter: Adapter::Best,
            measurements: Some(file.clone()),
            notify: Arc::new(|line| panic!("{line}")),
        };
        compute.load(&models()).unwrap()
    };
    assert_eq!(load(Choice::Cpu).synthesizer.backend_name(), "cpu");
    let is_software = {
        let (_, adapter) = shaders::Gpu::headless_adapter().unwrap();
        adapter.get_info().device_type == wgpu::DeviceType::Cpu
    };
    if is_software {
        // A software adapter is the CPU by another way: nothing is even measured.
        let loaded = load(Choice::Auto);
        assert_eq!(loaded.synthesizer.backend_name(), "cpu");
        assert!(loaded.device.is_none() && !file.exists());
    }
    let forced = load(Choice::Gpu);
    assert_eq!(forced.synthesizer.backend_name(), "gpu");
    let measured = std::fs::read_to_string(&file).unwrap();
    assert!(measured.contains(device.adapter_name()), "{measured}");
    assert!(measured.contains("\"agrees\": true"), "{measured}");
    // The second time nothing runs before the first speech.
    let again = load(Choice::Gpu).device.unwrap();
    assert_eq!(again.usage().dispatches, 0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), measured);
    let spoilt = measured.replace("\"agrees\": true", "\"agrees\": false");
    std::fs::write(&file, spoilt).unwrap();
    // An adapter that was wrong is measured anew: its driver may have been mended.
    assert!(load(Choice::Gpu).device.unwrap().usage().dispatches > 0);
    assert_eq!(
        std::fs::read_to_string(&file)
            .unwrap()
            .matches("true")
            .count(),
        1
    );
}

/// By hand, since it holds 500 million weights several times: `cargo test … --test gpu_flow -- --ignored`.
#[test]
#[ignore = "takes 8 GB of memory"]
fn the_published_size_is_the_same_on_every_backend() {
    let Some(device) = device() else { return };
    let config = Config::jam_flow_published();
    // Wide layers of the small models' weights would drown in their own rounding.
    let checkpoint = random_within(&config, 0.02);
    let plan = plan(&config, 24, 1);
    let expected = run(&*Compute::Cpu.load(&checkpoint).unwrap(), &plan);
    let tensors = run(&*Compute::Tensors.load(&checkpoint).unwrap(), &plan);
    assert_alike("tensors", &tensors, &expected, 1e-3);
    let gpu = GpuBackend::new(device, &checkpoint).unwrap();
    assert_alike("gpu", &run(&gpu, &plan), &expected, 1e-3);
}

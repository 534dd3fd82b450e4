//! The networks of speech on the GPU against the CPU's, over whole runs: with the weights that ship, and with random ones in the shapes that these
//! do not have. Any adapter will do, a software one included.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod random_networks;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use candle_core::{DType, Device};
use candle_nn::{VarBuilder, VarMap};
use engine::backend::{
    Backend, Comparison, Compute, Fallback, FlowBackend, FlowPlan, Guidance, ProsodyNetwork,
    SpeechWeights, Start, StreamPlan, Streams, VocoderNetwork, VocoderWeights, follow,
};
use engine::networks::jam_flow::{Checkpoint, Config, Exchange, Noise, Prediction};
use engine::networks::vocoder::VocoderCheckpoint;
use engine::{SpeakRequest, Synthesizer, Voice};
use flow_gpu::{ComputeDevice, Error, GpuBackend};
use jam_flow_tests::synthesizers;
use studio::compute::{Adapter, Choice};

use random_networks::{device, odd, plan, random, random_within, randomised};

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")
}

fn shipped() -> Checkpoint {
    let weights = models().join("jam_flow.safetensors");
    Checkpoint::open(&models().join("jam_flow.json"), &weights).unwrap()
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
        let cpu = Compute::Cpu.flow(&checkpoint).unwrap();
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
fn the_cpu_finishes_what_a_lost_device_began() {
    let Some(device) = device() else { return };
    let config = odd();
    let checkpoint = random(&config);
    let plan = plan(&config, 40, 4);
    let cpu = Compute::Cpu.flow(&checkpoint).unwrap();
    let expected = run(&*cpu, &plan);
    let notices = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&notices);
    let fallback = Fallback::new(
        Box::new(device.clone()),
        Box::new(Compute::Cpu),
        Box::new(move |error| {
            let error = error.downcast_ref::<Error>().unwrap();
            assert!(matches!(error, Error::DeviceLost(_)), "{error:?}");
            counted.fetch_add(1, Ordering::Relaxed);
        }),
    );
    let backend = fallback.flow(&checkpoint).unwrap();
    assert_eq!(backend.name(), "gpu");
    let mut lost = backend.prepare(&plan).unwrap();
    lost.step(0).unwrap();
    lost.step(1).unwrap();
    device.destroy();
    lost.step(2).unwrap();
    lost.step(3).unwrap();
    assert_eq!(lost.read().unwrap(), expected);
    assert_eq!(backend.name(), "cpu");
    assert_eq!(run(&*backend, &plan), expected);
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

#[test]
fn a_sentence_and_a_recording_are_the_cpus() {
    let Some(device) = device() else { return };
    let cpu = Synthesizer::load(&models()).unwrap();
    let gpu = Synthesizer::load_with(&models(), &|_| Ok(Box::new(device.clone()))).unwrap();
    assert_eq!((cpu.backend_name(), gpu.backend_name()), ("cpu", "gpu"));
    let text = "The boat was moored by a bank of pebbles.";
    synthesizers::assert_alike(&cpu, &gpu, text, 36_000);
}

/// A backend whose kernels miscompute one of the networks.
struct Wrong {
    device: ComputeDevice,
    flow: Option<Checkpoint>,
    vocoder: Option<VocoderWeights>,
}

impl Backend for Wrong {
    fn flow(&self, checkpoint: &Checkpoint) -> engine::backend::Result<Box<dyn FlowBackend>> {
        self.device.flow(self.flow.as_ref().unwrap_or(checkpoint))
    }

    fn prosody(&self, checkpoint: &Checkpoint) -> engine::backend::Result<Box<dyn ProsodyNetwork>> {
        self.device.prosody(checkpoint)
    }

    fn vocoder(
        &self,
        weights: &VocoderWeights,
    ) -> engine::backend::Result<Box<dyn VocoderNetwork>> {
        self.device
            .vocoder(self.vocoder.as_ref().unwrap_or(weights))
    }
}

#[test]
fn the_self_test_lets_a_right_adapter_pass_and_a_wrong_one_fail() {
    let Some(device) = device() else { return };
    let joint = random(&odd());
    let vocoder = random_vocoder(odd_vocoder());
    let weights = SpeechWeights {
        joint: &joint,
        vocoder: &vocoder,
    };
    let right = Comparison::run(&device, &Compute::Cpu, &weights).unwrap();
    assert!(right.agrees(), "{right:?}");
    for (flow, vocoder) in [
        (Some(random(&odd())), None),
        (None, Some(random_vocoder(odd_vocoder()))),
    ] {
        let wrong = Wrong {
            device: device.clone(),
            flow,
            vocoder,
        };
        let wrong = Comparison::run(&wrong, &Compute::Cpu, &weights).unwrap();
        assert!(!wrong.agrees(), "{wrong:?}");
    }
}

/// Inputs, width, width inside the blocks, blocks, outputs.
type VocoderSizes = [usize; 5];

/// None of them lines up with a tile.
fn odd_vocoder() -> VocoderSizes {
    [13, 27, 70, 2, 91]
}

/// A vocoder's network of random weights in memory.
fn random_vocoder(sizes: VocoderSizes) -> VocoderWeights {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let [inputs, dim, intermediate_dim, num_layers, outputs] = sizes;
    let weights = |vb: VarBuilder<'static>| VocoderWeights {
        inputs,
        dim,
        intermediate_dim,
        num_layers,
        outputs,
        head: vb.pp("head"),
        backbone: vb,
    };
    // Asking once says which tensors there are.
    Compute::Cpu.vocoder(&weights(vb)).unwrap();
    let named = randomised(&variables, 0.3);
    weights(VarBuilder::from_tensors(named, DType::F32, &Device::Cpu))
}

#[test]
fn every_backend_runs_a_vocoders_network_alike() {
    let Some(device) = device() else { return };
    let shipped = VocoderCheckpoint::open(&models()).unwrap().network();
    for (weights, counts) in [
        (random_vocoder(odd_vocoder()), vec![1, 2, 3, 64, 131]),
        (random_vocoder([1, 4, 4, 0, 1]), vec![5]),
        (shipped.unwrap(), vec![40]),
    ] {
        let cpu = Compute::Cpu.vocoder(&weights).unwrap();
        let tensors = Compute::Tensors.vocoder(&weights).unwrap();
        let gpu = device.vocoder(&weights).unwrap();
        for count in counts {
            let frames = Noise::new(5, count as u64).take(count * weights.inputs);
            let expected = cpu.forward(&frames).unwrap();
            assert_eq!(expected.len(), count * weights.outputs);
            for (name, network) in [("tensors", &tensors), ("gpu", &gpu)] {
                let apart = farthest(&network.forward(&frames).unwrap(), &expected);
                println!("{count} frames on {name}: {apart:.1e}");
                assert!(apart < 2e-5, "{count} frames on {name}: {apart}");
            }
        }
        assert!(gpu.forward(&[]).unwrap().is_empty());
        if weights.inputs > 1 {
            assert!(gpu.forward(&[0.5]).is_err());
        }
    }
}

#[test]
fn every_backend_predicts_prosody_alike() {
    let Some(device) = device() else { return };
    let checkpoint = shipped();
    let config = checkpoint.config();
    let cpu = Compute::Cpu.prosody(&checkpoint).unwrap();
    let voice = Noise::new(6, 0).take(config.voice_dim);
    for (name, other) in [
        ("tensors", Compute::Tensors.prosody(&checkpoint).unwrap()),
        ("gpu", device.prosody(&checkpoint).unwrap()),
    ] {
        for (count, tokens) in [(1, 1), (2, 5), (61, 197)] {
            let phones: Vec<u32> = (0..count).map(|i| (11 * i % 120) as u32).collect();
            let (features, log_frames) = cpu.phones(&phones, &voice).unwrap();
            let (features_too, log_frames_too) = other.phones(&phones, &voice).unwrap();
            let alignment: Vec<u32> = (0..tokens).map(|i| (i * count / tokens) as u32).collect();
            let progress: Vec<f32> = (0..2 * tokens).map(|i| (i % 7) as f32 / 7.0).collect();
            let contour = cpu.tokens(&features, &alignment, &progress).unwrap();
            let contour_too = other.tokens(&features_too, &alignment, &progress).unwrap();
            for (what, actual, expected) in [
                ("features", &features_too.rows, &features.rows),
                ("durations", &log_frames_too, &log_frames),
                ("contour", &contour_too, &contour),
            ] {
                let apart = farthest(actual, expected);
                println!("{what} of {count} phones on {name}: {apart:.1e}");
                assert!(apart < 5e-5, "{what} of {count} phones on {name}: {apart}");
            }
        }
    }
    let gpu = device.prosody(&checkpoint).unwrap();
    assert!(gpu.phones(&[], &voice).unwrap().1.is_empty());
    assert!(gpu.phones(&[1], &voice[1..]).is_err());
    assert!(gpu.phones(&[u32::MAX], &voice).is_err());
}

#[test]
fn networks_around_the_flow_come_back_in_one_copy_and_keep_their_buffers() {
    let Some(device) = device() else { return };
    let vocoder = VocoderCheckpoint::open(&models()).unwrap();
    let vocoder = device.vocoder(&vocoder.network().unwrap()).unwrap();
    let checkpoint = shipped();
    let prosody = device.prosody(&checkpoint).unwrap();
    let frames = Noise::new(5, 0).take(90 * 102);
    let voice = Noise::new(6, 0).take(checkpoint.config().voice_dim);
    vocoder.forward(&frames).unwrap();
    let (features, _) = prosody.phones(&[1; 30], &voice).unwrap();
    prosody.tokens(&features, &[3; 90], &[0.5; 180]).unwrap();
    let warm = device.usage();
    vocoder.forward(&frames).unwrap();
    let after = device.usage();
    // First layer and norm, three kernels in each of 8 blocks, norm and last layer.
    assert_eq!(after.dispatches - warm.dispatches, 2 + 8 * 3 + 2);
    assert_eq!(after.read_backs - warm.read_backs, 1);
    assert_eq!(after.bytes_read_back - warm.bytes_read_back, 90 * 2064 * 4);
    prosody.phones(&[1; 30], &voice).unwrap();
    let phones = device.usage();
    // Five kernels in each of 4 blocks, the voice, two layers of the durations.
    assert_eq!(phones.dispatches - after.dispatches, 4 * 5 + 3);
    assert_eq!(phones.read_backs - after.read_backs, 1);
    prosody.tokens(&features, &[3; 90], &[0.5; 180]).unwrap();
    let tokens = device.usage();
    assert_eq!(tokens.dispatches - phones.dispatches, 1 + 4 * 5 + 1);
    assert_eq!(tokens.read_backs - phones.read_backs, 1);
    for length in (1..90).step_by(11) {
        vocoder.forward(&frames[..length * 102]).unwrap();
        prosody
            .tokens(&features, &[3; 90][..length], &[0.5; 180][..2 * length])
            .unwrap();
    }
    let last = device.usage();
    assert_eq!(
        (last.buffers, last.buffer_bytes),
        (warm.buffers, warm.buffer_bytes)
    );
}

#[test]
fn a_device_that_is_lost_between_pieces_costs_nothing() {
    let Some(device) = device() else { return };
    let request = SpeakRequest {
        text: "One sentence is here. Another one follows it.".to_owned(),
        voice: Voice::Default,
        seed: 2,
        speed: 1.0,
    };
    let notices = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&notices);
    let synthesizer = Synthesizer::load_with(&models(), &|_| {
        let counted = Arc::clone(&counted);
        Ok(Box::new(Fallback::new(
            Box::new(device.clone()),
            Box::new(Compute::Cpu),
            Box::new(move |_| {
                counted.fetch_add(1, Ordering::Relaxed);
            }),
        )))
    })
    .unwrap();
    let mut pieces = 0;
    let mut samples = 0;
    synthesizer
        .speak(&request, &|| false, &mut |chunk| {
            pieces += 1;
            samples += chunk.samples.len();
            if pieces == 1 {
                device.destroy();
            }
            Ok(())
        })
        .unwrap();
    assert!(pieces > 1 && samples > 48_000, "{pieces} {samples}");
    assert_eq!(notices.load(Ordering::Relaxed), 1);
    assert_eq!(synthesizer.backend_name(), "cpu");
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
    let expected = run(&*Compute::Cpu.flow(&checkpoint).unwrap(), &plan);
    let tensors = run(&*Compute::Tensors.flow(&checkpoint).unwrap(), &plan);
    assert_alike("tensors", &tensors, &expected, 1e-3);
    let gpu = GpuBackend::new(device, &checkpoint).unwrap();
    assert_alike("gpu", &run(&gpu, &plan), &expected, 1e-3);
    // The figure of `tools/gpu_check.sh`: 10 s of speech, the evaluations of 7 guided steps. Software would take hours.
    let (_, adapter) = shaders::Gpu::headless_adapter().unwrap();
    if adapter.get_info().device_type != wgpu::DeviceType::Cpu {
        let plan = self::plan(&config, 938, 14);
        run(&gpu, &plan);
        let began = Instant::now();
        run(&gpu, &plan);
        let rtf = began.elapsed().as_secs_f64() / 10.0;
        println!("published size: real-time factor {rtf:.4}");
    }
}

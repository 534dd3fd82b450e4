//! The same commands on the CPU and on a graphics adapter. Any adapter will do; one in software takes minutes, so both
//! are run by hand: `cargo test --release --workspace --test compute -- --ignored --nocapture`.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod program;

use engine::motion::motion_file;
use program::{assert_success, json, run, text};

#[test]
#[ignore = "an adapter in software takes minutes"]
fn a_recording_moves_the_face_alike_on_the_gpu() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let sound = file("said.wav");
    let speak = ["speak", "--text", "Good morning.", "--output", text(&sound)];
    assert_success(&run(&speak));
    let motion = |compute: &str| {
        let (film, motion) = (
            file(&format!("{compute}.mp4")),
            file(&format!("{compute}.json")),
        );
        let mut animate = vec!["animate", "--audio", text(&sound), "--compute", compute];
        animate.extend(["--size", "512", "--output", text(&film)]);
        animate.extend(["--motion-output", text(&motion)]);
        assert_success(&run(&animate));
        motion_file::read(&motion).unwrap().frames
    };
    let (cpu, gpu) = (motion("cpu"), motion("gpu"));
    assert!(cpu.len() > 20 && cpu.len() == gpu.len());
    let keypoints = cpu.iter().zip(&gpu);
    let numbers = keypoints.flat_map(|(cpu, gpu)| {
        let [cpu, gpu] = [cpu, gpu].map(|frame| frame.expression.as_flattened());
        cpu.iter().zip(gpu).map(|(cpu, gpu)| (cpu - gpu).abs())
    });
    let apart = numbers.fold(0.0, f32::max);
    assert!(apart <= 1e-3, "{apart}");
}

#[test]
#[ignore = "an adapter in software takes minutes"]
fn a_benchmark_compares_the_cpu_and_the_gpu() {
    let report = json(&run(&["bench", "--compute", "cpu,gpu", "--json"]));
    println!("{report:#}");
    let backends = report["backends"].as_array().unwrap();
    let number = |backend: usize, name: &str| backends[backend][name].as_f64().unwrap();
    assert_eq!(backends.len(), 2);
    for (backend, name) in [(0, "cpu"), (1, "gpu")] {
        assert_eq!(backends[backend]["name"], name);
        for figure in ["real_time_factor", "first_sound_ms", "flow_ms"] {
            assert!(number(backend, figure) > 0.0, "{name} {figure}");
        }
    }
    for figure in [
        "dispatches",
        "bytes_read_back",
        "read_backs",
        "adapter_memory_mb",
    ] {
        assert_eq!(number(0, figure), 0.0, "{figure}");
        assert!(number(1, figure) > 0.0, "{figure}");
    }
    let kernels = backends[1]["kernels"].as_array().unwrap();
    assert!(
        kernels
            .iter()
            .all(|kernel| kernel["dispatches"].as_u64() > Some(0))
    );
}

//! Hundreds of pieces of speech on a graphics adapter leave the process and its buffers as large as they were. `JAM_FLOW_PIECES=1000`
//! for more.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod random_networks;

use engine::backend::{FlowBackend as _, FlowPlan};
use engine::networks::jam_flow::Config;
use flow_gpu::GpuBackend;

use random_networks::{device, odd, plan, random};

const PIECES: usize = 250;
/// Asks for another number.
const PIECES_VARIABLE: &str = "JAM_FLOW_PIECES";
/// Lengths among them.
const LENGTHS: usize = 30;
/// Pieces until everything that is made once is there; most lengths come later.
const WARM_UP_PIECES: usize = 10;
/// Measured on lavapipe, a thousand pieces: 0.1 MB. It compiles fragment shaders anew when a uniform that decides on a branch changes, and keeps each version;
/// with kernels it does not.
const MAX_GROWTH_BYTES: usize = 16 << 20;

/// Memory of this process that is in use.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kibibytes: usize = kibibytes.unwrap().parse().unwrap();
    kibibytes << 10
}

#[test]
fn pieces_of_any_length_cost_no_memory() {
    let Some(device) = device() else { return };
    let config = Config {
        depth: 1,
        joint_depth: 1,
        motion_depth: 1,
        ..odd()
    };
    let gpu = GpuBackend::new(device.clone(), &random(&config)).unwrap();
    // The longest one first, so that no later one needs larger buffers.
    let plans: Vec<FlowPlan> = (0..LENGTHS)
        .map(|i| plan(&config, 7 + LENGTHS - i, 1 + i % 3))
        .collect();
    let begin = |index: usize| {
        let mut run = gpu.prepare(&plans[index % LENGTHS]).unwrap();
        // Most are given up in the middle, as a cancelled speech is.
        run.step(0).unwrap();
        if index.is_multiple_of(10) {
            run.read().unwrap();
        }
    };
    let asked = std::env::var(PIECES_VARIABLE).ok();
    let pieces = asked.map_or(PIECES, |number| number.parse().unwrap());
    (0..WARM_UP_PIECES).for_each(begin);
    let (warm, before) = (device.usage(), resident_bytes());
    (WARM_UP_PIECES..WARM_UP_PIECES + pieces).for_each(begin);
    let after = device.usage();
    assert_eq!(
        (after.buffers, after.buffer_bytes),
        (warm.buffers, warm.buffer_bytes)
    );
    let growth = resident_bytes().saturating_sub(before);
    println!("{pieces} pieces: {growth} bytes more");
    assert!(
        growth < MAX_GROWTH_BYTES,
        "{pieces} pieces left {growth} bytes behind"
    );
}

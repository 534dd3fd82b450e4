//! A film's length of frames leaves the process as large as it was: drivers that keep something for each frame would end a long film.
#![cfg(target_os = "linux")]

#[expect(dead_code, reason = "other tests draw more of it")]
mod made_up_face;

use made_up_face::made_up_scene_at;
use shaders::{FaceMotion, Gpu, GroupRenderer};

/// Frames until everything that is made once is there.
const WARM_UP_FRAMES: usize = 50;
const FRAMES: usize = 400;
/// Measured: 20 KiB, and 1.8 GB while lavapipe compiled shaders anew for every frame.
const MAX_GROWTH_BYTES: usize = 16 << 20;

/// Memory of this process that is in use.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the system tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kibibytes: usize = kibibytes
        .and_then(|number| number.parse().ok())
        .expect("a number of kB");
    kibibytes << 10
}

/// Mouth, gaze, lids and head, all on their way.
fn motion(index: usize, person: usize) -> FaceMotion {
    let wave = |frames: f32| (index as f32 / frames + person as f32).sin();
    let mut motion = FaceMotion::default();
    motion.frame.expression[11] = [0.0, 0.03 * wave(4.0).max(0.0), 0.0];
    motion.frame.expression[13] = [0.03 * wave(9.0), 0.0, 0.0];
    motion.frame.expression[15] = [0.0, 0.03 * wave(4.0).max(0.0), 0.0];
    motion.frame.expression[16] = [0.03 * wave(9.0), 0.0, 0.0];
    motion.frame.expression[19] = [0.0, 0.13 * wave(3.0).max(0.0), 0.0];
    motion.frame.pose.yaw = 0.1 * wave(7.0);
    motion
}

#[test]
fn hundreds_of_frames_cost_no_memory() {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return;
    }
    let gpu = Gpu::headless().expect("a graphics adapter; set SKIP_GPU_TESTS=1 to do without");
    // One before the other, so that the one in front is drawn over somebody who moves.
    let scenes = [made_up_scene_at([100, 130]), made_up_scene_at([192, 130])];
    let [width_px, height_px] = [scenes[0].width_px, scenes[0].height_px];
    let mut renderer =
        GroupRenderer::new(&gpu, &scenes, width_px, height_px).expect("the scenes are sound");
    let mut draw = |index: usize| {
        renderer.render(&[motion(index, 0), motion(index, 1)]);
        renderer.read_rgba().expect("the device answers");
    };
    (0..WARM_UP_FRAMES).for_each(&mut draw);
    let before = resident_bytes();
    (WARM_UP_FRAMES..WARM_UP_FRAMES + FRAMES).for_each(&mut draw);
    let growth = resident_bytes().saturating_sub(before);
    println!("{FRAMES} frames: {growth} bytes more");
    assert!(
        growth < MAX_GROWTH_BYTES,
        "{FRAMES} frames left {growth} bytes behind"
    );
}

//! The program works without a network and does not ask for one. Skipped where the system's tools for looking at that are missing.

use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_jam-flow");

/// Runs the program under another one.
fn run_under(wrapper: &[&str], arguments: &[&str]) -> Output {
    Command::new(wrapper[0])
        .args(&wrapper[1..])
        .arg(PROGRAM)
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("XDG_RUNTIME_DIR")
        .output()
        .unwrap()
}

/// Whether a wrapper works here.
fn works(wrapper: &[&str]) -> bool {
    let tried = Command::new(wrapper[0])
        .args(&wrapper[1..])
        .arg("true")
        .output();
    tried.is_ok_and(|output| output.status.success())
}

fn speak_into(output: &Path) -> [&str; 5] {
    [
        "speak",
        "--text",
        "Nobody else hears this.",
        "--output",
        output.to_str().unwrap(),
    ]
}

#[test]
fn speaking_opens_no_socket_to_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let strace = [
        "strace",
        "--follow-forks",
        "--trace=socket,connect,bind,listen",
        "--output",
        log.to_str().unwrap(),
    ];
    if !works(&strace) {
        println!("skipped: no strace that may look");
        return;
    }
    for output in ["a.wav", "a.mp4"] {
        let result = run_under(&strace, &speak_into(&folder.path().join(output)));
        let said = String::from_utf8_lossy(&result.stderr).into_owned();
        assert!(result.status.success(), "{said}");
        let calls = std::fs::read_to_string(&log).unwrap();
        // The system's library may ask a name service on this machine, and a driver of a graphics card a display.
        let is_local = |call: &str| call.contains("AF_UNIX") || !call.contains("socket(");
        for call in calls.lines() {
            assert!(is_local(call) && !call.contains("listen("), "{call}");
        }
    }
}

#[test]
fn speaking_works_without_a_network() {
    let unshare = ["unshare", "--user", "--map-root-user", "--net"];
    if !works(&unshare) {
        println!("skipped: no network can be taken away here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("a.wav");
    let result = run_under(&unshare, &speak_into(&output));
    let said = String::from_utf8_lossy(&result.stderr);
    assert!(result.status.success(), "{said}");
    assert!(output.is_file());
}

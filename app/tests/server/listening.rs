//! Only `serve` listens, and ends in peace.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{exchange, post_to, request};
use crate::program::{Serving, program};

/// Inodes of the sockets that listen on this machine, of all programs.
fn listening_inodes() -> Vec<String> {
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| {
            let rows = table.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
            rows.into_iter().filter_map(|row| {
                let fields: Vec<&str> = row.split_whitespace().collect();
                (fields.get(3) == Some(&"0A"))
                    .then(|| fields.get(9).map(|inode| (*inode).to_owned()))?
            })
        })
        .collect()
}

/// Whether a process listens anywhere.
fn listens(process: u32) -> bool {
    let listening = listening_inodes();
    let Ok(files) = std::fs::read_dir(Path::new("/proc").join(process.to_string()).join("fd"))
    else {
        return false;
    };
    files
        .flatten()
        .filter_map(|file| std::fs::read_link(file.path()).ok())
        .any(|target| {
            let target = target.to_string_lossy().into_owned();
            let inode = target
                .strip_prefix("socket:[")
                .and_then(|rest| rest.strip_suffix(']'));
            inode.is_some_and(|inode| listening.iter().any(|other| other == inode))
        })
}

#[test]
fn only_serve_listens_and_ctrl_c_ends_it_in_peace() {
    let folder = tempfile::tempdir().unwrap();
    let film = folder.path().join("a.mp4");
    let mut speaking = program()
        .args(["speak", "--text", "Does anybody hear me?", "--output"])
        .arg(&film)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while speaking.try_wait().unwrap().is_none() {
        assert!(!listens(speaking.id()), "speak listens");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(film.exists());

    let serving = Serving::start("127.0.0.1:0", &[]);
    let address = serving.address;
    assert!(listens(serving.process.id()) && !serving.said.concat().contains("token"));
    let models = exchange(address, &request("GET", "/v1/models", &[], &[]));
    assert_eq!(models.status, 200);
    // In the middle of a video.
    let body = json!({"input": "This goes on for a while. ".repeat(20)});
    assert_eq!(post_to(address, "/v1/videos", &body).status, 200);
    let begin = Instant::now();
    assert!(serving.interrupt() && begin.elapsed() < Duration::from_secs(15));
}

#[test]
fn others_are_let_in_with_the_token_that_is_told() {
    let open = Serving::start("0.0.0.0:0", &[]);
    let token = open
        .said
        .iter()
        .find_map(|line| line.split("token: ").nth(1));
    let token = token.unwrap().trim();
    assert!(token.len() >= 32);
    let models = |headers: &[(&str, &str)]| {
        exchange(open.address, &request("GET", "/v1/models", headers, &[]))
    };
    models(&[]).error(401);
    let bearer = format!("Bearer {token}");
    assert_eq!(models(&[("authorization", &bearer)]).status, 200);
}

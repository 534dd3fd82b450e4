//! Many at once.

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{Reply, connect, exchange, post_to, request, spoken, started};
use crate::program::Serving;

#[test]
fn many_at_once_are_answered_or_told_to_come_back() {
    let text = "Twenty people want to hear this at the same time, and nobody waits for ever.";
    let expected = spoken(text, "af_heart");
    // A server of its own, since it is filled up.
    let address = started(None);
    let body = json!({"input": text, "voice": "af_heart", "response_format": "pcm"});
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| post_to(address, "/v1/audio/speech", &body)))
            .collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut answered = 0;
    for reply in &replies {
        match reply.status {
            200 => {
                assert!(reply.body == expected);
                answered += 1;
            }
            _ => {
                reply.error(429);
                assert_eq!(reply.headers["retry-after"], "1");
                assert!(reply.last_byte < Duration::from_secs(20));
            }
        }
    }
    assert!(answered > 0, "everybody was refused");
}

/// Memory that a process has had at most, in MiB.
#[cfg(target_os = "linux")]
fn peak_mib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse::<u64>().unwrap() / 1024
}

/// Twenty of the longest texts at a time, from clients that read nothing: some wait, the others are refused at once, and the memory
/// stays within bounds.
#[cfg(target_os = "linux")]
#[test]
fn a_crowd_that_does_not_listen_fills_no_memory() {
    const MAX_GROWTH_MIB: u64 = 250;
    let server = Serving::start("127.0.0.1:0", &["--queue", "4"]);
    let speak = |text: &str| {
        let body = json!({"input": text, "response_format": "wav"});
        let headers = [("content-type", "application/json")];
        request(
            "POST",
            "/v1/audio/speech",
            &headers,
            body.to_string().as_bytes(),
        )
    };
    // Warm, so that what is measured is the crowd.
    assert_eq!(
        exchange(server.address, &speak("Hello there. ".repeat(20).trim())).status,
        200
    );
    let before = peak_mib(server.process.id());
    let long = "Nobody listens to this long story. ".repeat(117);
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(server.address);
        stream.write_all(&speak(&long)).unwrap();
        waiting.push(stream);
    }
    std::thread::sleep(Duration::from_millis(500));
    for _ in 0..16 {
        let begin = Instant::now();
        exchange(server.address, &speak(&long)).error(429);
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
    let after = peak_mib(server.process.id());
    assert!(after < before + MAX_GROWTH_MIB, "{before} → {after} MiB");
    // Once they are gone there is room again.
    drop(waiting);
    let begin = Instant::now();
    while exchange(server.address, &speak("Hello.")).status != 200 {
        assert!(begin.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("peak memory: {before} MiB for one, {after} MiB with a crowd");
}

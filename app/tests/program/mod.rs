//! The program as a user starts it, for every test that does: without a display, and with what it says in hand.

#![allow(dead_code, reason = "each test needs a part of it")]

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use serde_json::Value;

/// The program.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jam-flow"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command
}

/// Runs it to its end.
pub fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

#[track_caller]
pub fn assert_success(result: &Output) {
    let said = String::from_utf8_lossy(&result.stderr);
    assert!(result.status.success(), "{said}");
}

/// The one line that says what is wrong.
#[track_caller]
pub fn error_line(result: &Output) -> String {
    let said = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(!result.status.success(), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let errors = said.lines().filter(|line| line.starts_with("error: "));
    let errors: Vec<_> = errors.collect();
    assert_eq!(errors.len(), 1, "{said}");
    assert_eq!(said.lines().last(), Some(errors[0]), "{said}");
    errors[0].to_owned()
}

/// What it wrote to standard output.
#[track_caller]
pub fn json(result: &Output) -> Value {
    serde_json::from_slice(&result.stdout).unwrap()
}

/// The same, line by line.
#[track_caller]
pub fn json_lines(result: &Output) -> Vec<Value> {
    let said = String::from_utf8_lossy(&result.stdout);
    said.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What is in a folder.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A `jam-flow serve` of its own, which ends with the test.
pub struct Serving {
    pub process: Child,
    /// Where it answers on this machine.
    pub address: SocketAddr,
    /// What it said until then.
    pub said: Vec<String>,
    /// Open, so that it can go on to say something.
    _stderr: BufReader<ChildStderr>,
}

impl Serving {
    /// Starts it at this address, of which the port is 0, and waits until it answers.
    pub fn start(listen: &str, arguments: &[&str]) -> Self {
        let mut process = program()
            .args(["serve", "--listen", listen])
            .args(arguments)
            .env_remove("JAM_FLOW_TOKEN")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(process.stderr.take().unwrap());
        let mut said = Vec::new();
        let port = loop {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "{said:?}");
            let url = line.split("http://").nth(1);
            let port = url.and_then(|url| url.split(' ').next()?.rsplit(':').next()?.parse().ok());
            said.push(line);
            if let Some(port) = port {
                break port;
            }
        };
        Self {
            process,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            said,
            _stderr: stderr,
        }
    }

    /// Ends it as Ctrl-C does, and says whether it ended in peace.
    pub fn interrupt(mut self) -> bool {
        let interrupted = Command::new("kill")
            .args(["-INT", &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(interrupted.success());
        self.process.wait().unwrap().success()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

//! The page of the stage in headless Chromium, measured from outside: frames move, alpha is there, and what is drawn belongs to what is
//! heard. Where there is no Chromium the tests end with one line.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use crate::client::{TIMEOUT, exchange, request};
use crate::program::Serving;

/// Runs in the page ahead of its own script.
const MEASURE: &str = include_str!("measure_stage.js");
/// How far sound and picture may be apart, as viewers notice it. A screen shows a frame up to 17 ms after it is drawn.
const MAX_LAG_MS: f64 = 40.0;

/// A page in a Chromium of its own.
pub struct Page {
    process: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    last_id: u64,
    _profile: tempfile::TempDir,
}

impl Page {
    /// Starts Chromium; none if it is not installed.
    pub fn open() -> Option<Self> {
        let Some(program) = chromium() else {
            println!("chromium is not installed, so the page of the stage is not tested");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new(program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--autoplay-policy=no-user-gesture-required",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line = line.unwrap();
            let rest = line.strip_prefix("DevTools listening on ws://")?;
            rest.split('/').next()?.parse::<SocketAddr>().ok()
        });
        // The rest is read, so that Chromium never waits for us.
        std::thread::Builder::new()
            .name("chromium".to_owned())
            .spawn(move || lines.for_each(drop))
            .unwrap();
        let address = address.unwrap();
        let pages = exchange(address, &request("GET", "/json/list", &[], &[])).json();
        let mut pages = pages.as_array().unwrap().iter();
        let page = pages.find(|page| page["type"] == "page").unwrap();
        let id = page["id"].as_str().unwrap();
        let (socket, _) =
            tungstenite::connect(format!("ws://{address}/devtools/page/{id}")).unwrap();
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        }
        Some(Self {
            process,
            socket,
            last_id: 0,
            _profile: profile,
        })
    }

    /// The result of a method of Chromium's DevTools protocol.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let call = json!({"id": self.last_id, "method": method, "params": parameters});
        self.socket.send(Message::text(call.to_string())).unwrap();
        loop {
            if let Message::Text(text) = self.socket.read().unwrap() {
                let answer: Value = serde_json::from_str(&text).unwrap();
                if answer["id"] == self.last_id {
                    assert!(answer["error"].is_null(), "{answer}");
                    return answer["result"].clone();
                }
            }
        }
    }

    /// The value of an expression, waited for if it is a promise.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let answer = self.call(
            "Runtime.evaluate",
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true}),
        );
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub fn wait_for(&mut self, expression: &str) {
        let begin = Instant::now();
        while self.evaluate(expression) != true {
            assert!(begin.elapsed() < TIMEOUT, "{expression}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut programs = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    programs.find(|program| program.is_file())
}

/// Lets the stage speak for so long in Chromium and returns what was measured; none without Chromium.
fn measured(secs: u64) -> Option<Value> {
    let mut page = Page::open()?;
    let server = Serving::start("127.0.0.1:0", &[]);
    page.call("Page.enable", json!({}));
    // The worklet that listens is no part of the page.
    page.call("Page.setBypassCSP", json!({"enabled": true}));
    page.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": MEASURE}),
    );
    let url = format!("http://{}/stage", server.address);
    page.call("Page.navigate", json!({"url": url}));
    page.wait_for("window.stage !== undefined && stage.drawn > 0");
    page.evaluate("measured.begin()");
    page.wait_for("stage.audio.state === 'running'");
    let begin = Instant::now();
    let mut number = 0;
    while number == 0 || begin.elapsed() < Duration::from_secs(secs) {
        number += 1;
        let input =
            format!("This is sentence number {number}, and every word of it is heard in time.");
        let say = json!({"command": "say", "input": input, "voice": "af_heart"});
        page.evaluate("stage.event = undefined");
        page.evaluate(&format!("stage.send({say})"));
        page.wait_for("stage.event?.event === 'ended'");
        let report = page.evaluate("measured.report()");
        if number % 5 == 0 {
            println!("{:.0} s: {report}", begin.elapsed().as_secs_f64());
        }
    }
    // The last frames are settled after they were heard.
    std::thread::sleep(Duration::from_millis(1500));
    let report = page.evaluate("measured.report()");
    println!("{report:#}");
    Some(report)
}

#[track_caller]
fn assert_in_time(lags: &Value) {
    let of = |name: &str| lags[name].as_f64().unwrap();
    // Never ahead of its sound by more than the sample at which it begins, and in time.
    assert!(of("min") > -5.0 && of("median") < MAX_LAG_MS, "{lags}");
}

#[test]
fn the_page_moves_has_alpha_and_is_in_time_with_its_sound() {
    let Some(report) = measured(0) else {
        return;
    };
    let of = |name: &str| report[name].as_f64().unwrap();
    assert!(of("pictures") > 20.0, "the frames do not move: {report}");
    assert!(of("transparent") > 0.1 && of("opaque") > 0.2, "{report}");
    assert!(report["lagsMs"]["count"].as_u64().unwrap() > 20, "{report}");
    assert_in_time(&report["lagsMs"]);
}

/// For whoever changes the stage: `cargo test --release --workspace --test server -- --ignored ten_minutes --nocapture`.
#[ignore = "takes ten minutes"]
#[test]
fn ten_minutes_pass_without_drift() {
    let Some(report) = measured(600) else {
        return;
    };
    for part in ["lagsMs", "early", "late"] {
        assert_in_time(&report[part]);
    }
    let median = |part: &str| report[part]["median"].as_f64().unwrap();
    assert!(
        (median("late") - median("early")).abs() < MAX_LAG_MS / 2.0,
        "{report}"
    );
}

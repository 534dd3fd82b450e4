//! What we cannot encode ourselves, by an installed ffmpeg.

use std::io::{self, Read as _, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use engine::audio::SAMPLE_RATE_HZ;
use engine::audio::wav::{Quantizer, SYNTHETIC_MARK, marked};

use super::integers;
use crate::media::ffmpeg;
use crate::texts::text;

/// An ffmpeg that gets samples on one pipe and gives bytes on another, which a thread of its own reads.
pub(super) struct FfmpegPipe {
    child: Child,
    input: Option<ChildStdin>,
    output: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
    quantizer: Quantizer,
}

impl FfmpegPipe {
    pub fn start(arguments: &[&str], remark: Option<&str>) -> io::Result<Self> {
        let rate = SAMPLE_RATE_HZ.to_string();
        let comment = format!("comment={}", marked(SYNTHETIC_MARK, remark));
        let mut child = ffmpeg::command()
            .args(["-f", "s16le", "-ar", &rate, "-ac", "1", "-i", "pipe:0"])
            .args(["-metadata", &comment])
            .args(arguments)
            .args(["-flush_packets", "1", "pipe:1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take();
        let mut source = child.stdout.take().expect("it was asked for");
        let output = Arc::new(Mutex::new(Vec::new()));
        let read = Arc::clone(&output);
        let reader = std::thread::Builder::new()
            .name("encoded sound".to_owned())
            .spawn(move || {
                let mut piece = [0; 8192];
                while let Ok(count @ 1..) = source.read(&mut piece) {
                    read.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .extend_from_slice(&piece[..count]);
                }
            })?;
        Ok(Self {
            child,
            input,
            output,
            reader: Some(reader),
            quantizer: Quantizer::default(),
        })
    }

    pub fn encode(&mut self, samples: &[f32]) -> io::Result<Vec<u8>> {
        let bytes: Vec<u8> = integers(&mut self.quantizer, samples).collect();
        if let Some(input) = &mut self.input {
            input.write_all(&bytes)?;
        }
        Ok(self.take())
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.output.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn finish(mut self) -> io::Result<Vec<u8>> {
        drop(self.input.take());
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        match self.child.wait()?.success() {
            true => Ok(self.take()),
            false => Err(io::Error::other(text!("sound-stream-ffmpeg"))),
        }
    }
}

impl Drop for FfmpegPipe {
    fn drop(&mut self) {
        drop(self.input.take());
        // What was finished has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

//! What was measured of each adapter and model, kept in one small file. What cannot be read or written is measured again.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use engine::atomic_file::write_atomically;
use engine::backend::Comparison;
use serde::{Deserialize, Serialize};

/// Adapters and models that are kept; the oldest goes first.
const MAX_ENTRIES: usize = 32;

/// How a graphics card did against the processor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it may stand in for the processor.
    pub agrees: bool,
    /// Correlation of both voices.
    pub voice_correlation: f64,
    /// Seconds that the graphics card took for the same piece …
    pub gpu_secs: f64,
    /// … and the processor.
    pub cpu_secs: f64,
}

impl Verdict {
    /// Whether the graphics card was faster.
    pub fn is_faster(self) -> bool {
        self.gpu_secs < self.cpu_secs
    }
}

impl From<Comparison> for Verdict {
    fn from(compared: Comparison) -> Self {
        Self {
            agrees: compared.agrees(),
            voice_correlation: compared.voice_correlation,
            gpu_secs: compared.time.as_secs_f64(),
            cpu_secs: compared.reference_time.as_secs_f64(),
        }
    }
}

/// Raised when kernels change, so that what was measured of others does not count.
const KERNELS: u32 = 2;

/// What tells adapters, drivers and models apart.
pub fn key(info: &wgpu::AdapterInfo, weights: &Path) -> String {
    let file = std::fs::metadata(weights).ok();
    let changed = file.as_ref().and_then(|file| file.modified().ok());
    let changed = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    format!(
        "{} | {:?} | {} {} | {} bytes of {} | kernels {KERNELS}",
        info.name,
        info.backend,
        info.driver,
        info.driver_info,
        file.map_or(0, |file| file.len()),
        changed.map_or(0, |since| since.as_secs()),
    )
}

/// The file.
#[derive(Debug, Default)]
pub struct Measured {
    path: Option<PathBuf>,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    adapter_and_model: String,
    verdict: Verdict,
}

impl Measured {
    /// Reads the file, if there is one.
    pub fn load(path: Option<&Path>) -> Self {
        let text = path.and_then(|path| std::fs::read(path).ok());
        let entries = text.and_then(|text| serde_json::from_slice(&text).ok());
        Self {
            path: path.map(Path::to_owned),
            entries: entries.unwrap_or_default(),
        }
    }

    /// What is known of this adapter and model. One that was wrong gets another chance with each start: drivers are repaired.
    pub fn verdict(&self, key: &str) -> Option<Verdict> {
        let mut entries = self.entries.iter();
        let entry = entries.find(|entry| entry.adapter_and_model == key)?;
        entry.verdict.agrees.then_some(entry.verdict)
    }

    /// Keeps a verdict in place of an older one.
    pub fn keep(&mut self, key: String, verdict: Verdict) {
        self.entries.retain(|entry| entry.adapter_and_model != key);
        if self.entries.len() >= MAX_ENTRIES {
            self.entries.remove(0);
        }
        self.entries.push(Entry {
            adapter_and_model: key,
            verdict,
        });
        if let Some(path) = &self.path
            && let Err(error) = self.write(path)
        {
            tracing::debug!(%error, "the measurement is not kept");
        }
    }

    fn write(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let text = serde_json::to_vec_pretty(&self.entries)?;
        write_atomically(path, |file| file.write_all(&text))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(gpu_secs: f64) -> Verdict {
        Verdict {
            agrees: true,
            voice_correlation: 1.0,
            gpu_secs,
            cpu_secs: 0.2,
        }
    }

    #[test]
    fn verdicts_survive_the_program_and_spoilt_files_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache/compute.json");
        let mut measured = Measured::load(Some(&path));
        assert_eq!(measured.verdict("a"), None);
        measured.keep("a".to_owned(), verdict(0.1));
        measured.keep("b".to_owned(), verdict(0.3));
        measured.keep("a".to_owned(), verdict(0.4));
        let measured = Measured::load(Some(&path));
        assert_eq!(measured.verdict("a"), Some(verdict(0.4)));
        assert_eq!(measured.verdict("b"), Some(verdict(0.3)));
        assert!(!verdict(0.3).is_faster() && verdict(0.1).is_faster());
        std::fs::write(&path, "{ not json").unwrap();
        assert_eq!(Measured::load(Some(&path)).verdict("a"), None);
    }

    #[test]
    fn an_adapter_that_was_wrong_is_measured_anew() {
        let mut measured = Measured::load(None);
        let wrong = Verdict {
            agrees: false,
            ..verdict(0.1)
        };
        measured.keep("a".to_owned(), wrong);
        assert_eq!(measured.verdict("a"), None);
        measured.keep("a".to_owned(), verdict(0.1));
        assert_eq!(measured.verdict("a"), Some(verdict(0.1)));
        assert_eq!(measured.entries.len(), 1);
    }

    #[test]
    fn only_the_latest_are_kept() {
        let mut measured = Measured::load(None);
        for i in 0..MAX_ENTRIES + 5 {
            measured.keep(i.to_string(), verdict(0.1));
        }
        assert_eq!(measured.entries.len(), MAX_ENTRIES);
        assert_eq!(measured.verdict("4"), None);
        assert!(measured.verdict("5").is_some());
    }
}

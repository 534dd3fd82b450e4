//! What the system says of this program's memory, in MB; only Linux does.

/// Most that it has held.
pub(super) fn peak_mb() -> Option<f64> {
    status_mb("VmHWM:")
}

/// What it holds.
pub(super) fn in_use_mb() -> Option<f64> {
    status_mb("VmRSS:")
}

fn status_mb(name: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}

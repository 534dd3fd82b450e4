//! Watching a clip: which of its pictures a vision model is shown.

pub mod slow_fast;

//! Ctrl-C: asks the running work to stop and clean up; a second one ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use signal_hook::consts::{SIGINT, TERM_SIGNALS};

/// Set by Ctrl-C and by the signals that ask a program to end.
#[derive(Clone, Debug)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Starts listening. Call once, before the long work.
    pub fn listen() -> anyhow::Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for &signal in TERM_SIGNALS {
            // Order matters: this one acts only if the flag below was set by an earlier signal.
            signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&flag))
                .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag)))
                .context("cannot listen for Ctrl-C")?;
        }
        debug_assert!(TERM_SIGNALS.contains(&SIGINT), "Ctrl-C is among them");
        Ok(Self(flag))
    }

    /// True once the user asked to stop.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The engine's own error if the user asked to stop, so that cancelling looks the same from every stage.
    pub fn check(&self) -> engine::Result<()> {
        if self.requested() {
            Err(engine::Error::Cancelled)
        } else {
            Ok(())
        }
    }
}

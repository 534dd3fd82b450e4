//! Ctrl-C: asks the running work to stop and clean up; a second one ends the program at once.

use std::sync::Arc;

use crate::cli::texts::text;
use anyhow::Context as _;
use signal_hook::consts::{SIGINT, TERM_SIGNALS};
use studio::cancel::CancelToken;

/// Set by Ctrl-C and by the signals that ask a program to end.
#[derive(Clone, Debug)]
pub struct Interrupt(CancelToken);

impl Interrupt {
    /// Starts listening. Call once, before the long work.
    pub fn listen() -> anyhow::Result<Self> {
        let token = CancelToken::new();
        let flag = token.flag();
        for &signal in TERM_SIGNALS {
            // Order matters: this one acts only if the flag below was set by an earlier signal.
            signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(flag))
                .and_then(|_| signal_hook::flag::register(signal, Arc::clone(flag)))
                .context(text!("interrupt"))?;
        }
        debug_assert!(TERM_SIGNALS.contains(&SIGINT), "Ctrl-C is among them");
        Ok(Self(token))
    }

    /// True once the user asked to stop.
    pub fn requested(&self) -> bool {
        self.0.is_cancelled()
    }

    /// The engine's own error if the user asked to stop, so that cancelling looks the same from every stage.
    pub fn check(&self) -> engine::Result<()> {
        self.0.check()
    }

    /// What ends the work when the user asks to stop.
    pub fn token(&self) -> &CancelToken {
        &self.0
    }
}

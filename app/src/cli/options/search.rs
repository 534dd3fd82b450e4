//! How many noises are tried for each piece of speech.

use clap::Args;
use engine::FlowSettings;

/// Most noises; more cost time and find hardly better.
const MAX_CANDIDATES: i64 = 16;

/// The option of every command that generates speech for files.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct SearchArguments {
    /// Try this many noises for each piece of speech and keep the best: 4 takes about twice as long; 0 tries none
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=MAX_CANDIDATES))]
    pub search: u8,
}

impl SearchArguments {
    /// `flow` with the search.
    pub fn applied_to(self, flow: FlowSettings) -> FlowSettings {
        FlowSettings {
            candidates: usize::from(self.search).max(1),
            ..flow
        }
    }
}

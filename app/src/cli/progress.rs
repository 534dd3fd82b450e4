//! Progress of long work on the terminal: a bar if a person looks, else a few plain lines.

use std::cell::Cell;
use std::io::IsTerminal as _;
use std::time::Duration;

use crate::cli::texts::text;
use indicatif::{ProgressBar, ProgressStyle};

/// A plain line appears each time that this much more of the work is done.
const PLAIN_STEP: f32 = 0.25;

/// Where progress is shown.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    /// Fraction at which the next plain line is due.
    next_plain: Cell<f32>,
}

impl Progress {
    /// Starts with the name of the first stage.
    pub fn start(stage: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(1000).with_style(
                ProgressStyle::with_template(
                    "{spinner} {msg:24} {wide_bar} {percent:>3} %  {elapsed}",
                )
                .expect("the template is valid"),
            );
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let progress = Self {
            bar,
            next_plain: Cell::new(PLAIN_STEP),
        };
        progress.stage(stage);
        progress
    }

    /// Names the stage that begins now.
    pub fn stage(&self, stage: &str) {
        self.next_plain.set(PLAIN_STEP);
        match &self.bar {
            Some(bar) => {
                bar.set_message(stage.to_owned());
                bar.set_position(0);
            }
            None => eprintln!("{}", text!("stage-plain", stage = stage)),
        }
    }

    /// Says how much of the whole is done, 0 to 1.
    pub fn set(&self, fraction: f32) {
        match &self.bar {
            Some(bar) => bar.set_position((fraction.clamp(0.0, 1.0) * 1000.0) as u64),
            None if fraction >= self.next_plain.get() && fraction < 1.0 => {
                eprintln!("{}", text!("percent", percent = (fraction * 100.0).round()));
                self.next_plain
                    .set((fraction / PLAIN_STEP).floor() * PLAIN_STEP + PLAIN_STEP);
            }
            None => {}
        }
    }

    /// Leaves a line above the bar while the work goes on.
    pub fn note(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => eprintln!("{line}"),
        }
    }

    /// As [`Self::note`], for other threads.
    pub fn notes(&self) -> impl Fn(&str) + Send + Sync + 'static {
        let bar = self.bar.clone();
        move |line| match &bar {
            Some(bar) => bar.println(line),
            None => eprintln!("{line}"),
        }
    }

    /// Takes the bar away and leaves one line that says what came of it.
    pub fn finish(self, result: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        eprintln!("{result}");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

//! A backend that may fail, with another one to finish what it began.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Error, FlowBackend, FlowPlan, FlowRun, Result, Streams};

/// Opens the backend that is used after a failure.
pub type OpenSecond = dyn Fn() -> Result<Box<dyn FlowBackend>> + Send + Sync;

/// Runs on the first backend until it fails. That run is then done again by the second one, as are all later ones.
pub struct Fallback {
    first: Box<dyn FlowBackend>,
    open_second: Box<OpenSecond>,
    second: OnceLock<Box<dyn FlowBackend>>,
    has_failed: AtomicBool,
    on_failure: Box<dyn Fn(&Error) + Send + Sync>,
}

impl Fallback {
    /// `open_second` is called when it is needed, `on_failure` once, with the first backend's error.
    pub fn new(
        first: Box<dyn FlowBackend>,
        open_second: Box<OpenSecond>,
        on_failure: Box<dyn Fn(&Error) + Send + Sync>,
    ) -> Self {
        Self {
            first,
            open_second,
            second: OnceLock::new(),
            has_failed: AtomicBool::new(false),
            on_failure,
        }
    }

    fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Acquire)
    }

    fn give_up(&self, error: &Error) {
        if !self.has_failed.swap(true, Ordering::AcqRel) {
            (self.on_failure)(error);
        }
    }

    /// The second backend's run of a plan, after its first `steps` steps.
    fn resumed<'a>(&'a self, plan: &'a FlowPlan, steps: usize) -> Result<Box<dyn FlowRun + 'a>> {
        let second = match self.second.get() {
            Some(second) => second,
            None => {
                let opened = (self.open_second)()?;
                self.second.get_or_init(|| opened)
            }
        };
        let mut run = second.prepare(plan)?;
        for step in 0..steps {
            run.step(step)?;
        }
        Ok(run)
    }
}

impl FlowBackend for Fallback {
    fn name(&self) -> &'static str {
        match self.second.get() {
            Some(second) if self.has_failed() => second.name(),
            _ => self.first.name(),
        }
    }

    fn prepare<'a>(&'a self, plan: &'a FlowPlan) -> Result<Box<dyn FlowRun + 'a>> {
        if self.has_failed() {
            return self.resumed(plan, 0);
        }
        match self.first.prepare(plan) {
            Ok(run) => Ok(Box::new(FallbackRun {
                backends: self,
                plan,
                run,
                steps: 0,
                is_first: true,
            })),
            Err(error) => {
                self.give_up(&error);
                self.resumed(plan, 0)
            }
        }
    }
}

struct FallbackRun<'a> {
    backends: &'a Fallback,
    plan: &'a FlowPlan,
    run: Box<dyn FlowRun + 'a>,
    /// Steps done so far.
    steps: usize,
    is_first: bool,
}

impl FlowRun for FallbackRun<'_> {
    fn step(&mut self, step: usize) -> Result<()> {
        match self.run.step(step) {
            Err(error) if self.is_first => {
                self.backends.give_up(&error);
                self.run = self.backends.resumed(self.plan, self.steps)?;
                self.is_first = false;
                self.run.step(step)?;
            }
            done => done?,
        }
        self.steps = step + 1;
        Ok(())
    }

    fn read(&self) -> Result<Streams> {
        match self.run.read() {
            Err(error) if self.is_first => {
                self.backends.give_up(&error);
                self.backends.resumed(self.plan, self.steps)?.read()
            }
            streams => streams,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{Start, StreamPlan, follow};
    use crate::networks::jam_flow::Exchange;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    /// Counts its steps into the streams, and fails at the call with this number.
    struct Counting {
        fails_at: Option<usize>,
        calls: Arc<AtomicUsize>,
    }

    struct CountingRun<'a>(&'a Counting, f32);

    impl Counting {
        fn call(&self) -> Result<()> {
            match self.fails_at == Some(self.calls.fetch_add(1, Ordering::Relaxed)) {
                true => Err("lost".into()),
                false => Ok(()),
            }
        }
    }

    impl FlowBackend for Counting {
        fn name(&self) -> &'static str {
            if self.fails_at.is_some() {
                "gpu"
            } else {
                "cpu"
            }
        }

        fn prepare<'a>(&'a self, _: &'a FlowPlan) -> Result<Box<dyn FlowRun + 'a>> {
            self.call()?;
            Ok(Box::new(CountingRun(self, 0.0)))
        }
    }

    impl FlowRun for CountingRun<'_> {
        fn step(&mut self, step: usize) -> Result<()> {
            self.0.call()?;
            self.1 = self.1 * 10.0 + (step + 1) as f32;
            Ok(())
        }

        fn read(&self) -> Result<Streams> {
            self.0.call()?;
            Ok(Streams {
                audio: vec![self.1],
                motion: Vec::new(),
            })
        }
    }

    #[test]
    fn a_failure_at_any_point_changes_nothing_but_who_finishes() {
        let plan = FlowPlan {
            times: vec![0.0, 0.3, 0.6, 1.0],
            exchange: Exchange::NONE,
            audio: StreamPlan {
                count: 1,
                start: Start::Noise(vec![0.0]),
                condition: Vec::new(),
                guidance: None,
            },
            motion: None,
        };
        // Prepare, three steps, read; the sixth call belongs to the next run.
        for fails_at in 0..7 {
            let (notices, opened) = (Arc::new(AtomicUsize::new(0)), Arc::default());
            let (counted, opens): (_, Arc<AtomicUsize>) =
                (Arc::clone(&notices), Arc::clone(&opened));
            let backend = Fallback::new(
                Box::new(Counting {
                    fails_at: Some(fails_at),
                    calls: Arc::default(),
                }),
                Box::new(move || {
                    opens.fetch_add(1, Ordering::Relaxed);
                    Ok(Box::new(Counting {
                        fails_at: None,
                        calls: Arc::default(),
                    }))
                }),
                Box::new(move |_| {
                    counted.fetch_add(1, Ordering::Relaxed);
                }),
            );
            assert_eq!(backend.name(), "gpu");
            for run in 0..3 {
                let streams = follow(&backend, &plan, &|| false).unwrap().unwrap();
                assert_eq!(streams.audio, [123.0], "run {run}, failure at {fails_at}");
            }
            assert_eq!(backend.name(), "cpu");
            assert_eq!(notices.load(Ordering::Relaxed), 1);
            assert_eq!(opened.load(Ordering::Relaxed), 1);
        }
    }
}

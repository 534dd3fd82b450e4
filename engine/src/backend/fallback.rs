//! A backend that may fail, with another one to finish what it began.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::{
    Backend, Error, FlowBackend, FlowPlan, FlowRun, ProsodyNetwork, Result, Streams,
    VocoderNetwork, VocoderWeights,
};
use crate::networks::jam_flow::{Checkpoint, PhoneFeatures};

/// Opens networks on the first backend until one of them fails, or cannot be opened. What failed is then done again by the second
/// backend, as is everything after it.
pub struct Fallback {
    first: Box<dyn Backend>,
    second: Arc<dyn Backend>,
    failure: Arc<Failure>,
}

/// Whether the first backend has failed, for all of its networks.
struct Failure {
    has_happened: AtomicBool,
    on_failure: Box<dyn Fn(&Error) + Send + Sync>,
}

impl Failure {
    fn has_happened(&self) -> bool {
        self.has_happened.load(Ordering::Acquire)
    }

    fn give_up(&self, error: &Error) {
        if !self.has_happened.swap(true, Ordering::AcqRel) {
            (self.on_failure)(error);
        }
    }
}

impl Fallback {
    /// The second backend opens a network when it is needed. `on_failure` is called once, with the first backend's error.
    pub fn new(
        first: Box<dyn Backend>,
        second: Box<dyn Backend>,
        on_failure: Box<dyn Fn(&Error) + Send + Sync>,
    ) -> Self {
        Self {
            first,
            second: second.into(),
            failure: Arc::new(Failure {
                has_happened: AtomicBool::new(false),
                on_failure,
            }),
        }
    }

    /// A network of both backends, the second of which stays closed until it is needed.
    fn pair<N: ?Sized>(
        &self,
        open: impl Fn(&dyn Backend) -> Result<Box<N>> + Send + Sync + 'static,
    ) -> Result<Pair<N>> {
        let first = match self.failure.has_happened() {
            true => None,
            false => {
                let opened = open(&*self.first);
                opened.map_err(|error| self.failure.give_up(&error)).ok()
            }
        };
        let second = Arc::clone(&self.second);
        let pair = Pair {
            first,
            open_second: Box::new(move || open(&*second)),
            second: OnceLock::new(),
            failure: Arc::clone(&self.failure),
        };
        if pair.first.is_none() {
            pair.second()?;
        }
        Ok(pair)
    }
}

impl Backend for Fallback {
    fn flow(&self, checkpoint: &Checkpoint) -> Result<Box<dyn FlowBackend>> {
        let checkpoint = checkpoint.clone();
        Ok(Box::new(
            self.pair(move |backend| backend.flow(&checkpoint))?,
        ))
    }

    fn prosody(&self, checkpoint: &Checkpoint) -> Result<Box<dyn ProsodyNetwork>> {
        let checkpoint = checkpoint.clone();
        Ok(Box::new(
            self.pair(move |backend| backend.prosody(&checkpoint))?,
        ))
    }

    fn vocoder(&self, weights: &VocoderWeights) -> Result<Box<dyn VocoderNetwork>> {
        let weights = weights.clone();
        Ok(Box::new(
            self.pair(move |backend| backend.vocoder(&weights))?,
        ))
    }
}

/// A network on both backends.
struct Pair<N: ?Sized> {
    /// None if it could not be opened.
    first: Option<Box<N>>,
    open_second: Box<dyn Fn() -> Result<Box<N>> + Send + Sync>,
    second: OnceLock<Box<N>>,
    failure: Arc<Failure>,
}

impl<N: ?Sized> Pair<N> {
    fn second(&self) -> Result<&N> {
        Ok(match self.second.get() {
            Some(second) => second,
            None => {
                let opened = (self.open_second)()?;
                self.second.get_or_init(|| opened)
            }
        })
    }

    /// What the first makes, or the second if the first fails now or has failed before.
    fn either<T>(&self, run: impl Fn(&N) -> Result<T>) -> Result<T> {
        if let Some(first) = self.first() {
            match run(first) {
                Ok(made) => return Ok(made),
                Err(error) => self.failure.give_up(&error),
            }
        }
        run(self.second()?)
    }

    /// The first network, unless its backend was given up.
    fn first(&self) -> Option<&N> {
        self.first
            .as_deref()
            .filter(|_| !self.failure.has_happened())
    }
}

impl VocoderNetwork for Pair<dyn VocoderNetwork> {
    fn forward(&self, frames: &[f32]) -> Result<Vec<f32>> {
        self.either(|network| network.forward(frames))
    }
}

impl ProsodyNetwork for Pair<dyn ProsodyNetwork> {
    fn phones(&self, phones: &[u32], voice: &[f32]) -> Result<(PhoneFeatures, Vec<f32>)> {
        self.either(|network| network.phones(phones, voice))
    }

    fn tokens(
        &self,
        phones: &PhoneFeatures,
        alignment: &[u32],
        progress: &[f32],
    ) -> Result<Vec<f32>> {
        self.either(|network| network.tokens(phones, alignment, progress))
    }
}

impl Pair<dyn FlowBackend> {
    /// The second backend's run of a plan, after its first `steps` steps.
    fn resumed<'a>(&'a self, plan: &'a FlowPlan, steps: usize) -> Result<Box<dyn FlowRun + 'a>> {
        let mut run = self.second()?.prepare(plan)?;
        for step in 0..steps {
            run.step(step)?;
        }
        Ok(run)
    }
}

impl FlowBackend for Pair<dyn FlowBackend> {
    fn name(&self) -> &'static str {
        match (self.first(), self.second.get()) {
            (None, Some(second)) => second.name(),
            // Nothing ran since the first was given up.
            _ => self.first.as_ref().map_or("", |first| first.name()),
        }
    }

    fn prepare<'a>(&'a self, plan: &'a FlowPlan) -> Result<Box<dyn FlowRun + 'a>> {
        let Some(first) = self.first() else {
            return self.resumed(plan, 0);
        };
        match first.prepare(plan) {
            Ok(run) => Ok(Box::new(FallbackRun {
                pair: self,
                plan,
                run,
                steps: 0,
                is_first: true,
            })),
            Err(error) => {
                self.failure.give_up(&error);
                self.resumed(plan, 0)
            }
        }
    }
}

struct FallbackRun<'a> {
    pair: &'a Pair<dyn FlowBackend>,
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
                self.pair.failure.give_up(&error);
                self.run = self.pair.resumed(self.plan, self.steps)?;
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
                self.pair.failure.give_up(&error);
                self.pair.resumed(self.plan, self.steps)?.read()
            }
            streams => streams,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{Start, StreamPlan, follow};
    use crate::networks::jam_flow::{Config, Exchange};
    use crate::weights::Weights;
    use std::collections::HashMap;
    use std::sync::atomic::AtomicUsize;

    /// Counts calls of all of its networks, and fails at the one with this number.
    #[derive(Clone, Default)]
    struct Counting {
        fails_at: Option<usize>,
        calls: Arc<AtomicUsize>,
        opened: Arc<AtomicUsize>,
    }

    struct CountingRun<'a>(&'a Counting, f32);

    impl Counting {
        fn call(&self) -> Result<()> {
            match self.fails_at == Some(self.calls.fetch_add(1, Ordering::Relaxed)) {
                true => Err("lost".into()),
                false => Ok(()),
            }
        }

        fn open(&self) -> Box<Self> {
            self.opened.fetch_add(1, Ordering::Relaxed);
            Box::new(self.clone())
        }
    }

    impl Backend for Counting {
        fn flow(&self, _: &Checkpoint) -> Result<Box<dyn FlowBackend>> {
            Ok(self.open())
        }

        fn prosody(&self, _: &Checkpoint) -> Result<Box<dyn ProsodyNetwork>> {
            Ok(self.open())
        }

        fn vocoder(&self, _: &VocoderWeights) -> Result<Box<dyn VocoderNetwork>> {
            Ok(self.open())
        }
    }

    impl VocoderNetwork for Counting {
        fn forward(&self, frames: &[f32]) -> Result<Vec<f32>> {
            self.call()?;
            Ok(frames.iter().map(|x| 2.0 * x).collect())
        }
    }

    impl ProsodyNetwork for Counting {
        fn phones(&self, phones: &[u32], voice: &[f32]) -> Result<(PhoneFeatures, Vec<f32>)> {
            self.call()?;
            let features = PhoneFeatures {
                rows: voice.to_vec(),
                dim: 1,
            };
            Ok((features, phones.iter().map(|&phone| phone as f32).collect()))
        }

        fn tokens(&self, _: &PhoneFeatures, _: &[u32], progress: &[f32]) -> Result<Vec<f32>> {
            self.call()?;
            Ok(progress.to_vec())
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

    fn nothing() -> Weights {
        let (dtype, device) = (candle_core::DType::F32, candle_core::Device::Cpu);
        Weights::from_tensors(HashMap::new(), dtype, &device)
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
        let checkpoint = Checkpoint::new(Config::f5_v1_base(), nothing());
        let weights = VocoderWeights {
            inputs: 1,
            dim: 1,
            intermediate_dim: 1,
            num_layers: 0,
            outputs: 1,
            backbone: nothing(),
            head: nothing(),
        };
        // Predictor twice, prepare, three steps, read, vocoder; the ninth call belongs to the next round.
        for fails_at in 0..9 {
            let notices = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&notices);
            let second = Counting::default();
            let backend = Fallback::new(
                Box::new(Counting {
                    fails_at: Some(fails_at),
                    ..Counting::default()
                }),
                Box::new(second.clone()),
                Box::new(move |_| {
                    counted.fetch_add(1, Ordering::Relaxed);
                }),
            );
            let flow = backend.flow(&checkpoint).unwrap();
            let prosody = backend.prosody(&checkpoint).unwrap();
            let vocoder = backend.vocoder(&weights).unwrap();
            assert_eq!(flow.name(), "gpu");
            for round in 0..3 {
                let place = format!("round {round}, failure at {fails_at}");
                let (features, log_frames) = prosody.phones(&[3, 4], &[0.5]).unwrap();
                assert_eq!(
                    (features.rows, log_frames),
                    (vec![0.5], vec![3.0, 4.0]),
                    "{place}"
                );
                let features = PhoneFeatures {
                    rows: Vec::new(),
                    dim: 1,
                };
                assert_eq!(prosody.tokens(&features, &[], &[7.0]).unwrap(), [7.0]);
                let streams = follow(&*flow, &plan, &|| false).unwrap().unwrap();
                assert_eq!(streams.audio, [123.0], "{place}");
                assert_eq!(vocoder.forward(&[1.5]).unwrap(), [3.0], "{place}");
            }
            assert_eq!(flow.name(), "cpu");
            assert_eq!(notices.load(Ordering::Relaxed), 1);
            // Each network was opened when it was needed, and once.
            assert_eq!(second.opened.load(Ordering::Relaxed), 3);
        }
    }
}

//! One backend against another on a made-up piece of speech: whether they agree, and which is faster.

use std::time::{Duration, Instant};

use super::{FlowBackend, FlowPlan, Result, Start, StreamPlan, Streams, follow};
use crate::networks::jam_flow::schedule::{sway, uniform};
use crate::networks::jam_flow::{Config, Exchange, Noise};

/// Length of the piece: about that of a sentence.
const PIECE_SECS: f64 = 4.0;
/// Euler steps, as for speech.
const STEPS: usize = 4;
/// Least correlation of the voices.
const MIN_CORRELATION: f64 = 0.999;
/// Largest distance of the mouths, canonical units.
const MAX_MOUTH_DISTANCE: f64 = 1e-3;

/// How a backend did against the one that it is measured by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Correlation of both normalised log mels.
    pub voice_correlation: f64,
    /// Largest difference of a mouth's coordinate, canonical units; 0 without a mouth.
    pub mouth_distance: f64,
    /// What the backend took for the piece, once it was warm.
    pub time: Duration,
    /// What the reference took.
    pub reference_time: Duration,
}

impl Comparison {
    /// Runs both.
    ///
    /// # Errors
    /// What either fails with.
    pub fn run(
        backend: &dyn FlowBackend,
        reference: &dyn FlowBackend,
        config: &Config,
    ) -> Result<Self> {
        let plan = piece(config);
        let timed = |backend: &dyn FlowBackend| -> Result<(Streams, Duration)> {
            // The first run compiles, allocates and fills caches.
            follow(backend, &plan, &|| false)?;
            let began = Instant::now();
            let streams = follow(backend, &plan, &|| false)?;
            Ok((streams.ok_or("cancelled")?, began.elapsed()))
        };
        let (made, time) = timed(backend)?;
        let (expected, reference_time) = timed(reference)?;
        let deviation = |i: usize| {
            let channel = i % config.motion_channels.max(1);
            f64::from(config.motion_std.get(channel).copied().unwrap_or(1.0))
        };
        let pairs = made.motion.iter().zip(&expected.motion).enumerate();
        let distances = pairs.map(|(i, (a, b))| f64::from((a - b).abs()) * deviation(i));
        // What is not a number is as far away as can be.
        let mouth_distance = distances.fold(0.0, |farthest: f64, distance| {
            farthest.max(if distance.is_nan() {
                f64::INFINITY
            } else {
                distance
            })
        });
        Ok(Self {
            voice_correlation: correlation(&made.audio, &expected.audio),
            mouth_distance,
            time,
            reference_time,
        })
    }

    /// Whether the backend may stand in for the reference.
    pub fn agrees(&self) -> bool {
        self.voice_correlation >= MIN_CORRELATION && self.mouth_distance <= MAX_MOUTH_DISTANCE
    }

    /// Whether the backend was faster.
    pub fn is_faster(&self) -> bool {
        self.time < self.reference_time
    }
}

/// Noise under a condition of noise: not speech, but everything that speech goes through.
fn piece(config: &Config) -> FlowPlan {
    let tokens = (PIECE_SECS * config.tokens_per_second()) as usize;
    let frames = config.motion_frames(tokens);
    let mut noise = Noise::new(1, 0);
    let mut stream = |count: usize, noisy_dim: usize, condition_dim: usize| StreamPlan {
        count,
        start: Start::Noise(noise.take(count * noisy_dim)),
        condition: noise.take(count * condition_dim),
        guidance: None,
    };
    let audio = stream(tokens, config.token_dim(), config.audio_condition_dim());
    let motion = (config.motion_depth > 0).then(|| {
        stream(
            frames,
            config.motion_channels,
            config.motion_condition_dim(),
        )
    });
    FlowPlan {
        times: sway(&uniform(STEPS), -1.0),
        exchange: Exchange::BOTH,
        audio,
        motion,
    }
}

/// Of two lists of numbers; 0 if they differ in length or hold something that is no number.
fn correlation(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() {
        return 0.0;
    }
    let mean = |x: &[f32]| x.iter().map(|&x| f64::from(x)).sum::<f64>() / x.len().max(1) as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut product, mut own, mut other) = (0.0, 0.0, 0.0);
    for (&a, &b) in a.iter().zip(b) {
        let (a, b) = (f64::from(a) - mean_a, f64::from(b) - mean_b);
        product += a * b;
        own += a * a;
        other += b * b;
    }
    let correlation = product / (own * other).sqrt();
    if correlation.is_finite() {
        correlation
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::FlowRun;

    /// Hands back what the plan starts from, spoilt by this much.
    struct Echo(f32);

    struct EchoRun<'a>(&'a FlowPlan, f32);

    impl FlowBackend for Echo {
        fn name(&self) -> &'static str {
            "echo"
        }

        fn prepare<'a>(&'a self, plan: &'a FlowPlan) -> Result<Box<dyn FlowRun + 'a>> {
            Ok(Box::new(EchoRun(plan, self.0)))
        }
    }

    impl FlowRun for EchoRun<'_> {
        fn step(&mut self, _: usize) -> Result<()> {
            Ok(())
        }

        fn read(&self) -> Result<Streams> {
            let spoilt = |plan: &StreamPlan| {
                let Start::Noise(noise) = &plan.start else {
                    return Vec::new();
                };
                let values = noise.iter().enumerate();
                values.map(|(i, x)| x + self.1 * (i as f32).sin()).collect()
            };
            Ok(Streams {
                audio: spoilt(&self.0.audio),
                motion: self.0.motion.as_ref().map(spoilt).unwrap_or_default(),
            })
        }
    }

    #[test]
    fn what_differs_audibly_or_visibly_does_not_agree() {
        let config = Config::jam_flow_published();
        for (spoilt, agrees) in [(0.0, true), (5e-4, true), (0.01, false), (f32::NAN, false)] {
            let comparison = Comparison::run(&Echo(spoilt), &Echo(0.0), &config).unwrap();
            assert_eq!(comparison.agrees(), agrees, "{spoilt}: {comparison:?}");
        }
    }
}

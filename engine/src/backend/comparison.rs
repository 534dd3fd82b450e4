//! One backend against another on a made-up piece of speech: whether they agree, and which is faster.

use std::time::{Duration, Instant};

use super::{
    Backend, FlowBackend, FlowPlan, ProsodyNetwork, Result, SpeechWeights, Start, StreamPlan,
    Streams, VocoderNetwork, follow,
};
use crate::networks::jam_flow::schedule::{sway, uniform};
use crate::networks::jam_flow::{Config, Exchange, Noise};

/// Length of the piece: about that of a sentence.
const PIECE_SECS: f64 = 4.0;
/// Phones of the piece.
const PHONES: usize = 48;
/// Euler steps, as for speech.
const STEPS: usize = 4;
/// Least correlation of everything that is heard.
const MIN_CORRELATION: f64 = 0.999;
/// Largest distance of the mouths, canonical units.
const MAX_MOUTH_DISTANCE: f64 = 1e-3;

/// How a backend did against the one that it is measured by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Least correlation: of the normalised log mels, what the vocoder makes sound of, the phones' lengths and the contours.
    pub voice_correlation: f64,
    /// Largest difference of a mouth's coordinate, canonical units; 0 without a mouth.
    pub mouth_distance: f64,
    /// What the backend took for the piece, once it was warm.
    pub time: Duration,
    /// What the reference took.
    pub reference_time: Duration,
}

/// What one backend made of the piece.
struct Made {
    streams: Streams,
    /// Made by the networks around the flow.
    others: Vec<Vec<f32>>,
    time: Duration,
}

impl Comparison {
    /// Opens these weights on both, and runs them.
    ///
    /// # Errors
    /// What either fails with.
    pub fn run(
        backend: &dyn Backend,
        reference: &dyn Backend,
        weights: &SpeechWeights,
    ) -> Result<Self> {
        let made = run(backend, weights)?;
        let expected = run(reference, weights)?;
        let config = weights.joint.config();
        let deviation = |i: usize| {
            let channel = i % config.motion_channels.max(1);
            f64::from(config.motion_std.get(channel).copied().unwrap_or(1.0))
        };
        let (mouth, expected_mouth) = (&made.streams.motion, &expected.streams.motion);
        let pairs = mouth.iter().zip(expected_mouth).enumerate();
        let distances = pairs.map(|(i, (a, b))| f64::from((a - b).abs()) * deviation(i));
        // What is not a number is as far away as can be.
        let mouth_distance = distances.fold(0.0, |farthest: f64, distance| {
            farthest.max(if distance.is_nan() {
                f64::INFINITY
            } else {
                distance
            })
        });
        let pairs = made.others.iter().zip(&expected.others);
        let voice = correlation(&made.streams.audio, &expected.streams.audio);
        Ok(Self {
            voice_correlation: pairs.fold(voice, |least, (a, b)| least.min(correlation(a, b))),
            mouth_distance,
            time: made.time,
            reference_time: expected.time,
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

/// The networks that take part in speech; a voice alone has no predictor.
struct Networks {
    prosody: Option<Box<dyn ProsodyNetwork>>,
    flow: Box<dyn FlowBackend>,
    vocoder: Box<dyn VocoderNetwork>,
}

fn run(backend: &dyn Backend, weights: &SpeechWeights) -> Result<Made> {
    let config = weights.joint.config();
    let networks = Networks {
        prosody: (config.prosody_channels > 0)
            .then(|| backend.prosody(weights.joint))
            .transpose()?,
        flow: backend.flow(weights.joint)?,
        vocoder: backend.vocoder(weights.vocoder)?,
    };
    let plan = piece(config);
    let mut noise = Noise::new(2, 0);
    let frames = noise.take(config.patch_size * plan.audio.count * weights.vocoder.inputs);
    let voice = noise.take(config.voice_dim);
    // The first run compiles, allocates and fills caches, for which one step is enough.
    let first = FlowPlan {
        times: uniform(1),
        ..plan.clone()
    };
    networks.speak(config, &first, &frames, &voice)?;
    networks.speak(config, &plan, &frames, &voice)
}

impl Networks {
    fn speak(
        &self,
        config: &Config,
        plan: &FlowPlan,
        frames: &[f32],
        voice: &[f32],
    ) -> Result<Made> {
        let began = Instant::now();
        let mut others = Vec::new();
        if let Some(prosody) = &self.prosody {
            let tokens = plan.audio.count;
            let phones: Vec<u32> = (0..PHONES)
                .map(|i| (7 * i % config.text_num_embeds) as u32)
                .collect();
            let (features, log_frames) = prosody.phones(&phones, voice)?;
            let alignment: Vec<u32> = (0..tokens).map(|i| (i * PHONES / tokens) as u32).collect();
            let width = config.progress_channels();
            let progress: Vec<f32> = (0..tokens * width).map(|i| (i % 9) as f32 / 9.0).collect();
            others.push(prosody.tokens(&features, &alignment, &progress)?);
            others.extend([features.rows, log_frames]);
        }
        let streams = follow(&*self.flow, plan, &|| false)?;
        others.push(self.vocoder.forward(frames)?);
        Ok(Made {
            streams: streams.ok_or("cancelled")?,
            others,
            time: began.elapsed(),
        })
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
    use crate::backend::{FlowRun, VocoderWeights};
    use crate::networks::jam_flow::Checkpoint;
    use crate::weights::Weights;

    /// Hands back what it is given, spoilt by this much: the flow's plan, the vocoder's frames.
    #[derive(Clone, Copy, Default)]
    struct Echo {
        flow: f32,
        vocoder: f32,
    }

    struct EchoRun<'a>(&'a FlowPlan, f32);

    fn spoilt(values: &[f32], by: f32) -> Vec<f32> {
        let values = values.iter().enumerate();
        values.map(|(i, x)| x + by * (i as f32).sin()).collect()
    }

    impl Backend for Echo {
        fn flow(&self, _: &Checkpoint) -> Result<Box<dyn FlowBackend>> {
            Ok(Box::new(*self))
        }

        fn prosody(&self, _: &Checkpoint) -> Result<Box<dyn ProsodyNetwork>> {
            Err("the published size has no predictor".into())
        }

        fn vocoder(&self, _: &VocoderWeights) -> Result<Box<dyn VocoderNetwork>> {
            Ok(Box::new(*self))
        }
    }

    impl VocoderNetwork for Echo {
        fn forward(&self, frames: &[f32]) -> Result<Vec<f32>> {
            Ok(spoilt(frames, self.vocoder))
        }
    }

    impl FlowBackend for Echo {
        fn name(&self) -> &'static str {
            "echo"
        }

        fn prepare<'a>(&'a self, plan: &'a FlowPlan) -> Result<Box<dyn FlowRun + 'a>> {
            Ok(Box::new(EchoRun(plan, self.flow)))
        }
    }

    impl FlowRun for EchoRun<'_> {
        fn step(&mut self, _: usize) -> Result<()> {
            Ok(())
        }

        fn read(&self) -> Result<Streams> {
            let of = |plan: &StreamPlan| match &plan.start {
                Start::Noise(noise) => spoilt(noise, self.1),
                _ => Vec::new(),
            };
            Ok(Streams {
                audio: of(&self.0.audio),
                motion: self.0.motion.as_ref().map(of).unwrap_or_default(),
            })
        }
    }

    #[test]
    fn what_differs_audibly_or_visibly_does_not_agree() {
        let (dtype, device) = (candle_core::DType::F32, candle_core::Device::Cpu);
        let nothing = Weights::from_tensors(Default::default(), dtype, &device);
        let joint = Checkpoint::new(Config::jam_flow_published(), nothing.clone());
        let weights = SpeechWeights {
            joint: &joint,
            vocoder: &VocoderWeights {
                inputs: 100,
                dim: 1,
                intermediate_dim: 1,
                num_layers: 0,
                outputs: 100,
                backbone: nothing.clone(),
                head: nothing,
            },
        };
        for (flow, vocoder, agrees) in [
            (0.0, 0.0, true),
            (5e-4, 0.0, true),
            (0.01, 0.0, false),
            (f32::NAN, 0.0, false),
            (0.0, 0.01, true),
            (0.0, 0.2, false),
            (0.0, f32::NAN, false),
        ] {
            let echo = Echo { flow, vocoder };
            let comparison = Comparison::run(&echo, &Echo::default(), &weights).unwrap();
            assert_eq!(
                comparison.agrees(),
                agrees,
                "{flow} {vocoder}: {comparison:?}"
            );
        }
    }
}

//! One run of the flow over a stretch of both streams. Every task comes down to it: what is given differs, the flow does not.

use std::ops::Range;

use super::plan::ConditionRows;
use super::search::{Judge, candidate_seed, search};
use super::{FlowSettings, Job};
use crate::backend::{FlowPlan, Guidance, Start, StreamPlan, Streams, follow};
use crate::networks::jam_flow::schedule::{sway, uniform};
use crate::networks::jam_flow::{AudioCondition, Exchange, MotionCondition, Noise};
use crate::{Error, Result};

/// Which of a seed's streams of noise the voice starts from.
const AUDIO_NOISE: u64 = 0;
/// Which of them the mouth starts from.
pub const MOTION_NOISE: u64 = 1;

/// The times of a flow of so many steps.
pub fn flow_times(steps: usize, settings: &FlowSettings) -> Vec<f64> {
    sway(&uniform(steps), settings.sway_sampling_coef)
}

/// What is known of one stream, normalised.
#[derive(Debug, Clone, Copy)]
pub enum Rows<'a> {
    /// It is made. Rows that are known stand where they belong, (n, width), with zeros elsewhere.
    Made(Option<&'a [f32]>),
    /// It is made in a gap between rows that are known.
    Infilled {
        /// (n, width), zeros in the gap.
        rows: &'a [f32],
        /// The rows to make.
        gap: &'a Range<usize>,
    },
    /// It is made, and is on its way from noise already: (n, width).
    Begun(&'a [f32]),
    /// It is known whole: (n, width).
    Given(&'a [f32]),
}

impl<'a> Rows<'a> {
    /// What stands in the stream's condition.
    fn condition(self) -> Option<&'a [f32]> {
        match self {
            Self::Made(known) => known,
            Self::Infilled { rows, .. } => Some(rows),
            Self::Begun(_) | Self::Given(_) => None,
        }
    }

    /// Where the stream begins; `noise` makes what it starts from.
    fn start(self, count: usize, noise: impl FnOnce() -> Vec<f32>) -> Start {
        match self {
            Self::Made(_) => Start::Noise(noise()),
            Self::Infilled { rows, gap } => Start::Partly {
                noise: noise(),
                rows: rows.to_vec(),
                is_known: (0..count).map(|row| !gap.contains(&row)).collect(),
            },
            Self::Begun(rows) => Start::Noise(rows.to_vec()),
            Self::Given(rows) => Start::Known(rows.to_vec()),
        }
    }
}

/// A stretch of both streams, beginning where audio tokens and motion frames meet.
#[derive(Debug, Clone)]
pub struct Window<'a> {
    /// Length in audio tokens; the motion frames follow from it.
    pub tokens: usize,
    /// What is said, for as many tokens; nothing is said to be said without it, and then there is no guidance.
    pub conditions: Option<ConditionRows<'a>>,
    /// Who says it: (voice_dim,).
    pub voice: Option<&'a [f32]>,
    /// The sound.
    pub audio: Rows<'a>,
    /// The mouth.
    pub motion: Rows<'a>,
    /// What the listener says of the sound, where that is given: (motion frames, heard_channels).
    pub heard: Option<&'a [f32]>,
    /// Euler steps.
    pub steps: usize,
    /// Which noise to start from.
    pub seed: u64,
    /// The tokens that are kept of what is made, where a [search](super::search) may pay; nothing is searched without them.
    pub kept: Option<Range<usize>>,
}

impl Window<'_> {
    /// Makes what is not given.
    ///
    /// # Errors
    /// [`Error::Cancelled`], [`Error::Model`].
    pub fn fill(&self, job: Job) -> Result<Streams> {
        let _span =
            tracing::debug_span!("flow", tokens = self.tokens, steps = self.steps).entered();
        let flow = &*job.model.flow;
        let streams = match self.judge(job) {
            Some(judge) => {
                let candidates = 0..job.settings.candidates;
                let plans: Vec<FlowPlan> = candidates
                    .map(|candidate| self.plan(job, candidate_seed(self.seed, candidate)))
                    .collect();
                let score = |streams: &Streams| judge.score(streams);
                let steps = job.settings.search_steps;
                search(flow, &plans, steps, &score, job.cancelled)
            }
            None => follow(flow, &self.plan(job, self.seed), job.cancelled),
        };
        finished(streams)
    }

    /// Goes on with what is [begun](Rows::Begun) from one time to another.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn go_on(&self, job: Job, times: [f64; 2]) -> Result<Streams> {
        let _span = tracing::debug_span!("flow", tokens = self.tokens, steps = 1).entered();
        let plan = FlowPlan {
            times: times.to_vec(),
            ..self.plan(job, self.seed)
        };
        finished(follow(&*job.model.flow, &plan, job.cancelled))
    }

    /// Who chooses among several noises; none where one is enough.
    fn judge<'a>(&'a self, job: Job<'a>) -> Option<Judge<'a>> {
        let (made, conditions) = self.kept.clone().zip(self.conditions)?;
        (job.settings.candidates > 1).then_some(Judge {
            model: job.model,
            phones: conditions.phones,
            made,
            known: self.audio.condition(),
            has_reference: self.voice.is_none(),
        })
    }

    fn plan(&self, job: Job, seed: u64) -> FlowPlan {
        let (config, settings) = (&job.model.config, job.settings);
        let (tokens, frames) = (self.tokens, config.motion_frames(self.tokens));
        let audio = AudioCondition {
            mel: self.audio.condition(),
            text: self.conditions.map(|it| it.text),
            progress: self.conditions.map(|it| it.progress),
            prosody: self.conditions.map(|it| it.prosody),
            voice: self.voice,
        };
        let motion = MotionCondition {
            mouth: self.motion.condition(),
            rest: None,
            heard: self.heard,
        };
        let strength = settings.guidance.unwrap_or(config.default_guidance);
        let is_guided = strength != 0.0 && self.conditions.is_some();
        let guidance = |null_condition: &dyn Fn() -> Vec<f32>| {
            is_guided.then(|| Guidance {
                null_condition: null_condition(),
                strength,
            })
        };
        // Calm noise is for voices that are told by name. One that is heard in what stands around comes out of the noise of training:
        // over 21 people the similarity is 0.715 instead of 0.694.
        let temperature = match self.voice {
            Some(_) => config.default_temperature,
            None => 1.0,
        };
        let temperature = settings.temperature.unwrap_or(temperature) as f32;
        let noise = |stream: u64, count: usize| Noise::new(seed, stream).take(count);
        FlowPlan {
            times: flow_times(self.steps, settings),
            // What the listener says hardly depends on who speaks; what the Motion-DiT makes of the sound itself does. Over 44 people who
            // were filmed, their lips are followed with r 0.65 instead of 0.60 by the listener alone.
            exchange: Exchange {
                motion_sees_audio: self.heard.is_none(),
                ..Exchange::BOTH
            },
            audio: StreamPlan {
                count: tokens,
                start: self.audio.start(tokens, || {
                    let noise = noise(AUDIO_NOISE, tokens * config.token_dim());
                    noise.into_iter().map(|x| x * temperature).collect()
                }),
                condition: audio.rows(config, tokens),
                guidance: guidance(&|| AudioCondition::default().rows(config, tokens)),
            },
            motion: Some(StreamPlan {
                count: frames,
                start: self.motion.start(frames, || {
                    noise(MOTION_NOISE, frames * config.motion_channels)
                }),
                condition: motion.rows(config, frames),
                guidance: guidance(&|| MotionCondition::default().rows(config, frames)),
            }),
        }
    }
}

/// What a backend brought back, which is nothing if it was cancelled.
fn finished(streams: crate::backend::Result<Option<Streams>>) -> Result<Streams> {
    streams
        .map_err(|source| Error::model("joint model", source))?
        .ok_or(Error::Cancelled)
}

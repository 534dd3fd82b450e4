//! The search on a flow whose ends are known.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::backend::{Start, StreamPlan};
use crate::networks::jam_flow::Exchange;

/// A flow that goes straight from the noise to a fixed multiple of it, and counts its steps.
struct Straight<'a> {
    factor: f32,
    steps: &'a AtomicUsize,
}

struct StraightRun<'a> {
    flow: &'a Straight<'a>,
    plan: &'a FlowPlan,
    noise: Vec<f32>,
    t: f64,
}

impl FlowBackend for Straight<'_> {
    fn name(&self) -> &'static str {
        "straight"
    }

    fn prepare<'a>(&'a self, plan: &'a FlowPlan) -> Result<Box<dyn FlowRun + 'a>> {
        let Start::Noise(noise) = &plan.audio.start else {
            return Err("noise is expected".into());
        };
        Ok(Box::new(StraightRun {
            flow: self,
            plan,
            noise: noise.clone(),
            t: plan.times[0],
        }))
    }
}

impl FlowRun for StraightRun<'_> {
    fn step(&mut self, step: usize) -> Result<()> {
        self.flow.steps.fetch_add(1, Ordering::Relaxed);
        self.t = self.plan.times[step + 1];
        Ok(())
    }

    fn read(&self) -> Result<Streams> {
        let t = self.t as f32;
        let at = |noise: &f32| noise * (1.0 - t) + noise * self.flow.factor * t;
        Ok(Streams {
            audio: self.noise.iter().map(at).collect(),
            motion: Vec::new(),
        })
    }
}

fn plan(noise: &[f32]) -> FlowPlan {
    FlowPlan {
        times: vec![0.0, 0.1, 0.4, 0.7, 1.0],
        exchange: Exchange::BOTH,
        audio: StreamPlan {
            count: noise.len(),
            start: Start::Noise(noise.to_vec()),
            condition: Vec::new(),
            guidance: None,
        },
        motion: None,
    }
}

#[test]
fn a_straight_flow_is_estimated_at_its_end() {
    let steps = AtomicUsize::new(0);
    let flow = Straight {
        factor: 3.0,
        steps: &steps,
    };
    let plan = plan(&[1.0, -2.0]);
    for last in 0..4 {
        let mut run = flow.prepare(&plan).unwrap();
        for step in 0..last {
            run.step(step).unwrap();
        }
        let estimate = step_and_estimate(&mut *run, &plan, last).unwrap();
        for (value, end) in estimate.audio.iter().zip([3.0, -6.0]) {
            assert!((value - end).abs() < 1e-4, "{value} after {last}");
        }
    }
}

#[test]
fn the_first_candidate_has_the_seed_itself() {
    for seed in [0, 1, u64::MAX] {
        assert_eq!(candidate_seed(seed, 0), seed);
        let others: std::collections::BTreeSet<_> = (0..100)
            .map(|candidate| candidate_seed(seed, candidate))
            .collect();
        assert_eq!(others.len(), 100);
    }
}

#[test]
fn the_best_candidate_is_followed_and_costs_what_it_should() {
    let steps = AtomicUsize::new(0);
    let flow = Straight {
        factor: 2.0,
        steps: &steps,
    };
    let plans = [plan(&[1.0]), plan(&[-4.0]), plan(&[3.0])];
    let words = |streams: &Streams| {
        Ok(Score {
            words: streams.audio[0],
            ..Score::default()
        })
    };
    for search_steps in 1..=4 {
        steps.store(0, Ordering::Relaxed);
        let found = search(&flow, &plans, search_steps, &words, &|| false)
            .unwrap()
            .unwrap();
        assert_eq!(found.audio, [6.0]);
        assert_eq!(
            steps.load(Ordering::Relaxed),
            3 * search_steps + 4 - search_steps
        );
    }
    assert!(
        search(&flow, &plans, 1, &words, &|| true)
            .unwrap()
            .is_none()
    );
}

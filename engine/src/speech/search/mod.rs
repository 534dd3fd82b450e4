//! k-step search (arXiv 2411.18668): of several noises, each followed for a few steps, the one that promises most is followed to its end.
//!
//! The paper runs a coarse sampler of k steps for every noise, and begins again with the best. Here the steps of the candidates are
//! the first ones of the run itself, so that the winner goes on from where it is: N noises cost N·k + (S − k) evaluations in place
//! of S. Noise 0 is the one that is used without a search, so that a search can only change what it finds something better for.

mod judge;

use judge::best;
pub use judge::{Judge, Score};

use crate::backend::{FlowBackend, FlowPlan, FlowRun, Result, Streams};
use crate::random::{GOLDEN_GAMMA, scattered};

/// Seed of a candidate's noise; the first candidate has the seed itself.
pub fn candidate_seed(seed: u64, candidate: usize) -> u64 {
    match candidate {
        0 => seed,
        _ => scattered(seed ^ (candidate as u64).wrapping_mul(GOLDEN_GAMMA)),
    }
}

/// Follows every plan for `search_steps`, and the one whose clean estimate is judged best to its end. `Ok(None)` if cancelled.
///
/// # Errors
/// What the backend fails with.
pub fn search(
    backend: &dyn FlowBackend,
    plans: &[FlowPlan],
    search_steps: usize,
    score: &dyn Fn(&Streams) -> Result<Score>,
    cancelled: &dyn Fn() -> bool,
) -> Result<Option<Streams>> {
    let steps = plans
        .first()
        .map_or(0, |plan| plan.times.len().saturating_sub(1));
    let search_steps = search_steps.clamp(1, steps.max(1));
    let mut runs = Vec::with_capacity(plans.len());
    let mut scores = Vec::with_capacity(plans.len());
    for plan in plans {
        let mut run = backend.prepare(plan)?;
        for step in 0..search_steps - 1 {
            if cancelled() {
                return Ok(None);
            }
            run.step(step)?;
        }
        if cancelled() {
            return Ok(None);
        }
        let estimate = step_and_estimate(&mut *run, plan, search_steps - 1)?;
        scores.push(score(&estimate)?);
        runs.push(run);
    }
    let winner = best(&scores);
    let mut run = runs.swap_remove(winner);
    // The others give their memory back.
    drop(runs);
    for step in search_steps..steps {
        if cancelled() {
            return Ok(None);
        }
        run.step(step)?;
    }
    run.read().map(Some)
}

/// Follows one step and goes on straight from there to t = 1: what the flow takes the end to be, blurred but readable.
fn step_and_estimate(run: &mut dyn FlowRun, plan: &FlowPlan, step: usize) -> Result<Streams> {
    let before = run.read()?;
    run.step(step)?;
    let after = run.read()?;
    let (t, next) = (plan.times[step], plan.times[step + 1]);
    let share = ((1.0 - t) / (next - t)) as f32;
    let beyond = |before: Vec<f32>, after: Vec<f32>| {
        let pairs = before.into_iter().zip(after);
        pairs.map(|(x, y)| x + share * (y - x)).collect()
    };
    Ok(Streams {
        audio: beyond(before.audio, after.audio),
        motion: beyond(before.motion, after.motion),
    })
}

#[cfg(test)]
mod tests;

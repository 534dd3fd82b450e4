//! Plays for minutes into the silent output that keeps time, and measures the picture against the sound, in real time.
//!
//! `cargo run --release -p jam-flow --example sync_over_time -- 10` takes ten minutes. The test in `tests/sync.rs` does the same
//! with a clock that is wound by hand, in a second.

use std::time::{Duration, Instant};

use engine::SpeechChunk;
use engine::motion::{FRAMES_PER_SECOND, MouthFrame};
use engine::synthesizer::SAMPLES_PER_FRAME;
use studio::performance::FrameClock;
use studio::script::Script;
use studio::sound::output::{OpenOutput, PacedOutput};
use studio::sound::playback::Player;
use studio::take::Take;

/// A piece as the engine sends it: two seconds.
const PIECE_FRAMES: usize = 50;
/// Pieces come while less than this is left to play.
const AHEAD_SECS: f64 = 3.0;

fn main() -> anyhow::Result<()> {
    let minutes: f64 = match std::env::args().nth(1) {
        Some(minutes) => minutes.parse()?,
        None => 10.0,
    };
    let open: OpenOutput = Box::new(|_| (Box::new(PacedOutput::new()), None));
    let mut player = Player::new(open, || ())?;
    let piece = SpeechChunk::new(
        vec![0.1; PIECE_FRAMES * SAMPLES_PER_FRAME],
        vec![MouthFrame::default(); PIECE_FRAMES],
        0.0,
    );
    let mut take = Take::new(1, Script::Microphone(None), 0);
    take.add(&piece);
    player.play(&take, None, 0.0, None);

    let mut frames = FrameClock::default();
    let began = Instant::now();
    let mut first_heard: Option<(Instant, f64)> = None;
    let mut shown: Option<usize> = None;
    let (mut largest_lag_secs, mut sum_secs, mut count) = (0.0_f64, 0.0, 0_u64);
    let mut largest_drift_secs = 0.0_f64;
    let mut next_report_secs = 60.0;
    loop {
        player.feed(&take);
        player.tidy();
        let now_secs = began.elapsed().as_secs_f64();
        if let Some(position_secs) = player.position_secs() {
            if take.duration_secs() < position_secs + AHEAD_SECS {
                take.add(&piece);
            }
            let frame = take.frame_at(position_secs);
            if frames.steps_due(now_secs, Some(frame)) > 0 {
                shown = Some(frame);
            }
            if position_secs > 0.0 {
                let (first, first_secs) =
                    *first_heard.get_or_insert((Instant::now(), position_secs));
                let by_wall_secs = first_secs + first.elapsed().as_secs_f64();
                largest_drift_secs = largest_drift_secs.max((position_secs - by_wall_secs).abs());
            }
            // What is heard now against what is seen now.
            if let (Some(heard_secs), Some(shown)) = (player.position_secs(), shown) {
                let lag_secs = heard_secs - shown as f64 / FRAMES_PER_SECOND;
                largest_lag_secs = largest_lag_secs.max(lag_secs.abs());
                sum_secs += lag_secs;
                count += 1;
            }
        }
        let is_over = now_secs >= 60.0 * minutes;
        if is_over || now_secs >= next_report_secs {
            next_report_secs += 60.0;
            println!(
                "{:5.1} min: the picture lags {:.1} ms on average, {:.1} ms at most; the sound's clock is at most {:.1} ms beside the system's; {} underruns",
                now_secs / 60.0,
                1000.0 * sum_secs / count.max(1) as f64,
                1000.0 * largest_lag_secs,
                1000.0 * largest_drift_secs,
                player.underruns()
            );
        }
        if is_over {
            return Ok(());
        }
        // A window at 60 passes a second, woken earlier when a frame is due.
        let until_frame_secs = player.until_next_frame_secs().unwrap_or(1.0 / 60.0);
        std::thread::sleep(Duration::from_secs_f64(
            until_frame_secs.clamp(0.001, 1.0 / 60.0),
        ));
    }
}

//! The thread that draws and writes a take that is there already.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::SpeechChunk;
use engine::motion::Driver;
use engine::synthesizer::SAMPLES_PER_FRAME;

use super::behind::{film_gpu, let_the_window_go_first};
use super::{Event, Reporter, shielded, spawn};
use studio::avatar::{Avatar, index_of};
use studio::cancel::is_cancelled;
use studio::film::{Film, Outputs};
use studio::take::{Take, TakeTurn};
use studio::wording::one_line;

/// Frames that are drawn between two looks at the progress: one second.
const PIECE_FRAMES: usize = 25;

/// What to write.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// What is said.
    pub take: Arc<Take>,
    /// Who moves; needed for a video.
    pub people: Vec<Arc<Avatar>>,
    /// Who of them speaks what is no dialogue.
    pub speaker: usize,
    /// What drives the face beside the voice.
    pub driver: Option<Arc<Driver>>,
    /// The files.
    pub outputs: Outputs,
}

pub(super) fn start(
    request: ExportRequest,
    gpu: shaders::Gpu,
    stop: Arc<AtomicBool>,
    reporter: Reporter,
) -> anyhow::Result<()> {
    spawn("export", move || {
        let_the_window_go_first();
        let gpu = film_gpu(&gpu);
        let cancelled = || stop.load(Ordering::SeqCst);
        let progress = |fraction| {
            reporter.send(Event::ExportProgress(fraction));
        };
        let event = match shielded(|| export(&request, &gpu, &cancelled, &progress)) {
            Ok(summary) => Event::Exported(summary.files),
            Err(error) => Event::ExportFailed {
                reason: (!is_cancelled(&error)).then(|| one_line(&error)),
            },
        };
        reporter.send(event);
    })?;
    Ok(())
}

fn export(
    request: &ExportRequest,
    gpu: &shaders::Gpu,
    cancelled: &dyn Fn() -> bool,
    progress: &dyn Fn(f32),
) -> anyhow::Result<studio::film::Summary> {
    let take = &request.take;
    request.outputs.check(&[])?;
    let mut film = Film::start_together(&request.outputs, &request.people, Some(gpu), take.seed)?;
    film.let_speak(request.speaker, None);
    if let Some(driver) = &request.driver {
        film.drive(Arc::clone(driver));
    }
    let mut sample = 0;
    let mut begun: Option<&TakeTurn> = None;
    for frames in pieces(take) {
        let turn = take.turn_at(frames.start);
        // Words have their times with them, so they may come with the first piece.
        let mut words = 0..0;
        if frames.start == 0 {
            words.end = take.turns.get(1).map_or(take.words.len(), |turn| turn.word);
        }
        if let Some(turn) = turn
            && begun != Some(turn)
        {
            let later = take.turns.iter().find(|later| later.frame > turn.frame);
            words = turn.word..later.map_or(take.words.len(), |later| later.word);
            let person = index_of(&request.people, turn.face).unwrap_or(request.speaker);
            film.let_speak(person, Some(&turn.label));
            begun = Some(turn);
        }
        let count = match frames.end < take.mouth.len() {
            true => frames.len() * SAMPLES_PER_FRAME,
            false => usize::MAX,
        };
        let fraction_done = frames.end as f32 / take.mouth.len() as f32;
        let chunk = SpeechChunk {
            samples: take.sound(sample, count).collect(),
            mouth: take.mouth[frames.clone()].to_vec(),
            words: take.words.get(words).unwrap_or_default().to_vec(),
            phones: Vec::new(),
            fraction_done,
        };
        sample += chunk.samples.len();
        let accents = take.accents.get(frames.start..).unwrap_or(&[]);
        film.add_with_accents(&chunk, accents, cancelled)?;
        progress(fraction_done);
    }
    if cancelled() {
        return Err(engine::Error::Cancelled.into());
    }
    film.finish()
}

/// Frames of a take in pieces, each of which is one speaker's.
fn pieces(take: &Take) -> Vec<std::ops::Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < take.mouth.len() {
        let turns = take.turns.iter().map(|turn| turn.frame);
        let next = turns.filter(|&frame| frame > start).min();
        let end = (start + PIECE_FRAMES)
            .min(take.mouth.len())
            .min(next.unwrap_or(usize::MAX));
        pieces.push(start..end);
        start = end;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio::take::Source;

    #[test]
    fn pieces_end_where_somebody_else_begins() {
        let mut take = Take::new(1, Source::Recording(String::new()), 0);
        take.mouth = vec![Default::default(); 10];
        take.begin_turn(2, "2".to_owned());
        take.mouth.resize(60, Default::default());
        assert_eq!(pieces(&take), [0..10, 10..35, 35..60]);
        assert_eq!(take.turn_at(9), None);
        assert_eq!(take.turn_at(10).map(|turn| turn.face), Some(2));
        take.mouth.clear();
        assert!(pieces(&take).is_empty());
    }
}

//! `jam-flow animate`: a recording drives the portrait, or a video, or a motion file, or both.

use std::path::{Path, PathBuf};

use engine::motion::{MouthFrame, Regions, motion_file};
use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::{SpeechChunk, Task};

use crate::cli::interrupt::Interrupt;
use crate::cli::options::compute::ComputeArguments;
use crate::cli::options::drive::DriveArguments;
use crate::cli::options::look::LookArguments;
use crate::cli::options::portrait::PortraitArguments;
use crate::cli::progress::Progress;
use crate::cli::stage::Stage;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use clap::Args;
use studio::film::{Outputs, Summary};
use studio::media::read;
use studio::resources::Resources;

/// Arguments of `jam-flow animate`.
#[derive(Debug, Args)]
pub struct AnimateArguments {
    /// Recording of speech (WAV, MP3, FLAC, Ogg, Opus, AIFF, CAF, M4A, or the sound of an MP4, MKV or WebM; more where ffmpeg is
    /// installed); without it the sound of the
    /// video that drives is taken, and if there is none the film is silent
    #[arg(long, value_name = "RECORDING", required_unless_present = "driver")]
    pub audio: Option<PathBuf>,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// The same seed gives the same movement
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// File to write: .mp4, .gif for a short animation, a name without ending for a folder of PNG pictures; .mov (ProRes 4444), .webm or .mkv where ffmpeg
    /// is installed
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Size and background
    #[command(flatten)]
    pub look: LookArguments,
    /// A movement in place of the face's own
    #[command(flatten)]
    pub drive: DriveArguments,
    /// Also write the movement (.json or .safetensors)
    #[arg(long, value_name = "FILE")]
    pub motion_output: Option<PathBuf>,
    /// Where speech is computed
    #[command(flatten)]
    pub compute: ComputeArguments,
    /// Also write curves for games: Apple's 52 blend shapes and Oculus' visemes (.json or .csv), or a face that moves (.glb)
    #[arg(long, value_name = "FILE")]
    pub curves: Option<PathBuf>,
    /// Print what was written as JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs the command. Everything that can be checked is checked before the long work begins.
pub fn run(resources: &Resources, arguments: &AnimateArguments) -> anyhow::Result<()> {
    let outputs = Outputs {
        video: Some(arguments.output.clone()),
        look: arguments.look.look(),
        sound_codec: arguments.look.audio_codec,
        motion: arguments.motion_output.clone(),
        curves: arguments.curves.clone(),
        ..Outputs::default()
    };
    let inputs: Vec<&Path> = [
        &arguments.audio,
        &arguments.portrait.path,
        &arguments.drive.driver,
    ]
    .into_iter()
    .flatten()
    .map(PathBuf::as_path)
    .collect();
    outputs.check(&inputs)?;
    anyhow::ensure!(
        outputs.look.captions.is_none(),
        "{}",
        text!("captions-without-words")
    );

    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-loading"));
    let samples = sound(arguments, &interrupt)?;
    interrupt.check()?;
    let mut stage = Stage::new(resources);
    stage.prepare(&arguments.portrait, &outputs)?;
    // Without a sound the mouth has nobody but the driver.
    let otherwise = match samples {
        Some(_) => Regions::default(),
        None => Regions::ALL,
    };
    let driven_frames = stage.drive(&arguments.drive, otherwise, &interrupt, &progress)?;
    let Some(samples) = samples else {
        progress.stage(text!("stage-animating"));
        let summary = stage.film(
            &outputs,
            arguments.seed,
            &interrupt,
            &progress,
            &mut |cancel, on_chunk| {
                let cancelled = || cancel.is_cancelled();
                Ok(chunks_of_silence(driven_frames, &cancelled, on_chunk)?)
            },
        )?;
        return finish(arguments, progress, &summary);
    };
    let compute = arguments.compute.compute(&progress);
    let synthesizer = compute.load(&resources.models)?.synthesizer;
    interrupt.check()?;
    progress.stage(text!("stage-animating"));
    let task = Task::Animate {
        samples,
        seed: arguments.seed,
    };
    let summary = stage.perform(&synthesizer, &task, &outputs, &interrupt, &progress)?;
    finish(arguments, progress, &summary)
}

fn finish(
    arguments: &AnimateArguments,
    progress: Progress,
    summary: &Summary,
) -> anyhow::Result<()> {
    progress.finish(&summary.to_string());
    if arguments.json {
        answer(serde_json::to_string_pretty(&summary)?)?;
    }
    Ok(())
}

/// The recording, else the sound of the video that drives; none if that has none, as a motion file.
fn sound(arguments: &AnimateArguments, interrupt: &Interrupt) -> anyhow::Result<Option<Vec<f32>>> {
    if let Some(recording) = &arguments.audio {
        return Ok(Some(read::recording(recording, &|| interrupt.requested())?));
    }
    match &arguments.drive.driver {
        Some(driver) if !motion_file::is_motion(driver) => {
            Ok(read::sound_of(driver, &|| interrupt.requested())?)
        }
        _ => Ok(None),
    }
}

/// Frames without a word, in pieces as a speech would come.
pub fn chunks_of_silence(
    frames: usize,
    cancelled: &dyn Fn() -> bool,
    on_chunk: &mut dyn FnMut(SpeechChunk) -> engine::Result<()>,
) -> engine::Result<()> {
    const PIECE_FRAMES: usize = 25;
    let mut made = 0;
    while made < frames {
        if cancelled() {
            return Err(engine::Error::Cancelled);
        }
        let count = PIECE_FRAMES.min(frames - made);
        made += count;
        on_chunk(SpeechChunk::new(
            vec![0.0; count * SAMPLES_PER_FRAME],
            vec![MouthFrame::default(); count],
            made as f32 / frames as f32,
        ))?;
    }
    Ok(())
}

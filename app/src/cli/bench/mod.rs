//! `jam-flow bench`: what this machine does with each stage.

mod backends;
mod click;
mod memory;

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::motion::idle::IdleLife;
use engine::{SpeakRequest, Voice};
use serde::Serialize;

use crate::cli::interrupt::Interrupt;
use crate::cli::options::compute::ComputeChoice;
use crate::cli::progress::Progress;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use backends::BackendReport;
use clap::Args;
use studio::avatar::{AvatarMaker, face_motion};
use studio::film::{Film, Outputs, each_piece};
use studio::performance::Performance;
use studio::resources::Resources;

/// Arguments of `jam-flow bench`.
#[derive(Debug, Args)]
pub struct BenchArguments {
    /// Where speech is computed; several are compared, such as cpu,gpu
    #[arg(
        long,
        value_name = "WHERE",
        value_enum,
        value_delimiter = ',',
        default_value = "auto"
    )]
    pub compute: Vec<ComputeChoice>,
    /// Print one JSON object in place of the table
    #[arg(long)]
    pub json: bool,
}

/// Two sentences of everyday length, some ten seconds of speech.
const TEXT: &str = "The quick train from the coast was late again this morning, so we walked along the harbour and watched the boats \
                    come in. By the time it arrived, nobody minded the wait.";
/// Frames that are drawn to find the rate.
const FRAMES: u32 = 100;
/// Side of those frames.
const FRAME_SIDE_PX: u32 = 512;

/// What was measured.
#[derive(Debug, Serialize)]
struct Report {
    /// Text to speech and motion, vocoder included: time spent over length of the sound.
    real_time_factor: f64,
    /// From the text to the first samples ready to play, models warm.
    first_sound_ms: f64,
    /// From a click on Speak to sound and the moving face that belongs to it, models warm, as in the window.
    sound_and_motion_after_click_ms: f64,
    /// Frames of 512 × 512 drawn and read back.
    render_frames_per_second: f64,
    /// New pictures of the speaking portrait that a window of 1280 × 800 draws in a second, with its panels, while it makes the speech;
    /// motion has 25 frames a second.
    window_pictures_per_second: f64,
    /// From the text to the finished MP4 over its length, models loaded.
    export_real_time_factor: f64,
    /// Most memory that the program has held; only on Linux.
    peak_memory_mb: Option<f64>,
    /// Length of the speech that was measured.
    speech_secs: f64,
    /// The graphics adapter.
    adapter: String,
    /// Processor threads that the program may use.
    threads: usize,
    /// Time of each stage.
    stages_ms: Stages,
    /// Everything that speech was computed on.
    backends: Vec<BackendReport>,
}

#[derive(Debug, Serialize)]
struct Stages {
    /// Reading the synthesizer's weights.
    load_synthesizer: f64,
    /// Reading the face models.
    load_face_models: f64,
    /// Finding the face in the default portrait.
    portrait: f64,
    /// From a click to the first piece of speech, before it is played.
    piece_after_click: f64,
    /// Text to tokens.
    text: f64,
    /// Durations, pitch and energy.
    prosody: f64,
    /// The joint flow of voice and mouth.
    flow: f64,
    /// Mel to sound.
    vocoder: f64,
    /// One frame drawn and read back.
    render_frame: f64,
    /// One frame of the export: drawn, read back, encoded and written, at the video's size.
    film_frame: f64,
}

/// Lets the window speak these words where nobody sees it, on this device, and says how many pictures a second it showed. The last is
/// asked at each frame, and its error ends the work.
pub type WindowPictureRate<'a> =
    &'a dyn Fn(&shaders::Gpu, &str, &dyn Fn() -> anyhow::Result<()>) -> anyhow::Result<f64>;

/// Runs the command.
pub fn run(
    resources: &Resources,
    arguments: &BenchArguments,
    window_picture_rate: WindowPictureRate<'_>,
) -> anyhow::Result<()> {
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-benchmark"));
    let mut report = measure(resources, arguments, &interrupt, &progress)?;
    let check = || Ok(interrupt.check()?);
    report.window_pictures_per_second =
        window_picture_rate(&shaders::Gpu::headless()?, TEXT, &check)?;
    progress.finish(text!("bench-done"));
    if arguments.json {
        answer(serde_json::to_string_pretty(&report)?)?;
    } else {
        print_table(&report)?;
    }
    Ok(())
}

fn measure(
    resources: &Resources,
    arguments: &BenchArguments,
    interrupt: &Interrupt,
    progress: &Progress,
) -> anyhow::Result<Report> {
    let began = Instant::now();
    let maker = AvatarMaker::load(&resources.models)?;
    let load_face_models = began.elapsed();
    let began = Instant::now();
    let avatar = Arc::new(maker.make(&resources.default_portrait()?)?);
    let portrait = began.elapsed();
    let memory_before_mb = memory::in_use_mb();
    let began = Instant::now();
    let mut choices = arguments.compute.iter();
    let first = choices.next().copied().unwrap_or_default();
    let loaded = first.compute(progress).load(&resources.models)?;
    let load_synthesizer = began.elapsed();
    interrupt.check()?;

    let request = SpeakRequest {
        text: TEXT.to_owned(),
        voice: Voice::Default,
        seed: 0,
        speed: 1.0,
    };
    let cancelled = || interrupt.requested();
    let mut backends = vec![backends::measure(
        &loaded,
        memory_before_mb,
        &request,
        &cancelled,
    )?];
    for choice in choices {
        let before_mb = memory::in_use_mb();
        let other = choice.compute(progress).load(&resources.models)?;
        backends.push(backends::measure(&other, before_mb, &request, &cancelled)?);
    }
    let synthesizer = loaded.synthesizer;
    let timings = backends[0].timings;

    let gpu = shaders::Gpu::headless()?;
    let mut renderer = avatar.renderer(&gpu, FRAME_SIDE_PX, FRAME_SIDE_PX)?;
    let mut life = IdleLife::new(0);
    renderer.render(&face_motion(&life.next_frame(None)));
    renderer.read_rgba()?;
    let began = Instant::now();
    for _ in 0..FRAMES {
        interrupt.check()?;
        renderer.render(&face_motion(&life.next_frame(None)));
        renderer.read_rgba()?;
    }
    let render_frame = began.elapsed() / FRAMES;

    let folder = tempfile::tempdir()?;
    let outputs = Outputs {
        video: Some(folder.path().join("bench.mp4")),
        ..Outputs::default()
    };
    let began = Instant::now();
    let mut film = Film::start(
        &outputs,
        Performance::new(std::slice::from_ref(&avatar), 0, 0),
        Some(&gpu),
    )?;
    let mut filming = Duration::ZERO;
    let mut frames = 0;
    each_piece(
        |on_chunk| Ok(synthesizer.speak(&request, &cancelled, on_chunk)?),
        |chunk| {
            let began = Instant::now();
            frames += chunk.mouth.len() as u32;
            let added = film.add(&chunk, &cancelled);
            filming += began.elapsed();
            added
        },
    )?;
    let summary = film.finish()?;
    let export = began.elapsed();

    let click =
        click::sound_and_motion_after_click(synthesizer, &avatar, &gpu, &request, interrupt)?;

    Ok(Report {
        real_time_factor: timings.real_time_factor(),
        first_sound_ms: milliseconds(timings.first_chunk),
        sound_and_motion_after_click_ms: milliseconds(click.sound_and_motion),
        render_frames_per_second: 1.0 / render_frame.as_secs_f64(),
        // Measured last, once all of this is put away.
        window_pictures_per_second: 0.0,
        export_real_time_factor: export.as_secs_f64() / summary.duration_secs.max(f64::EPSILON),
        peak_memory_mb: memory::peak_mb(),
        speech_secs: timings.sound.as_secs_f64(),
        adapter: gpu.adapter_name(),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        stages_ms: Stages {
            load_synthesizer: milliseconds(load_synthesizer),
            load_face_models: milliseconds(load_face_models),
            portrait: milliseconds(portrait),
            piece_after_click: milliseconds(click.piece),
            text: milliseconds(timings.text),
            prosody: milliseconds(timings.prosody),
            flow: milliseconds(timings.flow),
            vocoder: milliseconds(timings.vocoder),
            render_frame: milliseconds(render_frame),
            film_frame: milliseconds(filming / frames.max(1)),
        },
        backends,
    })
}

fn print_table(report: &Report) -> std::io::Result<()> {
    let stages = &report.stages_ms;
    let memory = report
        .peak_memory_mb
        .map_or(text!("bench-memory-unknown").to_owned(), |memory| {
            text!("megabytes", megabytes = format!("{memory:.0}"))
        });
    for (name, value) in [
        (
            text!("bench-rtf"),
            format!("{:.3}", report.real_time_factor),
        ),
        (text!("bench-first-sound"), ms(report.first_sound_ms)),
        (
            text!("bench-after-click"),
            ms(report.sound_and_motion_after_click_ms),
        ),
        (
            text!("bench-frames"),
            format!("{:.0}", report.render_frames_per_second),
        ),
        (
            text!("bench-window-pictures"),
            format!("{:.1}", report.window_pictures_per_second),
        ),
        (
            text!("bench-export-rtf"),
            format!("{:.3}", report.export_real_time_factor),
        ),
        (text!("bench-memory"), memory),
        (
            text!("bench-speech"),
            text!("seconds", value = format!("{:.1}", report.speech_secs)),
        ),
        (text!("bench-adapter"), report.adapter.clone()),
        (text!("bench-threads"), report.threads.to_string()),
        (text!("bench-load-synthesizer"), ms(stages.load_synthesizer)),
        (text!("bench-load-face"), ms(stages.load_face_models)),
        (text!("bench-portrait"), ms(stages.portrait)),
        (text!("bench-first-piece"), ms(stages.piece_after_click)),
        (text!("bench-text"), ms_tenths(stages.text)),
        (text!("bench-prosody"), ms_tenths(stages.prosody)),
        (text!("bench-flow"), ms(stages.flow)),
        (text!("bench-vocoder"), ms(stages.vocoder)),
        (text!("bench-frame"), ms_hundredths(stages.render_frame)),
        (text!("bench-film-frame"), ms_hundredths(stages.film_frame)),
    ] {
        answer(format_args!("{name:<46}{value}"))?;
    }
    for backend in &report.backends {
        backend.lines().into_iter().try_for_each(answer)?;
    }
    Ok(())
}

fn ms(value: f64) -> String {
    text!("milliseconds", value = format!("{value:.0}"))
}

fn ms_tenths(value: f64) -> String {
    text!("milliseconds", value = format!("{value:.1}"))
}

fn ms_hundredths(value: f64) -> String {
    text!("milliseconds", value = format!("{value:.2}"))
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

//! Hours of work in one process: live speech into an output that keeps time, a microphone that is spoken into, and exports, side by
//! side. Prints memory, open files, threads and drift every minute, and fails if one of them grows.
//!
//! `make soak MINUTES=120`; without a number ten minutes. Linux alone: the figures come from `/proc`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use engine::FlowSettings;
use engine::audio::SAMPLE_RATE_HZ;
use studio::avatar::{Avatar, AvatarMaker};
use studio::cancel::CancelToken;
use studio::compute::Compute;
use studio::film::{Film, Outputs};
use studio::performance::Performance;
use studio::resources::Resources;
use studio::script::{Script, ScriptVoice};
use studio::sound::microphone::{Microphone, OpenMicrophone, no_microphone};
use studio::sound::output::{OpenOutput, PacedOutput};
use studio::sound::playback::Player;
use studio::speech::{SpeechEvent, SpeechMaker, SpeechRequest, SpeechService};
use studio::take::Take;

// As in the program: memory is what is measured here.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What may be added after the warm-up.
const MAX_GROWTH_MB: f64 = 50.0;
/// Share of the time in which caches fill and every kind of work is done once.
const WARM_UP: f64 = 0.25;
/// Picture and sound of a take.
const MAX_DRIFT_SECS: f64 = 0.04;
const MICROPHONE_TAKE: Duration = Duration::from_secs(60);
const EXPORT_PERIOD: Duration = Duration::from_secs(20);
/// What the live voice says again and again: about a minute.
const LIVE_TEXT: &str =
    "The boats come in, one after the other, and the gulls follow them along the quay. ";
const LIVE_REPEATS: usize = 12;

fn main() -> anyhow::Result<()> {
    let minutes: f64 = match std::env::args().nth(1) {
        Some(minutes) => minutes.parse().context("minutes are a number")?,
        None => 10.0,
    };
    let resources = Resources::find(None);
    let maker = Arc::new(SpeechMaker::load(&resources.models, no_microphone())?);
    let end = Instant::now() + Duration::from_secs_f64(60.0 * minutes);
    let counts = Arc::new(Counts::default());
    let stop = CancelToken::new();
    let workers = [
        worker("microphone", {
            let (models, maker) = (resources.models.clone(), Arc::clone(&maker));
            let (counts, stop) = (Arc::clone(&counts), stop.clone());
            move || speak_into_microphone(&models, &maker, &counts, &stop)
        })?,
        worker("exports", {
            let (counts, stop) = (Arc::clone(&counts), stop.clone());
            move || export(&resources, &maker, &counts, &stop)
        })?,
    ];
    let figures = live(&Resources::find(None).models, &counts, end);
    stop.cancel();
    for worker in workers {
        worker
            .join()
            .map_err(|_| anyhow::anyhow!("a worker panicked"))??;
    }
    judge(&figures?)
}

#[derive(Default)]
struct Counts {
    live_takes: AtomicU64,
    microphone_takes: AtomicU64,
    microphone_secs: AtomicU64,
    exports: AtomicU64,
}

fn worker(
    name: &str,
    work: impl FnOnce() -> anyhow::Result<()> + Send + 'static,
) -> anyhow::Result<std::thread::JoinHandle<anyhow::Result<()>>> {
    Ok(std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)?)
}

/// What the process is at one moment.
#[derive(Clone, Copy, Debug)]
struct Figures {
    minute: f64,
    memory_mb: f64,
    files: usize,
    threads: usize,
}

impl Figures {
    fn now(minute: f64) -> anyhow::Result<Self> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let number = |name: &str| -> Option<f64> {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse().ok()
        };
        Ok(Self {
            minute,
            memory_mb: number("VmRSS:").context("no VmRSS")? / 1024.0,
            threads: number("Threads:").context("no Threads")? as usize,
            files: std::fs::read_dir("/proc/self/fd")?.count(),
        })
    }
}

struct Soaked {
    figures: Vec<Figures>,
    largest_drift_secs: f64,
}

fn words(text: String, seed: u64) -> SpeechRequest {
    SpeechRequest {
        script: Script::Words {
            text,
            voice: ScriptVoice::Default,
            speed: 1.0,
        },
        original: None,
        seed,
        flow: FlowSettings::default(),
    }
}

/// Speaks and plays, take after take, as the window does, and keeps the figures.
fn live(models: &Path, counts: &Counts, end: Instant) -> anyhow::Result<Soaked> {
    let (events, heard) = crossbeam_channel::bounded(64);
    let service = SpeechService::start(
        models.to_owned(),
        Compute::default(),
        no_microphone(),
        None,
        move |event| events.send(event).is_ok(),
    )?;
    let open: OpenOutput = Box::new(|_| (Box::new(PacedOutput::new()), None));
    let mut player = Player::new(open, || ())?;
    let began = Instant::now();
    let mut soaked = Soaked {
        figures: Vec::new(),
        largest_drift_secs: 0.0,
    };
    let mut next_report = began + Duration::from_secs(60);
    let mut take: Option<Take> = None;
    let mut is_ready = false;
    let mut seed = 0;
    let mut underruns = 0;
    while Instant::now() < end {
        while let Ok(event) = heard.try_recv() {
            match event {
                SpeechEvent::Ready { .. } => is_ready = true,
                SpeechEvent::Progress { .. } => {}
                SpeechEvent::Chunk { number, chunk } => {
                    if let Some(take) = take.as_mut().filter(|take| take.id == number) {
                        take.add(&chunk);
                    }
                }
                SpeechEvent::Complete { number } => {
                    if let Some(take) = take.as_mut().filter(|take| take.id == number) {
                        take.is_complete = true;
                    }
                }
                SpeechEvent::Failed { error, .. } | SpeechEvent::Unready(error) => {
                    return Err(error);
                }
            }
        }
        if take.is_none() && is_ready {
            let request = words(LIVE_TEXT.repeat(LIVE_REPEATS), seed);
            let script = request.script.clone();
            let number = service.speak(request, |_, _| Ok(None))?;
            let new = Take::new(number, script, seed);
            player.play(&new, None, 0.0, None);
            take = Some(new);
            seed += 1;
        }
        if let Some(playing) = &take {
            let has_ended = player.feed(playing).has_ended;
            player.tidy();
            underruns = underruns.max(player.underruns());
            if let Some(position_secs) = player.position_secs() {
                // The frame on the screen is that of the sound that is heard.
                let frame_secs = playing.frame_at(position_secs) as f64 / 25.0;
                let drift_secs = (position_secs - frame_secs).abs();
                let is_beyond = position_secs > playing.duration_secs();
                if !is_beyond {
                    soaked.largest_drift_secs = soaked.largest_drift_secs.max(drift_secs);
                }
            }
            if has_ended {
                counts.live_takes.fetch_add(1, Ordering::Relaxed);
                take = None;
            }
        }
        if Instant::now() >= next_report {
            next_report += Duration::from_secs(60);
            let figures = Figures::now(began.elapsed().as_secs_f64() / 60.0)?;
            println!(
                "{:6.1} min: {:7.1} MB, {} files, {} threads; {} live takes, {} from the microphone ({} s), {} exports; drift {:.1} ms, {underruns} underruns",
                figures.minute,
                figures.memory_mb,
                figures.files,
                figures.threads,
                counts.live_takes.load(Ordering::Relaxed),
                counts.microphone_takes.load(Ordering::Relaxed),
                counts.microphone_secs.load(Ordering::Relaxed),
                counts.exports.load(Ordering::Relaxed),
                1000.0 * soaked.largest_drift_secs,
            );
            soaked.figures.push(figures);
        }
        std::thread::sleep(Duration::from_millis(15));
    }
    Ok(soaked)
}

/// A microphone that hears the same recording over and over, in real time.
fn speak_into_microphone(
    models: &Path,
    maker: &SpeechMaker,
    counts: &Counts,
    stop: &CancelToken,
) -> anyhow::Result<()> {
    let recording = maker.take(&words(LIVE_TEXT.to_owned(), 1), stop)?;
    let recording = recording.samples().to_vec();
    let (mouths, opened) = crossbeam_channel::bounded(1);
    let open: OpenMicrophone = Arc::new(move |_| {
        let (microphone, mouth) = Microphone::by_hand();
        let _ = mouths.try_send(mouth);
        Ok(microphone)
    });
    let listener = SpeechMaker::load(models, open)?;
    while !stop.is_cancelled() {
        let ends = CancelToken::new();
        let began = Instant::now();
        std::thread::scope(|scope| -> anyhow::Result<()> {
            let listening = std::thread::Builder::new()
                .name("listening".to_owned())
                .spawn_scoped(scope, || {
                    let request = SpeechRequest {
                        script: Script::Microphone(None),
                        original: None,
                        seed: 3,
                        flow: FlowSettings::default(),
                    };
                    let mut heard = 0;
                    listener
                        .make(&request, &ends, &CancelToken::new(), &mut |chunk| {
                            heard += chunk.samples.len();
                            Ok(())
                        })
                        .map(|()| heard)
                })?;
            let mut mouth = opened.recv()?;
            let mut spoken = 0;
            while began.elapsed() < MICROPHONE_TAKE && !stop.is_cancelled() {
                let due = (began.elapsed().as_secs_f64() * f64::from(SAMPLE_RATE_HZ)) as usize;
                while spoken < due {
                    // A full ring loses what is newest, as with a device.
                    let _ = mouth.push(recording[spoken % recording.len()]);
                    spoken += 1;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            ends.cancel();
            let heard = listening
                .join()
                .map_err(|_| anyhow::anyhow!("listening panicked"))??;
            counts.microphone_takes.fetch_add(1, Ordering::Relaxed);
            let secs = heard as u64 / u64::from(SAMPLE_RATE_HZ);
            counts.microphone_secs.fetch_add(secs, Ordering::Relaxed);
            Ok(())
        })?;
    }
    Ok(())
}

/// One short film after the other.
fn export(
    resources: &Resources,
    maker: &SpeechMaker,
    counts: &Counts,
    stop: &CancelToken,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let avatar: Arc<Avatar> =
        Arc::new(AvatarMaker::load(&resources.models)?.make(&resources.default_portrait()?)?);
    let gpu = shaders::Gpu::headless()?;
    let mut next = Instant::now();
    for number in 0_u64.. {
        while Instant::now() < next {
            if stop.is_cancelled() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        next = Instant::now() + EXPORT_PERIOD;
        let path: PathBuf = folder.path().join(format!("{}.mp4", number % 4));
        let outputs = Outputs {
            video: Some(path),
            ..Outputs::default()
        };
        let performance = Performance::new(&[Arc::clone(&avatar)], 0, number);
        let film = Film::start(&outputs, performance, Some(&gpu))?;
        let request = words("A short film, and then the next.".to_owned(), number);
        let cancel = CancelToken::new();
        film.write(
            &cancel,
            |on_piece| maker.make(&request, &CancelToken::new(), &cancel, on_piece),
            &|_| {},
        )?;
        counts.exports.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Whether anything grew after the warm-up.
fn judge(soaked: &Soaked) -> anyhow::Result<()> {
    let warm = (soaked.figures.len() as f64 * WARM_UP).ceil() as usize;
    let (early, late) = soaked.figures.split_at(warm);
    let (Some(warm), Some(last)) = (early.last(), late.last()) else {
        println!("too short to tell whether anything grows: give it five minutes");
        return Ok(());
    };
    // Work comes and goes: the most before against the most after.
    let most = |figures: &[Figures]| {
        figures
            .iter()
            .fold((0.0_f64, 0, 0), |(memory, files, threads), now| {
                (
                    memory.max(now.memory_mb),
                    files.max(now.files),
                    threads.max(now.threads),
                )
            })
    };
    let (memory_before, files_before, threads_before) = most(early);
    let (memory, files, threads) = most(late);
    println!(
        "from minute {:.0} to {:.0}: memory {:+.1} MB ({memory_before:.1} to {memory:.1}), files {files_before} to {files}, threads {threads_before} to {threads}, drift {:.1} ms at most",
        warm.minute,
        last.minute,
        memory - memory_before,
        1000.0 * soaked.largest_drift_secs
    );
    anyhow::ensure!(memory - memory_before < MAX_GROWTH_MB, "memory grows");
    anyhow::ensure!(files <= files_before + 4, "open files grow");
    anyhow::ensure!(threads <= threads_before + 2, "threads grow");
    anyhow::ensure!(
        soaked.largest_drift_secs <= MAX_DRIFT_SECS + 1e-3,
        "picture and sound drift apart"
    );
    Ok(())
}

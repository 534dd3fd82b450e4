//! The thread that watches clips: reads one, asks a model about it, speaks the words for a preview.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::Receiver;

use super::{Event, Reporter};
use crate::window::state::{ClipPicture, WatchStep, WatchedClip};
use crate::window::texts::text;
use crate::window::watch_choices::WatchChoices;
use studio::cancel::{CancelToken, is_cancelled};
use studio::script::Script;
use studio::shielded::shielded;
use studio::speech::SpeechMaker;
use studio::take::Take;
use studio::watch::Timeline;
use studio::watch::asking::{AskEvent, usual_pictures};
use studio::watch::clip::{Clip, ClipError, ShownFrame};
use studio::watch::endpoint::{Answer, read_key};
use studio::watch::telling::{TellEvent, Telling};
use studio::wording::{one_line, words};

/// Longest side of a clip's picture in the window.
const PICTURE_SIDE_PX: u32 = 640;
/// Share of the reading of a clip after which its pictures are chosen.
const OPENED: f32 = 0.5;

/// What to do about a clip.
pub enum WatchRequest {
    /// Read a clip and choose its pictures.
    Open(PathBuf),
    /// Ask a model about it.
    Ask {
        /// The clip.
        clip: Arc<WatchedClip>,
        /// What is asked.
        prompt: String,
        /// Which model.
        choices: Box<WatchChoices>,
        /// Key of its server that was typed.
        key: Option<String>,
    },
    /// Speak what is said about it, to be heard in the window.
    Speak {
        /// The words and the clip.
        telling: Box<Telling>,
        /// Number of the take that they become.
        take: u64,
        /// Who speaks.
        maker: Arc<SpeechMaker>,
    },
}

/// What happens on the way.
#[derive(Debug)]
pub enum WatchEvent {
    /// Something else is done from now on.
    Step(WatchStep),
    /// So much of it is done, 0 to 1.
    Progress(f32),
    /// A clip is ready.
    Clip(Arc<WatchedClip>),
    /// The next words of an answer.
    Piece(String),
    /// The answer begins anew.
    Again,
    /// The answer is complete.
    Answered(Answer),
    /// The words are spoken: the take, the film's time, and what is to be said about it.
    Spoken(Box<Take>, Timeline, Vec<String>),
    /// It failed; no reason if the user ended it.
    Failed(Option<String>),
}

pub(super) struct Job {
    pub number: u64,
    pub request: WatchRequest,
    pub stop: CancelToken,
}

pub(super) struct WatchThread {
    pub jobs: Receiver<Job>,
    pub reporter: Reporter,
}

impl WatchThread {
    pub fn run(self) {
        while let Ok(job) = self.jobs.recv() {
            let number = job.number;
            let report = |event| {
                self.reporter.send(Event::Watch(number, event));
            };
            let done = shielded(|| {
                job.stop.check()?;
                match job.request {
                    WatchRequest::Open(path) => open(&path, &job.stop, &report),
                    WatchRequest::Ask {
                        clip,
                        prompt,
                        choices,
                        key,
                    } => ask(&clip, &prompt, &choices, key, &job.stop, &report),
                    WatchRequest::Speak {
                        telling,
                        take,
                        maker,
                    } => speak(&telling, take, &maker, &job.stop, &report),
                }
            });
            let event = done.unwrap_or_else(|error| {
                WatchEvent::Failed((!is_cancelled(&error)).then(|| one_line(&error)))
            });
            if !self.reporter.send(Event::Watch(number, event)) {
                return;
            }
        }
    }
}

fn open(
    path: &Path,
    stop: &CancelToken,
    report: &dyn Fn(WatchEvent),
) -> anyhow::Result<WatchEvent> {
    let clip = Clip::open(path, stop, &mut |fraction| {
        report(WatchEvent::Progress(OPENED * fraction));
    })
    .map_err(of_clip)?;
    let frames = clip
        .shown_frames(&usual_pictures(), stop, &mut |fraction| {
            report(WatchEvent::Progress(OPENED + (1.0 - OPENED) * fraction));
        })
        .map_err(of_clip)?;
    let pictures = frames.iter().map(picture).collect::<Result<_, _>>()?;
    Ok(WatchEvent::Clip(Arc::new(WatchedClip {
        clip,
        frames,
        pictures,
    })))
}

/// The error of the engine where there is one, by which it is known that the user ended it.
fn of_clip(error: ClipError) -> anyhow::Error {
    match error {
        ClipError::Unreadable(error) => error.into(),
        error => error.into(),
    }
}

fn picture(frame: &ShownFrame) -> image::ImageResult<ClipPicture> {
    let picture = image::load_from_memory(&frame.jpeg)?;
    let is_large = picture.width().max(picture.height()) > PICTURE_SIDE_PX;
    let small = match is_large {
        true => picture.thumbnail(PICTURE_SIDE_PX, PICTURE_SIDE_PX),
        false => picture,
    };
    Ok(ClipPicture {
        time_secs: f64::from(frame.time_secs),
        size_px: [small.width() as usize, small.height() as usize],
        rgba: small.into_rgba8().into_raw(),
    })
}

fn ask(
    clip: &WatchedClip,
    prompt: &str,
    choices: &WatchChoices,
    typed_key: Option<String>,
    stop: &CancelToken,
    report: &dyn Fn(WatchEvent),
) -> anyhow::Result<WatchEvent> {
    let key = match (typed_key, &choices.key_file) {
        (Some(key), _) => Some(key),
        (None, Some(file)) => Some(read_key(file)?),
        (None, None) => None,
    };
    let model = choices
        .model(key)
        .ok_or_else(|| anyhow::Error::msg(text!("error-watch-no-model")))??;
    let answer = model.ask(&clip.frames, prompt, 0, stop, &mut |event| {
        report(match event {
            AskEvent::Loading => WatchEvent::Step(WatchStep::Loading),
            AskEvent::Loaded(_) => return,
            AskEvent::Asking(sent) => {
                WatchEvent::Step(WatchStep::Asking(sent.map(|sent| sent.host)))
            }
            AskEvent::Piece(piece) => WatchEvent::Piece(piece.to_owned()),
            AskEvent::Again => WatchEvent::Again,
        });
    })?;
    Ok(WatchEvent::Answered(answer))
}

fn speak(
    telling: &Telling,
    take: u64,
    maker: &SpeechMaker,
    stop: &CancelToken,
    report: &dyn Fn(WatchEvent),
) -> anyhow::Result<WatchEvent> {
    let mut notices = Vec::new();
    let told = telling.speak(maker, stop, &mut |event| match event {
        TellEvent::Speaking(fraction) | TellEvent::Writing(fraction) => {
            report(WatchEvent::Progress(fraction));
        }
        remark => notices.extend(notice(&remark)),
    })?;
    let script = Script::Words {
        text: telling.narration.text(),
        voice: telling.voice.clone(),
        speed: telling.speed,
    };
    let take = told.take(take, script, telling.seed);
    let timeline = told.spoken.timeline;
    Ok(WatchEvent::Spoken(Box::new(take), timeline, notices))
}

/// What is to be said about a film when it is there.
pub(super) fn notice(event: &TellEvent) -> Option<String> {
    match event {
        TellEvent::Waits(secs) => Some(text!("watch-waits", secs = format!("{secs:.1}"))),
        TellEvent::Silent(error) => Some(text!("watch-silent", reason = words(error))),
        TellEvent::Speaking(_) | TellEvent::Writing(_) => None,
    }
}

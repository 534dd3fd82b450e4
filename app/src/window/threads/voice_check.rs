//! Looks whether the files of a voice model make a voice.

use std::sync::Arc;

use super::{Event, Reporter, spawn};
use engine::voice_model::OnRead;
use studio::cancel::{CancelToken, is_cancelled};
use studio::shielded::shielded;
use studio::speech::SpeechMaker;
use studio::voice_model::ModelVoiceFiles;
use studio::wording::{capitalised, one_line};

/// How the check of a voice model goes.
#[derive(Debug)]
pub enum VoiceModelEvent {
    /// So much of the checkpoint is read, 0 to 1.
    Progress(f32),
    /// It can speak.
    Fits(Box<ModelVoiceFiles>),
    /// It cannot; the reason in one line.
    Refused(String),
}

/// Progress is told in steps of this size.
const STEP: f32 = 0.01;

/// Checks on a thread of its own. A check that is cancelled says no more.
pub(super) fn start(
    number: u64,
    files: ModelVoiceFiles,
    maker: Arc<SpeechMaker>,
    cancel: CancelToken,
    reporter: Reporter,
) -> anyhow::Result<()> {
    spawn("voice-check", move || {
        let send = {
            let reporter = reporter.clone();
            move |event| reporter.send(Event::VoiceModel { number, event })
        };
        let told = std::sync::Mutex::new(0.0);
        let on_read: OnRead = Arc::new({
            let send = send.clone();
            move |share| {
                let mut told = told
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                if share >= *told + STEP && !cancel.is_cancelled() {
                    *told = share;
                    return send(VoiceModelEvent::Progress(share));
                }
                !cancel.is_cancelled()
            }
        });
        let event = match shielded(|| maker.check_model_voice(&files, on_read)) {
            Ok(()) => VoiceModelEvent::Fits(Box::new(files)),
            Err(error) if is_cancelled(&error) => return,
            Err(error) => VoiceModelEvent::Refused(capitalised(&one_line(&error))),
        };
        send(event);
    })?;
    Ok(())
}

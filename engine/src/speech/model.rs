//! Everything that speech is made with, loaded and fitting together.

use std::path::Path;
use std::sync::Arc;

use super::mouth::LipContacts;
use super::segments::Grid;
use crate::audio::{MEL_BIN_COUNT, MelFrontEnd};
use crate::backend::{FlowBackend, OpenBackend, SpeechWeights};
use crate::motion::MouthFrame;
use crate::networks::jam_flow::{
    Checkpoint, Config, ProsodyNetwork, TextAlignment, TextEmbedding, VoiceTable,
};
use crate::networks::listener::Listener;
use crate::networks::phone_classifier::PhoneClassifier;
use crate::networks::speech_detector::SpeechDetector;
use crate::networks::vocoder::{Vocoder, VocoderCheckpoint};
use crate::text::FrontEnd;
use crate::{Result, weights};

/// The text front end and all networks that take part in speech.
pub(crate) struct LoadedModel {
    pub config: Config,
    pub grid: Grid,
    pub front_end: Arc<FrontEnd>,
    pub text: TextEmbedding,
    pub prosody: Box<dyn ProsodyNetwork>,
    pub voices: VoiceTable,
    /// The joint flow over voice and mouth.
    pub flow: Box<dyn FlowBackend>,
    pub vocoder: Vocoder,
    pub mel: MelFrontEnd,
    pub detector: SpeechDetector,
    pub classifier: PhoneClassifier,
    /// Hears how lips move with given sound; none for a Motion-DiT that takes no such input.
    pub listener: Option<Listener>,
    /// The classifier's classes that shut the lips.
    pub lip_contacts: LipContacts,
}

impl LoadedModel {
    /// Loads all of it from the models folder: about a second.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMissing`] or [`crate::Error::WeightsUnfit`] naming the file.
    pub fn load(models: &Path, open_backend: OpenBackend) -> Result<Self> {
        let _span = tracing::debug_span!("load speech models").entered();
        let path = models.join("jam_flow.safetensors");
        let front_end = Arc::new(FrontEnd::load(models)?);
        let checkpoint = Checkpoint::open(&models.join("jam_flow.json"), &path)?;
        let config = checkpoint.config().clone();
        let phones = front_end.tokenizer().vocabulary_size();
        check(&config, phones).map_err(|reason| weights::unfit(&path, reason))?;
        let unfit = |source| weights::unfit(&path, source);
        let vocoder = VocoderCheckpoint::open(models)?;
        let vocoder_weights = vocoder.network()?;
        let no_backend = |source| weights::unfit(&path, source);
        let backend = open_backend(&SpeechWeights {
            joint: &checkpoint,
            vocoder: &vocoder_weights,
        })
        .map_err(no_backend)?;
        let flow = backend.flow(&checkpoint).map_err(no_backend)?;
        let vocoder_network = backend
            .vocoder(&vocoder_weights)
            .map_err(|source| weights::unfit(vocoder.path(), source))?;
        let classifier = PhoneClassifier::load(models)?;
        let listener = (config.heard_channels > 0)
            .then(|| Listener::load(models))
            .transpose()?;
        if let Some(listener) = &listener
            && listener.channels() != config.heard_channels
        {
            return Err(weights::unfit(
                &path,
                "the joint model expects another listener",
            ));
        }
        Ok(Self {
            grid: Grid::new(&config),
            text: checkpoint.text_embedding().map_err(unfit)?,
            prosody: backend.prosody(&checkpoint).map_err(no_backend)?,
            voices: checkpoint.voices().map_err(unfit)?,
            flow,
            config,
            front_end,
            vocoder: vocoder.vocoder(vocoder_network)?,
            mel: MelFrontEnd::new(),
            detector: SpeechDetector::load(models)?,
            listener,
            lip_contacts: LipContacts::of(&classifier.config().classes),
            classifier,
        })
    }

    /// Who speaks when nobody is named.
    pub fn default_voice(&self) -> &str {
        let config = &self.config;
        config.default_voice.as_deref().unwrap_or(&config.voices[0])
    }

    /// Rows of the motion stream as the flow has them, (frames, motion_channels), in canonical units.
    pub fn mouth_frames(&self, normalised: &[f32]) -> Vec<MouthFrame> {
        let (mean, std) = (&self.config.motion_mean, &self.config.motion_std);
        let (rows, _) = normalised.as_chunks::<{ MouthFrame::VALUES }>();
        rows.iter()
            .map(|row| {
                MouthFrame::from_values(&std::array::from_fn(|i| {
                    row[i] * std.get(i).copied().unwrap_or(1.0)
                        + mean.get(i).copied().unwrap_or(0.0)
                }))
            })
            .collect()
    }

    /// Rows of the audio stream as the flow has them as log mel.
    pub fn log_mel(&self, normalised: &[f32]) -> Vec<f32> {
        let (mean, std) = (self.config.mel_mean as f32, self.config.mel_std as f32);
        normalised.iter().map(|x| x * std + mean).collect()
    }
}

/// Whether a joint model speaks the way the rest of the engine does, which knows so many phones.
fn check(config: &Config, phones: usize) -> std::result::Result<(), &'static str> {
    if config.motion_depth == 0 || config.prosody_channels == 0 || config.voices.is_empty() {
        return Err("the joint model has no face, no prosody or no voices");
    }
    if config.text_alignment != TextAlignment::Duration {
        return Err("the joint model does not take phones with durations");
    }
    if config.text_num_embeds < phones {
        return Err("the joint model has fewer phones than tokenizer.json");
    }
    if config.mel_bins != MEL_BIN_COUNT || config.motion_channels != MouthFrame::VALUES {
        return Err("the joint model does not speak in 100 mel bins and 4 mouth keypoints");
    }
    Ok(())
}

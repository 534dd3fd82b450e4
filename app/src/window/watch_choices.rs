//! How a clip is watched and told: chosen once, offered again at the next start. The key of a server is no part of it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use studio::captions::CaptionStyle;
use studio::watch::asking::Model;
use studio::watch::endpoint::{Endpoint, EndpointError};
use studio::watch::layout::Layout;
use studio::watch::prompt::Prompt;

/// Where the model runs that is asked about clips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelPlace {
    /// Nobody is asked.
    #[default]
    Nowhere,
    /// On a server that the user named.
    Server,
    /// In this process.
    Here,
}

/// How a clip is watched and told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WatchChoices {
    /// Where the model runs.
    pub place: ModelPlace,
    /// Address of the server.
    pub address: String,
    /// The model's name, as the server knows it.
    pub model: String,
    /// File with the server's key.
    pub key_file: Option<PathBuf>,
    /// Folder of a model that runs in this process.
    pub model_folder: Option<PathBuf>,
    /// What the model is asked.
    pub prompt: Prompt,
    /// How clip and person share the picture.
    pub layout: Layout,
    /// Words in the picture as they are spoken.
    pub captions: Option<CaptionStyle>,
    /// Whether subtitles are written beside the film.
    pub has_subtitles: bool,
    /// Volume of the clip's own sound, 0 to 1.
    pub clip_volume: f32,
}

impl Default for WatchChoices {
    fn default() -> Self {
        Self {
            place: ModelPlace::default(),
            address: String::new(),
            model: String::new(),
            key_file: None,
            model_folder: None,
            prompt: Prompt::default(),
            layout: Layout::default(),
            captions: None,
            has_subtitles: false,
            clip_volume: 1.0,
        }
    }
}

impl WatchChoices {
    /// The model, once it is named. Without a `key` the one of the environment counts; nothing is read or sent.
    ///
    /// # Errors
    /// Those of [`Endpoint::new`].
    pub fn model(&self, key: Option<String>) -> Option<Result<Model, EndpointError>> {
        let is_named = |text: &str| !text.trim().is_empty();
        match self.place {
            ModelPlace::Nowhere => None,
            ModelPlace::Server if is_named(&self.address) && is_named(&self.model) => {
                let model = self.model.trim();
                let endpoint = match key {
                    Some(key) => Endpoint::new(&self.address, model, Some(key)),
                    None => Endpoint::with_key_from_environment(&self.address, model),
                };
                Some(endpoint.map(Model::Server))
            }
            ModelPlace::Server => None,
            ModelPlace::Here => self.model_folder.clone().map(Model::Folder).map(Ok),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_asked_before_a_model_is_named() {
        let mut choices = WatchChoices::default();
        assert!(choices.model(None).is_none());
        choices.place = ModelPlace::Server;
        choices.address = "http://localhost:8000".to_owned();
        assert!(choices.model(None).is_none());
        choices.model = " keye ".to_owned();
        assert!(matches!(choices.model(None), Some(Ok(Model::Server(_)))));
        // A key that others could read on the way.
        choices.address = "http://a.example".to_owned();
        let model = choices.model(Some("k".to_owned()));
        assert!(matches!(model, Some(Err(_))));
        choices.place = ModelPlace::Here;
        assert!(choices.model(None).is_none());
        choices.model_folder = Some("Keye".into());
        assert!(matches!(choices.model(None), Some(Ok(Model::Folder(_)))));
    }
}

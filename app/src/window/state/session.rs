//! The project on the table: what is saved, what is kept, and what is waited for.

use std::path::PathBuf;

use super::Action;
use crate::window::settings::Settings;
use studio::avatar::PortraitChoice;
use studio::project::Project;
use studio::project::document::Document;
use studio::pronunciations::Pronunciation;

/// What is saved, what is kept, and what is waited for.
#[derive(Debug)]
pub struct Session {
    /// Where the project was saved last.
    pub folder: Option<PathBuf>,
    /// Work that an earlier run left, until it is answered.
    pub left: Option<(PathBuf, Box<Project>)>,
    pub(crate) default_portrait: Option<PathBuf>,
    /// Document and takes as they were saved, or as they were when nothing was done yet.
    pub(crate) saved: (Document, Vec<u64>),
    /// As they were kept last.
    pub(crate) kept: (Document, Vec<u64>),
    pub(crate) unkept_since_secs: Option<f64>,
    pub(crate) settings_saved: Settings,
    /// The pronunciations that speech is made with.
    pub(crate) pronounced: Vec<Pronunciation>,
    /// The picture that the portrait thread was asked for, and whether it is cut out.
    pub(crate) asked_portrait: Option<(PortraitChoice, bool)>,
    /// What to do once the project is saved.
    pub(crate) after_save: Option<Action>,
}

impl Session {
    pub(crate) fn new(
        document: Document,
        default_portrait: Option<PathBuf>,
        settings: Settings,
    ) -> Self {
        Self {
            folder: None,
            left: None,
            default_portrait,
            saved: (document.clone(), Vec::new()),
            kept: (document, Vec::new()),
            unkept_since_secs: None,
            pronounced: settings.pronunciations.clone(),
            settings_saved: settings,
            asked_portrait: None,
            after_save: None,
        }
    }
}

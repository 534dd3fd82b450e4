//! The portraits of a film: the last few are kept, since scenes often share one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::avatar::{Avatar, AvatarMaker, PortraitChoice};

/// Portraits that are kept: two for a transition, and those of a dialogue cut to and fro.
const MAX_KEPT: usize = 4;

/// Makes portraits ready for drawing.
pub struct Portraits {
    maker: AvatarMaker,
    /// Whose picture it is where a scene names none.
    usual: PathBuf,
    /// The one used last comes last.
    kept: Vec<(PortraitChoice, Arc<Avatar>)>,
}

impl Portraits {
    /// Loads the face models from the models folder. `usual` is the picture of scenes that name none.
    ///
    /// # Errors
    /// Those of [`AvatarMaker::load`].
    pub fn load(models: &Path, usual: PathBuf) -> anyhow::Result<Self> {
        Ok(Self {
            maker: AvatarMaker::load(models)?,
            usual,
            kept: Vec::new(),
        })
    }

    /// The portrait of a scene that names these.
    ///
    /// # Errors
    /// Those of [`AvatarMaker::make_of`].
    pub fn get(&mut self, path: Option<&Path>, face: Option<usize>) -> anyhow::Result<Arc<Avatar>> {
        let choice = PortraitChoice {
            path: path.unwrap_or(&self.usual).to_owned(),
            face,
            everybody: false,
        };
        let known = self.kept.iter().position(|(kept, _)| *kept == choice);
        let (choice, avatar) = match known {
            Some(index) => self.kept.remove(index),
            None => {
                let avatar = self.maker.make_of(&choice.path, choice.face)?;
                (choice, Arc::new(avatar))
            }
        };
        if self.kept.len() >= MAX_KEPT {
            self.kept.remove(0);
        }
        self.kept.push((choice, Arc::clone(&avatar)));
        Ok(avatar)
    }
}

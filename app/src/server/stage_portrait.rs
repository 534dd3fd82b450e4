//! The portrait of the server, and the models and the device that draw portraits.

use std::sync::Arc;

use studio::avatar::{Avatar, AvatarMaker, PortraitChoice};
use studio::resources::Resources;

/// Whose face is shown where a request names none.
#[derive(Clone, Debug)]
pub struct StagePortrait {
    /// The portrait.
    pub choice: PortraitChoice,
}

/// What portraits are drawn with, loaded when it is first needed.
pub struct Workshop {
    resources: Resources,
    maker: Option<AvatarMaker>,
    gpu: Option<shaders::Gpu>,
    last: Option<(PortraitChoice, Arc<Avatar>)>,
}

impl Workshop {
    /// An empty one.
    pub fn new(resources: &Resources) -> Self {
        Self {
            resources: resources.clone(),
            maker: None,
            gpu: None,
            last: None,
        }
    }

    /// Makes a portrait ready. The last one that may be wanted again is kept.
    ///
    /// # Errors
    /// If the picture cannot be used.
    pub fn avatar(
        &mut self,
        choice: &PortraitChoice,
        is_wanted_again: bool,
    ) -> anyhow::Result<Arc<Avatar>> {
        if let Some((last, avatar)) = &self.last
            && last == choice
        {
            return Ok(Arc::clone(avatar));
        }
        let maker = match &self.maker {
            Some(maker) => maker,
            None => self
                .maker
                .insert(AvatarMaker::load(&self.resources.models)?),
        };
        let avatar = Arc::new(maker.make_of(&choice.path, choice.face)?);
        if is_wanted_again {
            self.last = Some((choice.clone(), Arc::clone(&avatar)));
        }
        Ok(avatar)
    }

    /// The device that draws.
    ///
    /// # Errors
    /// If there is none.
    pub fn gpu(&mut self) -> anyhow::Result<&shaders::Gpu> {
        Ok(match &mut self.gpu {
            Some(gpu) => gpu,
            none => none.insert(shaders::Gpu::headless()?),
        })
    }
}

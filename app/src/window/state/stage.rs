//! The portrait on the stage.

use std::sync::Arc;

use studio::avatar::{Avatar, Everybody, PortraitChoice, index_of};

/// The portrait on the stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The picture it was made from, and which face of it was asked for.
    pub choice: PortraitChoice,
    /// The portrait, also for recordings.
    pub avatar: Arc<Avatar>,
    /// Whether it is drawn without its background.
    pub is_cut_out: bool,
    /// Everybody in the picture, if the others move, too.
    pub everybody: Option<Arc<Everybody>>,
}

impl Stage {
    /// Who moves: everybody, or the one who moves alone.
    pub fn people(&self) -> &[Arc<Avatar>] {
        match &self.everybody {
            Some(everybody) => &everybody.avatars,
            None => std::slice::from_ref(&self.avatar),
        }
    }

    /// Who of them speaks what is no dialogue.
    pub fn speaker(&self) -> usize {
        index_of(self.people(), self.avatar.face_number()).unwrap_or(0)
    }
}

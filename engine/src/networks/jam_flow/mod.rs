//! The joint flow over voice and mouth: JAM-Flow (arXiv 2506.23552) on F5-TTS's blocks (SWivid/F5-TTS, commit 2ae2c9b).
//!
//! [`Config`] describes every size. [`JointModel`] is the network stated in plain tensor operations: `new` takes the weights from
//! wherever they lie, `forward` runs there. It is what the paper says, short enough to read beside it, and the yardstick for the
//! fast [backends](crate::backend). [`AudioCondition`] and [`MotionCondition`] are what the two streams are given, [`schedule`]
//! says at which times the flow is evaluated, [`Noise`] where it starts.
//!
//! Around the flow stand the text encoder ([`TextEmbedding`]), the table of voices ([`VoiceTable`]) and the
//! [`ProsodyPredictor`]; they run once an utterance. All but the predictor only ever run on the CPU's kernels.
//!
//! Shape letters throughout: `b` batch, `n` audio tokens, `m` motion frames, `p` phones.

mod attention;
mod checkpoint;
mod condition;
mod config;
mod dit;
mod joint_model;
mod noise;
mod position;
mod prosody;
pub mod schedule;
mod text_embedding;
mod time;
mod visibility;
mod voices;

pub use checkpoint::Checkpoint;
pub use condition::{AudioCondition, MotionCondition};
pub use config::{Config, DURATION_FRAME_SECS, Prediction, TextAlignment};
pub use dit::{Dit, DitShape, Modulation};
pub use joint_model::{Exchange, JointModel, Output, StreamInput, Timeline};
pub use noise::Noise;
pub use position::angles;
pub use prosody::{ProsodyNetwork, ProsodyPredictor};
pub(crate) use text_embedding::absolute_positions;
pub use text_embedding::{PhoneFeatures, TextEmbedding, position_rows};
pub use time::{SINUSOID_DIM, sinusoid};
pub use visibility::Visibility;
pub use voices::VoiceTable;

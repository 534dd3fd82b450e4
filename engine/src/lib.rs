//! JAM-Flow inference: text to tokens, one joint flow over voice and mouth, vocoder, portrait analysis.
//!
//! Numbers in, numbers out: no window, no device, no wgpu. Sound crosses the border as `&[f32]` at
//! [`audio::SAMPLE_RATE_HZ`], movement as [`motion::Motion`], pictures as RGBA8. No tensor leaves this crate.
//!
//! The examples read the models of this repository, from the folder of this crate; a program of its own keeps a copy of `models` without
//! `models/recipe`. Errors are typed ([`Error`]), long calls can be cancelled, and the same input gives the same output.
//!
//! # Words to voice and mouth
//!
//! Pieces come while the rest is made, so that a program can play the first at once.
//!
//! ```
//! use std::path::Path;
//!
//! use engine::synthesizer::SAMPLES_PER_FRAME;
//! use engine::{SpeakRequest, Synthesizer, Voice};
//!
//! # fn main() -> engine::Result<()> {
//! let synthesizer = Synthesizer::load(Path::new("../models"))?;
//! let request = SpeakRequest {
//!     text: "Hello there.".to_owned(),
//!     voice: Voice::Named("af_heart".to_owned()),
//!     seed: 0,
//!     speed: 1.0,
//! };
//! let (mut samples, mut mouth) = (Vec::new(), Vec::new());
//! let cancelled = || false;
//! synthesizer.speak(&request, &cancelled, &mut |chunk| {
//!     // Mono at 24 kHz, and 25 frames a second of lips and jaw, 960 samples each.
//!     samples.extend(chunk.samples);
//!     mouth.extend(chunk.mouth);
//!     Ok(())
//! })?;
//! assert!(samples.len() > 12_000);
//! assert_eq!(mouth.len(), samples.len().div_ceil(SAMPLES_PER_FRAME));
//! # Ok(())
//! # }
//! ```
//!
//! # A recording to motion
//!
//! The mouth follows the recording, [`motion::idle::IdleLife`] moves the rest of the face, and the motion is stored for another program.
//!
//! ```
//! use std::path::Path;
//!
//! use engine::Synthesizer;
//! use engine::audio::decode_file;
//! use engine::motion::idle::IdleLife;
//! use engine::motion::{Motion, motion_file};
//!
//! # fn main() -> engine::Result<()> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let recording = folder.path().join("recording.wav");
//! # let tone: Vec<f32> = (0..24_000).map(|i| 0.2 * (i as f32 * 0.05).sin()).collect();
//! # engine::audio::write_wav(&recording, &tone)?;
//! let synthesizer = Synthesizer::load(Path::new("../models"))?;
//! // Any sound file: mixed to one channel, resampled to 24 kHz.
//! let samples = decode_file(&recording)?;
//! let mut life = IdleLife::new(0);
//! let mut motion = Motion::default();
//! let cancelled = || false;
//! synthesizer.animate(&samples, 0, &cancelled, &mut |mouth, _share_done| {
//!     motion.frames.extend(mouth.iter().map(|mouth| life.next_frame(Some(mouth))));
//!     Ok(())
//! })?;
//! let path = folder.path().join("motion.json");
//! motion_file::write(&motion, &path)?;
//! assert_eq!(motion_file::read(&path)?.frames.len(), 25);
//! # Ok(())
//! # }
//! ```
//!
//! # A portrait to frames
//!
//! [`portrait::Analyzer`] finds the face, the crate `shaders` draws it; `studio::avatar` brings the two together and has that example.
//!
//! ```
//! use std::path::Path;
//!
//! use engine::portrait::{Analyzer, load_picture};
//!
//! # fn main() -> engine::Result<()> {
//! let analyzer = Analyzer::load(Path::new("../models"))?;
//! let picture = load_picture(Path::new("../assets/portraits/amara.jpg"))?;
//! let face = analyzer.analyze(&picture.rgba, picture.width, picture.height)?;
//! assert_eq!(face.vertices_px.len(), 468);
//! assert_eq!(face.matte.len(), (picture.width * picture.height) as usize);
//! # Ok(())
//! # }
//! ```
//!
//! # Versions
//!
//! The public surface is what these pages show, with its behaviour: units, ranges, determinism, and which error is given for what. It follows
//! Semantic Versioning together with the program: while the version begins with 0, a breaking change raises the second number and is named in
//! `CHANGELOG.md`; other changes raise the third. Enums that may grow are `#[non_exhaustive]`. Samples and motion for a given input may
//! change with any version that says so in the changelog, since better weights change them. The crate is not published, so
//! `cargo semver-checks` has no released version to compare with: compare two checkouts by
//! `cargo semver-checks --package jam-flow-engine --baseline-rev TAG`.

pub mod aligner;
pub mod atomic_file;
pub mod audio;
pub mod backend;
mod ease;
pub mod error;
pub mod iso_boxes;
mod kernels;
pub mod model_files;
pub mod motion;
pub mod networks;
pub mod portrait;
pub mod random;
pub mod speech;
pub mod text;
pub mod tracking;
pub mod vision_language;
pub mod voice_model;
pub mod weights;

pub use aligner::{AlignedSpeech, AlignedWord, Aligner};
pub use error::{Error, Result};
pub use speech as synthesizer;
pub use speech::{
    Change, Dubbed, Edit, FlowSettings, Reference, SpanLength, SpeakRequest, SpeakerTurn, Speech,
    SpeechChunk, SynthesisTimings, Synthesizer, Task, TimedPhone, TimedWord, Voice, word_changes,
};

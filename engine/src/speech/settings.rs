//! How carefully speech is made.

/// Length of pieces in files, seconds.
const FILE_PIECE_SECS: f64 = 12.0;

/// How carefully the flow is followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlowSettings {
    /// Euler steps for speech.
    #[doc(alias = "nfe_step")]
    pub steps: usize,
    /// w in `pred + w·(pred − null_pred)` for speech; 0 halves the work. What the weights ask for if absent.
    #[doc(alias = "cfg_strength")]
    pub guidance: Option<f64>,
    /// Spread of the noise that speech starts from, 0 to 1: 1 is what weights are trained with; less is less
    /// varied, and cleaner where the condition leaves little to chance (Matcha-TTS, arXiv 2309.03199, section 3.4). If absent, what the weights ask for
    /// for named voices, and 1 for others.
    pub temperature: Option<f64>,
    /// Crowds the steps near the start of the flow: see [`crate::networks::jam_flow::schedule::sway`].
    pub sway_sampling_coef: f64,
    /// Euler steps for the mouth of a given recording.
    pub animation_steps: usize,
    /// Length of a speech's first piece, after which pieces grow; infinity makes every utterance in one piece.
    pub first_piece_secs: f64,
    /// Noises that are tried for each piece of speech, of which the best is kept: k-step search (arXiv 2411.18668). 1 tries none.
    #[doc(alias = "num_candidates")]
    pub candidates: usize,
    /// Steps that each of them is followed before they are compared: the k of the paper.
    pub search_steps: usize,
}

impl Default for FlowSettings {
    fn default() -> Self {
        Self {
            steps: 4,
            guidance: None,
            temperature: None,
            sway_sampling_coef: -1.0,
            animation_steps: 2,
            first_piece_secs: 2.0,
            candidates: 1,
            search_steps: 1,
        }
    }
}

impl FlowSettings {
    /// For speech that goes into a file: nobody waits for its beginning, so that sentences are made whole, which sounds better.
    pub fn for_files() -> Self {
        Self {
            // What is longer than the lines that the model learned from is still made in pieces.
            first_piece_secs: FILE_PIECE_SECS,
            ..Self::default()
        }
    }

    /// Whether nobody waits for the beginning, as in [`Self::for_files`].
    pub fn is_for_files(&self) -> bool {
        self.first_piece_secs >= FILE_PIECE_SECS
    }
}

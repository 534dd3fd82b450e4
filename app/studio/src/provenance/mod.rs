//! Where a file comes from, in a way that can be checked: MP4, M4A, WAV and PNG carry a signed claim that they were made by a model,
//! beside the remark that players show.
//!
//! The claim holds the SHA-256 of the file without the claim, and is signed with a key of this machine (Ed25519), made when it is first
//! needed. Whoever changes the file breaks the claim; whoever takes the claim away or signs anew with another key cannot be kept from
//! it, and `jam-flow verify` shows whose key it was. Why this and not C2PA: `docs/decisions/073-signed-claims.md`.

mod claim;
mod container;
mod key;
mod verify;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

pub use claim::{Statement, TRAINED_ALGORITHMIC_MEDIA};
pub use container::Container;
pub use key::Signer;
pub use verify::{Report, State, verify};

/// The key of this program, once somebody has said where it is kept.
static SIGNER: OnceLock<Option<Signer>> = OnceLock::new();

/// Has all files signed with the key in a folder, which is made if there is none. Without one they are written unsigned.
pub fn sign_with_key_in(folder: &Path) {
    SIGNER.get_or_init(|| {
        Signer::load_or_create(folder)
            .inspect_err(|error| tracing::warn!(%error, "files are written without a signed claim"))
            .ok()
    });
}

/// The key that files are signed with.
pub fn signer() -> Option<&'static Signer> {
    SIGNER.get()?.as_ref()
}

/// Adds the claim to a finished file that says `comment` about itself; nothing if there is no key.
///
/// # Errors
/// What the system says.
pub fn seal(file: &mut File, container: Container, comment: &str) -> io::Result<()> {
    match signer() {
        Some(signer) => container.attach(file, comment, signer),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;

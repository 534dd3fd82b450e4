//! The key of this machine: PKCS #8 in a file that its owner alone can read.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

use engine::atomic_file::AtomicFile;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::texts::text;

const KEY_FILE: &str = "provenance.key";
/// Longer files are none.
const MAX_KEY_BYTES: u64 = 4096;
/// Of the public key, in its name for people.
const NAME_BYTES: usize = 8;

/// Signs claims.
pub struct Signer {
    pair: Ed25519KeyPair,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signer")
            .field(&key_name(self.public_key()))
            .finish()
    }
}

impl Signer {
    /// The key in a folder.
    ///
    /// # Errors
    /// If there is none that can be read.
    pub fn load(folder: &Path) -> io::Result<Self> {
        let mut bytes = Vec::new();
        std::fs::File::open(folder.join(KEY_FILE))?
            .take(MAX_KEY_BYTES)
            .read_to_end(&mut bytes)?;
        let pair = Ed25519KeyPair::from_pkcs8(&bytes).map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, text!("signing-key-damaged"))
        })?;
        Ok(Self { pair })
    }

    /// The key in a folder; a new one if there is none, or what is there is none.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn load_or_create(folder: &Path) -> io::Result<Self> {
        if let Ok(signer) = Self::load(folder) {
            return Ok(signer);
        }
        std::fs::create_dir_all(folder)?;
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map_err(|_| io::Error::other(text!("signing-key-random")))?;
        let (guard, mut file) = AtomicFile::create(&folder.join(KEY_FILE))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        file.write_all(key.as_ref())?;
        guard.commit(file)?;
        Self::load(folder)
    }

    /// Its public half.
    pub fn public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }
}

/// How a key is called for people.
pub(super) fn key_name(public_key: &[u8]) -> String {
    let bytes = public_key.iter().take(NAME_BYTES);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

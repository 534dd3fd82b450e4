//! What a file claims, and whether that is so.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use serde::Serialize;

use super::claim::Claim;
use super::container::Container;
use super::key::{Signer, key_name};
use crate::texts::text;

/// Of the front and of the end, searched for a remark.
const SEARCHED_BYTES: u64 = 1 << 20;
/// What every remark of ours begins with.
const MARK: &[u8] = b"AI-generated";

/// How a file stands to its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is the file that was signed.
    Intact,
    /// It was changed since it was signed, or its claim was.
    Changed,
    /// It says that a machine made it, and nothing vouches for that.
    Unsigned,
    /// It says nothing.
    Unmarked,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How the file stands to its claim.
    pub state: State,
    /// The program that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generator: Option<String>,
    /// IPTC's term for where it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digital_source_type: Option<String>,
    /// What it says about itself, permissions among it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Name of the key that it was signed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether that is the key of this machine.
    pub is_own_key: bool,
}

/// Reads what a file claims and checks it. `own` is the key of this machine.
///
/// # Errors
/// What the system says about a file that cannot be read.
pub fn verify(path: &Path, own: Option<&Signer>) -> io::Result<Report> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            text!("verify-no-file"),
        ));
    }
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    (&file).take(16).read_to_end(&mut head)?;
    let found = match Container::of(&head) {
        Some(container) => container.find(&mut file)?,
        None => None,
    };
    let Some(found) = found else {
        let is_marked = is_marked(&mut file, metadata.len())?;
        return Ok(without_claim(match is_marked {
            true => State::Unsigned,
            false => State::Unmarked,
        }));
    };
    let Some(Claim {
        statement,
        public_key,
    }) = Claim::read(&found.claim)
    else {
        return Ok(without_claim(State::Changed));
    };
    let is_intact = statement.content_sha256 == found.content_sha256 && found.is_last;
    Ok(Report {
        state: if is_intact {
            State::Intact
        } else {
            State::Changed
        },
        generator: Some(statement.generator),
        digital_source_type: Some(statement.digital_source_type),
        comment: Some(statement.comment),
        key: Some(key_name(&public_key)),
        is_own_key: own.is_some_and(|own| own.public_key() == public_key),
    })
}

fn without_claim(state: State) -> Report {
    Report {
        state,
        generator: None,
        digital_source_type: None,
        comment: None,
        key: None,
        is_own_key: false,
    }
}

fn is_marked(file: &mut File, length: u64) -> io::Result<bool> {
    for start in [0, length.saturating_sub(SEARCHED_BYTES)] {
        let mut part = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        (&*file).take(SEARCHED_BYTES).read_to_end(&mut part)?;
        if part.windows(MARK.len()).any(|bytes| bytes == MARK) {
            return Ok(true);
        }
    }
    Ok(false)
}

//! What is claimed, and its signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use super::Signer;

/// The term of IPTC for media that a trained model made, which C2PA uses, too.
pub const TRAINED_ALGORITHMIC_MEDIA: &str =
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
const FORMAT: &str = "jam-flow-claim-1";
/// Bytes of a public key and of a signature.
const PUBLIC_KEY_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 64;

/// What is said of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Tells this kind of statement from others.
    pub format: String,
    /// Program and version.
    pub generator: String,
    /// [`TRAINED_ALGORITHMIC_MEDIA`].
    pub digital_source_type: String,
    /// What players show, permissions among it.
    pub comment: String,
    /// Of the file without its claim, 64 hexadecimal digits.
    pub content_sha256: String,
}

impl Statement {
    pub(super) fn new(comment: &str, content_sha256: &str) -> Self {
        Self {
            format: FORMAT.to_owned(),
            generator: concat!("JAM-Flow ", env!("CARGO_PKG_VERSION")).to_owned(),
            digital_source_type: TRAINED_ALGORITHMIC_MEDIA.to_owned(),
            comment: comment.to_owned(),
            content_sha256: content_sha256.to_owned(),
        }
    }
}

/// A statement as it stands in a file.
#[derive(Debug, Serialize, Deserialize)]
struct Signed {
    /// As JSON: these very bytes are signed.
    statement: String,
    public_key: String,
    signature: String,
}

/// A statement that was signed with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub statement: Statement,
    pub public_key: [u8; PUBLIC_KEY_BYTES],
}

/// The claim as it is written into a file.
pub(super) fn signed(statement: &Statement, signer: &Signer) -> Vec<u8> {
    let statement = json(statement);
    let signed = Signed {
        public_key: STANDARD.encode(signer.public_key()),
        signature: STANDARD.encode(signer.sign(statement.as_bytes())),
        statement,
    };
    json(&signed).into_bytes()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts are JSON")
}

impl Claim {
    /// Reads a claim of a file; `None` if it is none of ours or its signature does not fit.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let signed: Signed = serde_json::from_slice(bytes).ok()?;
        let public_key: [u8; PUBLIC_KEY_BYTES] =
            STANDARD.decode(&signed.public_key).ok()?.try_into().ok()?;
        let signature: [u8; SIGNATURE_BYTES] =
            STANDARD.decode(&signed.signature).ok()?.try_into().ok()?;
        UnparsedPublicKey::new(&ED25519, public_key)
            .verify(signed.statement.as_bytes(), &signature)
            .ok()?;
        let statement: Statement = serde_json::from_str(&signed.statement).ok()?;
        (statement.format == FORMAT).then_some(Self {
            statement,
            public_key,
        })
    }
}

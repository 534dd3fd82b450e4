//! Opens checkpoints: safetensors only, decided by content, with the header checked before anything is allocated for it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use candle_core::{DType, Device};
use candle_nn::VarBuilder;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// Largest checkpoint that is opened. F5-TTS base in f32 has 1.35 GB, the published JAM-Flow about 2 GB.
const MAX_FILE_BYTES: u64 = 4 << 30;
/// Largest header that is parsed. F5-TTS base has 364 tensors in 40 kB.
const MAX_HEADER_BYTES: u64 = 16 << 20;
/// Largest configuration file that is read.
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// Opens a safetensors file as `f32` on the CPU; `f16` and `bf16` tensors are widened when they are asked for.
///
/// `what` names the contents in the user's words.
///
/// # Errors
/// [`Error::WeightsMissing`] if there is no such file, [`Error::WeightsUnfit`] if it is not a sound safetensors file.
pub fn open(path: &Path, what: &'static str) -> Result<VarBuilder<'static>> {
    let bytes = read_checked(path, what)?;
    VarBuilder::from_buffered_safetensors(bytes, DType::F32, &Device::Cpu)
        .map_err(|source| unfit(path, source))
}

/// Reads a JSON configuration that stands beside its weights.
///
/// # Errors
/// [`Error::WeightsMissing`] if there is no such file, [`Error::WeightsUnfit`] if it does not describe a `T`.
pub fn read_config<T: DeserializeOwned>(path: &Path, what: &'static str) -> Result<T> {
    let (mut file, length) = open_file(path, what)?;
    if length > MAX_CONFIG_BYTES {
        return Err(unfit(
            path,
            format!("the configuration has {length} bytes, more than {MAX_CONFIG_BYTES}"),
        ));
    }
    let mut text = String::new();
    file.read_to_string(&mut text)
        .map_err(|source| unfit(path, source))?;
    serde_json::from_str(&text).map_err(|source| unfit(path, source))
}

/// An [`Error::WeightsUnfit`] about this file.
pub fn unfit(path: &Path, reason: impl std::fmt::Display) -> Error {
    Error::WeightsUnfit {
        reason: reason.to_string(),
        path: path.to_owned(),
    }
}

fn open_file(path: &Path, what: &'static str) -> Result<(File, u64)> {
    let missing = || Error::WeightsMissing {
        what,
        path: path.to_owned(),
    };
    let file = File::open(path).map_err(|_| missing())?;
    let metadata = file.metadata().map_err(|_| missing())?;
    if metadata.is_file() {
        Ok((file, metadata.len()))
    } else {
        Err(missing())
    }
}

fn read_checked(path: &Path, what: &'static str) -> Result<Vec<u8>> {
    let (mut file, length) = open_file(path, what)?;
    if length > MAX_FILE_BYTES {
        return Err(unfit(
            path,
            format!("the file has {length} bytes, more than {MAX_FILE_BYTES}"),
        ));
    }
    let mut prefix = [0; 8];
    if file.read_exact(&mut prefix).is_err() {
        return Err(unfit(
            path,
            format!("not a safetensors file: only {length} bytes"),
        ));
    }
    let header_bytes = u64::from_le_bytes(prefix);
    if header_bytes > MAX_HEADER_BYTES || header_bytes > length - 8 {
        // Only now: a header of 640 bytes begins like a pickle.
        if prefix.starts_with(b"PK\x03\x04") || prefix.starts_with(&[0x80, 0x02]) {
            return Err(unfit(
                path,
                "this is a pickled PyTorch file, which may run code when opened; only safetensors files are",
            ));
        }
        return Err(unfit(
            path,
            format!(
                "not a safetensors file: a header of {header_bytes} bytes in a file of {length}"
            ),
        ));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    bytes.extend_from_slice(&prefix);
    file.take(MAX_FILE_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|source| Error::File {
            action: "cannot read the weights",
            source,
            path: path.to_owned(),
        })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Tensor;
    use std::collections::HashMap;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn missing_file_says_what_to_do() {
        let message = open(Path::new("no/such/file"), "the joint model")
            .err()
            .unwrap()
            .to_string();
        assert!(message.contains("the joint model is missing"), "{message}");
    }

    #[test]
    fn damaged_files_are_refused() {
        let huge_header = [u64::MAX.to_le_bytes().as_slice(), b"{}"].concat();
        let bad_json = [4u64.to_le_bytes().as_slice(), b"{{{{"].concat();
        let outside = br#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#;
        let cut_off = [(outside.len() as u64).to_le_bytes().as_slice(), outside].concat();
        for bytes in [
            &b"abc"[..],
            b"PK\x03\x04 and more",
            &huge_header,
            &bad_json,
            &cut_off,
        ] {
            let file = written(bytes);
            let error = open(file.path(), "weights").err().unwrap();
            assert!(matches!(error, Error::WeightsUnfit { .. }), "{error}");
        }
    }

    #[test]
    fn sound_file_opens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        let tensor = Tensor::arange(0f32, 6.0, &Device::Cpu).unwrap();
        let named = HashMap::from([("layer.weight", tensor.reshape((2, 3)).unwrap())]);
        candle_core::safetensors::save(&named, &path).unwrap();
        let weights = open(&path, "weights").unwrap();
        let layer = weights.pp("layer").get((2, 3), "weight").unwrap();
        assert_eq!(layer.to_vec2::<f32>().unwrap()[1], [3.0, 4.0, 5.0]);
        assert!(weights.get((3, 2), "layer.weight").is_err());
    }
}

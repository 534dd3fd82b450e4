//! Opens checkpoints: safetensors only, decided by content, with the header checked before anything is allocated for it.

mod sharded;
mod tensor_file;

pub use sharded::ShardedTensors;
pub use tensor_file::{OnRead, TensorFile, TensorFileError};

use std::fs::File;
use std::io::Read;
use std::path::Path;

use candle_nn::VarBuilder;
use serde::de::DeserializeOwned;

use crate::error::{Error, ModelPart, Result, first_line};

/// Tensors by name at some place of a checkpoint, read when they are asked for.
pub type Weights = VarBuilder<'static>;

/// Largest configuration file that is read.
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// Opens a safetensors file as `f32` on the CPU. Its tensors are read when they are asked for, `f16` and `bf16` are widened then.
///
/// `what` names the contents in the user's words.
///
/// # Errors
/// [`Error::WeightsMissing`] if there is no such file, [`Error::WeightsUnfit`] if it is not a sound safetensors file.
pub fn open(path: &Path, what: ModelPart) -> Result<Weights> {
    match TensorFile::open(path) {
        Ok(file) => Ok(file.into_builder()),
        Err(TensorFileError::Missing) => Err(Error::WeightsMissing {
            what,
            path: path.to_owned(),
        }),
        Err(TensorFileError::Unreadable(source)) => Err(Error::File {
            action: crate::error::FileAction::ReadWeights,
            source,
            path: path.to_owned(),
        }),
        Err(error @ (TensorFileError::Pickled | TensorFileError::Unsound(_))) => {
            Err(unfit(path, error))
        }
    }
}

/// Reads a JSON configuration that stands beside its weights.
///
/// # Errors
/// [`Error::WeightsMissing`] if there is no such file, [`Error::WeightsUnfit`] if it does not describe a `T`.
pub fn read_config<T: DeserializeOwned>(path: &Path, what: ModelPart) -> Result<T> {
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
        reason: first_line(&reason.to_string()),
        path: path.to_owned(),
    }
}

fn open_file(path: &Path, what: ModelPart) -> Result<(File, u64)> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};
    use std::collections::HashMap;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn missing_file_says_what_to_do() {
        let message = open(Path::new("no/such/file"), ModelPart::JointModel)
            .err()
            .unwrap()
            .to_string();
        assert!(
            message.contains("the joint model of voice and face is missing"),
            "{message}"
        );
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
            let error = open(file.path(), ModelPart::JointModel).err().unwrap();
            assert!(matches!(error, Error::WeightsUnfit { .. }), "{error}");
        }
    }

    #[test]
    fn weights_that_are_no_numbers_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        for broken in [f32::NAN, f32::INFINITY] {
            for dtype in [
                candle_core::DType::F32,
                candle_core::DType::F16,
                candle_core::DType::BF16,
            ] {
                let tensor = Tensor::new(&[1.0, broken, -2.0], &Device::Cpu).unwrap();
                let named = HashMap::from([("layer.bias", tensor.to_dtype(dtype).unwrap())]);
                candle_core::safetensors::save(&named, &path).unwrap();
                let error = open(&path, ModelPart::JointModel)
                    .unwrap()
                    .get(3, "layer.bias");
                let said = unfit(&path, error.unwrap_err()).to_string();
                assert!(said.contains("layer.bias holds values"), "{said}");
                assert_eq!(said.lines().count(), 1);
            }
        }
    }

    #[test]
    fn sound_file_opens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        let tensor = Tensor::arange(0f32, 6.0, &Device::Cpu).unwrap();
        let named = HashMap::from([("layer.weight", tensor.reshape((2, 3)).unwrap())]);
        candle_core::safetensors::save(&named, &path).unwrap();
        let weights = open(&path, ModelPart::JointModel).unwrap();
        let layer = weights.pp("layer").get((2, 3), "weight").unwrap();
        assert_eq!(layer.to_vec2::<f32>().unwrap()[1], [3.0, 4.0, 5.0]);
        assert!(weights.get((3, 2), "layer.weight").is_err());
    }

    #[test]
    fn cut_off_and_lengthened_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        let zeros = Tensor::zeros(8, candle_core::DType::F16, &Device::Cpu).unwrap();
        candle_core::safetensors::save(&HashMap::from([("x", zeros)]), &path).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for bytes in [
            &whole[..whole.len() - 1],
            &[whole.as_slice(), b"more"].concat(),
        ] {
            let error = open(written(bytes).path(), ModelPart::JointModel)
                .err()
                .unwrap();
            assert!(error.to_string().contains("its header asks for"), "{error}");
        }
        let x = open(&path, ModelPart::JointModel)
            .unwrap()
            .get(8, "x")
            .unwrap();
        assert_eq!(x.dtype(), candle_core::DType::F32);
    }
}

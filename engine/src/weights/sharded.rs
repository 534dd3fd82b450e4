//! A checkpoint in one safetensors file or in several with an index, as Hugging Face publishes them.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::VarBuilder;
use candle_nn::var_builder::SimpleBackend;
use serde::Deserialize;

use super::{TensorFile, TensorFileError, read_config, unfit};
use crate::error::{Error, ModelPart, Result};

/// The one file of a small checkpoint.
const WHOLE_FILE: &str = "model.safetensors";
/// Which tensor is in which file of a large one.
const INDEX_FILE: &str = "model.safetensors.index.json";
const MAX_FILES: usize = 1000;

/// Open files with the names of their tensors. A tensor is read when it is asked for.
#[derive(Debug)]
pub struct ShardedTensors {
    files: Vec<TensorFile>,
    /// The file that has a tensor.
    places: HashMap<String, usize>,
}

#[derive(Deserialize)]
struct Index {
    weight_map: HashMap<String, String>,
}

impl ShardedTensors {
    /// Opens the checkpoint in a folder.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] or [`Error::WeightsUnfit`] naming the file.
    pub fn open(folder: &Path, what: ModelPart) -> Result<Self> {
        let index = folder.join(INDEX_FILE);
        let names = match index.exists() {
            true => files_of(&index, what)?,
            false => vec![WHOLE_FILE.to_owned()],
        };
        let mut files = Vec::with_capacity(names.len());
        let mut places = HashMap::new();
        for name in names {
            let path = folder.join(name);
            let file = TensorFile::open(&path).map_err(|error| match error {
                TensorFileError::Missing => Error::WeightsMissing {
                    what,
                    path: path.clone(),
                },
                other => unfit(&path, other),
            })?;
            places.extend(file.names().map(|name| (name, files.len())));
            files.push(file);
        }
        Ok(Self { files, places })
    }

    /// The shape of a tensor, if there is one of this name.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.files[*self.places.get(name)?].shape(name)
    }

    /// The tensors as `f32` on the CPU.
    pub fn into_builder(self) -> VarBuilder<'static> {
        VarBuilder::from_backend(Box::new(self), DType::F32, Device::Cpu)
    }

    fn file(&self, name: &str) -> candle_core::Result<&TensorFile> {
        let place = self.places.get(name).ok_or_else(|| {
            let path = name.to_owned();
            candle_core::Error::CannotFindTensor { path }
        })?;
        Ok(&self.files[*place])
    }
}

/// The files that an index names, all of them in its own folder.
fn files_of(index: &Path, what: ModelPart) -> Result<Vec<String>> {
    let Index { weight_map } = read_config(index, what)?;
    let mut names: Vec<String> = weight_map.into_values().collect();
    names.sort_unstable();
    names.dedup();
    let is_name = |name: &String| Path::new(name).file_name() == Some(name.as_ref());
    if names.is_empty() || names.len() > MAX_FILES || !names.iter().all(is_name) {
        return Err(unfit(index, "the index names no files of its folder"));
    }
    Ok(names)
}

impl SimpleBackend for ShardedTensors {
    fn get(
        &self,
        shape: Shape,
        name: &str,
        init: candle_nn::Init,
        dtype: DType,
        device: &Device,
    ) -> candle_core::Result<Tensor> {
        self.file(name)?.get(shape, name, init, dtype, device)
    }

    fn get_unchecked(
        &self,
        name: &str,
        dtype: DType,
        device: &Device,
    ) -> candle_core::Result<Tensor> {
        self.file(name)?.get_unchecked(name, dtype, device)
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save(folder: &Path, file: &str, tensors: &[(&str, f32)]) {
        let tensors: HashMap<_, _> = tensors
            .iter()
            .map(|(name, value)| (*name, Tensor::full(*value, 2, &Device::Cpu).unwrap()))
            .collect();
        candle_core::safetensors::save(&tensors, folder.join(file)).unwrap();
    }

    #[test]
    fn tensors_come_from_the_file_that_has_them() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        save(folder, "a.safetensors", &[("x", 1.0)]);
        save(folder, "b.safetensors", &[("y", 2.0)]);
        let index =
            r#"{"metadata": {}, "weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}"#;
        std::fs::write(folder.join(INDEX_FILE), index).unwrap();
        let tensors = ShardedTensors::open(folder, ModelPart::VisionLanguage).unwrap();
        assert_eq!(tensors.shape("y"), Some([2].as_slice()));
        let vb = tensors.into_builder();
        for (name, value) in [("x", 1.0), ("y", 2.0)] {
            let tensor = vb.get(2, name).unwrap();
            assert_eq!(tensor.to_vec1::<f32>().unwrap(), [value; 2]);
        }
        assert!(vb.get(2, "z").is_err() && vb.get(3, "x").is_err());
    }

    #[test]
    fn an_index_leads_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for name in ["../a.safetensors", "/etc/passwd", "", "sub/a.safetensors"] {
            let index = format!(r#"{{"weight_map": {{"x": "{name}"}}}}"#);
            std::fs::write(folder.join(INDEX_FILE), index).unwrap();
            let error = ShardedTensors::open(folder, ModelPart::VisionLanguage).unwrap_err();
            assert!(
                matches!(error, Error::WeightsUnfit { .. }),
                "{name}: {error}"
            );
        }
        std::fs::write(
            folder.join(INDEX_FILE),
            r#"{"weight_map": {"x": "gone.safetensors"}}"#,
        )
        .unwrap();
        let error = ShardedTensors::open(folder, ModelPart::VisionLanguage).unwrap_err();
        assert!(error.to_string().contains("gone.safetensors"), "{error}");
    }
}

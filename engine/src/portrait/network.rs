//! One ONNX network of the portrait analysis, run by rten.

use std::path::{Path, PathBuf};

use rten::{Model, NodeId};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};

use crate::error::ModelPart;
use crate::{Error, Result, model_files};

/// A loaded network with one picture as input and named outputs.
pub(super) struct Network {
    model: Model,
    input: NodeId,
    outputs: Vec<NodeId>,
    stage: &'static str,
    side_px: usize,
}

impl Network {
    /// Loads `models/file`, whose input is a square RGB picture of `side_px`.
    pub fn load(
        models: &Path,
        file: &str,
        part: ModelPart,
        side_px: usize,
        outputs: &[&str],
    ) -> Result<Self> {
        let path: PathBuf = models.join(file);
        if !path.is_file() {
            return Err(Error::WeightsMissing { what: part, path });
        }
        model_files::check(models, file)?;
        let stage = part.name();
        let unfit = |reason: String| Error::WeightsUnfit {
            reason,
            path: path.clone(),
        };
        let model = Model::load_file(&path)
            .map_err(|error| unfit(format!("the {stage} cannot be read ({error})")))?;
        let input = *model
            .input_ids()
            .first()
            .ok_or_else(|| unfit(format!("the {stage} has no input")))?;
        let outputs = outputs
            .iter()
            .map(|name| {
                model
                    .find_node(name)
                    .ok_or_else(|| unfit(format!("the {stage} has no output named {name}")))
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            model,
            input,
            outputs,
            stage,
            side_px,
        })
    }

    /// Runs it on a patch (`side_px`² × 3 values, rows from the top). -> one flat vector per output, in the order of `load`.
    pub fn run(&self, patch: Vec<f32>) -> Result<Vec<Vec<f32>>> {
        let failed = |error: String| Error::model(self.stage, error);
        let input = NdTensor::from_data([1, self.side_px, self.side_px, 3], patch);
        let values = self
            .model
            .run(vec![(self.input, input.into())], &self.outputs, None)
            .map_err(|error| failed(error.to_string()))?;
        values
            .into_iter()
            .map(|value| {
                let tensor: Tensor<f32> = value
                    .try_into()
                    .map_err(|_| failed("an output is not of floats".into()))?;
                Ok(tensor.to_vec())
            })
            .collect()
    }
}

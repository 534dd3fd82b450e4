//! Reads the face rig: `models/recipe/face_rig.py` makes the file and says from what.

use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::error::ModelPart;
use crate::motion::{FACE_TRIANGLES, FACE_VERTICES, FaceRig, KEYPOINT_COUNT, MouthInterior};
use crate::{Error, Result};

/// Largest rig file that is read.
const MAX_BYTES: u64 = 64 << 20;
/// Kinds of surface in [`MouthInterior::parts`].
const PARTS: u32 = 6;

/// Reads `models/face_rig.safetensors`.
///
/// # Errors
///
/// [`Error::WeightsMissing`] without the file, [`Error::WeightsUnfit`] if a tensor is missing, has another shape or type, holds
/// a number that is not finite or an index out of range.
pub fn load_rig(path: &Path) -> Result<FaceRig> {
    let bytes = read(path)?;
    let unfit = |reason: String| Error::WeightsUnfit {
        reason,
        path: path.to_owned(),
    };
    let tensors = SafeTensors::deserialize(&bytes)
        .map_err(|error| unfit(format!("the face rig is not a safetensors file ({error})")))?;
    let reader = Reader { tensors };
    reader.rig().map_err(unfit)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let file_error = |source| Error::File {
        action: crate::error::FileAction::ReadFaceRig,
        source,
        path: path.to_owned(),
    };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::WeightsMissing {
            what: ModelPart::FaceRig,
            path: path.to_owned(),
        }),
        Err(error) => Err(file_error(error)),
        Ok(metadata) if metadata.len() > MAX_BYTES => Err(Error::WeightsUnfit {
            reason: format!(
                "the face rig has {} bytes, more than {MAX_BYTES}",
                metadata.len()
            ),
            path: path.to_owned(),
        }),
        Ok(_) => std::fs::read(path).map_err(file_error),
    }
}

/// Reads tensors with their checks; errors say what does not fit.
struct Reader<'a> {
    tensors: SafeTensors<'a>,
}

type Read<T> = std::result::Result<T, String>;

impl Reader<'_> {
    fn rig(&self) -> Read<FaceRig> {
        let positions = self.points("interior_positions", None)?;
        let count = positions.len();
        let parts = self.indices("interior_part", Some(count), PARTS as usize)?;
        let interior = MouthInterior {
            normals: self.points("interior_normals", Some(count))?,
            triangles: self.triangles("interior_triangles", None, count)?,
            positions,
            parts: parts.into_iter().map(|part| part as u8).collect(),
        };
        let ring = |name| self.indices(name, None, FACE_VERTICES);
        Ok(FaceRig {
            canonical_vertices: self.points("canonical_vertices", Some(FACE_VERTICES))?,
            triangles: self.triangles("triangles", Some(FACE_TRIANGLES), FACE_VERTICES)?,
            keypoint_vertices: self.keypoint_vertices()?,
            displacement_map: self.floats(
                "displacement_map",
                &[Some(3 * KEYPOINT_COUNT), Some(3 * FACE_VERTICES)],
            )?,
            jaw_map: self.points("jaw_map", Some(3 * KEYPOINT_COUNT))?,
            face_oval: ring("face_oval")?,
            lips_inner: ring("lips_inner")?,
            lips_outer: ring("lips_outer")?,
            left_eye: ring("left_eye")?,
            right_eye: ring("right_eye")?,
            rigid_points: ring("rigid_points")?,
            interior,
        })
    }

    /// The tensor's words of four bytes, if type and shape are as wanted (`None` = any length).
    fn words(&self, name: &str, dtype: Dtype, shape: &[Option<usize>]) -> Read<Vec<[u8; 4]>> {
        let tensor: TensorView<'_> = self
            .tensors
            .tensor(name)
            .map_err(|_| format!("the face rig has no tensor {name}"))?;
        let fits = tensor.shape().len() == shape.len()
            && tensor
                .shape()
                .iter()
                .zip(shape)
                .all(|(&is, wanted)| wanted.is_none_or(|wanted| is == wanted));
        if tensor.dtype() != dtype || !fits {
            return Err(format!(
                "{name} of the face rig is {:?} {:?}, wanted {dtype:?} {shape:?}",
                tensor.dtype(),
                tensor.shape()
            ));
        }
        let (words, _) = tensor.data().as_chunks::<4>();
        Ok(words.to_vec())
    }

    fn floats(&self, name: &str, shape: &[Option<usize>]) -> Read<Vec<f32>> {
        let words = self.words(name, Dtype::F32, shape)?;
        let values: Vec<f32> = words.into_iter().map(f32::from_le_bytes).collect();
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(format!(
                "{name} of the face rig holds numbers that are not finite"
            ))
        }
    }

    fn points(&self, name: &str, count: Option<usize>) -> Read<Vec<[f32; 3]>> {
        let values = self.floats(name, &[count, Some(3)])?;
        Ok(values.as_chunks::<3>().0.to_vec())
    }

    fn integers(&self, name: &str, shape: &[Option<usize>]) -> Read<Vec<i32>> {
        let words = self.words(name, Dtype::I32, shape)?;
        Ok(words.into_iter().map(i32::from_le_bytes).collect())
    }

    fn index(&self, name: &str, value: i32, below: usize) -> Read<u32> {
        u32::try_from(value)
            .ok()
            .filter(|&index| (index as usize) < below)
            .ok_or_else(|| format!("{name} of the face rig holds {value}, wanted 0..{below}"))
    }

    fn indices(&self, name: &str, count: Option<usize>, below: usize) -> Read<Vec<u32>> {
        let values = self.integers(name, &[count])?;
        values
            .into_iter()
            .map(|value| self.index(name, value, below))
            .collect()
    }

    fn triangles(&self, name: &str, count: Option<usize>, below: usize) -> Read<Vec<[u32; 3]>> {
        let values = self.integers(name, &[count, Some(3)])?;
        let flat: Vec<u32> = values
            .into_iter()
            .map(|value| self.index(name, value, below))
            .collect::<Read<_>>()?;
        Ok(flat.as_chunks::<3>().0.to_vec())
    }

    fn keypoint_vertices(&self) -> Read<[Option<u32>; KEYPOINT_COUNT]> {
        let name = "keypoint_vertices";
        let values = self.integers(name, &[Some(KEYPOINT_COUNT)])?;
        let mut vertices = [None; KEYPOINT_COUNT];
        for (vertex, value) in vertices.iter_mut().zip(values) {
            *vertex = match value {
                -1 => None,
                _ => Some(self.index(name, value, FACE_VERTICES)?),
            };
        }
        Ok(vertices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::MOUTH_KEYPOINTS;

    fn shipped() -> FaceRig {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
        load_rig(&models.join("face_rig.safetensors")).unwrap()
    }

    #[test]
    fn mouth_keypoints_land_where_they_are_told() {
        let rig = shipped();
        for keypoint in MOUTH_KEYPOINTS {
            let mut expression = [[0.0; 3]; KEYPOINT_COUNT];
            expression[keypoint] = [0.0, 0.05, -0.02];
            let vertex = rig.keypoint_vertices[keypoint].unwrap() as usize;
            let moved = rig.displacements(&expression)[vertex];
            for c in 0..3 {
                assert!(
                    (moved[c] - expression[keypoint][c]).abs() < 0.0025,
                    "{moved:?}"
                );
            }
        }
    }

    #[test]
    fn lips_told_to_meet_meet_whatever_the_jaw_does() {
        let rig = shipped();
        let mut expression = [[0.0; 3]; KEYPOINT_COUNT];
        expression[20] = [0.0, 0.15, 0.05];
        expression[14] = [-0.06, 0.01, -0.02];
        expression[17] = [0.0, 0.01, -0.03];
        expression[19] = expression[17];
        let moved = rig.displacements(&expression);
        let half = rig.lips_inner.len() / 2;
        for i in 1..half {
            let upper = moved[rig.lips_inner[i] as usize];
            let lower = moved[rig.lips_inner[2 * half - i] as usize];
            for c in 0..3 {
                assert!(
                    (upper[c] - lower[c]).abs() < 0.005,
                    "pair {i}: {upper:?} {lower:?}"
                );
            }
        }
    }

    #[test]
    fn no_delta_moves_nothing_and_the_jaw_follows_the_chin() {
        let rig = shipped();
        let mut expression = [[0.0; 3]; KEYPOINT_COUNT];
        assert!(
            rig.displacements(&expression)
                .iter()
                .flatten()
                .all(|&v| v == 0.0)
        );
        expression[20] = [0.0, 0.1, 0.0];
        expression[19] = [0.0, 0.1, 0.0];
        let jaw = rig.jaw_translation(&expression);
        assert!(jaw[1] > 0.05 && jaw[1] < 0.15 && jaw[0] == 0.0, "{jaw:?}");
    }

    #[test]
    fn a_file_that_is_no_rig_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("face_rig.safetensors");
        assert!(matches!(load_rig(&path), Err(Error::WeightsMissing { .. })));
        std::fs::write(&path, b"not a rig at all").unwrap();
        assert!(matches!(load_rig(&path), Err(Error::WeightsUnfit { .. })));
        let bytes = safetensors::serialize(
            [(
                "interior_positions",
                TensorView::new(Dtype::F32, vec![1, 3], &[0; 12]).unwrap(),
            )],
            None,
        )
        .unwrap();
        std::fs::write(&path, bytes).unwrap();
        let message = load_rig(&path).unwrap_err().to_string();
        assert!(message.contains("interior_part"), "{message}");
    }
}

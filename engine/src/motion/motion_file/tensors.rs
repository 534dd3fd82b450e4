//! Motion as safetensors: `pose` (n, 3) pitch, yaw, roll; `scale` (n); `translation` (n, 3); `expression` (n, 21, 3); all float32.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use safetensors::tensor::{Metadata, TensorView};
use safetensors::{Dtype, SafeTensors};

use super::{
    FORMAT, MOST_BYTES, MOST_FRAMES, UNITS, VERSION, cannot_read, cannot_write, check_frames,
    check_head, open, origin, unusable,
};
use crate::Result;
use crate::atomic_file::write_atomically;
use crate::motion::{FRAMES_PER_SECOND, HeadPose, KEYPOINT_COUNT, Motion, MotionFrame, Zero};

/// Longest header that is read: ours has some hundred bytes.
const MOST_HEADER_BYTES: u64 = 64 << 10;
/// Numbers of each tensor for one frame.
const TENSORS: [(&str, &[usize]); 4] = [
    ("pose", &[3]),
    ("scale", &[]),
    ("translation", &[3]),
    ("expression", &[KEYPOINT_COUNT, 3]),
];

pub(super) fn write(motion: &Motion, path: &Path) -> Result<()> {
    let frames = &motion.frames;
    let bytes = |values: &mut dyn Iterator<Item = f32>| -> Vec<u8> {
        values.flat_map(f32::to_le_bytes).collect()
    };
    let data = [
        bytes(&mut frames.iter().flat_map(|frame| {
            let HeadPose { pitch, yaw, roll } = frame.pose;
            [pitch, yaw, roll]
        })),
        bytes(&mut frames.iter().map(|frame| frame.scale)),
        bytes(&mut frames.iter().flat_map(|frame| frame.translation)),
        bytes(
            &mut frames
                .iter()
                .flat_map(|frame| frame.expression.into_iter().flatten()),
        ),
    ];
    let views = TENSORS.iter().zip(&data).map(|((name, row), data)| {
        let shape: Vec<usize> = std::iter::once(frames.len())
            .chain(row.iter().copied())
            .collect();
        let view = TensorView::new(Dtype::F32, shape, data)
            .expect("each frame adds as many numbers as its row has");
        (*name, view)
    });
    let metadata = HashMap::from([
        ("format".to_owned(), FORMAT.to_owned()),
        ("version".to_owned(), VERSION.to_string()),
        (
            "frames_per_second".to_owned(),
            FRAMES_PER_SECOND.to_string(),
        ),
        ("units".to_owned(), UNITS.to_owned()),
        ("zero".to_owned(), zero_name(motion.zero).to_owned()),
        ("origin".to_owned(), origin(motion.zero).to_owned()),
    ]);
    let file = safetensors::serialize(views, Some(metadata))
        .map_err(|error| cannot_write(path, std::io::Error::other(error)))?;
    write_atomically(path, |out| out.write_all(&file)).map_err(|source| cannot_write(path, source))
}

pub(super) fn read(path: &Path) -> Result<Motion> {
    let no_motion = |why: String| {
        unusable(
            path,
            format!("this is not a motion file of JAM-Flow ({why}): choose another"),
        )
    };
    let mut file = open(path)?;
    let (head, zero) = read_header(&mut file, path)?;
    // The header has said how long the rest is; no more is taken.
    let mut bytes = head;
    file.take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|source| cannot_read(path, source))?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| no_motion(error.to_string()))?;
    let values = |name: &str| -> Result<Vec<f32>> {
        let tensor = tensors
            .tensor(name)
            .map_err(|error| no_motion(error.to_string()))?;
        let (words, _) = tensor.data().as_chunks::<4>();
        Ok(words.iter().map(|&word| f32::from_le_bytes(word)).collect())
    };
    let (pose, scale) = (values("pose")?, values("scale")?);
    let (translation, expression) = (values("translation")?, values("expression")?);
    let frames: Vec<MotionFrame> = scale
        .into_iter()
        .zip(pose.as_chunks::<3>().0)
        .zip(translation.as_chunks::<3>().0)
        .zip(
            expression
                .as_chunks::<3>()
                .0
                .as_chunks::<KEYPOINT_COUNT>()
                .0,
        )
        .map(
            |(((scale, &[pitch, yaw, roll]), &translation), &expression)| MotionFrame {
                pose: HeadPose { pitch, yaw, roll },
                scale,
                translation,
                expression,
            },
        )
        .collect();
    check_frames(&frames).map_err(|message| unusable(path, message))?;
    Ok(Motion { zero, frames })
}

/// Reads the header alone and checks all that it says: nothing of the size of the file is allocated before. -> the bytes that were
/// read, and what the motion is counted from
fn read_header(file: &mut File, path: &Path) -> Result<(Vec<u8>, Zero)> {
    let no_motion = |why: &str| {
        unusable(
            path,
            format!("this is not a motion file of JAM-Flow ({why}): choose another"),
        )
    };
    let mut length = [0; 8];
    file.read_exact(&mut length)
        .map_err(|_| no_motion("it is too short"))?;
    let header_bytes = u64::from_le_bytes(length);
    if header_bytes > MOST_HEADER_BYTES {
        return Err(no_motion("its header is too long"));
    }
    let mut head = length.to_vec();
    file.take(header_bytes)
        .read_to_end(&mut head)
        .map_err(|source| cannot_read(path, source))?;
    let header: Metadata =
        serde_json::from_slice(&head[8..]).map_err(|error| no_motion(&error.to_string()))?;
    let empty = HashMap::new();
    let said = header.metadata().as_ref().unwrap_or(&empty);
    let word = |name: &str| said.get(name).map(String::as_str).unwrap_or_default();
    let zero = match word("zero") {
        "" => Zero::Portrait,
        name => *[Zero::Portrait, Zero::FacingCamera]
            .iter()
            .find(|&&zero| zero_name(zero) == name)
            .ok_or_else(|| no_motion("its zero is unknown"))?,
    };
    let tensors = header.tensors();
    let frames = tensors
        .get("scale")
        .and_then(|scale| scale.shape.first().copied())
        .unwrap_or_default();
    check_head(
        word("format"),
        word("version").parse().unwrap_or_default(),
        word("frames_per_second").parse().unwrap_or_default(),
        frames,
    )
    .map_err(|message| unusable(path, message))?;
    for (name, row) in TENSORS {
        let fits = tensors.get(name).is_some_and(|tensor| {
            tensor.dtype == Dtype::F32
                && tensor.shape.first() == Some(&frames)
                && tensor.shape.get(1..) == Some(row)
        });
        if !fits {
            return Err(no_motion(&format!(
                "{name} is missing or has another shape"
            )));
        }
    }
    debug_assert!(frames <= MOST_FRAMES, "the head was checked");
    Ok((head, zero))
}

fn zero_name(zero: Zero) -> &'static str {
    match zero {
        Zero::Portrait => "portrait",
        Zero::FacingCamera => "facing_camera",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::idle::IdleLife;
    use crate::motion::motion_file;

    fn some_motion(frames: usize) -> Motion {
        let mut life = IdleLife::new(4);
        Motion {
            zero: Zero::FacingCamera,
            frames: (0..frames).map(|_| life.next_frame(None)).collect(),
        }
    }

    #[test]
    fn what_is_written_is_read_back_exactly() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("motion.safetensors");
        for frames in [0, 1, 60] {
            let motion = some_motion(frames);
            motion_file::write(&motion, &path).unwrap();
            assert_eq!(motion_file::read(&path).unwrap(), motion);
        }
        // The ending decides.
        assert!(motion_file::read_json(&path).is_err());
        let json = folder.path().join("motion.json");
        motion_file::write(&some_motion(3), &json).unwrap();
        assert_eq!(motion_file::read(&json).unwrap(), some_motion(3));
    }

    #[test]
    fn broken_files_say_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("motion.safetensors");
        motion_file::write(&some_motion(20), &path).unwrap();
        let good = std::fs::read(&path).unwrap();
        let message = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            motion_file::read(&path).unwrap_err().to_string()
        };
        let replaced = |from: &str, to: &str| {
            assert_eq!(from.len(), to.len(), "the header keeps its length");
            let at = good
                .windows(from.len())
                .position(|part| part == from.as_bytes())
                .unwrap();
            let mut bytes = good.clone();
            bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
            bytes
        };
        for (bytes, word) in [
            (Vec::new(), "too short"),
            (b"not tensors at all".to_vec(), "header is too long"),
            (good[..good.len() - 7].to_vec(), "not a motion file"),
            (good[..30].to_vec(), "not a motion file"),
            (
                replaced("\"version\":\"1\"", "\"version\":\"3\""),
                "version 3",
            ),
            (
                replaced("second\":\"25\"", "second\":\"30\""),
                "30 frames a second",
            ),
            (replaced("jam-flow motion", "jam-flow potion"), "potion"),
            (replaced("facing_camera", "facing_kamera"), "zero"),
            (replaced("[20,21,3]", "[21,20,3]"), "expression"),
            (
                replaced("\"shape\":[20]", "\"shape\":[99]"),
                "not a motion file",
            ),
            (
                replaced("\"scale\"", "\"scald\""),
                "is missing or has another shape",
            ),
        ] {
            let message = message(&bytes);
            assert!(message.contains(word), "{message}");
        }
        let mut bytes = good.clone();
        let at = bytes.len() - 4;
        bytes[at..].copy_from_slice(&f32::NAN.to_le_bytes());
        let said = message(&bytes);
        assert!(
            said.contains("frame ") || said.contains("no face can follow"),
            "{said}"
        );
    }

    #[test]
    fn a_header_that_promises_too_much_is_refused_before_memory_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge.safetensors");
        let frames = 4_000_000_000_usize;
        let header = format!(
            r#"{{"__metadata__":{{"format":"{FORMAT}","version":"1","frames_per_second":"25"}},"scale":{{"dtype":"F32","shape":[{frames}],"data_offsets":[0,{}]}}}}"#,
            frames * 4
        );
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        std::fs::write(&path, bytes).unwrap();
        let message = motion_file::read(&path).unwrap_err().to_string();
        assert!(message.contains("two hours"), "{message}");
    }
}

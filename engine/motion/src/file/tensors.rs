//! Motion as safetensors: `pose` (n, 3) pitch, yaw, roll; `scale` (n); `translation` (n, 3); `expression` (n, 21, 3), and `tongue` (n) where
//! it is raised in some frame; all float32.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use safetensors::tensor::{Metadata, TensorInfo, TensorView};
use safetensors::{Dtype, SafeTensors};

use super::{
    FORMAT, MAX_BYTES, MAX_FRAMES, ReadError, UNITS, VERSION, check_frames, check_head, origin,
};
use crate::{FRAMES_PER_SECOND, HeadPose, KEYPOINT_COUNT, Motion, MotionFrame, Zero};

/// Longest header that is read: ours has some hundred bytes.
const MAX_HEADER_BYTES: u64 = 64 << 10;
/// Numbers of each tensor for one frame.
const TENSORS: [(&str, &[usize]); 5] = [
    ("pose", &[3]),
    ("scale", &[]),
    ("translation", &[3]),
    ("expression", &[KEYPOINT_COUNT, 3]),
    (TONGUE, &[]),
];
/// The tensor that files may lack.
const TONGUE: &str = "tongue";

pub(super) fn write(motion: &Motion, out: &mut impl Write) -> io::Result<()> {
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
        bytes(&mut frames.iter().map(|frame| frame.tongue)),
    ];
    let is_raised = frames.iter().any(|frame| frame.tongue != 0.0);
    let written = TENSORS.iter().zip(&data);
    let written = written.filter(|((name, _), _)| *name != TONGUE || is_raised);
    let views = written.map(|((name, row), data)| {
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
    let file = safetensors::serialize(views, Some(metadata)).map_err(io::Error::other)?;
    out.write_all(&file)
}

pub(super) fn read(mut input: impl Read) -> Result<Motion, ReadError> {
    let (head, zero) = read_header(&mut input)?;
    // The header has said how long the rest is; no more is taken.
    let mut bytes = head;
    input.take(MAX_BYTES).read_to_end(&mut bytes)?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(ReadError::not_motion)?;
    let values = |name: &str| -> Result<Vec<f32>, ReadError> {
        let tensor = tensors.tensor(name).map_err(ReadError::not_motion)?;
        let (words, _) = tensor.data().as_chunks::<4>();
        Ok(words.iter().map(|&word| f32::from_le_bytes(word)).collect())
    };
    let (pose, scale) = (values("pose")?, values("scale")?);
    let (translation, expression) = (values("translation")?, values("expression")?);
    let tongue = match tensors.names().contains(&TONGUE) {
        true => values(TONGUE)?,
        false => vec![0.0; scale.len()],
    };
    let frames: Vec<MotionFrame> = scale
        .into_iter()
        .zip(tongue)
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
            |((((scale, tongue), &[pitch, yaw, roll]), &translation), &expression)| MotionFrame {
                pose: HeadPose { pitch, yaw, roll },
                scale,
                translation,
                expression,
                tongue,
            },
        )
        .collect();
    check_frames(&frames)?;
    Ok(Motion { zero, frames })
}

/// Reads the header alone and checks all that it says: nothing of the size of the file is allocated before. -> the bytes that were
/// read, and what the motion is counted from
fn read_header(input: &mut impl Read) -> Result<(Vec<u8>, Zero), ReadError> {
    let mut length = [0; 8];
    input
        .read_exact(&mut length)
        .map_err(|_| ReadError::not_motion("it is too short"))?;
    let header_bytes = u64::from_le_bytes(length);
    if header_bytes > MAX_HEADER_BYTES {
        return Err(ReadError::not_motion("its header is too long"));
    }
    let mut head = length.to_vec();
    input.take(header_bytes).read_to_end(&mut head)?;
    let header: Metadata = serde_json::from_slice(&head[8..]).map_err(ReadError::not_motion)?;
    let empty = HashMap::new();
    let said = header.metadata().as_ref().unwrap_or(&empty);
    let word = |name: &str| said.get(name).map(String::as_str).unwrap_or_default();
    let zero = match word("zero") {
        "" => Zero::Portrait,
        name => *[Zero::Portrait, Zero::FacingCamera]
            .iter()
            .find(|&&zero| zero_name(zero) == name)
            .ok_or_else(|| ReadError::not_motion("its zero is unknown"))?,
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
    )?;
    for (name, row) in TENSORS {
        let fits = |tensor: &&TensorInfo| {
            tensor.dtype == Dtype::F32
                && tensor.shape.first() == Some(&frames)
                && tensor.shape.get(1..) == Some(row)
        };
        if !tensors.get(name).map_or(name == TONGUE, fits) {
            let reason = format!("{name} is missing or has another shape");
            return Err(ReadError::not_motion(reason));
        }
    }
    debug_assert!(frames <= MAX_FRAMES, "the head was checked");
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
    use crate::file::testing::some_motion;

    fn written(motion: &Motion) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(motion, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_is_written_is_read_back_exactly() {
        for frames in [0, 1, 60] {
            let motion = some_motion(frames);
            assert_eq!(read(written(&motion).as_slice()).unwrap(), motion);
        }
    }

    #[test]
    fn broken_files_say_what_is_wrong() {
        let good = written(&some_motion(20));
        let message = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
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
        let frames = 4_000_000_000_usize;
        let header = format!(
            r#"{{"__metadata__":{{"format":"{FORMAT}","version":"1","frames_per_second":"25"}},"scale":{{"dtype":"F32","shape":[{frames}],"data_offsets":[0,{}]}}}}"#,
            frames * 4
        );
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        let message = read(bytes.as_slice()).unwrap_err().to_string();
        assert!(message.contains("two hours"), "{message}");
    }
}

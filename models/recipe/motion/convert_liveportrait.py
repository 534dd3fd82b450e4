#!/usr/bin/env python3
"""Converts a LivePortrait motion template (a pickle) to a motion file of this product (.safetensors or .json).

    convert_liveportrait.py TEMPLATE.pkl OUTPUT.safetensors

Needs numpy and safetensors. The pickle is read by a restricted unpickler that creates only numpy arrays and plain values, so a
tampered template runs no code. The product itself never reads pickles.

Exact: head rotation (the same axes; 0 faces the camera), timing (resampled to 25 frames a second), and that nothing moves
where the template is at rest. Approximate: LivePortrait's expression is a learned δ in a space of its own, while our keypoints are
geometry, positions on a face. Only what its authors' own editor and measurements of the templates identify is
transferred, with one gain per part:

- lips apart: the measured lip ratio if the template has one (`c_d_lip_lst`), else keypoint 19 downwards; the chin follows;
- lids: the measured eye ratio (`c_d_eyes_lst`), else keypoints 11 and 15, one of which the editor's full wink moves by 0.039;
- gaze: keypoints 11 and 15 sideways; vertical gaze cannot be separated from the lids and is left out;
- brows: keypoints 1 and 2, vertically in opposite directions, as the editor moves them;
- smile and pout: keypoint 14 vertically, the mouth corners.

Cheeks, individual lip shapes, tongue and asymmetry are lost. Check the result before you use it.
"""

import argparse
import io
import json
import pickle
from pathlib import Path

import numpy as np

FRAMES_PER_SECOND = 25.0
KEYPOINTS = 21
MOST_BYTES = 256 << 20
MOST_FRAMES = 2 * 60 * 60 * 60
# One unit of LivePortrait's keypoints in ours of 10 cm. The lip ratio grows by 5.0 per unit of keypoint 19 and is measured in
# mouth widths; the face width in its crop agrees.
UNIT = 2.5
MOUTH_WIDTH = 0.49
# Its translation is applied after its scale of about 1.3.
TRANSLATION_UNIT = 1.95
# Travel of a lid from open to shut, on the eye that normalises tracked motion.
LID_WAY = 0.88 * 0.119
# Widest eye opening beyond rest in the editor and the templates, as a share of the travel that shuts it.
WIDE = -0.3
SHUT_EYE_RATIO = 0.1
BROW_LIMIT, GAZE_LIMIT, SMILE_LIMIT = 0.05, 0.05, 1.3
# The editor's full smile moves keypoint 14 up by this; ours is the product's mood.
SMILE_STEP, SMILE = 0.02, (0.030, -0.026, 0.008)
LOWER_LIP_SHARE = 0.75

ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
    *((module, name) for module in ("numpy.core.multiarray", "numpy._core.multiarray") for name in ("_reconstruct", "scalar")),
    *((module, "_frombuffer") for module in ("numpy.core.numeric", "numpy._core.numeric")),
}


class NumpyUnpickler(pickle.Unpickler):
    """Creates arrays, numbers, strings, lists and dictionaries; anything else is refused."""

    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise SystemExit(f"the template asks for {module}.{name}, which no motion needs: do not use it")
        if module.startswith("numpy.core"):
            module = module.replace("numpy.core", "numpy._core") if hasattr(np, "_core") else module
        return super().find_class(module, name)


def read_template(path: Path) -> dict:
    """Reads and validates the template."""
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"the template is larger than {MOST_BYTES >> 20} MiB: {path}")
    try:
        template = NumpyUnpickler(io.BytesIO(path.read_bytes())).load()
    except SystemExit:
        raise
    except Exception as error:  # a broken pickle may raise anything
        raise SystemExit(f"this is no pickle that can be read ({error}): {path}") from None
    frames = template.get("motion") if isinstance(template, dict) else None
    if not isinstance(frames, list) or not 0 < len(frames) <= MOST_FRAMES:
        raise SystemExit(f"this is no motion template of LivePortrait: {path}")
    return template


def column(frames: list[dict], names: tuple[str, ...], shape: tuple[int, ...]) -> np.ndarray:
    """One entry of every frame, under the first of `names` that exists. -> (n, *shape)"""
    rows = []
    for index, frame in enumerate(frames):
        value = next((frame[name] for name in names if isinstance(frame, dict) and name in frame), None)
        value = np.asarray(value, dtype=np.float64) if value is not None else np.empty(0)
        if value.size != int(np.prod(shape)) or not np.isfinite(value).all():
            raise SystemExit(f"frame {index} of the template has no usable {names[0]}")
        rows.append(value.reshape(shape))
    return np.stack(rows)


def ratios(template: dict, name: str, count: int, width: int) -> np.ndarray | None:
    """A list of measured ratios, if the template has a complete one. -> (count, width)"""
    values = template.get(name)
    if values is None or len(values) != count:
        return None
    values = np.stack([np.asarray(value, dtype=np.float64).reshape(-1) for value in values])
    return values if values.shape == (count, width) and np.isfinite(values).all() else None


def angles(rotation: np.ndarray) -> np.ndarray:
    """Pitch, yaw, roll of (n, 3, 3). LivePortrait multiplies rows, so its matrices are ours transposed."""
    turn = rotation.transpose(0, 2, 1)
    pitch = np.arctan2(turn[:, 2, 1], turn[:, 2, 2])
    yaw = np.arcsin(np.clip(turn[:, 2, 0], -1, 1))
    roll = np.arctan2(turn[:, 1, 0], turn[:, 0, 0])
    return np.stack([pitch, yaw, roll], axis=1)


def lip_gap(template: dict, moved: np.ndarray) -> np.ndarray:
    """Distance of the lips in canonical units; the clip's most closed mouth counts as shut."""
    ratio = ratios(template, "c_d_lip_lst", len(moved), 1)
    gap = UNIT * moved[:, 19, 1] if ratio is None else MOUTH_WIDTH * ratio[:, 0]
    return np.clip(gap - np.percentile(gap, 5), 0, None)


def lids(template: dict, moved: np.ndarray) -> np.ndarray:
    """Travel of the image-left and the image-right lid, canonical units. -> (n, 2)"""
    ratio = ratios(template, "c_d_eyes_lst", len(moved), 2)
    if ratio is None:
        wink = 0.039
        closing = moved[:, [11, 15], 1] / wink
        closing -= np.percentile(closing, 30, axis=0)
    else:
        opened = np.maximum(np.percentile(ratio, 70, axis=0), SHUT_EYE_RATIO + 0.05)
        closing = (opened - ratio) / (opened - SHUT_EYE_RATIO)
    return LID_WAY * np.clip(closing, WIDE, 1)


def convert(template: dict) -> dict[str, np.ndarray]:
    """-> pose (n, 3), scale (n,), translation (n, 3), expression (n, 21, 3) at 25 frames a second, float32"""
    frames = template["motion"]
    rate = float(np.asarray(template.get("output_fps", FRAMES_PER_SECOND)).reshape(-1)[0])
    if not 1 <= rate <= 240:
        raise SystemExit(f"the template has {rate} frames a second, which cannot be")
    pose = np.unwrap(angles(column(frames, ("R", "R_d"), (3, 3))), axis=0)
    scale = np.clip(column(frames, ("scale",), (1,))[:, 0], 1e-3, None)
    shift = column(frames, ("t",), (3,))
    expression = column(frames, ("exp",), (KEYPOINTS, 3))
    moved = expression - np.median(expression, axis=0)

    deltas = np.zeros_like(moved)
    gap = lip_gap(template, moved)
    deltas[:, 19, 1] = LOWER_LIP_SHARE * gap
    deltas[:, 17, 1] = -(1 - LOWER_LIP_SHARE) * gap
    deltas[:, 20, 1] = LOWER_LIP_SHARE * gap
    deltas[:, [11, 15], 1] = lids(template, moved)
    gaze = np.clip(UNIT * 0.5 * moved[:, [11, 15], 0].mean(axis=1), -GAZE_LIMIT, GAZE_LIMIT)
    deltas[:, [13, 16], 0] = gaze[:, None]
    brows = np.clip(UNIT * 0.5 * (moved[:, 1, 1] - moved[:, 2, 1]) / 2, -BROW_LIMIT, BROW_LIMIT)
    deltas[:, [1, 2], 1] = -brows[:, None]
    smile = np.clip(-moved[:, 14, 1] / SMILE_STEP, -0.5, SMILE_LIMIT)
    deltas[:, 14] += smile[:, None] * np.array(SMILE)

    translation = TRANSLATION_UNIT * (shift - np.median(shift, axis=0))
    translation[:, 2] = 0
    tensors = {
        "pose": pose,
        "scale": scale / np.median(scale),
        "translation": translation,
        "expression": deltas,
    }
    return {name: resampled(values, rate) for name, values in tensors.items()}


def resampled(values: np.ndarray, rate: float) -> np.ndarray:
    """Linear resampling from `rate` to 25 frames a second; the duration stays."""
    count = max(1, round(len(values) / rate * FRAMES_PER_SECOND))
    place = np.clip(np.arange(count) / FRAMES_PER_SECOND * rate, 0, len(values) - 1)
    flat = values.reshape(len(values), -1)
    out = np.stack([np.interp(place, np.arange(len(values)), flat[:, c]) for c in range(flat.shape[1])], axis=1)
    return np.ascontiguousarray(out.reshape(count, *values.shape[1:]), dtype=np.float32)


METADATA = {
    "format": "jam-flow motion",
    "version": 1,
    "frames_per_second": FRAMES_PER_SECOND,
    "units": "lengths in 10 cm, angles in radians, relative to the portrait; x right, y down, z into the picture",
    "zero": "facing_camera",
    "origin": "converted from a motion template of LivePortrait: lips, lids, gaze, brows and smile are approximate",
}


def write(tensors: dict[str, np.ndarray], path: Path) -> None:
    if path.suffix == ".safetensors":
        from safetensors.numpy import save_file

        # As the product writes numbers: integers without a fraction.
        said = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in METADATA.items()}
        save_file(tensors, path, metadata=said)
    elif path.suffix == ".json":
        frames = [
            {
                "pose": dict(zip(("pitch", "yaw", "roll"), pose.tolist())),
                "scale": float(scale),
                "translation": translation.tolist(),
                "expression": expression.tolist(),
            }
            for pose, scale, translation, expression in zip(
                tensors["pose"], tensors["scale"], tensors["translation"], tensors["expression"]
            )
        ]
        path.write_text(json.dumps({**METADATA, "frames": frames}), encoding="utf-8")
    else:
        raise SystemExit(f"the output must be named *.safetensors or *.json: {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("template", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    tensors = convert(read_template(arguments.template))
    write(tensors, arguments.output)
    print(f"{arguments.output}: {len(tensors['scale'])} frames")


if __name__ == "__main__":
    main()

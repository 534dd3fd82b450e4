"""The listener as the product loads it, `listener.safetensors` and `listener.json`: Whisper's first blocks and the motion teacher in one.

    export_listener.py TEACHER.npz LABELS MODELS

LABELS is what `label.py` wrote: it holds the scale of what is said. The first blocks of Whisper base are OpenAI's (MIT).
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

import whisper_encoder
from label import HEARD_CHANNELS, MOUTH_CHANNELS
from teacher import LAGS, Teacher

# Frames of 20 ms that the product's listener can hear at a time: 15 s, more than a window of the joint model.
POSITIONS = 750


def listener_weights(encoder, teacher: Teacher, scale: np.ndarray, mouth_channels: int, positions: int) -> dict[str, torch.Tensor]:
    """Names and layouts of the product: convolutions as linear layers over three rows side by side."""
    theirs = encoder.weights
    weights = {"positions": theirs["position_encodings/encodings"][:positions]}
    for name in ("conv1", "conv2"):
        weights[f"{name}.weight"] = theirs[f"{name}/weight"].permute(0, 2, 1).flatten(1)
        weights[f"{name}.bias"] = theirs[f"{name}/bias"]
    names = {"self_attention/layer_norm": "attention_norm", "self_attention/linear_0": "to_qkv", "self_attention/linear_1": "to_out",
             "ffn/layer_norm": "feed_forward_norm", "ffn/linear_0": "widen", "ffn/linear_1": "narrow"}
    for i in range(whisper_encoder.BLOCKS):
        for their_name, name in names.items():
            kinds = ("gamma", "beta") if their_name.endswith("norm") else ("weight", "bias")
            for kind, ours in zip(kinds, ("weight", "bias")):
                weights[f"blocks.{i}.{name}.{ours}"] = theirs[f"layer_{i}/{their_name}/{kind}"]
    basis = torch.from_numpy(teacher.basis)
    weights["components.weight"] = basis.T
    weights["components.bias"] = -torch.from_numpy(teacher.mean) @ basis
    mouth_scale = torch.from_numpy(scale[:mouth_channels])
    weights["mouth.weight"] = torch.from_numpy(teacher.weights).T / mouth_scale[:, None]
    weights["mouth.bias"] = torch.from_numpy(teacher.bias) / mouth_scale
    weights["component_scale"] = torch.from_numpy(scale[mouth_channels:])
    return weights


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("teacher", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("models", type=Path)
    args = parser.parse_args()
    teacher, scale = Teacher.load(args.teacher), np.load(args.labels / "clips.npz")["scale"].astype(np.float32)
    weights = listener_weights(whisper_encoder.Encoder(), teacher, scale, MOUTH_CHANNELS, POSITIONS)
    save_file({name: value.half().contiguous() for name, value in weights.items()}, args.models / "listener.safetensors")
    config = {"mel_bins": 80, "width": whisper_encoder.WIDTH, "heads": whisper_encoder.HEADS, "blocks": whisper_encoder.BLOCKS,
              "positions": POSITIONS, "components": teacher.basis.shape[1], "lags": list(LAGS), "mouth_channels": MOUTH_CHANNELS,
              "channels": HEARD_CHANNELS}
    (args.models / "listener.json").write_text(json.dumps(config) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Turns a pickled F5-TTS or Vocos checkpoint (.pt, .bin) into the safetensors file that `jam-flow speak --checkpoint` and `--vocoder` read.

    python3 models/recipe/stages.py requirements training | pip install -r /dev/stdin
    python models/recipe/voice_model/convert.py model_1200000.pt model.safetensors --version v0
    python models/recipe/voice_model/convert.py pytorch_model.bin vocos.safetensors

Of F5-TTS the averaged weights are taken where there are some. --half keeps 16 bits of each weight and halves the file. --version is
written into the file, because v0 and v1 cannot be told apart by their tensors. The weights keep their licence: those that SWivid
publishes are CC-BY-NC-4.0.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

# What trainers put beside the weights, and tables that the program computes itself.
LEFT_OUT = ("initted", "step", "mel_spec.", "feature_extractor.")
WRAPPERS = ("ema_model_state_dict", "model_state_dict", "state_dict")


def tensors_of(checkpoint):
    """(tensors by their published names, what it is)"""
    for wrapper in WRAPPERS:
        if wrapper in checkpoint:
            checkpoint = checkpoint[wrapper]
            break
    plain = {name.removeprefix("ema_model."): value for name, value in checkpoint.items() if isinstance(value, torch.Tensor)}
    plain = {name: value for name, value in plain.items() if not name.startswith(LEFT_OUT)}
    if "backbone.embed.weight" in plain:
        return plain, "Vocos"
    if "transformer.proj_out.weight" in plain:
        return {f"ema_model.{name}": value for name, value in plain.items()}, "F5-TTS"
    raise SystemExit("this is neither an F5-TTS nor a Vocos checkpoint")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--version", choices=["v0", "v1"])
    parser.add_argument("--half", action="store_true")
    arguments = parser.parse_args()
    # Only tensors and plain containers are unpickled: nothing in the file runs.
    checkpoint = torch.load(arguments.checkpoint, map_location="cpu", weights_only=True)
    tensors, kind = tensors_of(checkpoint)
    dtype = torch.float16 if arguments.half else torch.float32
    tensors = {name: value.to(dtype).contiguous() if value.is_floating_point() else value.contiguous() for name, value in tensors.items()}
    save_file(tensors, arguments.output, metadata={"f5_tts_version": arguments.version} if arguments.version else None)
    count = sum(value.numel() for value in tensors.values())
    print(f"{kind}, {count:,} numbers in {len(tensors)} tensors: {arguments.output}")


if __name__ == "__main__":
    main()

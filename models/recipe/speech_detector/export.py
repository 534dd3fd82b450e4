"""Checkpoint to what the product loads: `speech_detector.safetensors` and its configuration.

    export.py RUN/checkpoint.pt MODELS
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("models", type=Path)
    args = parser.parse_args()
    saved = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    save_file({k: v.half().contiguous() for k, v in saved["average"].items()}, args.models / "speech_detector.safetensors")
    (args.models / "speech_detector.json").write_text(saved["config"] + "\n", encoding="utf-8")
    print(f"step {saved['step']}, {saved['trained_secs'] / 60:.0f} min of training")


if __name__ == "__main__":
    main()

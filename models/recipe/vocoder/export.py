"""Checkpoint to what the product loads: `vocoder.safetensors`, `vocoder.json`.

    export.py RUN/checkpoint.pt MODELS
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("models", type=Path)
    args = parser.parse_args()
    saved = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    save_file({k: v.half().contiguous() for k, v in saved["average"].items()}, args.models / "vocoder.safetensors")
    (args.models / "vocoder.json").write_text(json.dumps(json.loads(saved["config"]), indent=2) + "\n")
    print(f"step {saved['step']}, {saved['trained_secs'] / 60:.0f} min of training")


if __name__ == "__main__":
    main()

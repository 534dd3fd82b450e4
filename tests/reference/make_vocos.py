"""Writes vocos.safetensors: a tiny Vocos with seeded weights, a mel, and the sound that PyPI `vocos` makes of it.

Needs `pip install --no-deps vocos einops`. The package imports torchaudio, encodec and others for its feature extractors and for
training; its backbone and head, used here, do not need them, so empty stand-ins are enough.
"""

import sys
from pathlib import Path
from unittest.mock import MagicMock

import torch
from safetensors.torch import save_file
from torch import nn

for name in ("torchaudio", "torchaudio.functional", "torchaudio.functional.functional", "torchaudio.transforms", "encodec", "huggingface_hub"):
    sys.modules.setdefault(name, MagicMock())

from vocos.heads import ISTFTHead  # noqa: E402
from vocos.models import VocosBackbone  # noqa: E402

DIM, INTERMEDIATE, LAYERS, FRAMES = 16, 48, 2, 24


def main():
    torch.manual_seed(11)
    model = nn.ModuleDict({
        "backbone": VocosBackbone(100, DIM, INTERMEDIATE, LAYERS),
        "head": ISTFTHead(DIM, 1024, 256, padding="center"),
    })
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.3)
    # Some magnitudes beyond the limit of 100.
    with torch.no_grad():
        model["head"].out.bias[:20] = 6.0
    mel = torch.randn(1, 100, FRAMES) * 2.6 - 1.6
    with torch.no_grad():
        hidden = model["backbone"](mel)
        samples = model["head"](hidden)
    tensors = {f"weights.{k}": v for k, v in model.state_dict().items()}
    tensors |= {"mel": mel[0].T, "samples": samples[0]}
    save_file({k: v.contiguous() for k, v in tensors.items()}, Path(__file__).with_name("vocos.safetensors"))
    print(samples.shape, samples.abs().max())


if __name__ == "__main__":
    main()

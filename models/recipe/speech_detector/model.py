"""Speech detector: a very small convolutional network over the mel, so that music, noise and breath leave the mouth shut.

Shape letters: b batch, n patches of two mel frames (46.875 a second).
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import torch.nn.functional as F
from torch import nn

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from features import MEL_MEAN, MEL_STD, PATCH_SIZE


@dataclass
class Config:
    mel_bins: int = 100
    patch_size: int = PATCH_SIZE
    dim: int = 48
    # Residual convolutions of width three, the i-th dilated by 2^i patches: a receptive field of 0.66 s to each side.
    layers: int = 5
    mel_mean: float = MEL_MEAN
    mel_std: float = MEL_STD

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)


class SpeechDetector(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.embed = nn.Conv1d(c.mel_bins * c.patch_size, c.dim, 1)
        self.convs = nn.ModuleList([nn.Conv1d(c.dim, c.dim, 3, padding=2**i, dilation=2**i) for i in range(c.layers)])
        self.mixes = nn.ModuleList([nn.Conv1d(c.dim, c.dim, 1) for _ in range(c.layers)])
        self.head = nn.Conv1d(c.dim, 1, 1)

    def forward(self, mel):
        """mel (b, n, 200) normalised -> (b, n): logit that somebody speaks."""
        x = F.gelu(self.embed(mel.transpose(1, 2)))
        for conv, mix in zip(self.convs, self.mixes):
            x = x + F.dropout(mix(F.gelu(conv(x))), 0.1, self.training)
        return self.head(x)[:, 0]

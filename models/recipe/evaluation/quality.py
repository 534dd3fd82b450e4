"""Predicted quality of speech: DNSMOS (P.835 and P.808) and DistillMOS, both MIT, weights from PyPI.

DNSMOS runs through its own package. DistillMOS is reimplemented here, because its package needs two packages more than its
network does: complex spectrogram → six convolutions → transformer of seven layers → attention pooling → 1 to 5.
"""

import importlib.util
from pathlib import Path

import numpy as np
import torch
from torch import nn

RATE_HZ = 16_000


class _Pool(nn.Module):
    """Attention pooling: a learned weight per frame, then one number from the weighted mean."""

    def __init__(self, width: int):
        super().__init__()
        self.linear1 = nn.Linear(width, 2 * width)
        self.linear2 = nn.Linear(2 * width, 1)
        self.linear3 = nn.Linear(width, 1)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        weight = self.linear2(self.linear1(frames).relu()).softmax(dim=1)
        return self.linear3((weight * frames).sum(dim=1))


class _Encoder(nn.Module):
    def __init__(self, features: int, width: int, frames: int):
        super().__init__()
        self.norm = nn.BatchNorm1d(features)
        self.linear_proj = nn.Linear(features, width)
        self.position_encoding = nn.Module()
        self.position_encoding.register_buffer("pe", torch.zeros(1, frames, width))
        layer = nn.TransformerEncoderLayer(width, nhead=8, dim_feedforward=2 * width, batch_first=True)
        self.transformer_encoder = nn.TransformerEncoder(layer, num_layers=7, enable_nested_tensor=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        frames = self.linear_proj(self.norm(features).transpose(1, 2))
        return self.transformer_encoder(frames + self.position_encoding.pe)


class _Judge(nn.Module):
    def __init__(self, features: int, width: int, frames: int):
        super().__init__()
        self.norm_input = nn.BatchNorm1d(features)
        self.transformer = _Encoder(features, width, frames)
        self.norm_trans = nn.BatchNorm1d(width)
        self.pool = _Pool(width)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        frames = self.transformer(self.norm_input(features))
        return self.pool(self.norm_trans(frames.transpose(1, 2)).transpose(1, 2)).sigmoid()


class _DistillMos(nn.Module):
    """Parameter names follow the checkpoint, so that its tensors load unchanged."""

    CHANNELS = (2, 64, 64, 128, 256, 256, 256)

    def __init__(self):
        super().__init__()
        layers: list[nn.Module] = []
        last = len(self.CHANNELS) - 2
        for index, (inputs, outputs) in enumerate(zip(self.CHANNELS, self.CHANNELS[1:])):
            stride = (2 if index else 1, 2 if index == last else 1)
            layers += [nn.Conv2d(inputs, outputs, 3, stride=stride, padding=(0, 1)), nn.LeakyReLU(0.1)]
        self.cnn = nn.ModuleDict({"cnn": nn.Sequential(*layers)})
        self.transformer_pool_attn = _Judge(features=1024, width=200, frames=384)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        """samples (b, 122880) at 16 kHz, peak 1 → score (b,) from 1 to 5."""
        padded = nn.functional.pad(samples, (80, 80), mode="reflect")
        spectrum = torch.stft(padded, 320, 160, window=torch.hann_window(320), center=False, return_complex=True)
        magnitude = spectrum.abs().clamp_min(1e-12)
        compressed = torch.view_as_real(spectrum * magnitude.pow(-0.7)).permute(0, 3, 1, 2)  # (b, 2, 161, frames)
        features = self.cnn["cnn"](compressed).flatten(1, 2)  # (b, 1024, 384)
        return 1 + 4 * self.transformer_pool_attn(features)[:, 0]


class Judges:
    """Both predictors, loaded once."""

    WINDOW = 122_880

    def __init__(self, threads: int = 1):
        torch.set_num_threads(threads)
        package = importlib.util.find_spec("distillmos")
        weights = Path(package.submodule_search_locations[0]) / "weights" / "distill_mos_v7.pt"
        self._distill = _DistillMos()
        self._distill.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True)["model"])
        self._distill.eval()

    def scores(self, samples: np.ndarray) -> dict[str, float]:
        """Scores of one recording at 16 kHz. Compare equal texts only: short recordings score lower."""
        from speechmos import dnsmos

        dns = dnsmos.run(np.clip(samples, -1, 1), RATE_HZ)
        return {
            "dnsmos_signal": float(dns["sig_mos"]),
            "dnsmos_background": float(dns["bak_mos"]),
            "dnsmos_overall": float(dns["ovrl_mos"]),
            "dnsmos_p808": float(dns["p808_mos"]),
            "distillmos": self._distill_score(samples),
        }

    @torch.no_grad()
    def _distill_score(self, samples: np.ndarray) -> float:
        """Mean over overlapping windows of 7.68 s that start at most one second apart."""
        extra = max(0, samples.size - self.WINDOW)
        filled = np.pad(samples, (0, max(0, self.WINDOW - samples.size)))
        starts = np.linspace(0, extra, int(np.ceil(extra / RATE_HZ)) + 1).astype(int)
        windows = np.stack([filled[start : start + self.WINDOW] for start in starts]).astype(np.float32)
        windows /= np.abs(windows).max(axis=1, keepdims=True) + 1e-8
        return float(self._distill(torch.from_numpy(windows)).mean())

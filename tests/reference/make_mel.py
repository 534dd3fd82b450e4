"""Writes mel.safetensors: a second of sound and its mel, stated in numpy and torch.stft.

The mel is that of F5-TTS (commit 2ae2c9b, `model/modules.py`, the "vocos" type): magnitude, HTK scale, no norm.
"""

import math
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

RATE_HZ, N_FFT, HOP, MELS = 24_000, 1024, 256, 100


def filters() -> torch.Tensor:
    """(513, 100)"""
    hz = np.linspace(0, RATE_HZ / 2, N_FFT // 2 + 1)
    edges_mel = np.linspace(0, 2595 * math.log10(1 + RATE_HZ / 2 / 700), MELS + 2)
    edges = 700 * (10 ** (edges_mel / 2595) - 1)
    rising = (hz[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hz[:, None]) / (edges[2:] - edges[1:-1])
    return torch.from_numpy(np.maximum(0, np.minimum(rising, falling))).float()


def main():
    torch.manual_seed(7)
    time = torch.arange(RATE_HZ) / RATE_HZ
    # A rising tone with overtones, a stretch of silence, then noise.
    phase = 2 * math.pi * (120 * time + 90 * time**2)
    sound = sum(torch.sin(k * phase) / k for k in range(1, 20)) * 0.2
    sound[9_000:13_000] = 0
    sound[13_000:] += 0.1 * torch.randn(RATE_HZ - 13_000)
    spectrum = torch.stft(sound, N_FFT, HOP, window=torch.hann_window(N_FFT), center=True, pad_mode="reflect", return_complex=True)
    mel = torch.log((spectrum.abs().T @ filters()).clamp(min=1e-5))
    back = torch.istft(spectrum, N_FFT, HOP, window=torch.hann_window(N_FFT), center=True, length=RATE_HZ)
    assert (back - sound).abs().max() < 1e-5
    save_file({"samples": sound, "mel": mel, "spectrum": torch.view_as_real(spectrum.T[40:44]).contiguous()},
              Path(__file__).with_name("mel.safetensors"))


if __name__ == "__main__":
    main()

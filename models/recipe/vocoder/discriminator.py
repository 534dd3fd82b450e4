"""A small discriminator of audio: strided convolutions over complex spectrograms at three resolutions, one of which is used in each step.

Three at full rate, as in Vocos, made a step on one core seven times slower; these cost about as much as the vocoder itself.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from adversarial import judge_loss, maker_losses

# Window and hop; the short one resolves pulses, the long one harmonics.
RESOLUTIONS = ((1024, 256), (512, 128), (2048, 512))
CHANNELS = 24


class SpectrogramDiscriminator(nn.Module):
    """(b, samples) -> features of each layer and a map of scores, high for real audio."""

    def __init__(self, size: int, hop: int):
        super().__init__()
        self.size, self.hop = size, hop
        strides = ((2, 1), (2, 2), (2, 1), (2, 2))
        widths = (2, CHANNELS, CHANNELS, 2 * CHANNELS, 2 * CHANNELS)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, (7, 3), stride=s, padding=(3, 1))) for a, b, s in zip(widths, widths[1:], strides)
        )
        self.score = weight_norm(nn.Conv2d(widths[-1], 1, 3, padding=1))
        self.register_buffer("window", torch.hann_window(size), persistent=False)

    def forward(self, samples):
        x = torch.stft(samples, self.size, self.hop, window=self.window, return_complex=True)
        # Compressed magnitudes: quiet high frequencies count as much as loud vowels.
        magnitude = x.abs().clamp(min=1e-5)
        x = x * magnitude.rsqrt() * 0.5
        x = torch.stack([x.real, x.imag], 1)
        features = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            features.append(x)
        return features, self.score(x)


class Discriminators(nn.Module):
    def __init__(self):
        super().__init__()
        self.each = nn.ModuleList(SpectrogramDiscriminator(*r) for r in RESOLUTIONS)

    def judge_loss(self, which, real, made):
        """Hinge loss of the discriminator."""
        return judge_loss(self.each[which](real)[1], self.each[which](made.detach())[1])

    def maker_losses(self, which, real, made):
        """Losses of the vocoder: the hinge loss and the feature distance."""
        with torch.no_grad():
            wanted, _ = self.each[which](real)
        return maker_losses(wanted, *self.each[which](made))

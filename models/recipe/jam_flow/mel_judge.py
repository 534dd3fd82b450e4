"""Two small discriminators of mels: does this segment look like a recording of these phones at this pitch and energy?"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from adversarial import judge_loss, maker_losses

CHANNELS = (32, 64, 96, 96)
# Number of lowest bins each discriminator sees: the second covers those that resolve single harmonics, and keeps their resolution longer.
BINS = (56, 32)
STRIDES = (((1, 2), (2, 2), (1, 2), (2, 2)), ((1, 1), (2, 1), (1, 2), (1, 2)))
CONDITIONS = 32


class BandJudge(nn.Module):
    """(b, n, 200) patches of two mel frames and the conditions -> features of each layer and a map of scores, high for real."""

    def __init__(self, c, bins, strides):
        super().__init__()
        self.mel_bins, self.bins = c.mel_bins, bins
        self.condition = nn.Linear(c.text_dim + 2 + c.prosody_channels, CONDITIONS)
        widths = (1, *CHANNELS)
        self.layers = nn.ModuleList(weight_norm(nn.Conv2d(a, b, 5, stride=s, padding=2)) for a, b, s in zip(widths, widths[1:], strides))
        # The conditions shift each channel where the map has one column per token.
        self.shift = nn.Linear(CONDITIONS, CHANNELS[1])
        self.score = weight_norm(nn.Conv2d(CHANNELS[-1], 1, 3, padding=1))

    def forward(self, mel, told):
        x = mel.unflatten(-1, (-1, self.mel_bins)).flatten(1, 2)[:, None, :, : self.bins]  # (b, 1, 2n, bins)
        told = F.silu(self.condition(told))
        features = []
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i == 1:
                x = x + self.shift(told).transpose(1, 2)[..., None]
            x = F.leaky_relu(x, 0.1)
            features.append(x)
        return features, self.score(x)


class MelJudges(nn.Module):
    """Both discriminators. `told` (b, n, text_dim + 2 + 3): text, progress and prosody."""

    def __init__(self, c):
        super().__init__()
        self.each = nn.ModuleList(BandJudge(c, *of) for of in zip(BINS, STRIDES))

    def judge_loss(self, real, made, told):
        """Mean hinge loss of the discriminators."""
        return sum(judge_loss(judge(real, told)[1], judge(made, told)[1]) for judge in self.each) / len(self.each)

    def maker_losses(self, real, made, told):
        """Losses of the model, means over the discriminators: the hinge loss and the feature distance."""
        with torch.no_grad():
            wanted = [judge(real, told)[0] for judge in self.each]
        losses = [maker_losses(features, *judge(made, told)) for features, judge in zip(wanted, self.each)]
        return [sum(loss) / len(losses) for loss in zip(*losses)]

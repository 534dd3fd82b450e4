"""Losses of the discriminators of mels and of audio, and of the models that they train."""

import torch.nn.functional as F


def judge_loss(real_score, made_score):
    """Hinge loss of the discriminator."""
    return F.relu(1 - real_score).mean() + F.relu(1 + made_score).mean()


def maker_losses(wanted_features, made_features, made_score):
    """Losses of the generator: the hinge loss, and the feature distance, each layer relative to its own size."""
    pairs = list(zip(made_features, wanted_features))
    return -made_score.mean(), sum((a - b).abs().mean() / b.abs().mean() for a, b in pairs) / len(pairs)

"""What judges of mels and of sound are taught by, and what they teach."""

import torch.nn.functional as F


def judge_loss(real_score, made_score):
    """Hinge loss of the judge itself."""
    return F.relu(1 - real_score).mean() + F.relu(1 + made_score).mean()


def maker_losses(wanted_features, made_features, made_score):
    """What the maker is to lower: the hinge loss, and the distance of the features, each by its own size."""
    pairs = list(zip(made_features, wanted_features))
    return -made_score.mean(), sum((a - b).abs().mean() / b.abs().mean() for a, b in pairs) / len(pairs)

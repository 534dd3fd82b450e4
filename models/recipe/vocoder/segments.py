"""Random short segments of speech for training the vocoder."""

import sys
from pathlib import Path

import numpy as np
import torch

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from data import Corpus  # noqa: F401

from model import HOP_LENGTH


def usable(corpus, frames, ids=None):
    """Indices of the training lines longer than a segment, restricted to `ids` if given."""
    lines = (i for i in corpus.train if len(corpus.items[i]["mel"]) > frames + 1)
    return [i for i in lines if ids is None or corpus.items[i]["id"] in ids]


def draw(corpus, lines, made_of, generated, share, count, rng):
    """Yields `count` pairs of a line and its mel; a `share` of them are lines of `made_of` with their mel from `generated` (id -> mel)."""
    for _ in range(count):
        from_model = rng.random() < share
        item = corpus.items[rng.choice(made_of if from_model else lines)]
        yield item, generated[item["id"]] if from_model else item["mel"]


def batch(drawn, frames, rng, device):
    """`drawn`: pairs of a line and the mel to use for it -> mel (b, n, 100), pitch (b, n), audio (b, 256·(n−1))."""
    mels, pitches, sounds = [], [], []
    for item, mel in drawn:
        start = int(rng.integers(0, min(len(mel), len(item["mel"])) - frames))
        mels.append(mel[start : start + frames].astype(np.float32))
        pitches.append(item["f0"][start : start + frames])
        sounds.append(item["samples"][start * HOP_LENGTH : (start + frames - 1) * HOP_LENGTH].astype(np.float32) / 32767)
    return (torch.from_numpy(np.stack(x)).to(device) for x in (mels, pitches, sounds))

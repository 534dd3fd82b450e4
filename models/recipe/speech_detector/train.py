"""Trains the speech detector on the teacher's speech and silences and on non-speech; resumes from OUT/checkpoint.pt.

    train.py PREPARED OUT --minutes 8 [--threads 1]
"""

import argparse
import copy
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from model import Config, SpeechDetector

sys.path.append(str(Path(__file__).resolve().parents[1] / "vocoder"))
from backgrounds import background_mels
from data import Corpus
from degrade import FLOOR, degraded, mixed, warp_frequencies
from features import MEL_MEAN, MEL_STD, PATCH_SIZE
from mouth_motion import SILENCES
from progress import Run

# Examples have this many patches, 5.1 s; half of them are speech.
PATCHES, BATCH = 240, 24


def speech(corpus, rng, backgrounds):
    """A degraded segment of a line, with a label for each patch that contains a phone."""
    item = corpus.items[rng.choice(corpus.train)]
    mel = degraded(item["mel"], backgrounds, rng)
    silent = np.array([symbol in SILENCES for symbol, _ in item["phones"]])
    spoken = ~silent[item["index"]]
    start = rng.integers(0, max(1, item["tokens"] - PATCHES // 2))
    return mel[PATCH_SIZE * start :], spoken[start:].astype(np.float32)


def not_speech(rng, backgrounds):
    """A segment of non-speech, with random pitch and tempo."""
    mel = backgrounds[rng.integers(len(backgrounds))]
    mel = np.roll(mel, rng.integers(len(mel)), 0)
    if rng.random() < 0.4:
        other = backgrounds[rng.integers(len(backgrounds))]
        mel = mixed(mel, other, rng.uniform(-6, 12))
    tempo = float(np.exp(rng.uniform(-0.4, 0.4)))
    mel = mel[np.minimum((np.arange(PATCHES * PATCH_SIZE) * tempo).astype(int) % len(mel), len(mel) - 1)]
    mel = degraded(warp_frequencies(mel, float(np.exp(rng.uniform(-0.5, 0.5)))), backgrounds, rng)
    return mel, np.zeros(PATCHES, np.float32)


def batch(corpus, rng, backgrounds):
    """-> normalised mel (b, n, 200), labels (b, n), mask (b, n)."""
    mels, marks, masks = (np.zeros((BATCH, PATCHES, *rest), np.float32) for rest in ((PATCH_SIZE * 100,), (), ()))
    for k in range(BATCH):
        mel, mark = speech(corpus, rng, backgrounds) if rng.random() < 0.5 else not_speech(rng, backgrounds)
        if rng.random() < 0.5:
            # Masks a band, so that no single one decides.
            low, width = rng.integers(0, 90), rng.integers(5, 30)
            mel = mel.copy()
            mel[:, low : low + width] = FLOOR + rng.uniform(0.0, 4.0)
        count = min(len(mel) // PATCH_SIZE, len(mark), PATCHES)
        mels[k, :count] = ((mel[: count * PATCH_SIZE] - MEL_MEAN) / MEL_STD).reshape(count, -1)
        marks[k, :count], masks[k, :count] = mark[:count], 1
    return (torch.from_numpy(x) for x in (mels, marks, masks))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--backgrounds", type=int, default=450, help="clips of non-speech to synthesise, about four a second")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    corpus = Corpus(args.prepared)
    backgrounds = background_mels(args.backgrounds, np.random.default_rng(1))
    model = SpeechDetector(Config())
    average = copy.deepcopy(model).requires_grad_(False)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    run = Run(args.out, {"model": model, "average": average, "optimiser": optimiser}, model.c, "cpu")
    rng = np.random.default_rng(run.step)
    while run.trained_secs < args.minutes * 60:
        began = time.time()
        progress = run.trained_secs / (args.minutes * 60)
        optimiser.param_groups[0]["lr"] = 2e-3 * min(1.0, (run.step + 1) / 50) * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
        mel, marks, mask = batch(corpus, rng, backgrounds)
        logits = model(mel)
        loss = (F.binary_cross_entropy_with_logits(logits, marks, reduction="none") * mask).sum() / mask.sum()
        loss.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        right = (((logits > 0) == (marks > 0)).float() * mask).sum() / mask.sum()
        run.stepped(began, loss=loss, right=right)
    run.save()


if __name__ == "__main__":
    main()

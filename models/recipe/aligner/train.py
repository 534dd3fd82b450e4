"""Trains the aligner's network on the teacher's durations; resumes from OUT/checkpoint.pt.

    train.py PREPARED TOKENIZER_JSON OUT --minutes 25 [--threads 1]
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

from phone_classifier import Config, PhoneClassifier, classes_of
from targets import batch

sys.path.append(str(Path(__file__).resolve().parents[1] / "vocoder"))
from data import Corpus
from features import TOKENS_PER_SECOND
from precision import mixed_precision
from progress import Run

LABEL_SMOOTHING = 0.03
EXAMPLE_SECS = 11.0


def lines_for(corpus, secs: float, rng) -> list[int]:
    """Random training lines with a total duration of at least `secs`."""
    chosen = []
    while sum(corpus.items[i]["tokens"] for i in chosen) < secs * TOKENS_PER_SECOND:
        chosen.append(int(rng.choice(corpus.train)))
    return chosen


def losses(model, mel, share, begins, mask):
    """Cross entropy of the classes where they are known, and of the onsets."""
    logits, begin_logits = (x.float() for x in model(mel, mask))
    known = share.sum(-1)
    target = share * (1 - LABEL_SMOOTHING) + known[..., None] * LABEL_SMOOTHING / share.shape[-1]
    phone = -(target * F.log_softmax(logits, -1)).sum() / known.sum()
    begin = F.binary_cross_entropy_with_logits(begin_logits, begins, reduction="none")
    return phone, (begin * (known > 0)).sum() / (known > 0).sum(), logits


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    corpus = Corpus(args.prepared)
    names, token_classes = classes_of(args.tokenizer)
    model = PhoneClassifier(Config(classes=names, token_classes=token_classes))
    average = copy.deepcopy(model).requires_grad_(False)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.98), weight_decay=0.02)
    run = Run(args.out, {"model": model, "average": average, "optimiser": optimiser}, model.c, "cpu")
    rng = np.random.default_rng(run.step)
    print(sum(p.numel() for p in model.parameters()), "parameters,", len(names), "classes", flush=True)
    while run.trained_secs < args.minutes * 60:
        began = time.time()
        progress = run.trained_secs / (args.minutes * 60)
        rate = min(1.0, (run.step + 1) / 100) * (1.0 if progress < 0.4 else 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (progress - 0.4) / 0.6)))
        optimiser.param_groups[0]["lr"] = 2e-3 * rate
        chosen = [lines_for(corpus, EXAMPLE_SECS, rng) for _ in range(args.batch)]
        mel, share, begins, mask = batch(corpus, chosen, names, rng)
        prepared = time.time() - began
        # Twice as fast on processors with native bfloat16, and no worse.
        with mixed_precision("cpu"):
            phone, begin, logits = losses(model, mel, share, begins, mask)
        (phone + 0.5 * begin).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        with torch.no_grad():
            right = ((logits.argmax(-1) == share.argmax(-1)) * (share.sum(-1) > 0.5)).sum() / (share.sum(-1) > 0.5).sum()
        run.stepped(began, phone=phone, begin=begin, right=right, preparing=torch.tensor(prepared), step_secs=torch.tensor(time.time() - began))
    run.save()
    print("done", flush=True)


if __name__ == "__main__":
    main()

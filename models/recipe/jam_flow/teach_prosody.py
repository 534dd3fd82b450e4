"""Trains the prosody predictor (durations, pitch, energy) alone; both streams stay fixed.

    teach_prosody.py PREPARED TRAINED OUT --minutes 20

TRAINED is a checkpoint of `train.py`, `distil.py`, `retarget_motion.py` or `refine_speech.py`. The predictor overfits the training lines sooner than
the streams do, so it gains from lines that they never saw. Resumes from OUT/checkpoint.pt.
"""

import numpy as np
import torch

import student
from data import Shares
from train import prosody_losses

LEARNING_RATE = 1e-3
# Plain lines of the teacher: neither longer pauses nor the product's other tasks.
SHARES = Shares(longer_pause=0.0, recorded=0.0, not_speech=0.0, reference=0.0)
NAMES = ("duration", "pitch", "voicing", "energy")


@torch.no_grad()
def check(model, corpus, device):
    """Mean losses over all validation lines."""
    groups = corpus.batches(corpus.validation, 3000, np.random.default_rng(0))
    rows = [[loss.item() for loss in prosody_losses(model, {k: v.to(device) for k, v in corpus.collate(group).items()})] for group in groups]
    return "validation " + " ".join(f"{name} {mean:.5f}" for name, mean in zip(NAMES, np.mean(rows, 0)))


def main():
    args = student.arguments(__doc__).parse_args()
    torch.set_num_threads(args.threads)
    device, kept, taught = student.load(args.trained)
    corpus = student.corpus_for(taught, kept, args.prepared, SHARES)
    taught.prosody.requires_grad_(True)
    print(check(taught, corpus, device), flush=True)

    def losses(batch, _):
        return dict(zip(NAMES, prosody_losses(taught, {k: v.to(device) for k, v in batch.items()})))

    student.learn(args, device, corpus, taught, kept, LEARNING_RATE, losses, check)


if __name__ == "__main__":
    main()

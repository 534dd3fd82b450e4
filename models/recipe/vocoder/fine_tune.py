"""Fine-tunes a trained vocoder on the joint model's own mels, against small discriminators; resumes from OUT/checkpoint.pt.

    fine_tune.py PREPARED GENERATED/generated.pkl BASE/checkpoint.pt OUT --minutes 40 [--threads 1] [--generated-share 0.6]

The joint model's mels are slightly smooth and slightly wrong; the recording with the same timing is the target.
"""

import argparse
import copy
import math
import pickle
import time
from pathlib import Path

import numpy as np
import torch

from discriminator import RESOLUTIONS, Discriminators
from losses import pitch_loss, spectral_loss
from model import HOP_LENGTH, Config, HarmonicVocoder
from progress import Run
from segments import Corpus, batch, draw, usable

# The discriminator trains alone at first; untrained, its gradient would be random.
JUDGE_ALONE_STEPS = 150
ADVERSARIAL_WEIGHT, FEATURE_WEIGHT = 0.05, 0.5


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("generated", type=Path)
    parser.add_argument("base", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--generated-share", type=float, default=0.6)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    corpus = Corpus(args.prepared, with_samples=True)
    generated = pickle.loads(args.generated.read_bytes())
    model, judges = HarmonicVocoder(Config()).to(device), Discriminators().to(device)
    model.load_state_dict(torch.load(args.base, map_location=device, weights_only=True)["average"])
    average = copy.deepcopy(model).requires_grad_(False)
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.rate, betas=(0.8, 0.99), weight_decay=0.01)
    judge_optimiser = torch.optim.AdamW(judges.parameters(), lr=args.rate, betas=(0.8, 0.99), weight_decay=0.01)
    parts = {"model": model, "average": average, "judges": judges, "optimiser": optimiser, "judge_optimiser": judge_optimiser}
    run = Run(args.out, parts, model.c, device)
    rng = np.random.default_rng(run.step)
    lines, made_of = usable(corpus, args.frames), usable(corpus, args.frames, generated)
    print(f"{len(lines)} lines, {len(made_of)} of them with a made mel, step {run.step}", flush=True)
    while run.trained_secs < args.minutes * 60:
        began = time.time()
        progress = run.trained_secs / (args.minutes * 60)
        rate = args.rate * min(1.0, (run.step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        for o in (optimiser, judge_optimiser):
            o.param_groups[0]["lr"] = rate
        mel, f0, real = batch(draw(corpus, lines, made_of, generated, args.generated_share, args.batch, rng), args.frames, rng, device)
        guess = model.hear_pitch(mel)
        pitch = pitch_loss(model.c, guess, f0)
        # The product uses the pitch that the vocoder estimates from the mel, so half of the batches do too.
        if rng.random() < 0.5:
            f0 = model.pitch_hz(guess).detach()
        made = model.uncorrected(mel, f0, torch.randn_like(real))
        # The edges of a segment lack context.
        made, real = made[:, HOP_LENGTH:-HOP_LENGTH], real[:, HOP_LENGTH:-HOP_LENGTH]
        which = run.step % len(RESOLUTIONS)
        judge_loss = judges.judge_loss(which, real, made)
        judge_loss.backward()
        judge_optimiser.step()
        spectral = spectral_loss(made, real)
        loss, distance = spectral + pitch, torch.zeros(())
        if run.step >= JUDGE_ALONE_STEPS:
            adversarial, distance = judges.maker_losses(which, real, made)
            loss = loss + ADVERSARIAL_WEIGHT * adversarial + FEATURE_WEIGHT * distance
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        judge_optimiser.zero_grad(set_to_none=True)
        run.stepped(began, spectral=spectral, pitch=pitch, judge=judge_loss, features=distance)
    run.save()
    print("done", flush=True)


if __name__ == "__main__":
    main()

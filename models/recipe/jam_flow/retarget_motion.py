"""Teaches the face of a trained model other movement and leaves its voice as it is.

    retarget_motion.py PREPARED TRAINED/checkpoint.pt OUT --minutes 40 [--steps 4]

PREPARED holds the new movement; TRAINED is what `train.py` or `distil.py` made. Only the Motion-DiT learns. Audio attends to it, so
what the audio says is held to what it said before. Lengths stay normalised as TRAINED has them. Resumes from OUT/checkpoint.pt.
"""

import argparse
import copy
import json
import math
import time
from pathlib import Path

import numpy as np
import torch

from data import Corpus, Shares
from distil import move_to_visited
from model import Config, JamFlow, raw_target
from sample import schedule
from train import noised_batch, stream_losses, validate

LEARNING_RATE = 1e-3
# Much of what the face does is to follow recordings of strangers. Sound without speech is left out: a face alone, whose ears no longer
# learn, soon takes every stranger for it (on real readers the jaw's correlation with the vowels fell from 0.59 to 0.15).
SHARES = Shares(recorded=0.45, not_speech=0.0, reference=0.10)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("trained", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    args.out.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(args.prepared, shares=SHARES)
    given = torch.load(args.trained, map_location=device, weights_only=True)
    config = Config(**json.loads(given["config"]))
    corpus.motion_mean, corpus.motion_std = (np.array(v, np.float32) for v in (config.motion_mean, config.motion_std))
    before = JamFlow(config).to(device)
    before.load_state_dict(given["average"])
    before.eval().requires_grad_(False)
    student = copy.deepcopy(before)
    student.motion.requires_grad_(True)
    average = copy.deepcopy(student).requires_grad_(False)
    learned = [p for p in student.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    step, trained_secs = 0, 0.0
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        student.load_state_dict(saved["model"]), average.load_state_dict(saved["average"]), optimiser.load_state_dict(saved["optimiser"])
        step, trained_secs = saved["step"], saved["trained_secs"]
    generator, rng = torch.Generator().manual_seed(step), np.random.default_rng(step)
    visited = torch.from_numpy(schedule(args.steps, -1.0)[:-1]).float().to(device)

    def save():
        partial = checkpoint.with_suffix(".part")
        torch.save({**given, "model": student.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(),
                    "step": step, "trained_secs": trained_secs}, partial)
        partial.replace(checkpoint)

    logged, last_save, last_log = [], time.time(), time.time()
    while trained_secs < args.minutes * 60:
        for group in corpus.batches(corpus.train, args.tokens, rng):
            began = time.time()
            progress = min(1.0, trained_secs / (args.minutes * 60))
            optimiser.param_groups[0]["lr"] = LEARNING_RATE * min(1.0, (step + 1) / 20) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
            batch = corpus.collate(group, rng)
            with torch.autocast(device, torch.bfloat16):
                noised = noised_batch(batch, student, generator, device)
                move_to_visited(noised, visited, generator)
                with torch.no_grad():
                    said = before(**noised.inputs)[0].float()
                moved = raw_target(noised.batch["motion"], noised.noise_m, noised.inputs["t_motion"])
                loss_a, loss_m = stream_losses(student(**noised.inputs), (said, moved), noised)
            (loss_a + 0.5 * loss_m).backward()
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step += 1
            with torch.no_grad():
                torch._foreach_lerp_(list(average.motion.parameters()), list(student.motion.parameters()), 1 - min(0.995, (step + 1) / (step + 10)))
            trained_secs += time.time() - began
            logged.append((loss_a.item(), loss_m.item()))
            if time.time() - last_log > 60 or step == 10:
                print(f"{trained_secs / 60:6.1f} min step {step} audio {np.mean(logged, 0)[0]:.5f} motion {np.mean(logged, 0)[1]:.5f}", flush=True)
                logged, last_log = [], time.time()
            if time.time() - last_save > 300:
                save()
                last_save = time.time()
            if trained_secs >= args.minutes * 60:
                break
    save()
    print("done", validate(average, corpus, device), flush=True)


if __name__ == "__main__":
    main()

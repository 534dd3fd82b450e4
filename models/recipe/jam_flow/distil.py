"""Folds guidance into the weights: a student that says in one evaluation what the trained model says in two.

    distil.py PREPARED TEACHER/checkpoint.pt OUT --minutes 20 [--guidance 1.0] [--steps 4]

The raw output is affine in the clean estimate, so guidance acts on it alike: F + w·(F − F_null). The student, begun as a copy,
learns that sum; half of the times are those that the product's sampler visits. Lines whose audio is given keep the unguided
output, which is what `animate` samples with. The predictor of prosody is taken over as it is. Resumes from OUT/checkpoint.pt.
"""

import argparse
import copy
import json
import math
import time
from pathlib import Path

import numpy as np
import torch

from data import Corpus
from model import Config, JamFlow
from sample import schedule
from train import noised_batch, stream_losses, validate

LEARNING_RATE = 5e-4


@torch.no_grad()
def guided(teacher, inputs, guidance, audio_given):
    """The teacher's raw outputs with guidance where the audio is to be made."""
    raw = teacher(**inputs)
    dropped = {name: torch.zeros_like(inputs[name]) for name in ("text", "progress", "prosody", "voice", "mel_cond", "motion_cond")}
    null = teacher(**{**inputs, **dropped})
    weight = guidance * (~audio_given).float()[:, None, None]
    return [a.float() + weight * (a.float() - b.float()) for a, b in zip(raw, null)]


def move_to_visited(noised, visited, generator):
    """Puts half of the lines at a time of the product's schedule, `visited`; a stream that is given stays at 1."""
    inputs = noised.inputs
    b = len(inputs["t_audio"])
    chosen = visited[torch.randint(len(visited), (b,), generator=generator)]
    moved = (torch.rand(b, generator=generator) < 0.5).to(visited.device)
    for clean, noise, state, time_name in (("mel", noised.noise_a, "mel_t", "t_audio"), ("motion", noised.noise_m, "motion_t", "t_motion")):
        t = torch.where(moved & (inputs[time_name] < 1), chosen, inputs[time_name])
        inputs[time_name] = t
        inputs[state] = t[:, None, None] * noised.batch[clean] + (1 - t)[:, None, None] * noise


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("teacher", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    args.out.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(args.prepared)
    given = torch.load(args.teacher, map_location=device, weights_only=True)
    teacher = JamFlow(Config(**json.loads(given["config"]))).to(device)
    teacher.load_state_dict(given["average"])
    teacher.eval().requires_grad_(False)
    student = copy.deepcopy(teacher).requires_grad_(True)
    # The text side stays the teacher's, so one text embedding serves both.
    for part in (student.prosody, student.voice_embed, student.audio.text_embed):
        part.requires_grad_(False)
    average = copy.deepcopy(student).requires_grad_(False)
    optimiser = torch.optim.AdamW([p for p in student.parameters() if p.requires_grad], lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
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
        torch.save({"model": student.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(), "step": step,
                    "trained_secs": trained_secs, "vocabulary": given["vocabulary"], "config": given["config"], "default_guidance": 0.0}, partial)
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
                wanted = guided(teacher, noised.inputs, args.guidance, noised.audio_given)
                loss_a, loss_m = stream_losses(student(**noised.inputs), wanted, noised)
            (loss_a + 0.5 * loss_m).backward()
            torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step += 1
            with torch.no_grad():
                torch._foreach_lerp_(list(average.parameters()), list(student.parameters()), 1 - min(0.995, (step + 1) / (step + 10)))
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

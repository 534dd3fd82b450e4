"""Trains the vocoder on prepared shards; resumes from OUT/checkpoint.pt.

    train.py PREPARED OUT --minutes 20 [--threads 1]
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

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from data import Corpus  # noqa: E402

from model import HOP_LENGTH, Config, HarmonicVocoder  # noqa: E402

SIZES = (64, 128, 256, 512, 1024, 2048)


def spectral_loss(made, real):
    """Log magnitude L1 and half the spectral convergence, over six resolutions."""
    total = 0.0
    for size in SIZES:
        window = torch.hann_window(size, device=made.device)
        a, b = (torch.stft(x, size, size // 4, window=window, return_complex=True).abs().clamp(min=1e-5) for x in (made, real))
        total = total + (a.log() - b.log()).abs().mean() + 0.5 * (a - b).norm() / b.norm().clamp(min=1e-3)
    return total / len(SIZES)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    args.out.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(args.prepared, with_samples=True)
    model = HarmonicVocoder(Config()).to(device)
    average = copy.deepcopy(model).requires_grad_(False)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.8, 0.99), weight_decay=0.01)
    step, trained_secs = 0, 0.0
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"]), average.load_state_dict(saved["average"]), optimiser.load_state_dict(saved["optimiser"])
        step, trained_secs = saved["step"], saved["trained_secs"]
    rng = np.random.default_rng(step)
    usable = [i for i in corpus.train if len(corpus.items[i]["mel"]) > args.frames + 1]

    def save():
        partial = checkpoint.with_suffix(".part")
        torch.save({"model": model.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(), "step": step,
                    "trained_secs": trained_secs, "config": model.c.to_json()}, partial)
        partial.replace(checkpoint)

    logged, last_log, last_save = [], time.time(), time.time()
    while trained_secs < args.minutes * 60:
        began = time.time()
        progress = trained_secs / (args.minutes * 60)
        rate = min(1.0, (step + 1) / 100) * (1.0 if progress < 0.4 else 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (progress - 0.4) / 0.6)))
        optimiser.param_groups[0]["lr"] = 1e-3 * rate
        mel, f0, real = [], [], []
        for i in rng.choice(usable, args.batch):
            item = corpus.items[i]
            start = int(rng.integers(0, len(item["mel"]) - args.frames))
            mel.append(item["mel"][start : start + args.frames].astype(np.float32))
            f0.append(item["f0"][start : start + args.frames])
            real.append(item["samples"][start * HOP_LENGTH : (start + args.frames - 1) * HOP_LENGTH].astype(np.float32) / 32767)
        mel, f0, real = (torch.from_numpy(np.stack(x)).to(device) for x in (mel, f0, real))
        made = model(mel, f0, torch.randn_like(real))
        # The edges of a segment lack their neighbours.
        loss = spectral_loss(made[:, HOP_LENGTH:-HOP_LENGTH], real[:, HOP_LENGTH:-HOP_LENGTH])
        guess = model.pitch((mel - model.c.mel_mean) / model.c.mel_std)
        voiced = (f0 > 0).float()
        target = (torch.log(f0.clamp(min=1)) - model.c.log_pitch_mean) / model.c.log_pitch_std
        pitch_loss = ((guess[..., 0] - target).abs() * voiced).sum() / voiced.sum().clamp(min=1)
        pitch_loss = pitch_loss + F.binary_cross_entropy_with_logits(guess[..., 1], voiced)
        (loss + pitch_loss).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - min(0.999, (step + 1) / (step + 10)))
        trained_secs += time.time() - began
        logged.append((loss.item(), pitch_loss.item()))
        if time.time() - last_log > 60 or step == 10:
            print(f"{trained_secs / 60:6.1f} min step {step} spectral {np.mean(logged, 0)[0]:.4f} pitch {np.mean(logged, 0)[1]:.4f}", flush=True)
            logged, last_log = [], time.time()
        if time.time() - last_save > 300:
            save()
            last_save = time.time()
    save()
    print("done", flush=True)


if __name__ == "__main__":
    main()

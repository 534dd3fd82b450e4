"""Fine-tunes a trained vocoder on the joint model's own mels, against small discriminators; resumes from OUT/checkpoint.pt.

    fine_tune.py PREPARED GENERATED/generated.pkl BASE/checkpoint.pt OUT --minutes 40 [--threads 1] [--generated-share 0.6]

The joint model's mels are a little smooth and a little wrong; the recording that they lie on says what they should sound like.
"""

import argparse
import copy
import math
import pickle
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from discriminator import RESOLUTIONS, Discriminators
from model import HOP_LENGTH, Config, HarmonicVocoder
from train import Corpus, spectral_loss

# The judge learns alone at first, or it would push the vocoder about at random.
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
    args.out.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(args.prepared, with_samples=True)
    generated = pickle.loads(args.generated.read_bytes())
    model, judges = HarmonicVocoder(Config()).to(device), Discriminators().to(device)
    model.load_state_dict(torch.load(args.base, map_location=device, weights_only=True)["average"])
    average = copy.deepcopy(model).requires_grad_(False)
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.rate, betas=(0.8, 0.99), weight_decay=0.01)
    judge_optimiser = torch.optim.AdamW(judges.parameters(), lr=args.rate, betas=(0.8, 0.99), weight_decay=0.01)
    step, trained_secs = 0, 0.0
    checkpoint = args.out / "checkpoint.pt"
    parts = {"model": model, "average": average, "judges": judges, "optimiser": optimiser, "judge_optimiser": judge_optimiser}
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        step, trained_secs = saved["step"], saved["trained_secs"]
    rng = np.random.default_rng(step)
    usable = [i for i in corpus.train if len(corpus.items[i]["mel"]) > args.frames + 1]
    made_of = [i for i in usable if corpus.items[i]["id"] in generated]
    print(f"{len(usable)} lines, {len(made_of)} of them with a made mel, step {step}", flush=True)

    def save():
        partial = checkpoint.with_suffix(".part")
        state = {name: part.state_dict() for name, part in parts.items()}
        torch.save({**state, "step": step, "trained_secs": trained_secs, "config": model.c.to_json()}, partial)
        partial.replace(checkpoint)

    def draw():
        mels, pitches, sounds = [], [], []
        for _ in range(args.batch):
            from_model = rng.random() < args.generated_share
            item = corpus.items[rng.choice(made_of if from_model else usable)]
            mel = generated[item["id"]] if from_model else item["mel"]
            start = int(rng.integers(0, min(len(mel), len(item["mel"])) - args.frames))
            mels.append(mel[start : start + args.frames].astype(np.float32))
            pitches.append(item["f0"][start : start + args.frames])
            sounds.append(item["samples"][start * HOP_LENGTH : (start + args.frames - 1) * HOP_LENGTH].astype(np.float32) / 32767)
        return (torch.from_numpy(np.stack(x)).to(device) for x in (mels, pitches, sounds))

    logged, last_log, last_save = [], time.time(), time.time()
    while trained_secs < args.minutes * 60:
        began = time.time()
        progress = trained_secs / (args.minutes * 60)
        rate = args.rate * min(1.0, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        for o in (optimiser, judge_optimiser):
            o.param_groups[0]["lr"] = rate
        mel, f0, real = draw()
        guess = model.pitch((mel - model.c.mel_mean) / model.c.mel_std)
        voiced = (f0 > 0).float()
        target = (torch.log(f0.clamp(min=1)) - model.c.log_pitch_mean) / model.c.log_pitch_std
        pitch_loss = ((guess[..., 0] - target).abs() * voiced).sum() / voiced.sum().clamp(min=1)
        pitch_loss = pitch_loss + F.binary_cross_entropy_with_logits(guess[..., 1], voiced)
        # The product takes the pitch that the vocoder hears in the mel, so half of the batches do too.
        if rng.random() < 0.5:
            f0 = (torch.exp(guess[..., 0] * model.c.log_pitch_std + model.c.log_pitch_mean) * (guess[..., 1] > 0)).detach()
        made = model(mel, f0, torch.randn_like(real))
        # The edges of a segment lack their neighbours.
        made, real = made[:, HOP_LENGTH:-HOP_LENGTH], real[:, HOP_LENGTH:-HOP_LENGTH]
        which = step % len(RESOLUTIONS)
        judge_loss = judges.judge_loss(which, real, made)
        judge_loss.backward()
        judge_optimiser.step()
        spectral = spectral_loss(made, real)
        loss, distance = spectral + pitch_loss, torch.zeros(())
        if step >= JUDGE_ALONE_STEPS:
            adversarial, distance = judges.maker_losses(which, real, made)
            loss = loss + ADVERSARIAL_WEIGHT * adversarial + FEATURE_WEIGHT * distance
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        judge_optimiser.zero_grad(set_to_none=True)
        step += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - min(0.999, (step + 1) / (step + 10)))
        trained_secs += time.time() - began
        logged.append((spectral.item(), pitch_loss.item(), judge_loss.item(), distance.item()))
        if time.time() - last_log > 60 or step == 10:
            mean = np.mean(logged, 0)
            print(f"{trained_secs / 60:6.1f} min step {step} spectral {mean[0]:.4f} pitch {mean[1]:.4f} judge {mean[2]:.3f} features {mean[3]:.3f}",
                  flush=True)
            logged, last_log = [], time.time()
        if time.time() - last_save > 300:
            save()
            last_save = time.time()
    save()
    print("done", flush=True)


if __name__ == "__main__":
    main()

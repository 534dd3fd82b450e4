"""Trains the vocoder on prepared shards; resumes from OUT/checkpoint.pt.

    train.py PREPARED OUT --minutes 20 [--threads 1] [--begin-with WEIGHTS] [--generated GENERATED/generated.pkl]

A run that begins with trained weights (exported, or a checkpoint) uses a lower learning rate; the weights may have coarser filters
than `Config`. Its loss also covers the corrected output, as in use: phases that fit their magnitudes only before the correction are of
little value. With `--generated`, half of the segments use the joint model's own mels (`generate_mels.py`) of the same lines: they are
smooth and slightly wrong, and the recording with the same timing is the target.
"""

import argparse
import copy
import math
import pickle
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from losses import pitch_loss, shape_loss, spectral_loss
from model import HOP_LENGTH, N_FFT, Config, HarmonicVocoder
from progress import Run
from segments import Corpus, batch, draw, usable

# Peak learning rates: from nothing, and from trained weights.
LEARNING_RATE, GENTLE_RATE = 1e-3, 5e-4
# Weight of the waveform loss relative to the magnitudes.
SHAPE_WEIGHT = 0.5
# Share of a run from nothing at the peak rate, before it decays.
HELD = 0.4


def trained_weights(path):
    """The averaged weights of a checkpoint, or exported ones (.safetensors)."""
    if path.suffix == ".safetensors":
        return {name: weight.float() for name, weight in load_file(path).items()}
    return torch.load(path, map_location="cpu", weights_only=True)["average"]


def with_finer_filters(weights, filters_per_frame):
    """Initialises each finer filter from the coarser one that covered its part of the frame, at the remaining bins."""
    weights = dict(weights)
    coarse = len(weights["head.bias"]) // 4 - N_FFT // 2
    times = filters_per_frame // coarse
    for name in ("head.weight", "head.bias"):
        weights[name] = weights[name].unflatten(0, (coarse, 4, -1))[:, :, ::times].repeat_interleave(times, 0).flatten(0, 2)
    return weights


def distances(made, real, f0_hz, edge_frames):
    """Magnitude and waveform losses, without the frames at the edges of a segment, which lack context."""
    made, real = (x[:, edge_frames * HOP_LENGTH : -edge_frames * HOP_LENGTH] for x in (made, real))
    return spectral_loss(made, real), shape_loss(made, real, f0_hz[:, edge_frames:-edge_frames] > 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--begin-with", type=Path)
    parser.add_argument("--generated", type=Path)
    parser.add_argument("--generated-share", type=float, default=0.5)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    corpus = Corpus(args.prepared, with_samples=True)
    generated = pickle.loads(args.generated.read_bytes()) if args.generated else {}
    generated_share = args.generated_share if generated else 0.0
    model = HarmonicVocoder(Config()).to(device)
    peak_rate, held = LEARNING_RATE, HELD
    if args.begin_with:
        model.load_state_dict(with_finer_filters(trained_weights(args.begin_with), model.c.filters_per_frame))
        peak_rate, held = GENTLE_RATE, 0.0
    average = copy.deepcopy(model).requires_grad_(False)
    optimiser = torch.optim.AdamW(model.parameters(), lr=peak_rate, betas=(0.8, 0.99), weight_decay=0.01)
    run = Run(args.out, {"model": model, "average": average, "optimiser": optimiser}, model.c, device)
    rng = np.random.default_rng(run.step)
    lines, made_of = usable(corpus, args.frames), usable(corpus, args.frames, generated)
    while run.trained_secs < args.minutes * 60:
        began = time.time()
        progress = run.trained_secs / (args.minutes * 60)
        fallen = max(0.0, progress - held) / (1 - held)
        rate = min(1.0, (run.step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * fallen)))
        optimiser.param_groups[0]["lr"] = peak_rate * rate
        mel, f0, real = batch(draw(corpus, lines, made_of, generated, generated_share, args.batch, rng), args.frames, rng, device)
        guess = model.hear_pitch(mel)
        pitch = pitch_loss(model.c, guess, f0)
        # The product uses the pitch that the vocoder estimates; once that is good, half of the batches do too.
        if args.begin_with and rng.random() < 0.5:
            f0 = model.pitch_hz(guess).detach()
        made = model.uncorrected(mel, f0, torch.randn_like(real))
        losses = dict(zip(("spectral", "shape"), distances(made, real, f0, 1)))
        total = losses["spectral"] + SHAPE_WEIGHT * losses["shape"]
        if args.begin_with:
            losses |= zip(("heard_spectral", "heard_shape"), distances(model.corrected(made, mel), real, f0, 2))
            total = total / 2 + losses["heard_spectral"] + losses["heard_shape"]
        (total + pitch).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        run.stepped(began, **losses, pitch=pitch)
    run.save()
    print("done", flush=True)


if __name__ == "__main__":
    main()

"""Trains the joint model by infilling both streams; resumes by itself from OUT/checkpoint.pt.

    train.py PREPARED OUT --minutes 100 [--threads 1] [--tokens 3000]

The learning rate falls over the last 40 % of the minutes, which is where most of the quality comes from: give the whole budget
at the start. CUDA is taken where there is one.
"""

import argparse
import copy
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from data import Corpus
from model import Config, JamFlow, clean_estimate, raw_target
from precision import mixed_precision


def random_rest(b, m, channels, generator):
    """Stand-in movement for the 17 keypoints that are only a condition: nothing, drift, or blinks; the mouth must not heed them."""
    rest = torch.zeros(b, m, channels)
    for k in range(b):
        kind = torch.rand((), generator=generator)
        if kind < 0.5:
            continue
        coarse = torch.randn(1, channels, m // 12 + 2, generator=generator)
        rest[k] = 0.4 * F.interpolate(coarse, m, mode="linear")[0].T
        for start in torch.randint(0, max(m, 1), (m // 80,), generator=generator).tolist():
            rest[k, start : start + 5, : channels // 4] += 2.0
    return rest


@dataclass
class Noised:
    """One batch with its times, spans, given streams and drops drawn."""

    batch: dict[str, torch.Tensor]
    # What `JamFlow.forward` takes, by its own names.
    inputs: dict[str, torch.Tensor]
    noise_a: torch.Tensor
    noise_m: torch.Tensor
    # 1 where the loss counts: (b, n, 1) and (b, m, 1).
    weight_a: torch.Tensor
    weight_m: torch.Tensor
    audio_given: torch.Tensor


def noised_batch(batch, model, generator, device) -> Noised:
    """Draws what is to be filled in, what is given and what is dropped."""
    c = model.c
    batch = {k: v.to(device) for k, v in batch.items()}
    b, n = batch["mel"].shape[:2]
    m = batch["motion"].shape[1]

    def rand(*shape):
        return torch.rand(*shape, generator=generator).to(device)

    def randn(*shape):
        return torch.randn(*shape, generator=generator).to(device)

    t = torch.sigmoid(randn(b))
    t = torch.where(rand(b) < 0.12, torch.zeros_like(t), t)
    # Spans of 70 to 100 % of each line are to be filled in, half of the lines whole; the same instants in both streams.
    lengths = batch["audio_mask"].sum((1, 2))
    share = torch.where(rand(b) < 0.5, torch.ones(b, device=device), 0.7 + 0.3 * rand(b))
    begin = rand(b) * (1 - share) * lengths
    end = begin + share * lengths
    # After a reference all the rest is to be filled in.
    referenced = batch["reference_tokens"] > 0
    begin, end = torch.where(referenced, batch["reference_tokens"], begin), torch.where(referenced, lengths, end)
    at = torch.arange(n, device=device)[None]
    mt = torch.arange(m, device=device)[None] * c.tokens_per_motion_frame
    span_a = ((at >= begin[:, None].floor()) & (at < end[:, None].ceil()))[..., None].float() * batch["audio_mask"]
    span_m = ((mt >= begin[:, None].floor()) & (mt < end[:, None].ceil()))[..., None].float() * batch["motion_mask"]
    audio_given = batch["audio_given"]
    motion_given = (rand(b) > 0.93) & ~audio_given
    keep_cond = ((rand(b) > 0.2) | referenced).float()[:, None, None]
    keep_text = (rand(b) > torch.where(audio_given, 0.6, 0.1)).float() * batch["speech"]
    keep_voice = ((rand(b) > 0.15) & ~referenced).float()[:, None]
    keep_prosody = keep_text * (rand(b) > 0.05).float()

    noise_a, noise_m = randn(*batch["mel"].shape), randn(*batch["motion"].shape)
    t_a = torch.where(audio_given, torch.ones_like(t), t)
    t_m = torch.where(motion_given, torch.ones_like(t), t)
    voice = batch["voice"] @ model.voice_embed.weight
    phones = batch["phones"] * keep_text.long()[:, None]
    inputs = {
        "mel_t": t_a[:, None, None] * batch["mel"] + (1 - t_a)[:, None, None] * noise_a,
        "mel_cond": batch["mel"] * (1 - span_a) * keep_cond,
        "t_audio": t_a,
        "text": model.text(phones, batch["phone_mask"], batch["index"]) * keep_text[:, None, None],
        "progress": batch["progress"] * keep_text[:, None, None],
        "prosody": batch["prosody"] * keep_prosody[:, None, None],
        "voice": voice * keep_voice,
        "motion_t": t_m[:, None, None] * batch["motion"] + (1 - t_m)[:, None, None] * noise_m,
        "motion_cond": batch["motion"] * (1 - span_m) * keep_cond,
        "rest": random_rest(b, m, c.rest_channels, generator).to(device),
        "t_motion": t_m,
        "audio_mask": batch["audio_mask"],
        "motion_mask": batch["motion_mask"],
    }
    weight_a = span_a * (~audio_given).float()[:, None, None]
    weight_m = span_m * (~motion_given).float()[:, None, None]
    return Noised(batch, inputs, noise_a, noise_m, weight_a, weight_m, audio_given)


def loss_where(made, wanted, weight):
    """Mean squared error where it counts: rows (b, n, width), weights (b, n, 1)."""
    return ((made.float() - wanted) ** 2 * weight).sum() / (weight.sum() * made.shape[-1] + 1)


def stream_losses(raw, wanted, noised: Noised):
    """Mean squared error of both raw outputs where it counts."""
    return [loss_where(made, target, weight) for made, target, weight in zip(raw, wanted, (noised.weight_a, noised.weight_m))]


def prosody_losses(model, batch):
    """Errors of the predictor: logarithm of the durations, pitch, voicing, energy."""
    voice = batch["voice"] @ model.voice_embed.weight
    hidden, log_frames = model.prosody.phones(batch["phones"], batch["phone_mask"], voice)
    contour = model.prosody.tokens(hidden, batch["index"], batch["progress"], batch["audio_mask"]).float()
    # A reference is another voice than the row says, so the predictor does not learn from it.
    own = (batch["reference_tokens"] == 0).float()[:, None]
    mask, voiced = batch["audio_mask"][..., 0] * own, batch["prosody"][..., 1]
    phone_mask = batch["phone_mask"][..., 0] * own
    loss_duration = ((log_frames.float() - batch["log_frames"]) ** 2 * phone_mask).sum() / phone_mask.sum().clamp(min=1)
    loss_pitch = ((contour[..., 0] - batch["prosody"][..., 0]).abs() * mask * voiced).sum() / (mask * voiced).sum().clamp(min=1)
    loss_voicing = (F.binary_cross_entropy_with_logits(contour[..., 1], voiced, reduction="none") * mask).sum() / mask.sum().clamp(min=1)
    loss_energy = ((contour[..., 2] - batch["prosody"][..., 2]).abs() * mask).sum() / mask.sum().clamp(min=1)
    return loss_duration, loss_pitch, loss_voicing, loss_energy


def training_losses(batch, model, generator, device):
    """The losses of the two streams and those of the prosody."""
    noised = noised_batch(batch, model, generator, device)
    wanted = (raw_target(noised.batch["mel"], noised.noise_a, noised.inputs["t_audio"]),
              raw_target(noised.batch["motion"], noised.noise_m, noised.inputs["t_motion"]))
    loss_a, loss_m = stream_losses(model(**noised.inputs), wanted, noised)
    return loss_a, loss_m, prosody_losses(model, noised.batch)


@torch.no_grad()
def validate(model, corpus, device, count=48):
    """Squared error of x̂₁ at t = 0, 0.5 and 0.9 for the mel (in deviations) and the motion, everything generated."""
    model.eval()
    groups = corpus.batches(corpus.validation[:count], 3000, np.random.default_rng(0))
    generator = torch.Generator().manual_seed(1)
    rows = []
    for t_value in (0.0, 0.5, 0.9):
        sums = np.zeros(4)
        for group in groups:
            batch = {k: v.to(device) for k, v in corpus.collate(group).items()}
            b, _, _ = batch["mel"].shape
            t = torch.full((b,), t_value, device=device)
            noise = [torch.randn(batch[k].shape, generator=generator).to(device) for k in ("mel", "motion")]
            x_t = [t_value * batch[k] + (1 - t_value) * e for k, e in zip(("mel", "motion"), noise)]
            voice = batch["voice"] @ model.voice_embed.weight
            text = model.text(batch["phones"], batch["phone_mask"], batch["index"])
            rest = torch.zeros(b, batch["motion"].shape[1], model.c.rest_channels, device=device)
            raw = model(x_t[0], torch.zeros_like(x_t[0]), t, text, batch["progress"], batch["prosody"], voice, x_t[1],
                        torch.zeros_like(x_t[1]), rest, t, batch["audio_mask"], batch["motion_mask"])
            for k, (name, mask) in enumerate((("mel", "audio_mask"), ("motion", "motion_mask"))):
                error = (clean_estimate(x_t[k], raw[k].float(), t) - batch[name]) ** 2 * batch[mask]
                sums[2 * k] += error.sum().item()
                sums[2 * k + 1] += batch[mask].sum().item() * batch[name].shape[-1]
        rows.append((sums[0] / sums[1], sums[2] / sums[3]))
    model.train()
    return " · ".join(f"{a:.4f}/{m:.4f}" for a, m in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, required=True, help="of training in all, resumed runs counted in")
    parser.add_argument("--tokens", type=int, default=3000, help="audio tokens in a batch")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)

    corpus = Corpus(args.prepared)
    config = Config(text_num_embeds=len(corpus.vocabulary) + 1, voices=corpus.voices,
                    motion_mean=corpus.motion_mean.tolist(), motion_std=corpus.motion_std.tolist())
    model = JamFlow(config).to(device)
    average = copy.deepcopy(model).requires_grad_(False)
    matrices = [p for n, p in model.named_parameters() if "transformer_blocks" in n and "attn_norm" not in n and p.ndim == 2]
    taken = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in taken]
    optimisers = [torch.optim.Muon(matrices, lr=2e-3, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
                  torch.optim.AdamW(others, lr=1.5e-3, betas=(0.9, 0.98), weight_decay=0.01)]
    peaks = [2e-3, 1.5e-3]
    step, trained_secs, epoch = 0, 0.0, 0
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"]), average.load_state_dict(saved["average"])
        for optimiser, state in zip(optimisers, saved["optimisers"]):
            optimiser.load_state_dict(state)
        step, trained_secs, epoch = saved["step"], saved["trained_secs"], saved["epoch"]
    generator = torch.Generator().manual_seed(args.seed + step)
    rng = np.random.default_rng(args.seed + step)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, {len(corpus.train)} lines, step {step}", flush=True)

    def save():
        state = {"model": model.state_dict(), "average": average.state_dict(), "optimisers": [o.state_dict() for o in optimisers],
                 "step": step, "trained_secs": trained_secs, "epoch": epoch, "vocabulary": corpus.vocabulary, "config": config.to_json()}
        partial = checkpoint.with_suffix(".part")
        torch.save(state, partial)
        partial.replace(checkpoint)

    logged, last_save, last_log = [], time.time(), time.time()
    while trained_secs < args.minutes * 60:
        for group in corpus.batches(corpus.train, args.tokens, rng):
            began = time.time()
            progress = trained_secs / (args.minutes * 60)
            rate = min(1.0, (step + 1) / 200) * (1.0 if progress < 0.6 else 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (progress - 0.6) / 0.4)))
            for optimiser, peak in zip(optimisers, peaks):
                for g in optimiser.param_groups:
                    g["lr"] = peak * rate
            batch = corpus.collate(group, rng)
            with mixed_precision(device):
                loss_a, loss_m, prosody = training_losses(batch, model, generator, device)
                loss = loss_a + 0.5 * loss_m + 0.3 * sum(prosody)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for optimiser in optimisers:
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
            step += 1
            decay = min(0.999, (step + 1) / (step + 10))
            with torch.no_grad():
                torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)
            trained_secs += time.time() - began
            logged.append([loss_a.item(), loss_m.item(), *(x.item() for x in prosody)])
            if time.time() - last_log > 120 or step == 10:
                mean = np.mean(logged, 0)
                print(f"{trained_secs / 60:6.1f} min step {step} lr {rate:.3f} audio {mean[0]:.4f} motion {mean[1]:.4f} duration {mean[2]:.4f} "
                      f"pitch {mean[3]:.3f} voicing {mean[4]:.3f} energy {mean[5]:.3f}", flush=True)
                logged, last_log = [], time.time()
            if time.time() - last_save > 420:
                save()
                print("       validation x1 error mel/motion at t 0 · 0.5 · 0.9:", validate(average, corpus, device), flush=True)
                last_save = time.time()
            if trained_secs >= args.minutes * 60:
                break
        epoch += 1
    save()
    print("done", validate(average, corpus, device), flush=True)


if __name__ == "__main__":
    main()

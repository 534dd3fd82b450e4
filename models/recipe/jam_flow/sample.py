"""Speaks validation lines of the corpus with a checkpoint, to listen to a run before anything is exported.

    sample.py PREPARED JAM_CHECKPOINT VOCODER_CHECKPOINT OUT [--lines 12] [--steps 8] [--guidance 1.0] [--true-prosody]

Also the reference implementation of the sampler: Euler on x̂₁ with sway, guidance against the null condition, on both streams.
"""

import argparse
import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import soundfile
import torch

from data import Corpus
from features import DURATION_FRAME_SECS, SAMPLE_RATE_HZ, TOKENS_PER_SECOND, motion_frames, token_phones
from model import Config, JamFlow, clean_estimate


def load_vocoder(path: Path):
    spec = importlib.util.spec_from_file_location("vocoder_model", Path(__file__).resolve().parents[1] / "vocoder" / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    saved = torch.load(path, map_location="cpu", weights_only=True)
    vocoder = module.HarmonicVocoder(module.Config(**json.loads(saved["config"])))
    vocoder.load_state_dict(saved["average"])
    return vocoder.eval()


def schedule(steps: int, sway: float):
    """Flow times from 0 to 1; sway −1 puts more of them near 0."""
    t = np.linspace(0.0, 1.0, steps + 1)
    return t + sway * (np.cos(math.pi / 2 * t) - 1 + t)


def onward(state, clean, t0, t1):
    """x at `t1` from x at `t0` and x̂₁: an Euler step that keeps the noise implied by x̂₁."""
    remaining = (state - t0 * clean) / (1 - t0)
    return t1 * clean + (1 - t1) * remaining


@torch.no_grad()
def speak(model: JamFlow, phones, voice_row, steps, guidance, sway=-1.0, speed=1.0, truth=None, seed=0, temperature=1.0):
    """-> mel (2n, 100), motion (m, 12), pitch (2n,) in Hz, seconds per phone. `truth`: durations and prosody instead of the predictor's."""
    c = model.c
    generator = torch.Generator().manual_seed(seed)
    ids = torch.from_numpy(phones)[None]
    phone_mask = torch.ones(1, ids.shape[1], 1)
    voice = torch.from_numpy(voice_row)[None] @ model.voice_embed.weight
    hidden, log_frames = model.prosody.phones(ids, phone_mask, voice)
    secs = torch.exp(log_frames[0]).numpy() * DURATION_FRAME_SECS / speed if truth is None else truth["frames"] * DURATION_FRAME_SECS
    n = int(secs.sum() * TOKENS_PER_SECOND)
    m = motion_frames(n)
    index, progress = (torch.from_numpy(x)[None] for x in token_phones(secs, n))
    mask_a, mask_m = torch.ones(1, n, 1), torch.ones(1, m, 1)
    if truth is None:
        contour = model.prosody.tokens(hidden, index, progress, mask_a)
        voiced = (contour[..., 1] > 0).float()
        prosody = torch.stack([contour[..., 0] * voiced, voiced, contour[..., 2]], -1)
    else:
        prosody = torch.from_numpy(truth["prosody"])[None, :n]
    text = model.text(ids, phone_mask, index)
    null_text = model.text(torch.zeros_like(ids), phone_mask, index) * 0
    zeros_a, zeros_m, rest = torch.zeros(1, n, 200), torch.zeros(1, m, 12), torch.zeros(1, m, c.rest_channels)
    noise_a, noise_m = temperature * torch.randn(1, n, 200, generator=generator), torch.randn(1, m, 12, generator=generator)
    x, y = noise_a, noise_m
    times = schedule(steps, sway)
    for t0, t1 in zip(times[:-1], times[1:]):
        t = torch.tensor([t0]).float()
        raw = model(x, zeros_a, t, text, progress, prosody, voice, y, zeros_m, rest, t, mask_a, mask_m)
        clean = [clean_estimate(s, r, t) for s, r in zip((x, y), raw)]
        if guidance > 0:
            null = model(x, zeros_a, t, null_text, progress * 0, prosody * 0, voice * 0, y, zeros_m, rest, t, mask_a, mask_m)
            unguided = [clean_estimate(s, r, t) for s, r in zip((x, y), null)]
            clean = [a + guidance * (a - b) for a, b in zip(clean, unguided)]
        if t1 >= 1.0 - 1e-9:
            x, y = clean
        else:
            x, y = (onward(state, c, t0, t1).float() for state, c in zip((x, y), clean))
    mel = x[0].float().reshape(2 * n, 100).numpy() * c.mel_std + c.mel_mean
    motion = y[0].float().numpy() * np.array(c.motion_std) + np.array(c.motion_mean)
    pitch = torch.exp(prosody[0, :, 0] * c.log_pitch_std + c.log_pitch_mean) * (prosody[0, :, 1] > 0.5)
    return mel, motion, pitch.repeat_interleave(2).numpy(), secs


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("vocoder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--lines", type=int, default=12)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--sway", type=float, default=-1.0)
    parser.add_argument("--voice", default=None)
    parser.add_argument("--true-prosody", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    corpus = Corpus(args.prepared)
    saved = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    model = JamFlow(Config(**json.loads(saved["config"])))
    model.load_state_dict(saved["average"])
    model.eval()
    vocoder = load_vocoder(args.vocoder)
    args.out.mkdir(parents=True, exist_ok=True)
    texts = []
    index = [i for i in corpus.validation if 2.5 < corpus.items[i]["tokens"] / TOKENS_PER_SECOND < 9][: args.lines]
    for i in index:
        item = corpus.items[i]
        row = item["voice_row"]
        if args.voice:
            row = np.zeros_like(row)
            row[corpus.voices.index(args.voice)] = 1
        mel, motion, pitch, _ = speak(model, item["ids"], row, args.steps, args.guidance, args.sway, truth=item if args.true_prosody else None)
        sound = vocoder(torch.from_numpy(mel)[None].float(), torch.from_numpy(pitch)[None].float(), torch.randn(1, 256 * (len(mel) - 1)))
        soundfile.write(args.out / f"{item['id']}.wav", sound[0].detach().numpy(), SAMPLE_RATE_HZ)
        texts.append(item["id"])
    print("\n".join(texts))


if __name__ == "__main__":
    main()

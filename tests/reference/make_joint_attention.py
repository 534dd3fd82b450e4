#!/usr/bin/env python3
"""Write joint_attention.safetensors: two DiT blocks tied by selective joint attention, stated as the paper does.

    pip install torch safetensors
    make_joint_attention.py

Queries of both streams are concatenated and each result is cut back to the stream's own rows (arXiv 2506.23552); the product
computes those rows only. All four settings of the two switches are written. Rates are the published ones: 3.75 mel frames to a
motion frame. Weight names are F5-TTS's.
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HEADS, DIM_HEAD, AUDIO_DIM, MOTION_DIM, TOKENS, FRAMES = 2, 16, 48, 32, 75, 20
TOKENS_PER_SECOND, MOTION_FPS = 93.75, 25.0
# The motion window a hair wider, so that its last frame is in whatever the rounding.
MOTION_WINDOW_SECS, CROSS_WINDOW_SECS = 0.32 + 1e-6, 0.28


def stream(dim):
    """Seeded weights of one block."""
    inner = HEADS * DIM_HEAD
    shapes = {"attn_norm.linear": (6 * dim, dim), "attn.to_q": (inner, dim), "attn.to_k": (inner, dim), "attn.to_v": (inner, dim),
              "attn.to_out.0": (dim, inner), "ff.ff.0.0": (2 * dim, dim), "ff.ff.2": (dim, 2 * dim)}
    weights = {}
    for name, shape in shapes.items():
        weights[name + ".weight"] = torch.randn(shape) / math.sqrt(shape[1])
        weights[name + ".bias"] = torch.randn(shape[0]) * 0.2
    return weights


def linear(weights, name, x):
    return F.linear(x, weights[name + ".weight"], weights[name + ".bias"])


def turn(x, positions):
    """Rotary positions on interleaved pairs of (b, h, n, d), written with complex numbers."""
    inverse = 10_000.0 ** (-torch.arange(0, DIM_HEAD, 2) / DIM_HEAD)
    phase = torch.polar(torch.ones(()), positions[:, None] * inverse)
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * phase).flatten(-2)


def heads(x):
    return x.unflatten(-1, (HEADS, DIM_HEAD)).transpose(1, 2)


def band(query_secs, key_secs, reach):
    return (query_secs[:, None] - key_secs[None]).abs() <= reach


def block(streams, time_vectors, xs, sees):
    """One joint block of both streams. `sees[i]`: whether stream i pools the other's keys and values."""
    secs = [(torch.arange(TOKENS) + 0.5) / TOKENS_PER_SECOND, torch.arange(FRAMES) / MOTION_FPS]
    positions = [torch.arange(TOKENS).float(), torch.arange(FRAMES) * (TOKENS_PER_SECOND / MOTION_FPS)]
    modulations = [linear(w, "attn_norm.linear", F.silu(t)).chunk(6, -1) for w, t in zip(streams, time_vectors)]
    queries, keys, values = [], [], []
    for w, x, mod, position in zip(streams, xs, modulations, positions):
        h = F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + mod[1]) + mod[0]
        queries.append(turn(heads(linear(w, "attn.to_q", h)), position))
        keys.append(turn(heads(linear(w, "attn.to_k", h)), position))
        values.append(heads(linear(w, "attn.to_v", h)))
    out = []
    for i, (w, x, mod) in enumerate(zip(streams, xs, modulations)):
        j, own = 1 - i, x.shape[1]
        if sees[i]:
            # Self first in queries, keys and values; the mask knows the own rows, the other rows may see all and are cut away.
            q, k, v = (torch.cat([part[i], part[j]], 2) for part in (queries, keys, values))
            mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool)
            mask[:own, :own] = torch.ones(own, own, dtype=torch.bool) if i == 0 else band(secs[1], secs[1], MOTION_WINDOW_SECS)
            mask[:own, own:] = band(secs[i], secs[j], CROSS_WINDOW_SECS)
        else:
            q, k, v = queries[i], keys[i], values[i]
            mask = torch.ones(own, own, dtype=torch.bool) if i == 0 else band(secs[1], secs[1], MOTION_WINDOW_SECS)
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)[:, :, :own]
        x = x + mod[2] * linear(w, "attn.to_out.0", attended.transpose(1, 2).flatten(2))
        h = F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + mod[4]) + mod[3]
        out.append(x + mod[5] * linear(w, "ff.ff.2", F.gelu(linear(w, "ff.ff.0.0", h), approximate="tanh")))
    return out


def main():
    torch.manual_seed(5)
    streams = [stream(AUDIO_DIM), stream(MOTION_DIM)]
    times = [torch.randn(1, 1, AUDIO_DIM), torch.randn(1, 1, MOTION_DIM)]
    xs = [torch.randn(2, TOKENS, AUDIO_DIM), torch.randn(2, FRAMES, MOTION_DIM)]
    out = {f"{name}.{key}": value for name, weights in zip(("audio", "motion"), streams) for key, value in weights.items()}
    out.update({"case.audio": xs[0], "case.motion": xs[1], "case.audio_time": times[0][0], "case.motion_time": times[1][0]})
    for audio_sees, motion_sees in ((0, 0), (0, 1), (1, 0), (1, 1)):
        audio, motion = block(streams, times, xs, (audio_sees, motion_sees))
        out[f"case.audio_{audio_sees}{motion_sees}"], out[f"case.motion_{audio_sees}{motion_sees}"] = audio, motion
    save_file({k: v.contiguous() for k, v in out.items()}, Path(__file__).parent / "joint_attention.safetensors")


if __name__ == "__main__":
    main()

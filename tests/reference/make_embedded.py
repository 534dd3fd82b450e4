#!/usr/bin/env python3
"""Write embedded.safetensors and embedded.json: the recipe's own model at tiny seeded sizes, with inputs and outputs.

    pip install torch numpy safetensors
    make_embedded.py

Inputs and outputs stand under `case.`; the weights as the recipe's export names them.
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).parents[2] / "models" / "recipe" / "jam_flow"))
from features import motion_frames, token_phones  # noqa: E402
from model import Config, JamFlow, clean_estimate  # noqa: E402

PHONE_SECS = [0.2, 0.075, 0.1, 0.05, 0.15, 0.125, 0.3, 0.275]
STEPS = 3


def main():
    torch.manual_seed(11)
    config = Config(
        mel_bins=20, heads=2, dim_head=16, dim=48, depth=3, joint_depth=2, motion_dim=32, motion_depth=3, motion_channels=12, rest_channels=51,
        text_num_embeds=30, text_dim=24, conv_layers=2, voices=["a", "b"], voice_dim=8, prosody_dim=20, prosody_layers=2,
        motion_mean=[0.01 * i for i in range(12)], motion_std=[0.02 + 0.01 * i for i in range(12)])
    model = JamFlow(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.ndim > 1 and "grn" not in name and "embed.weight" not in name:
                p.copy_(torch.randn_like(p) * 1.2 / p[0].numel() ** 0.5)
            else:
                p.copy_(torch.randn_like(p) * 0.3 + (1.0 if name.endswith("norm.weight") else 0.0))

    seconds = torch.tensor(PHONE_SECS).double().numpy()
    n = int(seconds.sum() * config.tokens_per_second)
    m = motion_frames(n)
    index, progress = (torch.from_numpy(x)[None] for x in token_phones(seconds, n))
    phones = torch.randint(1, config.text_num_embeds, (1, len(PHONE_SECS)))
    phone_mask, audio_mask, motion_mask = torch.ones(1, len(PHONE_SECS), 1), torch.ones(1, n, 1), torch.ones(1, m, 1)
    mix = torch.tensor([[0.3, 0.7]])
    mel_cond, motion_cond, rest = torch.randn(1, n, 40), torch.randn(1, m, 12), torch.randn(1, m, 51)
    mel_cond[:, 15:], motion_cond[:, 8:] = 0, 0
    noise_a, noise_m = torch.randn(1, n, 40), torch.randn(1, m, 12)
    with torch.no_grad():
        voice = mix @ model.voice_embed.weight
        hidden, log_frames = model.prosody.phones(phones, phone_mask, voice)
        contour = model.prosody.tokens(hidden, index, progress, audio_mask)
        text = model.text(phones, phone_mask, index)
        x, y = noise_a, noise_m
        for step in range(STEPS):
            t = torch.tensor([step / STEPS])
            raw = model(x, mel_cond, t, text, progress, contour, voice, y, motion_cond, rest, t, audio_mask, motion_mask)
            if step == 1:
                one = dict(x=x, y=y, raw_audio=raw[0], raw_motion=raw[1])
            clean = [clean_estimate(s, r, t) for s, r in zip((x, y), raw)]
            now, then = t.item(), (step + 1) / STEPS
            remaining = [(s - now * e) / (1 - now) for s, e in zip((x, y), clean)]
            x, y = (then * e + (1 - then) * r for e, r in zip(clean, remaining))
        # Motion for a given recording: the audio stands at t = 1 and nothing else is known.
        given = torch.ones(1)
        late = torch.tensor([1 / 3])
        animated = model(noise_a, noise_a * 0, given, text * 0, progress * 0, contour * 0, voice * 0, noise_m, motion_cond * 0, rest,
                         late, audio_mask, motion_mask)[1]
    out = dict(model.state_dict())
    case = dict(phones=phones, index=index, progress=progress, mix=mix, mel_cond=mel_cond, motion_cond=motion_cond, rest=rest, noise_a=noise_a,
                noise_m=noise_m, log_frames=log_frames, contour=contour, text=text, sampled_audio=x, sampled_motion=y, animated=animated, **one)
    out.update({"case." + k: v for k, v in case.items()})
    folder = Path(__file__).parent
    save_file({k: v.contiguous().clone() for k, v in out.items()}, folder / "embedded.safetensors")
    (folder / "embedded.json").write_text(config.to_json() + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Write shipped.safetensors: what the recipe's own networks make of the weights in models/, from seeded inputs.

    pip install torch numpy safetensors
    make_shipped.py

To be run whenever jam_flow.safetensors or vocoder.safetensors changes: the file names the weights by their SHA-256.
"""

import hashlib
import importlib.util
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

HERE = Path(__file__).resolve().parent
MODELS = HERE.parents[1] / "models"
sys.path.insert(0, str(MODELS / "recipe" / "jam_flow"))
from features import motion_frames, token_phones  # noqa: E402
from model import Config, JamFlow, clean_estimate  # noqa: E402

SECS = 1.3
PHONES = 18
# The product's own: four Euler steps with a sway of −1.
STEPS = 4
VOCODER_FRAMES = 40


def module(path: Path):
    """Both networks live in a `model.py`."""
    spec = importlib.util.spec_from_file_location(path.parent.name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def settings(name: str, config) -> dict:
    """Those of a file's settings that the recipe's network knows."""
    known = config.__dataclass_fields__
    return {key: value for key, value in json.loads((MODELS / name).read_text()).items() if key in known}


def weights(name: str) -> dict:
    return {key: value.float() for key, value in load_file(MODELS / name).items()}


def main():
    torch.manual_seed(17)
    config = Config(**settings("jam_flow.json", Config))
    model = JamFlow(config).eval()
    model.load_state_dict(weights("jam_flow.safetensors"))
    phones = torch.randint(1, config.text_num_embeds, (1, PHONES))
    seconds = torch.rand(PHONES).double() + 0.3
    seconds *= SECS / seconds.sum()
    n = int(SECS * config.tokens_per_second)
    m = motion_frames(n)
    index, progress = (torch.from_numpy(x)[None] for x in token_phones(seconds.numpy(), n))
    phone_mask, audio_mask, motion_mask = torch.ones(1, PHONES, 1), torch.ones(1, n, 1), torch.ones(1, m, 1)
    mix = torch.zeros(1, len(config.voices))
    mix[0, 3] = 1.0
    noise_a, noise_m = torch.randn(1, n, 200), torch.randn(1, m, 12)
    mel_cond, motion_cond, rest = noise_a * 0, noise_m * 0, torch.zeros(1, m, config.rest_channels)
    times = torch.linspace(0, 1, STEPS + 1).double()
    times = times - (torch.cos(torch.pi / 2 * times) - 1 + times)
    with torch.no_grad():
        voice = mix @ model.voice_embed.weight
        hidden, log_frames = model.prosody.phones(phones, phone_mask, voice)
        contour = model.prosody.tokens(hidden, index, progress, audio_mask)
        text = model.text(phones, phone_mask, index)

        def evaluate(x, y, t):
            return model(x, mel_cond, t, text, progress, contour, voice, y, motion_cond, rest, t, audio_mask, motion_mask)

        raw = evaluate(noise_a, noise_m, torch.zeros(1))
        x, y = noise_a, noise_m
        for now, then in zip(times[:-1].tolist(), times[1:].tolist()):
            t = torch.tensor([now])
            clean = [clean_estimate(s, r, t) for s, r in zip((x, y), evaluate(x, y, t))]
            remaining = [(s - now * e) / (1 - now) for s, e in zip((x, y), clean)]
            x, y = (then * e + (1 - then) * r for e, r in zip(clean, remaining))

        vocoder_module = module(MODELS / "recipe" / "vocoder" / "model.py")
        vocoder_config = vocoder_module.Config(**settings("vocoder.json", vocoder_module.Config))
        vocoder = vocoder_module.HarmonicVocoder(vocoder_config).eval()
        vocoder.load_state_dict(weights("vocoder.safetensors"))
        mel = (x * config.mel_std + config.mel_mean).reshape(1, 2 * n, 100)[:, :VOCODER_FRAMES].contiguous()
        heard = vocoder.hear_pitch(mel)
        assert heard[..., 1].abs().min() > 1e-3, "a voicing on the edge would make the test a coin toss"
        pitch_hz = vocoder.pitch_hz(heard)
        # Voiced and unvoiced stretches, whatever the network makes of noise.
        f0_hz = 140 + 40 * torch.sin(torch.arange(VOCODER_FRAMES) / 6)[None]
        f0_hz[:, 14:20] = 0
        hiss = torch.randn(1, 256 * (VOCODER_FRAMES - 1))
        samples = vocoder(mel, f0_hz, hiss)

    case = dict(phones=phones, index=index, progress=progress, mix=mix, noise_a=noise_a, noise_m=noise_m, log_frames=log_frames, contour=contour,
                raw_audio=raw[0], raw_motion=raw[1], sampled_audio=x, sampled_motion=y, f0_hz=f0_hz, hiss=hiss, pitch_hz=pitch_hz, samples=samples)
    hashes = {name: hashlib.sha256((MODELS / name).read_bytes()).hexdigest() for name in ("jam_flow.safetensors", "vocoder.safetensors")}
    save_file({key: value.contiguous().clone() for key, value in case.items()}, HERE / "shipped.safetensors", metadata=hashes)
    print({key: (tuple(value.shape), float(value.abs().max())) for key, value in case.items()})


if __name__ == "__main__":
    main()

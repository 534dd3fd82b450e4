"""Writes harmonic.safetensors: a tiny harmonic vocoder with seeded weights and every stage's output, by the recipe's own model."""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "models" / "recipe" / "vocoder"))
from model import HOP_LENGTH, Config, HarmonicVocoder, pulse_train  # noqa: E402

FRAMES = 40


def main():
    torch.manual_seed(5)
    config = Config(dim=16, intermediate_dim=40, num_layers=2, pitch_dim=12)
    model = HarmonicVocoder(config)
    for name, parameter in model.named_parameters():
        # The head stays small: gains are exponentials.
        nn.init.normal_(parameter, std=0.05 if name.startswith("head") else 0.3)
    mel = torch.randn(1, FRAMES, 100) * config.mel_std + config.mel_mean
    f0 = 140 + 60 * torch.sin(torch.arange(FRAMES) / 5)[None]
    f0[:, :3] = 0
    f0[:, 15:22] = 0
    noise = torch.randn(1, HOP_LENGTH * (FRAMES - 1))
    with torch.no_grad():
        guess = model.pitch((mel - config.mel_mean) / config.mel_std)[0]
        pitch = torch.where(guess[:, 1] > 0, torch.exp(guess[:, 0] * config.log_pitch_std + config.log_pitch_mean), 0.0)
        uncorrected, samples = model.uncorrected(mel, f0, noise), model(mel, f0, noise)
    assert guess[:, 1].abs().min() > 1e-3, "a voicing on the edge would make the test a coin toss"
    tensors = {f"weights.{k}": v for k, v in model.state_dict().items()}
    tensors |= {"mel": mel[0], "f0_hz": f0[0], "noise": noise[0], "pitch_hz": pitch, "pulses": pulse_train(f0)[0], "uncorrected": uncorrected[0], "samples": samples[0]}
    save_file({k: v.contiguous() for k, v in tensors.items()}, HERE / "harmonic.safetensors")
    print(samples.shape, samples.abs().max(), (pitch > 0).sum())


if __name__ == "__main__":
    main()

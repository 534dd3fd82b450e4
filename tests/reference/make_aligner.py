"""Writes aligner.safetensors: a tiny phone classifier with seeded weights and its output, by the recipe's own network."""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "models" / "recipe" / "aligner"))
from phone_classifier import Config, PhoneClassifier  # noqa: E402

PATCHES = 60


def main():
    torch.manual_seed(7)
    config = Config(dim=16, conv_layers=2, classes=["", "a", "b", "k", "s"])
    model = PhoneClassifier(config)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.3)
    mel = torch.randn(2 * PATCHES, 100) * config.mel_std + config.mel_mean
    patches = ((mel - config.mel_mean) / config.mel_std).reshape(1, PATCHES, 200)
    with torch.no_grad():
        logits, begins = model(patches, torch.ones(1, PATCHES, 1))
    tensors = {f"weights.{k}": v for k, v in model.state_dict().items()}
    tensors |= {"mel": mel, "log_probabilities": torch.log_softmax(logits[0], -1), "begin_logits": begins[0]}
    save_file({k: v.contiguous() for k, v in tensors.items()}, HERE / "aligner.safetensors")
    print(logits.shape, logits.abs().max(), begins.abs().max())


if __name__ == "__main__":
    main()

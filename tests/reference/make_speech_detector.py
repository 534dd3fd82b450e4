"""Writes speech_detector.safetensors: a tiny speech detector with seeded weights and its output, by the recipe's own network."""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "models" / "recipe" / "speech_detector"))
from model import Config, SpeechDetector  # noqa: E402

PATCHES = 60


def main():
    torch.manual_seed(11)
    config = Config(dim=12, layers=3)
    detector = SpeechDetector(config)
    mel = torch.randn(2 * PATCHES, 100) * config.mel_std + config.mel_mean
    with torch.no_grad():
        log_odds = detector(((mel - config.mel_mean) / config.mel_std).reshape(1, PATCHES, 200))[0]
    tensors = {f"weights.{k}": v for k, v in detector.state_dict().items()}
    save_file({k: v.contiguous() for k, v in (tensors | {"mel": mel, "log_odds": log_odds}).items()}, HERE / "speech_detector.safetensors")
    print(log_odds.abs().max())


if __name__ == "__main__":
    main()

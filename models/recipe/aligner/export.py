"""Exports a checkpoint for the product: `aligner.safetensors` and `aligner.json`.

    export.py PREPARED RUN/checkpoint.pt MODELS

PREPARED is the training corpus, from which the phone priors are counted.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from phone_classifier import Config
from targets import Corpus, Line


def log_priors(corpus: Corpus, names: list[str]) -> list[float]:
    """Natural logarithm of each class's share of the training speech; a phone that never occurs counts a tenth of a second."""
    secs = np.full(len(names), 0.1)
    for i in corpus.train:
        for start, end, name in Line(corpus.items[i], names).spans:
            if name >= 0:
                secs[name] += end - start
    return [round(float(x), 4) for x in np.log(secs / secs.sum())]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("models", type=Path)
    args = parser.parse_args()
    saved = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    config = Config(**json.loads(saved["config"]))
    config.log_priors = log_priors(Corpus(args.prepared), config.classes)
    save_file({k: v.half().contiguous() for k, v in saved["average"].items()}, args.models / "aligner.safetensors")
    # One line per field: lists of 129 numbers would take as many lines.
    fields = ",\n".join(f" {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in vars(config).items())
    (args.models / "aligner.json").write_text(f"{{\n{fields}\n}}\n", encoding="utf-8")
    print(f"step {saved['step']}, {saved['trained_secs'] / 60:.0f} min of training")


if __name__ == "__main__":
    main()

"""Generates mels of the joint model, frame-aligned with the teacher's audio, to train the vocoder on.

    generate_mels.py PREPARED TRAINED OUT [--lines 1200] [--steps 4] [--guidance 1.0] [--temperature 0.3]

TRAINED is a checkpoint, or the folder of the shipped weights (whose guidance is distilled: --guidance 0).

Each training line is generated with its own durations and prosody, so that the mel lines up with the recording. Resumable.
OUT/generated.pkl holds {id: mel (2n, 100), float16}.
"""

import argparse
import pickle
from pathlib import Path

import numpy as np
import torch

import student
from precision import mixed_precision
from sample import speak


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("trained", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--lines", type=int, default=1200)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--temperature", type=float, default=0.3, help="σ of the initial noise")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    _, kept, model = student.load(args.trained)
    model.cpu()  # `speak` creates its tensors there
    corpus = student.corpus_for(model, kept, args.prepared)
    target = args.out / "generated.pkl"
    mels = pickle.loads(target.read_bytes()) if target.exists() else {}
    chosen = np.random.default_rng(0).permutation(corpus.train)[: args.lines]
    for count, i in enumerate(chosen):
        item = corpus.items[i]
        if item["id"] not in mels:
            with mixed_precision("cpu"):
                told = {"truth": item, "seed": count, "temperature": args.temperature}
                mel, *_ = speak(model, item["ids"], item["voice_row"], args.steps, args.guidance, **told)
            mels[item["id"]] = mel.astype(np.float16)
        if count % 100 == 99 or count + 1 == len(chosen):
            partial = target.with_suffix(".part")
            partial.write_bytes(pickle.dumps(mels, protocol=5))
            partial.replace(target)
            print(f"{len(mels)} lines", flush=True)


if __name__ == "__main__":
    main()

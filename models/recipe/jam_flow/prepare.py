"""Converts the corpus to training arrays: mel, pitch, phones, durations and mouth motion of every line, one file per shard.

    prepare.py CORPUS OUT [--workers 2]

CORPUS holds `index.tsv`, `alignment.jsonl` and `speech-NN.tar` as `../corpus/corpus.py` writes them. Existing shards are kept.
"""

import argparse
import csv
import io
import json
import pickle
import tarfile
import zlib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
import torch

from features import DURATION_FRAME_SECS, MEL_FRAMES_PER_SECOND, TOKEN_SAMPLES, VOWEL_BINS, log_mel, pitch_hz, silences_secs
from mouth_motion import VOWELS, mouth_motion


def vowel_gain(mel, phones, secs):
    """Opening of each phone relative to the others of its line: the square root of its loudness at 500–1500 Hz over the
    vowels' geometric mean, clipped to 0.45–1.65. Open vowels are loud there, and vocal effort shows there first.
    """
    amplitude = np.exp(mel[:, VOWEL_BINS]).mean(1)
    ends = np.cumsum(secs)
    loudness = np.zeros(len(phones))
    for i, end in enumerate(ends):
        first = min(int((end - secs[i]) * MEL_FRAMES_PER_SECOND), len(amplitude) - 1)
        last = max(int(end * MEL_FRAMES_PER_SECOND), first + 1)
        loudness[i] = amplitude[first:last].mean()
    vowels = np.array([phone[0] in VOWELS for phone, _ in phones])
    if not vowels.any():
        return np.ones(len(phones))
    mean = np.exp(np.log(loudness[vowels] + 1e-6).mean())
    return np.clip(np.sqrt(loudness / mean), 0.45, 1.65)


def line_motion(identifier, phones, frames, mel):
    """Mouth motion of one line; how far its speaker opens is drawn from a seed derived from its identifier."""
    secs = frames * DURATION_FRAME_SECS
    effort = float(np.random.default_rng(zlib.crc32(identifier.encode())).uniform(0.92, 1.10))
    return mouth_motion(phones, secs, vowel_gain(mel, phones, secs), effort, silences_secs(mel))


def prepare_shard(corpus: Path, out: Path, shard: int, rows, alignment):
    target = out / f"shard-{shard:02}.pkl"
    if target.exists():
        return target.name, 0
    torch.set_num_threads(1)
    items = []
    with tarfile.open(corpus / f"speech-{shard:02}.tar") as tar:
        members = {m.name.partition(".")[0]: m for m in tar.getmembers()}
        for row in rows:
            data = tar.extractfile(members[row["id"]]).read()
            samples, _ = soundfile.read(io.BytesIO(data), dtype="float32")
            samples = samples[: int(row["samples"])]
            phones = [(p, s) for p, s, _ in alignment[row["id"]]]
            frames = np.array([f for *_, f in alignment[row["id"]]], np.float32)
            tokens = len(samples) // TOKEN_SAMPLES
            mel = log_mel(torch.from_numpy(samples)).numpy()[: tokens * 2]
            items.append({
                "id": row["id"], "voice": row["voice"], "speed": float(row["speed"]), "split": row["split"],
                "phones": phones, "frames": frames, "mel": mel.astype(np.float16), "f0": pitch_hz(samples, len(mel)),
                "motion": line_motion(row["id"], phones, frames, mel),
                "samples": (samples * 32767).astype(np.int16)[: tokens * TOKEN_SAMPLES],
            })
    partial = target.with_suffix(".part")
    partial.write_bytes(pickle.dumps(items, protocol=5))
    partial.rename(target)
    return target.name, len(items)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    alignment = dict(json.loads(line) for line in (args.corpus / "alignment.jsonl").read_text().splitlines())
    shards: dict[int, list] = {}
    with open(args.corpus / "index.tsv", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            shards.setdefault(int(row["shard"]), []).append(row)
    with ProcessPoolExecutor(args.workers) as pool:
        jobs = [pool.submit(prepare_shard, args.corpus, args.out, s, rows, {r["id"]: alignment[r["id"]] for r in rows})
                for s, rows in sorted(shards.items())]
        for job in jobs:
            print(*job.result(), flush=True)


if __name__ == "__main__":
    main()

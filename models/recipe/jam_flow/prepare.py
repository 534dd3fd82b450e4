"""Corpus to training arrays: mel, pitch, phones, times and mouth movement of every line, in one file a shard.

    prepare.py CORPUS OUT [--workers 2]

CORPUS holds `index.tsv`, `alignment.jsonl` and `speech-NN.tar` as `corpus` writes them. A shard that is there already is kept.
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

from features import DURATION_FRAME_SECS, MEL_MEAN, MEL_STD, TOKEN_SAMPLES, log_mel, pitch_hz, silences_secs
from mouth_motion import SILENCES, mouth_motion


def loudness_gain(mel, phones, secs):
    """Louder vowels open further: per phone, 1 + 3 % for each decibel over the line's mean, between 0.75 and 1.25."""
    level = ((mel - MEL_MEAN) / MEL_STD).mean(1)
    ends = np.cumsum(secs)
    per_phone = np.zeros(len(phones))
    for i, end in enumerate(ends):
        a, b = int((end - secs[i]) * 93.75), max(int(end * 93.75), int((end - secs[i]) * 93.75) + 1)
        per_phone[i] = level[min(a, len(level) - 1) : min(b, len(level))].mean() if a < len(level) else 0.0
    spoken = np.array([p not in SILENCES for p, _ in phones])
    mean = per_phone[spoken].mean() if spoken.any() else 0.0
    decibels = (per_phone - mean) * MEL_STD * 8.686
    return np.clip(1.0 + 0.03 * decibels, 0.75, 1.25)


def prepare_shard(corpus: Path, out: Path, shard: int, rows, alignment):
    target = out / f"shard-{shard:02}.pkl"
    if target.exists():
        return target.name, 0
    torch.set_num_threads(1)
    items = []
    with tarfile.open(corpus / f"speech-{shard:02}.tar") as tar:
        members = {m.name.removesuffix(".opus"): m for m in tar.getmembers()}
        for row in rows:
            data = tar.extractfile(members[row["id"]]).read()
            samples, _ = soundfile.read(io.BytesIO(data), dtype="float32")
            samples = samples[: int(row["samples"])]
            phones = [(p, s) for p, s, _ in alignment[row["id"]]]
            frames = np.array([f for *_, f in alignment[row["id"]]], np.float32)
            tokens = len(samples) // TOKEN_SAMPLES
            mel = log_mel(torch.from_numpy(samples)).numpy()[: tokens * 2]
            secs = frames * DURATION_FRAME_SECS
            effort = float(np.random.default_rng(zlib.crc32(row["id"].encode())).uniform(0.92, 1.10))
            items.append({
                "id": row["id"], "voice": row["voice"], "speed": float(row["speed"]), "split": row["split"],
                "phones": phones, "frames": frames, "mel": mel.astype(np.float16), "f0": pitch_hz(samples, len(mel)),
                "motion": mouth_motion(phones, secs, loudness_gain(mel, phones, secs), effort, silences_secs(mel)),
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

"""Copies prepared shards with Harvest's pitch, for training the vocoder; existing shards in OUT are kept.

    trace_pitch.py PREPARED OUT

DIO, which `prepare.py` uses, is conservative and reports no pitch in a quarter of the voiced frames: onsets, voiced consonants, ends of
phrases. There the vocoder would learn noise in place of pulses. Harvest finds them, at a sixth of real time.
"""

import argparse
import pickle
import sys
from pathlib import Path

import numpy as np
import pyworld

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from features import HOP_LENGTH, SAMPLE_RATE_HZ


def pitch_hz(samples: np.ndarray, mel_frames: int) -> np.ndarray:
    """(mel_frames,) fundamental frequency at the mel's frame times, 0 where unvoiced (Harvest and StoneMask)."""
    sound = samples.astype(np.float64) / 32767
    rough, times = pyworld.harvest(sound, SAMPLE_RATE_HZ, f0_floor=60.0, f0_ceil=500.0, frame_period=1000.0 * HOP_LENGTH / SAMPLE_RATE_HZ)
    fine = pyworld.stonemask(sound, rough, times, SAMPLE_RATE_HZ).astype(np.float32)[:mel_frames]
    return np.pad(fine, (0, mel_frames - len(fine)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for shard in sorted(args.prepared.glob("shard-*.pkl")):
        traced = args.out / shard.name
        if traced.exists():
            continue
        items = pickle.loads(shard.read_bytes())
        for item in items:
            item["f0"] = pitch_hz(item["samples"], len(item["mel"]))
        partial = traced.with_suffix(".part")
        partial.write_bytes(pickle.dumps(items))
        partial.replace(traced)
        print(traced.name, flush=True)


if __name__ == "__main__":
    main()

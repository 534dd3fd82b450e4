#!/usr/bin/env python3
"""Looks for seams in long speech: where pieces meet, against places that are as loud and where none meet.

    seams.py SPOKEN.json…     each beside its SPOKEN.wav, as the example say writes them (`say MODELS --lines FILE OUT`)

Prints the mean at the joints over the mean elsewhere, and the same of the 95th percentiles, of four things: the speed of the mouth's
keypoints and its change, the change of the level from one 40 ms to the next, and the sharpest bend of the wave within 2 ms. Elsewhere means
more than 0.4 s from a joint and as loud as the joint's two frames within 3 dB. A seam is a ratio well above 1. Then how level,
brightness and pace of the pieces differ, and whether they drift from the beginning to the end.
"""

import json
import sys
from pathlib import Path

import numpy as np
import soundfile

FRAMES_PER_SECOND = 25
# Quieter is silence, dB under full scale.
SILENCE_DB = -70.0
# Frames around a joint that are no elsewhere.
MARGIN_FRAMES = 10
LEVEL_WIDTH_DB = 3.0
BEND_SECS = 0.002


def levels_db(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """Level of each motion frame: (frames,)."""
    length = rate_hz // FRAMES_PER_SECOND
    frames = samples[: samples.size // length * length].reshape(-1, length)
    return 20 * np.log10(np.maximum(np.sqrt(np.square(frames).mean(1)), 10 ** (SILENCE_DB / 20)))


def crossings(samples: np.ndarray, rate_hz: int, mouth: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Of each step from a frame to the next: the louder of the two, and what is measured there. Step i leads into frame i + 2."""
    levels = levels_db(samples, rate_hz)
    count = min(levels.size, len(mouth))
    levels, mouth = levels[:count], mouth[:count]
    velocity = np.diff(mouth, axis=0)
    speed = np.linalg.norm(velocity, axis=2).mean(1)[1:-1]
    turn = np.linalg.norm(np.diff(velocity, axis=0), axis=2).mean(1)
    bends = np.abs(np.diff(samples, 2))
    length, width = rate_hz // FRAMES_PER_SECOND, int(BEND_SECS * rate_hz)
    starts = (np.arange(2, count - 1)) * length
    bend = np.array([bends[start - width : start + width].max() for start in starts])
    measured = {
        "keypoint speed": speed,
        "keypoint acceleration": np.maximum(turn[:-1], turn[1:]),
        "level step": np.abs(np.diff(levels))[1:-1],
        "bend of the wave": bend,
    }
    return np.maximum(levels[1:-2], levels[2:-1]), measured


def ratios(joints: np.ndarray, levels: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """Mean and 95th percentile at the joints over those of places that are as loud."""
    near = np.zeros(values.size, bool)
    for joint in joints:
        near[max(0, joint - MARGIN_FRAMES) : joint + MARGIN_FRAMES + 1] = True
    beside = [np.flatnonzero(~near & (np.abs(levels - levels[joint]) <= LEVEL_WIDTH_DB)) for joint in joints]
    kept = [(joint, places) for joint, places in zip(joints, beside) if places.size >= 20]
    at = values[[joint for joint, _ in kept]]
    # As many of each joint's places, so that every joint counts alike.
    chance = np.random.default_rng(0)
    elsewhere = np.concatenate([chance.choice(values[places], 50) for _, places in kept])
    return at.mean() / elsewhere.mean(), np.quantile(at, 0.95) / np.quantile(elsewhere, 0.95)


def pieces(samples: np.ndarray, rate_hz: int, starts_secs: list[float], words: list[dict]) -> np.ndarray:
    """Level (dB), brightness (share above 2 kHz, dB) and pace (words a second) of every piece of at least a second: (pieces, 3)."""
    ends = [*starts_secs[1:], samples.size / rate_hz]
    rows = []
    for start, end in zip(starts_secs, ends):
        inside = [word for word in words if start <= word["start_secs"] < end]
        if not inside or end - start < 1.0:
            continue
        said = samples[int(inside[0]["start_secs"] * rate_hz) : int(inside[-1]["end_secs"] * rate_hz)]
        power = np.abs(np.fft.rfft(said)) ** 2
        bright = power[int(2000 / rate_hz * said.size) :].sum() / power.sum()
        rows.append((10 * np.log10(np.square(said).mean()), 10 * np.log10(bright), len(inside) / (said.size / rate_hz)))
    return np.array(rows)


def main() -> None:
    for path in map(Path, sys.argv[1:]):
        notes = json.loads(path.read_text(encoding="utf-8"))
        samples, rate_hz = soundfile.read(path.with_suffix(".wav"), dtype="float64")
        levels, measured = crossings(samples, rate_hz, np.array(notes["mouth"]))
        joints = np.array([round(start * FRAMES_PER_SECOND) - 2 for start in notes["pieces_secs"][1:]])
        joints = joints[(joints >= 0) & (joints < levels.size)]
        print(f"{path.stem}: {samples.size / rate_hz:.1f} s, {joints.size} joints, level there {np.median(levels[joints]):.1f} dB in the median")
        for name, values in measured.items():
            mean, high = ratios(joints, levels, values)
            print(f"  {name}: mean {mean:.2f}, 95th percentile {high:.2f} of elsewhere")
        rows = pieces(samples, rate_hz, notes["pieces_secs"], notes["words"])
        half = len(rows) // 2
        for name, column in zip(("level, dB", "brightness, dB", "words a second"), rows.T):
            drift = column[half:].mean() - column[:half].mean()
            error = np.hypot(*(part.std() / np.sqrt(part.size) for part in (column[:half], column[half:])))
            print(f"  {name}: {column.mean():.2f}, deviation {column.std():.2f}; second half less first {drift:+.2f}, standard error {error:.2f}")


if __name__ == "__main__":
    main()

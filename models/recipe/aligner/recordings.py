"""Augmentations of the aligner beside `../jam_flow/degrade.py`: tempo, breaths in pauses, background voices, quiet recordings.

Mels are natural logarithms of magnitudes, (frames, 100).
"""

import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from degrade import CENTRES_HZ, FLOOR, NEPERS_PER_DECIBEL, degraded, mixed

# Pauses of at least this many frames may contain a breath.
BREATH_FRAMES = 16


def stretched(mel: np.ndarray, frames: int) -> np.ndarray:
    """The mel resampled to `frames` frames."""
    place = np.linspace(0, len(mel) - 1, frames)
    below = np.minimum(place.astype(int), len(mel) - 2)
    share = (place - below).astype(np.float32)[:, None]
    return mel[below] * (1 - share) + mel[below + 1] * share


def with_breaths(mel: np.ndarray, silent: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bursts of breath noise in half of the longer silences (`silent`: one flag per frame)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(int)))
    power = np.exp(2.0 * mel)
    level = np.percentile(power.mean(1), 80)
    for start, end in zip(edges[0::2], edges[1::2]):
        if end - start < BREATH_FRAMES or rng.random() < 0.5:
            continue
        length = int(rng.integers(BREATH_FRAMES // 2, min(end - start, 50)))
        at = int(rng.integers(start, end - length + 1))
        swell = np.sin(np.linspace(0, np.pi, length))[:, None] ** rng.uniform(0.5, 2)
        decibels = rng.uniform(-40, -15) + rng.uniform(-9, 3) * np.log2(CENTRES_HZ / 1000)
        flicker = rng.gamma(3.0, 1 / 3.0, (length, len(CENTRES_HZ)))
        power[at : at + length] += level * swell * flicker * 10 ** (np.clip(decibels, -70, 0) / 10)
    return (0.5 * np.log(power)).astype(np.float32)


def as_recorded(mel: np.ndarray, silent: np.ndarray, others: list[np.ndarray], backgrounds: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """The line as another speaker in another place would sound. `others`: mels of simultaneous, more distant voices."""
    if rng.random() < 0.4:
        mel = with_breaths(mel, silent, rng)
    if rng.random() < 0.3:
        for other in others:
            other = np.roll(other.astype(np.float32), int(rng.integers(len(other))), 0)
            mel = mixed(mel, other, rng.uniform(8.0, 30.0))
    mel = degraded(mel, backgrounds, rng)
    # Real recordings are more often quieter than the teacher than louder.
    return np.maximum(mel + rng.uniform(-24.0, 4.0) * NEPERS_PER_DECIBEL, FLOOR)

"""What rooms, microphones, lines and other mouths do to a mel, so that a network that learns from a teacher's clean voices follows
real recordings. All of it works on power: (frames, 100), the square of the magnitude mel."""

import math

import numpy as np
from scipy.signal import lfilter

FRAMES_PER_SECOND = 93.75
FLOOR_POWER = 1e-10
TOP_MEL = 2595.0 * math.log10(1.0 + 12_000 / 700.0)
BIN_HZ = 700.0 * (10.0 ** ((np.arange(100) + 1) * TOP_MEL / 101 / 2595.0) - 1.0)


def power(mel: np.ndarray) -> np.ndarray:
    return np.exp(2.0 * mel.astype(np.float32))


def log_mel(power: np.ndarray) -> np.ndarray:
    return 0.5 * np.log(np.maximum(power, FLOOR_POWER))


def vocal_tract(mel: np.ndarray, factor: float) -> np.ndarray:
    """The mel of a mouth whose resonances lie `factor` higher."""
    from_mel = 2595.0 * np.log10(1.0 + BIN_HZ / factor / 700.0) / TOP_MEL * 101 - 1
    place = np.clip(from_mel, 0, 99)
    low = np.minimum(place.astype(int), 98)
    share = (place - low).astype(np.float32)
    return mel[:, low] * (1 - share) + mel[:, low + 1] * share


def stretch(mel: np.ndarray, frames: int) -> np.ndarray:
    """The same sound in so many frames."""
    place = np.linspace(0, len(mel) - 1, frames)
    low = np.minimum(place.astype(int), len(mel) - 2)
    share = (place - low).astype(np.float32)[:, None]
    return mel[low] * (1 - share) + mel[low + 1] * share


def equaliser(rng) -> np.ndarray:
    """A microphone's and a room's colour, as a factor of power: (100,)."""
    x = np.linspace(0, np.pi, 100)
    decibels = sum(rng.normal(0, 5.0 / (1 + 0.5 * k)) * np.cos(k * x + rng.uniform(0, 0.5)) for k in range(1, 7))
    if rng.random() < 0.4:  # a narrow line, or a codec's: bands missing
        high = rng.choice([3_400, 4_000, 5_500, 7_000, 8_000])
        decibels = decibels - np.clip((BIN_HZ - high) / high * rng.uniform(100, 600), 0, 90)
    if rng.random() < 0.4:
        low = rng.uniform(60, 350)
        decibels = decibels - np.clip(np.log2(low / BIN_HZ) * rng.uniform(6, 36), 0, 60)
    return (10 ** (decibels / 10)).astype(np.float32)


def reverberation(p: np.ndarray, rng) -> np.ndarray:
    """A decaying tail: 0.15 to 0.9 s to fall by 60 dB, less at high frequencies."""
    secs = rng.uniform(0.15, 0.9) * (1 - rng.uniform(0, 0.5) * np.linspace(0, 1, 100))
    decay = 10 ** (-6.0 / (secs * FRAMES_PER_SECOND))
    direct_to_tail = 10 ** (rng.uniform(-3, 15) / 10)
    out = np.empty_like(p)
    for first in range(0, 100, 10):
        # Bands of ten share a decay; the tail's power sums to 1 over the direct sound's share.
        d = float(decay[first + 5])
        out[:, first : first + 10] = lfilter([0, (1 - d) / direct_to_tail], [1, -d], p[:, first : first + 10], axis=0)
    return p + out


def coloured_noise(frames: int, rng) -> np.ndarray:
    """Steady noise of a random colour and mean power 1, flickering as the power of few bins does."""
    slope = rng.uniform(-12, 3)
    decibels = slope * np.log2(BIN_HZ / 1000) + 4 * rng.normal() * np.cos(np.linspace(0, np.pi * rng.uniform(1, 4), 100))
    shape = 10 ** (np.maximum(decibels, -60) / 10)
    shape /= shape.mean()
    width = 1 + np.arange(100) / 12
    noise = rng.gamma(width, 1 / width, (frames, 100)) * shape
    if rng.random() < 0.3:  # swelling
        noise *= np.exp(0.7 * np.interp(np.arange(frames), 47 * np.arange(frames // 47 + 2), rng.normal(0, 1, frames // 47 + 2)))[:, None]
    return noise.astype(np.float32)


def loud_level(p: np.ndarray) -> float:
    """Mean power of the louder half."""
    level = p.mean(1)
    return float(level[level >= np.median(level)].mean()) + 1e-12


def babble(frames: int, others: list[np.ndarray], rng) -> np.ndarray:
    """Other lines at once, each begun anywhere and looped, at mean power 1."""
    out = np.zeros((frames, 100), np.float32)
    for other in others:
        p = power(other)
        start = int(rng.integers(0, len(p)))
        out += p[(start + np.arange(frames)) % len(p)] / loud_level(p)
    return out / loud_level(out)


def breaths(p: np.ndarray, silent: np.ndarray, rng) -> np.ndarray:
    """Puffs of noise in the longer silences (`silent`, one truth a frame)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(int)))
    level = loud_level(p)
    p = p.copy()
    for a, b in zip(edges[0::2], edges[1::2]):
        if b - a < 16 or rng.random() < 0.5:
            continue
        length = int(rng.integers(8, min(b - a, 50)))
        start = int(rng.integers(a, b - length + 1))
        swell = np.sin(np.linspace(0, np.pi, length))[:, None] ** rng.uniform(0.5, 2)
        p[start : start + length] += coloured_noise(length, rng) * swell.astype(np.float32) * level * 10 ** (rng.uniform(-40, -15) / 10)
    return p


def degrade(mel: np.ndarray, silent: np.ndarray, others: list[np.ndarray], rng, noise_share: float = 0.6) -> np.ndarray:
    """Log mel (frames, 100) as another room and microphone would give it. `others`: mels of lines to babble with."""
    p = power(mel)
    if rng.random() < 0.4:
        p = breaths(p, silent, rng)
    if rng.random() < 0.45:
        p = reverberation(p, rng)
    colour = equaliser(rng) if rng.random() < 0.8 else np.ones(100, np.float32)
    late = rng.random() < 0.5  # noise of the room goes through the microphone, noise of the line does not
    if not late:
        p = p * colour
    if rng.random() < noise_share:
        p = p + coloured_noise(len(p), rng) * loud_level(p) * 10 ** (-rng.uniform(0, 40) / 10)
    if others and rng.random() < 0.3:
        p = p + babble(len(p), others, rng) * loud_level(p) * 10 ** (-rng.uniform(6, 30) / 10)
    if late:
        p = p * colour
    # Speech of this project has a loud level near that of a full-scale recording; others are quieter, few are louder.
    p = p * 10 ** (rng.uniform(-26, 8) / 10)
    if rng.random() < 0.3:  # the recorder's own floor
        p = p + coloured_noise(len(p), rng) * loud_level(p) * 10 ** (-rng.uniform(40, 70) / 10)
    return log_mel(p)

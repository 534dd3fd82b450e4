"""Augmentation of mels (natural logarithms of magnitudes, (frames, 100)): rooms, microphones and vocal tracts.

A model trained only on a teacher's clean voices follows real recordings badly. Everything here is random for each use of a line,
and works on the mel alone, which costs a thousandth of processing the samples.
"""

import numpy as np
from scipy.signal import lfilter

from features import HOP_LENGTH, MEL_BINS, SAMPLE_RATE_HZ

NEPERS_PER_DECIBEL = np.log(10.0) / 20.0
# Natural logarithm of the mel's floor.
FLOOR = float(np.log(1e-5))
HOP_SECS = HOP_LENGTH / SAMPLE_RATE_HZ


def _bin_centres_hz() -> np.ndarray:
    top = 2595.0 * np.log10(1.0 + SAMPLE_RATE_HZ / 2 / 700.0)
    return 700.0 * (10.0 ** (np.linspace(0.0, top, MEL_BINS + 2)[1:-1] / 2595.0) - 1.0)


CENTRES_HZ = _bin_centres_hz()


def warp_frequencies(mel: np.ndarray, factor: float) -> np.ndarray:
    """Another vocal tract: frequency f moves to `factor`·f, pitch included."""
    places = np.interp(CENTRES_HZ / factor, CENTRES_HZ, np.arange(MEL_BINS))
    below = places.astype(int)
    share = (places - below).astype(np.float32)
    above = np.minimum(below + 1, MEL_BINS - 1)
    return mel[:, below] * (1 - share) + mel[:, above] * share


def equaliser(rng: np.random.Generator, decibels: float) -> np.ndarray:
    """(100,) a smooth random curve with this standard deviation."""
    knots = rng.normal(0.0, decibels, 8)
    return np.interp(np.linspace(0, 7, MEL_BINS), np.arange(8), knots) * NEPERS_PER_DECIBEL


def band_limits(rng: np.random.Generator) -> np.ndarray:
    """(100,) band limits of a telephone or a small loudspeaker."""
    low, high = rng.choice([0.0, 80.0, 200.0, 300.0]), rng.choice([3400.0, 4000.0, 6000.0, 8000.0])
    octaves = np.maximum(np.log2(np.maximum(low, 1.0) / np.maximum(CENTRES_HZ, 1.0)), 0) * 18 + np.maximum(np.log2(CENTRES_HZ / high), 0) * 120
    return -np.minimum(octaves, 70.0) * NEPERS_PER_DECIBEL


def reverberated(mel: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A room: the power of each frame decays into the following ones."""
    decay_secs = rng.uniform(0.15, 0.9)
    kept = 10.0 ** (-6.0 * HOP_SECS / decay_secs)
    tail_share = 10.0 ** (-rng.uniform(0.0, 15.0) / 10.0) * (1 - kept)
    power = np.exp(2.0 * mel)
    tail = lfilter([0.0, tail_share], [1.0, -kept], power, axis=0)
    return 0.5 * np.log(power + tail)


def mixed(mel: np.ndarray, background: np.ndarray, speech_over_decibels: float) -> np.ndarray:
    """A mix with the louder frames of `mel` this far above the mean of `background`, which is repeated as needed."""
    background = np.resize(background, mel.shape)
    level = np.percentile(np.exp(2.0 * mel).sum(1), 80)
    under = np.exp(2.0 * background).sum(1).mean()
    gain = level / under * 10.0 ** (-speech_over_decibels / 10.0)
    return 0.5 * np.log(np.exp(2.0 * mel) + gain * np.exp(2.0 * background))


def degraded(mel: np.ndarray, backgrounds: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """The line as another speaker, room and microphone would sound; one line in ten is unchanged."""
    if rng.random() < 0.1:
        return mel
    mel = mel.astype(np.float32)
    if rng.random() < 0.7:
        mel = warp_frequencies(mel, float(np.exp(rng.uniform(-0.24, 0.24))))
    if rng.random() < 0.4:
        mel = reverberated(mel, rng)
    if rng.random() < 0.6:
        mel = mixed(mel, backgrounds[rng.integers(len(backgrounds))], rng.uniform(3.0, 35.0))
    if rng.random() < 0.7:
        mel = mel + equaliser(rng, 4.0)
    if rng.random() < 0.2:
        mel = mel + band_limits(rng)
    mel = mel + rng.normal(0.0, 4.0) * NEPERS_PER_DECIBEL
    return np.maximum(mel, FLOOR).astype(np.float32)

"""Synthetic non-speech: noise, hum, music, breath, knocks. The mouth must stay shut over it and follow speech through it."""

import numpy as np
import torch
from scipy.signal import butter, lfilter, sosfilt

from features import SAMPLE_RATE_HZ, log_mel

CLIP_SECS = 8.0
COUNT = int(CLIP_SECS * SAMPLE_RATE_HZ)


def _smooth_noise(rng, rate_hz):
    """(COUNT,) random values that change `rate_hz` times a second, standard deviation 1."""
    points = int(CLIP_SECS * rate_hz) + 2
    return np.interp(np.linspace(0, points - 1, COUNT), np.arange(points), rng.normal(size=points))


def steady_noise(rng) -> np.ndarray:
    """White, pink or brown noise, optionally band-limited and modulated."""
    white = rng.normal(size=COUNT)
    tilt = rng.choice([0.0, 0.9, 0.98])
    sound = lfilter([1.0], [1.0, -tilt], white)
    if rng.random() < 0.5:
        low = rng.uniform(50, 2000)
        sound = sosfilt(butter(2, [low, min(low * rng.uniform(2, 10), 11_000)], "band", fs=SAMPLE_RATE_HZ, output="sos"), sound)
    if rng.random() < 0.4:
        sound = sound * np.exp(rng.uniform(0.2, 0.8) * _smooth_noise(rng, rng.uniform(0.3, 6)))
    return sound


def hum(rng) -> np.ndarray:
    """Mains and motor hum: steady harmonics with a little noise."""
    base, times = rng.choice([50.0, 60.0, 100.0, 120.0]) * rng.uniform(0.98, 1.02), np.arange(COUNT) / SAMPLE_RATE_HZ
    sound = sum(rng.uniform(0, 1) / k * np.sin(2 * np.pi * base * k * times + rng.uniform(0, 6.28)) for k in range(1, 30))
    return sound + rng.uniform(0.02, 0.3) * rng.normal(size=COUNT)


def breaths(rng) -> np.ndarray:
    """Slow swells of noise, like breath and wind."""
    envelope = np.maximum(0.0, np.sin(2 * np.pi * rng.uniform(0.2, 0.7) * np.arange(COUNT) / SAMPLE_RATE_HZ + rng.uniform(0, 6.28))) ** 2
    centre = rng.uniform(500, 2500)
    sound = sosfilt(butter(1, [centre * 0.5, centre * 2], "band", fs=SAMPLE_RATE_HZ, output="sos"), rng.normal(size=COUNT))
    return sound * envelope + 0.003 * rng.normal(size=COUNT)


def knocks(rng) -> np.ndarray:
    """Clicks, knocks and keystrokes."""
    sound = 0.003 * rng.normal(size=COUNT)
    for start in rng.integers(0, COUNT - 4000, rng.integers(4, 60)):
        length = int(rng.uniform(200, 4000))
        ring = np.exp(-np.arange(length) / (length / 6)) * np.sin(2 * np.pi * rng.uniform(100, 3000) * np.arange(length) / SAMPLE_RATE_HZ)
        sound[start : start + length] += rng.uniform(0.1, 1) * (ring + 0.5 * rng.normal(size=length) * np.exp(-np.arange(length) / (length / 12)))
    return sound


def _note(rng, pitch_hz, length, brightness, plucked):
    times = np.arange(length) / SAMPLE_RATE_HZ
    vibrato = rng.uniform(0, 0.008) * np.sin(2 * np.pi * rng.uniform(4, 7) * times)
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1 + vibrato)) / SAMPLE_RATE_HZ
    partials = np.arange(1, max(2, min(40, int(11_000 / pitch_hz))))
    strengths = partials ** -brightness * rng.uniform(0.3, 1.0, len(partials))
    sound = (strengths[:, None] * np.sin(partials[:, None] * phase)).sum(0)
    attack = np.minimum(1.0, times / rng.uniform(0.004, 0.08))
    decay = np.exp(-times * rng.uniform(2, 8)) if plucked else np.minimum(1.0, (times[-1] - times) / 0.05)
    return sound * attack * decay


def music(rng) -> np.ndarray:
    """Chords, bass, melody and drums on a beat; scale and instruments are random."""
    beat = int(SAMPLE_RATE_HZ * 60 / rng.uniform(60, 170))
    root, scale = rng.uniform(55, 110), np.array([0, 2, 3, 5, 7, 8, 10] if rng.random() < 0.5 else [0, 2, 4, 5, 7, 9, 11])
    pitch = lambda degree, octave: root * 2 ** (octave + (scale[degree % 7] + 12 * (degree // 7)) / 12)
    sound = np.zeros(COUNT)

    def play(start, notes, length, level, brightness, plucked):
        length = min(length, COUNT - start)
        for hz in notes if length > 200 else []:
            sound[start : start + length] += level * _note(rng, hz, length, brightness, plucked)

    chords, melody, bass, drums = rng.uniform(0, 1), rng.uniform(0, 1.2), rng.uniform(0, 1), rng.uniform(0, 1.5) * (rng.random() < 0.6)
    bright = rng.uniform(0.8, 2.2, 3)
    plucked = rng.random(3) < 0.5
    for start in range(0, COUNT, 4 * beat):
        degree = int(rng.integers(0, 7))
        play(start, [pitch(degree + k, 1 + (k > 2)) for k in (0, 2, 4)], 4 * beat, chords, bright[0], plucked[0])
        for step in range(4):
            at = start + step * beat
            if at >= COUNT:
                break
            play(at, [pitch(degree, 0)], beat, bass, bright[1], plucked[1])
            for half in (0, beat // 2):
                if rng.random() < 0.6 and at + half < COUNT:
                    play(at + half, [pitch(int(rng.integers(0, 9)), 2)], int(beat * rng.choice([0.5, 1.0])), melody, bright[2], plucked[2])
                length = min(3000, COUNT - at - half)
                if drums > 0 and length > 500:
                    fall = np.exp(-np.arange(length) / rng.uniform(150, 900))
                    hit = np.sin(2 * np.pi * 60 * np.arange(length) / SAMPLE_RATE_HZ) if step % 2 == 0 and half == 0 else rng.normal(size=length)
                    sound[at + half : at + half + length] += drums * fall * hit
    return sound + 0.001 * rng.normal(size=COUNT)


def electronic(rng) -> np.ndarray:
    """Sequenced synthesiser: short square and sawtooth notes in a pattern under a sweeping filter, and a drum machine."""
    step = int(SAMPLE_RATE_HZ * 60 / rng.uniform(80, 150) / 4)
    root = rng.uniform(55, 220)
    pattern = rng.choice([0, 3, 5, 7, 10, 12, 15, 19], rng.integers(3, 9))
    times = np.arange(step) / SAMPLE_RATE_HZ
    gate = np.exp(-times * rng.uniform(0, 25)) * np.minimum(1.0, (step - np.arange(step)) / 100)
    duty, detuned, glide = rng.uniform(0.1, 0.9), rng.uniform(1.0, 1.02), rng.uniform(0, 0.3)
    sound, hits = np.zeros(COUNT), np.zeros(COUNT)
    for k, start in enumerate(range(0, COUNT - step, step)):
        if rng.random() < 0.85:
            hz = root * 2 ** (pattern[k % len(pattern)] / 12) * (1 + glide * np.exp(-times * 40))
            phase = np.cumsum(hz) / SAMPLE_RATE_HZ
            wave = np.where(phase % 1 < duty, 1.0, -1.0) if duty < 0.5 else 2 * (phase % 1) - 1
            sound[start : start + step] += gate * (wave + 2 * ((phase * detuned) % 1) - 1)
        if k % 4 == 0:
            hits[start : start + step] += 2.5 * np.exp(-times * 18) * np.sin(2 * np.pi * 50 * (times + 0.04 * (1 - np.exp(-times * 40))))
        if k % 8 == 4 or rng.random() < 0.4:
            hits[start : start + step] += rng.uniform(0.1, 1.0) * np.exp(-times * rng.uniform(15, 90)) * rng.normal(size=step)
    # The filter sweeps block by block.
    swept, state, block = np.zeros(COUNT), np.zeros((2, 2)), 480
    slow = np.exp(0.8 * _smooth_noise(rng, rng.uniform(0.2, 4)))
    for start in range(0, COUNT, block):
        cut_hz = float(np.clip(900 * slow[start], 150, 9000))
        sections = butter(4, cut_hz, "low", fs=SAMPLE_RATE_HZ, output="sos")
        swept[start : start + block], state = sosfilt(sections, sound[start : start + block], zi=state)
    return swept + rng.uniform(0, 1.2) * hits + 0.001 * rng.normal(size=COUNT)


KINDS = (steady_noise, hum, breaths, knocks, music, music, music, electronic, electronic)


def background_mels(count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """`count` clips of 8 s as mels (frames, 100), at the levels of real recordings."""
    mels = []
    for k in range(count):
        sound = KINDS[k % len(KINDS)](rng)
        sound = sound / (np.sqrt(np.mean(sound**2)) + 1e-9) * 10.0 ** rng.uniform(-2.2, -0.8)
        mels.append(log_mel(torch.from_numpy(sound.astype(np.float32))).numpy())
    return mels

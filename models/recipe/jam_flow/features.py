"""Audio features: the mel of F5-TTS, pitch, energy, and the frame rates that relate them."""

import math

import numpy as np
import torch

SAMPLE_RATE_HZ = 24_000
HOP_LENGTH = 256
N_FFT = 1024
MEL_BINS = 100
# One audio token is a patch of two mel frames.
PATCH_SIZE = 2
TOKEN_SAMPLES = HOP_LENGTH * PATCH_SIZE
TOKENS_PER_SECOND = SAMPLE_RATE_HZ / TOKEN_SAMPLES
MEL_FRAMES_PER_SECOND = SAMPLE_RATE_HZ / HOP_LENGTH
MOTION_FRAMES_PER_SECOND = 25.0
# The teacher reports durations in frames of 25 ms.
DURATION_FRAME_SECS = 600 / SAMPLE_RATE_HZ

MEL_MEAN, MEL_STD = -1.6, 2.6
LOG_PITCH_MEAN, LOG_PITCH_STD = 5.2, 0.35
PHONE_SECS_REFERENCE = 0.08


def mel_edges_hz() -> np.ndarray:
    """(102,): edges and peaks of the triangles, evenly spaced on the HTK scale from 0 to 12 kHz."""
    top = 2595.0 * math.log10(1.0 + SAMPLE_RATE_HZ / 2 / 700.0)
    return 700.0 * (10.0 ** (np.linspace(0.0, top, MEL_BINS + 2) / 2595.0) - 1.0)


def mel_filters() -> torch.Tensor:
    """(513, 100): triangular filters without area normalisation."""
    edges_hz = mel_edges_hz()
    bins_hz = np.linspace(0.0, SAMPLE_RATE_HZ / 2, N_FFT // 2 + 1)
    slopes = edges_hz[None, :] - bins_hz[:, None]
    widths = np.diff(edges_hz)
    rising = -slopes[:, :-2] / widths[:-1]
    falling = slopes[:, 2:] / widths[1:]
    return torch.from_numpy(np.maximum(0.0, np.minimum(rising, falling))).float()


# Bins with their peak between 500 and 1500 Hz, where open vowels are loud.
VOWEL_BINS = np.flatnonzero((mel_edges_hz()[1:-1] >= 500.0) & (mel_edges_hz()[1:-1] <= 1500.0))

_FILTERS = mel_filters()
_WINDOW = torch.hann_window(N_FFT)


def log_mel(samples: torch.Tensor) -> torch.Tensor:
    """(samples,) -> (samples // 256 + 1, 100), natural logarithm of the magnitude mel."""
    spectrum = torch.stft(samples, N_FFT, HOP_LENGTH, window=_WINDOW, center=True, pad_mode="reflect", return_complex=True)
    return torch.log(torch.clamp(spectrum.abs().transpose(-1, -2) @ _FILTERS, min=1e-5))


def pitch_hz(samples: np.ndarray, mel_frames: int) -> np.ndarray:
    """(mel_frames,) fundamental frequency at the mel's frame times, 0 where unvoiced (DIO and StoneMask)."""
    import pyworld

    period_ms = 1000.0 * HOP_LENGTH / SAMPLE_RATE_HZ
    double = samples.astype(np.float64)
    rough, times = pyworld.dio(double, SAMPLE_RATE_HZ, f0_floor=60.0, f0_ceil=500.0, frame_period=period_ms)
    fine = pyworld.stonemask(double, rough, times, SAMPLE_RATE_HZ).astype(np.float32)
    out = np.zeros(mel_frames, np.float32)
    count = min(mel_frames, len(fine))
    out[:count] = fine[:count]
    return out


def token_prosody(mel: np.ndarray, f0_hz: np.ndarray) -> np.ndarray:
    """(tokens, 3): normalised log pitch (0 where unvoiced), voicing 0 or 1, mean of the normalised mel."""
    tokens = len(mel) // PATCH_SIZE
    f0 = f0_hz[: tokens * PATCH_SIZE].reshape(tokens, PATCH_SIZE)
    voiced = f0 > 0
    count = voiced.sum(1)
    log_f0 = np.where(voiced, np.log(np.maximum(f0, 1.0)), 0.0).sum(1) / np.maximum(count, 1)
    is_voiced = count > 0
    pitch = np.where(is_voiced, (log_f0 - LOG_PITCH_MEAN) / LOG_PITCH_STD, 0.0)
    energy = ((mel[: tokens * PATCH_SIZE] - MEL_MEAN) / MEL_STD).reshape(tokens, -1).mean(1)
    return np.stack([pitch, is_voiced, energy], 1).astype(np.float32)


def silences_secs(mel: np.ndarray, quieter_decibels: float = 35.0, shortest_secs: float = 0.16) -> list[tuple[float, float]]:
    """Spans in which the level of `mel` (frames, 100) stays this far below its loud parts."""
    level = 10.0 * np.log10(np.exp(2.0 * mel.astype(np.float64)).sum(1))
    quiet = np.concatenate([[False], level < np.percentile(level, 99) - quieter_decibels, [False]])
    edges = np.flatnonzero(np.diff(quiet.astype(int))) * HOP_LENGTH / SAMPLE_RATE_HZ
    return [(a, b) for a, b in zip(edges[0::2], edges[1::2]) if b - a >= shortest_secs]


def token_phones(phone_secs: np.ndarray, tokens: int) -> tuple[np.ndarray, np.ndarray]:
    """The phone that contains each token's centre, and the position within it.

    Returns (tokens,) indices and (tokens, 2) progress: the elapsed fraction of the phone and the logarithm of
    the phone's duration over 80 ms.
    """
    ends = np.cumsum(phone_secs)
    centres = (np.arange(tokens) + 0.5) / TOKENS_PER_SECOND
    index = np.minimum(np.searchsorted(ends, centres, side="right"), len(phone_secs) - 1)
    length = phone_secs[index]
    fraction = np.clip((centres - (ends[index] - length)) / np.maximum(length, 1e-6), 0.0, 1.0)
    progress = np.stack([fraction, np.log(np.maximum(length, 1e-3) / PHONE_SECS_REFERENCE)], 1)
    return index.astype(np.int64), progress.astype(np.float32)


def motion_frames(tokens: int) -> int:
    """Number of motion frames (25 fps) that cover `tokens` audio tokens."""
    return math.ceil(tokens * MOTION_FRAMES_PER_SECOND / TOKENS_PER_SECOND)

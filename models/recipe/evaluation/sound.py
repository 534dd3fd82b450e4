"""Audio for the measures: mono float32, levels and envelopes at video frame times."""

import subprocess
from math import gcd
from pathlib import Path

import numpy as np

RATE_HZ = 16_000


def load(path: Path, rate_hz: int = RATE_HZ) -> np.ndarray:
    """The audio of a WAV file, mono, at `rate_hz`."""
    import soundfile
    from scipy.signal import resample_poly

    samples, file_rate_hz = soundfile.read(str(path), dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    if file_rate_hz != rate_hz:
        common = gcd(file_rate_hz, rate_hz)
        mono = resample_poly(mono, rate_hz // common, file_rate_hz // common)
    return mono.astype(np.float32)


def load_from_video(path: Path, rate_hz: int = RATE_HZ) -> np.ndarray:
    """The audio of a video on the video's clock: a track that starts late is padded, so sample i is at i / rate."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-vn", "-af", "aresample=async=1:first_pts=0"]
    command += ["-ac", "1", "-ar", str(rate_hz), "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32)


def level_db(samples: np.ndarray, times_secs: np.ndarray, window_secs: float = 0.06) -> np.ndarray:
    """RMS level around each time in dB, at least 60 dB below the loudest."""
    energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    half = int(window_secs * RATE_HZ / 2)
    centre = (times_secs * RATE_HZ).astype(int)
    start = np.clip(centre - half, 0, samples.size)
    end = np.clip(centre + half, 0, samples.size)
    mean = (energy[end] - energy[start]) / np.maximum(end - start, 1)
    level = 10 * np.log10(np.maximum(mean, 1e-12))
    return np.maximum(level, level.max() - 60)


def speech_and_silence(samples: np.ndarray, times_secs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two masks over the times: within 0.15 s of speech (at most 20 dB below the loud parts), and silence.

    Silence means at least 35 dB below the loud parts for 0.16 s on both sides, because lips move before a word starts and
    after it ends. Times in neither mask are excluded from every measure.
    """
    level = level_db(samples, times_secs)
    loud_db = np.percentile(level, 99)

    def highest_near(radius_secs: float) -> np.ndarray:
        near = np.abs(times_secs[:, None] - times_secs[None, :]) <= radius_secs + 1e-6
        return np.where(near, level[None, :], -np.inf).max(axis=1)

    return highest_near(0.15) > loud_db - 20, highest_near(0.16) < loud_db - 35


def vowel_envelope(samples: np.ndarray, times_secs: np.ndarray) -> np.ndarray:
    """Envelope of the band from 500 to 1500 Hz, smoothed below 6 Hz, at the given times: loud where a vowel is open."""
    from scipy.signal import butter, sosfiltfilt

    band = sosfiltfilt(butter(4, [500, 1500], "bandpass", fs=RATE_HZ, output="sos"), samples)
    smooth = sosfiltfilt(butter(2, 6, "lowpass", fs=RATE_HZ, output="sos"), np.abs(band))
    return np.interp(times_secs, np.arange(smooth.size) / RATE_HZ, smooth)


def lag_secs(late: np.ndarray, reference: np.ndarray, rate_hz: float, limit_secs: float = 0.5) -> float:
    """Delay of `late` behind `reference`, refined by a parabola through the correlation peak."""
    from scipy.signal import correlate, correlation_lags

    late = late - late.mean()
    reference = reference - reference.mean()
    correlation = correlate(late, reference, method="fft")
    lags = correlation_lags(late.size, reference.size)
    near = np.abs(lags) <= limit_secs * rate_hz
    correlation, lags = correlation[near], lags[near]
    peak = int(np.argmax(correlation))
    shift = 0.0
    if 0 < peak < correlation.size - 1:
        before, top, after = correlation[peak - 1 : peak + 2]
        curvature = before - 2 * top + after
        shift = 0.5 * (before - after) / curvature if curvature else 0.0
    return float((lags[peak] + shift) / rate_hz)

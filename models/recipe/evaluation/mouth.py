"""Agreement of mouth and audio: jaw against vowels, lips shut on p, b and m, shut in silence.

The measures take two series at video frame times, so generated motion and a tracked video are measured alike.
"""

from dataclasses import asdict, dataclass

import numpy as np

import sound

# A gap between the inner lips below this share of the face height counts as shut.
SHUT_GAP = 0.01
# Hairline to chin on MediaPipe's canonical face, in motion units of 10 cm: normalises the lip gap of motion.
FACE_HEIGHT = 1.766
BILABIALS = set("pbm")
FRAMES_PER_SECOND = 25.0


@dataclass
class Agreement:
    """Agreement in one recording; None where there is nothing to count."""

    # Best correlation of the jaw with the envelope of 500–1500 Hz while there is speech, and the lag of the jaw behind it.
    jaw_correlation: float | None
    jaw_lag_secs: float | None
    bilabials: int
    bilabials_shut: int
    silent_frames: int
    silent_frames_shut: int
    lip_gap_median: float
    lip_gap_99th: float

    def as_dict(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Phone:
    """A phone and its time, from the start of the recording."""

    symbol: str
    start_secs: float
    end_secs: float


def best_lag(jaw: np.ndarray, envelope: np.ndarray, mask: np.ndarray, limit_frames: int = 5) -> tuple[float, int] | None:
    """Highest correlation over lags within ±`limit_frames`, and its lag: positive if the jaw follows the audio."""
    best = None
    frames = np.arange(jaw.size)
    for lag in range(-limit_frames, limit_frames + 1):
        heard = frames - lag
        valid = (heard >= 0) & (heard < jaw.size)
        valid &= mask[np.clip(heard, 0, jaw.size - 1)]
        moved, loud = jaw[frames[valid]], envelope[heard[valid]]
        if valid.sum() < 15 or moved.std() == 0 or loud.std() == 0:
            continue
        correlation = float(np.corrcoef(moved, loud)[0, 1])
        if best is None or correlation > best[0]:
            best = (correlation, lag)
    return best


def agreement(
    times_secs: np.ndarray, lip_gap: np.ndarray, jaw: np.ndarray, samples: np.ndarray, phones: list[Phone]
) -> Agreement:
    """Measures one recording: `lip_gap` relative to the face height and `jaw` in any unit, at `times_secs`."""
    inside = times_secs < samples.size / sound.RATE_HZ
    times_secs, lip_gap, jaw = times_secs[inside], lip_gap[inside], jaw[inside]
    speech, silence = sound.speech_and_silence(samples, times_secs)
    best = best_lag(jaw, sound.vowel_envelope(samples, times_secs), speech)

    closures = [phone for phone in phones if phone.symbol[:1] in BILABIALS]
    reach = 0.5 / FRAMES_PER_SECOND
    shut = 0
    for phone in closures:
        near = (times_secs >= phone.start_secs - reach) & (times_secs <= phone.end_secs + reach)
        shut += bool(near.any() and lip_gap[near].min() < SHUT_GAP)
    return Agreement(
        jaw_correlation=best[0] if best else None,
        jaw_lag_secs=best[1] / FRAMES_PER_SECOND if best else None,
        bilabials=len(closures),
        bilabials_shut=shut,
        silent_frames=int(silence.sum()),
        silent_frames_shut=int((lip_gap[silence] < SHUT_GAP).sum()),
        lip_gap_median=float(np.median(lip_gap)),
        lip_gap_99th=float(np.percentile(lip_gap, 99)),
    )


def from_motion(mouth_frames: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, lip gap relative to the face height, and jaw from generated mouth frames (n, 4, 3).

    The rows are the mouth corner, upper lip, lower lip and chin; +y is down; zero is the portrait's own shut mouth.
    """
    times_secs = np.arange(len(mouth_frames)) / FRAMES_PER_SECOND
    gap = np.maximum(mouth_frames[:, 2, 1] - mouth_frames[:, 1, 1], 0) / FACE_HEIGHT
    return times_secs, gap, mouth_frames[:, 3, 1]


def together(parts: list[Agreement]) -> dict:
    """Sums of counts and unweighted means of correlations; shares are None when there is nothing to count."""

    def share(part: str, whole: str) -> float | None:
        total = sum(getattr(item, whole) for item in parts)
        return sum(getattr(item, part) for item in parts) / total if total else None

    def mean(name: str) -> float | None:
        values = [getattr(item, name) for item in parts if getattr(item, name) is not None]
        return float(np.mean(values)) if values else None

    return {
        "jaw_correlation": mean("jaw_correlation"),
        "jaw_lag_secs": mean("jaw_lag_secs"),
        "bilabials": sum(item.bilabials for item in parts),
        "bilabials_shut": share("bilabials_shut", "bilabials"),
        "silent_frames": sum(item.silent_frames for item in parts),
        "silence_shut": share("silent_frames_shut", "silent_frames"),
        "lip_gap_median": mean("lip_gap_median"),
        "lip_gap_99th": mean("lip_gap_99th"),
    }

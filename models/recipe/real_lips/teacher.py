"""The motion teacher: from what Whisper's encoder hears to mouth keypoints, learned from people who were filmed.

    teacher.py CLIPS.npz OUT [--ridge 1e3]

CLIPS is what `clips.py` made. A regularised linear map over half a second of features: with few speakers it carries to strangers
better than any network that was tried (docs/experiments.md), because it cannot learn one person by heart. Each person's shut
mouth is taken out before learning (`measures.Neutral`), and so is how far this person moves: what comes out has the spread of the first
person, channel by channel, and OUT/teacher.npz keeps every person's own as `style_<person>`, (12,) standard deviations.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whisper_encoder import FEATURES_PER_SECOND

MOTION_CHANNELS = 12
# Context of one instant, in frames of 20 ms: lips lead the sound, and what follows shapes them more than what was.
LAGS = tuple(range(-10, 15, 3))
COMPONENTS = 128


@dataclass
class Teacher:
    """Whisper's features (frames, 512) at 50 a second -> mouth keypoints (frames, 12) at the same instants."""

    mean: np.ndarray
    basis: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def components(self, features: np.ndarray) -> np.ndarray:
        """(frames, 128): the directions in which speech differs most, of one common scale."""
        return ((features.astype(np.float32) - self.mean) @ self.basis).astype(np.float32)

    def mouth(self, features: np.ndarray) -> np.ndarray:
        return in_context(self.components(features)) @ self.weights + self.bias

    @classmethod
    def load(cls, path: Path) -> "Teacher":
        stored = np.load(path)
        return cls(*(stored[name] for name in ("mean", "basis", "weights", "bias")))


def in_context(components: np.ndarray) -> np.ndarray:
    """(frames, 128) -> (frames, 9 * 128): each frame with its surroundings; the ends are held."""
    at = np.arange(len(components))[:, None] + np.array(LAGS)[None]
    return components[np.clip(at, 0, len(components) - 1)].reshape(len(components), -1)


def at_secs(values: np.ndarray, secs: np.ndarray) -> np.ndarray:
    """Values at 50 a second, between frames (frame j is at j / 50 s)."""
    place = np.clip(secs * FEATURES_PER_SECOND, 0, len(values) - 1)
    below = np.minimum(place.astype(int), len(values) - 1)
    above = np.minimum(below + 1, len(values) - 1)
    share = (place - below)[:, None].astype(np.float32)
    return values[below] * (1 - share) + values[above] * share


def principal_directions(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (512,) and directions (512, 128), scaled by one number so that the components' overall deviation is 1."""
    mean = features.mean(0, dtype=np.float64)
    _, vectors = np.linalg.eigh(np.cov((features - mean).T))
    basis = vectors[:, ::-1][:, :COMPONENTS]
    scale = ((features - mean) @ basis).std()
    return mean.astype(np.float32), (basis / scale).astype(np.float32)


def ridge(rows: np.ndarray, wanted: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias of the least of |rows * W + b - wanted|² + strength * |W|²."""
    row_mean, mean = rows.mean(0, dtype=np.float64), wanted.mean(0, dtype=np.float64)
    centred = rows - row_mean.astype(np.float32)
    normal = (centred.T @ centred).astype(np.float64)
    normal[np.diag_indices_from(normal)] += strength
    weights = np.linalg.solve(normal, (centred.T @ (wanted - mean).astype(np.float32)).astype(np.float64))
    return weights.astype(np.float32), (mean - row_mean @ weights).astype(np.float32)


def spread_ratio(wanted: np.ndarray, there: np.ndarray) -> np.ndarray:
    """`wanted` / `there`; 1 for channels in which nothing moves, as in faces without depth."""
    return np.divide(wanted, there, out=np.ones_like(there), where=there > 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--ridge", type=float, default=1e3)
    args = parser.parse_args()
    clips = np.load(args.clips)
    is_trained = np.repeat(clips["split"] == "train", clips["motion_frames"])
    features, starts = clips["features"], np.concatenate([[0], np.cumsum(clips["feature_frames"])])
    mean, basis = principal_directions(features[::7].astype(np.float32))
    teacher = Teacher(mean, basis, np.zeros(0), np.zeros(0))
    rows = []
    for clip, frames in enumerate(clips["motion_frames"]):
        components = teacher.components(features[starts[clip] : starts[clip + 1]])
        rows.append(at_secs(in_context(components), np.arange(frames) / 25.0))
    rows = np.concatenate(rows)
    motion = clips["motion"].reshape(-1, MOTION_CHANNELS)
    people = np.repeat(clips["person"], clips["motion_frames"])
    styles = {str(person): motion[people == person].std(0) for person in np.unique(people)}
    common = styles[str(clips["person"][0])]
    scaled = motion * np.stack([spread_ratio(common, styles[str(person)]) for person in people]) if len(styles) > 1 else motion
    weights, bias = ridge(rows[is_trained], scaled[is_trained], args.ridge)
    # Least squares is cautious: what comes out moves less than people do. It is brought to their spread.
    made = rows @ weights + bias
    gain = spread_ratio(scaled[is_trained].std(0), made[is_trained].std(0))
    middle = scaled[is_trained].mean(0)
    args.out.mkdir(parents=True, exist_ok=True)
    np.savez(args.out / "teacher.npz", mean=mean, basis=basis, weights=weights * gain, bias=(bias - middle) * gain + middle,
             **{f"style_{person}": style for person, style in styles.items()})
    held = ~is_trained
    for name, channel in (("mouth corner, x", 0), ("upper lip, y", 4), ("lower lip, y", 7), ("chin, y", 10)):
        print(f"{name}: r {np.corrcoef(made[held, channel], scaled[held, channel])[0, 1]:.3f} on held-out clips")


if __name__ == "__main__":
    main()

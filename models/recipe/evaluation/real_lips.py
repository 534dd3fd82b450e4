#!/usr/bin/env python3
"""How the mouth that the product makes from a recording follows the filmed lips of the very person who speaks.

    real_lips.py CLIPS OUT [--models DIR]

CLIPS is a folder of videos of people who talk, with their own sound: people who are in no training set, one video a clip, at least two seconds
each. Judged is the movement that `jam-flow animate` makes of the sound alone, before any drawing. The lips are those that MediaPipe's
face landmarker sees in the film, each frame on its own. Printed for each clip and in the mean:

* r of the lip opening and of the mouth's width, at the best shift within 0.16 s, and that shift (positive: made lips come later);
* speed of the opening, made and filmed: 50th, 95th and 99th percentile, in parts of the face's height a second;
* openings and closings that last a single frame, a minute, made and filmed.

Writes OUT/real_lips.json. ffmpeg has to be there.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import product
from tracking import FACE_HEIGHT_FACTOR, FACE_HEIGHT_POINTS, INNER_LIP_PAIRS, faces

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from project import program

FRAMES_PER_SECOND = 25.0
CORNERS = (61, 291)
# The largest shift between sound and picture that a clip may have, frames.
LARGEST_SHIFT = 4
VIDEOS = (".mp4", ".mov", ".mkv", ".avi", ".mpg", ".webm")
# The opening that parts open from shut, parts of the face's height, and the height of a face in canonical units.
SHUT, FACE_HEIGHT = 0.012, 1.69
CORNER, UPPER_LIP, LOWER_LIP = 0, 1, 2


@dataclass
class Lips:
    """Opening and width over the height of the face, 25 a second; NaN where no face was found."""

    opening: np.ndarray
    width: np.ndarray


@dataclass
class Agreement:
    """One clip."""

    opening_r: float
    width_r: float
    shift_secs: float
    speed_made: list[float]
    speed_filmed: list[float]
    flashes_made: float
    flashes_filmed: float


def filmed_lips(video: Path) -> Lips:
    """What the film shows, brought to 25 frames a second by time: frame i at i / 25 s."""
    rows = []
    for time_secs, points, _ in faces(video):
        if points is None:
            rows.append((time_secs, np.nan, np.nan))
            continue
        height = FACE_HEIGHT_FACTOR * np.linalg.norm(np.subtract(*points[list(FACE_HEIGHT_POINTS)]))
        gap = np.mean([np.linalg.norm(points[upper] - points[lower]) for upper, lower in INNER_LIP_PAIRS])
        rows.append((time_secs, gap / height, np.linalg.norm(np.subtract(*points[list(CORNERS)])) / height))
    times, opening, width = np.array(rows).T
    # A frame is seen at its middle.
    times = times + 0.5 * float(np.median(np.diff(times)))
    wanted = np.arange(int(times[-1] * FRAMES_PER_SECOND)) / FRAMES_PER_SECOND
    found = np.isfinite(opening)
    return Lips(np.interp(wanted, times[found], opening[found]), np.interp(wanted, times[found], width[found]))


def made_lips(mouth: np.ndarray) -> Lips:
    """The same of mouth frames (n, 4, 3)."""
    return Lips((mouth[:, LOWER_LIP, 1] - mouth[:, UPPER_LIP, 1]) / FACE_HEIGHT, 2 * mouth[:, CORNER, 0] / FACE_HEIGHT)


def best_r(made: np.ndarray, filmed: np.ndarray) -> tuple[float, int]:
    """Pearson's r at the best shift, and the shift in frames (positive: what was made comes later)."""
    best = (-1.0, 0)
    for shift in range(-LARGEST_SHIFT, LARGEST_SHIFT + 1):
        a, b = made[max(0, shift) :], filmed[max(0, -shift) :]
        count = min(len(a), len(b))
        if count > 10 and a[:count].std() > 0:
            best = max(best, (float(np.corrcoef(a[:count], b[:count])[0, 1]), shift))
    return best


def speeds(opening: np.ndarray) -> list[float]:
    """50th, 95th and 99th percentile, parts of the face's height a second."""
    return np.percentile(np.abs(np.diff(opening)) * FRAMES_PER_SECOND, [50, 95, 99]).round(4).tolist()


def flashes(opening: np.ndarray) -> float:
    """Openings and closings of one frame, a minute."""
    is_open = opening > SHUT
    single = (is_open[1:-1] != is_open[:-2]) & (is_open[1:-1] != is_open[2:])
    return 60 * FRAMES_PER_SECOND * float(single.mean())


def agreement(made: Lips, filmed: Lips) -> Agreement:
    """One clip judged."""
    opening_r, shift = best_r(made.opening, filmed.opening)
    width_r, _ = best_r(made.width, filmed.width)
    return Agreement(opening_r, width_r, shift / FRAMES_PER_SECOND, speeds(made.opening), speeds(filmed.opening), flashes(made.opening),
                     flashes(filmed.opening))


def made_from(video: Path, out: Path, models: Path) -> np.ndarray:
    """(frames, 4, 3): what the product makes of a video's sound."""
    sound, motion = out / f"{video.stem}.wav", out / f"{video.stem}.json"
    if not motion.exists():
        subprocess.run(["ffmpeg", "-y", "-v", "error", "-i", video, "-vn", "-ac", "1", "-ar", "24000", sound], check=True)
        made = [program("jam-flow"), "--models", models, "animate", "--audio", sound, "--liveliness", "0", "--motion-output", motion]
        subprocess.run([*made, "--size", "64", "--output", out / "unused.mp4"], check=True, capture_output=True)
    return product.motion_file_mouth(motion)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--models", type=Path, default=product.PROJECT / "models")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    rows = {}
    for video in sorted(path for path in args.clips.rglob("*") if path.suffix.lower() in VIDEOS):
        cache = args.out / f"{video.stem}.filmed.npz"
        if not cache.exists():
            np.savez(cache, **asdict(filmed_lips(video)))
        row = agreement(made_lips(made_from(video, args.out, args.models)), Lips(**np.load(cache)))
        rows[video.stem] = row
        print(f"{video.stem:24} opening {row.opening_r:5.2f}  width {row.width_r:5.2f}  shift {row.shift_secs:+.2f} s", flush=True)
    if not rows:
        raise SystemExit(f"no video in {args.clips}")
    means = {name: np.mean([getattr(row, name) for row in rows.values()], 0).round(3).tolist() for name in Agreement.__dataclass_fields__}
    means["shift_secs"] = float(np.median([row.shift_secs for row in rows.values()]))
    print(json.dumps(means, indent=1))
    (args.out / "real_lips.json").write_text(json.dumps({"mean": means, **{name: asdict(row) for name, row in rows.items()}}, indent=1))


if __name__ == "__main__":
    main()

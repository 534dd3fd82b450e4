#!/usr/bin/env python3
"""How near the renderer comes to film: a clip's own first frame, moved as the clip's face moves, against the filmed frames.

    reenactment.py OUT CLIP... [--models DIR] [--program FILE] [--against FILE [--against-models DIR]] [--sheets N]
                               [--secs N] [--side-px N] [--every N]

Each clip of a talking face is followed with `jam-flow track`, and its first frame is driven with that motion by `jam-flow animate` at
the picture's own size. The same is measured for "still": the first frame, in which nothing moves. --against names a second program,
such as a build of an earlier revision, which draws the same clip in the same run: the same motion, or, with --against-models, the motion
that it follows with its own face rig.

Measured in each frame, after the drawn face was laid over the filmed one by eyes and nose (a similarity), so that the head's place does
not decide about the mouth:

  lip SSIM, lip PSNR    in the box around the filmed lips and a third of its size around them
  face SSIM, face PSNR  in the box around the filmed face
  lip error, face error mean distance of MediaPipe's landmarks (lips; all but the iris), percent of the distance between the eyes

A clip is cut to its first --secs and to a square around the face of its first frame, of at most --side-px: nothing is enlarged, and a
clip takes seconds. One frame in --every is measured. A clip is left out, with the reason, if the product cannot take its first frame or
MediaPipe sees no face there. Frames are compared as PNGs, before any video codec.

Writes OUT/reenactment.json after each clip, and goes on from it: clips that are in it are not measured again. For the first N clips,
OUT/CLIP.png shows filmed, drawn and, with --against, the other program's frames one above the other, eight mouths of each, spread over
their opening. Needs ffmpeg and the groups evaluation and evaluation-data of pyproject.toml.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

import tracking

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from project import PROJECT, program

LIPS = sorted({61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409,
               78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415})
# Eye corners, bridge and wings of the nose: what the mouth does not move.
STEADY = [33, 133, 362, 263, 168, 6, 197, 195, 98, 327]
EYES = (33, 263)
FACE_POINTS = 468
UPPER_LIP, LOWER_LIP, CHIN = 17, 19, 20
# Part of the gap between parted lips that the upper one comes down where the renderer shuts them: shaders/src/mesh/mouth/shut.rs.
UPPER_PART = 0.3
MEASURES = ("lip SSIM", "lip PSNR", "face SSIM", "face PSNR", "lip error", "face error")
# Whether more of it is better.
MORE_IS_BETTER = (True, True, True, True, False, False)
SHEET_COLUMNS, SHEET_MOUTH_PX = 8, 256
# Side of the square that is cut out, in sizes of the face.
SURROUNDINGS = 2.1


def run(*command) -> str | None:
    """The last line of what went wrong, if anything did."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["failed"])[-1]


def pictures(folder: Path) -> list[np.ndarray]:
    import cv2

    return [cv2.imread(str(path)) for path in sorted(folder.glob("*.png"))]


def landmarks(frames: list[np.ndarray], tracker) -> list[np.ndarray | None]:
    """478 points of each frame in pixels, None where no face is seen."""
    import cv2
    import mediapipe

    found = []
    for frame in frames:
        rgb = np.ascontiguousarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
        result = tracker.detect(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb))
        size = np.array([rgb.shape[1], rgb.shape[0]])
        faces = result.face_landmarks
        found.append(np.array([(point.x, point.y) for point in faces[0]]) * size if faces else None)
    return found


def rotation(pose: dict[str, float]) -> np.ndarray:
    """As `HeadPose::rotation` of the engine."""
    (sp, cp), (sy, cy), (sr, cr) = ((np.sin(pose[axis]), np.cos(pose[axis])) for axis in ("pitch", "yaw", "roll"))
    inner = np.array([[cy, -sy * sp, -sy * cp], [0, cp, -sp], [sy, cy * sp, cy * cp]])
    return np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]]) @ inner


def from_first_frame(tracked: Path, driver: Path) -> None:
    """The same motion counted from the clip's first frame: as the picture shows it, but with its lips shut, as the product shuts them."""
    motion = json.loads(tracked.read_text(encoding="utf-8"))
    first = motion["frames"][0]
    back = rotation(first["pose"]).T
    start = np.array(first["expression"])
    open_by = max(start[LOWER_LIP, 1] - start[UPPER_LIP, 1], 0)
    start[UPPER_LIP, 1] += UPPER_PART * open_by
    start[[LOWER_LIP, CHIN], 1] -= (1 - UPPER_PART) * open_by
    lids = [11, 15]
    start[lids] = np.minimum(start[lids], 0)
    for frame in motion["frames"]:
        turn = rotation(frame["pose"]) @ back
        frame["pose"] = {
            "pitch": float(np.arctan2(turn[2, 1], turn[2, 2])),
            "yaw": float(np.arcsin(np.clip(turn[2, 0], -1, 1))),
            "roll": float(np.arctan2(turn[1, 0], turn[0, 0])),
        }
        frame["scale"] /= first["scale"] if frame is not first else 1.0
        frame["translation"] = [now - before for now, before in zip(frame["translation"], first["translation"])] if frame is not first else [0.0] * 3
        frame["expression"] = (np.array(frame["expression"]) - start).tolist()
    first["scale"] = 1.0
    motion["zero"] = "portrait"
    driver.write_text(json.dumps(motion), encoding="utf-8")


def ssim(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Structural similarity of two grey pictures, pixel by pixel (Wang et al. 2004: 11 x 11 Gaussian of 1.5)."""
    import cv2

    blur = lambda picture: cv2.GaussianBlur(picture, (11, 11), 1.5)
    mean_one, mean_other = blur(one), blur(other)
    var_one = blur(one * one) - mean_one**2
    var_other = blur(other * other) - mean_other**2
    both = blur(one * other) - mean_one * mean_other
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return ((2 * mean_one * mean_other + c1) * (2 * both + c2)) / ((mean_one**2 + mean_other**2 + c1) * (var_one + var_other + c2))


def box(points: np.ndarray, around: float, size: tuple[int, int]) -> tuple[slice, slice]:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = (high - low).max() * around
    (left, top), (right, bottom) = np.floor(low - margin).astype(int), np.ceil(high + margin).astype(int)
    return slice(max(top, 0), min(bottom, size[0])), slice(max(left, 0), min(right, size[1]))


def laid_over(drawn: np.ndarray, points: np.ndarray, filmed_points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The drawn frame and its landmarks, brought onto the filmed face by what the mouth does not move."""
    import cv2

    move, _ = cv2.estimateAffinePartial2D(points[STEADY], filmed_points[STEADY], method=cv2.LMEDS)
    height, width = drawn.shape[:2]
    moved = cv2.warpAffine(drawn, move, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return moved, points @ move[:, :2].T + move[:, 2]


def measure(filmed: np.ndarray, filmed_points: np.ndarray, drawn: np.ndarray, points: np.ndarray) -> list[float]:
    """MEASURES of one frame; `drawn` and `points` already lie over the filmed face."""
    import cv2

    size = filmed.shape[:2]
    grey = [cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32) for picture in (filmed, drawn)]
    similarity = ssim(*grey)
    squared = (filmed.astype(np.float32) - drawn.astype(np.float32)) ** 2
    values = []
    for part in (box(filmed_points[LIPS], 1 / 3, size), box(filmed_points[:FACE_POINTS], 0, size)):
        values += [float(similarity[part].mean()), float(10 * np.log10(255**2 / max(squared[part].mean(), 1e-3)))]
    between_eyes = np.linalg.norm(np.subtract(*filmed_points[list(EYES)]))
    apart = 100 * np.linalg.norm(filmed_points - points, axis=1) / between_eyes
    return values + [float(apart[LIPS].mean()), float(apart[:FACE_POINTS].mean())]


def mouth(frame: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The mouth of a frame, enlarged for a sheet."""
    import cv2

    middle, side = points[LIPS].mean(axis=0), 0.95 * np.linalg.norm(np.subtract(*points[list(EYES)]))
    scale = SHEET_MOUTH_PX / side
    move = np.array([[scale, 0, SHEET_MOUTH_PX / 2 - scale * middle[0]], [0, scale, SHEET_MOUTH_PX / 2 - scale * middle[1]]])
    return cv2.warpAffine(frame, move, (SHEET_MOUTH_PX, SHEET_MOUTH_PX), flags=cv2.INTER_CUBIC)


def cut(path: Path, secs: float, side_px: int, to: Path, tracker) -> str | None:
    """Writes the beginning of a clip, cut out around its face; what went wrong, if anything did."""
    import cv2

    film = cv2.VideoCapture(str(path))
    read, first = film.read()
    if not read:
        return "cannot be read"
    (points,) = landmarks([first], tracker)
    if points is None:
        return "MediaPipe sees no face in the first frame"
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.array(first.shape[1::-1])
    side = int(min(SURROUNDINGS * (high - low).max(), size.min()))
    left, top = np.clip((low + high) / 2 - side / 2, 0, size - side).astype(int)
    small = min(side, side_px) & ~1
    shape = f"crop={side}:{side}:{left}:{top},scale={small}:{small}:flags=area"
    return run("ffmpeg", "-v", "error", "-y", "-i", path, "-t", secs, "-r", "25", "-an", "-vf", shape, "-crf", "10", "-pix_fmt", "yuv420p", to)


class Clip:
    """A clip that is measured: its frames, where the face is in them, and what the programs make of its first frame."""

    def __init__(self, path: Path, out: Path, programs: dict[str, tuple[Path, Path]], secs: float, side_px: int, every: int, tracker):
        """`programs` are programs with their models, by name; one that has the first one's models draws the first one's motion."""
        self.name = path.stem
        work = out / self.name
        shutil.rmtree(work, ignore_errors=True)
        (work / "filmed").mkdir(parents=True)
        clip = work / "cut.mp4"
        self.problem = cut(path, secs, side_px, clip, tracker)
        self.problem = self.problem or run("ffmpeg", "-v", "error", "-i", clip, "-pix_fmt", "rgb24", work / "filmed" / "%05d.png")
        if self.problem:
            return
        self.filmed = pictures(work / "filmed")[::every]
        self.points = landmarks(self.filmed, tracker)
        if self.points[0] is None:
            self.problem = "MediaPipe sees no face in the first frame"
            return
        drivers = {}
        for name, (file, models) in programs.items():
            if models not in drivers:
                tracked, drivers[models] = work / f"{name}-tracked.json", work / f"{name}-driver.json"
                self.problem = run(file, "--models", models, "track", clip, "--output", tracked)
                if self.problem:
                    return
                from_first_frame(tracked, drivers[models])
        self.drawn = {}
        first = work / "filmed" / "00001.png"
        everything = ["--drive", "head,eyes,brows,mouth", "--drive-mode", "absolute", "--liveliness", "0", "--size", "picture"]
        for name, (file, models) in programs.items():
            folder = work / name
            self.problem = run(file, "--models", models, "animate", "--driver", drivers[models], "--portrait", first, *everything, "--output", folder)
            if self.problem:
                return
            self.drawn[name] = pictures(folder)[::every]
        self.drawn["still"] = [self.filmed[0]] * len(self.filmed)
        shutil.rmtree(work, ignore_errors=True)

    def measured(self, tracker) -> dict[str, list[float]]:
        """Means over the frames in which a face is seen, by who drew them."""
        means, self.placed = {}, {}
        for name, drawn in self.drawn.items():
            seen = [self.points[0]] * len(drawn) if name == "still" else landmarks(drawn, tracker)
            rows, self.placed[name] = [], {}
            for index, (filmed, filmed_points, frame, points) in enumerate(zip(self.filmed, self.points, drawn, seen)):
                if filmed_points is not None and points is not None:
                    frame, points = laid_over(frame, points, filmed_points)
                    self.placed[name][index] = frame
                    rows.append(measure(filmed, filmed_points, frame, points))
            means[name] = np.mean(rows, axis=0).tolist()
        return means

    def sheet(self, path: Path) -> None:
        """Mouths from shut to wide open: filmed above, then whoever drew them."""
        import cv2

        gap = lambda points: np.mean([np.linalg.norm(points[upper] - points[lower]) for upper, lower in tracking.INNER_LIP_PAIRS])
        drawers = [name for name in self.placed if name != "still"]
        usable = [index for index, points in enumerate(self.points) if points is not None and all(index in self.placed[name] for name in drawers)]
        by_gap = sorted(usable, key=lambda index: gap(self.points[index]))
        chosen = [by_gap[int(place)] for place in np.linspace(0, len(by_gap) - 1, SHEET_COLUMNS)]
        rows = [[mouth(self.filmed[index], self.points[index]) for index in chosen]]
        rows += [[mouth(self.placed[name][index], self.points[index]) for index in chosen] for name in drawers]
        cv2.imwrite(str(path), np.vstack([np.hstack(row) for row in rows]))


def table(results: dict[str, dict[str, list[float]]]) -> list[str]:
    """Rows of a table in Markdown: means over the clips, and on how many of them the newest program is better than the others."""
    names = list(next(iter(results.values())))
    values = {name: np.array([clip[name] for clip in results.values()]) for name in names}
    lines = ["| drawn by | " + " | ".join(MEASURES) + " |", "| --- " * (len(MEASURES) + 1) + "|"]
    for name in names:
        means = enumerate(values[name].mean(axis=0))
        lines.append(f"| {name} | " + " | ".join(f"{value:.3f}" if column in (0, 2) else f"{value:.2f}" for column, value in means) + " |")
    for other in names[1:]:
        better = np.where(MORE_IS_BETTER, values[names[0]] > values[other], values[names[0]] < values[other]).mean(axis=0)
        lines.append(f"| clips better than {other} | " + " | ".join(f"{100 * share:.0f} %" for share in better) + " |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--models", type=Path, default=PROJECT / "models")
    parser.add_argument("--program", type=Path, help="in place of building it")
    parser.add_argument("--against", type=Path, help="another build that draws the same motion")
    parser.add_argument("--against-models", type=Path, metavar="DIR", help="models of the other build, if it has its own")
    parser.add_argument("--sheets", type=int, default=6, metavar="N")
    parser.add_argument("--secs", type=float, default=1.6)
    parser.add_argument("--side-px", type=int, default=384)
    parser.add_argument("--every", type=int, default=2)
    arguments = parser.parse_args()
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    programs = {"drawn": (arguments.program or program("jam-flow"), arguments.models)}
    if arguments.against:
        programs["against"] = (arguments.against, arguments.against_models or arguments.models)
    written = out / "reenactment.json"
    before = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {"clips": {}, "left_out": {}}
    results, left_out = before["clips"], before["left_out"]
    with tracking.landmarker() as tracker:
        for path in arguments.clips:
            if path.stem in results or path.stem in left_out:
                continue
            clip = Clip(path, out, programs, arguments.secs, arguments.side_px, arguments.every, tracker)
            if clip.problem:
                left_out[clip.name] = clip.problem
            else:
                results[clip.name] = clip.measured(tracker)
                if len(results) <= arguments.sheets:
                    clip.sheet(out / f"{clip.name}.png")
                print(clip.name, {name: [round(value, 3) for value in values] for name, values in results[clip.name].items()}, file=sys.stderr, flush=True)
            written.write_text(json.dumps({"measures": MEASURES, "clips": results, "left_out": left_out}, indent=1), encoding="utf-8")
    for name, problem in left_out.items():
        print(f"left out: {name}: {problem}")
    if not results:
        raise SystemExit("no clip could be measured")
    print("\n".join(table(results)))


if __name__ == "__main__":
    main()

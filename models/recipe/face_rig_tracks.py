"""Faces of people who talk, as displacements of the canonical face: what the shapes of a modelled head do not know about cheeks, chin and
the skin around a mouth.

    face_rig_tracks.py OUT.npz FOLDER [--clips 140]     follows videos below FOLDER with MediaPipe's face landmarker

Writes `points` (frames, 478, 3), pixels in MediaPipe's axes, and `frames`, how many of them each video has; NaN where no face was found.
The shipped rig was made from 140 clips of speaker 1 of the GRID corpus (Cooke, Barker, Cunningham and Shao 2006; CC BY 4.0), see
real_lips/clips.py. A folder without videos gives a file without frames, with which the rig knows the modelled shapes alone.
"""
import argparse
import sys
from pathlib import Path

import numpy as np

VIDEOS = (".mpg", ".mp4", ".mov", ".avi", ".mkv", ".webm")
# Pairs of points on the upper and lower inner lip, whose distance is the opening of the mouth.
LIP_PAIRS = [(82, 87), (13, 14), (312, 317)]
# This part of the frames, those with the least opening, is the shut mouth.
SHUT_PART = 0.15
TO_RIG = np.array([1, -1, -1])  # MediaPipe's y points down and z into the picture, the rig's up and out of it


def placed(points, canonical, rigid):
    """Landmarks (468, 3) of one frame, turned and scaled onto the canonical face by its rigid points."""
    found, wanted = points[rigid], canonical[rigid]
    centre, target = found.mean(0), wanted.mean(0)
    left, values, right = np.linalg.svd((wanted - target).T @ (found - centre))
    signs = np.array([1, 1, np.sign(np.linalg.det(left @ right))])
    scale = (values * signs).sum() / ((found - centre) ** 2).sum()
    return target + scale * (points - centre) @ (left * signs @ right).T


def filmed_poses(path, canonical, rigid):
    """-> displacements (n, 468, 3) from the shut mouth, cm, of every frame in which a face was found; none without a file"""
    stored = np.load(path)["points"] if path else np.zeros((0, 478, 3))
    points = stored[np.isfinite(stored).all((1, 2)), :468].astype(float) * TO_RIG
    if not len(points):
        return points
    poses = np.array([placed(frame, canonical, rigid) for frame in points])
    opening = np.mean([poses[:, upper, 1] - poses[:, lower, 1] for upper, lower in LIP_PAIRS], axis=0)
    return poses - poses[opening <= np.quantile(opening, SHUT_PART)].mean(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, default=140, help="so many of them, spread evenly")
    arguments = parser.parse_args()
    videos = sorted(path for path in arguments.folder.rglob("*") if path.suffix.lower() in VIDEOS)
    videos = videos[:: max(len(videos) // arguments.clips, 1)][: arguments.clips]
    points, lengths = [], []
    if videos:
        sys.path.insert(0, str(Path(__file__).resolve().parent / "evaluation"))
        import tracking
    for video in videos:
        seen = [np.full((478, 3), np.nan) if found is None else found for _, found, _ in tracking.faces(video)]
        points += seen
        lengths.append(len(seen))
    np.savez_compressed(arguments.out, points=np.array(points, np.float32).reshape(-1, 478, 3), frames=np.array(lengths, int))
    print(f"{arguments.out}: {len(points)} frames of {len(videos)} videos")


if __name__ == "__main__":
    main()

"""Landmarks of filmed faces to the product's mouth keypoints.

The numbers are those of the product's own tracker (engine: `tracking/measure.rs`, `tracking/neutral.rs`): a rigid fit of the
canonical face takes pose and size out, regularised least squares over the face rig's linear map gives the keypoints' deltas, and
the gap between the lips is measured between the lips themselves. Here the same is done for many frames at once, and for tracks
that hold only part of the 478 landmarks.

Axes and units are those of the product: x to the picture's right, y down, z into the picture, canonical units of 10 cm.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d
from safetensors.numpy import load_file

FACE_VERTICES = 468
KEYPOINTS = 21
# Mouth corner (at the picture's right), upper lip, lower lip, chin: what the Motion-DiT generates.
MOUTH_KEYPOINTS = (14, 17, 19, 20)
UPPER_LIP, LOWER_LIP, CHIN = 17, 19, 20
LIP_PAIRS = ((82, 87), (13, 14), (312, 317))
CORNERS = (61, 291)
BROWS = (70, 63, 105, 66, 107, 46, 53, 52, 65, 55, 300, 293, 334, 296, 336, 276, 283, 282, 295, 285)
CHIN_POINTS = (152, 148, 377)

# Weights of the fit, as in the product's tracker.
LIP_WEIGHT, BROW_WEIGHT, OUTLINE_WEIGHT, DEPTH_WEIGHT = 4.0, 3.0, 0.2, 0.25
KEYPOINT_WEIGHT, RIDGE = 1.5, 0.05
# Share of the frames with the smallest lip gap: their mouth is the neutral one.
SHUT_SHARE = 0.12
# Lips whose inner edges the landmarks place this far apart touch; gaps below the second value are jitter. Canonical units.
TOUCHING, JITTER = 0.010, 0.007
# Share of a gap that the upper lip covers.
UPPER_SHARE = 0.3
# Standard deviation of the smoothing in time, frames at 25 a second, of keypoints and of the lip gap.
KEYPOINT_SMOOTHING, GAP_SMOOTHING = 0.6, 0.5


@dataclass
class Measured:
    """One clip. NaN where no face was found."""

    # (frames, 21, 3) deltas against the canonical face, and (frames,) distance of the inner lips.
    keypoints: np.ndarray
    lip_gap: np.ndarray
    # (frames, 468 or fewer, 3) landmarks in the head's own frame.
    points: np.ndarray
    # (frames, 3) pitch, yaw, roll in radians.
    pose: np.ndarray


class Measurer:
    """`index`: MediaPipe's number of each point of the tracks."""

    def __init__(self, rig: Path, index=range(478)):
        tensors = load_file(rig)
        self.canonical = tensors["canonical_vertices"].astype(np.float64)
        columns = {int(number): column for column, number in enumerate(index)}
        self.vertices = np.array([v for v in range(FACE_VERTICES) if v in columns])
        self.columns = np.array([columns[v] for v in self.vertices])
        rigid = [int(v) for v in tensors["rigid_points"] if int(v) in columns]
        self.rigid, self.rigid_columns = np.array(rigid), np.array([columns[v] for v in rigid])
        place = {int(v): i for i, v in enumerate(self.vertices)}
        self.lip_pairs = np.array([[place[a], place[b]] for a, b in LIP_PAIRS])
        self.corners = np.array([place[v] for v in CORNERS])

        maps = tensors["displacement_map"].astype(np.float64).reshape(3 * KEYPOINTS, FACE_VERTICES, 3)
        moved = maps[3 * LOWER_LIP + 1]
        self.lip_gain = max(sum(moved[b, 1] - moved[a, 1] for a, b in LIP_PAIRS), 1.0)
        self.solver = self._solver(maps, tensors, place)

    def _solver(self, maps, tensors, place):
        """(63, 3·points): displacement of the points to deltas of the keypoints."""
        weights = np.ones(FACE_VERTICES)
        weights[tensors["face_oval"]] = OUTLINE_WEIGHT
        weights[list(BROWS)] = BROW_WEIGHT
        weights[tensors["lips_outer"]] = LIP_WEIGHT
        weights[tensors["lips_inner"]] = LIP_WEIGHT
        weights[list(CHIN_POINTS)] = 1.0
        weights = (weights[self.vertices, None] * np.array([1.0, 1.0, DEPTH_WEIGHT])).reshape(-1)
        rows = maps[:, self.vertices].reshape(3 * KEYPOINTS, -1)
        normal = (rows * weights) @ rows.T + RIDGE * np.eye(3 * KEYPOINTS)
        right = rows * weights
        for keypoint, vertex in enumerate(tensors["keypoint_vertices"].tolist()):
            if vertex in place:
                for axis in range(3):
                    row = 3 * keypoint + axis
                    normal[row, row] += KEYPOINT_WEIGHT
                    right[row, 3 * place[vertex] + axis] += KEYPOINT_WEIGHT
        return np.linalg.solve(normal, right)

    def measure(self, points: np.ndarray) -> Measured:
        """(frames, points, 3) in pixels, x right, y down, z into the picture."""
        points = points.astype(np.float64)
        rotation, scale, shift = similarity(self.canonical[self.rigid], points[:, self.rigid_columns])
        unposed = np.einsum("fji,fpj->fpi", rotation, (points[:, self.columns] - shift[:, None]) / scale[:, None, None])
        displacement = (unposed - self.canonical[self.vertices]).reshape(len(points), -1)
        keypoints = (displacement @ self.solver.T).reshape(-1, KEYPOINTS, 3)
        gap = sum(unposed[:, b, 1] - unposed[:, a, 1] for a, b in self.lip_pairs) / self.lip_gain
        pose = np.stack([np.arctan2(rotation[:, 2, 1], rotation[:, 2, 2]), np.arcsin(np.clip(rotation[:, 2, 0], -1, 1)),
                         np.arctan2(rotation[:, 1, 0], rotation[:, 0, 0])], 1)
        return Measured(keypoints, gap, unposed, pose)


def similarity(canonical: np.ndarray, points: np.ndarray):
    """Rotation (f, 3, 3), scale (f,) and shift (f, 3) that bring `canonical` (p, 3) closest to `points` (f, p, 3): Umeyama (1991)."""
    mean_c, mean_p = canonical.mean(0), points.mean(1)
    centred = canonical - mean_c
    covariance = np.einsum("fpi,pj->fij", points - mean_p[:, None], centred) / len(canonical)
    good = np.isfinite(covariance).all((1, 2))
    u, s, vt = np.linalg.svd(np.where(good[:, None, None], covariance, np.eye(3)))
    sign = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    diagonal = np.stack([np.ones_like(sign), np.ones_like(sign), sign], 1)
    rotation = np.einsum("fij,fj,fjk->fik", u, diagonal, vt)
    scale = (s * diagonal).sum(1) / (centred**2).sum(1).mean()
    shift = mean_p - scale[:, None] * np.einsum("fij,j->fi", rotation, mean_c)
    rotation[~good] = np.nan
    return rotation, scale, shift


def at_times(values: np.ndarray, times_secs: np.ndarray, wanted_secs: np.ndarray) -> np.ndarray:
    """Cubic interpolation in time of (frames, …); what lies between two good frames is bridged, the ends are held."""
    from scipy.interpolate import CubicSpline

    flat = values.reshape(len(values), -1)
    good = np.isfinite(flat).all(1)
    if good.sum() < 4:
        return np.full((len(wanted_secs), *values.shape[1:]), np.nan)
    at = np.clip(wanted_secs, times_secs[good][0], times_secs[good][-1])
    return CubicSpline(times_secs[good], flat[good])(at).reshape(len(wanted_secs), *values.shape[1:])


def calmed(measured: Measured) -> Measured:
    """The tracker's jitter smoothed as in the product."""
    return Measured(gaussian_filter1d(measured.keypoints, KEYPOINT_SMOOTHING, axis=0, mode="nearest"),
                    gaussian_filter1d(measured.lip_gap, GAP_SMOOTHING, mode="nearest"), measured.points, measured.pose)


@dataclass
class Neutral:
    """The shut mouth of one person: keypoints (4, 3) and the gap that the tracker sees between lips that touch."""

    keypoints: np.ndarray
    lip_gap: float

    @classmethod
    def of(cls, clips: list[Measured]) -> "Neutral":
        """The median over the frames whose lips are closest together, in all clips of one person."""
        gap = np.concatenate([clip.lip_gap for clip in clips])
        mouths = np.concatenate([clip.keypoints[:, MOUTH_KEYPOINTS] for clip in clips])
        shut = gap <= np.nanquantile(gap, SHUT_SHARE)
        return cls(np.median(mouths[shut], 0), float(np.median(gap[shut])))

    def mouth(self, clip: Measured) -> np.ndarray:
        """(frames, 4, 3) deltas of the mouth keypoints against the shut mouth, the lips apart by what is seen between them."""
        mouth = clip.keypoints[:, MOUTH_KEYPOINTS] - self.keypoints
        upper, lower, chin = 1, 2, 3
        open_lips = max(self.lip_gap - TOUCHING, 0.0)
        mouth[:, upper, 1] -= UPPER_SHARE * open_lips
        mouth[:, lower, 1] += (1 - UPPER_SHARE) * open_lips
        mouth[:, chin, 1] += (1 - UPPER_SHARE) * open_lips
        wanted = np.maximum(clip.lip_gap - self.lip_gap + open_lips - JITTER, 0.0)
        lacking = wanted - (mouth[:, lower, 1] - mouth[:, upper, 1])
        mouth[:, upper, 1] -= UPPER_SHARE * lacking
        mouth[:, lower, 1] += (1 - UPPER_SHARE) * lacking
        return mouth

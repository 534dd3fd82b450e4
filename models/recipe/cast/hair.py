"""Strands of hair, brows, lashes and beard on a head: roots and shape. Lengths are cm, as in head.py."""
import numpy as np
from scipy.spatial import cKDTree

STEPS = 12  # points along a strand
# The hairline: its height by the direction from the middle of the skull, 0 degrees to the front, 180 to the back.
HAIRLINE_DEG = [0, 22, 40, 55, 66, 76, 84, 92, 112, 122, 135, 180]
HAIRLINE_CM = [6.9, 6.7, 5.7, 3.9, 2.0, -0.6, -1.8, 0.6, -0.6, -3.5, -6.5, -8.0]
SKULL_Z_CM = -6.0


def smoothstep(low, high, value):
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


class Surface:
    """The skin that hair grows from and lies on."""

    def __init__(self, vertices, triangles):
        self.vertices, self.triangles = vertices, triangles
        corners = vertices[triangles]
        crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        self.areas = np.linalg.norm(crossed, axis=1) / 2
        normals = np.zeros_like(vertices)
        for corner in range(3):
            np.add.at(normals, triangles[:, corner], crossed)
        self.normals = normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12)
        self.tree = cKDTree(vertices)

    def roots(self, weight, count, random):
        """`count` random points on the skin, with the density of the vertex weights -> points, normals"""
        chance = self.areas * weight[self.triangles].mean(1)
        chosen = random.choice(len(self.triangles), count, p=chance / chance.sum())
        first, second = random.random((2, count))
        flip = first + second > 1
        first[flip], second[flip] = 1 - first[flip], 1 - second[flip]
        shares = np.stack([1 - first - second, first, second], 1)[:, :, None]
        corners = self.triangles[chosen]
        normals = (self.normals[corners] * shares).sum(1)
        return (self.vertices[corners] * shares).sum(1), normals / np.linalg.norm(normals, axis=1, keepdims=True)

    def pushed_out(self, points, clearance, hugs_above_cm=np.inf):
        """Points moved out to their clearance from the skin, and above a height exactly to it."""
        _, nearest = self.tree.query(points)
        height = ((points - self.vertices[nearest]) * self.normals[nearest]).sum(1)
        missing = clearance - height
        missing = np.where(points[:, 1] > hugs_above_cm, missing, np.clip(missing, 0, None))
        return points + self.normals[nearest] * missing[:, None], self.normals[nearest]


def unit(vectors):
    return vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9)


def scalp_weight(head, receding=0.0):
    """1 where hair grows, 0 elsewhere, thinning out at the hairline; `receding` lifts it at the temples, cm."""
    x, y, z = head.vertices.T
    direction = np.degrees(np.arctan2(np.abs(x), z - SKULL_Z_CM))
    line = np.interp(direction, HAIRLINE_DEG, HAIRLINE_CM)
    line += receding * (0.5 * np.exp(-(direction / 20) ** 2) + np.exp(-((direction - 36) / 14) ** 2))
    # Some irregularity, different everywhere.
    line += 0.15 * np.sin(2.1 * x + 0.7) + 0.12 * np.sin(4.3 * x + 2.0 * z)
    outside = (np.abs(x) > 4.5) | (y > 0) | (z < -9)  # not in the throat
    return smoothstep(-0.3, 1.3, y - line) * (head.mask("ears") < 0.1) * (y > -9) * outside


def beard_weight(head, lips):
    """1 where a beard grows."""
    x, y, z = head.vertices.T
    side = np.abs(x)
    cheek_line = np.interp(side, [0, 1.6, 2.6, 4.0, 5.6, 6.6], [-4.35, -4.6, -5.0, -5.3, -4.0, -1.0])
    growth = smoothstep(0.0, 1.0, cheek_line - y) * smoothstep(-12.5, -11.0, y) * smoothstep(-6.5, -5.0, z)
    bare = np.exp(-(((side - 1.9) / 0.5) ** 2 + ((y + 8.0) / 0.6) ** 2))  # beside the tuft under the lip
    near_lips = np.clip(lips * 3, 0, 1)
    return growth * (1 - near_lips) * (1 - 0.5 * bare) * (head.mask("ears") < 0.1)


def follow(surface, points, first, length, pull, clearance, random, stiffness=0.75, wave=0.0, steps=STEPS, hugs_above_cm=np.inf):
    """Strands that start along `first`, bend towards `pull(points, normals)` and rest on the skin. -> (n, steps, 3)"""
    count = len(points)
    step = (length / (steps - 1))[:, None]
    direction, here, strands = unit(first), points.copy(), [points]
    phase, rate = random.random(count) * 2 * np.pi, 0.7 + 0.6 * random.random(count)
    normals = None
    for number in range(1, steps):
        wanted = pull(here, normals if normals is not None else first)
        direction = unit(stiffness * direction + (1 - stiffness) * wanted)
        here = here + direction * step
        if wave:
            sideways = unit(np.cross(direction, [0.3, 0.2, 1.0]))
            here = here + sideways * (wave * np.cos(phase + rate * number))[:, None]
        share = min(1.0, number / 3)
        here, normals = surface.pushed_out(here, clearance * share, hugs_above_cm)
        strands.append(here)
    return np.stack(strands, 1)


def jitter(random, count, amount):
    return random.normal(0, amount, (count, 3))


def short(surface, weight, count, random, top_cm=2.6, side_cm=0.9):
    """Short hair, brushed up and to one side."""
    points, normals = surface.roots(weight, count, random)
    high = smoothstep(3.0, 8.0, points[:, 1])
    length = (side_cm + (top_cm - side_cm) * high) * random.uniform(0.75, 1.1, count)
    top = smoothstep(3.5, 9.0, points[:, 1])[:, None]
    flow = top * np.array([0.28, 0.0, -0.6]) + (1 - top) * np.array([0.0, -0.8, -0.5])
    first = unit(normals * (0.55 + 0.25 * high)[:, None] + flow * 0.6 + jitter(random, count, 0.13))
    lie = unit(flow + jitter(random, count, 0.12))

    def comb(_, normal):
        # Along the skull, or the hair of the crown would project beyond the temples like a shelf.
        outwards = np.clip((lie * normal).sum(1, keepdims=True), 0, None)
        return unit(lie - outwards * normal)

    return follow(surface, points, first, length, comb, random.uniform(0.05, 0.45, count) * (0.4 + high), random, 0.6)


def curls(surface, weight, count, random, height_cm=2.2):
    """A short afro: each strand a small helix that stands out from the skull."""
    points, normals = surface.roots(weight, count, random)
    high = 0.65 + 0.35 * smoothstep(-2.0, 7.0, points[:, 1])
    length = height_cm * high * random.uniform(0.5, 1.05, count) ** 0.7
    axis = unit(normals + jitter(random, count, 0.18))
    across = unit(np.cross(axis, unit(jitter(random, count, 1.0))))
    other = np.cross(axis, across)
    share = np.linspace(0, 1, STEPS)[None, :, None]
    turns = random.uniform(1.2, 2.2, count)[:, None, None] * 2 * np.pi
    angle = share * turns + random.uniform(0, 6.28, count)[:, None, None]
    radius = random.uniform(0.12, 0.24, count)[:, None, None] * np.minimum(1, share * 4)
    return (points[:, None] + axis[:, None] * (share * length[:, None, None])
            + radius * (np.cos(angle) * across[:, None] + np.sin(angle) * other[:, None]))


def pulled_back(surface, weight, count, random, knot=(0.0, 11.2, -11.0), knot_cm=3.3):
    """Hair pulled tight into a bun on the crown, and the bun."""
    knot = np.array(knot)
    points, normals = surface.roots(weight, count, random)

    def towards(here, normal):
        way = unit(knot - here)
        return unit(way - 0.9 * (way * normal).sum(1, keepdims=True) * normal)

    length = np.linalg.norm(knot - points, axis=1) * 1.12
    first = unit(towards(points, normals) + 0.10 * normals + jitter(random, count, 0.03))
    tight = follow(surface, points, first, length, towards, random.uniform(0.05, 0.45, count), random, 0.35, 0.025)
    wound = count // 3
    axis = unit(np.array([0.0, 1.0, -0.35]))
    start = unit(jitter(random, wound, 1.0))
    around = unit(np.cross(axis, start) + jitter(random, wound, 0.25))
    angle = np.linspace(0, 1.9, STEPS)[None, :, None]
    radius = knot_cm * random.uniform(0.82, 1.03, wound)[:, None, None]
    ball = knot + radius * (np.cos(angle) * start[:, None] + np.sin(angle) * around[:, None]) * np.array([1.0, 0.85, 1.0])
    return np.concatenate([tight, ball])


def falling(surface, weight, count, random, length_cm=24.0, part_x=1.2, wave=0.04, volume_cm=1.3):
    """Long hair with a parting that rests on the skull and falls at both sides of the face."""
    points, normals = surface.roots(weight, count, random)
    side = np.where(points[:, 0] < part_x, -1.0, 1.0)
    back = 1 - smoothstep(-10.0, -1.0, points[:, 2])
    sideways = np.stack([side * (1 - 0.6 * back), np.full(count, -0.05), -0.75 * (1 - back) - 0.3], 1)
    length = length_cm * random.uniform(0.8, 1.05, count) * (0.5 + 0.5 * smoothstep(-8, 9, points[:, 1]))
    clearance = 0.25 + volume_cm * random.random(count) * (0.55 + 0.45 * smoothstep(-4.0, 8.0, points[:, 1]))

    def fall(here, normal):
        low = (1 - smoothstep(2.0, 8.0, here[:, 1]))[:, None]
        way = sideways * (1.0 - 0.85 * low) + np.array([0.0, -1.0, -0.08]) * (0.15 + 1.1 * low)
        into = np.clip((way * normal).sum(1, keepdims=True), None, 0)
        return unit(way - into * normal)

    first = unit(sideways + 0.3 * normals + jitter(random, count, 0.06))
    strands = follow(surface, points, first, length, fall, clearance, random, 0.5, wave, 26, -3.5)
    # Hair spans the ears instead of bulging over them.
    for _ in range(10):
        strands[:, 2:-1] = 0.25 * strands[:, 1:-2] + 0.5 * strands[:, 2:-1] + 0.25 * strands[:, 3:]
    return strands


def brows(surface, head, count, random, width=1.0, height_cm=1.95):
    """Two brows with `count` hairs in total."""
    strands = []
    x, y, z = surface.vertices.T
    for eye, side in zip(head.eyes, (-1.0, 1.0)):
        along = (x - eye[0]) * side  # from the nose outwards
        middle = height_cm - 0.09 * (along - 0.7) ** 2
        half = np.interp(along, [-1.5, -0.9, 0.8, 2.6], [0.20, 0.34, 0.28, 0.08]) * width
        weight = np.exp(-((y - middle) / half) ** 2 * 1.3) * smoothstep(-1.75, -1.0, along) * (1 - smoothstep(1.9, 2.8, along)) * (z > -2)
        points, normals = surface.roots(weight * (weight > 0.03), count // 2, random)
        along = (points[:, 0] - eye[0]) * side
        off = points[:, 1] - (height_cm - 0.09 * (along - 0.7) ** 2)
        lift = np.interp(along, [-1.5, -0.6, 1.0, 2.6], [1.5, 0.55, 0.1, -0.45]) - 1.2 * off
        flow = np.stack([np.full(len(points), side), lift, np.zeros(len(points))], 1)
        first = unit(unit(flow) + 0.35 * normals + jitter(random, len(points), 0.12))
        length = random.uniform(0.35, 0.8, len(points)) * np.interp(along, [-1.5, 0, 2.6], [0.8, 1.0, 0.75])
        lie = unit(unit(flow) + jitter(random, len(points), 0.08))
        strands.append(follow(surface, points, first, length, lambda here, _, lie=lie: lie, np.full(len(points), 0.03), random, 0.75))
    return np.concatenate(strands)


def lashes(head, random, fullness=1.0):
    """Upper and lower lashes from MakeHuman's lash strips: root edge to tip edge."""
    strands = []
    for group, quads in head.lash_strips:
        eye = head.eyes[0] if "-r-" in group else head.eyes[1]
        upper = group.endswith("2")
        count = int((150 if upper else 60) * min(1.0, 0.3 + fullness))
        chosen = quads[random.integers(0, len(quads), count)]
        corners = head.vertices[chosen]
        order = np.argsort(np.linalg.norm(corners - eye, axis=2), axis=1)
        corners = np.take_along_axis(corners, order[:, :, None], 1)
        share = random.random((count, 1))
        root = corners[:, 0] * share + corners[:, 1] * (1 - share)
        tip = corners[:, 2] * share + corners[:, 3] * (1 - share)
        way = unit(tip - root) + jitter(random, count, 0.08)
        length = (random.uniform(0.42, 0.7, count) if upper else random.uniform(0.16, 0.3, count))[:, None, None] * fullness
        bend = np.array([0, 0.5 if upper else -0.25, 0.0])
        along = np.linspace(0, 1, STEPS)[None, :, None]
        strands.append(root[:, None] + unit(way)[:, None] * along * length + bend * along ** 2 * length * 0.6)
    return np.concatenate(strands)


def beard(surface, weight, count, random, length_cm):
    points, normals = surface.roots(weight, count, random)
    length = length_cm * random.uniform(0.5, 1.1, count)
    lie = unit(np.stack([points[:, 0] * 0.08, np.full(count, -1.0), np.full(count, 0.15)], 1) + jitter(random, count, 0.18))
    first = unit(normals * 0.7 + lie * 0.6 + jitter(random, count, 0.15))
    return follow(surface, points, first, length, lambda here, _: lie, random.uniform(0.02, 0.3, count) * length_cm, random, 0.75)

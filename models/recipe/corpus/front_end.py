"""Phonemes from the product's own text front end, so that training sees the same phonemes as inference."""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from project import PROJECT, program


def phonemes(lines: list[tuple[str, str]]) -> dict[str, str]:
    """Misaki symbols for each (identifier, text).

    A line that the front end cannot read is reported on standard error and missing from the result.
    """
    rows = "".join(f"{identifier}|{' '.join(text.split())}\n" for identifier, text in lines)
    command = [program("examples/phonemes"), PROJECT / "models"]
    result = subprocess.run(command, input=rows, stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit("the front end stopped")
    return dict(row.split("|", 1) for row in result.stdout.splitlines())

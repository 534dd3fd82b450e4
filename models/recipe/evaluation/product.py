"""Runs the product as its user would, and reads what it wrote."""

import json
import subprocess
from pathlib import Path

import numpy as np

import mouth

PROJECT = Path(__file__).resolve().parents[3]
MOUTH_KEYPOINTS = (14, 17, 19, 20)


class Product:
    """The release build of this project, and its models."""

    def __init__(self, models: Path):
        self.models = models

    def _run(self, *arguments: str | Path) -> None:
        command = ["cargo", "run", "--quiet", "--release", "--locked", *map(str, arguments)]
        result = subprocess.run(command, cwd=PROJECT, check=False)
        if result.returncode != 0:
            raise SystemExit(f"failed: {' '.join(command)}")

    def say(self, lines: Path, out: Path) -> None:
        """Speaks `identifier|text` lines into OUT/identifier.wav and .json."""
        example = ["-p", "jam-flow-engine", "--example", "say", "--"]
        self._run(*example, self.models, "--lines", lines, out)

    def speak(self, text: str, out: Path, portrait: Path | None = None) -> None:
        """Films one text: OUT.mp4, OUT.wav and OUT.json (motion)."""
        arguments = ["speak", "--text", text, "--output", out.with_suffix(".mp4"), "--audio-output", out.with_suffix(".wav")]
        arguments += ["--motion-output", out.with_suffix(".json")]
        self._film(arguments, portrait)

    def animate(self, recording: Path, out: Path, portrait: Path | None = None) -> None:
        """Films a portrait that speaks a recording: OUT.mp4 and OUT.json (motion)."""
        arguments = ["animate", "--audio", recording, "--output", out.with_suffix(".mp4")]
        self._film([*arguments, "--motion-output", out.with_suffix(".json")], portrait)

    def _film(self, arguments: list, portrait: Path | None) -> None:
        chosen = ["--portrait", portrait] if portrait else []
        self._run("-p", "jam-flow", "--", "--models", self.models, *arguments, *chosen)


def phones(notes: Path) -> list[mouth.Phone]:
    """The times of the phones in the notes beside a recording."""
    rows = json.loads(notes.read_text(encoding="utf-8"))["phones"]
    # The stress mark comes first where the product writes one.
    return [mouth.Phone(row["phone"].lstrip("ˈˌ"), row["start_secs"], row["end_secs"]) for row in rows]


def mouth_frames(notes: Path) -> np.ndarray:
    """Generated mouth frames (n, 4, 3) in the notes beside a recording."""
    return np.array(json.loads(notes.read_text(encoding="utf-8"))["mouth"], np.float32).reshape(-1, 4, 3)


def motion_file_mouth(path: Path) -> np.ndarray:
    """The mouth (n, 4, 3) of a whole motion file."""
    frames = json.loads(path.read_text(encoding="utf-8"))["frames"]
    expression = np.array([frame["expression"] for frame in frames], np.float32)
    return expression[:, MOUTH_KEYPOINTS]

"""Runs the product as a user would, and reads its output."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

import mouth

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from project import PROJECT, program  # noqa: F401

MOUTH_KEYPOINTS = (14, 17, 19, 20)


class Product:
    """The release build of this project, and its models."""

    def __init__(self, models: Path):
        self.models = models

    def say(self, lines: list[tuple[str, str]], out: Path, options: list[str] | None = None) -> None:
        """Speaks (identifier, text) lines into OUT/identifier.wav and .json; `options` are those of the example say."""
        out.mkdir(parents=True, exist_ok=True)
        script = out / "lines.txt"
        script.write_text("".join(f"{identifier}|{text}\n" for identifier, text in lines), encoding="utf-8")
        _run(program("examples/say"), self.models, "--lines", script, out, *(options or []))

    def speak(self, text: str, out: Path, portrait: Path | None = None) -> None:
        """Renders one text: OUT.mp4, OUT.wav and OUT.json (motion)."""
        arguments = ["speak", "--text", text, "--output", out.with_suffix(".mp4"), "--audio-output", out.with_suffix(".wav")]
        arguments += ["--motion-output", out.with_suffix(".json")]
        self._film(arguments, portrait)

    def animate(self, recording: Path, out: Path, portrait: Path | None = None) -> None:
        """Animates a portrait with a recording: OUT.mp4 and OUT.json (motion)."""
        arguments = ["animate", "--audio", recording, "--output", out.with_suffix(".mp4")]
        self._film([*arguments, "--motion-output", out.with_suffix(".json")], portrait)

    def _film(self, arguments: list, portrait: Path | None) -> None:
        chosen = ["--portrait", portrait] if portrait else []
        _run(program("jam-flow"), "--models", self.models, *arguments, *chosen)


def _run(*command: str | Path) -> None:
    if subprocess.run(command, check=False).returncode != 0:
        raise SystemExit(f"failed: {' '.join(map(str, command))}")


def phones(notes: Path) -> list[mouth.Phone]:
    """Phone times from the JSON file beside a recording."""
    rows = json.loads(notes.read_text(encoding="utf-8"))["phones"]
    # A stress mark, where the product writes one, comes first.
    return [mouth.Phone(row["phone"].lstrip("ˈˌ"), row["start_secs"], row["end_secs"]) for row in rows]


def mouth_frames(notes: Path) -> np.ndarray:
    """Generated mouth frames (n, 4, 3) from the JSON file beside a recording."""
    return np.array(json.loads(notes.read_text(encoding="utf-8"))["mouth"], np.float32).reshape(-1, 4, 3)


def motion_file_mouth(path: Path) -> np.ndarray:
    """Mouth keypoints (n, 4, 3) of a motion file."""
    frames = json.loads(path.read_text(encoding="utf-8"))["frames"]
    expression = np.array([frame["expression"] for frame in frames], np.float32)
    return expression[:, MOUTH_KEYPOINTS]

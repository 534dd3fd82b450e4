#!/usr/bin/env python3
"""Evaluates dubbing: changes words of 20 takes and measures intelligibility and the transitions (groups evaluation and evaluation-data).

    dubbing.py OUT [--models DIR] [--kept] [--unknown]

Each old text of edits.txt is spoken, then `jam-flow dub` replaces words; the aligner finds the old ones. Prints the words that Whisper
hears, the step of the audio at the borders relative to its surroundings, and the jump of the mouth there in a video of 512 pixels.
--kept keeps the duration of changed spans; --unknown does not name the voice.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

import product
import recognition
import sound

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from project import program

EDITS = Path(__file__).with_name("edits.txt")
FRAMES_PER_SECOND = 25
# A face of about 200 pixels in a video of 512 is about 16 cm wide; a canonical unit is 10 cm.
PIXELS_PER_UNIT = 100.0 * 200.0 / 160.0
RATE_HZ = 24_000


def run(*command) -> str:
    result = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(result.stderr.strip().splitlines()[-1])
    return result.stdout


def step_decibels(samples: np.ndarray, border: int, rate_hz: int) -> float:
    """Largest difference of neighbouring samples within 2 ms of a border, relative to that within 50 ms of it."""
    differences = np.abs(np.diff(samples))
    near, far = int(0.002 * rate_hz), int(0.05 * rate_hz)
    at_border = differences[max(border - near, 0) : border + near].max()
    around = np.concatenate([differences[max(border - far, 0) : max(border - near, 0)], differences[border + near : border + far]])
    return 20 * np.log10((at_border + 1e-6) / (around.max() + 1e-6))


def jump_pixels(mouth: np.ndarray, frame: int) -> float:
    """Largest difference of the mouth's step into a frame from the mean of the previous and the next step."""
    if not 2 <= frame < len(mouth) - 1:
        return 0.0
    steps = np.diff(mouth[frame - 2 : frame + 2, :, :2], axis=0)
    return float(np.linalg.norm(steps[1] - (steps[0] + steps[2]) / 2, axis=1).max() * PIXELS_PER_UNIT)


def step_pixels(mouth: np.ndarray, frame: int) -> float:
    """Largest step of the mouth into a frame."""
    if not 1 <= frame < len(mouth):
        return 0.0
    return float(np.linalg.norm((mouth[frame] - mouth[frame - 1])[:, :2], axis=1).max() * PIXELS_PER_UNIT)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--cache", type=Path, default=Path("cache"))
    parser.add_argument("--kept", action="store_true")
    parser.add_argument("--unknown", action="store_true")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    jam_flow = [program("jam-flow"), "--models", args.models]
    recogniser = recognition.Recogniser(args.cache)
    edits = [line.split("|") for line in EDITS.read_text(encoding="utf-8").splitlines() if line]
    heard, decibels, steps, jumps, usual = [], [], [], [], []
    for identifier, old, new in edits:
        take, dubbed, motion = (args.out / f"{identifier}-{name}" for name in ("old.wav", "new.wav", "new.json"))
        run(*jam_flow, "speak", "--text", old, "--output", take)
        options = [*(["--keep-length"] if args.kept else []), *([] if args.unknown else ["--voice", "af_heart"])]
        report = run(*jam_flow, "dub", "--audio", take, "--text", old, "--new-text", new, "--output", dubbed, "--motion-output", motion, "--json", *options)
        samples = sound.load(dubbed, RATE_HZ)
        mouth = product.motion_file_mouth(motion)
        borders = [secs for span in json.loads(report)["changed_secs"] for secs in span]
        inside = [secs for secs in borders if 0.05 < secs < samples.size / RATE_HZ - 0.05]
        frames = [int(np.ceil(secs * FRAMES_PER_SECOND - 1e-6)) for secs in inside]
        heard.append(recogniser.hear(identifier, dubbed, new))
        decibels += [step_decibels(samples, round(secs * RATE_HZ), RATE_HZ) for secs in inside]
        steps += [step_pixels(mouth, frame) for frame in frames]
        jumps += [jump_pixels(mouth, frame) for frame in frames]
        usual += [jump_pixels(mouth, frame) for frame in range(2, len(mouth) - 1)]
        if heard[-1].heard != heard[-1].expected:
            print(f"{identifier}: {heard[-1].heard}", flush=True)
    words = sum(len(item.expected.split()) for item in heard)
    right = 1.0 - recognition.word_error_rate(heard)
    print(f"{len(edits)} edits, {words} words, {100 * right:.1f} % right, {sum(h.heard == h.expected for h in heard)} edits without an error")
    print(f"sound at {len(decibels)} borders: {max(decibels):.1f} dB over what is around them at most, {np.mean(decibels):.1f} dB in the mean")
    print(f"mouth there: steps of {np.mean(steps):.2f} px in the mean, {max(steps):.2f} at most")
    elsewhere = f"elsewhere {np.mean(usual):.2f}, {np.percentile(usual, 99):.2f} in one of 100 frames"
    print(f"mouth there: jumps of {np.mean(jumps):.2f} px in the mean, {max(jumps):.2f} at most ({elsewhere})")


if __name__ == "__main__":
    main()

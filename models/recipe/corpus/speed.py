#!/usr/bin/env python3
"""Times the product and its teacher in turn, on the same text and machine (groups teacher and teacher-data).

    speed.py [--rounds 5] [--threads 2]

Prints the median real-time factor of each, with the weights loaded, and their ratio. `jam-flow bench` times speech and motion; the
teacher generates speech alone, in onnxruntime.
"""

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

import front_end
import teacher
from project import PROJECT, program

# What `jam-flow bench` speaks.
TEXT = (
    "The quick train from the coast was late again this morning, so we walked along the harbour and watched the boats come in. "
    "By the time it arrived, nobody minded the wait."
)
VOICE = "af_heart"


def product_factor() -> float:
    """Real-time factor of the product, text to speech and motion."""
    command = [program("jam-flow"), "bench", "--models", PROJECT / "models", "--json"]
    report = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(report.stdout)["real_time_factor"]


def teacher_factor(speaker: teacher.Teacher, phonemes: str) -> float:
    """Real-time factor of the teacher, phonemes to speech."""
    began = time.perf_counter()
    spoken = speaker.speak(phonemes, VOICE)
    return (time.perf_counter() - began) / (spoken.samples.size / teacher.RATE_HZ)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "jam-flow-recipe")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2, help="threads of the teacher; the product uses all cores")
    options = parser.parse_args()
    phonemes = front_end.phonemes([("bench", TEXT)])["bench"]
    speaker = teacher.Teacher(options.cache, options.threads)
    teacher_factor(speaker, phonemes)
    rounds = [(product_factor(), teacher_factor(speaker, phonemes)) for _ in range(options.rounds)]
    ours, theirs = (statistics.median(column) for column in zip(*rounds))
    ratio = statistics.median(their / our for our, their in rounds)
    print(f"product {ours:.3f}   teacher {theirs:.3f}   the teacher takes {ratio:.1f} times as long")


if __name__ == "__main__":
    main()

"""Measures the aligner of the product on the held-out lines of the corpus: starts of words against the teacher's durations.

    evaluate.py CORPUS PREPARED OUT [--models DIR] [--lines 60] [--kinds clean,noise,room,line]

CORPUS holds `index.tsv` with the text of each line (`../corpus/corpus.py`), PREPARED what `../jam_flow/prepare.py` made of it. Each line is
written as a recording — as it is, with noise and other voices, in a room, over a telephone line — and given to `jam-flow align`; the
words' starts are compared where the product's front end reads the text as the teacher does. It also gives each recording the text of
another line, which must be refused. Writes OUT/aligner.json. scipy and soundfile are needed beside the packages of training.
"""

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, sosfilt

sys.path.append(str(Path(__file__).resolve().parents[1]))
from project import program  # noqa: E402

from targets import Corpus  # noqa: E402
from features import DURATION_FRAME_SECS, SAMPLE_RATE_HZ  # noqa: E402
from mouth_motion import SILENCES  # noqa: E402


def noisy(samples, others, rng):
    """Steady noise at 10 dB under the speech, and two other voices at 15 dB under it."""
    loud = np.sqrt(np.mean(samples**2))
    out = samples + rng.normal(0, loud * 10 ** (-10 / 20), len(samples))
    for other in others[:2]:
        other = np.resize(other, len(samples))
        out = out + other / np.sqrt(np.mean(other**2)) * loud * 10 ** (-18 / 20)
    return out


def in_a_room(samples, others, rng):
    """A tail of half a second, as loud as the direct sound, and a quiet recorder."""
    t = np.arange(int(0.5 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    tail = rng.normal(0, 1, len(t)) * 10 ** (-3 * t / 0.5)
    tail[: int(0.004 * SAMPLE_RATE_HZ)] = 0
    tail /= np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return 0.2 * fftconvolve(samples, tail)[: len(samples)] + rng.normal(0, 3e-4, len(samples))


def over_a_line(samples, others, rng):
    """300 to 3400 Hz, in eight bits."""
    narrow = sosfilt(butter(6, [300, 3400], "bandpass", fs=SAMPLE_RATE_HZ, output="sos"), samples)
    narrow /= np.abs(narrow).max() + 1e-9
    coded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    return 0.5 * np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255


KINDS = {"clean": lambda samples, others, rng: samples, "noise": noisy, "room": in_a_room, "line": over_a_line}


def teacher_phones(item):
    """(symbol, start in seconds) of each phone without stress and length."""
    ends = np.cumsum(item["frames"]) * DURATION_FRAME_SECS
    starts = ends - item["frames"] * DURATION_FRAME_SECS
    return [(phone.rstrip("ː"), float(start)) for (phone, _), start in zip(item["phones"], starts) if phone not in SILENCES]


def align(jam_flow, models, audio: Path, text: str):
    """The product's words, or `None` where it says that they do not fit."""
    output = audio.with_suffix(".json")
    command = [jam_flow, "align", "--audio", audio, "--text", text, "--output", output]
    done = subprocess.run([*command, "--models", models] if models else command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return json.loads(output.read_text())["words"]
    if "do not fit" in done.stderr:
        return None
    raise SystemExit(f"{text}: {done.stderr}")


def differences(words, phones):
    """Start of each word less the teacher's, seconds; `None` if the front ends read the line differently."""
    said = [p["phone"].lstrip("ˈˌ").rstrip("ː") for word in words for p in word["phones"]]
    if said != [phone for phone, _ in phones]:
        return None
    place, out = 0, []
    for word in words:
        out.append(word["start_secs"] - phones[place][1])
        place += len(word["phones"])
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--lines", type=int, default=60)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--program", type=Path, help="a jam-flow that is built already")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    jam_flow = args.program or program("jam-flow")
    with open(args.corpus / "index.tsv", newline="", encoding="utf-8") as file:
        texts = {row["id"]: row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    corpus = Corpus(args.prepared, with_samples=True)
    items = [corpus.items[i] for i in corpus.validation][: args.lines]
    sounds = [item["samples"].astype(np.float32) / 32767 for item in items]
    results = {}
    for kind in args.kinds.split(","):
        rng = np.random.default_rng(1)
        off, confidences, refused, strange_confidences, refused_strange, read_otherwise = [], [], 0, [], 0, 0
        for k, (item, samples) in enumerate(zip(items, sounds)):
            audio = args.out / f"{kind}-{item['id']}.wav"
            others = [sounds[(k + 1) % len(sounds)], sounds[(k + 2) % len(sounds)]]
            soundfile.write(audio, np.clip(KINDS[kind](samples, others, rng), -1, 1), SAMPLE_RATE_HZ, subtype="PCM_16")
            words = align(jam_flow, args.models, audio, texts[item["id"]])
            if words is None:
                refused += 1
            else:
                confidences += [word["confidence"] for word in words]
                off_here = differences(words, teacher_phones(item))
                read_otherwise += off_here is None
                off += off_here or []
            strange = align(jam_flow, args.models, audio, texts[items[(k + 7) % len(items)]["id"]])
            refused_strange += strange is None
            strange_confidences.append(float(np.mean([w["confidence"] for w in strange])) if strange else 0.0)
        size = np.abs(off)
        results[kind] = {
            "lines": len(items), "read_otherwise": read_otherwise, "words": len(off), "mean_absolute_ms": 1000 * float(size.mean()),
            "median_ms": 1000 * float(np.median(off)), "90th_percentile_ms": 1000 * float(np.percentile(size, 90)),
            "over_100_ms": float((size > 0.1).mean()), "mean_confidence": float(np.mean(confidences)), "refused": refused,
            "refused_with_other_words": refused_strange, "highest_confidence_of_other_words": max(strange_confidences),
        }
        print(kind, json.dumps(results[kind]), flush=True)
    (args.out / "aligner.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()

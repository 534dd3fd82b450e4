"""Evaluates the product's aligner on the held-out lines of the corpus: word starts against the teacher's durations.

    evaluate.py CORPUS PREPARED OUT [--models DIR] [--lines 60] [--kinds clean,noise,room,line]

CORPUS holds `index.tsv` with the text of each line (`../corpus/corpus.py`), PREPARED the output of `../jam_flow/prepare.py`. Lines are joined
to recordings of about 100 s – unchanged, with noise and other voices, in a room, over a telephone line – and passed to
`jam-flow align`; word starts are compared in all lines that the product's front end reads as the teacher does. Each recording is
also paired with the text of another, and so are single lines: these must be refused. Writes OUT/aligner.json.
"""

import argparse
import csv
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, sosfilt

RECIPE = Path(__file__).resolve().parents[1]
sys.path += [str(RECIPE), str(RECIPE / "jam_flow")]
from project import program  # noqa: E402

from features import DURATION_FRAME_SECS, SAMPLE_RATE_HZ  # noqa: E402
from mouth_motion import SILENCES  # noqa: E402


def noisy(samples, others, rng):
    """Stationary noise 10 dB below the speech, and two other voices 18 dB below it."""
    loud = np.sqrt(np.mean(samples**2))
    out = samples + rng.normal(0, loud * 10 ** (-10 / 20), len(samples))
    for other in others[:2]:
        other = np.resize(other, len(samples))
        out = out + other / np.sqrt(np.mean(other**2)) * loud * 10 ** (-18 / 20)
    return out


def in_a_room(samples, others, rng):
    """Half a second of reverberation as loud as the direct sound, and a little recorder noise."""
    t = np.arange(int(0.5 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    tail = rng.normal(0, 1, len(t)) * 10 ** (-3 * t / 0.5)
    tail[: int(0.004 * SAMPLE_RATE_HZ)] = 0
    tail /= np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return 0.2 * fftconvolve(samples, tail)[: len(samples)] + rng.normal(0, 3e-4, len(samples))


def over_a_line(samples, others, rng):
    """300 to 3400 Hz, eight bits (µ-law)."""
    narrow = sosfilt(butter(6, [300, 3400], "bandpass", fs=SAMPLE_RATE_HZ, output="sos"), samples)
    narrow /= np.abs(narrow).max() + 1e-9
    coded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    return 0.5 * np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255


KINDS = {"clean": lambda samples, others, rng: samples, "noise": noisy, "room": in_a_room, "line": over_a_line}


def teacher_phones(item, start_secs: float):
    """(symbol without stress and length, start in seconds) of each phone of a line that begins at `start_secs`."""
    ends = np.cumsum(item["frames"]) * DURATION_FRAME_SECS
    starts = ends - item["frames"] * DURATION_FRAME_SECS
    return [(phone.rstrip("ː"), start_secs + float(at)) for (phone, _), at in zip(item["phones"], starts) if phone not in SILENCES]


def align(jam_flow, models, audio: Path, text: str):
    """The product's word timings, or `None` if it reports that the text does not fit."""
    output = audio.with_suffix(".json")
    command = [jam_flow, "align", "--audio", audio, "--text", text, "--output", output]
    done = subprocess.run([*command, "--models", models] if models else command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return json.loads(output.read_text())["words"]
    if "do not fit" in done.stderr:
        return None
    raise SystemExit(f"{text}: {done.stderr}")


def differences(words, phones):
    """Start of each word minus the teacher's, in seconds; `None` if the front ends read the line differently."""
    said = [p["phone"].lstrip("ˈˌ").rstrip("ː") for word in words for p in word["phones"]]
    if said != [phone for phone, _ in phones]:
        return None
    place, out = 0, []
    for word in words:
        out.append(word["start_secs"] - phones[place][1])
        place += len(word["phones"])
    return out


class Recording:
    """Some lines of the corpus in sequence."""

    def __init__(self, items, texts):
        self.items, self.texts = items, [texts[item["id"]] for item in items]
        self.sounds = [item["samples"].astype(np.float32) / 32767 for item in items]
        self.text = "\n".join(self.texts)
        self.samples = np.concatenate(self.sounds)

    def differences(self, words):
        """Differences of all lines, and how many lines the front ends read differently."""
        out, otherwise, at_secs, words = [], 0, 0.0, list(words)
        for item, text, sound in zip(self.items, self.texts, self.sounds):
            count = len(text.split())
            assert [word["text"] for word in words[:count]] == text.split(), text
            here = differences(words[:count], teacher_phones(item, at_secs))
            otherwise += here is None
            out += here or []
            at_secs += len(sound) / SAMPLE_RATE_HZ
            del words[:count]
        return out, otherwise


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--lines", type=int, default=60)
    parser.add_argument("--lines-together", type=int, default=20)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--program", type=Path, help="an existing jam-flow executable, instead of building one")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    jam_flow = args.program or program("jam-flow")
    with open(args.corpus / "index.tsv", newline="", encoding="utf-8") as file:
        texts = {row["id"]: row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    items = held_out(args.prepared)[: args.lines]
    together = [Recording(items[i : i + args.lines_together], texts) for i in range(0, len(items), args.lines_together)]
    single = [Recording([item], texts) for item in items[:8]]
    results = {}
    for kind in args.kinds.split(","):
        rng = np.random.default_rng(1)

        def ask(recording, text, others):
            audio = args.out / f"{kind}.wav"
            made = KINDS[kind](recording.samples, [other.samples for other in others], rng)
            soundfile.write(audio, np.clip(made, -1, 1), SAMPLE_RATE_HZ, subtype="PCM_16")
            return align(jam_flow, args.models, audio, text)

        off, confidences, refused, otherwise, strange = [], [], 0, 0, []
        for group in (together, single):
            for k, recording in enumerate(group):
                other = group[(k + 1) % len(group)]
                words = ask(recording, recording.text, [other, group[k - 1]])
                if words is None:
                    refused += 1
                elif group is together:
                    off_here, otherwise_here = recording.differences(words)
                    off += off_here
                    otherwise += otherwise_here
                if words is not None:
                    confidences.append(np.mean([word["confidence"] for word in words]))
                strange.append(ask(recording, other.text, [other, group[k - 1]]))
        size = np.abs(off)
        taken = [float(np.mean([word["confidence"] for word in words])) for words in strange if words is not None]
        results[kind] = {
            "lines": len(items), "lines_read_otherwise": otherwise, "words": len(off), "mean_absolute_ms": 1000 * float(size.mean()),
            "median_ms": 1000 * float(np.median(off)), "90th_percentile_ms": 1000 * float(np.percentile(size, 90)),
            "over_100_ms": float((size > 0.1).mean()), "confidence": [float(min(confidences)), float(np.mean(confidences))],
            "recordings": len(together) + len(single), "refused": refused, "refused_with_other_words": len(strange) - len(taken),
            "confidence_with_other_words": max(taken, default=0.0),
        }
        print(kind, json.dumps(results[kind]), flush=True)
    (args.out / "aligner.json").write_text(json.dumps(results, indent=1))


def held_out(prepared: Path):
    """The lines of the corpus that share no sentence with the training lines."""
    items = []
    for shard in sorted(prepared.glob("shard-*.pkl")):
        with open(shard, "rb") as file:
            items += [item for item in pickle.load(file) if item["split"] == "validation"]
    return items


if __name__ == "__main__":
    main()

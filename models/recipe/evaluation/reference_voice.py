#!/usr/bin/env python3
"""Evaluates voices by reference: speaks in the voices of recordings and measures similarity and WER (groups evaluation and evaluation-data).

    reference_voice.py REFERENCES OUT [--models DIR] [--lines 5] [--secs 5]

REFERENCES holds recordings (.wav) of one speaker each, with transcripts beside them (.txt); Whisper transcribes where there is none.
The first --secs of each, up to a pause between words, are the reference. Prints the cosine similarity of Resemblyzer's embeddings
of the generated speech and the whole recording, and Whisper's word error rate.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

import recognition
from evaluate import SENTENCES, read_lines

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from project import program

# Shortest reference.
SHORTEST_SECS = 3.1


def reference_of(recogniser, recording: Path, out: Path, most_secs: float) -> tuple[Path, str]:
    """The beginning of a recording, up to the last word that ends within `most_secs`, and its transcript."""
    segments, _ = recogniser._model.transcribe(str(recording), language="en", beam_size=5, word_timestamps=True, temperature=0.0)
    words = [word for segment in segments for word in segment.words]
    samples, rate_hz = soundfile.read(recording)
    known = recording.with_suffix(".txt")
    whole = len(samples) / rate_hz
    if whole <= most_secs + 0.5:
        text = known.read_text(encoding="utf-8").strip() if known.exists() else "".join(word.word for word in words).strip()
        end = whole
    else:
        kept = [i for i, word in enumerate(words) if SHORTEST_SECS <= word.end <= most_secs]
        last = max(kept, key=lambda i: words[i + 1].start - words[i].end if i + 1 < len(words) else 1.0)
        text = "".join(word.word for word in words[: last + 1]).strip()
        end = (words[last].end + (words[last + 1].start if last + 1 < len(words) else whole)) / 2
    part = out / f"{recording.stem}.wav"
    soundfile.write(part, samples[: int(end * rate_hz)], rate_hz)
    return part, text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("references", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--cache", type=Path, default=Path("cache"))
    parser.add_argument("--lines", type=int, default=5)
    parser.add_argument("--secs", type=float, default=5.0)
    args = parser.parse_args()
    from resemblyzer import VoiceEncoder, preprocess_wav

    args.out.mkdir(parents=True, exist_ok=True)
    jam_flow = program("jam-flow")
    recogniser, encoder = recognition.Recogniser(args.cache), VoiceEncoder("cpu", verbose=False)

    def embedding(path: Path) -> np.ndarray:
        return encoder.embed_utterance(preprocess_wav(path))

    lines = read_lines(SENTENCES)[: args.lines]
    heard, similarities = [], []
    for recording in sorted(args.references.glob("*.wav")):
        reference, words = reference_of(recogniser, recording, args.out, args.secs)
        target, own = embedding(recording), []
        before = len(heard)
        for identifier, text in lines:
            spoken = args.out / f"{recording.stem}-{identifier}.wav"
            command = [jam_flow, "--models", args.models, "speak", "--text", text, "--output", spoken]
            command += ["--reference", reference, "--reference-text", words, "--i-have-permission"]
            result = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True)
            if result.returncode != 0:
                print(f"{recording.stem}: {result.stderr.strip().splitlines()[-1]}", flush=True)
                break
            own.append(float(target @ embedding(spoken)))
            heard.append(recogniser.hear(identifier, spoken, text))
        if own:
            similarities.append(np.mean(own))
            error_rate = 100 * recognition.word_error_rate(heard[before:])
            print(f"{recording.stem}: similarity {np.mean(own):.3f}, word error rate {error_rate:.1f} %  ({words})", flush=True)
    least, error_rate = min(similarities), 100 * recognition.word_error_rate(heard)
    print(f"{len(similarities)} voices: similarity {np.mean(similarities):.3f} (least {least:.3f}), word error rate {error_rate:.1f} %")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Generates the training speech, or speaks single lines, with the teacher (dependency groups teacher and teacher-data).

    corpus.py make OUT [--lines 7000] [--seed 1] [--workers 2]    speech, alignment and index; resumable
    corpus.py speak LINES OUT [--voice af_heart]                  single lines to OUT/identifier.wav and .json

LINES holds identifier|text or identifier|voice|text; " / " in a text is a pause of 1.5 s.

`make` writes speech-NN.tar (identifier.flac, 24 kHz mono), index.tsv, alignment.jsonl and SHA256SUMS. An alignment line is
[identifier, [[phone, stress, frames], …]]: frames of 25 ms that sum to the utterance's length; stress is −1 for a pause.
"""

import argparse
import csv
import hashlib
import io
import json
import multiprocessing
import random
import tarfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import front_end
import teacher
import texts

EVALUATION = Path(__file__).resolve().parents[1] / "evaluation"
# Sentences of the evaluation are excluded from training.
EVALUATION_LINES = [EVALUATION / f"{name}.txt" for name in ("sentences", "names_and_numbers", "hard_lines", "short_lines", "one_word_lines")]
# Silence kept at both ends: 200 ms.
EDGE_FRAMES = 8
LINES_PER_SHARD = 340
# What ` / ` adds between two parts of a line, 1.5 s.
PAUSE_SAMPLES = 36_000
INDEX_COLUMNS = ["id", "shard", "voice", "speed", "seconds", "samples", "split", "text", "phonemes"]

# One voice well rather than many a little; the remaining share goes to mixes of two voices.
MAIN_VOICES = {"af_heart": 0.52, "am_michael": 0.23}
OTHER_VOICES = (
    "af_alloy af_aoede af_bella af_jessica af_kore af_nova af_river af_sarah af_sky "
    "am_adam am_echo am_eric am_fenrir am_liam am_onyx am_puck"
).split()
OTHER_SHARE = 0.13


@dataclass(frozen=True)
class Job:
    """A line with everything that determines its audio."""

    line: texts.Line
    phonemes: str
    voice: str
    speed: float


def read_lines(path: Path) -> list[tuple[str, str]]:
    """`identifier|text` lines; lines that begin with # are comments."""
    rows = path.read_text(encoding="utf-8").splitlines()
    return [tuple(row.split("|", 1)) for row in rows if row.strip() and not row.startswith("#")]


def choose_voice(chance: random.Random) -> str:
    """A main voice, another voice or a mix, according to the shares above."""
    draw = chance.random()
    for voice, share in MAIN_VOICES.items():
        if draw < share:
            return voice
        draw -= share
    if draw < OTHER_SHARE:
        return chance.choice(OTHER_VOICES)
    first, second = chance.sample([*MAIN_VOICES, *OTHER_VOICES], 2)
    return f"{chance.uniform(0.4, 0.7):.2f}*{first}+{chance.uniform(0.1, 0.5):.2f}*{second}"


def plan(count: int, seed: int, cache: Path) -> list[Job]:
    """Plans the whole corpus before any audio is generated; deterministic for a given seed."""
    left_out = [text for file in EVALUATION_LINES for _, text in read_lines(file)]
    lines = texts.make_lines(count, seed, cache, left_out)
    chance = random.Random(seed + 1)
    spoken = front_end.phonemes([(line.identifier, line.text) for line in lines])
    jobs = []
    for line in lines:
        if line.identifier in spoken:
            speed = round(chance.uniform(0.85, 1.2), 2) if chance.random() < 0.5 else 1.0
            jobs.append(Job(line, spoken[line.identifier], choose_voice(chance), speed))
    return jobs


_teacher: teacher.Teacher | None = None


def _start_worker(cache: Path) -> None:
    global _teacher
    _teacher = teacher.Teacher(cache)


def _speak(job: Job, folder: Path) -> str | None:
    """Speaks one line into `folder`; returns the reason if the line is skipped."""
    import soundfile

    sound, notes = folder / f"{job.line.identifier}.flac", folder / f"{job.line.identifier}.json"
    if notes.exists():
        return None
    unknown = _teacher.unknown_symbols(job.phonemes)
    if unknown or not 0 < len(job.phonemes) <= teacher.LONGEST:
        return f"{job.line.identifier}: {' '.join(sorted(unknown)) or f'{len(job.phonemes)} symbols'}"
    spoken = _teacher.speak(job.phonemes, job.voice, job.speed).trimmed(EDGE_FRAMES)
    soundfile.write(sound, teacher.in_steps(spoken.samples), teacher.RATE_HZ, format="FLAC", subtype="PCM_16")
    # Written last: a line counts as done once its notes exist.
    partial = notes.with_suffix(".partial")
    alignment = [[phone.symbol, phone.stress, phone.frames] for phone in spoken.phones]
    partial.write_text(json.dumps({"samples": spoken.samples.size, "alignment": alignment}, ensure_ascii=False))
    partial.rename(notes)
    return None


def _speak_pair(pair: tuple[Job, Path]) -> str | None:
    return _speak(*pair)


def make(out: Path, count: int, seed: int, workers: int, cache: Path) -> None:
    """Plans, speaks the lines that are still missing, and packs them."""
    folder = out / "lines"
    folder.mkdir(parents=True, exist_ok=True)
    jobs = plan(count, seed, cache)
    teacher.Teacher(cache)  # converts the model once, before the workers open it
    with multiprocessing.get_context("spawn").Pool(workers, _start_worker, (cache,)) as pool:
        pairs = [(job, folder) for job in jobs]
        for done, problem in enumerate(pool.imap_unordered(_speak_pair, pairs), start=1):
            if problem:
                print(f"left out {problem}")
            if done % 100 == 0:
                print(f"{done} of {len(jobs)} lines", flush=True)
    pack(out, folder, jobs)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Adds a file without time and owner, so that equal content gives an equal archive."""
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def pack(out: Path, folder: Path, jobs: list[Job]) -> None:
    """Writes shards, index, alignment and checksums of the spoken lines, and prints a summary."""
    spoken = [job for job in jobs if (folder / f"{job.line.identifier}.json").exists()]
    if not spoken:
        raise SystemExit("no line was spoken")
    seconds, phones = Counter(), Counter()
    written = [out / "index.tsv", out / "alignment.jsonl"]
    with written[0].open("w", encoding="utf-8", newline="") as index, written[1].open("w", encoding="utf-8") as alignments:
        table = csv.writer(index, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        table.writerow(INDEX_COLUMNS)
        for shard, start in enumerate(range(0, len(spoken), LINES_PER_SHARD)):
            written.append(out / f"speech-{shard:02}.tar")
            with tarfile.open(written[-1], "w") as tar:
                for job in spoken[start : start + LINES_PER_SHARD]:
                    line = job.line
                    notes = json.loads((folder / f"{line.identifier}.json").read_text(encoding="utf-8"))
                    _add(tar, f"{line.identifier}.flac", (folder / f"{line.identifier}.flac").read_bytes())
                    length = notes["samples"] / teacher.RATE_HZ
                    row = [line.identifier, shard, job.voice, f"{job.speed:g}", f"{length:.3f}", notes["samples"]]
                    table.writerow([*row, line.split, line.text, job.phonemes])
                    alignments.write(json.dumps([line.identifier, notes["alignment"]], ensure_ascii=False) + "\n")
                    seconds[job.voice if "+" not in job.voice else "mixes"] += length
                    seconds[f"split {line.split}"] += length
                    phones.update(symbol for symbol, stress, _ in notes["alignment"] if stress >= 0)
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in written]
    (out / "SHA256SUMS").write_text("".join(sums))
    print(f"{len(spoken)} of {len(jobs)} lines, {len(phones)} different phones, {sum(phones.values())} in all")
    print(f"rarest phones: {', '.join(f'{symbol} {count}' for symbol, count in phones.most_common()[:-9:-1])}")
    for name, total in seconds.most_common():
        print(f"{name:>16}  {total / 3600:.3f} h")


def speak(lines: Path, out: Path, voice: str, cache: Path) -> None:
    """Speaks single lines and writes the times of their phones in the product's format."""
    out.mkdir(parents=True, exist_ok=True)
    speaker = teacher.Teacher(cache)
    rows = [(identifier, *text.rpartition("|")[::2]) for identifier, text in read_lines(lines)]
    parts = [(identifier, words.split(" / ")) for identifier, _, words in rows]
    spoken = front_end.phonemes([(f"{identifier}.{n}", part) for identifier, texts in parts for n, part in enumerate(texts)])
    for identifier, chosen, words in rows:
        phonemes = [spoken[f"{identifier}.{n}"] for n in range(words.count(" / ") + 1)]
        speak_line(speaker, phonemes, chosen or voice, words.replace(" / ", " "), out / identifier)


def speak_line(speaker: teacher.Teacher, phonemes: list[str], voice: str, text: str, out: Path) -> None:
    """Writes OUT.wav and OUT.json, with a pause between the strings of phonemes."""
    import numpy
    import soundfile

    samples, phones = numpy.zeros(0, numpy.float32), []
    for part in phonemes:
        if samples.size:
            samples = numpy.concatenate([samples, numpy.zeros(PAUSE_SAMPLES, numpy.float32)])
        utterance = speaker.speak(part, voice).trimmed(EDGE_FRAMES)
        start = samples.size
        for phone in utterance.phones:
            end = start + phone.frames * teacher.FRAME_SAMPLES
            times = [round(sample / teacher.RATE_HZ, 3) for sample in (start, end)]
            phones.append({"phone": phone.symbol, "start_secs": times[0], "end_secs": times[1]})
            start = end
        samples = numpy.concatenate([samples, utterance.samples])
    soundfile.write(out.with_suffix(".wav"), teacher.in_steps(samples), teacher.RATE_HZ, subtype="PCM_16")
    notes = {"text": text, "voice": voice, "phones": phones}
    out.with_suffix(".json").write_text(json.dumps(notes, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "jam-flow-recipe")
    tasks = parser.add_subparsers(dest="task", required=True)
    make_task = tasks.add_parser("make")
    make_task.add_argument("out", type=Path)
    make_task.add_argument("--lines", type=int, default=7000)
    make_task.add_argument("--seed", type=int, default=1)
    make_task.add_argument("--workers", type=int, default=2)
    speak_task = tasks.add_parser("speak")
    speak_task.add_argument("lines", type=Path)
    speak_task.add_argument("out", type=Path)
    speak_task.add_argument("--voice", default="af_heart")
    options = parser.parse_args()
    if options.task == "make":
        make(options.out, options.lines, options.seed, options.workers, options.cache)
    else:
        speak(options.lines, options.out, options.voice, options.cache)


if __name__ == "__main__":
    main()

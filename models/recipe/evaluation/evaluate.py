#!/usr/bin/env python3
"""Measures the shipped weights and prints the tables of the model card (groups evaluation and evaluation-data).

    evaluate.py OUT [--models DIR] [--reference DIR] [--film-lines 8] [--recordings WAV…] [--portrait P] [--only speech,film,animate]

Speaks the 40 sentences of sentences.txt with the product, renders some of them as one video, and animates the recordings.
--reference names a folder with the teacher's speech for the same sentences (`../corpus/corpus.py speak sentences.txt DIR`):
the difference is what the small model costs. Writes OUT/evaluation.json and OUT/evaluation.md; files that OUT already holds are
measured again but not generated again.
"""

import argparse
import json
import statistics
from pathlib import Path

import numpy as np

import mouth
import product
import sound

SENTENCES = Path(__file__).with_name("sentences.txt")
TASKS = ("speech", "film", "animate")


def read_lines(path: Path) -> list[tuple[str, str]]:
    """`identifier|text` lines; lines that begin with # are comments."""
    rows = path.read_text(encoding="utf-8").splitlines()
    return [tuple(row.split("|", 1)) for row in rows if row.strip() and not row.startswith("#")]


def measure_speech(folder: Path, lines: list[tuple[str, str]], cache: Path) -> dict:
    """Word error rate and predicted quality of OUT/identifier.wav for each line."""
    import quality
    import recognition

    recogniser, judges = recognition.Recogniser(cache), quality.Judges()
    heard, scores, seconds = [], [], 0.0
    for identifier, text in lines:
        recording = folder / f"{identifier}.wav"
        samples = sound.load(recording)
        seconds += samples.size / sound.RATE_HZ
        heard.append(recogniser.hear(identifier, recording, text))
        scores.append(judges.scores(samples))
    mistaken = [vars(item) for item in heard if item.expected != item.heard]
    means = {name: statistics.fmean(score[name] for score in scores) for name in scores[0]}
    return {"lines": len(lines), "seconds": seconds, "word_error_rate": recognition.word_error_rate(heard), **means, "mistaken": mistaken}


def measure_generated_mouth(folder: Path, lines: list[tuple[str, str]]) -> dict:
    """The generated mouth motion of each line, before rendering."""
    parts = []
    for identifier, _ in lines:
        notes = folder / f"{identifier}.json"
        times, gap, jaw = mouth.from_motion(product.mouth_frames(notes))
        samples = sound.load(folder / f"{identifier}.wav")
        parts.append(mouth.agreement(times, gap, jaw, samples, product.phones(notes)))
    return mouth.together(parts)


def measure_film(film: Path, recording: Path, motion: Path, phones: list[mouth.Phone]) -> dict:
    """The tracked mouth of a video against its own audio, and its A/V offset.

    The offset compares two delays: of the video's audio behind `recording`, and of the tracked lips behind `motion`.
    """
    import tracking

    track = tracking.track(film)
    samples = sound.load_from_video(film)
    gap, jaw = track.filled(track.lip_gap), track.filled(track.jaw_open)
    result = mouth.agreement(track.times_secs, gap, jaw, samples, phones)
    sound_late_secs = sound.lag_secs(samples, sound.load(recording), sound.RATE_HZ)
    times, generated_gap, _ = mouth.from_motion(product.motion_file_mouth(motion))
    steps = np.arange(0, min(times[-1], track.times_secs[-1]), 1 / mouth.FRAMES_PER_SECOND)
    at_steps = [np.interp(steps, at, values) for at, values in ((track.times_secs, gap), (times, generated_gap))]
    picture_late_secs = sound.lag_secs(*at_steps, mouth.FRAMES_PER_SECOND)
    return {
        "agreement": result,
        "frames": track.times_secs.size,
        "face_found": float(track.found.mean()),
        "sound_minus_picture_secs": sound_late_secs - picture_late_secs,
        "lips_follow_motion": float(np.corrcoef(*at_steps)[0, 1]),
    }


def evaluate_film(made: product.Product, out: Path, lines: list[tuple[str, str]], portrait: Path | None) -> dict:
    """Renders the lines as one video; their phones come from the same text spoken without video."""
    text = " ".join(text for _, text in lines)
    film = out / "film"
    if not film.with_suffix(".mp4").exists():
        made.speak(text, film, portrait)
    spoken = out / "film-speech"
    if not (spoken / "film.json").exists():
        made.say([("film", text)], spoken)
    lengths = [sound.load(path).size for path in (film.with_suffix(".wav"), spoken / "film.wav")]
    # The same text and seed give the same speech; phone times of another rendering would be useless.
    phones = product.phones(spoken / "film.json") if abs(lengths[0] - lengths[1]) < sound.RATE_HZ // 25 else []
    measured = measure_film(film.with_suffix(".mp4"), film.with_suffix(".wav"), film.with_suffix(".json"), phones)
    agreement = measured.pop("agreement")
    return {**measured, **mouth.together([agreement])}


def evaluate_animate(made: product.Product, out: Path, recordings: list[Path], portrait: Path | None) -> dict:
    """Animates each recording; returns the means and each recording's figures."""
    parts, single = [], {}
    for recording in recordings:
        film = out / f"animate-{recording.stem}"
        if not film.with_suffix(".mp4").exists():
            made.animate(recording, film, portrait)
        measured = measure_film(film.with_suffix(".mp4"), recording, film.with_suffix(".json"), [])
        parts.append(measured.pop("agreement"))
        single[recording.stem] = {**measured, **parts[-1].as_dict()}
    return {**mouth.together(parts), "recordings": single}


def table(title: str, columns: dict[str, dict], rows: list[tuple[str, str, str]]) -> str:
    """A Markdown table: one column per system, one row per (label, key, format)."""

    def cell(values: dict, key: str, form: str) -> str:
        return "–" if values.get(key) is None else form.format(values[key])

    lines = [f"| {title} | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    for label, key, form in rows:
        lines.append(f"| {label} | " + " | ".join(cell(values, key, form) for values in columns.values()) + " |")
    return "\n".join(lines) + "\n"


SPEECH_ROWS = [
    ("word error rate, Whisper base", "word_error_rate", "{:.1%}"),
    ("DNSMOS overall", "dnsmos_overall", "{:.2f}"),
    ("DNSMOS signal", "dnsmos_signal", "{:.2f}"),
    ("DNSMOS P.808", "dnsmos_p808", "{:.2f}"),
    ("DistillMOS", "distillmos", "{:.2f}"),
    ("speech measured, s", "seconds", "{:.0f}"),
]
MOUTH_ROWS = [
    ("jaw against vowels, best correlation", "jaw_correlation", "{:.2f}"),
    ("its lag, s (negative: mouth first)", "jaw_lag_secs", "{:+.2f}"),
    ("lips shut on p, b, m", "bilabials_shut", "{:.0%}"),
    ("p, b, m counted", "bilabials", "{}"),
    ("shut in silence", "silence_shut", "{:.0%}"),
    ("silent frames counted", "silent_frames", "{}"),
    ("lip gap over face height, median", "lip_gap_median", "{:.3f}"),
    ("lip gap over face height, 99th percentile", "lip_gap_99th", "{:.3f}"),
    ("sound behind picture in the file, s", "sound_minus_picture_secs", "{:+.3f}"),
    ("tracked lips follow the motion, correlation", "lips_follow_motion", "{:.2f}"),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sentences", type=Path, default=SENTENCES)
    parser.add_argument("--models", type=Path, default=product.PROJECT / "models")
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--film-lines", type=int, default=8)
    parser.add_argument("--recordings", type=Path, nargs="*", default=[])
    parser.add_argument("--portrait", type=Path)
    parser.add_argument("--only", default=",".join(TASKS), help="comma-separated: " + ", ".join(TASKS))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "jam-flow-recipe")
    options = parser.parse_args()
    tasks = options.only.split(",")

    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    lines = read_lines(options.sentences)
    made = product.Product(options.models.resolve())
    speech, mouths = {}, {}
    if "speech" in tasks:
        folder = out / "speech"
        if not all((folder / f"{identifier}.wav").exists() for identifier, _ in lines):
            made.say(lines, folder)
        speech["JAM-Flow"] = measure_speech(folder, lines, options.cache)
        mouths["generated motion"] = measure_generated_mouth(folder, lines)
        if options.reference:
            speech["teacher"] = measure_speech(options.reference, lines, options.cache)
    if "film" in tasks:
        mouths["tracked film"] = evaluate_film(made, out, lines[: options.film_lines], options.portrait)
    if "animate" in tasks and options.recordings:
        mouths["tracked, from a recording"] = evaluate_animate(made, out, options.recordings, options.portrait)

    (out / "evaluation.json").write_text(json.dumps({"speech": speech, "mouth": mouths}, indent=1) + "\n", encoding="utf-8")
    tables = [table("speech", speech, SPEECH_ROWS)] if speech else []
    tables += [table("mouth", mouths, MOUTH_ROWS)] if mouths else []
    (out / "evaluation.md").write_text("\n".join(tables), encoding="utf-8")
    print("\n".join(tables))


if __name__ == "__main__":
    main()

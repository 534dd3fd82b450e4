#!/usr/bin/env python3
"""Counts the short lines of which Whisper base hears every word (groups evaluation and evaluation-data).

    short_lines.py LINES OUT [--models DIR] [--reference DIR] [--say "OPTIONS OF THE EXAMPLE say"]

LINES holds `identifier|text`, and in lines of `#also|identifier|text` other writings of the same words (short_lines.txt).
--reference names a folder with the teacher's speech for them (`../corpus/corpus.py speak LINES DIR`). A line that is misheard in
both is the recogniser's, one that is misheard in ours alone is ours. Writes OUT/heard.json.
"""

import argparse
import json
import shlex
from pathlib import Path

import product
import recognition


def read_writings(path: Path) -> list[tuple[str, list[str]]]:
    """Identifiers with the writings of each line, the one to speak first."""
    writings: dict[str, list[str]] = {}
    for row in path.read_text(encoding="utf-8").splitlines():
        row = row.removeprefix("#also|")
        if row.strip() and not row.startswith("#"):
            identifier, text = row.split("|", 1)
            writings.setdefault(identifier, []).append(text)
    return list(writings.items())


def heard_in(folder: Path, lines: list[tuple[str, list[str]]], recogniser: recognition.Recogniser) -> dict[str, dict]:
    """What is heard of every line, and whether that is one of its writings."""
    heard = {}
    for identifier, writings in lines:
        said = recogniser.hear(identifier, folder / f"{identifier}.wav", writings[0]).heard
        expected = [recogniser.normalised(writing) for writing in writings]
        # "birth day", "wi fi": where a word is divided is not heard.
        joined = {writing.replace(" ", "") for writing in expected}
        heard[identifier] = {"text": writings[0], "heard": said, "right": said.replace(" ", "") in joined}
    return heard


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--models", type=Path, default=product.PROJECT / "models")
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--say", default="", help="options for the example say, such as '--search 4'")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "jam-flow-recipe")
    options = parser.parse_args()
    lines = read_writings(options.lines)
    out = options.out.resolve()
    spoken = [(identifier, writings[0]) for identifier, writings in lines]
    if not all((out / f"{identifier}.wav").exists() for identifier, _ in lines):
        product.Product(options.models.resolve()).say(spoken, out, shlex.split(options.say))
    recogniser = recognition.Recogniser(options.cache)
    ours = heard_in(out, lines, recogniser)
    systems = {"JAM-Flow": ours}
    if options.reference:
        systems["teacher"] = heard_in(options.reference, lines, recogniser)
    for name, heard in systems.items():
        print(f"{name}: {sum(line['right'] for line in heard.values())} of {len(heard)} heard as written")
    reference = systems.get("teacher", {})
    for identifier, line in ours.items():
        if not line["right"]:
            other = reference.get(identifier)
            beside = f"; teacher: {'right' if other['right'] else other['heard']}" if other else ""
            print(f"  {identifier} {line['text']!r} as {line['heard']!r}{beside}")
    (out / "heard.json").write_text(json.dumps(systems, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

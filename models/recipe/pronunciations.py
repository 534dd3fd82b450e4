#!/usr/bin/env python3
"""Write models/pronunciations.txt: the CMU Pronouncing Dictionary, one pronunciation a word, sorted for binary search.

    pronunciations.py CMUDICT models/pronunciations.txt

CMUDICT is resources/cmudict.dict of the Rust registry package cmudict-fast 0.8.0 (Carnegie Mellon University, 2-clause
BSD, its LICENSE-CMUDICT). Only the first pronunciation of words made of letters and apostrophes is kept. A line is the
word, a space, and its phones in ARPAbet, separated by spaces.
"""
import argparse
import re
from pathlib import Path

from manifest import record


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="CMUDICT")
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    source, out = arguments.source, arguments.out
    entries = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        word, *phones = line.split("#")[0].split() or [""]
        if phones and re.fullmatch(r"[a-z']*[a-z][a-z']*", word):
            entries.setdefault(word, " ".join(phones))
    text = "".join(f"{word} {entries[word]}\n" for word in sorted(entries))
    out.write_text(text, encoding="ascii")
    record(out.parent, out.name, licence="BSD-2-Clause (Carnegie Mellon University, licences/cmudict.txt)",
           origin="resources/cmudict.dict in crate cmudict-fast 0.8.0, one pronunciation a word, by recipe/pronunciations.py")
    print(f"{len(entries)} words, {len(text)} bytes")


if __name__ == "__main__":
    main()

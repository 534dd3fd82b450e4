#!/usr/bin/env python3
"""Write models/tokenizer.json: one token per phone together with its stress. Checks it against aligned speech.

    tokenizer.py models/tokenizer.json [--check DATA_FOLDER]

The alphabet is misaki's for American and British English. A token is a phone with the length mark that follows it
and the stress mark before it ("ˈiː" is one token). Three rules map a phoneme string to the token sequence of the
teacher's alignment: a space inside a phrase belongs to the onset of the next word and is no token; after punctuation it is a
pause and stays; a stress mark without a following vowel is dropped.

--check needs the package tokenizers. DATA_FOLDER holds index.tsv (the last column is phonemes) and alignment.jsonl ([id, [[phone, stress, frames], ...]]).
"""
import argparse
import json
from pathlib import Path

from manifest import record

PUNCTUATION = ';:,.!?—…"()“”'
# Both alphabets share one vocabulary, so that one model can learn American and British voices.
VOWELS = ["A", "I", "O", "Q", "W", "Y", "a", "i", "u", "æ", "ɐ", "ɑ", "ɒ", "ɔ", "ə", "ɛ", "ɜ", "ɪ", "ʊ", "ʌ", "ᵊ", "ᵻ",
          "iː", "uː", "ɑː", "ɔː", "əː", "ɛː", "ɜː"]
CONSONANTS = list("bdfhjklmnpstvwzðŋɡɹʃʒʤʧθT")
STRESS = ["", "ˈ", "ˌ"]                        # the alignment's stress 0, 1, 2
SILENCE = -1                                   # the alignment's stress of punctuation and pauses


def vocabulary():
    tokens = ["<pad>", "<bos>", "<eos>", " ", *PUNCTUATION]
    for phone in VOWELS:
        tokens += [mark + phone for mark in STRESS]
    return {token: index for index, token in enumerate(tokens + CONSONANTS)}


def tokenizer():
    vocab = vocabulary()
    letters = "".join(sorted({c for v in VOWELS for c in v if c != "ː"}))
    special = [{"id": vocab[t], "content": t, "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False, "special": True} for t in ("<pad>", "<bos>", "<eos>")]
    replace = lambda regex: {"type": "Replace", "pattern": {"Regex": regex}, "content": ""}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
        "normalizer": {"type": "Sequence", "normalizers": [
            replace(rf"[ˈˌ](?![{letters}])"),
            replace(rf"(?<=[^ {PUNCTUATION}]) +"),
        ]},
        "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "[ˈˌ]?[^ˈˌ]ː?"}, "behavior": "Isolated", "invert": False},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "<eos>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {t: {"id": t, "ids": [vocab[t]], "tokens": [t]} for t in ("<bos>", "<eos>")}},
        "decoder": None,
        # The unknown token is not in the vocabulary, so a symbol from outside the alphabet is an error, not a guess.
        "model": {"type": "WordLevel", "vocab": vocab, "unk_token": "<unknown>"},
    }


def check(path, data):
    from tokenizers import Tokenizer
    encoder, vocab = Tokenizer.from_file(str(path)), vocabulary()
    rows = [line.split("\t") for line in (data / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    phonemes = {row[0]: row[-1] for row in rows}
    count = mismatches = 0
    for line in (data / "alignment.jsonl").read_text(encoding="utf-8").splitlines():
        name, phones = json.loads(line)
        expected = [vocab[phone if stress == SILENCE else STRESS[stress] + phone] for phone, stress, _ in phones]
        actual = encoder.encode(phonemes[name]).ids
        count += 1
        if actual != expected:
            mismatches += 1
            if mismatches <= 5:
                at = next((i for i, (a, b) in enumerate(zip(actual, expected)) if a != b), min(len(actual), len(expected)))
                print(f"{name}: differs at token {at}: {phonemes[name]}")
    print(f"{count} rows, {mismatches} mismatches, {len(vocab)} tokens")
    return mismatches


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--check", type=Path, metavar="DATA_FOLDER")
    arguments = parser.parse_args()
    arguments.out.write_text(json.dumps(tokenizer(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    record(arguments.out.parent, arguments.out.name, licence="MIT OR Apache-2.0 (this project)",
           origin="recipe/tokenizer.py: misaki's alphabet, one token per phone with its stress")
    if arguments.check and check(arguments.out, arguments.check):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

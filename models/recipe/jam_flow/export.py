"""Checkpoint to what the product loads: `jam_flow.safetensors`, `jam_flow.json`.

    export.py RUN/checkpoint.pt MODELS [--float32]

The rows of the phone embeddings are put into the order of MODELS/tokenizer.json; a token that the corpus never had takes the
row of its phone with another stress, or the mean. The teacher reads fast, and predicted durations are a little shorter than its own, so
all are drawn out by a constant, which becomes part of the weights. Weights are stored as float16: rounding them changed no word of the evaluation.
"""

import argparse
import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file

# How much longer phones last than the predictor learned.
DRAWN_OUT = 1.09
EMBEDDINGS = ("audio.text_embed.text_embed.weight", "prosody.text.text_embed.weight")


def reorder(rows: torch.Tensor, vocabulary: list[str], tokens: dict[str, int]) -> torch.Tensor:
    """(vocabulary + 1, dim) with 0 for dropped text -> (tokens, dim), 0 still for dropped text."""
    known = {symbol: i + 1 for i, symbol in enumerate(vocabulary)}
    out = rows[1:].mean(0).repeat(max(tokens.values()) + 1, 1)
    out[0] = rows[0]
    for symbol, index in tokens.items():
        bare = symbol.lstrip("ˈˌ")
        for candidate in (symbol, bare, "ˈ" + bare, "ˌ" + bare):
            if candidate in known:
                out[index] = rows[known[candidate]]
                break
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--float32", action="store_true")
    parser.add_argument("--temperature", type=float, default=0.3, help="spread of the noise that speech starts from")
    parser.add_argument("--drawn-out", type=float, default=DRAWN_OUT, help="how much longer phones last than the predictor learned")
    parser.add_argument("--default-voice", default="af_heart", help="who speaks when nobody is named: the voice with most speech")
    args = parser.parse_args()
    saved = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    tokens = json.loads((args.models / "tokenizer.json").read_text())["model"]["vocab"]
    weights = saved["average"]
    for name in EMBEDDINGS:
        weights[name] = reorder(weights[name], saved["vocabulary"], tokens)
    weights["prosody.duration.2.bias"] += math.log(args.drawn_out)
    config = json.loads(saved["config"])
    config["text_num_embeds"] = weights[EMBEDDINGS[0]].shape[0]
    config["default_voice"] = args.default_voice
    config["default_guidance"] = saved.get("default_guidance", 1.0)
    config["default_temperature"] = args.temperature
    kind = torch.float32 if args.float32 else torch.float16
    save_file({k: v.to(kind).contiguous() for k, v in weights.items()}, args.models / "jam_flow.safetensors")
    (args.models / "jam_flow.json").write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n")
    print(f"step {saved['step']}, {saved['trained_secs'] / 60:.0f} min of training")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Write f5_v1.safetensors and f5_v0.safetensors: tiny seeded F5-TTS models, their inputs and every stage's output.

    pip install torch safetensors && pip install --no-deps f5-tts==1.1.22 x-transformers einops einx loguru packaging frozendict torch-einops-utils
    make_f5.py

Weights keep the published names under `ema_model.transformer.`; inputs and outputs stand under `case.`. F5-TTS starts with
zeros in its output and modulation layers: all weights are drawn anew here, so that nothing is multiplied away.
"""

import importlib
import sys
import types
from pathlib import Path

import torch
from safetensors.torch import save_file


def import_dit():
    """F5-TTS's DiT without the audio, training and Chinese packages that its other modules load."""
    for name in ("torchaudio", "librosa", "librosa.filters", "rjieba", "pypinyin"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["librosa.filters"].mel = None
    sys.modules["pypinyin"].Style = sys.modules["pypinyin"].lazy_pinyin = None
    spec = importlib.util.find_spec("f5_tts")
    for name, folder in (("f5_tts.model", "model"), ("f5_tts.model.backbones", "model/backbones")):
        package = types.ModuleType(name)
        package.__path__ = [str(Path(spec.submodule_search_locations[0]) / folder)]
        sys.modules[name] = package
    return importlib.import_module("f5_tts.model.backbones.dit").DiT


DIM, DEPTH, HEADS, DIM_HEAD, TEXT_DIM, VOCABULARY, FRAMES = 64, 2, 4, 16, 48, 40, 53


def case(dit_class, seed, mask_padding, average_upsampling, turned_heads):
    torch.manual_seed(seed)
    model = dit_class(
        dim=DIM, depth=DEPTH, heads=HEADS, dim_head=DIM_HEAD, ff_mult=2, mel_dim=100, text_num_embeds=VOCABULARY, text_dim=TEXT_DIM,
        text_mask_padding=mask_padding, text_embedding_average_upsampling=average_upsampling, conv_layers=2,
        pe_attn_head=turned_heads, attn_mask_enabled=False).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.ndim > 1 or "grn" in name:
                p.copy_(torch.randn_like(p) * (0.5 if p.ndim < 2 or "grn" in name or "text_embed.weight" in name else 1.2 / p[0].numel() ** 0.5))
            else:
                p.copy_(torch.randn_like(p) * 0.2 + (1.0 if name.endswith("norm.weight") else 0.0))
    noisy, cond = torch.randn(1, FRAMES, 100), torch.randn(1, FRAMES, 100)
    cond[:, 20:] = 0
    text = torch.randint(0, VOCABULARY, (1, 19))
    time = torch.tensor([0.37])
    with torch.no_grad():
        text_embed = model.text_embed(text, FRAMES)
        text_null = model.text_embed(text, FRAMES, drop_text=True)
        embedded = model.input_embed(noisy, cond, text_embed)
        time_embed = model.time_embed(time)
        rope = model.rotary_embed.forward_from_seq_len(FRAMES)
        block = model.transformer_blocks[0](embedded, time_embed, rope=rope)
        both = model(noisy, cond, text, time, cfg_infer=True)
    out = {"ema_model.transformer." + k: v for k, v in model.state_dict().items()}
    results = dict(noisy=noisy, cond=cond, text=text, time=time, text_embed=text_embed, text_null=text_null, embedded=embedded,
                   time_embed=time_embed, block=block, conditioned=both[:1], null=both[1:])
    out.update({"case." + k: v for k, v in results.items()})
    return {k: v.to(torch.int64 if v.dtype == torch.int64 else torch.float32).contiguous().clone() for k, v in out.items()}


def main():
    dit_class = import_dit()
    folder = Path(__file__).parent
    save_file(case(dit_class, 1, True, False, None), folder / "f5_v1.safetensors")
    save_file(case(dit_class, 2, False, False, 1), folder / "f5_v0.safetensors")
    save_file(case(dit_class, 3, True, True, None), folder / "f5_average_upsampling.safetensors")


if __name__ == "__main__":
    main()

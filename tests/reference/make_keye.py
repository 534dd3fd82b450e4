"""Writes keye.safetensors and keye.json: a tiny Keye model with seeded weights, and what the reference makes of two pictures.

The reference is transformers 5.24.0: the tower and Preview's projector are those of PaddleOCR-VL, which are Keye's; 1.5's projector
normalises after the merge; the language model is Qwen3 with PaddleOCR-VL's rotary embedding of three axes.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import torch
from safetensors.torch import save_file
from transformers import Qwen3Config, Qwen3ForCausalLM
from transformers.models.paddleocr_vl.configuration_paddleocr_vl import PaddleOCRVisionConfig
from transformers.models.paddleocr_vl.modeling_paddleocr_vl import PaddleOCRProjector, PaddleOCRRotaryEmbedding, PaddleOCRVisionModel

VISION = {"hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 2, "num_attention_heads": 3, "image_size": 70, "patch_size": 14,
          "layer_norm_eps": 1e-6, "spatial_merge_size": 2}
# Multiples of 32, which the blocks of GGUF files want.
TEXT = {"vocab_size": 96, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "head_dim": 16, "rms_norm_eps": 1e-6}
ROPE_THETA = 8_000_000.0
SECTION = [2, 3, 3]
# Rows and columns of patches.
PICTURES = [(4, 6), (8, 2)]
WORDS = [[3, 17, 5, 90], [41, 8], [2, 77, 30, 11, 6]]
STEPS = 64


class ProjectorOf15(PaddleOCRProjector):
    """Merges before it normalises."""

    def __init__(self, config):
        super().__init__(config)
        self.pre_norm = torch.nn.LayerNorm(config.vision_config.hidden_size * 4, eps=1e-05)

    def forward(self, image_features, image_grid_thw):
        out = []
        for feature, (_, h, w) in zip(image_features.split(image_grid_thw.prod(dim=1).tolist()), image_grid_thw.tolist()):
            merged = feature.reshape(h // 2, 2, w // 2, 2, -1).transpose(1, 2).reshape(h * w // 4, -1)
            out.append(self.linear_2(self.act(self.linear_1(self.pre_norm(merged)))))
        return torch.cat(out)


class ThreeAxes(torch.nn.Module):
    """Rotary angles for the positions that are set, (3, 1, n)."""

    def __init__(self):
        super().__init__()
        self.inner = PaddleOCRRotaryEmbedding(SimpleNamespace(
            max_position_embeddings=4096, head_dim=TEXT["head_dim"],
            rope_parameters={"rope_type": "default", "rope_theta": ROPE_THETA, "mrope_section": SECTION}))
        self.positions = None

    def forward(self, x, position_ids):
        return self.inner(x, self.positions)


def positions(extra):
    """(3, 1, n) of words and pictures in turn, then `extra` words."""
    axes, place = [[], [], []], 0
    for index, words in enumerate(WORDS):
        for axis in axes:
            axis.extend(range(place, place + len(words)))
        place += len(words)
        if index < len(PICTURES):
            rows, columns = (side // 2 for side in PICTURES[index])
            for row in range(rows):
                for column in range(columns):
                    for axis, value in zip(axes, (place, place + row, place + column)):
                        axis.append(value)
            place += max(rows, columns)
    for axis in axes:
        axis.extend(range(place, place + extra))
    return torch.tensor(axes)[:, None]


def spread(module, generator):
    """Weights large enough that every part matters."""
    for name, weight in module.named_parameters():
        scale = 0.3 if weight.dim() > 1 else 0.1
        weight.data = torch.randn(weight.shape, generator=generator) * scale
        if "norm" in name and name.endswith("weight"):
            weight.data += 1


@torch.no_grad()
def main():
    torch.manual_seed(11)
    generator = torch.Generator().manual_seed(11)
    vision_config = PaddleOCRVisionConfig(**VISION)
    tower = PaddleOCRVisionModel._from_config(vision_config, attn_implementation="eager").eval()
    both = SimpleNamespace(vision_config=vision_config, text_config=SimpleNamespace(hidden_size=TEXT["hidden_size"]))
    projectors = {"preview": PaddleOCRProjector(both), "v15": ProjectorOf15(both)}
    language = Qwen3ForCausalLM._from_config(Qwen3Config(**TEXT, rope_theta=ROPE_THETA, tie_word_embeddings=False, attention_bias=False),
                                             attn_implementation="eager").eval()
    for module in (tower, *projectors.values(), language):
        spread(module, generator)
    language.model.rotary_emb = ThreeAxes()

    grid = torch.tensor([(1, *picture) for picture in PICTURES])
    patches = torch.randn(int(grid.prod(dim=1).sum()), 3, 14, 14, generator=generator)
    seen = tower(patches[None], grid_thw=grid).last_hidden_state.reshape(len(patches), -1)
    tensors = {"patches": patches.flatten(1), "seen": seen}
    for name, weight in tower.state_dict().items():
        tensors["visual." + name] = weight
    for name, weight in language.state_dict().items():
        tensors[name] = weight
    tokens = {}
    for kind, projector in projectors.items():
        projected = projector(seen, grid)
        tensors[f"{kind}.projected"] = projected
        for name, weight in projector.state_dict().items():
            tensors[f"{kind}.mlp_AR.{name}"] = weight
        pictures = projected.split((grid.prod(dim=1) // 4).tolist())
        pieces = [piece for pair in zip(map(embedded(language), WORDS), (*pictures, None)) for piece in pair if piece is not None]
        prompt = torch.cat(pieces)[None]
        answer = []
        for step in range(STEPS):
            language.model.rotary_emb.positions = positions(step)
            scores = language(inputs_embeds=prompt, use_cache=False).logits[0, -1]
            if step == 0:
                tensors[f"{kind}.scores"] = scores
            answer.append(int(scores.argmax()))
            prompt = torch.cat([prompt, embedded(language)(answer[-1:])[None]], dim=1)
        tokens[kind] = answer
        print(kind, answer)
    folder = Path(__file__).parent
    save_file({name: tensor.float().contiguous() for name, tensor in tensors.items()}, folder / "keye.safetensors")
    text = {**TEXT, "rope_theta": ROPE_THETA, "rope_scaling": {"mrope_section": SECTION}}
    (folder / "keye.json").write_text(json.dumps(
        {"vision": VISION, "language": text, "pictures": PICTURES, "words": WORDS, "answers": tokens}, indent=1) + "\n")


def embedded(language):
    return lambda words: language.model.embed_tokens(torch.tensor(words))


if __name__ == "__main__":
    main()

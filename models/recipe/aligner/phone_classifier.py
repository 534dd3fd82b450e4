"""Phone classifier: a small convolutional network over the mel, for aligning a known text with a recording.

Shape letters: b batch, n patches of two mel frames (46.875 a second), c classes. Class 0 is silence; the others are phones without
their stress and length. One more output says whether a phone begins in the patch.
"""

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from torch import nn

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from features import MEL_MEAN, MEL_STD, PATCH_SIZE
from model import ConvNeXtV2Block


@dataclass
class Config:
    mel_bins: int = 100
    patch_size: int = PATCH_SIZE
    dim: int = 160
    conv_layers: int = 6
    conv_mult: int = 2
    mel_mean: float = MEL_MEAN
    mel_std: float = MEL_STD
    # Names of the classes, silence first; for each token of the tokenizer the index of its class.
    classes: list = field(default_factory=list)
    token_classes: list = field(default_factory=list)
    # Natural logarithm of each class's share of the training frames.
    log_priors: list = field(default_factory=list)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


class PhoneClassifier(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.embed = nn.Linear(c.mel_bins * c.patch_size, c.dim)
        self.blocks = nn.ModuleList([ConvNeXtV2Block(c.dim, c.conv_mult) for _ in range(c.conv_layers)])
        self.norm = nn.LayerNorm(c.dim, eps=1e-6)
        self.head = nn.Linear(c.dim, len(c.classes) + 1)

    def forward(self, mel, mask):
        """mel (b, n, 200) normalised, mask (b, n, 1) -> logits of the classes (b, n, c) and of a phone onset (b, n)."""
        x = self.embed(mel) * mask
        for block in self.blocks:
            x = block(x, mask)
        x = self.head(self.norm(x))
        return x[..., :-1], x[..., -1]


def class_of(symbol: str) -> str:
    """The class name of a token such as "ˈɑː": without stress and length; "" for silences."""
    bare = symbol.lstrip("ˈˌ").rstrip("ː")
    return bare if len(bare) == 1 and bare.isalpha() else ""


def classes_of(tokenizer: Path) -> tuple[list[str], list[int]]:
    """Names of the classes, and the class of each token of tokenizer.json."""
    vocabulary = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    tokens = sorted(vocabulary, key=vocabulary.get)
    names = ["", *sorted({class_of(token) for token in tokens} - {""})]
    return names, [names.index(class_of(token)) for token in tokens]

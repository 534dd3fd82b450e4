"""Prepared shards to batches for the joint model."""

import pickle
import re
from pathlib import Path

import numpy as np
import torch

from features import DURATION_FRAME_SECS, MEL_BINS, MEL_MEAN, MEL_STD, PATCH_SIZE, motion_frames, token_phones, token_prosody
from pauses import with_longer_pause

TOKENIZER_STRESS = {1: "ˈ", 2: "ˌ"}


def token_symbols(phones) -> list[str]:
    """Phones with their stress, spelled as in the product's tokenizer."""
    return [TOKENIZER_STRESS.get(stress, "") + symbol for symbol, stress in phones]


def voice_weights(voice: str) -> dict[str, float]:
    """`af_heart`, or a mix such as `0.46*am_onyx+0.41*af_sky` -> weights that sum to 1."""
    parts = [p.split("*") if "*" in p else ["1", p] for p in re.sub(r"@.*", "", voice).split("+")]
    total = sum(float(w) for w, _ in parts)
    return {name: float(w) / total for w, name in parts}


class Corpus:
    """All lines in memory; indices of training and validation lines."""

    def __init__(self, folder: Path, with_samples: bool = False):
        self.items = []
        for shard in sorted(folder.glob("shard-*.pkl")):
            with open(shard, "rb") as file:
                for item in pickle.load(file):
                    if not with_samples:
                        del item["samples"]
                    self.items.append(item)
        self.vocabulary = sorted({s for it in self.items for s in token_symbols(it["phones"])})
        self.voices = sorted({v for it in self.items for v in voice_weights(it["voice"])})
        ids = {s: i + 1 for i, s in enumerate(self.vocabulary)}  # 0 stays free for dropped text
        for it in self.items:
            it["ids"] = np.array([ids[s] for s in token_symbols(it["phones"])], np.int64)
            it["tokens"] = len(it["mel"]) // PATCH_SIZE
            row = np.zeros(len(self.voices), np.float32)
            for name, weight in voice_weights(it["voice"]).items():
                row[self.voices.index(name)] = weight
            it["voice_row"] = row
            it["prosody"] = token_prosody(it["mel"].astype(np.float32), it["f0"])
            it["index"], it["progress"] = token_phones(it["frames"] * DURATION_FRAME_SECS, it["tokens"])
            frames = motion_frames(it["tokens"])
            motion = it["motion"].reshape(-1, 12)
            it["motion"] = motion[np.minimum(np.arange(frames), len(motion) - 1)]
        self.train = [i for i, it in enumerate(self.items) if it["split"] == "train"]
        self.validation = [i for i, it in enumerate(self.items) if it["split"] == "validation"]
        motion = np.concatenate([self.items[i]["motion"] for i in self.train])
        self.motion_mean = motion.mean(0)
        # A channel that never moves keeps a deviation that its noise cannot be blown up by.
        self.motion_std = np.maximum(motion.std(0), 0.003)

    def batches(self, indices, tokens_per_batch: int, rng: np.random.Generator):
        """Lines of like length together; the order of batches is random."""
        keyed = sorted(indices, key=lambda i: self.items[i]["tokens"] * rng.uniform(0.9, 1.1))
        groups, group = [], []
        for i in keyed:
            longest = max(self.items[i]["tokens"], max((self.items[j]["tokens"] for j in group), default=0))
            if group and longest * (len(group) + 1) > tokens_per_batch:
                groups.append(group)
                group = []
            group.append(i)
        groups.append(group)
        rng.shuffle(groups)
        return groups

    def collate(self, group, rng: np.random.Generator | None = None, longer_pauses: float = 0.0) -> dict[str, torch.Tensor]:
        """Padded tensors: see the model's `forward` for the shapes. A share of `longer_pauses` gets one, at random."""
        items = [self.items[i] for i in group]
        if rng is not None:
            items = [with_longer_pause(it, rng) if rng.random() < longer_pauses else it for it in items]
        b, n = len(items), max(it["tokens"] for it in items)
        m, p = motion_frames(n), max(len(it["ids"]) for it in items)
        out = {
            "mel": np.zeros((b, n, MEL_BINS * PATCH_SIZE), np.float32), "audio_mask": np.zeros((b, n, 1), np.float32),
            "motion": np.zeros((b, m, 12), np.float32), "motion_mask": np.zeros((b, m, 1), np.float32),
            "phones": np.zeros((b, p), np.int64), "phone_mask": np.zeros((b, p, 1), np.float32),
            "log_frames": np.zeros((b, p), np.float32), "index": np.zeros((b, n), np.int64),
            "progress": np.zeros((b, n, 2), np.float32), "prosody": np.zeros((b, n, 3), np.float32),
            "voice": np.stack([it["voice_row"] for it in items]),
        }
        for k, it in enumerate(items):
            t, f, q = it["tokens"], len(it["motion"]), len(it["ids"])
            out["mel"][k, :t] = ((it["mel"].astype(np.float32) - MEL_MEAN) / MEL_STD).reshape(t, -1)
            out["audio_mask"][k, :t] = 1
            out["motion"][k, :f] = (it["motion"] - self.motion_mean) / self.motion_std
            out["motion_mask"][k, :f] = 1
            out["phones"][k, :q] = it["ids"]
            out["phone_mask"][k, :q] = 1
            out["log_frames"][k, :q] = np.log(it["frames"] * it["speed"])
            out["index"][k, :t], out["progress"][k, :t], out["prosody"][k, :t] = it["index"], it["progress"], it["prosody"]
        return {k: torch.from_numpy(v) for k, v in out.items()}

"""Prepared shards to batches for the joint model."""

import pickle
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from features import DURATION_FRAME_SECS, MEL_BINS, MEL_MEAN, MEL_STD, PATCH_SIZE, motion_frames, token_phones, token_prosody
from backgrounds import background_mels
from degrade import degraded
from pauses import with_longer_pause
from reference import after_reference, in_another_voice, with_own_beginning

# Clips of sound that is not speech.
BACKGROUNDS = 84
# A line grows by a reference at most so much beyond the longest of its batch, or to so many tokens: the others are padded to it.
REFERENCE_GROWTH, REFERENCE_TOKENS = 1.25, 220


@dataclass(frozen=True)
class Shares:
    """Shares of the lines that are one of the product's other tasks, drawn anew each time."""

    longer_pause: float = 0.15
    # A recording of speech that the face follows; one without speech, over which the mouth stays shut.
    recorded: float = 0.20
    not_speech: float = 0.05
    # A voice of which only a reference is known.
    reference: float = 0.20


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
    """All lines in memory; indices of training and validation lines.

    With `vocabulary` and `voices`, those of a model which is there already, lines with other symbols and of others are left out.
    """

    def __init__(
        self,
        folder: Path,
        with_samples: bool = False,
        shares: Shares = Shares(),
        vocabulary: list[str] | None = None,
        voices: list[str] | None = None,
    ):
        self.shares = shares
        self.items = []
        for shard in sorted(folder.glob("shard-*.pkl")):
            with open(shard, "rb") as file:
                for item in pickle.load(file):
                    if not with_samples:
                        del item["samples"]
                    is_known = vocabulary is None or set(token_symbols(item["phones"])) <= set(vocabulary)
                    if is_known and (voices is None or set(voice_weights(item["voice"])) <= set(voices)):
                        self.items.append(item)
        self.vocabulary = vocabulary or sorted({s for it in self.items for s in token_symbols(it["phones"])})
        self.voices = voices or sorted({v for it in self.items for v in voice_weights(it["voice"])})
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
        self.train = [i for i, it in enumerate(self.items) if it["split"] == "train" and not it.get("filmed")]
        # Clips of people who were filmed while they spoke: sound and movement, no words.
        self.filmed = [i for i, it in enumerate(self.items) if it["split"] == "train" and it.get("filmed")]
        self.validation = [i for i, it in enumerate(self.items) if it["split"] == "validation" and not it.get("filmed")]
        self.by_voice: dict[str, list[int]] = {}
        for i in self.train:
            self.by_voice.setdefault(self.items[i]["voice"], []).append(i)
        motion = np.concatenate([self.items[i]["motion"] for i in self.train + self.filmed])
        self.motion_mean = motion.mean(0)
        # A channel that never moves keeps a deviation that its noise cannot be blown up by.
        self.motion_std = np.maximum(motion.std(0), 0.003)

    @cached_property
    def backgrounds(self) -> list[np.ndarray]:
        """Clips of sound that is not speech; making them takes some twenty seconds."""
        return background_mels(BACKGROUNDS, np.random.default_rng(0))

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

    def varied(self, item: dict, longest: int, rng: np.random.Generator) -> dict:
        """`item` as one of the tasks that the product knows, see `Shares`; what each adds is named in `collate`.

        `longest`: tokens of the longest line beside it. A filmed clip has no words and is always a recording.
        """
        if item.get("filmed"):
            return {**item, "audio_given": True, "speech": False, "heard": degraded(item["mel"], self.backgrounds, rng)}
        if rng.random() < self.shares.longer_pause:
            item = with_longer_pause(item, rng)
        draw = rng.random()
        if draw < self.shares.recorded:
            return {**item, "audio_given": True, "heard": degraded(item["mel"], self.backgrounds, rng)}
        draw -= self.shares.recorded
        if draw < self.shares.not_speech:
            clip = self.backgrounds[rng.integers(len(self.backgrounds))]
            heard = np.resize(np.roll(clip, rng.integers(len(clip)), 0), item["mel"].shape)
            return {**item, "audio_given": True, "speech": False, "heard": degraded(heard, self.backgrounds, rng), "motion": np.zeros_like(item["motion"])}
        draw -= self.shares.not_speech
        if draw < self.shares.reference:
            companion = self.items[rng.choice(self.by_voice[item["voice"]])]
            room = max(int(longest * REFERENCE_GROWTH), REFERENCE_TOKENS) - item["tokens"]
            told = after_reference(item, companion, room) if rng.random() < 0.5 else with_own_beginning(item, rng.uniform(0.2, 0.6))
            return in_another_voice(told, rng)
        return item

    def collate(self, group, rng: np.random.Generator | None = None) -> dict[str, torch.Tensor]:
        """Padded tensors: see the model's `forward` for the shapes. With `rng` the lines are varied.

        Beside those, one value a line: `audio_given` (the sound is known whole), `speech` (0 for sound without words),
        `reference_tokens` (so much of the beginning is known, and the voice's row is not).
        """
        items = [self.items[i] for i in group]
        if rng is not None:
            longest = max(it["tokens"] for it in items)
            items = [self.varied(it, longest, rng) for it in items]
        b, n = len(items), max(it["tokens"] for it in items)
        m, p = motion_frames(n), max(len(it["ids"]) for it in items)
        out = {
            "mel": np.zeros((b, n, MEL_BINS * PATCH_SIZE), np.float32), "audio_mask": np.zeros((b, n, 1), np.float32),
            "motion": np.zeros((b, m, 12), np.float32), "motion_mask": np.zeros((b, m, 1), np.float32),
            "phones": np.zeros((b, p), np.int64), "phone_mask": np.zeros((b, p, 1), np.float32),
            "log_frames": np.zeros((b, p), np.float32), "index": np.zeros((b, n), np.int64),
            "progress": np.zeros((b, n, 2), np.float32), "prosody": np.zeros((b, n, 3), np.float32),
            "voice": np.stack([it["voice_row"] for it in items]),
            "audio_given": np.array([it.get("audio_given", False) for it in items]),
            "speech": np.array([it.get("speech", True) for it in items], np.float32),
            "reference_tokens": np.array([it.get("reference_tokens", 0) for it in items], np.float32),
        }
        for k, it in enumerate(items):
            t, f, q = it["tokens"], len(it["motion"]), len(it["ids"])
            out["mel"][k, :t] = ((it.get("heard", it["mel"])[: t * PATCH_SIZE].astype(np.float32) - MEL_MEAN) / MEL_STD).reshape(t, -1)
            out["audio_mask"][k, :t] = 1
            out["motion"][k, :f] = (it["motion"] - self.motion_mean) / self.motion_std
            out["motion_mask"][k, :f] = 1
            out["phones"][k, :q] = it["ids"]
            out["phone_mask"][k, :q] = 1
            out["log_frames"][k, :q] = np.log(np.maximum(it["frames"] * it["speed"], 0.05))
            out["index"][k, :t], out["progress"][k, :t], out["prosody"][k, :t] = it["index"], it["progress"], it["prosody"]
        return {k: torch.from_numpy(v) for k, v in out.items()}

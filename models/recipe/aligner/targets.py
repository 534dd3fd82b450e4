"""Training examples of the aligner: mels joined, stretched and degraded, with the phones of each patch."""

import sys
from pathlib import Path

import numpy as np
import torch

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from data import Corpus  # noqa: F401
from features import DURATION_FRAME_SECS, HOP_LENGTH, MEL_MEAN, MEL_STD, PATCH_SIZE, SAMPLE_RATE_HZ, silences_secs
from mouth_motion import SILENCES
from pauses import with_longer_pause
from phone_classifier import class_of
from recordings import as_recorded, stretched

MEL_FRAME_SECS = HOP_LENGTH / SAMPLE_RATE_HZ
# Pauses are located by their level: the teacher's durations attribute most of a pause to the phone before it.
QUIETER_DECIBELS, SHORTEST_SECS = 35.0, 0.07
# Longer examples are truncated: one long line would pad all the others.
MOST_PATCHES = 600


class Line:
    """One line: mel (frames, 100), and spans (start, end, class) in seconds; class −1 is unknown."""

    def __init__(self, item: dict, names: list[str]):
        self.mel = item["mel"].astype(np.float32)
        self.spans, self.starts_secs = spans(item, names)
        self.secs = len(self.mel) * MEL_FRAME_SECS


def spans(item: dict, names: list[str]):
    """Spans with silences located by level, and the teacher's phone starts (silences included)."""
    ends = np.cumsum(item["frames"]) * DURATION_FRAME_SECS
    starts = ends - item["frames"] * DURATION_FRAME_SECS
    is_silence = [phone in SILENCES for phone, _ in item["phones"]]
    quiet = silences_secs(item["mel"].astype(np.float32), QUIETER_DECIBELS, SHORTEST_SECS)
    out = []
    for i, (phone, _) in enumerate(item["phones"]):
        start, end = starts[i], ends[i]
        beside_silence = is_silence[i] or (i + 1 < len(starts) and is_silence[i + 1]) or (i > 0 and is_silence[i - 1])
        name = -1 if is_silence[i] else names.index(class_of(phone))
        if not beside_silence:
            out.append((start, end, name))
            continue
        at = start
        for a, b in quiet:
            a, b = max(a, start), min(b, end)
            if b - a < 0.01:
                continue
            if a - at > 0.004:
                out.append((at, a, name))
            out.append((a, b, 0))
            at = b
        if end - at > 0.004:
            # What remains of a phone after its pause belongs to the next phone's onset: unknown.
            out.append((at, end, name if at == start else -1))
    return out, starts


def joined(lines: list[Line], rng, gap_secs: float = 0.0):
    """Lines in sequence, directly or separated by pauses made of the previous line's quietest frames."""
    mels, all_spans, at = [], [], 0.0
    for line in lines:
        if mels and gap_secs > 0:
            frames = int(rng.uniform(0, gap_secs) / MEL_FRAME_SECS)
            last = mels[-1]
            quietest = last[np.argsort(last.mean(1))[: max(8, len(last) // 40)]]
            mels.append(quietest[rng.integers(0, len(quietest), frames)])
            all_spans.append((at, at + frames * MEL_FRAME_SECS, 0))
            at += frames * MEL_FRAME_SECS
        mels.append(line.mel)
        all_spans += [(at + a, at + min(b, line.secs), c) for a, b, c in line.spans if a < line.secs]
        at += line.secs
    return np.concatenate(mels), all_spans


def patch_targets(all_spans, patches: int, classes: int, tempo: float = 1.0):
    """(patches, classes) share of each class in a patch's time, and (patches,) 1 at onsets. `tempo` stretches time."""
    patch_secs = PATCH_SIZE * MEL_FRAME_SECS
    share = np.zeros((patches, classes), np.float32)
    begins = np.zeros(patches, np.float32)
    previous = -1
    for start, end, name in all_spans:
        a, b = start * tempo / patch_secs, end * tempo / patch_secs
        if name >= 0:
            for p in range(max(int(a), 0), min(int(np.ceil(b)), patches)):
                share[p, name] += min(b, p + 1) - max(a, p)
            if int(a) < patches and not (name == 0 and previous == 0):
                begins[int(a)] = 1.0
        previous = name
    return share, begins


def example(lines: list[Line], others: list[np.ndarray], backgrounds: list[np.ndarray], classes: int, rng):
    """Degraded and normalised mel (patches, 200), shares (patches, classes), onsets (patches,)."""
    mel, all_spans = joined(lines, rng, 1.5 if rng.random() < 0.5 else 0.0)
    tempo = float(np.exp(rng.uniform(np.log(0.75), np.log(1.3)))) if rng.random() < 0.7 else 1.0
    patches = int(len(mel) * tempo) // PATCH_SIZE
    share, begins = patch_targets(all_spans, patches, classes, tempo)
    mel = stretched(mel, patches * PATCH_SIZE)
    silent = np.repeat(share[:, 0] > 0.99, PATCH_SIZE)
    mel = as_recorded(mel, silent, others, backgrounds, rng)
    return ((mel - MEL_MEAN) / MEL_STD).reshape(patches, -1).astype(np.float32), share, begins


def batch(corpus, chosen: list[list[int]], names: list[str], rng):
    """Padded examples of the lines in `chosen`: mel (b, n, 200), shares (b, n, c), onsets (b, n), mask (b, n, 1)."""
    examples = []
    for group in chosen:
        lines = [Line(with_longer_pause(corpus.items[i], rng) if rng.random() < 0.3 else corpus.items[i], names) for i in group]
        others = [corpus.items[i]["mel"] for i in rng.choice(corpus.train, int(rng.integers(1, 3)))]
        examples.append(example(lines, others, corpus.backgrounds, len(names), rng))
    b, n = len(examples), min(max(len(e[0]) for e in examples), MOST_PATCHES)
    out = [np.zeros((b, n, examples[0][0].shape[1]), np.float32), np.zeros((b, n, len(names)), np.float32),
           np.zeros((b, n), np.float32), np.zeros((b, n, 1), np.float32)]
    for k, example_of_line in enumerate(examples):
        mel, share, begins = (x[:n] for x in example_of_line)
        out[0][k, : len(mel)], out[1][k, : len(mel)], out[2][k, : len(mel)], out[3][k, : len(mel)] = mel, share, begins, 1
    return tuple(torch.from_numpy(x) for x in out)

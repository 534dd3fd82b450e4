"""Pauses longer than the teacher's: a recording that the portrait follows may be silent for seconds."""

import numpy as np

from features import DURATION_FRAME_SECS, TOKENS_PER_SECOND, silences_secs, token_phones
from mouth_motion import SILENCES

# 15 audio tokens last as long as 8 motion frames, so both streams grow by the same time.
UNIT_TOKENS, UNIT_MOTION_FRAMES = 15, 8
MOST_UNITS = 8
# Minimum extent of the pause on both sides of the cut, in tokens.
REACH_TOKENS = 2
# Natural logarithm of the mel's floor.
SILENCE_MEL = float(np.log(1e-5))


def with_longer_pause(item: dict, rng: np.random.Generator) -> dict:
    """`item` with 0.32 to 2.6 s of silence inserted into one of its pauses, mouth shut; unchanged if it has none."""
    tokens = item["tokens"]
    places = []
    for start, end in silences_secs(item["mel"].astype(np.float32)):
        first, last = int(np.ceil(start * TOKENS_PER_SECOND)) + REACH_TOKENS, int(end * TOKENS_PER_SECOND) - REACH_TOKENS
        places += [p for p in range(max(first, 1), min(last, tokens - 1)) if item["phones"][item["index"][p]][0] in SILENCES]
    if not places:
        return item
    cut = int(rng.choice(places))
    units = int(rng.integers(1, MOST_UNITS + 1))
    more_tokens, more_frames = units * UNIT_TOKENS, units * UNIT_MOTION_FRAMES
    mel = item["mel"]
    # Frames of silence from this recording in random order, sometimes at another level.
    around = mel[2 * (cut - REACH_TOKENS) : 2 * (cut + REACH_TOKENS)]
    quiet = around[rng.integers(0, len(around), 2 * more_tokens)].astype(np.float32)
    if rng.random() < 0.4:
        quiet = SILENCE_MEL + (quiet - SILENCE_MEL) * rng.uniform(0.0, 1.3)
    motion_cut = min(int(np.ceil(cut * UNIT_MOTION_FRAMES / UNIT_TOKENS)), len(item["motion"]))
    energy = np.full((more_tokens, 3), [0.0, 0.0, 0.0], np.float32)
    energy[:, 2] = item["prosody"][cut, 2]
    frames = item["frames"].copy()
    frames[item["index"][cut]] += more_tokens / TOKENS_PER_SECOND / DURATION_FRAME_SECS
    index, progress = token_phones(frames * DURATION_FRAME_SECS, tokens + more_tokens)
    rest = np.zeros((more_frames, item["motion"].shape[1]), item["motion"].dtype)
    return {
        **item,
        "tokens": tokens + more_tokens,
        "mel": np.concatenate([mel[: 2 * cut], quiet.astype(mel.dtype), mel[2 * cut :]]),
        "motion": np.concatenate([item["motion"][:motion_cut], rest, item["motion"][motion_cut:]]),
        "prosody": np.concatenate([item["prosody"][:cut], energy, item["prosody"][cut:]]),
        "index": index,
        "progress": progress,
    }

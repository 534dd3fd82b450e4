"""Lines in a voice outside the table, with a span of it given: the product's voices by reference."""

import numpy as np

from degrade import NEPERS_PER_DECIBEL, equaliser, warp_frequencies
from features import DURATION_FRAME_SECS, LOG_PITCH_STD, MEL_STD, TOKENS_PER_SECOND, token_phones
from pauses import UNIT_MOTION_FRAMES, UNIT_TOKENS

# Shortest reference put in front of a line, in units of 0.32 s.
FEWEST_UNITS = 4


def after_reference(item: dict, reference: dict, most_tokens: int) -> dict:
    """`item` preceded by at most `most_tokens` of a line in the same voice; the result's `reference_tokens` is the given length."""
    units = min(reference["tokens"], most_tokens) // UNIT_TOKENS
    if units < FEWEST_UNITS:
        return with_own_beginning(item, 0.4)
    tokens, motion = units * UNIT_TOKENS, units * UNIT_MOTION_FRAMES
    end_frames = tokens / TOKENS_PER_SECOND / DURATION_FRAME_SECS
    ends = np.minimum(np.cumsum(reference["frames"]), end_frames)
    frames = np.diff(ends, prepend=0.0).astype(np.float32)
    # Everything after the cut is dropped; the last remaining phone extends to it.
    kept = int(np.searchsorted(ends, end_frames - 1e-3)) + 1
    frames = frames[:kept]
    frames[-1] += end_frames - frames.sum()
    both = np.concatenate([frames, item["frames"]]).astype(np.float32)
    total = tokens + item["tokens"]
    index, progress = token_phones(both * DURATION_FRAME_SECS, total)
    ahead = reference["motion"][:motion]
    ahead = np.concatenate([ahead, np.repeat(ahead[-1:], motion - len(ahead), 0)])
    return {
        **item,
        "tokens": total,
        "phones": reference["phones"][:kept] + item["phones"],
        "ids": np.concatenate([reference["ids"][:kept], item["ids"]]),
        "frames": both,
        "mel": np.concatenate([reference["mel"][: 2 * tokens], item["mel"]]),
        "motion": np.concatenate([ahead, item["motion"]]),
        "prosody": np.concatenate([reference["prosody"][:tokens], item["prosody"]]),
        "index": index,
        "progress": progress,
        "reference_tokens": tokens,
    }


def with_own_beginning(item: dict, share: float) -> dict:
    """`item` with this share of its own beginning as the reference."""
    return {**item, "reference_tokens": max(1, int(share * item["tokens"]))}


def in_another_voice(item: dict, rng: np.random.Generator) -> dict:
    """`item` with another vocal tract and microphone, the same throughout, so that the reference determines the rest."""
    factor = float(np.exp(rng.uniform(-0.2, 0.2)))
    curve = equaliser(rng, 2.5) + rng.normal(0.0, 1.5) * NEPERS_PER_DECIBEL
    mel = warp_frequencies(item["mel"].astype(np.float32), factor) + curve
    prosody = item["prosody"].copy()
    prosody[:, 0] += prosody[:, 1] * np.log(factor) / LOG_PITCH_STD
    tokens = item["tokens"]
    change = (mel - item["mel"])[: 2 * tokens].reshape(tokens, -1).mean(1) / MEL_STD
    prosody[:, 2] += change
    return {**item, "mel": mel.astype(np.float32), "prosody": prosody}

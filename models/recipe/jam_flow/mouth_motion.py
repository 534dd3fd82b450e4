"""Mouth motion for speech with known phones and durations.

Each phone has a target for the lips and the jaw, and a dominance: neighbours blend by dominance, so that rounding starts early, a vowel
opens less between tight consonants, and a closure always closes. This is the co-articulation model of Cohen and Massaro (1993) on the
four mouth keypoints of the face rig, with hard closures added.

Internal lengths are centimetres; the result is in canonical units of 10 cm: (frames, 4, 3) for the keypoints 14 (mouth corner on
the image's right), 17 (upper lip), 19 (lower lip), 20 (chin); x right, y down, z into the image.
"""

from dataclasses import dataclass

import numpy as np

from features import MOTION_FRAMES_PER_SECOND

RATE_HZ = 200.0
# Lips lead the audio slightly, as in videos of real speakers (median lag -0.07 s of the jaw against the vowel envelope).
LEAD_SECS = 0.02
SILENCES = set(";:,.!?—…\"()“” ") | {"<bos>", "<eos>"}


# Scales the openings of whole lines to those of real speakers: median 3 to 7 % of the face height, 99th percentile 10 to 15 %.
VOWEL_OPENING = 1.28


@dataclass(frozen=True)
class Shape:
    """Target of a phone: opening between the inner lips, jaw drop, corner spread, protrusion, lower-lip tuck (cm)."""

    open: float
    jaw: float
    spread: float = 0.0
    protrude: float = 0.0
    tuck: float = 0.0
    # Dominance of the phone over the opening and over the lip shape.
    claim_open: float = 1.0
    claim_shape: float = 1.0


def _vowel(opening, spread=0.0, protrude=0.0, claim=1.0):
    opening *= VOWEL_OPENING
    return Shape(opening, opening * 0.72, spread, protrude, claim_open=claim, claim_shape=1.6 if protrude > 0.2 else 1.0)


AH, EE, OO = _vowel(1.75, 0.05), _vowel(0.70, 0.32), _vowel(0.45, -0.55, 0.50)
SHAPES: dict[str, tuple[Shape, ...]] = {
    "ɑ": (AH,), "a": (AH,), "æ": (_vowel(1.60, 0.25),), "ʌ": (_vowel(1.25, 0.05),), "ɐ": (_vowel(0.95),), "ə": (_vowel(0.80, claim=0.7),),
    "ᵊ": (_vowel(0.50, claim=0.4),), "ɒ": (_vowel(1.45, -0.2, 0.2),), "ɔ": (_vowel(1.35, -0.35, 0.35),), "ɛ": (_vowel(1.20, 0.2),),
    "e": (_vowel(1.05, 0.2),), "ɜ": (_vowel(0.90, -0.2, 0.2),), "ɪ": (_vowel(0.80, 0.2),), "ᵻ": (_vowel(0.65, 0.15, claim=0.7),), "i": (EE,),
    "ʊ": (_vowel(0.70, -0.35, 0.35),), "u": (OO,), "o": (_vowel(0.95, -0.45, 0.40),),
    "A": (_vowel(1.15, 0.22), _vowel(0.75, 0.30)), "I": (_vowel(1.65, 0.1), _vowel(0.80, 0.28)), "O": (_vowel(1.05, -0.35, 0.35), OO),
    "Q": (_vowel(0.95, -0.1, 0.15), OO), "W": (_vowel(1.60, 0.05), OO), "Y": (_vowel(1.10, -0.40, 0.40), _vowel(0.75, 0.28)),
    "p": (Shape(0.0, 0.15, 0.0, 0.0, claim_open=6.0, claim_shape=0.3),), "b": (Shape(0.0, 0.15, claim_open=6.0, claim_shape=0.3),),
    "m": (Shape(0.0, 0.15, claim_open=6.0, claim_shape=0.3),),
    "f": (Shape(0.16, 0.20, 0.05, 0.0, 0.22, 4.0, 0.6),), "v": (Shape(0.18, 0.22, 0.05, 0.0, 0.20, 3.5, 0.6),),
    "θ": (Shape(0.50, 0.35, 0.10, claim_open=1.5, claim_shape=0.4),), "ð": (Shape(0.50, 0.35, 0.08, claim_open=1.2, claim_shape=0.4),),
    "s": (Shape(0.36, 0.18, 0.22, claim_open=2.2, claim_shape=0.5),), "z": (Shape(0.38, 0.20, 0.20, claim_open=2.0, claim_shape=0.5),),
    "t": (Shape(0.42, 0.25, 0.08, claim_open=1.3, claim_shape=0.25),), "d": (Shape(0.46, 0.28, 0.08, claim_open=1.2, claim_shape=0.25),),
    "n": (Shape(0.46, 0.28, 0.05, claim_open=1.2, claim_shape=0.25),), "T": (Shape(0.60, 0.40, 0.05, claim_open=0.7, claim_shape=0.2),),
    "ɾ": (Shape(0.60, 0.40, 0.05, claim_open=0.7, claim_shape=0.2),), "ʔ": (Shape(0.60, 0.40, claim_open=0.4, claim_shape=0.2),),
    "l": (Shape(0.65, 0.45, 0.05, claim_open=1.0, claim_shape=0.3),), "ɹ": (Shape(0.48, 0.30, -0.25, 0.28, claim_open=1.3, claim_shape=0.9),),
    "r": (Shape(0.48, 0.30, -0.25, 0.28, claim_open=1.3, claim_shape=0.9),),
    "ʃ": (Shape(0.42, 0.18, -0.30, 0.45, claim_open=2.0, claim_shape=1.4),), "ʒ": (Shape(0.42, 0.18, -0.30, 0.45, claim_open=2.0, claim_shape=1.4),),
    "ʧ": (Shape(0.42, 0.18, -0.30, 0.45, claim_open=2.0, claim_shape=1.4),), "ʤ": (Shape(0.44, 0.20, -0.28, 0.42, claim_open=2.0, claim_shape=1.4),),
    "k": (Shape(0.62, 0.42, claim_open=0.8, claim_shape=0.15),), "ɡ": (Shape(0.62, 0.42, claim_open=0.8, claim_shape=0.15),),
    "ŋ": (Shape(0.60, 0.40, claim_open=0.8, claim_shape=0.15),), "h": (Shape(0.85, 0.50, claim_open=0.4, claim_shape=0.1),),
    "j": (Shape(0.50, 0.28, 0.28, claim_open=1.2, claim_shape=0.9),), "w": (Shape(0.28, 0.18, -0.60, 0.55, claim_open=2.2, claim_shape=2.0),),
}
VOWELS = frozenset("ɑaæʌɐəᵊɒɔɛeɜɪᵻiʊuoAIOQWY")
SHUT = frozenset("pbm")
REST = Shape(0.0, 0.0, claim_open=1.5, claim_shape=0.5)


def _smooth_step(x):
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


def _closure(times, start, end, ramp_in, ramp_out):
    """1 away from the closure, 0 inside it, with ramps outside of [start, end]."""
    return np.maximum(_smooth_step((start - times) / ramp_in), _smooth_step((times - end) / ramp_out))


def _join_silences(phones, phone_secs, vowel_gain):
    """A full stop and the space after it are one pause for the mouth."""
    joined, secs, gains = [], [], []
    for i, (phone, length) in enumerate(zip(phones, phone_secs)):
        if joined and phone[0] in SILENCES and joined[-1][0] in SILENCES:
            secs[-1] += length
            continue
        joined.append(phone)
        secs.append(float(length))
        gains.append(1.0 if vowel_gain is None else float(vowel_gain[i]))
    return joined, secs, gains


def closing(times, phones, phone_secs) -> np.ndarray:
    """(times,) 0 where lips meet for p, b or m, 1 away from that."""
    ends, shut = np.cumsum(phone_secs), np.ones(len(times))
    for (symbol, _), end, length in zip(phones, ends, phone_secs):
        if symbol[0] in SHUT and symbol not in SILENCES:
            start = end - length
            shut *= _closure(times, start - 0.005, max(end - 0.005, start + 0.05), 0.05, 0.05)
    return shut


def mouth_silences(times, phones, phone_secs, silences_secs=()) -> np.ndarray:
    """(times,) 0 where the mouth rests, 1 where something is said; see `mouth_motion`."""
    phones, phone_secs, _ = _join_silences(phones, phone_secs, None)
    ends, shut = np.cumsum(phone_secs), np.ones(len(times))
    total = float(ends[-1])
    for i, (symbol, _) in enumerate(phones):
        if symbol in SILENCES and phone_secs[i] >= 0.12:
            start, end = ends[i] - phone_secs[i], ends[i]
            a = start - 1.0 if i == 0 else start + min(0.07, 0.4 * phone_secs[i])
            b = end + 1.0 if i == len(phones) - 1 else end - min(0.08, 0.4 * phone_secs[i])
            shut *= _closure(times, a, max(a, b), 0.10, 0.11)
    # The duration of a last phone often extends beyond its sound: a mouth that waited for it would hang open.
    for start, end in silences_secs:
        a = start - 1.0 if start <= 0.05 else start + 0.06
        b = end + 1.0 if end >= total - 0.05 else end - 0.10
        if b > a:
            shut *= _closure(times, a, b, 0.10, 0.11)
    return shut


def mouth_motion(phones, phone_secs, vowel_gain=None, effort=1.0, silences_secs=()) -> np.ndarray:
    """(frames, 4, 3) for `phones` [(symbol, stress)] that last `phone_secs`.

    `vowel_gain`: per phone, loudness relative to the others (1 = equal); `effort`: how far this speaker opens;
    `silences_secs`: spans of silence, whatever the phones say.
    """
    phones, phone_secs, vowel_gain = _join_silences(phones, phone_secs, vowel_gain)
    ends = np.cumsum(phone_secs)
    total = float(ends[-1])
    times = np.arange(0.0, total + 0.12, 1.0 / RATE_HZ)
    weight = np.full((2, len(times)), 1e-3)
    value = np.zeros((5, len(times)))  # opening, jaw, spread, protrusion, tuck
    for i, (symbol, stress) in enumerate(phones):
        start, end = ends[i] - phone_secs[i], ends[i]
        silent = symbol in SILENCES
        targets = (REST,) if silent else SHAPES.get(symbol[0], (_vowel(0.7, claim=0.5),))
        for k, shape in enumerate(targets):
            a = start + (end - start) * k / len(targets)
            b = start + (end - start) * (k + 1) / len(targets)
            gain = 1.0
            if not silent and symbol[0] in VOWELS:
                gain = effort * (1.12 if stress == 1 else 1.0 if stress == 2 else 0.88)
                gain *= vowel_gain[i]
            outside = np.maximum(np.maximum(a - times, times - b), 0.0)
            # The opening follows closely; rounding and spreading extend further, and further back than forward: lips
            # round a phone or two before the rounded vowel.
            near = shape.claim_open * np.exp(-outside / 0.040)
            reach = np.where(times < a, 0.130 if shape.protrude >= 0.2 else 0.085, 0.060)
            wide = shape.claim_shape * np.exp(-outside / reach)
            weight[0] += near
            weight[1] += wide
            value[0] += near * shape.open * gain
            value[1] += near * shape.jaw * gain
            value[4] += near * shape.tuck
            value[2] += wide * shape.spread
            value[3] += wide * shape.protrude
    shut = closing(times, phones, phone_secs) * mouth_silences(times, phones, phone_secs, silences_secs)
    opening, jaw, tuck = value[0] / weight[0], value[1] / weight[0], value[4] / weight[0]
    spread, protrude = value[2] / weight[1], value[3] / weight[1]
    opening *= shut
    jaw *= 0.25 + 0.75 * shut
    settled = 0.35 + 0.65 * shut

    track = np.zeros((len(times), 4, 3))
    track[:, 0, 0] = spread * settled
    track[:, 0, 1] = 0.22 * opening
    track[:, 0, 2] = 0.25 * np.maximum(spread, 0.0) - 0.45 * protrude
    track[:, 1, 1] = -0.16 * opening - 0.25 * tuck * shut
    track[:, 1, 2] = -protrude
    track[:, 2, 1] = 0.84 * opening - 0.25 * tuck * shut
    track[:, 2, 2] = -0.9 * protrude + 0.9 * tuck + 0.15 * jaw
    track[:, 3, 1] = jaw
    track[:, 3, 2] = 0.32 * jaw
    kernel = np.exp(-0.5 * (np.arange(-8, 9) / RATE_HZ / 0.012) ** 2)
    kernel /= kernel.sum()
    flat = track.reshape(len(times), 12)
    padded = np.pad(flat, ((8, 8), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, c], kernel, "valid") for c in range(12)], 1)
    frames = int(np.ceil(total * MOTION_FRAMES_PER_SECOND))
    at = np.minimum(np.arange(frames) / MOTION_FRAMES_PER_SECOND + LEAD_SECS, times[-1])
    sampled = np.stack([np.interp(at, times, smooth[:, c]) for c in range(12)], 1)
    return (0.1 * sampled.reshape(frames, 4, 3)).astype(np.float32)

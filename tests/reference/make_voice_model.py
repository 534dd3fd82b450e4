#!/usr/bin/env python3
"""Write voice_model.safetensors, voice_model_vocab.txt and voice_model.json: PyPI f5-tts from text and recording to mel.

    pip install torch safetensors numpy && pip install --no-deps f5-tts==1.1.22 x-transformers einops einx loguru packaging frozendict \
        torch-einops-utils torchdiffeq scipy pydub rjieba pypinyin
    make_voice_model.py

A tiny seeded F5-TTS, a recording, the noise and the mels that `infer_process` makes of them, as v1 and as v0 (which have the same
tensors); beside them what f5-tts makes of texts and recordings before the network. Its packages for audio devices, plots,
downloads and recognition are replaced by empty modules; torchaudio's mel is stated with torch.stft.
"""

import itertools
import json
import math
import sys
import tempfile
import types
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import torch
from make_mel import filters
from safetensors.torch import save_file
from scipy.io import wavfile

RATE_HZ, HOP = 24_000, 256
FOLDER = Path(__file__).parent


class MelSpectrogram:
    def __init__(self, **settings):
        assert settings == dict(sample_rate=RATE_HZ, n_fft=1024, win_length=1024, hop_length=HOP, n_mels=100, power=1, center=True,
                                normalized=False, norm=None)

    def to(self, _):
        return self

    def __call__(self, sound):
        spectrum = torch.stft(sound, 1024, HOP, window=torch.hann_window(1024), center=True, pad_mode="reflect", return_complex=True)
        return (spectrum.abs().transpose(1, 2) @ filters()).transpose(1, 2)


def import_f5():
    for name in ("librosa", "librosa.filters", "matplotlib", "matplotlib.pylab", "transformers", "huggingface_hub", "vocos", "tqdm",
                 "torchaudio", "torchaudio.transforms", "f5_tts.model.trainer"):
        sys.modules[name] = MagicMock()
    sys.modules["torchaudio"].transforms.MelSpectrogram = MelSpectrogram
    # Its __init__ would load all backbones and the trainer.
    import f5_tts
    package = types.ModuleType("f5_tts.model")
    package.__path__ = [str(Path(f5_tts.__path__[0]) / "model")]
    sys.modules["f5_tts.model"] = package
    from f5_tts.model.cfm import CFM
    package.CFM = CFM
    from f5_tts.infer import utils_infer
    from f5_tts.model.backbones.dit import DiT
    return CFM, DiT, utils_infer


class Serial:
    """In place of the thread pool, whose threads would draw their noise in any order."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def submit(self, work, *arguments):
        return types.SimpleNamespace(result=lambda: work(*arguments))


def fill(model):
    """F5-TTS begins with zeros in its output and modulation layers; here nothing is multiplied away."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.ndim > 1 or "grn" in name:
                p.copy_(torch.randn_like(p) * (0.5 if "grn" in name or "text_embed.weight" in name else 0.8 / p[0].numel() ** 0.5))
            else:
                p.copy_(torch.randn_like(p) * 0.2 + (1.0 if name.endswith("norm.weight") else 0.0))
            p.copy_(p.half())


def recording(parts):
    """16-bit sound whose pieces can be told apart: (milliseconds, amplitude) each."""
    sound = []
    for ms, amplitude in parts:
        start = len(sound)
        sound += [(amplitude + (i // 24) % 61 * (amplitude > 0)) * (1 if i % 7 < 3 else -1) for i in range(start, start + 24 * ms)]
    return np.array(sound, dtype=np.int16)


def trimmed(utils, sound):
    """What f5-tts leaves of a recording."""
    utils._ref_audio_cache.clear()
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        wavfile.write(file.name, RATE_HZ, sound)
        path, _ = utils.preprocess_ref_audio_text(file.name, "Words.", show_info=lambda _: None)
    rate, left = wavfile.read(path)
    assert rate == RATE_HZ
    return left


TRIMS = [
    [[1500, 3000]],
    [[300, 0], [2000, 3000], [700, 20]],
    [[700, 50], [2500, 900], [4000, 10], [2500, 1200], [90, 0]],
    [[4000, 3000], [1400, 20], [4000, 2000], [1300, 20], [5000, 2500]],
    [[7000, 3000], [300, 150], [4000, 2000], [250, 100], [5000, 2500]],
    [[14000, 3000]],
    [[500, 3000], [1100, 0], [400, 3000], [1050, 0], [600, 3000], [1200, 0]],
]
TEXTS = [
    "Hello, world! It's a well-known fact: 3.14 (about) 50%.",
    "“Quoted” ‘text’; e.g. U.S.A... a--b a_b #tag x&yz +1 1,000 10:30 www.a.com/b?c=d",
    "élan café naïve — em… dash ¿qué? ñandú",
    "привет мир, こんにちは。 😀ok",
    "two  spaces\ttab\r\nline (a)b [cd]ef 5-3 v1.2a",
]
CHUNKS = [
    ["One, two. Three!  Four four four; Five? Six", 18],
    ["No end here", 4],
    ["こんにちは。さようなら！ ok. ですか？ はい", 30],
    ["A.B c.d, e", 5],
    [" Leading. And\n\nlines.\tTabs ", 12],
]
REFERENCE_WORDS = "Some call me nature"
TEXT = "Others call me, mother (nature)!"


def main():
    CFM, DiT, utils = import_f5()
    utils.ThreadPoolExecutor = Serial
    from f5_tts.model.utils import convert_char_to_pinyin

    vocabulary = [" ", *"!\"'(),-.:?", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ang1", *"abcdefghijklmnopqrstuvwxyz", "é"]
    (FOLDER / "voice_model_vocab.txt").write_text("".join(f"{entry}\n" for entry in vocabulary), encoding="utf-8")
    out, case = {}, {}
    # A second of humming between silences, in 16 bits.
    torch.manual_seed(5)
    time = torch.arange(int(1.3 * RATE_HZ)) / RATE_HZ
    hum = sum(torch.sin(2 * math.pi * k * (140 + 20 * torch.sin(9 * time)) * time) / k for k in range(1, 12))
    hum = (hum * (0.04 + 0.03 * torch.sin(25 * time)) + 0.004 * torch.randn(time.shape)) * 32768
    sound = np.concatenate([np.zeros(2400), hum.numpy(), np.zeros(1920)]).round().astype(np.int16)
    case["recording"] = torch.from_numpy(sound.astype(np.float32) / 32768)

    for version, architecture in (("v1", dict(text_mask_padding=True, pe_attn_head=None)), ("v0", dict(text_mask_padding=False, pe_attn_head=1))):
        torch.manual_seed(9)
        transformer = DiT(dim=32, depth=2, heads=4, dim_head=16, ff_mult=2, mel_dim=100, text_num_embeds=len(vocabulary), text_dim=24,
                          conv_layers=2, attn_mask_enabled=False, **architecture)
        fill(transformer)
        model = CFM(transformer=transformer, mel_spec_kwargs=dict(n_fft=1024, hop_length=HOP, win_length=1024, n_mel_channels=100,
                    target_sample_rate=RATE_HZ, mel_spec_type="vocos"), odeint_kwargs=dict(method="euler"),
                    vocab_char_map={entry: i for i, entry in enumerate(vocabulary)}).eval()
        out.update({f"ema_model.{k}": v.half() for k, v in model.state_dict().items()})

        noises, randn = [], torch.randn
        torch.manual_seed(3)

        def drawn(*shape, randn=randn, noises=noises, **_):
            noises.append(randn(*shape).half().float())
            return noises[-1]

        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            wavfile.write(file.name, RATE_HZ, sound)
            utils._ref_audio_cache.clear()
            path, words = utils.preprocess_ref_audio_text(file.name, REFERENCE_WORDS, show_info=lambda _: None)
        _, left = wavfile.read(path)
        left = torch.from_numpy(left.astype(np.float32) / 32768)[None]
        utils.torchaudio.load = lambda _, left=left: (left, RATE_HZ)
        vocoder = types.SimpleNamespace(decode=lambda mel: torch.zeros(1, HOP * (mel.shape[-1] - 1)))
        torch.randn = drawn
        try:
            _, _, mel = utils.infer_process(path, words, TEXT, model, vocoder, show_info=lambda _: None,
                                            progress=None, nfe_step=7, speed=1.1)
        finally:
            torch.randn = randn
        assert len(noises) == 1, "one chunk"
        case["noise"] = noises[0].half()
        case[f"mel_{version}"] = torch.from_numpy(np.ascontiguousarray(mel.T)).float()
        print(version, left.shape, noises[0].shape, mel.shape, np.abs(mel).max())
    # Fixed tables that are the same in every checkpoint of the published sizes stay in: they are part of the file.
    out.update({f"case.{k}": v for k, v in case.items()})
    save_file({k: v.contiguous() for k, v in out.items()}, FOLDER / "voice_model.safetensors")

    def checksum(sound):
        values = np.abs(sound.astype(np.int64)) * (np.arange(len(sound)) % 9973 + 1)
        return int(values.sum() % (1 << 31))

    trims = []
    for parts in TRIMS:
        left = trimmed(utils, recording(parts))
        trims.append(dict(parts=parts, samples=len(left), checksum=checksum(left)))
        print(parts, len(left) / 24)
    texts = [dict(text=text, characters="".join(itertools.chain.from_iterable(convert_char_to_pinyin([text])))) for text in TEXTS]
    chunks = [dict(text=text, most=most, chunks=utils.chunk_text(text, max_chars=most)) for text, most in CHUNKS]
    report = dict(reference_words=REFERENCE_WORDS, text=TEXT, trims=trims, texts=texts, chunks=chunks)
    (FOLDER / "voice_model.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

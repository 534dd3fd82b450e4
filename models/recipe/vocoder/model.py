"""Harmonic-plus-noise vocoder: mel and pitch to audio, with an inverse STFT at the end.

A band-limited pulse train at the pitch and white noise are transformed to the STFT domain, multiplied bin by bin with filters that
a ConvNeXt predicts from the mel, added, and transformed back. The network need not invent phase for voiced speech: the pulse train
provides it. There are several filters per mel frame, in correspondingly shorter windows: variation within a few periods lies between the
harmonics, where windows of 43 ms would leave it to noise. The errors that noise and overlapping frames cause in the spectrum are corrected
by comparing the mel of the result with the requested one and scaling. Shape letters: b batch, n mel frames (93.75 a second, frame i centred
on sample 256·i), s samples.
"""

import json
import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from features import mel_filters

SAMPLE_RATE_HZ, HOP_LENGTH, N_FFT = 24_000, 256, 1024
LOG_GAIN_LIMIT = 8.0
# The correction scales a bin by at most a hundred and makes a frame only slightly louder: a mel louder than any speech must not be
# followed all the way.
LOG_CORRECTION_LIMIT, LOG_LOUDER_LIMIT = math.log(100), 0.5


@dataclass
class Config:
    architecture: str = "harmonic"
    mel_bins: int = 100
    dim: int = 256
    intermediate_dim: int = 768
    num_layers: int = 8
    pitch_dim: int = 128
    mel_mean: float = -1.6
    mel_std: float = 2.6
    log_pitch_mean: float = 5.2
    log_pitch_std: float = 0.35
    # Filters per mel frame; their frames are as many times more frequent, and their windows as many times shorter, than the mel's.
    filters_per_frame: int = 4
    # How many times the output is corrected towards the mel.
    mel_corrections: int = 1

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2)


class ConvNeXtBlock(nn.Module):
    """(b, dim, n) -> (b, dim, n), as in Vocos (commit c859e3b)."""

    def __init__(self, dim: int, intermediate_dim: int, layers: int):
        super().__init__()
        self.dwconv = nn.Conv1d(dim, dim, 7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, intermediate_dim)
        self.pwconv2 = nn.Linear(intermediate_dim, dim)
        self.gamma = nn.Parameter(torch.full((dim,), 1.0 / layers))

    def forward(self, x):
        h = self.norm(self.dwconv(x).transpose(1, 2))
        h = self.gamma * self.pwconv2(F.gelu(self.pwconv1(h)))
        return x + h.transpose(1, 2)


class PitchHead(nn.Module):
    """(b, n, mel) normalised -> (b, n, 2): normalised log pitch and voicing logit, for mels without a given pitch."""

    def __init__(self, c: Config):
        super().__init__()
        self.conv1 = nn.Conv1d(c.mel_bins, c.pitch_dim, 5, padding=2)
        self.conv2 = nn.Conv1d(c.pitch_dim, c.pitch_dim, 5, padding=2)
        self.out = nn.Linear(c.pitch_dim, 2)

    def forward(self, mel):
        h = F.gelu(self.conv2(F.gelu(self.conv1(mel.transpose(1, 2)))))
        return self.out(h.transpose(1, 2))


def fill_unvoiced(f0_hz):
    """(b, n) with zeros where unvoiced -> no zeros: the last voiced value is held; before the first one, the first; 150 Hz if none."""
    out = f0_hz.clone()
    for row in out:
        voiced = row > 0
        if not voiced.any():
            row.fill_(150.0)
            continue
        index = torch.where(voiced, torch.arange(len(row), device=row.device), -1)
        index = torch.cummax(index, 0).values
        first = int(voiced.nonzero()[0])
        row.copy_(row[index.clamp(min=first)])
    return out


def pulse_train(f0_hz):
    """(b, n) pitch, 0 where unvoiced -> (b, 256·(n−1)): all harmonics below 12 kHz in phase, power 1, gated by voicing.

    The sum of cos(kφ), k = 1…K, has the closed form sin((K+½)φ)/(2 sin(φ/2)) − ½.
    """
    samples = HOP_LENGTH * (f0_hz.shape[1] - 1)
    position = torch.arange(samples, device=f0_hz.device, dtype=torch.float64) / HOP_LENGTH
    left, part = position.floor().long(), position - position.floor()

    def interpolate(x):
        return x[:, left] * (1 - part) + x[:, left + 1] * part

    f0 = interpolate(fill_unvoiced(f0_hz).double())
    gate = interpolate((f0_hz > 0).double())
    phase = torch.cumsum(2 * math.pi * f0 / SAMPLE_RATE_HZ, 1) % (2 * math.pi)
    harmonics = torch.floor(0.5 * SAMPLE_RATE_HZ / f0)
    half = torch.sin(phase / 2)
    near = half.abs() < 1e-4
    total = torch.where(near, harmonics, torch.sin((harmonics + 0.5) * phase) / (2 * torch.where(near, torch.ones_like(half), half)) - 0.5)
    return (gate * total * torch.sqrt(2 / harmonics)).float()


class HarmonicVocoder(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.pitch = PitchHead(c)
        self.embed = nn.Conv1d(c.mel_bins + 2, c.dim, 7, padding=3)
        self.norm = nn.LayerNorm(c.dim, eps=1e-6)
        self.convnext = nn.ModuleList([ConvNeXtBlock(c.dim, c.intermediate_dim, c.num_layers) for _ in range(c.num_layers)])
        self.final_layer_norm = nn.LayerNorm(c.dim, eps=1e-6)
        # Per filter and bin of its window: log gain of the harmonic part, its complex offset (two numbers), log gain of the noise.
        self.head = nn.Linear(c.dim, c.filters_per_frame * 4 * (N_FFT // c.filters_per_frame // 2 + 1))
        nn.init.normal_(self.head.weight, std=0.01)
        with torch.no_grad():
            self.head.bias.view(c.filters_per_frame, 4, -1).copy_(torch.tensor([-4.0, 0.0, 0.0, -5.0])[:, None])
        for finer in {1, c.filters_per_frame}:
            self.register_buffer(f"window_{finer}", torch.hann_window(N_FFT // finer), persistent=False)
        filters = mel_filters()
        self.register_buffer("mel_filters", filters, persistent=False)
        # A bin is scaled by the mean of the bands that cover it; a bin that no band covers is unchanged.
        self.register_buffer("bands_to_bins", filters.T / filters.sum(1).clamp(min=1e-3), persistent=False)

    def hear_pitch(self, mel):
        """(b, n, 100) log mel -> (b, n, 2): normalised log pitch, logit of voicing."""
        return self.pitch((mel - self.c.mel_mean) / self.c.mel_std)

    def pitch_hz(self, heard):
        """The output of `hear_pitch` -> pitch (b, n) in Hz, 0 where unvoiced."""
        return torch.exp(heard[..., 0] * self.c.log_pitch_std + self.c.log_pitch_mean) * (heard[..., 1] > 0)

    def filters(self, mel, f0_hz):
        """(b, n, 100) log mel as the front end gives it and (b, n) pitch -> harmonic gain (complex) and noise gain, (b, bins, frames)."""
        c = self.c
        voiced = (f0_hz > 0).float()
        pitch = (torch.log(f0_hz.clamp(min=1.0)) - c.log_pitch_mean) / c.log_pitch_std * voiced
        x = torch.cat([(mel - c.mel_mean) / c.mel_std, pitch[..., None], voiced[..., None]], -1)
        x = self.norm(self.embed(x.transpose(1, 2)).transpose(1, 2)).transpose(1, 2)
        for block in self.convnext:
            x = block(x)
        filters = self.head(self.final_layer_norm(x.transpose(1, 2))).unflatten(-1, (c.filters_per_frame, 4, -1)).flatten(1, 2)
        # The last mel frame is the end of the audio, so its later filters would lie beyond it.
        filters = filters[:, : c.filters_per_frame * (mel.shape[1] - 1) + 1]
        gain, real, imaginary, noise = filters.permute(2, 0, 3, 1).float()
        harmonic = torch.exp(gain.clamp(max=LOG_GAIN_LIMIT)) * torch.complex(1 + real, imaginary)
        return harmonic, torch.exp(noise.clamp(max=LOG_GAIN_LIMIT))

    def analyse(self, sound, finer=1):
        """(b, s) -> (b, bins, frames), complex: in the mel's windows, or in `finer` times as many windows, each `finer` times shorter."""
        window = self.get_buffer(f"window_{finer}")
        return torch.stft(sound, len(window), HOP_LENGTH // finer, window=window, center=True, pad_mode="reflect", return_complex=True)

    def synthesise(self, spectrum, samples, finer=1):
        """(b, bins, frames), complex -> (b, samples)."""
        window = self.get_buffer(f"window_{finer}")
        return torch.istft(spectrum, len(window), HOP_LENGTH // finer, window=window, center=True, length=samples)

    def corrected(self, sound, mel):
        """(b, s) -> (b, s): phases kept, magnitudes scaled so that its mel approaches `mel` (b, n, 100)."""
        spectrum = self.analyse(sound)
        heard = torch.log((spectrum.abs().transpose(1, 2) @ self.mel_filters).clamp(min=1e-5))
        louder = 0.5 * (torch.logsumexp(2 * mel, -1, keepdim=True) - torch.logsumexp(2 * heard, -1, keepdim=True))
        wanted = mel - (louder - LOG_LOUDER_LIMIT).clamp(min=0)
        gain = (wanted - heard).clamp(-LOG_CORRECTION_LIMIT, LOG_CORRECTION_LIMIT) @ self.bands_to_bins
        return self.synthesise(spectrum * torch.exp(gain).transpose(1, 2), sound.shape[1])

    def uncorrected(self, mel, f0_hz, noise):
        """-> (b, s): `noise` (b, s) is standard normal, s = 256·(n−1). Used in training, so that the correction cannot hide filter errors."""
        harmonic, breath = self.filters(mel, f0_hz)
        finer = self.c.filters_per_frame
        voiced, hiss = self.analyse(pulse_train(f0_hz), finer) * harmonic, self.analyse(noise, finer) * breath
        return self.synthesise(voiced + hiss, noise.shape[1], finer)

    def forward(self, mel, f0_hz, noise):
        """`uncorrected` followed by the mel corrections."""
        sound = self.uncorrected(mel, f0_hz, noise)
        for _ in range(self.c.mel_corrections):
            sound = self.corrected(sound, mel)
        return sound

"""Training losses of the vocoder."""

import torch
import torch.nn.functional as F

from model import HOP_LENGTH, SAMPLE_RATE_HZ

SIZES = (64, 128, 256, 512, 1024, 2048)
# Above about this frequency, hearing is logarithmic.
MEL_KNEE_HZ = 700
# Waveforms are compared in windows of this many samples, one mel frame apart, below a frequency limit, at shifts up to a maximum.
SHAPE_WINDOW, SHAPE_LIMIT_HZ, LONGEST_SHIFT = 1024, 2000, 160


def spectral_loss(made, real):
    """Perceptually weighted log-magnitude L1 plus half the spectral convergence, over six resolutions."""
    # The small number under the root keeps the gradient finite where both are silent.
    total = 0.0
    for size in SIZES:
        window = torch.hann_window(size, device=made.device)
        a, b = (torch.stft(x, size, size // 4, window=window, return_complex=True).abs().clamp(min=1e-5) for x in (made, real))
        hertz = torch.linspace(0, SAMPLE_RATE_HZ / 2, size // 2 + 1, device=made.device)
        density = 1 / (1 + hertz / MEL_KNEE_HZ)
        density = (density / density.mean())[:, None]
        total = total + (density * (a.log() - b.log()).abs()).mean() + 0.5 * ((a - b).square().sum() + 1e-12).sqrt() / b.norm().clamp(min=1e-3)
    return total / len(SIZES)


def shape_loss(made, real, voiced):
    """Waveform distance of voiced frames: one minus the correlation at the best shift, where `voiced` (b, frames) is set.

    Magnitudes alone leave the phases of the harmonics undetermined, and pulses in phase buzz. The position of a period is arbitrary, hence the
    shift. Spectra are compressed, so that the second harmonic does not dominate.
    """
    length = 2 * SHAPE_WINDOW
    bins = SHAPE_LIMIT_HZ * length // SAMPLE_RATE_HZ + 1
    window = torch.hann_window(SHAPE_WINDOW, device=made.device)
    spectra = []
    for sound in (made, real):
        x = torch.fft.rfft(sound.unfold(-1, SHAPE_WINDOW, HOP_LENGTH) * window, length)[..., :bins]
        x = x * x.abs().clamp(min=1e-4).rsqrt()
        spectra.append(x / x.abs().square().sum(-1, keepdim=True).clamp(min=1e-8).sqrt())
    a, b = spectra
    correlation = torch.fft.irfft(a * b.conj(), length) * (length / 2)
    shifted = torch.cat([correlation[..., -LONGEST_SHIFT:], correlation[..., : LONGEST_SHIFT + 1]], -1)
    best = shifted.max(-1).values
    centre = SHAPE_WINDOW // 2 // HOP_LENGTH
    weight = voiced[:, centre : centre + best.shape[1]].float()
    return ((1 - best) * weight).sum() / weight.sum().clamp(min=1)


def pitch_loss(config, guess, f0_hz):
    """`guess` (b, n, 2), normalised log pitch and the logit of voicing, against the reference pitch (b, n), 0 where unvoiced."""
    voiced = (f0_hz > 0).float()
    target = (torch.log(f0_hz.clamp(min=1)) - config.log_pitch_mean) / config.log_pitch_std
    off = ((guess[..., 0] - target).abs() * voiced).sum() / voiced.sum().clamp(min=1)
    return off + F.binary_cross_entropy_with_logits(guess[..., 1], voiced)

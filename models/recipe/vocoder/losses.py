"""What a vocoder is measured by while it learns."""

import torch
import torch.nn.functional as F

SIZES = (64, 128, 256, 512, 1024, 2048)


def spectral_loss(made, real):
    """Log magnitude L1 and half the spectral convergence, over six resolutions."""
    # The small number under the root keeps a slope where both are silent.
    total = 0.0
    for size in SIZES:
        window = torch.hann_window(size, device=made.device)
        a, b = (torch.stft(x, size, size // 4, window=window, return_complex=True).abs().clamp(min=1e-5) for x in (made, real))
        total = total + (a.log() - b.log()).abs().mean() + 0.5 * ((a - b).square().sum() + 1e-12).sqrt() / b.norm().clamp(min=1e-3)
    return total / len(SIZES)


def pitch_loss(config, guess, f0_hz):
    """`guess` (b, n, 2), normalised log pitch and the logit of voicing, against the pitch (b, n), 0 where unvoiced."""
    voiced = (f0_hz > 0).float()
    target = (torch.log(f0_hz.clamp(min=1)) - config.log_pitch_mean) / config.log_pitch_std
    off = ((guess[..., 0] - target).abs() * voiced).sum() / voiced.sum().clamp(min=1)
    return off + F.binary_cross_entropy_with_logits(guess[..., 1], voiced)

"""Which number formats are fast on this machine."""

import torch


def mixed_precision(device: str) -> torch.autocast:
    """Autocast to bfloat16 for a network's passes, where the device supports it natively.

    A CPU without support takes fifty times as long in bfloat16 as in single precision.
    """
    has_bfloat16 = device != "cpu" or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast(device, torch.bfloat16, enabled=has_bfloat16)

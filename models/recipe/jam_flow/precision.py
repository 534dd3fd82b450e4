"""Which numbers are fast on this machine."""

import torch


def mixed_precision(device: str) -> torch.autocast:
    """Autocast to bfloat16 for the passes of a network, where the device multiplies such numbers itself.

    A CPU that does not takes fifty times as long with them as with single precision.
    """
    has_bfloat16 = device != "cpu" or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast(device, torch.bfloat16, enabled=has_bfloat16)

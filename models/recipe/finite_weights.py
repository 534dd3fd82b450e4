"""Whether a safetensors file holds numbers alone: training that went wrong leaves NaN and infinity. Standard library only."""

import json
from pathlib import Path

# For each type: the bytes of a number, and which of them hold its exponent, with the bits that are all set in what is no number.
EXPONENTS = {"F16": (2, ((1, 0x7C),)), "BF16": (2, ((1, 0x7F), (0, 0x80))), "F32": (4, ((3, 0x7F), (2, 0x80))), "F64": (8, ((7, 0x7F), (6, 0xF0)))}


def not_finite(path: Path) -> list[str]:
    """Names of the tensors that hold values that are no numbers."""
    content = path.read_bytes()
    header_bytes = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + header_bytes])
    found = []
    for name, tensor in header.items():
        if name == "__metadata__" or tensor["dtype"] not in EXPONENTS:
            continue
        size, parts = EXPONENTS[tensor["dtype"]]
        begin, end = (8 + header_bytes + offset for offset in tensor["data_offsets"])
        # One byte a number, 1 where all bits of the exponent are set; the parts of an exponent are joined as large integers.
        everywhere = -1
        for place, mask in parts:
            is_set = bytes((byte & mask) == mask for byte in range(256))
            everywhere &= int.from_bytes(content[begin + place : end : size].translate(is_set), "little")
        if end > begin and everywhere:
            found.append(name)
    return found

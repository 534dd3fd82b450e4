"""Which files of weights hold numbers alone."""

import json
import math
import struct
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from finite_weights import not_finite

# The letter of `struct` for each type.
KINDS = {"F16": "e", "F32": "f", "F64": "d", "U8": "B"}
LARGEST = {"F16": 65504.0, "F32": 3.4028234e38, "F64": sys.float_info.max, "U8": 255}


class FiniteWeights(unittest.TestCase):
    def found(self, tensors):
        header, data = {"__metadata__": {"made": "here"}}, b""
        for name, (kind, values) in tensors.items():
            coded = struct.pack(f"<{len(values)}{KINDS[kind]}", *values)
            header[name] = {"dtype": kind, "shape": [len(values)], "data_offsets": [len(data), len(data) + len(coded)]}
            data += coded
        text = json.dumps(header).encode()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "weights.safetensors"
            path.write_bytes(struct.pack("<Q", len(text)) + text + data)
            return not_finite(path)

    def test_numbers_of_every_type_and_size_pass(self):
        self.assertEqual(self.found({kind: (kind, [0, 1, LARGEST[kind]]) for kind in KINDS} | {"empty": ("F32", [])}), [])

    def test_one_value_that_is_no_number_is_found_wherever_it_stands(self):
        for kind in ("F16", "F32", "F64"):
            for bad in (math.nan, math.inf, -math.inf):
                for place in range(3):
                    values = [1.5, -2.0, 3.0]
                    values[place] = bad
                    with self.subTest(kind=kind, bad=bad, place=place):
                        self.assertEqual(self.found({"before": (kind, [1.0]), "bad": (kind, values), "after": (kind, [1.0])}), ["bad"])

    def test_half_of_an_exponent_is_not_enough(self):
        # 2^65: the upper seven bits of its exponent alone are not all set; 2^127 has all but the lowest.
        self.assertEqual(self.found({"a": ("F32", [2.0**127, 2.0**-126, 2.0**65])}), [])


if __name__ == "__main__":
    unittest.main()

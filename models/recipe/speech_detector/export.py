"""Exports a checkpoint for the product: `speech_detector.safetensors` and its configuration.

    export.py RUN/checkpoint.pt MODELS
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "vocoder"))
from progress import export

if __name__ == "__main__":
    export(__doc__, "speech_detector")

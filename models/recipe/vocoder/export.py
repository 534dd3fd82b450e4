"""Checkpoint to what the product loads: `vocoder.safetensors`, `vocoder.json`.

    export.py RUN/checkpoint.pt MODELS
"""

from progress import export

if __name__ == "__main__":
    export(__doc__, "vocoder")

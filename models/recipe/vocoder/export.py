"""Checkpoint to what the product loads: `vocoder.safetensors`, `vocoder.json`.

    export.py RUN/checkpoint.pt [RUN/checkpoint.pt …] MODELS

Of several runs that began alike, the mean of the weights.
"""

from progress import export

if __name__ == "__main__":
    export(__doc__, "vocoder")

"""Exports a checkpoint for the product: `vocoder.safetensors` and `vocoder.json`.

    export.py RUN/checkpoint.pt [RUN/checkpoint.pt …] MODELS

Given several runs that share a beginning, exports the mean of their weights.
"""

from progress import export

if __name__ == "__main__":
    export(__doc__, "vocoder")

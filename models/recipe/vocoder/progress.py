"""State of a training run: checkpoints, timing, logging and export."""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file


class Run:
    """Steps and seconds of a run whose `parts` (name -> anything with a state_dict) are saved in OUT/checkpoint.pt."""

    def __init__(self, out, parts, config, device):
        out.mkdir(parents=True, exist_ok=True)
        self.checkpoint, self.parts, self.config = out / "checkpoint.pt", parts, config
        self.step, self.trained_secs = 0, 0.0
        if self.checkpoint.exists():
            saved = torch.load(self.checkpoint, map_location=device, weights_only=True)
            for name, part in parts.items():
                part.load_state_dict(saved[name])
            self.step, self.trained_secs = saved["step"], saved["trained_secs"]
        self.logged, self.last_log, self.last_save = [], time.time(), time.time()

    def save(self):
        partial = self.checkpoint.with_suffix(".part")
        state = {name: part.state_dict() for name, part in self.parts.items()}
        torch.save({**state, "step": self.step, "trained_secs": self.trained_secs, "config": self.config.to_json()}, partial)
        partial.replace(self.checkpoint)
        self.last_save = time.time()

    def stepped(self, began, **losses):
        """Completes a step that started at `began`: averages the weights, logs every minute, saves every five."""
        self.step += 1
        weight = 1 - min(0.999, self.step / (self.step + 9))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.parts["average"].parameters()), list(self.parts["model"].parameters()), weight)
        self.trained_secs += time.time() - began
        self.logged.append([loss.item() for loss in losses.values()])
        if time.time() - self.last_log > 60 or self.step == 10:
            told = " ".join(f"{name} {mean:.4f}" for name, mean in zip(losses, np.mean(self.logged, 0)))
            print(f"{self.trained_secs / 60:6.1f} min step {self.step} {told}", flush=True)
            self.logged, self.last_log = [], time.time()
        if time.time() - self.last_save > 300:
            self.save()


def export(description: str, name: str):
    """Command line of an export: averaged weights as 16-bit floats and their configuration, NAME.safetensors and NAME.json."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("models", type=Path)
    args = parser.parse_args()
    runs = [torch.load(path, map_location="cpu", weights_only=True) for path in args.checkpoints]
    mean = {key: sum(run["average"][key].float() for run in runs) / len(runs) for key in runs[0]["average"]}
    save_file({key: value.half().contiguous() for key, value in mean.items()}, args.models / f"{name}.safetensors")
    (args.models / f"{name}.json").write_text(runs[0]["config"] + "\n", encoding="utf-8")
    for path, run in zip(args.checkpoints, runs):
        print(f"{path}: step {run['step']}, {run['trained_secs'] / 60:.0f} min of training")

"""A student that begins as a copy of a trained model and learns what it is told: what `distil.py`, `retarget_motion.py`,
`refine_speech.py` and `teach_prosody.py` share.
"""

import argparse
import copy
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from data import Corpus, Shares
from export import DRAWN_OUT
from model import Config, JamFlow
from precision import mixed_precision
from sample import schedule
from train import noised_batch, stream_losses, validate


def arguments(description: str) -> argparse.ArgumentParser:
    """The command line that all of them have."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("trained", type=Path, help="the model that the student begins as: a checkpoint, or the folder of the weights that ship")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--threads", type=int, default=1)
    return parser


def shipped(models: Path) -> dict:
    """What `export.py` wrote, as a checkpoint holds it."""
    config = json.loads((models / "jam_flow.json").read_text())
    tokens = json.loads((models / "tokenizer.json").read_text())["model"]["vocab"]
    weights = {name: weight.float() for name, weight in load_file(models / "jam_flow.safetensors").items()}
    weights["prosody.duration.2.bias"] -= math.log(DRAWN_OUT)
    known = {name: value for name, value in config.items() if name in Config.__dataclass_fields__}
    return {
        "average": weights,
        # 0 is dropped text in both.
        "vocabulary": sorted((symbol for symbol, index in tokens.items() if index > 0), key=tokens.get),
        "config": json.dumps(known, ensure_ascii=False),
        "default_guidance": config["default_guidance"],
    }


def load(trained: Path):
    """-> the device, what the checkpoint, or the folder of the weights that ship, holds beside the weights, the model, which does not learn."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    saved = shipped(trained) if trained.is_dir() else torch.load(trained, map_location=device, weights_only=True)
    model = JamFlow(Config(**json.loads(saved["config"]))).to(device)
    model.load_state_dict(saved["average"])
    model.eval().requires_grad_(False)
    kept = {name: saved[name] for name in ("vocabulary", "config", "default_guidance") if name in saved}
    return device, kept, model


def corpus_for(model, kept, prepared: Path, shares=Shares()):
    """Lines with the phones and voices that `model` knows, numbered as it numbers them."""
    return Corpus(prepared, shares=shares, vocabulary=kept["vocabulary"], voices=model.c.voices)


def learn_streams(student):
    """Both streams are to learn; the text side stays, so that one text embedding serves the teacher too."""
    student.requires_grad_(True)
    for part in (student.prosody, student.voice_embed, student.audio.text_embed):
        part.requires_grad_(False)


def keep_scale(corpus, model):
    """Movement is normalised as `model` has it, whatever that of `corpus` is."""
    corpus.motion_mean, corpus.motion_std = (np.array(v, np.float32) for v in (model.c.motion_mean, model.c.motion_std))


def towards(student, device, steps, wanted):
    """Losses of both streams against what `wanted` says of noised lines, for `learn`; half of the times are those of `steps` steps."""
    visited = torch.from_numpy(schedule(steps, -1.0)[:-1]).float().to(device)

    def losses(batch, generator):
        noised = noised_batch(batch, student, generator, device)
        move_to_visited(noised, visited, generator)
        with torch.no_grad():
            targets = wanted(noised)
        audio, motion = stream_losses(student(**noised.inputs), targets, noised)
        return {"audio": audio, "half of motion": 0.5 * motion}

    return losses


def move_to_visited(noised, visited, generator):
    """Puts half of the lines at a time of the product's schedule, `visited`; a stream that is given stays at 1."""
    inputs = noised.inputs
    b = len(inputs["t_audio"])
    chosen = visited[torch.randint(len(visited), (b,), generator=generator)]
    moved = (torch.rand(b, generator=generator) < 0.5).to(visited.device)
    for clean, noise, state, time_name in (("mel", noised.noise_a, "mel_t", "t_audio"), ("motion", noised.noise_m, "motion_t", "t_motion")):
        t = torch.where(moved & (inputs[time_name] < 1), chosen, inputs[time_name])
        inputs[time_name] = t
        inputs[state] = t[:, None, None] * noised.batch[clean] + (1 - t)[:, None, None] * noise


class Run:
    """A student's run: its parts are kept in OUT/checkpoint.pt beside `kept`, and it resumes from there.

    `parts` (name -> anything with a state_dict) holds the student as "model" and its average over the steps as "average". `check` says in a
    line how good the averaged weights are.
    """

    def __init__(self, args, device, corpus, kept, parts, check=None):
        args.out.mkdir(parents=True, exist_ok=True)
        self.checkpoint, self.kept, self.parts = args.out / "checkpoint.pt", kept, parts
        self.corpus, self.tokens, self.planned_secs = corpus, args.tokens, args.minutes * 60
        self.check = lambda: f" {check(parts['average'], corpus, device)}" if check else ""
        self.step, self.trained_secs = 0, 0.0
        if self.checkpoint.exists():
            saved = torch.load(self.checkpoint, map_location=device, weights_only=True)
            for name, part in parts.items():
                part.load_state_dict(saved[name])
            self.step, self.trained_secs = saved["step"], saved["trained_secs"]
        self.generator, self.rng = torch.Generator().manual_seed(self.step), np.random.default_rng(self.step)
        self.logged, self.last_log, self.last_save = [], time.time(), time.time()

    def rate(self, warm_up_steps: int, least: float) -> float:
        """Share of the highest learning rate: it rises over so many steps, and falls to `least` with the minutes."""
        progress = min(1.0, self.trained_secs / self.planned_secs)
        return min(1.0, (self.step + 1) / warm_up_steps) * (least + (1 - least) * 0.5 * (1 + math.cos(math.pi * progress)))

    def batches(self):
        """Batches to take a step with, until the minutes are over; between them the step is counted, kept and told."""
        while self.trained_secs < self.planned_secs:
            for group in self.corpus.batches(self.corpus.train, self.tokens, self.rng):
                began = time.time()
                yield self.corpus.collate(group, self.rng)
                self.stepped(began)
                if self.trained_secs >= self.planned_secs:
                    break
        self.finish()

    def finish(self):
        """Keeps what was learned and tells how good it is."""
        self._save()
        print(f"done{self.check()}", flush=True)

    def log(self, losses):
        """What the step had, by name, for the means that are printed once a minute."""
        self.names = list(losses)
        self.logged.append([loss.item() for loss in losses.values()])

    def stepped(self, began):
        """Counts a step that began then, follows it with the average, tells and keeps it now and then."""
        self.step += 1
        with torch.no_grad():
            average, model = (list(self.parts[name].parameters()) for name in ("average", "model"))
            torch._foreach_lerp_(average, model, 1 - min(0.995, (self.step + 1) / (self.step + 10)))
        self.trained_secs += time.time() - began
        if time.time() - self.last_log > 60 or self.step == 10:
            means = " ".join(f"{name} {mean:.5f}" for name, mean in zip(self.names, np.nanmean(self.logged, 0)))
            print(f"{self.trained_secs / 60:6.1f} min step {self.step} {means}", flush=True)
            self.logged, self.last_log = [], time.time()
        if time.time() - self.last_save > 300:
            self._save()
            if told := self.check():
                print(f"       {told}", flush=True)
            self.last_save = time.time()

    def _save(self):
        partial = self.checkpoint.with_suffix(".part")
        states = {name: part.state_dict() for name, part in self.parts.items()}
        torch.save({**self.kept, **states, "step": self.step, "trained_secs": self.trained_secs}, partial)
        partial.replace(self.checkpoint)


def learn(args, device, corpus, student, kept, peak_rate, losses, check=validate):
    """Teaches the parts of `student` that take gradients: the sum of `losses` of a batch, by name, is to fall."""
    learned = [p for p in student.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=peak_rate, betas=(0.9, 0.98), weight_decay=0.01)
    average = copy.deepcopy(student).requires_grad_(False)
    run = Run(args, device, corpus, kept, {"model": student, "average": average, "optimiser": optimiser}, check)
    for batch in run.batches():
        optimiser.param_groups[0]["lr"] = peak_rate * run.rate(20, 0.02)
        with mixed_precision(device):
            parts = losses(batch, run.generator)
        sum(parts.values()).backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        run.log(parts)

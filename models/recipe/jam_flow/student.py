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


def learn(args, device, corpus, student, kept, peak_rate, losses, check=validate):
    """Teaches the parts of `student` that take gradients: the sum of `losses` of a batch, by name, is to fall.

    The checkpoint in OUT, from which it resumes, holds `kept` too. `check` says in a line how good the averaged weights are.
    """
    args.out.mkdir(parents=True, exist_ok=True)
    average = copy.deepcopy(student).requires_grad_(False)
    learned = [p for p in student.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=peak_rate, betas=(0.9, 0.98), weight_decay=0.01)
    step, trained_secs = 0, 0.0
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        student.load_state_dict(saved["model"]), average.load_state_dict(saved["average"]), optimiser.load_state_dict(saved["optimiser"])
        step, trained_secs = saved["step"], saved["trained_secs"]
    generator, rng = torch.Generator().manual_seed(step), np.random.default_rng(step)

    def save():
        partial = checkpoint.with_suffix(".part")
        torch.save({**kept, "model": student.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(),
                    "step": step, "trained_secs": trained_secs}, partial)
        partial.replace(checkpoint)

    logged, last_save, last_log = [], time.time(), time.time()
    while trained_secs < args.minutes * 60:
        for group in corpus.batches(corpus.train, args.tokens, rng):
            began = time.time()
            progress = min(1.0, trained_secs / (args.minutes * 60))
            optimiser.param_groups[0]["lr"] = peak_rate * min(1.0, (step + 1) / 20) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
            batch = corpus.collate(group, rng)
            with torch.autocast(device, torch.bfloat16):
                parts = losses(batch, generator)
            sum(parts.values()).backward()
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step += 1
            with torch.no_grad():
                torch._foreach_lerp_(list(average.parameters()), list(student.parameters()), 1 - min(0.995, (step + 1) / (step + 10)))
            trained_secs += time.time() - began
            logged.append([part.item() for part in parts.values()])
            if time.time() - last_log > 60 or step == 10:
                means = " ".join(f"{name} {mean:.5f}" for name, mean in zip(parts, np.mean(logged, 0)))
                print(f"{trained_secs / 60:6.1f} min step {step} {means}", flush=True)
                logged, last_log = [], time.time()
            if time.time() - last_save > 300:
                save()
                print("       ", check(average, corpus, device), flush=True)
                last_save = time.time()
            if trained_secs >= args.minutes * 60:
                break
    save()
    print("done", check(average, corpus, device), flush=True)

"""Teaches the Motion-DiT to move lips as people do, from the motion teacher's labels and from filmed clips; the voice stays.

    learn_lips.py PREPARED TRAINED OUT --labels LABELS --clips CLIPS.npz --minutes 40

PREPARED is the corpus, TRAINED the model to go on from (a checkpoint, or the folder of the weights that ship), the others are what
`real_lips/label.py` and `clips.py` made. Batches are of two kinds by turns: recordings, whose sound is given and
heard by the listener too, and speech, where both streams are made and the listener hears nothing. Only the Motion-DiT learns; audio
attends to it, so in speech the audio is held to what it said before. Resumes from OUT/checkpoint.pt.
"""

import copy
import json
import math
import time
from pathlib import Path

import numpy as np
import torch

import student
from data import Corpus, Shares, motion_frames
from features import PATCH_SIZE, TOKEN_SAMPLES, log_mel
from model import Config, JamFlow, clean_estimate, raw_target
from precision import mixed_precision
from sample import onward
from train import loss_where, noised_batch

# What `real_lips/label.py` keeps of each motion frame.
HEARD_CHANNELS = 64
# Recordings are cheap: the audio of a given stream need not be finished. So many of them come for one batch of speech.
RECORDINGS_PER_SPEECH = 2
# Share of the lines of a batch of recordings that were filmed.
FILMED = 0.4
RECORDED = Shares(longer_pause=0.0, recorded=1.0, not_speech=0.0, reference=0.0)
SPOKEN = Shares(longer_pause=0.0, recorded=0.0, not_speech=0.0, reference=0.0)
# Sideways movement of what lies in the middle of the face is one person's habit.
MIDLINE_X = (3, 6, 9)
# Spread of the noise that movement starts from when a run is judged.
CHECK_TEMPERATURE = 0.5
# Share of the recordings in which the Motion-DiT has the listener alone: what it makes of the sound itself depends on who speaks.
WITHOUT_AUDIO = 0.8
# The voice is held this strongly.
HOLD = 1.0


def filmed_items(clips_file: Path, labels: Path, corpus: Corpus) -> list[dict]:
    """Clips as lines without words."""
    clips, stored = dict(np.load(clips_file)), np.load(labels / "clips.npz")
    sounds = np.split(clips["samples"], np.cumsum(clips["sample_counts"])[:-1])
    heard = np.split(stored["heard"], np.cumsum(stored["frames"])[:-1])
    motions = np.split(symmetric(clips["motion"].reshape(-1, 12)), np.cumsum(clips["motion_frames"])[:-1])
    items = []
    for samples, motion, said, split in zip(sounds, motions, heard, clips["split"], strict=True):
        tokens = len(samples) // TOKEN_SAMPLES
        mel = log_mel(torch.from_numpy(samples.astype(np.float32) / 32767)).numpy()[: tokens * PATCH_SIZE].astype(np.float16)
        frames = motion_frames(tokens)
        items.append({
            "filmed": True, "split": "train" if split == "train" else "validation", "tokens": tokens, "mel": mel, "speed": 1.0,
            "motion": motion[np.minimum(np.arange(frames), len(motion) - 1)], "listened": said, "ids": np.array([1]), "frames": np.array([tokens], np.float32),
            "index": np.zeros(tokens, np.int64), "progress": np.zeros((tokens, 2), np.float32), "prosody": np.zeros((tokens, 3), np.float32),
            "voice_row": np.zeros(len(corpus.voices), np.float32),
        })
    return items


def symmetric(motion: np.ndarray) -> np.ndarray:
    """(frames, 12) without sideways movement of lips and chin."""
    motion = motion.copy()
    motion[:, list(MIDLINE_X)] = 0.0
    return motion


def labelled(corpus: Corpus, labels: Path, has_learned: bool):
    """Puts the teacher's mouth in place of what was there before, which stays as `old_motion` for a model that has not learned the new one."""
    found = {}
    for shard in sorted(labels.glob("shard-*.npz")):
        stored = np.load(shard)
        ends = np.cumsum(stored["frames"])[:-1]
        found.update(zip(stored["ids"].tolist(), zip(np.split(symmetric(stored["motion"]), ends), np.split(stored["heard"], ends)), strict=True))
    for item in corpus.items:
        motion, item["listened"] = found[item["id"]]
        item["old_motion"] = motion if has_learned else item["motion"]
        item["motion"] = motion


def rescale(corpus: Corpus):
    """The scale of the new movement, which the model is to have."""
    motion = np.concatenate([corpus.items[i]["motion"] for i in corpus.train + corpus.filmed])
    corpus.motion_mean, corpus.motion_std = motion.mean(0), np.maximum(motion.std(0), 0.003)


def as_before(noised, group, corpus, before):
    """The inputs of a batch of speech as the old model knows them: its own movement, on its own scale, under the same noise."""
    inputs, c = noised.inputs, before.c
    old = torch.zeros_like(inputs["motion_t"])
    for row, index in enumerate(group):
        motion = corpus.items[index]["old_motion"]
        old[row, : len(motion)] = torch.from_numpy(((motion - np.array(c.motion_mean)) / np.array(c.motion_std)).astype(np.float32))
    t = inputs["t_motion"][:, None, None]
    is_given = (inputs["motion_cond"] != 0).any(-1, keepdim=True)
    return {**inputs, "motion_t": t * old + (1 - t) * noised.noise_m, "motion_cond": old * is_given}


def widened(weights: dict, config: Config) -> dict:
    """Weights of a model without a listener, with zero columns for what a listener says."""
    name = "motion.input_embed.proj.weight"
    wanted = 2 * config.motion_channels + config.rest_channels + config.heard_channels
    weight = weights[name]
    return {**weights, name: torch.cat([weight, weight.new_zeros(len(weight), wanted - weight.shape[1])], 1)}


def heard_in(group, corpus, frames: int, channels: int):
    """(lines, frames, channels): what the listener says of each line of a batch."""
    heard = torch.zeros(len(group), frames, channels)
    for row, index in enumerate(group):
        said = corpus.items[index]["listened"]
        heard[row, : len(said)] = torch.from_numpy(said.astype(np.float32))
    return heard


@torch.no_grad()
def sampled(model, batch, heard, steps: int, temperature: float, seed: int = 0):
    """Motion (b, m, 12) by the product's sampler, the sound given."""
    generator = torch.Generator().manual_seed(seed)
    b, m = batch["motion"].shape[:2]
    x = temperature * torch.randn(b, m, 12, generator=generator)
    zero, voice = torch.zeros_like(batch["mel"]), torch.zeros(b, model.c.voice_dim)
    text = torch.zeros(*batch["mel"].shape[:2], model.c.text_dim)
    times = student.schedule(steps, -1.0)
    for t0, t1 in zip(times[:-1], times[1:]):
        t = torch.full((b,), float(t0))
        with mixed_precision("cpu"):
            # With the listener alone, as the product does it.
            _, raw = model(batch["mel"], zero, torch.ones(b), text, batch["progress"] * 0, batch["prosody"] * 0, voice, x, torch.zeros_like(x),
                           torch.zeros(b, m, model.c.rest_channels), t, batch["audio_mask"] * 0, batch["motion_mask"], heard, wants_audio=False)
        clean = clean_estimate(x, raw.float(), t)
        x = clean if t1 >= 1 - 1e-9 else onward(x, clean, t0, t1)
    return x


def check(model, corpus, steps: int) -> str:
    """r of the generated lip opening and corner with filmed lips, and with the teacher's on held-out speech."""
    told = []
    for name, indices in (("filmed", corpus.filmed_validation), ("labelled", corpus.validation[:32])):
        opening, corner = [], []
        for group in corpus.batches(indices, 4000, np.random.default_rng(0)):
            batch = corpus.collate(group)
            heard = heard_in(group, corpus, batch["motion"].shape[1], model.c.heard_channels)
            made = sampled(model, batch, heard, steps, CHECK_TEMPERATURE)
            for row in range(len(group)):
                keep = batch["motion_mask"][row, :, 0] > 0
                a, b = (x[row][keep].numpy() * corpus.motion_std + corpus.motion_mean for x in (made, batch["motion"]))
                opening.append(np.corrcoef(a[:, 7] - a[:, 4], b[:, 7] - b[:, 4])[0, 1])
                corner.append(np.corrcoef(a[:, 0], b[:, 0])[0, 1])
        told.append(f"{name}: opening {np.nanmean(opening):.3f} corner {np.nanmean(corner):.3f}")
    return " · ".join(told)


def main():
    parser = student.arguments(__doc__)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--learning-rate", type=float, default=1.5e-3)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    device, kept, before = student.load(args.trained)
    config = Config(**{**json.loads(kept["config"]), "heard_channels": HEARD_CHANNELS})
    taught = JamFlow(config)
    taught.load_state_dict(widened(before.state_dict(), config))
    taught.requires_grad_(False)
    taught.motion.requires_grad_(True)

    corpus = student.corpus_for(before, kept, args.prepared, SPOKEN)
    labelled(corpus, args.labels, before.c.heard_channels > 0)
    first = len(corpus.items)
    corpus.items += filmed_items(args.clips, args.labels, corpus)
    corpus.filmed = [i for i in range(first, len(corpus.items)) if corpus.items[i]["split"] == "train"]
    corpus.filmed_validation = [i for i in range(first, len(corpus.items)) if corpus.items[i]["split"] != "train"]
    rescale(corpus)
    config.motion_mean, config.motion_std = corpus.motion_mean.tolist(), corpus.motion_std.tolist()
    kept["config"] = config.to_json()
    visited = torch.from_numpy(student.schedule(args.steps, -1.0)[:-1]).float()

    average = copy.deepcopy(taught).requires_grad_(False)
    learned = list(taught.motion.parameters())
    optimiser = torch.optim.AdamW(learned, lr=args.learning_rate, betas=(0.9, 0.98), weight_decay=0.01)
    run = student.Run(args, device, corpus, kept, {"model": taught, "average": average, "optimiser": optimiser},
                      lambda model, corpus, _: check(model, corpus, args.steps))
    spoken = forever(lambda: corpus.batches(corpus.train, args.tokens, run.rng))
    recorded = forever(lambda: corpus.batches(mixed_with_films(corpus, run.rng), args.tokens, run.rng))
    while run.trained_secs < run.planned_secs:
        began = time.time()
        is_speech = run.step % (RECORDINGS_PER_SPEECH + 1) == 0
        corpus.shares = SPOKEN if is_speech else RECORDED
        group = next(spoken if is_speech else recorded)
        batch = corpus.collate(group, run.rng)
        noised = noised_batch(batch, taught, run.generator, device)
        student.move_to_visited(noised, visited, run.generator)
        if not is_speech:
            is_alone = torch.rand(len(group), 1, 1, generator=run.generator) < WITHOUT_AUDIO
            noised.inputs["audio_mask"] = noised.inputs["audio_mask"] * ~is_alone
        wanted = raw_target(noised.batch["motion"], noised.noise_m, noised.inputs["t_motion"])
        heard = None if is_speech else heard_in(group, corpus, batch["motion"].shape[1], HEARD_CHANNELS)
        parts = {}
        with mixed_precision(device):
            audio, motion = taught(**noised.inputs, heard=heard, wants_audio=is_speech)
            if is_speech:
                with torch.no_grad():
                    said = before(**as_before(noised, group, corpus, before))[0].float()
                parts["audio held"] = HOLD * loss_where(audio, said, noised.weight_a)
        parts["motion made" if is_speech else "motion heard"] = loss_where(motion, wanted, noised.weight_m)
        sum(parts.values()).backward()
        optimiser.param_groups[0]["lr"] = args.learning_rate * run.rate(50, 0.02)
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        run.log({name: parts.get(name, torch.tensor(math.nan)) for name in ("audio held", "motion made", "motion heard")})
        run.stepped(began)
    run.finish()


def forever(groups):
    """Batches of one pass after the other."""
    while True:
        yield from groups()


def mixed_with_films(corpus, rng) -> list[int]:
    """Lines of one pass of recordings: of the corpus, and filmed ones for the share that is theirs."""
    count = min(len(corpus.train), int(len(corpus.filmed) * (1 - FILMED) / FILMED))
    return corpus.filmed + rng.choice(corpus.train, count, replace=False).tolist()


if __name__ == "__main__":
    main()

"""Brings the low bands of generated mels to the recordings, with two small discriminators; above, the guided output is kept.

    refine_low_bands.py PREPARED TRAINED OUT --minutes 50 [--threads 2] [--tokens 1200]

TRAINED is a checkpoint with distilled guidance, or the folder of the shipped weights. Below 3 kHz the bands resolve single harmonics, and
errors there are heard as roughness: guidance costs more than it gives. So the product's own sampler is run with the recording's
durations, pitch and energy, which leave little freedom, and its result is compared with the recording: by distance, which alone
would blur, and by discriminators of the texture. Only the Audio-DiT's blocks after the joint ones are trained: motion does not change.
Resumes from OUT/checkpoint.pt.
"""

import copy

import torch

import student
from data import Shares
from mel_judge import MelJudges
from model import clean_estimate
from precision import mixed_precision
from sample import onward, schedule
from train import noised_batch

LEARNING_RATE, JUDGE_RATE = 2e-4, 5e-4
SHARES = Shares(recorded=0.0, not_speech=0.0, reference=0.1)
# Number of lowest bins that follow the recording: up to 3 kHz.
FOLLOWED_BINS = 56
# σ of the initial noise in use: voices by name and by reference.
SPREAD, REFERENCE_SPREAD = 0.3, 1.0
# The discriminators train alone at first; untrained, their gradient would be random.
JUDGES_ALONE_STEPS = 100
# Gradient norms of the feature and adversarial losses relative to that of the distance.
FEATURE_SHARE, ADVERSARIAL_SHARE = 1.0, 0.5
# Tokens of each line that the discriminators see.
STRETCH = 48
# Share of steps that train the sampler's last evaluation, which matters most, rather than an earlier one.
LAST_SHARE = 0.8


def arrive(taught, guide, noised, steps, last):
    """Runs the product's sampler for `last` evaluations -> clean mels of the next one, from `taught` and from `guide`: (b, n, 200)."""
    inputs = dict(noised.inputs)
    referenced = (noised.batch["reference_tokens"] > 0)[:, None, None]
    x, y = torch.where(referenced, REFERENCE_SPREAD, SPREAD) * noised.noise_a, noised.noise_m
    times = schedule(steps, -1.0)
    for i, (t0, t1) in enumerate(zip(times[: last + 1], times[1:])):
        t = torch.full((len(x),), float(t0), device=x.device)
        inputs.update(mel_t=x, motion_t=y, t_audio=t, t_motion=t)
        with torch.set_grad_enabled(i == last), mixed_precision(x.device.type):
            clean = [clean_estimate(state, raw.float(), t) for state, raw in zip((x, y), taught(**inputs))]
        if i == last:
            with torch.no_grad(), mixed_precision(x.device.type):
                guided, _ = guide(**inputs)
            return clean[0], clean_estimate(x, guided.float(), t)
        x, y = (onward(state, c, t0, t1) for state, c in zip((x, y), clean))


def stretches(noised, rng):
    """What the discriminators see: (b, STRETCH) generated tokens of each line; a short line from its beginning."""
    starts = []
    for line in noised.weight_a[..., 0]:
        made = line.nonzero()[:, 0]
        first, last = int(made[0]), int(made[-1]) + 1
        starts.append(int(rng.integers(first, max(first, last - STRETCH) + 1)))
    at = torch.tensor(starts)[:, None] + torch.arange(STRETCH)
    return at.clamp(max=noised.weight_a.shape[1] - 1).to(noised.weight_a.device)


def cut(x, at):
    """(b, n, c) -> (b, STRETCH, c)."""
    return torch.gather(x, 1, at[..., None].expand(-1, -1, x.shape[-1]))


def pull(made, distance, others):
    """The gradient at `made`: that of `distance`, plus each other loss scaled to its share of that norm."""
    total = torch.autograd.grad(distance, made, retain_graph=True)[0]
    size = total.norm()
    for loss, share in others:
        slope = torch.autograd.grad(loss, made, retain_graph=True)[0]
        total = total + share * size / slope.norm().clamp(min=1e-12) * slope
    return total


def main():
    args = student.arguments(__doc__).parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    device, kept, guide = student.load(args.trained)
    corpus = student.corpus_for(guide, kept, args.prepared, SHARES)
    student.keep_scale(corpus, guide)
    taught = copy.deepcopy(guide)
    for part in (*taught.audio.transformer_blocks[taught.c.joint_depth :], taught.audio.norm_out, taught.audio.proj_out):
        part.requires_grad_(True)
    learned = [p for p in taught.parameters() if p.requires_grad]
    average = copy.deepcopy(taught).requires_grad_(False)
    judges = MelJudges(taught.c).to(device)
    optimiser = torch.optim.AdamW(learned, lr=LEARNING_RATE, betas=(0.8, 0.98), weight_decay=0.0)
    judge_optimiser = torch.optim.AdamW(judges.parameters(), lr=JUDGE_RATE, betas=(0.5, 0.9), weight_decay=0.01)
    followed = torch.arange(taught.c.mel_bins, device=device).lt(FOLLOWED_BINS).repeat(taught.c.patch_size)
    parts = {"model": taught, "average": average, "judge": judges, "optimiser": optimiser, "judge_optimiser": judge_optimiser}
    run = student.Run(args, device, corpus, kept, parts)
    for batch in run.batches():
        rate = run.rate(50, 0.05)
        optimiser.param_groups[0]["lr"], judge_optimiser.param_groups[0]["lr"] = LEARNING_RATE * rate, JUDGE_RATE * rate
        with torch.no_grad():
            noised = noised_batch(batch, taught, run.generator, device)
        last = args.steps - 1 if run.rng.random() < LAST_SHARE else int(run.rng.integers(args.steps - 1))
        made, guided = arrive(taught, guide, noised, args.steps, last)
        wanted = torch.where(followed, noised.batch["mel"], guided)
        at = stretches(noised, run.rng)
        told = torch.cat([cut(noised.inputs[name], at) for name in ("text", "progress", "prosody")], -1)
        seen_made, seen_wanted = cut(made, at), cut(wanted, at)

        judge_loss = judges.judge_loss(seen_wanted, seen_made.detach(), told)
        judge_loss.backward()
        judge_optimiser.step()

        distance = ((made - wanted).abs() * noised.weight_a).sum() / (noised.weight_a.sum() * made.shape[-1])
        adversarial = features = torch.zeros(())
        if run.step >= JUDGES_ALONE_STEPS:
            adversarial, features = judges.maker_losses(seen_wanted, seen_made, told)
            made.backward(pull(made, distance, ((features, FEATURE_SHARE), (adversarial, ADVERSARIAL_SHARE))))
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        judge_optimiser.zero_grad(set_to_none=True)
        run.log({"distance": distance, "features": features, "maker": adversarial, "judge": judge_loss})


if __name__ == "__main__":
    main()

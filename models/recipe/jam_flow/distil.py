"""Guidance distillation: a student that predicts in one evaluation what the trained model predicts in two.

    distil.py PREPARED TEACHER/checkpoint.pt OUT --minutes 20 [--guidance 1.0] [--steps 4]

The raw output is affine in the clean estimate, so guidance acts on it in the same way: F + w·(F − F_null). The student, initialised as a
copy, learns that sum; half of the flow times are those that the product's sampler visits. Lines whose audio is given keep the unguided
output, which `animate` samples with. The prosody predictor is copied unchanged. Resumes from OUT/checkpoint.pt.
"""

import copy

import torch

import student

LEARNING_RATE = 5e-4


def guidance_added(teacher, inputs, guidance, audio_given):
    """The teacher's raw outputs, and what guidance adds to them where the audio is generated."""
    dropped = {name: torch.zeros_like(inputs[name]) for name in ("text", "progress", "prosody", "voice", "mel_cond", "motion_cond")}
    raw, null = ([made.float() for made in teacher(**given)] for given in (inputs, {**inputs, **dropped}))
    weight = guidance * (~audio_given).float()[:, None, None]
    return raw, [weight * (a - b) for a, b in zip(raw, null)]


def main():
    parser = student.arguments(__doc__)
    parser.add_argument("--guidance", type=float, default=1.0)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    device, kept, teacher = student.load(args.trained)
    taught = copy.deepcopy(teacher)
    student.learn_streams(taught)

    def wanted(noised):
        raw, added = guidance_added(teacher, noised.inputs, args.guidance, noised.audio_given)
        return [a + b for a, b in zip(raw, added)]

    student.learn(args, device, student.corpus_for(taught, kept, args.prepared), taught, {**kept, "default_guidance": 0.0}, LEARNING_RATE,
                  student.towards(taught, device, args.steps, wanted))


if __name__ == "__main__":
    main()

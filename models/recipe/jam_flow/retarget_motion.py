"""Teaches the face of a trained model other movement and leaves its voice as it is.

    retarget_motion.py PREPARED TRAINED/checkpoint.pt OUT --minutes 40 [--steps 4]

PREPARED holds the new movement; TRAINED is what `train.py` or `distil.py` made. Only the Motion-DiT learns. Audio attends to it, so
what the audio says is held to what it said before. Lengths stay normalised as TRAINED has them. Resumes from OUT/checkpoint.pt.
"""

import copy

import torch

import student
from data import Shares
from model import raw_target

LEARNING_RATE = 1e-3
# Much of what the face does is to follow recordings of strangers. Sound without speech is left out: a face alone, whose ears no longer
# learn, soon takes every stranger for it (on real readers the jaw's correlation with the vowels fell from 0.59 to 0.15).
SHARES = Shares(recorded=0.45, not_speech=0.0, reference=0.10)


def main():
    args = student.arguments(__doc__).parse_args()
    torch.set_num_threads(args.threads)
    device, kept, before = student.load(args.trained)
    corpus = student.corpus_for(before, kept, args.prepared, SHARES)
    student.keep_scale(corpus, before)
    taught = copy.deepcopy(before)
    taught.motion.requires_grad_(True)

    def wanted(noised):
        said = before(**noised.inputs)[0].float()
        return said, raw_target(noised.batch["motion"], noised.noise_m, noised.inputs["t_motion"])

    student.learn(args, device, corpus, taught, kept, LEARNING_RATE, student.towards(taught, device, args.steps, wanted))


if __name__ == "__main__":
    main()

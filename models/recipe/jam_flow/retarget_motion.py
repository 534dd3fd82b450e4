"""Teaches a trained model new mouth motion and keeps its voice.

    retarget_motion.py PREPARED TRAINED/checkpoint.pt OUT --minutes 40 [--steps 4]

PREPARED holds the new motion; TRAINED is a checkpoint of `train.py` or `distil.py`. Only the Motion-DiT is trained. The audio stream attends
to it, so the audio output is constrained to the previous one. Motion stays normalised as in TRAINED. Resumes from OUT/checkpoint.pt.
"""

import copy

import torch

import student
from data import Shares
from model import raw_target

LEARNING_RATE = 1e-3
# The face mostly follows recordings of strangers. Non-speech is left out: with the audio stream frozen, the motion stream soon mistakes
# every stranger for it (on real readers the jaw's correlation with the vowels fell from 0.59 to 0.15).
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

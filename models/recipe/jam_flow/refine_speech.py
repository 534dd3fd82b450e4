"""Refines a guidance-distilled model on more recordings: the target is each line plus the guidance that its teacher would add.

    refine_speech.py PREPARED TRAINED OUT --teacher RUN/checkpoint.pt --minutes 40

TRAINED is a checkpoint of `distil.py` or `retarget_motion.py`, the teacher one of `train.py`. Distillation alone learns nothing from new
lines but the teacher's output for them. Both streams are trained; text, voices and prosody stay fixed. Resumes from OUT/checkpoint.pt.
"""

from pathlib import Path

import torch

import student
from data import Shares
from distil import guidance_added
from model import raw_target

LEARNING_RATE = 4e-4
SHARES = Shares(recorded=0.25, not_speech=0.0, reference=0.05)


def main():
    parser = student.arguments(__doc__)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--guidance", type=float, default=1.0)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    device, kept, taught = student.load(args.trained)
    *_, teacher = student.load(args.teacher)
    corpus = student.corpus_for(taught, kept, args.prepared, SHARES)
    student.keep_scale(corpus, taught)
    student.learn_streams(taught)

    def wanted(noised):
        inputs, batch = noised.inputs, noised.batch
        _, added = guidance_added(teacher, inputs, args.guidance, noised.audio_given)
        heard = raw_target(batch["mel"], noised.noise_a, inputs["t_audio"]) + added[0]
        return heard, raw_target(batch["motion"], noised.noise_m, inputs["t_motion"])

    student.learn(args, device, corpus, taught, kept, LEARNING_RATE, student.towards(taught, device, args.steps, wanted))


if __name__ == "__main__":
    main()

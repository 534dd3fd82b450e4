"""Labels speech with the motion teacher: what the Motion-DiT is to hear of given sound, and the mouth that it is to make.

    label.py PREPARED CLIPS.npz TEACHER.npz OUT

For each shard of PREPARED (`jam_flow/prepare.py`) OUT gets `heard` (frames, 64), what the product's listener says of each motion frame (the
teacher's mouth and the leading components of Whisper's features), and `motion` (frames, 12), the mouth to be made. For the clips
(`clips.py`) it gets only the former, since their lips were filmed. A shard that is there already is kept.

Facts stay rules: lips meet on p, b and m, and where nothing is said the mouth is shut. The rest is the teacher's.
"""

import argparse
import pickle
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from teacher import Teacher, at_secs
from whisper_encoder import Encoder, at_16_khz, features

sys.path.append(str(Path(__file__).resolve().parents[1] / "jam_flow"))
from features import DURATION_FRAME_SECS, MOTION_FRAMES_PER_SECOND, SAMPLE_RATE_HZ, TOKEN_SAMPLES, motion_frames, silences_secs
from mouth_motion import closing, mouth_silences

# The teacher's mouth, then components.
MOUTH_CHANNELS, HEARD_CHANNELS = 12, 64
UPPER_LIP_Y, LOWER_LIP_Y, CHIN_Y = 4, 7, 10


@dataclass
class Labeller:
    teacher: Teacher
    # (64,) deviations over the clips: what is heard is divided by them.
    scale: np.ndarray

    @classmethod
    def of(cls, teacher: Teacher, clip_features: np.ndarray) -> "Labeller":
        labeller = cls(teacher, np.ones(HEARD_CHANNELS, np.float32))
        labeller.scale = labeller._heard(clip_features).std(0) + 1e-6
        return labeller

    def _heard(self, whisper: np.ndarray) -> np.ndarray:
        components = self.teacher.components(whisper)[:, : HEARD_CHANNELS - MOUTH_CHANNELS]
        return np.concatenate([self.teacher.mouth(whisper), components], 1) / self.scale

    def heard(self, whisper: np.ndarray, frames: int) -> np.ndarray:
        """(frames, 64) at i / 25 s."""
        return at_secs(self._heard(whisper), np.arange(frames) / MOTION_FRAMES_PER_SECOND).astype(np.float16)

    def mouth(self, whisper: np.ndarray, frames: int) -> np.ndarray:
        """(frames, 12) at i / 25 s."""
        return at_secs(self.teacher.mouth(whisper), np.arange(frames) / MOTION_FRAMES_PER_SECOND)


def with_facts(mouth: np.ndarray, phones, secs: np.ndarray, silences) -> np.ndarray:
    """`mouth` (frames, 12) with lips that meet on p, b and m, and that rest where nothing is said."""
    times = np.arange(len(mouth)) / MOTION_FRAMES_PER_SECOND
    bilabials, rest = closing(times, phones, secs), mouth_silences(times, phones, secs, silences)
    mouth = mouth.copy()
    apart = np.maximum(mouth[:, LOWER_LIP_Y] - mouth[:, UPPER_LIP_Y], 0.0)
    # The lower lip goes most of the way, as in the renderer, and the jaw takes part in some of it.
    closed = apart * (1 - bilabials)
    mouth[:, LOWER_LIP_Y] -= 0.7 * closed
    mouth[:, UPPER_LIP_Y] += 0.3 * closed
    mouth[:, CHIN_Y] -= 0.3 * closed
    return (mouth * rest[:, None]).astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("clips", type=Path)
    parser.add_argument("teacher", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    clips = dict(np.load(args.clips))
    labeller = Labeller.of(Teacher.load(args.teacher), clips["features"])
    frames = [motion_frames(count // TOKEN_SAMPLES) for count in clips["sample_counts"]]
    whispers = np.split(clips["features"], np.cumsum(clips["feature_frames"])[:-1])
    np.savez(args.out / "clips.npz", scale=labeller.scale, frames=frames,
             heard=np.concatenate([labeller.heard(whisper, count) for whisper, count in zip(whispers, frames)]))
    encoder = Encoder()
    for shard in sorted(args.prepared.glob("shard-*.pkl")):
        out = args.out / f"{shard.stem}.npz"
        if out.exists():
            continue
        with open(shard, "rb") as file:
            items = pickle.load(file)
        heard, mouths = [], []
        for item in items:
            whisper = features(encoder, at_16_khz(item["samples"].astype(np.float32) / 32767, SAMPLE_RATE_HZ))
            count = motion_frames(len(item["mel"]) // 2)
            heard.append(labeller.heard(whisper, count))
            mouth = labeller.mouth(whisper, count)
            mouths.append(with_facts(mouth, item["phones"], item["frames"] * DURATION_FRAME_SECS, silences_secs(item["mel"])))
        partial = out.with_suffix(".part.npz")
        np.savez(partial, ids=np.array([item["id"] for item in items]), frames=np.array([len(mouth) for mouth in mouths]),
                 heard=np.concatenate(heard), motion=np.concatenate(mouths))
        partial.rename(out)
        opening = np.concatenate(mouths)[:, LOWER_LIP_Y] - np.concatenate(mouths)[:, UPPER_LIP_Y]
        print(out.name, len(items), "lines, opening at the 50th, 95th, 99th percentile:", np.percentile(opening, [50, 95, 99]).round(3), flush=True)


if __name__ == "__main__":
    main()

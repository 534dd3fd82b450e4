"""Filmed people to training data: mouth keypoints in the product's measures, sound, and what Whisper's encoder hears in it.

    clips.py OUT --videos VIDEOS [--program jam-flow]       a folder of talking clips, one folder a person (GRID: s1/bbaf2n.mpg)
    clips.py OUT --tracks TRACKS.npz --sounds SOUNDS.tar --person s1     landmarks that were tracked before
    clips.py OUT --stand-in PREPARED --lines 20             lines of the corpus with the mouth of the rules, for smoke runs: nobody was filmed

Writes OUT/clips.npz. Videos are tracked by the product itself (`jam-flow track`). TRACKS holds `names`, `frames` (of each clip), `index`
(MediaPipe's numbers of the points) and `points` (frames, points, 3), frame i at (i + 0.5) / 25 s. GRID (Cooke, Barker, Cunningham and Shao 2006;
CC BY 4.0) is published by its makers as Zenodo record 3625687: put its speakers' folders of videos into VIDEOS. ffmpeg has to be there.
"""

import argparse
import io
import pickle
import subprocess
import tarfile
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soundfile

import measures
from whisper_encoder import Encoder, at_16_khz, features

FRAMES_PER_SECOND = 25.0
SAMPLE_RATE_HZ = 24_000
VIDEOS = (".mpg", ".mp4", ".mov", ".avi", ".mkv", ".webm")
# One clip in so many is kept aside.
HELD_OUT = 25
RIG = Path(__file__).resolve().parents[2] / "face_rig.safetensors"


def followed(video: Path, program: str) -> np.ndarray:
    """(frames, 4, 3) mouth keypoints of a video, by the product's tracker."""
    from safetensors.numpy import load_file

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "motion.safetensors"
        subprocess.run([program, "track", video, "--output", out], check=True, capture_output=True)
        return load_file(out)["expression"][:, list(measures.MOUTH_KEYPOINTS)]


def sound_of(video: Path) -> np.ndarray:
    """Mono samples at 24 kHz."""
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", video, "-ac", "1", "-ar", str(SAMPLE_RATE_HZ), "-f", "f32le", "-"],
                         check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.float32)


def from_videos(folder: Path, program: str):
    """(name, person, mouth, samples) of every video below `folder`."""
    videos = sorted(path for path in folder.rglob("*") if path.suffix.lower() in VIDEOS)
    with ThreadPoolExecutor(2) as pool:
        for video, mouth in zip(videos, pool.map(lambda video: followed(video, program), videos)):
            yield video.stem, video.parent.name, mouth, sound_of(video)


def from_tracks(tracks: Path, sounds: Path, person: str):
    """The same from landmarks; the shut mouth is one for all clips of the person."""
    # An archive reads an array anew at each access.
    stored = {name: values for name, values in np.load(tracks).items() if name in ("names", "frames", "index", "points")}
    measurer = measures.Measurer(RIG, stored["index"])
    ends = np.cumsum(stored["frames"])
    clips = []
    for end, count in zip(ends, stored["frames"]):
        measured = measurer.measure(stored["points"][end - count : end])
        filmed, wanted = (np.arange(count) + 0.5) / FRAMES_PER_SECOND, np.arange(count) / FRAMES_PER_SECOND
        clips.append(measures.calmed(measures.Measured(*(
            measures.at_times(values, filmed, wanted) for values in (measured.keypoints, measured.lip_gap, measured.points, measured.pose)))))
    neutral = measures.Neutral.of(clips)
    with tarfile.open(sounds) as tar:
        members = {Path(member.name).stem: member for member in tar.getmembers()}
        for name, clip in zip(stored["names"].tolist(), clips):
            samples, rate_hz = soundfile.read(io.BytesIO(tar.extractfile(members[name]).read()), dtype="float32")
            assert rate_hz == SAMPLE_RATE_HZ, f"{name} has {rate_hz} Hz"
            yield name, person, neutral.mouth(clip), samples


def stand_ins(prepared: Path, lines: int):
    """The same from the corpus, so that the stages behind this one can be tried without films."""
    with open(min(prepared.glob("shard-*.pkl")), "rb") as file:
        items = pickle.load(file)[:lines]
    for item in items:
        yield item["id"], "stand-in", item["motion"].reshape(-1, 4, 3), item["samples"].astype(np.float32) / 32767


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--videos", type=Path)
    parser.add_argument("--program", default="jam-flow")
    parser.add_argument("--tracks", type=Path)
    parser.add_argument("--sounds", type=Path)
    parser.add_argument("--person", default="s1")
    parser.add_argument("--stand-in", type=Path)
    parser.add_argument("--lines", type=int, default=0, help="lines of the corpus that stand in for films, if any")
    args = parser.parse_args()
    if args.lines:
        found = stand_ins(args.stand_in, args.lines)
    elif args.tracks:
        found = from_tracks(args.tracks, args.sounds, args.person)
    else:
        found = from_videos(args.videos, args.program)
    clips = [clip for clip in found if np.isfinite(clip[2]).all()]
    if not clips:
        raise SystemExit(f"no video of a face in {args.videos}: put GRID's folders there (see --help)")
    names, people, mouths, sounds = zip(*clips)
    encoder = Encoder()
    heard = [features(encoder, at_16_khz(samples, SAMPLE_RATE_HZ)) for samples in sounds]
    args.out.mkdir(parents=True, exist_ok=True)
    np.savez(args.out / "clips.npz", names=np.array(names), person=np.array(people),
             split=np.array(["held" if zlib.crc32(name.encode()) % HELD_OUT == 0 else "train" for name in names]),
             motion=np.concatenate(mouths).astype(np.float32), motion_frames=np.array([len(mouth) for mouth in mouths]),
             samples=np.concatenate([np.round(samples * 32767).astype(np.int16) for samples in sounds]),
             sample_counts=np.array([len(samples) for samples in sounds]),
             features=np.concatenate(heard), feature_frames=np.array([len(frames) for frames in heard]))
    print(f"{len(clips)} clips of {len(set(people))} people, {sum(map(len, sounds)) / SAMPLE_RATE_HZ / 60:.1f} minutes")


if __name__ == "__main__":
    main()

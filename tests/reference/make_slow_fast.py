"""Writes slow_fast.json: what keye-vl-utils 1.5.2 chooses for drawn clips.

The clips are drawn by the integer rules below, which `tests/tests/slow_fast.rs` states again, so that only the choices are kept.
Needs keye-vl-utils 1.5.2, torch, torchvision, einops, opencv and Pillow. A stand-in for decord hands the drawn pictures to the
package's own reader of video files; nothing else of it is replaced.
"""

import json
import sys
import types
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional

MASK = 0xFFFFFFFF

# name, rule, width, height, frames, fps, other settings of the reference
CLIPS = [
    ("still", "still", 320, 240, 200, 25.0, {}),
    ("still_tall", "still", 240, 426, 120, 30.0, {}),
    ("one_frame", "still", 320, 240, 1, 1.0, {}),
    ("two_frames", "cuts", 200, 200, 2, 2.0, {}),
    ("cuts", "cuts", 384, 288, 250, 25.0, {}),
    ("cuts_ntsc", "cuts", 352, 240, 299, 30000 / 1001, {}),
    ("cuts_film", "cuts", 426, 240, 240, 24000 / 1001, {}),
    ("shaking", "shaking", 320, 240, 150, 25.0, {}),
    ("shaking_hard", "shaking_hard", 320, 240, 150, 25.0, {}),
    ("pan", "pan", 480, 270, 200, 25.0, {}),
    ("noise", "noise", 160, 120, 100, 25.0, {}),
    ("box", "box", 400, 300, 250, 25.0, {}),
    ("fade", "fade", 320, 180, 250, 25.0, {}),
    ("black", "black", 320, 180, 100, 25.0, {}),
    ("flash", "flash", 320, 180, 200, 25.0, {}),
    ("grey", "grey", 300, 200, 150, 25.0, {}),
    ("odd", "cuts", 333, 217, 150, 25.0, {}),
    ("odd_tiny", "box", 37, 53, 100, 25.0, {}),
    ("wide", "pan", 900, 60, 100, 25.0, {}),
    ("rotated", "rotated", 270, 480, 200, 25.0, {}),
    ("minute", "box", 640, 360, 1500, 25.0, {}),
    ("minute_of_cuts", "cuts", 640, 360, 1800, 30.0, {}),
    ("slow_film", "cuts", 320, 240, 12, 1.5, {}),
    ("high_definition", "box", 1280, 720, 200, 50.0, {}),
    ("many_slow", "pan", 896, 672, 1450, 10.0, {}),
    ("too_long", "cuts", 96, 64, 20000, 25.0, {}),
    ("small_budget", "cuts", 640, 480, 500, 25.0, {"video_total_pixels": 8192 * 784}),
    ("few_frames", "pan", 480, 270, 500, 25.0, {"max_frames": 9}),
    ("strict", "shaking", 320, 240, 150, 25.0, {"min_frame_similarity": 0.97}),
]


def scrambled(number):
    """A 32-bit hash of 64-bit integers."""
    number = (number & MASK) * 2654435761 & MASK
    number ^= number >> 15
    number = number * 2246822519 & MASK
    return number ^ number >> 13


def texture(x, y, c, seed):
    """Blocks of plain colours, a third of them dark, with slopes and grain."""
    block = scrambled((x // 23) * 7919 + (y // 19) * 104729 + seed * 15485863)
    is_bright = (block >> 8 & 7) > 2
    colour = (block >> (16 + c) & 1) * 255 * is_bright
    slope = (3 * x + 2 * y + 60 * c + 40 * seed) % 256
    grain = scrambled(x * 31 + y * 65537 + c * 17 + seed) & 255
    return (13 * colour + 2 * slope + grain) // 16


def value(rule, frame, frames, width, height, x, y, c):
    """Value 0 to 255 at integer arrays x, y, c."""
    if rule == "still":
        return texture(x, y, c, 1)
    if rule == "cuts":
        return texture(x, y, c, 1 + frame // 40)
    if rule in ("shaking", "shaking_hard"):
        reach = 6 if rule == "shaking" else 60
        shift_x, shift_y = (scrambled(2 * frame + axis) % reach for axis in (0, 1))
        return texture(x + shift_x, y + shift_y, c, 2)
    if rule == "pan":
        return texture(x + 3 * frame, y, c, 3)
    if rule == "noise":
        return scrambled(x + y * 4096 + c * 16777259 + frame * 97) & 255
    if rule == "box":
        left, top = frame * 2 % width, frame % height
        inside = (x >= left) & (x < left + width // 3) & (y >= top) & (y < top + height // 3)
        return np.where(inside, texture(x, y, c, 9), texture(x, y, c, 4))
    if rule == "fade":
        return texture(x, y, c, 5) * (frames - frame) // frames
    if rule == "black":
        return x * 0
    if rule == "flash":
        return texture(x, y, c, 6) if frame // 30 % 2 else x * 0
    if rule == "grey":
        return (x + y + 2 * frame) % 256 + c * 0
    if rule == "rotated":
        return texture(y, x, c, 7 + frame // 60)
    raise ValueError(rule)


def draw(clip, frame):
    """(height, width, 3) u8"""
    _, rule, width, height, frames, _, _ = clip
    y, x, c = (axis.astype(np.uint64) for axis in np.indices((height, width, 3)))
    return value(rule, frame, frames, width, height, x, y, c).astype(np.uint8)


class VideoReader:
    """decord.VideoReader over a drawn clip, whose name is its path."""

    def __init__(self, name):
        self.clip = next(clip for clip in CLIPS if clip[0] == name)

    def __len__(self):
        return self.clip[4]

    def get_avg_fps(self):
        return self.clip[5]

    def get_batch(self, indices):
        batch = np.stack([draw(self.clip, index) for index in indices])
        return types.SimpleNamespace(asnumpy=lambda: batch, shape=batch.shape)


sys.modules["decord"] = types.SimpleNamespace(VideoReader=VideoReader)

from keye_vl_utils import vision_process  # noqa: E402  decord has to be there first


def checksum(pixels):
    """Of bytes in the order row, column, channel."""
    pixels = pixels.astype(np.uint64).ravel()
    return int((pixels * (np.arange(len(pixels), dtype=np.uint64) % 65521 + 1)).sum()) & MASK


def first_small(clip):
    """The first picture as it is compared: resized, and its HSV."""
    _, _, width, height, *_ = clip
    small_height, small_width = vision_process.smart_resize(
        height, width, min_pixels=vision_process.VIDEO_MIN_PIXELS, max_pixels=256 * 28 * 28)
    frame = torch.tensor(draw(clip, 0)[None]).permute(0, 3, 1, 2)
    small = functional.interpolate(frame, [small_height, small_width], mode="bilinear", antialias=True)
    small = np.ascontiguousarray(small[0].permute(1, 2, 0).numpy())
    return small, cv2.cvtColor(small, cv2.COLOR_RGB2HSV)


def case(clip):
    name, rule, width, height, frames, fps, settings = clip
    similarities = []
    original = vision_process.get_frame_sim

    def recorded(*arguments):
        similarities.append(original(*arguments))
        return similarities[-1]

    vision_process.get_frame_sim = recorded
    _, chosen = vision_process.fetch_video({"video": name, **settings})
    vision_process.get_frame_sim = original
    kinds = chosen["frame_types"].tolist()
    timestamps_secs = [float(time) for time in chosen["timestamps"]]
    indices = torch.linspace(0, frames - 1, len(kinds)).round().long().tolist()
    slow_tokens = chosen["height"] * chosen["width"] // 784
    fast_tokens = chosen["fast_height"] * chosen["fast_width"] // 784
    small, hsv = first_small(clip)
    margin = min((abs(s - settings.get("min_frame_similarity", 0.9)) for s in similarities if s == s), default=None)
    print(f"{name}: {len(kinds)} frames, {kinds.count(0)} slow, {slow_tokens} and {fast_tokens} tokens, margin {margin}")
    return {
        "name": name, "rule": rule, "width": width, "height": height, "frames": frames, "fps": fps, "settings": settings,
        "indices": indices,
        "timestamps_secs": timestamps_secs,
        "is_slow": "".join("s" if kind == 0 else "f" for kind in kinds),
        "slow_size": [chosen["height"], chosen["width"]],
        "fast_size": [chosen["fast_height"], chosen["fast_width"]],
        "tokens": kinds.count(0) * slow_tokens + kinds.count(1) * fast_tokens,
        "small_size": list(small.shape[:2]),
        "small_checksum": checksum(small),
        "hsv_checksum": checksum(hsv),
    }


def budgets():
    """Sizes for clips of so many slow and fast pictures."""
    random = np.random.default_rng(8)
    made = []
    original = vision_process._read_video_decord
    for _ in range(150):
        height, width = random.integers(60, 2200, 2).tolist()
        slow, fast = int(random.integers(1, 700)), int(random.integers(0, 665))
        total = int(random.choice([65536, 65536, 20000]))
        kinds = torch.tensor([0] * slow + [1] * fast, dtype=torch.int32)
        frames = types.SimpleNamespace(shape=(slow + fast, 3, height, width))
        vision_process._read_video_decord = lambda ele: (frames, None, kinds)
        _, chosen = vision_process.fetch_video({"video": "", "video_total_pixels": total * 784})
        made.append([height, width, slow, fast, total, *(chosen[key] for key in ("height", "width", "fast_height", "fast_width"))])
    vision_process._read_video_decord = original
    return made


def main():
    cases = [case(clip) for clip in CLIPS]
    resized = []
    for sides in np.random.default_rng(5).integers(1, 4000, (200, 2)).tolist():
        if max(sides) / min(sides) > 200:
            continue
        for least, most in ((48, 768), (48, 256), (4, 20480), (48, 61)):
            resized.append([*sides, least, most, *vision_process.smart_resize(*sides, 28, least * 784, most * 784)])
    shares = [[similar, total, torch.tensor([1.0] * similar + [0.0] * (total - similar)).mean().item() < 0.9]
              for total in range(1, 257) for similar in {9 * total // 10, -(-9 * total // 10)}]
    text = json.dumps({"clips": cases, "smart_resize": resized, "is_below": shares, "budgets": budgets()}, separators=(",", ":"))
    # A line for each clip, so that a change can be read.
    text = text.replace('{"name"', '\n{"name"').replace('"smart_resize"', '\n"smart_resize"').replace('"is_below"', '\n"is_below"').replace('"budgets"', '\n"budgets"')
    Path(__file__).with_name("slow_fast.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

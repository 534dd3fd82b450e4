"""Post-processing of a rendered portrait: photographic grain or an illustrated style."""
import numpy as np
from PIL import Image
from scipy import ndimage
from scipy.signal import fftconvolve


def photograph(picture, seed):
    """Film grain on an 8-bit RGB image; renders are too clean for a close look."""
    random = np.random.default_rng(seed)
    grain = ndimage.gaussian_filter(random.normal(0, 1, picture.shape[:2]), 0.6)
    value = picture.astype(np.float32) + (grain / grain.std() * 2.2)[..., None]
    return np.clip(value + 0.5, 0, 255).astype(np.uint8)


def _kuwahara(value, radius, sectors=8, sharpness=8.0):
    """Kuwahara filter: each pixel takes the mean of its least varying sectors, like brush strokes that keep edges."""
    reach = np.arange(-2 * radius, 2 * radius + 1)
    x, y = np.meshgrid(reach, reach)
    angle = np.arctan2(y, x)
    disk = np.exp(-(x ** 2 + y ** 2) / (2 * (0.75 * radius) ** 2))
    total, weights = 0.0, 0.0
    for sector in range(sectors):
        apart = np.abs((angle - 2 * np.pi * sector / sectors + np.pi) % (2 * np.pi) - np.pi)
        kernel = disk * np.clip(1 - apart / (2 * np.pi / sectors), 0, None)
        kernel[2 * radius, 2 * radius] = disk[2 * radius, 2 * radius] / sectors
        kernel /= kernel.sum()
        padded = np.pad(value, ((2 * radius,) * 2, (2 * radius,) * 2, (0, 0)), mode="edge")
        mean = fftconvolve(padded, kernel[..., None], mode="valid", axes=(0, 1))
        square = fftconvolve(padded ** 2, kernel[..., None], mode="valid", axes=(0, 1))
        spread = np.sqrt(np.clip((square - mean ** 2).sum(-1), 0, None))
        weight = (1 / (1 + (255 * spread / 6) ** sharpness))[..., None]
        total, weights = total + weight * mean, weights + weight
    return total / weights


def _ink(light, width_px, sharp):
    """Ink lines at shading edges: 1 is paper, 0 is ink."""
    difference = ndimage.gaussian_filter(light, width_px) - 0.985 * ndimage.gaussian_filter(light, 1.6 * width_px)
    return np.where(difference > 0, 1.0, 1 + np.tanh(sharp * difference))


def illustration(picture, seed, steps=7):
    """A gouache drawing from an 8-bit RGB image: strokes, few tones, ink lines, paper."""
    random = np.random.default_rng(seed)
    value = _kuwahara(picture.astype(np.float64) / 255, 4)
    value = strokes = _kuwahara(value, 3)
    light = value @ [0.3, 0.59, 0.11]
    level = light * steps
    nearest = np.floor(level) + 0.5
    toned = (nearest + 0.5 * np.tanh(5.0 * (level - np.floor(level) - 0.5)) / np.tanh(2.5)) / steps
    value = value * ((0.35 * light + 0.65 * toned) / np.maximum(light, 1e-3))[..., None]
    grey = (value @ [0.3, 0.59, 0.11])[..., None]
    value = grey + 1.35 * (value - grey)
    ink = _ink(light, 1.1, 60.0)
    value = value * ink[..., None] + (1 - ink[..., None]) * np.array([0.13, 0.08, 0.10])
    paper = ndimage.gaussian_filter(random.normal(0, 1, light.shape), 1.1)
    fibres = ndimage.gaussian_filter(random.normal(0, 1, light.shape), (0.6, 5.0))
    value = value * (1 + 0.022 * paper / paper.std() + 0.012 * fibres / fibres.std())[..., None]
    value = value + 0.3 * (picture / 255.0 - strokes)
    value = 0.03 + 0.97 * np.clip(value, 0, 1) ** 0.92
    return np.clip(value * 255 + 0.5, 0, 255).astype(np.uint8)


def finish(source, target, seed, illustrated, quality=90):
    with Image.open(source) as opened:
        picture = np.asarray(opened.convert("RGB"))
    done = illustration(picture, seed) if illustrated else photograph(picture, seed)
    Image.fromarray(done).save(target, quality=quality, subsampling=0, optimize=True)

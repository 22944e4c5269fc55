"""Pictures drawn by code, of every quality: CleanVision's flags and ours are compared on them. Needs numpy and Pillow.

`python tests/drawn_pictures.py tests/data/cleanvision_flags.json`, where cleanvision is installed, records its flags.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

ISSUES = ("dark", "light", "blurry", "low_information", "odd_size", "odd_aspect_ratio")


def drawn_pictures() -> Iterator[tuple[str, Image.Image]]:
    """Name and RGB picture of each of 232: textures with the spectrum of photographs, then spoiled ones by degrees."""
    for number in range(100):
        yield f"plain-{number:03}.png", _photograph(number)
    for step, factor in enumerate(np.linspace(0.02, 0.8, 30)):
        dark = np.asarray(_photograph(200 + step), np.float64) * factor
        yield f"dark-{step:03}.png", _picture(dark)
    for step, factor in enumerate(np.linspace(0.01, 0.8, 30)):
        bright = 255 - (255 - np.asarray(_photograph(300 + step), np.float64)) * factor
        yield f"bright-{step:03}.png", _picture(bright)
    for step, radius in enumerate(np.linspace(0.3, 12, 30)):
        yield f"blurry-{step:03}.png", _photograph(400 + step).filter(ImageFilter.GaussianBlur(float(radius)))
    for step in range(20):
        shade = np.full((128, 128, 3), 40 + 9 * step, np.float64)
        shade[: 2 * step, : 2 * step] = 220  # a flat field with a square in it
        yield f"flat-{step:03}.png", _picture(shade)
    for step, size in enumerate(
        [(16, 16), (24, 20), (40, 40), (64, 60), (90, 110), (170, 150), (230, 250), (256, 256)]
    ):
        yield f"size-{step:03}.png", _photograph(500 + step, size=size)
    for step, width in enumerate([250, 240, 200, 150, 100, 60, 40]):
        yield f"wide-{step:03}.png", _photograph(600 + step, size=(width, 48))
    for step, height in enumerate([250, 240, 200, 150, 100, 60, 40]):
        yield f"tall-{step:03}.png", _photograph(700 + step, size=(48, height))


def _photograph(seed: int, *, size: tuple[int, int] | None = None) -> Image.Image:
    """Coloured noise whose amplitude falls with frequency, as in photographs; about 128 pixels a side."""
    rng = np.random.default_rng(seed)
    width, height = size or tuple(int(side) for side in rng.integers(110, 146, 2))
    ys, xs = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None, :]
    fall = 1 / np.maximum(np.hypot(ys, xs), 1 / max(width, height))
    channels = []
    shared = rng.normal(size=(height, width))
    for _ in range(3):
        noise = np.fft.fft2(shared + 0.4 * rng.normal(size=(height, width))) * fall
        field = np.fft.ifft2(noise).real
        channels.append(128 + 52 * (field - field.mean()) / max(field.std(), 1e-9))
    return _picture(np.stack(channels, axis=2))


def _picture(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8), "RGB")


def record(target: Path) -> None:
    """Write CleanVision's scores and flags of the drawn pictures, by picture."""
    import cleanvision
    from cleanvision import Imagelab

    with tempfile.TemporaryDirectory() as folder:
        for name, picture in drawn_pictures():
            picture.save(Path(folder) / name)
        lab = Imagelab(data_path=folder)
        lab.find_issues({issue: {} for issue in ISSUES}, n_jobs=1, verbose=False)
        found = {
            Path(path).name: {
                issue: [round(float(row[f"{issue}_score"]), 4), bool(row[f"is_{issue}_issue"])] for issue in ISSUES
            }
            for path, row in lab.issues.iterrows()
        }
    lines = [f"{json.dumps(name)}: {json.dumps(found[name])}" for name in sorted(found)]
    text = ",\n".join([f'"cleanvision": "{cleanvision.__version__}"', *lines])
    target.write_text("{\n" + text + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    record(Path(sys.argv[1]))

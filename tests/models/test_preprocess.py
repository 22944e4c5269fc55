"""From a picture to a model's input."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

from models.preprocess import Preprocess

LITE0 = Preprocess(256, 224, "bicubic", (127.0,) * 3, (128.0,) * 3, scale=1)
RESNET = Preprocess(256, 224, "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
SIGLIP = Preprocess(32, 32, "bicubic", (0.5,) * 3, (0.5,) * 3, fit="squash")


def smooth_picture(width: int, height: int) -> np.ndarray:
    """A picture of waves and noise, uint8 (height, width, 3)."""
    rng = np.random.default_rng(width * 1000 + height)
    small = rng.integers(0, 256, (max(height // 8, 1), max(width // 8, 1), 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


def by_torchvision(picture: np.ndarray, wanted: Preprocess) -> np.ndarray:
    """The same preprocessing as torchvision does it to a whole picture, in bytes."""
    side = (wanted.short_side,) * 2 if wanted.fit == "squash" else wanted.short_side
    resize = transforms.Resize(side, interpolation=InterpolationMode(wanted.interpolation))
    return np.asarray(transforms.CenterCrop(wanted.crop)(resize(Image.fromarray(picture))))


@pytest.mark.parametrize("wanted", [LITE0, RESNET, SIGLIP], ids=["lite0", "resnet", "siglip"])
@pytest.mark.parametrize("size", [(64, 64), (640, 480), (300, 500), (256, 256), (224, 224), (1000, 301)])
def test_pixels_are_those_of_torchvisions_transforms(wanted: Preprocess, size: tuple[int, int]) -> None:
    picture = smooth_picture(*size)
    seen, expected = wanted.apply(picture).astype(int), by_torchvision(picture, wanted).astype(int)
    assert seen.shape == (wanted.crop, wanted.crop, 3)
    # Rounding only: Pillow rounds to bytes between its two passes, and orders them by the sizes.
    assert np.abs(seen - expected).max() <= 2
    assert np.abs(seen - expected).mean() < 0.2


def test_a_square_picture_gives_exactly_torchvisions_pixels() -> None:
    picture = smooth_picture(64, 64)
    assert np.array_equal(LITE0.apply(picture), by_torchvision(picture, LITE0))


def test_numbers_are_those_of_torchvisions_normalisation() -> None:
    pixels = RESNET.apply(smooth_picture(80, 70))
    reference = transforms.Normalize(RESNET.mean, RESNET.std)(transforms.ToTensor()(pixels.copy()))
    assert np.allclose(RESNET.normalise(pixels), reference.permute(1, 2, 0).numpy(), atol=1e-6)


def test_lite0_maps_127_to_zero_and_255_to_one() -> None:
    assert LITE0.normalise(np.array([[[127, 255, 0]]], np.uint8)).tolist() == [[[0.0, 1.0, -0.9921875]]]


@settings(max_examples=30, deadline=None)
@given(width=st.integers(1, 400), height=st.integers(1, 400))
def test_any_size_of_one_colour_stays_that_colour(width: int, height: int) -> None:
    picture = np.full((height, width, 3), (200, 30, 7), np.uint8)
    for wanted in (LITE0, SIGLIP):
        assert np.array_equal(wanted.apply(picture), np.full((wanted.crop, wanted.crop, 3), (200, 30, 7)))


def test_a_mirrored_picture_gives_the_mirrored_input() -> None:
    picture = smooth_picture(96, 64)
    mirrored = LITE0.apply(np.ascontiguousarray(picture[:, ::-1])).astype(int)
    assert np.abs(mirrored - LITE0.apply(picture)[:, ::-1].astype(int)).max() <= 1


def test_a_very_long_picture_is_not_blown_up() -> None:
    strip = np.full((2, 60_000, 3), 9, np.uint8)  # whole, it would become 256 x 7,680,000
    assert (LITE0.apply(strip) == 9).all()


def test_the_result_of_apply_may_be_stacked_and_given_to_torch() -> None:
    whole = np.zeros((32, 32, 3), np.uint8)
    assert torch.from_numpy(np.stack([SIGLIP.apply(whole)] * 2)).shape == (2, 32, 32, 3)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3)),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_what_is_no_rgb_picture_is_refused_with_its_shape(picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"uint8 \(h, w, 3\), got"):
        LITE0.apply(picture)


def test_an_impossible_recipe_is_refused() -> None:
    with pytest.raises(ValueError, match="crop must be 1 to short_side=200, got 224"):
        Preprocess(200, 224, "bicubic", (0.0,) * 3, (1.0,) * 3)
    with pytest.raises(ValueError, match="got 'lanczos'"):
        Preprocess(256, 224, "lanczos", (0.0,) * 3, (1.0,) * 3)


def test_the_sentence_says_every_step() -> None:
    assert LITE0.describe() == (
        "Shorter side resized to 256 (bicubic), centre crop 224x224, RGB, bytes minus 127, divided by 128."
    )
    assert RESNET.describe() == (
        "Shorter side resized to 256 (bilinear), centre crop 224x224, RGB, values in 0-1 "
        "minus (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225)."
    )
    assert SIGLIP.describe().startswith("Squashed to 32x32 (bicubic), RGB, values in 0-1 minus 0.5")


def test_the_dictionary_rebuilds_the_recipe() -> None:
    fields = {k: tuple(v) if isinstance(v, list) else v for k, v in RESNET.to_dict().items()}
    assert Preprocess(**fields) == RESNET

"""Quality checks: scores by hand, both sides of a line, and agreement with CleanVision's flags on drawn pictures."""

import json

import numpy as np
import pytest

from analytics.errors import BadParameter
from analytics.quality import measure
from analytics.quality_checks import CHECKS, histogram, score_all, sides, size_score
from tests.support.drawn_pictures import ISSUES, drawn_pictures
from tests.support.places import PROJECT

FLAGS = PROJECT / "tests" / "data" / "cleanvision_flags.json"
THEIRS = dict(zip(CHECKS, ISSUES, strict=True))


def score(check: str, **known: list[float]) -> np.ndarray:
    n = max(len(values) for values in known.values())
    filled = {name: np.ones(n) for name in ("brightness", "sharpness", "entropy", "width", "height")}
    return score_all(check, **{**filled, **{name: np.array(values) for name, values in known.items()}}).score


def test_scores_by_hand() -> None:
    assert score("dark", brightness=[0, 255, 51]) == pytest.approx([0, 1, 0.2])
    assert score("bright", brightness=[0, 255, 204]) == pytest.approx([1, 0, 0.2])
    assert score("blurry", sharpness=[0, 250]) == pytest.approx([0, 0.5])
    assert score("low information", entropy=[0, 8, 2]) == pytest.approx([0, 1, 0.25])
    assert score("odd aspect ratio", width=[100, 20, 50], height=[100, 100, 10]) == pytest.approx([1, 0.2, 0.2])
    with pytest.raises(BadParameter, match="not 'ugly'"):
        score("ugly", width=[1])


def test_sizes_are_odd_beside_the_others() -> None:
    sizes = np.concatenate([np.linspace(90, 110, 99), [1000.0]])
    assert size_score(sizes)[-1] < 0.5 < size_score(sizes)[:-1].min()
    assert size_score(np.array([64.0] * 9 + [128.0, 32.0])) == pytest.approx([1] * 9 + [0.5, 0.5])
    assert size_score(np.zeros(0)).tolist() == []


def test_both_sides_of_the_line() -> None:
    scores = np.array([0.5, 0.1, 0.3, 0.3, 0.9])
    both = sides(scores, threshold=0.3, n_above=2)
    assert both.below.tolist() == [1] and both.above.tolist() == [2, 3]
    assert sides(scores, threshold=1.0, n_above=2).below.tolist() == [1, 2, 3, 0, 4]
    assert not len(sides(np.zeros(0), threshold=0.5, n_above=3).below)
    assert histogram(scores, n_bins=10)[0].sum() == 5


@pytest.fixture(scope="module")
def drawn() -> tuple[list[str], dict[str, np.ndarray]]:
    """Names, and which pictures each check flags where its line starts."""
    names, rows = [], []
    for name, picture in drawn_pictures():
        found = measure(np.asarray(picture.convert("L")))
        names.append(name)
        rows.append((found.brightness, found.sharpness, found.entropy, *picture.size))
    values = dict(zip(("brightness", "sharpness", "entropy", "width", "height"), np.array(rows).T, strict=True))
    flags = {name: score_all(name, **values).score < check.threshold for name, check in CHECKS.items()}
    return names, flags


def theirs(check: str, names: list[str]) -> np.ndarray:
    recorded = json.loads(FLAGS.read_text(encoding="utf-8"))
    assert set(recorded) == {*names, "cleanvision"}  # or the pictures are drawn otherwise by now: record anew
    return np.array([recorded[name][THEIRS[check]][1] for name in names])


@pytest.mark.parametrize("check", ["low information", "odd size", "odd aspect ratio"])
@pytest.mark.long
def test_flags_are_cleanvisions(check: str, drawn) -> None:
    names, flags = drawn
    assert theirs(check, names).sum() >= 8
    assert np.array_equal(flags[check], theirs(check, names))


@pytest.mark.parametrize("check", ["dark", "bright"])
def test_flags_are_nearly_always_cleanvisions(check: str, drawn) -> None:
    names, flags = drawn
    assert theirs(check, names).any()
    assert (flags[check] == theirs(check, names)).mean() >= 0.95


def test_what_cleanvision_calls_blurry_is_and_what_else_is_was_blurred_by_us(drawn) -> None:
    names, flags = drawn
    mine, other = flags["blurry"], theirs("blurry", names)
    assert other.any() and mine[other].all()
    extra = [name for name, flag in zip(names, mine & ~other, strict=True) if flag]
    assert all(name.split("-")[0] in ("blurry", "dark", "bright", "flat") for name in extra)
    assert (mine == other).mean() >= 0.85

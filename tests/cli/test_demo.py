"""The demo's pictures: what is planted is there, is as described, and is written down."""

import hashlib
import io
import json
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cli.demo.digits import CLASS_NAMES, LOOK_ALIKE, DemoError, Truth, draw_digit, make_digits, read_truth


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    return make_digits(tmp_path_factory.mktemp("demo"))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _files(truth: Truth) -> dict[str, Path]:
    return {p.relative_to(truth.pictures).as_posix(): p for p in truth.pictures.rglob("*") if p.is_file()}


def _grey(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L").resize((64, 64)), dtype=float)


@pytest.mark.long
def test_every_file_on_disk_is_counted(truth: Truth) -> None:
    files = _files(truth)
    assert truth.n_files == len(files) == 1797 + 30 + 30 + 20 + 10
    assert truth.n_images == truth.n_files - 10
    not_digits = {d.path for d in truth.no_digits + truth.broken_files}
    assert set(truth.true_labels) == set(files) - not_digits


def test_planted_counts_are_the_promised_ones(truth: Truth) -> None:
    assert truth.totals == {
        "wrong label": 90,
        "exact duplicate": 30,
        "near duplicate": 30,
        "no digit": 20,
        "broken file": 10,
        "duplicate with another label": 20,
        "duplicate in another split": 30,
    }
    assert len(truth.planted) == 180


def test_true_labels_are_those_of_scikit_learn(truth: Truth) -> None:
    from sklearn.datasets import load_digits

    copies = {d.path for d in truth.exact_duplicates + truth.near_duplicates}
    originals = Counter(label for path, label in truth.true_labels.items() if path not in copies)
    assert originals == Counter(str(label) for label in load_digits().target)


def test_digits_are_split_70_15_15_in_every_class(truth: Truth) -> None:
    copies = {d.path for d in truth.exact_duplicates + truth.near_duplicates}
    counts = Counter((label, path.split("/")[0]) for path, label in truth.true_labels.items() if path not in copies)
    for name in CLASS_NAMES:
        total = sum(counts[name, split] for split in ("train", "val", "test"))
        assert abs(counts[name, "val"] - 0.15 * total) <= 0.5
        assert counts[name, "val"] == counts[name, "test"]


def test_a_label_differs_from_the_truth_exactly_where_that_was_planted(truth: Truth) -> None:
    differing = {path for path, label in truth.true_labels.items() if path.split("/")[1] != label}
    copies = truth.exact_duplicates + truth.near_duplicates
    planted = {d.path for d in truth.wrong_labels}
    planted |= {d.path for d in copies if d.given_label != d.true_label}
    assert differing == planted
    assert len(planted) == 90 + 20
    look_alikes = [d for d in truth.wrong_labels if d.detail == "taken for a look-alike"]
    assert len(look_alikes) == 60
    assert all(d.given_label == str(LOOK_ALIKE[int(d.true_label or "")]) for d in look_alikes)


def test_the_only_files_with_equal_bytes_or_pixels_are_the_planted_ones(truth: Truth) -> None:
    by_bytes: dict[str, list[str]] = {}
    by_pixels: dict[bytes, list[str]] = {}
    broken = {d.path for d in truth.broken_files}
    for name, path in _files(truth).items():
        by_bytes.setdefault(_sha256(path), []).append(name)
        if name not in broken:
            with Image.open(path) as picture:
                by_pixels.setdefault(picture.tobytes(), []).append(name)
    planted = {frozenset((d.path, d.original)) for d in truth.exact_duplicates}
    assert {frozenset(names) for names in by_bytes.values() if len(names) > 1} == planted
    assert {frozenset(names) for names in by_pixels.values() if len(names) > 1} == planted


def test_near_duplicates_look_like_their_originals_and_are_not_the_same(truth: Truth) -> None:
    assert Counter(d.detail.split()[0] for d in truth.near_duplicates) == dict.fromkeys(
        ("moved", "grey", "turned", "noise", "reduced"), 6
    )
    for defect in truth.near_duplicates:
        copy, original = truth.pictures / defect.path, truth.pictures / (defect.original or "")
        assert _sha256(copy) != _sha256(original)
        assert np.corrcoef(_grey(copy).ravel(), _grey(original).ravel())[0, 1] > 0.8, defect


def test_no_digit_carries_two_defects(truth: Truth) -> None:
    copies = truth.exact_duplicates + truth.near_duplicates
    touched = [d.path for d in truth.planted] + [d.original for d in copies]
    assert len(touched) == len(set(touched))


def test_every_broken_file_is_refused_and_every_other_one_opens(truth: Truth) -> None:
    broken = {d.path for d in truth.broken_files}
    assert len({d.detail for d in truth.broken_files}) == 10
    for name, path in _files(truth).items():
        data = io.BytesIO(path.read_bytes())
        if name in broken:
            with pytest.raises((OSError, Image.DecompressionBombError)):
                Image.open(data).load()
        else:
            Image.open(data).load()


def test_pictures_of_no_digit_are_64_pixels_and_half_of_them_grey(truth: Truth) -> None:
    modes: Counter[str] = Counter()
    for defect in truth.no_digits:
        assert defect.true_label is None
        with Image.open(truth.pictures / defect.path) as picture:
            assert picture.size == (64, 64)
            modes[picture.mode] += 1
    assert modes == {"RGB": 10, "L": 10}


def test_names_do_not_give_a_defect_away(truth: Truth) -> None:
    numbers = sorted(int(Path(name).stem.removeprefix("digit-")) for name in _files(truth))
    assert numbers == list(range(1, truth.n_files + 1))
    planted = [int(Path(d.path).stem.removeprefix("digit-")) for d in truth.exact_duplicates]
    assert min(planted) < 900 < max(planted)


@pytest.mark.long
def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_demo(truth: Truth, tmp_path: Path) -> None:
    again = make_digits(tmp_path / "again")
    assert {n: _sha256(p) for n, p in _files(again).items()} == {n: _sha256(p) for n, p in _files(truth).items()}
    assert make_digits(tmp_path / "other", seed=7).true_labels != truth.true_labels


def test_a_demo_that_stands_is_read_and_not_drawn_again(truth: Truth) -> None:
    before = {p: p.stat().st_mtime_ns for p in _files(truth).values()}
    assert make_digits(truth.pictures.parent) == truth
    assert {p: p.stat().st_mtime_ns for p in _files(truth).values()} == before


@pytest.mark.long
def test_an_interrupted_demo_is_finished(truth: Truth, tmp_path: Path) -> None:
    (tmp_path / "pictures.partial" / "train" / "0").mkdir(parents=True)
    (tmp_path / "pictures.partial" / "train" / "0" / "digit-9999.png").write_bytes(b"half")
    drawn = make_digits(tmp_path)
    assert drawn.true_labels == truth.true_labels
    assert len(_files(drawn)) == drawn.n_files
    (tmp_path / "truth.json").rename(tmp_path / "truth.json.partial")  # stopped before the last step
    assert make_digits(tmp_path) == drawn


def test_a_demo_of_another_seed_and_a_folder_of_someone_else_are_left_alone(truth: Truth, tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="holds the demo of seed 801, recipe 1; seed 5"):
        make_digits(truth.pictures.parent, seed=5)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "mine.png").write_bytes(b"mine")
    with pytest.raises(DemoError, match=r"truth\.json does not say what was planted"):
        make_digits(tmp_path)
    assert (tmp_path / "pictures" / "mine.png").read_bytes() == b"mine"


def test_truth_stands_beside_the_pictures_and_can_be_read_back(truth: Truth) -> None:
    stored = truth.pictures.parent / "truth.json"
    assert read_truth(stored) == truth
    assert json.loads(stored.read_text())["totals"] == truth.totals
    assert not list(truth.pictures.rglob("*.json"))


def test_no_ink_is_paper_and_full_ink_is_dark() -> None:
    assert set(np.unique(draw_digit(np.zeros((8, 8))))) == {248}
    drawn = draw_digit(np.full((8, 8), 16.0))
    assert drawn.shape == (64, 64)
    assert drawn[32, 32] == 24
    assert drawn[0, 0] == 248


def test_drawing_needs_no_download() -> None:
    from cli.demo.defects import PHOTOGRAPHS, stray_pictures

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        strays = stray_pictures(7, side=64, rng=np.random.default_rng(0))
    assert {detail.split()[2] for _, detail in strays} == set(PHOTOGRAPHS)
    with pytest.raises(ValueError, match="n_pictures is 10000"):
        stray_pictures(10_000, side=64, rng=np.random.default_rng(0))

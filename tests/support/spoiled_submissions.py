"""A good submission of the team "aces" spoiled in one way each, and the rule that is broken then."""

import json
import shutil
from pathlib import Path

from PIL import Image

from tests.support.exporting import noise


def training(folder: Path) -> Path:
    return folder / "aces-training-set"


def validation(folder: Path) -> Path:
    return folder / "aces-validation-set"


def relabel(folder: Path, change) -> None:
    path = folder / "data-labels.json"
    labels = json.loads(path.read_text())
    change(labels)
    path.write_text(json.dumps(labels))


def first_class(labels: dict[str, list]) -> list[int]:
    """The label of class 0, as long as the others are."""
    n = max(len(value) for value in labels.values())
    return [1, *[0] * (n - 1)]


def empty_class(folder: Path, index: int) -> None:
    """Give the pictures of a class the label of class 0."""
    relabel(folder, lambda labels: labels.update({k: first_class(labels) for k, v in labels.items() if v[index]}))


def rename(folder: Path, old: str, new: str) -> None:
    (folder / "imgs" / f"{old}.jpg").rename(folder / "imgs" / f"{new}.jpg")
    relabel(folder, lambda labels: labels.update({new: labels.pop(old)}))


def plain(folder: Path) -> str:
    """The name of some training picture that was not made."""
    return next(path.stem for path in sorted((folder / "imgs").iterdir()) if path.stem.count("_") == 1)


def copy_of(folder: Path) -> str:
    return next(path.stem for path in sorted((folder / "imgs").iterdir()) if "oversampling-" in path.stem)


def second_training_set(copy: Path) -> None:
    shutil.copytree(training(copy), copy / "bees-training-set")


def other_team(copy: Path) -> None:
    validation(copy).rename(copy / "bees-validation-set")


def file_beside_the_pictures(copy: Path) -> None:
    (training(copy) / "notes.txt").write_text("hello")


def folder_among_the_pictures(copy: Path) -> None:
    (validation(copy) / "imgs" / "more").mkdir()


def too_few_to_validate(copy: Path) -> None:
    for path in sorted((validation(copy) / "imgs").iterdir())[9:]:
        path.unlink()
        relabel(validation(copy), lambda labels, stem=path.stem: labels.pop(stem))


def class_not_validated(copy: Path) -> None:
    empty_class(validation(copy), 2)


def name_without_img(copy: Path) -> None:
    old = plain(training(copy))
    rename(training(copy), old, old.removeprefix("img_"))


def key_of_nobody(copy: Path) -> None:
    rename(training(copy), plain(training(copy)), "img_0000ffff-dead-beef")


def copy_without_number(copy: Path) -> None:
    old = copy_of(training(copy))
    rename(training(copy), old, old.rpartition("-")[0])


def broken_json(copy: Path) -> None:
    path = training(copy) / "data-labels.json"
    path.write_text(path.read_text()[:-20])


def key_twice(copy: Path) -> None:
    path = validation(copy) / "data-labels.json"
    labels = path.read_text()
    first, value = next(iter(json.loads(labels).items()))
    path.write_text(f'{labels[:-1]}, "{first}": {value}}}')


def picture_without_label(copy: Path) -> None:
    relabel(training(copy), lambda labels: labels.pop(plain(training(copy))))


def label_without_picture(copy: Path) -> None:
    (training(copy) / "imgs" / f"{plain(training(copy))}.jpg").unlink()


def soft_label(copy: Path) -> None:
    name = plain(training(copy))
    relabel(training(copy), lambda labels: labels.update({name: [0.7, 0.3, *first_class(labels)[2:]]}))


def label_too_long(copy: Path) -> None:
    relabel(validation(copy), lambda labels: labels.update({next(iter(labels)): [*first_class(labels), 0]}))


def label_of_truth_values(copy: Path) -> None:
    name = plain(training(copy))
    relabel(training(copy), lambda labels: labels.update({name: [bool(n) for n in first_class(labels)]}))


def wrong_size(copy: Path) -> None:
    noise(0, side=65).save(training(copy) / "imgs" / f"{plain(training(copy))}.jpg")


def grey_picture(copy: Path) -> None:
    noise(0).convert("L").save(validation(copy) / "imgs" / f"{plain(validation(copy))}.jpg")


def png_in_disguise(copy: Path) -> None:
    noise(0).save(training(copy) / "imgs" / f"{plain(training(copy))}.jpg", format="PNG")


def half_a_picture(copy: Path) -> None:
    path = training(copy) / "imgs" / f"{plain(training(copy))}.jpg"
    path.write_bytes(path.read_bytes()[:400])


def new_picture(copy: Path) -> None:
    noise(4242).save(training(copy) / "imgs" / f"{plain(training(copy))}.jpg", quality=90)


def gap_in_the_copies(copy: Path) -> None:
    old = copy_of(training(copy))
    rename(training(copy), old, old.rpartition("-")[0] + "-7")


def same_picture_in_both(copy: Path) -> None:
    name = plain(training(copy))
    shutil.copy(training(copy) / "imgs" / f"{name}.jpg", validation(copy) / "imgs" / "img_other.jpg")
    relabel(validation(copy), lambda labels: labels.update({"img_other": first_class(labels)}))


def validation_key_in_training(copy: Path) -> None:
    name = plain(validation(copy))
    mirrored = Image.open(validation(copy) / "imgs" / f"{name}.jpg").transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    mirrored.save(training(copy) / "imgs" / f"{name}_flip.jpg")
    relabel(training(copy), lambda labels: labels.update({f"{name}_flip": first_class(labels)}))


def class_not_trained(copy: Path) -> None:
    empty_class(training(copy), 1)


SPOILED = [
    (second_training_set, "folders"),
    (other_team, "folders"),
    (file_beside_the_pictures, "contents"),
    (folder_among_the_pictures, "contents"),
    (too_few_to_validate, "validation-size"),
    (class_not_validated, "validation-classes"),
    (name_without_img, "training-names"),
    (key_of_nobody, "training-keys"),
    (copy_without_number, "copies-numbered"),
    (broken_json, "labels-file"),
    (key_twice, "labels-file"),
    (picture_without_label, "labels-match"),
    (label_without_picture, "labels-match"),
    (soft_label, "one-hot"),
    (label_too_long, "one-hot"),
    (label_of_truth_values, "one-hot"),
    (wrong_size, "pictures"),
    (grey_picture, "pictures"),
    (png_in_disguise, "pictures"),
    (half_a_picture, "pictures"),
    (new_picture, "no-new-pictures"),
    (gap_in_the_copies, "copies-in-order"),
    (same_picture_in_both, "duplicates-across"),
    (validation_key_in_training, "validation-keys"),
    (class_not_trained, "empty-class"),
]

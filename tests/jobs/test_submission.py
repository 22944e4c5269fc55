"""The DS801 submission and its checker: a good one passes, and each spoiled copy of it fails with the right rule."""

import json
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from cli.main import main
from jobs.engine.errors import ExportRefused, NothingToDo
from jobs.submission.rules import ERROR, RULES, Originals, check_submission, key_of
from store.connection import open_workspace
from store.decisions import Act, decide
from store.versions import freeze
from tests.support.exporting import draw_course_set, imported, key, noise, run_job

N, N_CLASSES = 60, 3
TECHNIQUES = "oversampling,flip,mixup,cutmix"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A submission as the app writes it, what it was made from, and the workspace that made it."""
    home = tmp_path_factory.mktemp("course")
    original = draw_course_set(home / "course", n=N, n_classes=N_CLASSES)
    workspace = open_workspace(home / "w")
    dataset = imported(workspace, original, "course")
    with workspace.writing(dataset.id, changes_data=True) as cursor:  # as a confirmed validation set does
        cursor.execute("UPDATE image SET split = CASE WHEN id <= 12 THEN 'val' ELSE 'train' END")
    freeze(workspace, dataset.id, name="v1", who="me")
    order = {"version": "v1", "format": "ds801", "team": "aces", "techniques": TECHNIQUES}
    _, figures = run_job(workspace, "export", "course", **order, folder=str(home / "good"))
    workspace.close()
    return home, figures


@pytest.fixture(scope="module")
def originals(course) -> Originals:
    """The originals of the course."""
    import hashlib

    pictures = sorted((course[0] / "course" / "imgs").iterdir())
    files = {key_of(str(path)): path for path in pictures}
    return Originals(files, {k: hashlib.sha256(p.read_bytes()).hexdigest() for k, p in files.items()}, N_CLASSES)


@pytest.fixture
def spoiled(course, tmp_path) -> Path:
    """A copy of the good submission, to be spoiled."""
    return Path(shutil.copytree(course[0] / "good", tmp_path / "copy"))


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


def rules(folder: Path, originals: Originals) -> list[str]:
    return [finding.rule for finding in check_submission(folder, originals)]


def test_what_the_app_exports_passes_without_a_warning(course, originals) -> None:
    home, figures = course
    assert check_submission(home / "good", originals) == []
    assert figures["n_validation"] == 12 and len(set(figures["per_class"].values())) == 1
    names = {path.name.partition("_")[2].partition("_")[2] for path in (training(home / "good") / "imgs").iterdir()}
    assert {"oversampling-1.jpg", "flip.jpg", "mixup.jpg", "cutmix.jpg"} <= names
    assert sorted(path.name for path in training(home / "good").iterdir()) == ["data-labels.json", "imgs"]


# The fifteen spoiled copies, and a few more


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


@pytest.mark.parametrize(("spoil", "rule"), SPOILED, ids=lambda value: getattr(value, "__name__", value))
def test_a_spoiled_copy_breaks_its_rule_and_no_other(spoiled, originals, spoil, rule) -> None:
    spoil(spoiled)
    assert rules(spoiled, originals) == [rule]


def test_too_many_pictures_are_counted(spoiled, originals, monkeypatch) -> None:
    monkeypatch.setattr("jobs.submission.rules.MOST_TRAINING", 40)
    assert rules(spoiled, originals) == ["training-size"]


def test_every_rule_has_a_copy_that_breaks_it() -> None:
    assert {rule for _, rule in SPOILED} | {"training-size"} == set(RULES)


def test_warnings_alone_are_no_failure(spoiled, originals) -> None:
    validation_key_in_training(spoiled)
    (finding,) = check_submission(spoiled, originals)
    assert finding.level == "warning" and finding.n == 1 and "flip" in finding.examples[0]


def test_a_recompressed_original_is_no_new_picture(spoiled, originals) -> None:
    path = training(spoiled) / "imgs" / f"{plain(training(spoiled))}.jpg"
    with Image.open(path) as picture:
        picture.convert("RGB").save(path, quality=60)
    assert rules(spoiled, originals) == []


# Folders of rubbish


def test_rubbish_is_judged_and_never_an_exception(tmp_path, originals) -> None:
    assert rules(tmp_path / "nowhere", originals) == ["folders"]
    (tmp_path / "a.zip").write_bytes(b"PK")
    assert "unpack" in check_submission(tmp_path / "a.zip", originals)[0].examples[0]
    assert rules(tmp_path, originals) == ["folders"]
    for which in ("training", "validation"):
        (tmp_path / f"x-{which}-set").mkdir()
    empty = rules(tmp_path, originals)
    assert empty == ["contents", "training-size", "validation-size", "labels-file"]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"\xff\xfe", b"NaN", b"[" * 100_000, b'{"a": {"b": 1}}', b'"text"', b"{" * 9]
)
def test_labels_of_any_kind_are_read_or_refused(spoiled, originals, content) -> None:
    (training(spoiled) / "data-labels.json").write_bytes(content)
    found = rules(spoiled, originals)
    assert found and set(found) <= {"labels-file", "labels-match", "one-hot", "empty-class"}


def test_strange_entries_are_named_and_not_opened(spoiled, originals, tmp_path) -> None:
    imgs = training(spoiled) / "imgs"
    os.mkfifo(imgs / "img_pipe.jpg")
    (imgs / "img_link.jpg").symlink_to(imgs / f"{plain(training(spoiled))}.jpg")
    (imgs / os.fsdecode(b"img_\xff.jpg")).write_bytes(b"x")
    with (imgs / "img_huge.jpg").open("wb") as file:
        file.truncate(6_000_000)
    found = {finding.rule: finding for finding in check_submission(spoiled, originals)}
    assert found["contents"].n == 2 and found["pictures"].n == 2
    assert "img_\\xff.jpg" in " ".join(found["pictures"].examples)


# The command line and the job


def test_the_command_says_which_rules_and_how_it_ended(course, capsys) -> None:
    home, _ = course
    original = f"{home / 'w'}/course"
    assert main(["check-submission", str(home / "good"), "--original", original]) == 0
    said = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert said["passes"] and said["findings"] == [] and said["n_originals"] == N
    assert main(["check-submission", str(home), "--original", original]) == 1
    told = capsys.readouterr()
    assert "ERROR folders (2)" in told.err and not json.loads(told.out.strip().splitlines()[-1])["passes"]
    assert main(["check-submission", str(home), "--original", str(home / "none" / "course")]) == 2
    assert not (home / "none").exists()
    assert main(["check-submission", str(home), "--original", f"{home / 'w'}/nobody"]) == 1


def test_the_check_runs_as_a_job_of_its_own(workspace, tmp_path, course) -> None:
    home, _ = course
    imported(workspace, home / "course", "course")
    _, figures = run_job(workspace, "check-submission", "course", folder=str(home / "good"))
    assert figures["passes"] and len(figures["rules"]) == len(RULES)
    (tmp_path / "flat").mkdir()
    noise(1).save(tmp_path / "flat" / "a.png")
    imported(workspace, tmp_path / "flat", "flat")
    with pytest.raises(NothingToDo, match="no originals"):
        run_job(workspace, "check-submission", "flat", folder=str(home / "good"))


# What the export itself refuses, and what it warns of


def prepared(workspace, tmp_path, *, n_validation: int = 12):
    dataset = imported(workspace, draw_course_set(tmp_path / "course", n=N, n_classes=N_CLASSES), "course")
    with workspace.writing(dataset.id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET split = CASE WHEN id <= $1 THEN 'val' ELSE 'train' END", [n_validation])
    return dataset


def test_soft_labels_are_written_warned_about_and_found(workspace, tmp_path, originals) -> None:
    dataset = prepared(workspace, tmp_path)
    freeze(workspace, dataset.id, name="v1", who="me")
    order = {"version": "v1", "format": "ds801", "team": "aces", "techniques": "mixup", "soft_labels": True}
    _, figures = run_job(workspace, "export", "course", **order, folder=str(tmp_path / "out"))
    assert "one-hot" in figures["warning"]
    assert rules(tmp_path / "out", originals) == ["one-hot"]
    labels = json.loads((training(tmp_path / "out") / "data-labels.json").read_text())
    assert all(abs(sum(value) - 1) < 1e-9 for value in labels.values())


def test_pictures_without_a_label_stay_out(workspace, tmp_path, originals) -> None:
    dataset = prepared(workspace, tmp_path)
    decide(workspace, dataset.id, [Act(N, "relabel", label=None)], who="me")
    freeze(workspace, dataset.id, name="v1", who="me")
    order = {"version": "v1", "format": "ds801", "team": "aces"}
    _, figures = run_job(workspace, "export", "course", **order, folder=str(tmp_path / "out"))
    assert figures["n_left_out"] == 1 and rules(tmp_path / "out", originals) == []


@pytest.mark.parametrize(
    ("n_validation", "team", "words"),
    [(0, "aces", "0 pictures in the split val"), (5, "aces", "5 pictures"), (12, "a/b", "team's name")],
)
def test_what_cannot_be_a_submission_is_refused(workspace, tmp_path, n_validation, team, words) -> None:
    dataset = prepared(workspace, tmp_path, n_validation=n_validation)
    freeze(workspace, dataset.id, name="v1", who="me")
    with pytest.raises(ExportRefused, match=words):
        run_job(workspace, "export", "course", version="v1", format="ds801", team=team)


def test_a_submission_is_imported_as_the_same_version(workspace, tmp_path) -> None:
    from tests.jobs.test_export import told

    dataset = prepared(workspace, tmp_path)
    freeze(workspace, dataset.id, name="v1", who="me")
    order = {"version": "v1", "format": "ds801", "team": "aces"}
    run_job(workspace, "export", "course", **order, folder=str(tmp_path / "out"))
    again = imported(workspace, tmp_path / "out", "again")
    freeze(workspace, again.id, name="v1", who="me")
    assert told(workspace, again, "v1") == told(workspace, dataset, "v1")


def test_keys_by_hand() -> None:
    assert key_of("imgs/img_a-1.jpg") == "a-1" and key_of("img_.jpg") is None and key_of("img_a.png") is None
    assert key(0) == "0000-00000000" and ERROR == "error"

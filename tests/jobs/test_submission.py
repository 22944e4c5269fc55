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
from tests.support.exporting import contents_of_version, draw_course_set, imported, key, noise, run_job
from tests.support.spoiled_submissions import SPOILED, plain, training, validation_key_in_training

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


def rules(folder: Path, originals: Originals) -> list[str]:
    return [finding.rule for finding in check_submission(folder, originals)]


@pytest.mark.long
def test_what_the_app_exports_passes_without_a_warning(course, originals) -> None:
    home, figures = course
    assert check_submission(home / "good", originals) == []
    assert figures["n_validation"] == 12 and len(set(figures["per_class"].values())) == 1
    names = {path.name.partition("_")[2].partition("_")[2] for path in (training(home / "good") / "imgs").iterdir()}
    assert {"oversampling-1.jpg", "flip.jpg", "mixup.jpg", "cutmix.jpg"} <= names
    assert sorted(path.name for path in training(home / "good").iterdir()) == ["data-labels.json", "imgs"]


@pytest.mark.parametrize(("spoil", "rule"), SPOILED, ids=lambda value: getattr(value, "__name__", value))
@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
def test_soft_labels_are_written_warned_about_and_found(workspace, tmp_path, originals) -> None:
    dataset = prepared(workspace, tmp_path)
    freeze(workspace, dataset.id, name="v1", who="me")
    order = {"version": "v1", "format": "ds801", "team": "aces", "techniques": "mixup", "soft_labels": True}
    _, figures = run_job(workspace, "export", "course", **order, folder=str(tmp_path / "out"))
    assert "one-hot" in figures["warning"]
    assert rules(tmp_path / "out", originals) == ["one-hot"]
    labels = json.loads((training(tmp_path / "out") / "data-labels.json").read_text())
    assert all(abs(sum(value) - 1) < 1e-9 for value in labels.values())


@pytest.mark.long
def test_pictures_without_a_label_stay_out(workspace, tmp_path, originals) -> None:
    dataset = prepared(workspace, tmp_path)
    decide(workspace, dataset.id, [Act(N, "relabel", label=None)], who="me")
    freeze(workspace, dataset.id, name="v1", who="me")
    order = {"version": "v1", "format": "ds801", "team": "aces"}
    _, figures = run_job(workspace, "export", "course", **order, folder=str(tmp_path / "out"))
    assert figures["n_left_out"] == 1 and rules(tmp_path / "out", originals) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("n_validation", "team", "words"),
    [(0, "aces", "0 pictures in the split val"), (5, "aces", "5 pictures"), (12, "a/b", "team's name")],
)
def test_what_cannot_be_a_submission_is_refused(workspace, tmp_path, n_validation, team, words) -> None:
    dataset = prepared(workspace, tmp_path, n_validation=n_validation)
    freeze(workspace, dataset.id, name="v1", who="me")
    with pytest.raises(ExportRefused, match=words):
        run_job(workspace, "export", "course", version="v1", format="ds801", team=team)


@pytest.mark.long
def test_a_submission_is_imported_as_the_same_version(workspace, tmp_path) -> None:
    dataset = prepared(workspace, tmp_path)
    freeze(workspace, dataset.id, name="v1", who="me")
    order = {"version": "v1", "format": "ds801", "team": "aces"}
    run_job(workspace, "export", "course", **order, folder=str(tmp_path / "out"))
    again = imported(workspace, tmp_path / "out", "again")
    freeze(workspace, again.id, name="v1", who="me")
    assert contents_of_version(workspace, again, "v1") == contents_of_version(workspace, dataset, "v1")


def test_keys_by_hand() -> None:
    assert key_of("imgs/img_a-1.jpg") == "a-1" and key_of("img_.jpg") is None and key_of("img_a.png") is None
    assert key(0) == "0000-00000000" and ERROR == "error"

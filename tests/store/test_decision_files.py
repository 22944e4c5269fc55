"""Decisions as a file: two workspaces' work comes together, once, whole, and can be taken back."""

import contextlib
import json
import shutil

import pyarrow as pa
import pytest

from cli.main import main
from store.connection import open_workspace
from store.datasets import find_dataset
from store.decision_files import decisions_file, merge_decisions, preview_merge
from store.decisions import Act, decide, disagreements, history, undo
from store.errors import BadDecisionFile
from store.statements import sql
from store.versions import list_versions
from tests.support.small_workspace import image_row, land, new_dataset

CLASSES = ("crow", "gull", "wren")
PATHS = [f"{i}.png" for i in range(5)]


def fill(workspace, paths, *, contents=None):
    """Birds with these files; the ids differ from workspace to workspace, as the order does."""
    dataset = new_dataset(workspace)
    with workspace.writing(dataset.id) as cursor:
        cursor.register("incoming", pa.table({"index": range(3), "name": CLASSES}))
        cursor.execute(sql("upsert_class_names"), {"dataset_id": dataset.id})
    rows = [image_row(path, label=0, content=(contents or {}).get(path)) for path in paths]
    land(workspace, dataset.id, rows)


def fill_here(workspace):
    fill(workspace, PATHS)


def fill_there(workspace):
    fill(workspace, PATHS[::-1])


def opened(folder):
    """The workspace in a folder, the number of its birds, and their ids by path."""
    workspace = open_workspace(folder)
    with workspace.writing() as cursor:
        ids = dict(cursor.execute("SELECT path, id FROM image").fetchall())
    return workspace, find_dataset(workspace, "birds").id, ids


def make(folder, paths, *, contents=None):
    """A new workspace, filled and opened."""
    with contextlib.closing(open_workspace(folder)) as workspace:
        fill(workspace, paths, contents=contents)
    return opened(folder)


@pytest.fixture
def two(tmp_path, filled_workspace):
    here, there = (
        opened(shutil.copytree(filled_workspace(filled), tmp_path / name))
        for name, filled in (("here", fill_here), ("there", fill_there))
    )
    yield here, there
    here[0].close()
    there[0].close()


def labels(workspace) -> dict[str, tuple[int, bool]]:
    with workspace.writing() as cursor:
        rows = cursor.execute("SELECT path, label, removed FROM current_image").fetchall()
    return {path: (label, removed) for path, label, removed in rows}


def file_of(there) -> str:
    workspace, dataset, _ = there
    return decisions_file(workspace, dataset, dataset="birds")


@pytest.mark.long
def test_what_was_decided_there_counts_here_with_who_and_when(two):
    (here, dataset, ids), there = two
    decide(there[0], there[1], [Act(there[2]["3.png"], "relabel", label=2, evidence={"share": 0.9})], who="Ada")
    decide(there[0], there[1], [Act(there[2]["1.png"], "remove", reason="a car")], who="Ada")
    merged = merge_decisions(here, dataset, file_of(there))
    assert (merged.n_new, merged.n_known, merged.n_differ, merged.people) == (2, 0, 0, ("Ada",))
    assert labels(here) == labels(there[0])
    assert labels(here)["3.png"] == (2, False) and labels(here)["1.png"] == (0, True)
    mine, theirs = (
        [
            {name: row[name] for name in ("path", "act", "who", "decided_at", "reason", "evidence", "label_after")}
            for row in history(workspace, dataset_id).to_pylist()
        ]
        for workspace, dataset_id in ((here, dataset), there[:2])
    )
    assert mine == theirs


def test_a_second_merge_brings_nothing_and_a_preview_keeps_nothing(two):
    (here, dataset, _), there = two
    decide(there[0], there[1], [Act(image_id, "remove") for image_id in there[2].values()], who="Ada")
    generation = here.generation(dataset)
    assert preview_merge(here, dataset, file_of(there)).n_new == 5
    assert here.generation(dataset) == generation and not history(here, dataset).num_rows
    merge_decisions(here, dataset, file_of(there))
    again = merge_decisions(here, dataset, file_of(there))
    assert (again.n_new, again.n_known, again.batch) == (0, 5, None)
    assert history(here, dataset).num_rows == 5
    # and back: what came from there is known there
    assert merge_decisions(there[0], there[1], file_of((here, dataset, None))).n_known == 5


def test_a_merge_is_one_batch_that_can_be_taken_back(two):
    (here, dataset, ids), there = two
    decide(here, dataset, [Act(ids["0.png"], "relabel", label=1)], who="Bo")
    before = labels(here)
    decide(there[0], there[1], [Act(there[2]["2.png"], "remove")], who="Ada")
    decide(there[0], there[1], [Act(there[2]["4.png"], "relabel", label=2)], who="Cy")
    merged = merge_decisions(here, dataset, file_of(there))
    assert labels(here) != before
    undo(here, dataset, batch=merged.batch, who="Bo")
    assert labels(here) == before


def test_people_who_differ_are_listed_or_left_out(two):
    (here, dataset, ids), there = two
    decide(here, dataset, [Act(ids["0.png"], "relabel", label=1), Act(ids["1.png"], "remove")], who="Bo")
    decide(
        there[0],
        there[1],
        [Act(there[2]["0.png"], "relabel", label=2), Act(there[2]["1.png"], "remove"), Act(there[2]["2.png"], "keep")],
        who="Ada",
    )
    seen = preview_merge(here, dataset, file_of(there), conflicts="mine")
    assert (seen.n_new, seen.n_left, seen.n_differ) == (2, 1, 0)
    merged = merge_decisions(here, dataset, file_of(there))
    assert (merged.n_new, merged.n_left, merged.n_differ) == (3, 0, 1)
    (row,) = disagreements(here, dataset).to_pylist()
    assert row["path"] == "0.png" and {act["who"]: act["label"] for act in row["acts"]} == {"Bo": 1, "Ada": 2}
    assert labels(here)["0.png"] == (2, False)  # the newest here, until one is chosen


def test_what_is_taken_back_there_later_is_taken_back_here(two):
    (here, dataset, ids), there = two
    done = decide(there[0], there[1], [Act(there[2]["2.png"], "remove")], who="Ada")
    merge_decisions(here, dataset, file_of(there))
    undo(there[0], there[1], batch=done.batch, who="Ada")
    merged = merge_decisions(here, dataset, file_of(there))
    assert (merged.n_new, merged.n_undone) == (0, 1)
    assert labels(here)["2.png"] == (0, False)
    assert merge_decisions(here, dataset, file_of(there)).n_undone == 0


def test_an_act_taken_back_before_it_came_never_comes(two):
    (here, dataset, _), there = two
    done = decide(there[0], there[1], [Act(there[2]["2.png"], "remove")], who="Ada")
    undo(there[0], there[1], batch=done.batch, who="Ada")
    assert merge_decisions(here, dataset, file_of(there)).n_new == 0


@pytest.mark.long
def test_pictures_are_known_by_their_bytes_and_twins_by_their_path(tmp_path):
    same = {"a.png": "one", "b.png": "one", "moved/c.png": "c.png"}
    here = make(tmp_path / "here", ["a.png", "b.png", "moved/c.png"], contents=same)
    there = make(
        tmp_path / "there", ["a.png", "c.png", "other.png", "z.png"], contents={"a.png": "one", "z.png": "one"}
    )
    acts = [Act(image_id, "remove") for image_id in there[2].values()]
    decide(there[0], there[1], acts, who="Ada")
    merged = merge_decisions(here[0], here[1], file_of(there))
    assert {path for path, (_, removed) in labels(here[0]).items() if removed} == {"a.png", "moved/c.png"}
    assert (merged.n_new, merged.n_strange) == (2, 2)  # other.png is not here; z.png could be a.png or b.png
    assert merged.first_strange in ("other.png", "z.png")
    here[0].close()
    there[0].close()


def test_classes_are_matched_by_name_whatever_their_order(two):
    (here, dataset, _), there = two
    decide(there[0], there[1], [Act(there[2]["0.png"], "relabel", label=2)], who="Ada")
    text = file_of(there)
    assert json.loads(text)["acts"][0]["label"] == "wren"
    with here.writing(dataset) as cursor:
        cursor.execute("UPDATE class_name SET name = CASE index WHEN 0 THEN 'wren' WHEN 2 THEN 'crow' ELSE name END")
    merge_decisions(here, dataset, text)
    assert labels(here)["0.png"][0] == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: "{", "no JSON file"),
        (lambda file: json.dumps([1]), "not a decisions file"),
        (lambda file: json.dumps({**file, "version": 9}), "version 9"),
        (lambda file: json.dumps({**file, "acts": 3}), 'no list "acts"'),
        (lambda file: json.dumps({**file, "acts": [{**file["acts"][0], "act": "burn"}]}), "no act 'burn'"),
        (lambda file: json.dumps({**file, "acts": [{**file["acts"][0], "label": "owl"}]}), "to 'owl'"),
        (lambda file: json.dumps({**file, "acts": [{**file["acts"][0], "who": None}]}), "who must be a text"),
        (lambda file: json.dumps({**file, "acts": [{**file["acts"][0], "decided_at": "soon"}]}), "no time: 'soon'"),
        (lambda file: json.dumps({**file, "acts": [{**file["acts"][0], "labels": "wren"}]}), "list of class names"),
    ],
)
def test_a_bad_file_is_refused_whole(two, change, said):
    (here, dataset, _), there = two
    decide(there[0], there[1], [Act(there[2]["0.png"], "relabel", label=2)], who="Ada")
    with pytest.raises(BadDecisionFile, match=said):
        merge_decisions(here, dataset, change(json.loads(file_of(there))))
    assert not history(here, dataset).num_rows


@pytest.mark.long
def test_the_command_line_freezes_and_merges(tmp_path, capsys):
    paths = ["a.png", "b.png"]
    here, there = make(tmp_path / "here", paths), make(tmp_path / "there", paths)
    decide(there[0], there[1], [Act(there[2]["a.png"], "remove")], who="Ada")
    here[0].close()
    there[0].close()
    file = str(tmp_path / "acts.json")

    def run(*words, workspace):
        status = main([*words, "--workspace", str(tmp_path / workspace), "--dataset", "birds"])
        out = capsys.readouterr().out
        return status, json.loads(out) if out else None

    assert run("export-decisions", file, workspace="there")[0] == 0
    assert run("export-decisions", file, workspace="there")[0] == 1  # never over a file that is there
    status, said = run("merge-decisions", file, "--dry-run", workspace="here")
    assert (status, said["n_new"], said["kept"]) == (0, 1, False)
    assert run("merge-decisions", file, workspace="here")[1]["kept"]
    status, said = run("freeze", "v1", "--note", "cars out", workspace="here")
    assert (status, said["images"]) == (0, 1)
    workspace = open_workspace(tmp_path / "here")
    (version,) = list_versions(workspace, here[1])
    assert (version.name, version.note, version.n_images) == ("v1", "cars out", 1)
    workspace.close()

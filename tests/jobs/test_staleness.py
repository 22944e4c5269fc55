"""A result is stale once something that it read has changed, and says what: nothing else makes it so."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from jobs.engine.kinds import all_kinds, load_kind
from jobs.train.kind import TrainParameters
from store.class_names import correct_names, standing_correction, undo_names
from store.connection import Workspace, open_workspace
from store.datasets import find_dataset
from store.decision_files import decisions_file, merge_decisions
from store.decisions import Act, decide, redo, undo
from store.images import land_images, reconcile_source
from store.migrations import read_migrations
from store.overview import stale_runs
from store.runs import FinishedRun, RunStart, changed_since, finish_run, finished_runs, list_runs, start_run
from store.subjects import SUBJECTS
from tests.support.before_house import DATASET, workspace_before_house
from tests.support.small_workspace import SCHEMA, image_row, land_random_vectors, new_dataset
from tests.support.source_state import pa, source

FILES = {f"{i}.png": {"label": i % 2, "split": "train"} for i in range(4)}
OF_THE_PICTURES = ("neighbours", "duplicates", "medoids", "projection", "attributes", "detect")
OF_LABELS = (
    "label-issues", "planted-labels", "validation", "data-budget", "train", "drift", "service-index", "sync-qdrant",
    "zero-shot",
)  # fmt: skip
AGELESS = (
    "import", "import-vectors", "unpack-pictures", "embed", "export", "augment-preview", "check-submission", "crops",
    "move", "report", "bundle", "export-vectors", "upload", "verify", "collect", "collect-sample",
)  # fmt: skip


def land(workspace: Workspace, dataset_id: int, *rows: dict[str, object]) -> None:
    """As the import's job lands a segment."""
    with workspace.writing(dataset_id, settles=False) as cursor:
        land_images(cursor, dataset_id, table=pa.Table.from_pylist(list(rows), schema=SCHEMA), run_id=1)


def embed(workspace: Workspace, dataset_id: int, *, space: str = "tiny") -> None:
    """A vector of the space for each picture without one in any."""
    land_random_vectors(workspace, dataset_id, workspace.read("images_to_embed", dataset_id=dataset_id), name=space)


@pytest.fixture
def pets(workspace) -> int:
    """Four pictures of two classes, all in a split, with vectors; by the dataset's number."""
    dataset = new_dataset(workspace)
    reconcile_source(workspace, dataset.id, state=source(FILES), run_id=1)
    land(workspace, dataset.id, *(image_row(path, **about) for path, about in FILES.items()))
    embed(workspace, dataset.id)
    return dataset.id


def run_all(workspace: Workspace, dataset_id: int) -> None:
    """A finished run of each kind on the space "tiny", as it begins now; of the training, on vectors."""
    now = workspace.generation(dataset_id)
    first = max((row["id"] for row in list_runs(workspace, dataset_id).to_pylist()), default=100) + 1
    with workspace.writing(dataset_id) as cursor:
        for number, (name, kind) in enumerate(all_kinds().items(), start=first):
            parameters = TrainParameters(model="knn") if name == "train" else kind.parameters.model_construct()
            model, reads = "knn" if name == "train" else "tiny", kind.subjects(parameters)
            given = {"space": "tiny"}
            start = RunStart(number, dataset_id, f"{name}-1", name, model, given, None, "v", now, None, reads=reads)
            start_run(cursor, start)
            finish_run(cursor, number, complete=True, seconds=1.0, figures={})


@dataclass(frozen=True, kw_only=True)
class RunOfAKind(FinishedRun):
    """A run that knows its kind."""

    kind: str


def changed(workspace: Workspace, dataset_id: int) -> dict[str, set[str]]:
    """What has changed since the newest run of each kind that is stale."""
    newest: dict[str, RunOfAKind] = {}
    for run in finished_runs(workspace, dataset_id, kind=None, of=RunOfAKind):
        newest.setdefault(run.kind, run)
    stale = {name: set(run.changed) for name, run in newest.items() if run.is_stale}
    assert {run.kind: set(run.changed) for run in stale_runs(workspace, dataset_id)} == stale
    return stale


def name_taken_back(workspace: Workspace, dataset_id: int) -> None:
    undo_names(workspace, dataset_id, batch=standing_correction(workspace, dataset_id)[0].batch, who="me")


def relabel_in_source(workspace: Workspace, dataset_id: int) -> None:
    reconcile_source(workspace, dataset_id, state=source({**FILES, "0.png": {"label": 1, "split": "train"}}), run_id=2)


def other_split(workspace: Workspace, dataset_id: int) -> None:
    reconcile_source(workspace, dataset_id, state=source({**FILES, "0.png": {"label": 0, "split": "val"}}), run_id=2)


def class_added(workspace: Workspace, dataset_id: int) -> None:
    reconcile_source(workspace, dataset_id, state=source(FILES, names=("cat", "dog", "ant")), run_id=2)


def file_gone(workspace: Workspace, dataset_id: int) -> None:
    left = {path: about for path, about in FILES.items() if path != "0.png"}
    reconcile_source(workspace, dataset_id, state=source(left), run_id=2)


def file_back(workspace: Workspace, dataset_id: int) -> None:
    file_gone(workspace, dataset_id)
    run_all(workspace, dataset_id)
    reconcile_source(workspace, dataset_id, state=source(FILES), run_id=3)
    land(workspace, dataset_id, image_row("0.png", label=0, split="train"))


def merged(workspace: Workspace, dataset_id: int) -> None:
    other = new_dataset(workspace, "others")
    reconcile_source(workspace, other.id, state=source(FILES), run_id=1)
    land(workspace, other.id, *(image_row(path, **about) for path, about in FILES.items()))
    (first, *_) = workspace.read("numbers_of_images", dataset_id=other.id)["image_id"].to_pylist()
    decide(workspace, other.id, [Act(first, "remove")], who="Bo")
    merge_decisions(workspace, dataset_id, decisions_file(workspace, other.id, dataset="others"))


CHANGES: dict[str, tuple[Callable[[Workspace, int], object], set[str]]] = {
    "a picture relabelled": (lambda w, d: decide(w, d, [Act(1, "relabel", label=1)], who="me"), {"labels"}),
    "a label taken back": (lambda w, d: undo(w, d, who="me", batch="relabelled"), {"labels"}),
    "a label given again": (lambda w, d: redo(w, d, who="me", batch="relabelled twice"), {"labels"}),
    "a label that is another in the source": (relabel_in_source, {"labels"}),
    "a picture removed": (lambda w, d: decide(w, d, [Act(1, "remove")], who="me"), {"removals"}),
    "a picture brought back": (lambda w, d: undo(w, d, who="me", batch="removed"), {"removals"}),
    "a removal from another workspace": (merged, {"removals"}),
    "a picture looked at": (lambda w, d: decide(w, d, [Act(1, "keep"), Act(2, "flag")], who="me"), set()),
    "a look taken back": (lambda w, d: undo(w, d, who="me", batch="kept"), set()),
    "a name corrected": (lambda w, d: correct_names(w, d, names={1: "puppy"}, who="me"), {"names"}),
    "a name taken back": (name_taken_back, {"names"}),
    "a class more": (class_added, {"names"}),
    "another split": (other_split, {"splits"}),
    "a new picture": (lambda w, d: land(w, d, image_row("9.png", label=0)), {"pictures"}),
    "other bytes": (lambda w, d: land(w, d, image_row("0.png", content="new", label=0, split="train")), {"pictures"}),
    "a file gone": (file_gone, {"pictures"}),
    "a file back": (file_back, {"pictures"}),
    "a folder imported again": (lambda w, d: reconcile_source(w, d, state=source(FILES), run_id=2), set()),
    "a file touched": (lambda w, d: land(w, d, image_row("0.png", label=0, split="train", mtime_ns=2)), set()),
    "vectors of another model": (lambda w, d: embed(w, d, space="other"), set()),
}


def test_names_and_labels_leave_fresh_what_rests_on_pictures_and_vectors(workspace, pets) -> None:
    run_all(workspace, pets)
    correct_names(workspace, pets, names={1: "puppy"}, who="me")
    assert changed(workspace, pets).keys() == {
        "label-issues",
        "planted-labels",
        "service-index",
        "sync-qdrant",
        "zero-shot",
    }
    decide(workspace, pets, [Act(1, "relabel", label=1)], who="me")
    stale = changed(workspace, pets)
    assert stale.keys() == set(OF_LABELS) and stale["zero-shot"] == {"labels", "names"}
    decide(workspace, pets, [Act(1, "remove")], who="me")
    land(workspace, pets, image_row("9.png", label=0))
    stale = changed(workspace, pets)
    assert {name: stale[name] for name in OF_THE_PICTURES} == dict.fromkeys(OF_THE_PICTURES, {"pictures", "removals"})


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_each_kind_is_stale_by_what_it_reads_and_by_nothing_else(workspace, pets, change) -> None:
    decide(workspace, pets, [Act(2, "relabel", label=0)], who="me", batch="relabelled")
    decide(workspace, pets, [Act(2, "relabel", label=1)], who="me", batch="relabelled twice")
    undo(workspace, pets, who="me", batch="relabelled twice")
    decide(workspace, pets, [Act(3, "remove")], who="me", batch="removed")
    decide(workspace, pets, [Act(4, "keep")], who="me", batch="kept")
    correct_names(workspace, pets, names={0: "kitten"}, who="me")
    run_all(workspace, pets)
    assert changed(workspace, pets) == {}
    do, subjects = CHANGES[change]
    do(workspace, pets)
    read = {"train": {"pictures", "labels", "splits", "removals", "vectors"}}
    read |= {name: set(kind.reads) for name, kind in all_kinds().items() if name != "train"}
    assert changed(workspace, pets) == {name: subjects & reads for name, reads in read.items() if subjects & reads}


def test_kinds_say_what_they_read() -> None:
    reads = {
        name: set(kind.subjects(kind.parameters.model_construct()))
        for name, kind in all_kinds().items()
        if name != "train"
    }
    assert all(reads[name] == set() for name in AGELESS)
    assert all("pictures" in reads[name] <= set(SUBJECTS) for name in reads if name not in AGELESS)
    assert not any(reads[name] & {"labels", "names", "splits"} for name in OF_THE_PICTURES)
    assert all("removals" in reads[name] for name in OF_THE_PICTURES)
    assert all("labels" in reads[name] for name in OF_LABELS if name != "train")


def test_vectors_of_newcomers_make_what_rests_on_their_space_stale(workspace, pets) -> None:
    land(workspace, pets, image_row("9.png", label=0))
    run_all(workspace, pets)
    embed(workspace, pets)
    on_vectors = {name for name, kind in all_kinds().items() if name != "train" and "vectors" in kind.reads} | {"train"}
    assert changed(workspace, pets) == dict.fromkeys(on_vectors, {"vectors"})


def test_training_on_a_version_grows_old_by_its_pictures_alone() -> None:
    kind = load_kind("train")
    assert kind.subjects(TrainParameters(version="v1")) == ("pictures",)
    assert kind.subjects(TrainParameters(version="v1", model="knn")) == ("pictures", "vectors")
    assert set(kind.subjects(TrainParameters(labels="imported"))) == {"pictures", "labels", "splits"}
    assert "labels" in kind.subjects(TrainParameters(version="v1", evaluation="data budget: run 3"))


def test_another_datasets_changes_are_not_ours(workspace, pets) -> None:
    run_all(workspace, pets)
    other = new_dataset(workspace, "fish")
    land(workspace, other.id, image_row("a.png"))
    correct = reconcile_source(workspace, other.id, state=source({}, names=("roach",)), run_id=3)
    assert correct.class_names == ("roach",) and changed(workspace, pets) == {}


def test_everything_that_changed_since_a_run_can_be_asked_for(workspace, pets) -> None:
    run_all(workspace, pets)
    run = finished_runs(workspace, pets, kind="medoids", of=FinishedRun)[0]
    decide(workspace, pets, [Act(1, "relabel", label=1)], who="me")
    assert not run.is_stale and changed_since(workspace, run.run_id) == {"labels"}


def test_results_of_before_are_as_old_as_they_were_and_grow_old_by_what_they_read(tmp_path) -> None:
    workspace = open_workspace(workspace_before_house(tmp_path))
    dataset = find_dataset(workspace, DATASET)
    before = {run.kind: run.changed for run in stale_runs(workspace, dataset.id)}
    assert before and all(each == ["data"] for each in before.values())
    fresh = {name for name in OF_THE_PICTURES if name not in before}
    correct_names(workspace, dataset.id, names={0: "ring"}, who="me")
    decide(workspace, dataset.id, [Act(1, "relabel", label=2)], who="me")
    after = {run.kind: run.changed for run in stale_runs(workspace, dataset.id)}
    assert not fresh & after.keys()
    assert all("data" in after[name] for name in before)
    workspace.close()


def test_the_migration_says_of_each_kind_what_the_kind_says() -> None:
    (text,) = [one.text for one in read_migrations() if one.name == "subjects"]
    of_before = {*OF_THE_PICTURES, *OF_LABELS, "saliency"} - {"drift", "service-index", "sync-qdrant"}  # later ones
    for name in of_before:
        assert f"'{name}'" in text and load_kind(name).reads
    assert not any(f"'{name}'" in text for name in AGELESS)

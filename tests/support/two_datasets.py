"""A workspace of two datasets: one that is shown to others, with every kind of result, and one that is not."""

import json

from evidence.case import Case
from evidence.claims import Proposal, keep
from evidence.report.reports import begin
from store.comments import write_comment
from store.connection import Workspace
from store.datasets import Dataset, find_dataset
from store.pins import Pin
from store.versions import freeze
from tests.support.bundled_workspace import bundled
from tests.support.compared_workspace import N
from tests.support.detected_workspace import land_boxes
from tests.support.noisy_workspace import noisy_birds
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset
from tests.support.spot_checked import begun

SHOWN, OTHER = "birds", "hidden otters"
OTHER_CLASSES = ("secret pup", "secret adult")
OTHER_PATH = "holt/otter"
OTHERS_WORDS = (OTHER, "otters", *OTHER_CLASSES, OTHER_PATH)  # what nobody reads for whom it does not exist


def two_datasets(workspace: Workspace) -> Dataset:
    """The dataset birds with runs, claims, a report, comments, versions, a spot check and people that were found; and
    hidden otters, some of whose pictures are birds' own, byte for byte.
    """
    birds = bundled(workspace)
    land_random_vectors(workspace, birds.id, workspace.read("images_to_embed", dataset_id=birds.id))
    _measure_map(workspace)
    _other(workspace)
    people = {f"{number:03}.png": [(0, 0.9, 8, 8, 40, 40)] for number in range(30)}
    paths = [row["path"] for row in workspace.rows("images_to_embed", dataset_id=birds.id)]
    land_boxes(workspace, birds, {path: people.get(path, []) for path in paths})
    first, _ = (freeze(workspace, birds.id, name=name, note="", who="Ana") for name in ("early draft", "late draft"))
    begun(workspace, birds, n=20)
    begin(workspace, birds, who="Ana")
    for pin in (
        Pin(kind="general"),
        Pin(kind="picture", image_id=12),
        Pin(kind="version", version_id=first.id, title=first.name),
    ):
        write_comment(workspace, birds.id, pin, text="Is that so?", who="Ben")
    return find_dataset(workspace, SHOWN)


def without_results(workspace: Workspace) -> Dataset:
    """Birds with labels and vectors, of which nothing has been computed yet; and hidden otters."""
    noisy_birds(workspace)
    _other(workspace)
    return find_dataset(workspace, SHOWN)


def _measure_map(workspace: Workspace) -> None:
    """The figures that a projection's job leaves beside its points."""
    measured = {"trustworthiness": 0.9, "continuity": 0.8, "neighbours_kept": 0.4, "kept_by_chance": 0.01, "k": 15}
    with workspace.writing(1) as cursor:
        figures = json.dumps({**measured, "n_points": N, "n_sampled": 20, "notes": []})
        cursor.execute("UPDATE run SET figures = ? WHERE kind = 'projection'", [figures])


def _other(workspace: Workspace) -> None:
    other = new_dataset(workspace, OTHER)
    rows = [image_row(f"{OTHER_PATH}_{number}.png", label=number % 2) for number in range(6)]
    shared = workspace.read_text("SELECT sha256 FROM image WHERE dataset_id = 1 ORDER BY id LIMIT 20 OFFSET 10")
    for row, sha256 in zip(rows, shared["sha256"].to_pylist(), strict=False):
        row["sha256"] = row["pixel_sha256"] = sha256
    land(workspace, other.id, rows)
    with workspace.writing(other.id) as cursor:
        for index, name in enumerate(OTHER_CLASSES):
            cursor.execute("INSERT INTO class_name (dataset_id, index, name) VALUES (?, ?, ?)", [other.id, index, name])
    freeze(workspace, other.id, name="otters v1", note="", who="Ana")
    keep(workspace, find_dataset(workspace, OTHER), Proposal("images").draft(Case(workspace, other)), who="Ana")
    write_comment(workspace, other.id, Pin(kind="general"), text="otters are well", who="Ben")

"""A dataset with all that a bundle can carry: pictures, runs, a label check, duplicates, a map, decisions, claims."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from evidence.case import Case
from evidence.claims import Proposal, keep
from evidence.measure import all_measures
from store.connection import Workspace
from store.datasets import Dataset, find_dataset
from store.decisions import Act, decide
from store.errors import StoreError
from store.projections import land_points
from tests.support.compared_workspace import FIRST, FOLDS, ON_SET, SECOND, N, compared
from tests.support.exporting import noise
from tests.support.finished_run import ran

NAMES = ("قط", "<script>alert(1)</script>", "🐆 a very long name " * 6)
GONE, N_DOUBTED = 7, 20  # a picture whose file is no more; how many labels the check doubts
POSITION = "taken at home, 52.5200 N 13.4050 E"


def bundled(workspace: Workspace) -> Dataset:
    """The dataset birds, with files beside the workspace; image GONE has none. Claims of every measure that answers."""
    dataset = compared(workspace)
    folder = workspace.root.parent / "birds"
    _draw(folder)
    with workspace.writing(dataset.id, changes_data=True) as cursor:
        cursor.execute("UPDATE dataset SET root = ?", [str(folder)])
        for index, name in enumerate(NAMES):
            cursor.execute("UPDATE class_name SET name = ? WHERE index = ?", [name, index])
        cursor.execute(
            "UPDATE image SET split = CASE WHEN id % 4 = 0 THEN 'test' ELSE 'train' END, has_position = id < 3"
        )
        cursor.execute("UPDATE image SET sha256 = (SELECT sha256 FROM image WHERE id = 10) WHERE id IN (11, 13)")
        cursor.execute("UPDATE image SET licence = 'CC0' WHERE id <= 30")
    _check(workspace)
    _duplicates(workspace)
    _map(workspace)
    acts = [Act(image_id, "relabel", label=0, reason="it <b>is</b> one") for image_id in (70, 71, 72, 73)]
    decide(workspace, dataset.id, [*acts, Act(80, "keep"), Act(81, "remove", reason="no picture")], who="李 <i>")
    claim_everything(workspace, find_dataset(workspace, "birds"))
    return find_dataset(workspace, "birds")


def claim_everything(workspace: Workspace, dataset: Dataset) -> None:
    """Keep a claim of each measure, in all that it can be asked about; those without an answer are left out."""
    case = Case(workspace, dataset)
    asked = [Proposal(name) for name, of in all_measures().items() if "runs" not in of.parameters.model_fields]
    asked += [Proposal(name, ON_SET) for name in ("difference", "mcnemar-p", "agreement", "calibration-error")]
    asked += [Proposal("difference", {**ON_SET, "score": "macro_f1", "first": SECOND, "second": FIRST})]
    for score in ("balanced_accuracy", "macro_f1", "accuracy"):
        asked += [Proposal("score", {**ON_SET, "of": of, "score": score}) for of in (FIRST, SECOND)]
        asked.append(Proposal("relabelling-effect", {"runs": [FOLDS], "score": score}))
    asked += [Proposal("score", {"runs": [FOLDS], "labels": labels}) for labels in ("now", "imported")]
    for what in ("recall", "precision"):
        asked += [Proposal("class-score", {**ON_SET, "class_index": index, "what": what}) for index in range(3)]
    asked += [
        Proposal("images", each)
        for each in ({"class_index": 1}, {"split": "test"}, {"class_index": 0, "split": "train"})
    ]
    apart = ("removed", "relabelled", "unlabelled", "missing", "with-position")
    asked += [Proposal("images-apart", {"what": what}) for what in apart]
    for name in ("exact-duplicates", "duplicate-groups"):
        asked += [Proposal(name, {"what": what}) for what in ("images", "conflicting", "across")]
    asked += [Proposal("duplicate-groups", {"kinds": ["hash"], "max_bits": 2})]
    asked += [Proposal("label-check", {"what": what}) for what in ("judged", "outliers")]
    for proposal in asked:
        try:
            keep(workspace, dataset, proposal.draft(case), who="Ana")
        except StoreError:  # there is no such run here
            continue


def _draw(folder: Path) -> None:
    folder.mkdir()
    exif = Image.Exif()
    exif[0x010E] = POSITION
    for number in range(N):
        if number + 1 != GONE:
            noise(number).save(folder / f"{number:03}.png", exif=exif)


def _check(workspace: Workspace) -> None:
    """What the label check said: it doubts the labels of the first N_DOUBTED, and calls two of them outliers."""
    said = "CASE WHEN id <= ? THEN 2 ELSE 0 END, 2, 10, 0, 0, (label + 2) % 3 FROM image WHERE label IS NOT NULL"
    kinds = "CASE WHEN id <= 2 THEN 'outlier' WHEN id <= 18 THEN 'label' ELSE 'duplicate' END"
    doubted = "FROM image WHERE id <= ? AND label IS NOT NULL"
    with workspace.writing(1) as cursor:
        cursor.execute(
            "INSERT INTO label_opinion (run_id, image_id, label, suggested, self_confidence, severity, n_against, "
            "n_heard, n_neighbours, n_copies, n_other_label, neighbour_label) "
            f"SELECT ?, id, label, (label + 1) % 3, 0.4, 1.0 - id / 200.0, {said}",
            [FOLDS, N_DOUBTED],
        )
        cursor.execute(
            "INSERT INTO label_issue (run_id, image_id, kind, score, suggested) "
            f"SELECT ?, id, {kinds}, 0.9, (label + 1) % 3 {doubted}",
            [FOLDS, N_DOUBTED],
        )
        figures = '{"n_judged": 119, "n_label_issues": 15, "n_outliers": 2, "n_images": 120}'
        cursor.execute("UPDATE run SET figures = ? WHERE id = ?", [figures, FOLDS])


def _duplicates(workspace: Workspace) -> None:
    run_id = ran(workspace, "duplicates", {"least_cosine": 0.85, "most_bits": 10})
    pairs = [(20, 21, 0.99, None), (21, 22, 0.95, 3), (30, 31, 0.9, 2), (40, 41, None, 1), (50, 51, 0.86, 9)]
    with workspace.writing(1) as cursor:
        for pair in pairs:
            cursor.execute(
                "INSERT INTO duplicate_pair (run_id, first_image, second_image, cosine, bits) VALUES (?, ?, ?, ?, ?)",
                [run_id, *pair],
            )
        for image_id in (20, 21, 22):
            cursor.execute(
                "INSERT INTO duplicate_group (run_id, group_number, image_id, reasons, least_cosine) "
                "VALUES (?, 0, ?, 'embedding', 0.95)",
                [run_id, image_id],
            )


def _map(workspace: Workspace) -> None:
    run_id = ran(workspace, "projection", {"trustworthiness": 0.9}, {"method": "tsne", "dimensions": 2})
    places = np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)
    table = pa.table(
        {
            "image_id": pa.array(range(1, N + 1), pa.int64()),
            **{axis: pa.array(places[:, at]) for at, axis in enumerate("xy")},
            "z": pa.nulls(N, pa.float32()),
            "trust": pa.array(np.ones(N, np.float32)),
            "reason": pa.nulls(N, pa.string()),
        }
    )
    with workspace.writing(1) as cursor:
        land_points(cursor, table, run_id=run_id)

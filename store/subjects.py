"""What results are made of, and when each of it last changed: a result is stale when something that it read has."""

from collections.abc import Iterable

import duckdb

from store.statements import sql

PICTURES = "pictures"  # files that came, went or have other bytes
VECTORS = "vectors"  # of an embedding space
LABELS = "labels"  # of known pictures, by a decision or in their source
NAMES = "names"  # of classes
SPLITS = "splits"
REMOVALS = "removals"  # decisions that take pictures out, and those that bring them back
DETAILS = "details"  # addresses and licences of pictures, which no result reads
DATA = "data"  # what cannot be told: any of these, or what one count stood for before they were counted each

SUBJECTS = (PICTURES, VECTORS, LABELS, NAMES, SPLITS, REMOVALS)  # what a result may have read
SUBJECT_OF_ACT = {"relabel": LABELS, "remove": REMOVALS, "restore": REMOVALS}  # the other acts change no result


def note_changes(
    cursor: duckdb.DuckDBPyConnection, dataset_id: int, subjects: Iterable[str], *, space: str = ""
) -> None:
    """Note in a transaction of `Workspace.writing` what of the dataset it changes; space: whose vectors."""
    noted = sorted(set(subjects))
    if noted:
        cursor.execute(sql("note_changes"), {"dataset_id": dataset_id, "subjects": noted, "space": space})


def changed_by_acts(acts: Iterable[str]) -> set[str]:
    """What decisions of these kinds change, whether they are made or taken back."""
    return {SUBJECT_OF_ACT[act] for act in acts if act in SUBJECT_OF_ACT}

"""Versions: a dataset's state under a name, what differs between two of them, and the way back to one."""

import datetime
from dataclasses import dataclass

import pyarrow as pa

from store.acting import does
from store.connection import Workspace, utc_now
from store.decisions import Act, Decided, decide
from store.errors import BadVersion, UnknownVersion
from store.rows import Bound
from store.statements import sql
from store.texts import REASON, require_short

NOW = 0  # the number that stands for the dataset as it is now
LONGEST_NAME = 100
TESTS, VALIDATIONS = ("test",), ("val", "valid", "validation", "dev")
KINDS = ("added", "removed", "relabelled", "changed", "moved")


@dataclass(frozen=True)
class Version:
    """A frozen state. class_names: as they were, by index. n_left_out: near duplicates of its validation pictures.

    n_missing: pictures whose file is gone. data_generation: the dataset's count of changes when it was frozen.
    """

    id: int
    name: str
    note: str | None
    class_names: tuple[str, ...]
    n_images: int
    n_left_out: int
    data_generation: int
    validation_run: int | None
    who: str
    created_at: datetime.datetime
    n_labelled: int
    n_missing: int
    splits: tuple[str, ...]


@dataclass(frozen=True)
class Diff:
    """What differs between two versions.

    n_by_kind: of KINDS. by_class: class_index, n_before, n_after, n_added, n_removed, n_gained, n_lost.
    """

    n_by_kind: dict[str, int]
    by_class: pa.Table

    @property
    def n(self) -> int:
        """How many images differ."""
        return sum(self.n_by_kind.values())


@dataclass(frozen=True)
class Restored:
    """What brought a version back: the batch of decisions (None where none was needed), and what could not be."""

    decided: Decided | None
    n_removed: int
    n_restored: int
    n_relabelled: int
    n_missing: int


@dataclass(frozen=True)
class VersionPicture:
    """A picture as it was frozen; path: relative to the dataset's root."""

    image_id: int
    path: str
    sha256: str
    label: int | None
    labels: list[int] | None
    split: str | None
    width: int
    height: int


@dataclass(frozen=True)
class _KindCount:
    kind: str
    n: int


@dataclass(frozen=True)
class _RestoringAct:
    image_id: int
    act: str
    label: int | None
    labels: list[int] | None


def version_pictures(workspace: Workspace, version_id: int, *, first: int, n_rows: int) -> list[VersionPicture]:
    """Some pictures of a version, by path."""
    values: dict[str, Bound] = {"version_id": version_id, "image_id": None, "first": first, "n_rows": n_rows}
    return workspace.all("version_pictures", VersionPicture, **values)


def version_picture(workspace: Workspace, version_id: int, *, image_id: int) -> VersionPicture | None:
    """One picture of a version; None for one that is not in it."""
    values: dict[str, Bound] = {"version_id": version_id, "image_id": image_id, "first": 0, "n_rows": 1}
    return workspace.first("version_pictures", VersionPicture, **values)


@does("freeze")
def freeze(
    workspace: Workspace, dataset_id: int, *, name: str, note: str = "", who: str, validation_run: int | None = None
) -> Version:
    """Keep what counts now under `name`; raises BadVersion for a name that cannot be, or where nothing is kept.

    validation_run: the run whose confirmed candidates become the split val; their near duplicates are left out.
    """
    name = _checked_name(workspace, dataset_id, name)
    require_short(note, "The note", longest=REASON)
    values = {"dataset_id": dataset_id, "validation_run": validation_run}
    with workspace.writing(dataset_id) as cursor:
        made = {**values, "name": name, "note": note.strip() or None, "who": who, "created_at": utc_now()}
        ((version_id,),) = cursor.execute(sql("insert_version"), made).fetchall()
        cursor.execute(sql("insert_version_items"), {**values, "version_id": version_id})
        counted = {"dataset_id": dataset_id, "version_id": version_id}
        ((n_images,),) = cursor.execute(sql("update_version_counts"), counted).fetchall()
        if not n_images:
            raise BadVersion("There is nothing to freeze: the dataset has no picture that is kept.")
    return next(version for version in list_versions(workspace, dataset_id) if version.id == version_id)


def list_versions(workspace: Workspace, dataset_id: int) -> list[Version]:
    """The dataset's versions, newest first."""
    return workspace.all("list_versions", Version, dataset_id=dataset_id)


def newest_version_id(workspace: Workspace) -> int:
    """The number of the version that was frozen last, of any dataset; 0 where there is none."""
    return workspace.until_written("newest version", lambda: workspace.count("newest_version_id"))


def find_version(workspace: Workspace, dataset_id: int, *, name: str) -> Version:
    """The version called `name`; raises UnknownVersion, which lists those there are."""
    versions = list_versions(workspace, dataset_id)
    for version in versions:
        if version.name == name:
            return version
    names = ", ".join(repr(version.name) for version in versions) or "none yet"
    raise UnknownVersion(f"There is no version {name!r} of this dataset (versions: {names}).")


def choose_version(workspace: Workspace, dataset_id: int, *, named: str) -> Version:
    """The version of that name, else of that number; raises UnknownVersion, which lists those there are."""
    if named.strip().isdigit():
        versions = list_versions(workspace, dataset_id)
        if all(version.name != named for version in versions):
            for version in versions:
                if version.id == int(named):
                    return version
    return find_version(workspace, dataset_id, name=named.strip())


def scored_splits(version: Version) -> tuple[str, ...]:
    """The splits of `version` to score on: its built validation set, else its test split, else its val; () for none."""
    held = {split.strip().lower() for split in version.splits}
    order = (VALIDATIONS, TESTS) if version.validation_run is not None else (TESTS, VALIDATIONS)
    return next((names for names in order if held & set(names)), ())


def class_counts(workspace: Workspace, dataset_id: int, *, version_id: int) -> pa.Table:
    """class_index (null: without a label), split, n of a version, or of NOW."""
    return workspace.read("version_classes", dataset_id=dataset_id, version_id=version_id)


def diff(workspace: Workspace, dataset_id: int, *, before: int, after: int) -> Diff:
    """What differs between the versions `before` and `after` (numbers, or NOW)."""
    values = {"dataset_id": dataset_id, "before": before, "after": after}
    counted = {row.kind: row.n for row in workspace.all("version_diff_counts", _KindCount, **values)}
    by_class = workspace.read("version_diff_classes", **values)
    return Diff({kind: counted[kind] for kind in KINDS if kind in counted}, by_class)


def diff_page(
    workspace: Workspace,
    dataset_id: int,
    *,
    before: int,
    after: int,
    kind: str,
    class_index: int | None = None,
    first: int = 0,
    n_rows: int = 60,
) -> pa.Table:
    """The images that differ in one way: image_id, sha256, path, kind, held_before, held_after, splits.

    class_index: only those that have the class before or after.
    """
    return workspace.read(
        "version_diff_page",
        dataset_id=dataset_id,
        before=before,
        after=after,
        kind=kind,
        class_index=class_index,
        first=first,
        n_rows=n_rows,
    )


def restore(workspace: Workspace, dataset_id: int, *, version: Version, who: str) -> Restored:
    """Bring a version back as one batch of new decisions, which can be undone like any other.

    Splits and class names are no decisions on images and stay; pictures whose file is gone are counted.
    """
    rows = workspace.all("version_restore_acts", _RestoringAct, dataset_id=dataset_id, version_id=version.id)
    evidence = {"version": version.id, "version_name": version.name}
    acts = [Act(**vars(row), reason=f"restored version {version.name}", evidence=evidence) for row in rows]
    decided = decide(workspace, dataset_id, acts, who=who) if acts else None
    n = {act: sum(row.act == act for row in rows) for act in ("remove", "restore", "relabel")}
    return Restored(decided, n["remove"], n["restore"], n["relabel"], version.n_missing)


def export_rows(workspace: Workspace, version_id: int) -> pa.Table:
    """What an export needs of a version's images, by path: see `version_export` in store/sql/versions.sql."""
    return workspace.read("version_export", version_id=version_id)


def _checked_name(workspace: Workspace, dataset_id: int, name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadVersion(f"{name[:LONGEST_NAME]!r} cannot be a version's name: use 1 to 100 printable characters.")
    if any(version.name == name for version in list_versions(workspace, dataset_id)):
        raise BadVersion(f"There is a version {name!r} already. A version never changes; choose another name.")
    return name

"""The import-vectors job: files of features in, checked rows out, and what the checks saw of each file."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.wording import count
from importers.feature_files import ENDINGS, Piece, ahead, pieces_of, reading_of
from importers.feature_reading import Asked, FeaturesRefused, Reading
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.import_vectors.checks import MAX_ROWS, Checker, FileChecks, Ranges
from jobs.import_vectors.kind import ImportVectorsParameters
from jobs.import_vectors.segments import CHECKS, COUNTED, Publisher, checks_line, checks_table
from store.connection import Workspace
from store.datasets import Dataset, class_names, ensure_dataset, list_datasets
from store.errors import UnknownDataset
from store.points import (
    POINTS,
    land_checks,
    land_points,
    land_vectors_of,
    pictures_by_path,
    points_root,
    points_totals,
    points_with_vector,
    settle_points,
)
from store.vectors import list_spaces

PICTURES = "pictures.parquet"
KNOWN = "known.parquet"
LARGE_BYTES = 128 << 20  # of all files: the fast reader takes some seconds to begin
MAX_FILES = 10_000


def prepare(
    workspace: Workspace, dataset: str, parameters: ImportVectorsParameters, run_id: int
) -> Prepared[ImportVectorsParameters]:
    """The files to read. A dataset that is not there becomes one of points; of pictures, their paths come along.

    Raises UnknownParameter, NothingToDo, UnknownDataset.
    """
    files = files_of(parameters)
    first = _readable(files, parameters)
    owner = next((one for one in list_datasets(workspace) if one.name == dataset), None)
    pictures = None
    if owner is None or owner.layout == POINTS:
        owner = owner or _new_points(workspace, dataset)
    else:
        pictures = pictures_by_path(workspace, owner.id)
        if first.id is None and not parameters.row_order:
            raise NothingToDo(
                f"The rows name no picture of {owner.name} ({first.sentence()}). Say which column does with "
                "--id-column, or, where row i belongs to the i-th picture by path, --row-order yes."
            )
    _require_space(workspace, owner, parameters)
    todo = pa.table({"file": [str(file) for file in files], "bytes": [file.stat().st_size for file in files]})
    names = class_names(workspace, owner.id) if pictures is not None else _listed(parameters.class_names)

    def write_inputs(folder: Path) -> None:
        if pictures is not None:
            pq.write_table(pictures, folder / PICTURES)
        elif owner.n_images:
            pq.write_table(
                points_with_vector(workspace, owner.id, space_name=parameters.space, run_id=run_id), folder / KNOWN
            )

    chosen = parameters.changed(class_names=json.dumps(names) if names else "")
    return Prepared(owner.id, owner.name, owner.root, todo, chosen, model=parameters.model, write_inputs=write_inputs)


def files_of(parameters: ImportVectorsParameters) -> list[Path]:
    """The files that are named, in the order of the numbers in their names. Raises UnknownParameter."""
    given = Path(parameters.files).expanduser()
    if not parameters.files or not given.exists():
        raise UnknownParameter(f"import-vectors: files names a file or a folder; there is no {given}.")
    if given.is_file():
        return [given.resolve()]
    only = _listed(parameters.only)
    if any(os.sep in name or "/" in name or name in ("", ".", "..") for name in only):
        raise UnknownParameter("import-vectors: only holds names of files in the folder, without a path.")
    found = [entry for entry in given.iterdir() if entry.is_file() and not entry.name.startswith(".")]
    files = [entry for entry in found if (entry.name in only if only else entry.suffix.lower() in ENDINGS)]
    missing = sorted(set(only) - {entry.name for entry in files})
    if missing or not files:
        lacking = f"no file {missing[0]!r}" if missing else f"no file that ends in {', '.join(ENDINGS)}"
        raise UnknownParameter(f"import-vectors: there is {lacking} in {given}.")
    if len(files) > MAX_FILES:
        n_files = count(len(files), "file")
        raise UnknownParameter(f"import-vectors: {given} holds {n_files}; {MAX_FILES:,} are the most.")
    return sorted((file.resolve() for file in files), key=lambda file: _natural(file.name))


def compute(work: Work[ImportVectorsParameters]) -> Figures:
    """Read and check every file; publish the rows that are in order, and at the end what was seen of each file."""
    parameters = work.parameters
    files = [Path(path) for piece in work.todo() for path in piece["file"].to_pylist()]
    listed = work.folder.path / PICTURES
    pictures = pq.read_table(listed) if listed.is_file() else None
    checker = Checker(
        None if pictures is None else pictures["path"].to_pylist(),
        by_order=parameters.row_order,
        class_names=_listed(parameters.class_names) or None,
    )
    if (work.folder.path / KNOWN).is_file():
        checker.know(pq.read_table(work.folder.path / KNOWN))
    publisher = Publisher(work, pictures)
    ranges = Ranges()
    seen = _check_all(files, work, checker, publisher, ranges)
    publisher.finish()
    if not checker.n_taken and not checker.n_known:
        reasons = {one.problem for one in seen if one.problem} or {problem.reason for problem in checker.problems[:1]}
        why = " ".join(sorted(filter(None, reasons))[:3])
        raise NothingToDo(f"No row of {count(len(files), 'file')} can be taken. {why}")
    work.publish(checks_table(seen, checker))
    for one in seen:
        work.log(checks_line(one))
    constant = ranges.constant() if checker.n_rows > 1 else np.zeros(0, np.int64)
    return {
        "n_files_read": sum(one.problem is None for one in seen),
        "n_files_refused": sum(one.problem is not None for one in seen),
        "n_rows": checker.n_rows,
        "n_taken": checker.n_taken,
        "n_features": next((one.n_features for one in seen if one.n_taken), 0),
        **{name: sum(getattr(one, name) for one in seen) for name in COUNTED},
        "n_constant": len(constant),
        "constant": constant[:100].tolist(),
        "reading": next((one.reading for one in seen if one.reading), ""),
        "checks": [asdict(one) for one in seen[:200]],
    }


def land(cursor: duckdb.DuckDBPyConnection, job: Job[ImportVectorsParameters], table: pa.Table) -> None:
    """Take rows, or what the checks saw, into the file."""
    about = json.loads((table.schema.metadata or {})[b"about"])
    if about["holds"] == CHECKS:
        land_checks(cursor, table, run_id=job.run_id)
    elif about["of_pictures"]:
        land_vectors_of(cursor, job.dataset_id, table, space_name=job.parameters.space, about=about, run_id=job.run_id)
    else:
        land_points(cursor, job.dataset_id, table, space_name=job.parameters.space, about=about, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[ImportVectorsParameters]) -> Figures:
    """How much the dataset and the space hold now."""
    for name in (PICTURES, KNOWN):
        (job_folder(workspace.root, job.spec.id).path / name).unlink(missing_ok=True)
    settle_points(workspace, job.dataset_id)
    space = next((one for one in list_spaces(workspace, job.dataset_id) if one.name == job.parameters.space), None)
    totals = points_totals(workspace, job.dataset_id)
    return {"space": job.parameters.space, "n_vectors": space.n_vectors if space else 0, "n_images": totals.n_images}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)


@dataclass(frozen=True, eq=False)
class _Step:
    """Something that was read of the nth file: how it is read, some rows, or why it is not read on."""

    n: int
    reading: str = ""
    piece: Piece | None = None
    problem: str = ""


def _steps(files: Sequence[Path], parameters: ImportVectorsParameters) -> Iterator[_Step]:
    known: dict[bytes, Reading] = {}
    is_large = sum(file.stat().st_size for file in files) >= LARGE_BYTES
    for n, file in enumerate(files):
        try:
            reading = reading_of(file, _asked(parameters), known=known)
            yield _Step(n, reading=reading.sentence())
            for piece in pieces_of(file, reading, is_large=is_large):
                yield _Step(n, piece=piece)
        except FeaturesRefused as refused:
            yield _Step(n, problem=str(refused))


def _check_all(
    files: Sequence[Path],
    work: Work[ImportVectorsParameters],
    checker: Checker,
    publisher: Publisher,
    ranges: Ranges,
) -> list[FileChecks]:
    """Look at all rows of all files, and hand on those that are in order; what was seen of each file."""
    seen = [FileChecks(file.name) for file in files]
    own = [Ranges() for _ in files]
    n_features = 0
    for step in ahead(_steps(files, work.parameters)):
        checks = seen[step.n]
        checks.reading = step.reading or checks.reading
        checks.problem = checks.problem or step.problem or None
        if step.piece is None or checks.problem:
            continue
        checks.n_features = step.piece.vectors.shape[1]
        checks.problem = _too_much(step.piece, checker, n_features=n_features)
        if checks.problem:
            continue
        n_features = n_features or checks.n_features
        checks.n_bad_lines += step.piece.n_bad_lines
        is_finite = _note_ranges(step.piece.vectors, ranges, own[step.n])
        publisher.add(checker.take(step.piece, checks, is_finite=is_finite))
        n_refused = sum(one.problem is not None for one in seen)
        work.report(step.n, failed=n_refused, message=f"{count(checker.n_rows, 'row')} checked")
    for checks, each in zip(seen, own, strict=True):
        checks.n_constant = len(each.constant()) if checks.n_rows > 1 else 0
    work.report(len(files), failed=sum(one.problem is not None for one in seen), message="All files checked")
    return seen


def _too_much(piece: Piece, checker: Checker, *, n_features: int) -> str | None:
    """Why rows are not taken for what they are as a whole; None where they are."""
    found = piece.vectors.shape[1]
    if n_features and found != n_features:
        return f"It has {found:,} features, and the files before it {n_features:,}."
    if checker.n_rows + len(piece.vectors) > MAX_ROWS:
        return f"Together the files have more than {MAX_ROWS:,} rows, the most that are taken."
    return None


def _note_ranges(vectors: np.ndarray, *ranges: Ranges) -> bool:
    """Take rows into ranges; whether all their numbers are finite."""
    if not len(vectors):
        return True
    low, high = vectors.min(axis=0), vectors.max(axis=0)
    is_finite = bool(np.isfinite(low).all() and np.isfinite(high).all())
    for each in ranges:
        each.add(np.stack([low, high]) if is_finite else vectors)
    return is_finite


def _readable(files: Sequence[Path], parameters: ImportVectorsParameters) -> Reading:
    """How the first file is read that can be. Raises NothingToDo."""
    refused = ""
    for file in files[:10]:
        try:
            return reading_of(file, _asked(parameters))
        except FeaturesRefused as error:
            refused = refused or f"{file.name}: {error}"
    raise NothingToDo(f"import-vectors: {refused}")


def _asked(parameters: ImportVectorsParameters) -> Asked:
    return Asked(
        id=parameters.id_column.strip(),
        label=parameters.label_column.strip(),
        split=parameters.split_column.strip(),
        left_out=tuple(_listed(parameters.leave_out)),
    )


def _new_points(workspace: Workspace, name: str) -> Dataset:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise UnknownDataset(f"{name!r} cannot be a dataset's name: use 1 to 100 printable characters.")
    return ensure_dataset(workspace, name.strip(), root=points_root(name.strip()), task="single", layout=POINTS)


def _require_space(workspace: Workspace, dataset: Dataset, parameters: ImportVectorsParameters) -> None:
    """Raise UnknownParameter where the space is another model's."""
    if not parameters.space.strip() or not parameters.space.isprintable():
        raise UnknownParameter("import-vectors: space is the name of an embedding space, and must be printable.")
    for space in list_spaces(workspace, dataset.id):
        mine = f"imported {parameters.model}".strip()
        if space.name == parameters.space and space.weights_sha256 != mine:
            raise UnknownParameter(
                f"import-vectors: {dataset.name} has a space {space.name!r} already, of "
                f"{space.model}. Choose another name."
            )


def _listed(given: str | list[str]) -> list[str]:
    if isinstance(given, str):
        text = given.strip()
        parsed = json.loads(text) if text.startswith("[") else text.split(",")
        given = [str(one) for one in parsed] if isinstance(parsed, list) else []
    return [one.strip() for one in given if one.strip()]


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A name as a key by which file2 comes before file10."""
    parts = re.split(r"(\d{1,15})", name)
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]

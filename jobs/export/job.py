"""The export job: a version as a folder that other programs read. Whole, or not there at all.

Pictures are hard links where the disk allows it, else copies; the originals are never changed. With techniques, classes
of the training split are evened out by made pictures, each with its parents on record.
"""

import collections
import dataclasses
import json
import os
import re
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from analytics.wording import count
from importers.marker import BESIDE, MARKER
from jobs.engine.errors import ExportRefused
from jobs.engine.folder import job_folder, read_json, write_json
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.sent_on import then_upload
from jobs.engine.spec import JobSpec
from jobs.engine.worker import Work
from jobs.export.about import about_dataset, about_left
from jobs.export.attribution import LAID_OUT, leave_origins, read_origins
from jobs.export.augment import planned
from jobs.export.blur import read_hidden, write_hidden
from jobs.export.boxes import FILE as BOXES_FILE
from jobs.export.boxes import NONE, Chosen, chosen_run, read_boxes, write_boxes
from jobs.export.content import Content
from jobs.export.described import describe_export
from jobs.export.files import Placed, check_target, ending_by_exception, whole_folder
from jobs.export.formats import FORMATS
from jobs.export.kind import ExportParameters
from jobs.export.notes import unseen
from jobs.export.placing import place_all
from jobs.export.plan import Entry, ExportRow, made_entries, rows_of
from jobs.export.submission import check_rows, check_team, usable_rows
from jobs.export.tables import SPREADSHEETS, n_formula_cells
from store.connection import Workspace
from store.datasets import Dataset, find_dataset
from store.exports import has_exported, land_export
from store.origin import version_origins
from store.takedown import n_taken_down_of_version
from store.versions import export_rows, find_version

ABOUT, LINEAGE = "about.json", "lineage.csv"
_KEEPING = ("oversampling", "colour")  # techniques that leave objects where they are


def compute(work: Work[ExportParameters]) -> Figures:
    """Write the folder, publish the list of its files, and count."""
    parameters, target = work.parameters, Path(work.parameters.folder)
    about = read_json(work.folder.path / ABOUT) or {}
    rows = rows_of(pa.concat_tables(work.todo()))
    content = _content(work, rows, classes=tuple(about["classes"]), multi=about["multi"])
    placed, hidden = Placed(), read_hidden(work.folder.path)
    notes = [*_notes(content, parameters), *filter(None, [about.get("why_no_boxes"), about.get("taken_down")])]
    began = time.monotonic()
    if not _is_ours(target, work.spec):  # an attempt before may have ended between the renaming and the last word
        with ending_by_exception(), whole_folder(target, mark=work.spec.id) as part:
            written = place_all(work, part, content, placed, hidden=hidden or {})
            content = dataclasses.replace(content, written=written)
            form = FORMATS[parameters.format]
            form.describe(part, content)
            _write_lineage(part, content)
            said = about_left(about.get("card"), work.spec, version=parameters.version, blurs=hidden is not None)
            beside = describe_export(part, content, form=form, about=said, notes=notes)
            _write_marker(part, work, content, blurs=hidden is not None, notes=notes, beside=beside)
    seconds = time.monotonic() - began
    work.publish(_listing(content))
    work.report(work.n_todo, message="Exported")
    return {**_figures(content, placed, n_rows=len(rows), seconds=seconds), "folder": str(target), **_noted(notes)}


def _content(work: Work[ExportParameters], rows: list[ExportRow], *, classes: tuple[str, ...], multi: bool) -> Content:
    """What the folder will hold: the version's pictures and those that are drawn from them, each with its path."""
    parameters, boxes = work.parameters, read_boxes(work.folder.path)
    kept = usable_rows(rows) if parameters.format == "ds801" else range(len(rows))
    entries = [Entry(index, "", rows[index].split) for index in kept]
    if parameters.asked_techniques:
        made, train = planned(rows, n_classes=len(classes), parameters=parameters)
        split = "train" if any(row.split is not None for row in rows) else None
        entries += made_entries(made, train, split=split)
    content = Content(
        rows,
        classes,
        multi,
        entries,
        team=parameters.team,
        soft_labels=parameters.soft_labels,
        boxes=boxes,
        title=f"{work.spec.dataset}, {parameters.version}",
        origins=read_origins(work.folder.path),
    )
    return dataclasses.replace(content, entries=FORMATS[parameters.format].place(content))


def _listing(content: Content) -> pa.Table:
    entries = content.entries
    image_ids = [row.image_id for row in content.rows]
    return pa.table(
        {
            "path": [entry.path for entry in entries],
            "image_id": pa.array([image_ids[entry.row] for entry in entries], pa.int64()),
            "partner_id": pa.array([image_ids[e.partner] if e.partner >= 0 else None for e in entries], pa.int64()),
            "technique": pa.array([entry.technique or None for entry in entries], pa.string()),
            "own_share": pa.array([e.own_share if e.partner >= 0 else None for e in entries], pa.float32()),
            "label": pa.array([content.row(entry).label for entry in entries], pa.int32()),
            "split": pa.array([entry.split for entry in entries], pa.string()),
        }
    )


def _write_lineage(part: Path, content: Content) -> None:
    """Which pictures were made, from which parents; only where some were."""
    made = [entry for entry in content.entries if entry.technique]
    if not made:
        return
    lines = ["made,technique,parent,second_parent,parent_share"]
    for entry in made:
        other = _quoted(content.rows[entry.partner].path) if entry.partner >= 0 else ""
        part_of = f"{entry.own_share:.4f}" if entry.partner >= 0 else ""
        parent = _quoted(content.row(entry).path)
        lines.append(f"{_quoted(entry.path)},{entry.technique},{parent},{other},{part_of}")
    (part / LINEAGE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(cell: object) -> str:
    text = str(cell)
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


def _notes(content: Content, parameters: ExportParameters) -> list[str]:
    """What is to be known of the folder before it is used, in sentences."""
    notes = [*FORMATS[parameters.format].notes(content), *unseen(content)]
    if content.soft_labels and any(entry.partner >= 0 for entry in content.entries):
        notes.append("Labels of mixtures are soft; the course's rule says one-hot, so the checker will refuse them.")
    n_formulas = n_formula_cells(content) if parameters.format in SPREADSHEETS else 0
    if n_formulas:
        notes.append(
            f"The table holds {count(n_formulas, 'cell')} that a spreadsheet takes for a formula, as each begins with "
            "=, +, - or @. Such cells are written unchanged, so that the folder reads back the same: open the table "
            "in a spreadsheet with all columns as text."
        )
    return notes


def _noted(notes: list[str]) -> Figures:
    return {"warning": " ".join(notes)} if notes else {}


def _write_marker(
    part: Path,
    work: Work[ExportParameters],
    content: Content,
    *,
    blurs: bool,
    notes: list[str],
    beside: list[str],
) -> None:
    spec, parameters = work.spec, work.parameters
    form = FORMATS[parameters.format]
    labels_in = form.labels_in(content)
    marker = {
        "dataset": spec.dataset,
        "version": parameters.version,
        "format": parameters.format,
        "job": spec.id,
        "run": spec.run_id,
        "reading": form.reading(content),
        **({"labels": labels_in, "class_names": list(content.classes)} if labels_in else {}),
        **({"detections": content.boxes.run_id} if content.boxes else {}),
        "n_pictures": len(content.entries),
        "code_version": spec.code_version,
        "people_blurred": blurs,
        "positions": parameters.positions,
        **({"notes": notes} if notes else {}),
        **({BESIDE: beside} if beside else {}),
    }
    write_json(part / MARKER, marker)


def _is_ours(target: Path, spec: JobSpec) -> bool:
    marker = read_json(target / MARKER) if target.is_dir() else None
    return marker is not None and (marker.get("job"), marker.get("run")) == (spec.id, spec.run_id)


def _figures(content: Content, placed: Placed, *, n_rows: int, seconds: float) -> Figures:
    per_class = collections.Counter(
        content.classes[index] for entry in content.entries for index in content.held(entry) if entry.split != "val"
    )
    n_made = sum(bool(entry.technique) for entry in content.entries)
    n_own = len(content.entries) - n_made
    return {
        "n_pictures": len(content.entries),
        "n_made": n_made,
        "n_left_out": n_rows - n_own,
        "n_validation": sum(entry.split == "val" for entry in content.entries),
        "n_linked": 0 if placed.n_packed else placed.n_linked,
        "n_copied": 0 if placed.n_packed else placed.n_copied,
        "n_packed": placed.n_packed,
        "n_drawn": placed.n_made,
        "n_blurred": placed.n_blurred,
        "n_bare": placed.n_bare,
        **({"detections": content.boxes.run_id, "n_boxes": len(content.boxes.table)} if content.boxes else {}),
        "per_class": dict(per_class),
        "writing_s": round(seconds, 3),
    }


def prepare(
    workspace: Workspace, dataset: str, parameters: ExportParameters, run_id: int
) -> Prepared[ExportParameters]:
    """Write all pictures of the version, or none where the run's list has landed. Raises ExportRefused."""
    found = find_dataset(workspace, dataset)
    version = find_version(workspace, found.id, name=parameters.version)
    multi = found.task == "multi"
    if version.n_missing:
        are, them = ("is", "it") if version.n_missing == 1 else ("are", "them")
        raise ExportRefused(
            f"{count(version.n_missing, 'picture')} of {version.name} {are} not on the disk any more. Put {them} back "
            f"and import again, or freeze a version without {them}."
        )
    form = FORMATS[parameters.format]
    if multi and (form.needs_one_label or parameters.asked_techniques):
        what = "Making pictures" if parameters.asked_techniques else form.title
        raise ExportRefused(f"{what} needs one label a picture, and {found.name} gives several. Choose CSV or COCO.")
    chosen = _boxes_asked(workspace, found, parameters)
    todo = export_rows(workspace, version.id)
    if parameters.format == "ds801":
        check_team(parameters.team)
        check_rows(rows_of(todo), classes=version.class_names)
    target = _target(workspace, found.name, version.name, parameters)
    if has_exported(workspace, run_id):
        todo = todo.slice(0, 0)
    elif not (target / MARKER).is_file():
        check_target(target)
    about = {
        "classes": list(version.class_names),
        "multi": multi,
        "why_no_boxes": chosen.why_none,
        "taken_down": _taken_down(n_taken_down_of_version(workspace, version.id)),
        "card": about_dataset(workspace, found, version).model_dump(),
    }

    def write_inputs(folder: Path) -> None:
        (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        write_hidden(workspace, found.id, image_ids=todo["image_id"].to_pylist(), folder=folder)
        leave_origins(folder, version_origins(workspace, version.id))
        if run is not None:
            write_boxes(workspace, run, version_id=version.id, min_score=parameters.min_score, folder=folder)

    run = chosen.run
    meant = parameters.changed(folder=str(target), **({"detections": str(run.run_id)} if run else {}))
    return Prepared(found.id, found.name, found.root, todo, meant, write_inputs=write_inputs)


def _taken_down(n: int) -> str:
    """What is to be said of pictures that the version holds and the export does not; "" where there are none."""
    if not n:
        return ""
    were = count(n, "picture of this version was", "pictures of this version were")
    return f"{were} taken down since it was frozen, and {'is' if n == 1 else 'are'} left out here."


def _boxes_asked(workspace: Workspace, dataset: Dataset, parameters: ExportParameters) -> Chosen:
    """The run whose boxes are to be written; raises ExportRefused for boxes that have no place."""
    form = FORMATS[parameters.format]
    if not form.holds_boxes:
        if parameters.detections not in ("", NONE):
            others = ", ".join(name for name, other in FORMATS.items() if other.holds_boxes)
            raise ExportRefused(f"{form.title} has no place for boxes. These have: {others}.")
        return Chosen(None)
    chosen = chosen_run(workspace, dataset, detections=parameters.detections)
    odd = [name for name in parameters.asked_techniques if name not in _KEEPING]
    if chosen.run is not None and odd:
        raise ExportRefused(
            f"Where objects are in pictures that are made by {', '.join(odd)} is not known. Take "
            f"{' and '.join(_KEEPING)} alone, or export with --detections none."
        )
    return chosen


def _target(workspace: Workspace, dataset: str, version: str, parameters: ExportParameters) -> Path:
    """The folder that was named, or the first free one in the workspace's exports."""
    if parameters.folder:
        return Path(parameters.folder).expanduser().resolve()
    words = f"{dataset}-{version}-{parameters.format}"
    name = re.sub(r"[^\w.-]+", "-", words).strip(".-")[:120] or "export"
    target, n = workspace.root / "exports" / name, 2
    while os.path.lexists(target):
        target = workspace.root / "exports" / f"{name}-{n}"
        n += 1
    return target


def land(cursor: duckdb.DuckDBPyConnection, job: Job[ExportParameters], table: pa.Table) -> None:
    """Take the list of the folder's files into the file."""
    land_export(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[ExportParameters]) -> Figures:
    """Clear what the worker was given away; which version was written, and how."""
    for name in (BOXES_FILE, LAID_OUT):
        (job_folder(workspace.root, job.spec.id).path / name).unlink(missing_ok=True)
    return {"version": job.parameters.version, "format": job.parameters.format}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish, then=then_upload)

"""The export job: a version as a folder that other programs read. Whole, or not there at all.

Pictures are hard links where the disk allows it, else copies; the originals are never changed. With techniques, classes
of the training split are evened out by made pictures, each with its parents on record.
"""

import collections
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from importers.marker import MARKER
from jobs.engine.errors import ExportRefused, UnknownParameter
from jobs.engine.folder import read_json, write_json
from jobs.engine.kinds import FILES
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from jobs.export.augment import DEFAULTS as MAKING
from jobs.export.augment import draw, planned, recipe_of, save
from jobs.export.blur import Hidden, read_hidden, save_blurred, write_hidden
from jobs.export.files import Placed, check_target, ending_by_exception, found_file, whole_folder
from jobs.export.formats import FORMATS, Content, Format
from jobs.export.plan import Entry, made_entries
from jobs.export.submission import SUBMISSION, check_rows, check_team, usable_rows
from store.connection import Workspace
from store.datasets import find_dataset
from store.exports import has_exported, land_export
from store.versions import export_rows, find_version

ABOUT, LINEAGE = "about.json", "lineage.csv"
ALL_FORMATS: dict[str, Format] = {**FORMATS, "ds801": SUBMISSION}
DEFAULTS: dict[str, object] = {
    "version": "",
    "format": "folders",
    "folder": "",
    "copies": False,
    "team": "team",
    **MAKING,
}


def compute(work: Work) -> dict[str, object]:
    """Write the folder, publish the list of its files, and count."""
    target = Path(str(work.parameters["folder"]))
    rows = pa.concat_tables(work.todo()).to_pylist()
    about = read_json(work.folder.path / ABOUT) or {}
    content = _content(rows, about, work.parameters)
    placed, hidden = Placed(), read_hidden(work.folder.path)
    began = time.monotonic()
    if not _is_ours(target, work.spec):  # an attempt before may have ended between the renaming and the last word
        with ending_by_exception(), whole_folder(target, mark=work.spec.id) as part:
            _place(work, part, content, placed, hidden=hidden or {})
            form = ALL_FORMATS[str(work.parameters["format"])]
            form.describe(part, content)
            _write_lineage(part, content)
            _write_marker(part, work.spec, form.reading(content), content, blurs=hidden is not None)
    seconds = time.monotonic() - began
    work.publish(_listing(content))
    work.report(work.n_todo, message="Exported")
    return {**_figures(content, placed, rows=rows, seconds=seconds), "folder": str(target)}


def _content(rows: list[dict[str, object]], about: Mapping[str, object], wanted: Mapping[str, object]) -> Content:
    form = str(wanted["format"])
    kept = usable_rows(rows) if form == "ds801" else list(range(len(rows)))
    entries = [Entry(place, "", rows[place]["split"]) for place in kept]
    recipe = recipe_of(wanted, kind="export")
    if recipe.techniques:
        made, train = planned(rows, n_classes=len(about["classes"]), recipe=recipe)
        split = "train" if any(row["split"] is not None for row in rows) else None
        entries += made_entries(made, train, split=split)
    content = Content(
        rows,
        tuple(about["classes"]),
        about["multi"],
        entries,
        team=str(wanted["team"]),
        soft_labels=bool(wanted["soft_labels"]),
    )
    return _with(content, ALL_FORMATS[form].place(content))


def _with(content: Content, entries: Sequence[Entry]) -> Content:
    return Content(content.rows, content.classes, content.multi, entries, content.team, content.soft_labels)


def _place(work: Work, part: Path, content: Content, placed: Placed, *, hidden: Hidden) -> None:
    files = _found(work, content)
    copies, seed = bool(work.parameters["copies"]), int(work.parameters["seed"])
    for n, entry in enumerate(content.entries):
        path = os.path.join(part, entry.path)
        if entry.technique in ("", "oversampling"):
            row = content.row(entry)
            if row["image_id"] in hidden:
                placed.make_room(path)
                save_blurred(Path(files[entry.row]), row, hidden[row["image_id"]], target=path)
                placed.n_blurred += 1
            else:
                placed.place(files[entry.row], path, copies=copies)
        else:
            placed.make_room(path)
            save(draw(work.root, content.rows, entry, seed=seed, hidden=hidden), path)
            placed.n_made += 1
        if n % 256 == 0:
            share = n / len(content.entries)
            work.report(int(0.99 * share * work.n_todo), message="Writing pictures")


def _found(work: Work, content: Content) -> list[str]:
    """Where each picture of the version lies; raises ExportRefused if one is gone or is another than was frozen."""
    files = [found_file(work.root, row) for row in content.rows]
    gone = [row["path"] for row, file in zip(content.rows, files, strict=True) if file is None]
    if gone:
        raise ExportRefused(
            f"{len(gone):,} of the version's pictures are not on the disk as they were frozen; the first is "
            f"{gone[0]}. Put "
            "them back, or import again and freeze a new version."
        )
    return files


def _listing(content: Content) -> pa.Table:
    entries = content.entries
    image_ids = [row["image_id"] for row in content.rows]
    return pa.table(
        {
            "path": [entry.path for entry in entries],
            "image_id": pa.array([image_ids[entry.row] for entry in entries], pa.int64()),
            "partner_id": pa.array([image_ids[e.partner] if e.partner >= 0 else None for e in entries], pa.int64()),
            "technique": pa.array([entry.technique or None for entry in entries], pa.string()),
            "own_share": pa.array([e.own_share if e.partner >= 0 else None for e in entries], pa.float32()),
            "label": pa.array([content.row(entry)["label"] for entry in entries], pa.int32()),
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
        other = _quoted(content.rows[entry.partner]["path"]) if entry.partner >= 0 else ""
        part_of = f"{entry.own_share:.4f}" if entry.partner >= 0 else ""
        parent = _quoted(content.row(entry)["path"])
        lines.append(f"{_quoted(entry.path)},{entry.technique},{parent},{other},{part_of}")
    (part / LINEAGE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(cell: object) -> str:
    text = str(cell)
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


def _write_marker(part: Path, spec: JobSpec, reading: str, content: Content, *, blurs: bool) -> None:
    said = {
        "dataset": spec.dataset,
        "version": spec.parameters["version"],
        "format": spec.parameters["format"],
        "job": spec.id,
        "run": spec.run_id,
        "reading": reading,
        "n_pictures": len(content.entries),
        "code_version": spec.code_version,
        "people_blurred": blurs,
    }
    write_json(part / MARKER, said)


def _is_ours(target: Path, spec: JobSpec) -> bool:
    found = read_json(target / MARKER) if target.is_dir() else None
    return found is not None and (found.get("job"), found.get("run")) == (spec.id, spec.run_id)


def _figures(content: Content, placed: Placed, *, rows: list, seconds: float) -> dict[str, object]:
    per_class = collections.Counter(
        content.classes[index] for entry in content.entries for index in content.held(entry) if entry.split != "val"
    )
    n_made = sum(bool(entry.technique) for entry in content.entries)
    n_own = len(content.entries) - n_made
    soft = content.soft_labels and any(entry.partner >= 0 for entry in content.entries)
    warning = "Labels of mixtures are soft; the course's rule says one-hot, so the checker will refuse them."
    return {
        "n_pictures": len(content.entries),
        "n_made": n_made,
        "n_left_out": len(rows) - n_own,
        "n_validation": sum(entry.split == "val" for entry in content.entries),
        "n_linked": placed.n_linked,
        "n_copied": placed.n_copied,
        "n_drawn": placed.n_made,
        "n_blurred": placed.n_blurred,
        "per_class": dict(per_class),
        "writing_s": round(seconds, 3),
        **({"warning": warning} if soft else {}),
    }


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    found = find_dataset(workspace, dataset)
    form = str(parameters["format"])
    if form not in ALL_FORMATS:
        raise UnknownParameter(f"export: format is one of {', '.join(ALL_FORMATS)}, not {form!r}.")
    recipe = recipe_of(parameters, kind="export")
    version = find_version(workspace, found.id, name=str(parameters["version"]))
    if version.n_missing:
        raise ExportRefused(
            f"{version.n_missing:,} pictures of {version.name} are not on the disk any more. Put them back and import "
            "again, or freeze a version without them."
        )
    if found.task == "multi" and (ALL_FORMATS[form].needs_one_label or recipe.techniques):
        what = "Making pictures" if recipe.techniques else ALL_FORMATS[form].title
        raise ExportRefused(f"{what} needs one label a picture, and {found.name} gives several. Choose CSV or COCO.")
    todo = export_rows(workspace, version.id)
    if form == "ds801":
        check_team(str(parameters["team"]))
        check_rows(todo.to_pylist(), classes=version.class_names)
    elif parameters["soft_labels"]:
        raise UnknownParameter("export: soft_labels can be written in the format ds801 alone.")
    target = _target(workspace, found.name, version.name, parameters)
    if has_exported(workspace, run_id):
        todo = todo.slice(0, 0)
    elif not (target / MARKER).is_file():
        check_target(target)
    about = {"classes": list(version.class_names), "multi": found.task == "multi"}

    def write_inputs(folder: Path) -> None:
        (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        write_hidden(workspace, found.id, image_ids=todo["image_id"].to_pylist(), folder=folder)

    chosen = {**parameters, "folder": str(target)}
    return Prepared(found.id, found.name, found.root, todo, chosen, write_inputs=write_inputs)


def _target(workspace: Workspace, dataset: str, version: str, parameters: Mapping[str, object]) -> Path:
    """The folder that was named, or the first free one in the workspace's exports."""
    if parameters["folder"]:
        return Path(str(parameters["folder"])).expanduser().resolve()
    words = f"{dataset}-{version}-{parameters['format']}"
    name = re.sub(r"[^\w.-]+", "-", words).strip(".-")[:120] or "export"
    target, n = workspace.root / "exports" / name, 2
    while os.path.lexists(target):
        target = workspace.root / "exports" / f"{name}-{n}"
        n += 1
    return target


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_export(cursor, table, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    return {"version": spec.parameters["version"], "format": spec.parameters["format"]}


KIND = Kind("export", FILES, DEFAULTS, _prepare, _land, _finish)

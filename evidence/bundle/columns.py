"""The columns of a bundle, as arrays: of every image what claims count, of those that are listed what a reviewer reads.

Classes are uint16 indices, NONE for no class. Places are those of every image in the order of their numbers. The one
reader is jobs/report/assets/bundle_data.js.
"""

import numpy as np
import pyarrow as pa

from analytics.arrays import Ints
from evidence.bundle.questions import Needs
from evidence.case import Case
from evidence.report.topics.contents import sample_of_classes
from evidence.scored import scored_of
from store import bundle, duplicates, projections
from store.label_issues import list_label_runs

NONE = 65535  # no class, no score
FLAGS = ("removed", "missing", "relabelled", "checked", "decided", "position", "licence")  # from the lowest bit on
BITS = ("judged", "doubted", "outlier", "copy")  # of what a label check said
MOST_ROWS = 250_000  # images that are listed and on the map
_COLUMN_OF_FLAG = {
    "checked": "is_checked",
    "decided": "is_decided",
    "position": "has_position",
    "licence": "has_licence",
}
_OPINIONS = ("suggested", "neighbour_label", "copy_label", "zero_shot_label", "detected_label")
Arrays = dict[str, np.ndarray]


def of_every_image(images: pa.Table, splits: list[str]) -> Arrays:
    """What claims count, a place an image. images: of store.bundle; splits: the names that codes point to."""
    split_code = {name: code for code, name in enumerate(splits)}
    names = images["split"].combine_chunks().dictionary_encode()
    codes = np.array([*(split_code[name] for name in names.dictionary.to_pylist()), NONE], np.uint16)
    found = {
        "label": _classes(images["label"], images["labels"]),
        "given": _classes(images["given_label"], images["given_labels"]),
        "split": codes[names.indices.fill_null(len(codes) - 1).to_numpy(zero_copy_only=False)],
        "flags": _flags(images),
        "twins": _twins(images),
    }
    if images["labels"].null_count < images.num_rows:
        lists = images["labels"].combine_chunks()
        lengths = pa.compute.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
        found["labels_end"] = np.cumsum(lengths).astype(np.uint32)
        found["labels_value"] = pa.compute.list_flatten(lists).to_numpy(zero_copy_only=False).astype(np.uint16)
    return found


def listed(label: Ints, *, always: Ints, most: int, seed: int) -> Ints:
    """Places of the images that are listed: all, or `always` and a sample of each class in proportion, in order."""
    if len(label) <= most:
        return np.arange(len(label))
    rest = np.setdiff1d(np.arange(len(label)), always)
    drawn = rest[sample_of_classes(label[rest].astype(np.int64), most=max(most - len(always), 0), seed=seed)]
    return np.union1d(always, drawn)


def of_listed(images: pa.Table, rows: Ints) -> Arrays:
    """Number, path and SHA-256 of the images that are listed."""
    some = images.select(["image_id", "path", "sha256"]).take(pa.array(rows))
    paths = "\0".join(path.replace("\0", "") for path in some["path"].to_pylist())
    return {
        "row": rows.astype(np.uint32),
        "image_id": some["image_id"].to_numpy().astype(np.float64),
        "path": np.frombuffer(paths.encode("utf-8", "replace"), np.uint8),
        "sha256": np.frombuffer(bytes.fromhex("".join(some["sha256"].to_pylist())), np.uint8),
    }


def read_checks(case: Case, asked: set[int]) -> tuple[dict[int, pa.Table], int]:
    """What the label checks that are asked for and the newest one said, by run; the newest's number, 0 without one."""
    runs = list_label_runs(case.workspace, case.dataset.id)
    newest = runs[0].run_id if runs else 0
    wanted = sorted(asked | ({newest} if newest else set()))
    return {run_id: bundle.opinions(case.workspace, run_id) for run_id in wanted}, newest


def of_opinions(checks: dict[int, pa.Table], newest: int, image_ids: Ints, rows: Ints) -> Arrays:
    """Bits of each label check for every image, and what the newest one thinks of those that are listed."""
    found: Arrays = {}
    for run_id, table in checks.items():
        places, known = _places(image_ids, table["image_id"].to_numpy())
        table = table.filter(pa.array(known))
        found[f"check{run_id}"] = bits = np.zeros(len(image_ids), np.uint8)
        bits[places] = 1
        for bit, name in enumerate(("is_doubted", "is_outlier", "is_odd_copy"), 1):
            bits[places] |= table[name].to_numpy(zero_copy_only=False).astype(np.uint8) << bit
        if run_id == newest:
            found |= _said(table, places, n=len(image_ids), rows=rows)
    return found


def of_map(case: Case, image_ids: Ints, rows: Ints) -> tuple[Arrays, dict[str, object] | None]:
    """Places on the newest map of those that are listed, 16 bits each; what the map is, None without one."""
    runs = projections.list_projections(case.workspace, case.dataset.id)
    if not runs:
        return {}, None
    positions, ids = projections.points(case.workspace, runs[0].run_id)
    places, known = _places(image_ids[rows], ids)
    at = positions[known, :2].astype(np.float64)
    if not len(at):
        return {}, None
    low, span = at.min(axis=0), np.ptp(at, axis=0)
    span = np.where(span > 0, span, 1.0)
    whole = np.round((at - low) / span * 65535).astype(np.uint16)
    about = {
        "run": runs[0].run_id,
        "space": runs[0].space,
        "method": str(runs[0].parameters.get("method", "")),
        "all": len(ids),
    }
    arrays = {"map_row": places.astype(np.uint32), "map_x": whole[:, 0], "map_y": whole[:, 1]}
    return arrays, {**about, "aspect": float(span[1] / span[0])}


def of_duplicates(case: Case, image_ids: Ints, *, pairs: int | None) -> Arrays:
    """Groups of the newest search for duplicates, 0 for none; the pairs themselves where a claim counts them."""
    found: Arrays = {}
    run = duplicates.latest_comparison(case.workspace, case.dataset.id)
    if run is not None:
        table = bundle.near_groups(case.workspace, run.run_id)
        places, known = _places(image_ids, table["image_id"].to_numpy())
        found["near"] = near = np.zeros(len(image_ids), np.uint32)
        near[places] = table["group_number"].to_numpy()[known] + 1
    if pairs is not None:
        read = duplicates.read_pairs(case.workspace, case.dataset.id, run_id=pairs)
        found["pairs_first"], found["pairs_second"] = (
            np.searchsorted(image_ids, read[side]).astype(np.uint32) for side in ("first", "second")
        )
        found["pairs_cosine"], found["pairs_bits"] = read["cosine"].astype(np.float32), read["bits"].astype(np.int8)
        found["pairs_same"] = read["same_file"].astype(np.uint8) | (read["same_pixels"].astype(np.uint8) << 1)
    return found


def of_scored(case: Case, needs: Needs) -> tuple[Arrays, dict[str, object]]:
    """Of what runs are scored on, each picture's class and what each run says; how many classes, which runs."""
    found: Arrays = {}
    about: dict[str, object] = {}
    for key, wanted in needs.wanted.items():
        pictures = scored_of(case, wanted)
        found[f"{key}_truth"] = pictures.truth.astype(np.uint16)
        for place, said in enumerate(pictures.said):
            found[f"{key}_said{place}"] = said.astype(np.uint16)
            if (key, place) in needs.sure:
                found[f"{key}_sure{place}"] = pictures.confidence[place].astype(np.float32)
        about[key] = {"runs": list(wanted.run_ids), "classes": pictures.n_classes, "n": len(pictures.truth)}
    return found, about


def of_decisions(table: pa.Table, image_ids: Ints) -> tuple[Arrays, dict[str, list[str]]]:
    """The acts as columns; acts, people, reasons and batches as lists of texts that codes point to."""
    texts: dict[str, list[str]] = {}
    found: Arrays = {"decision_at": np.searchsorted(image_ids, table["image_id"].to_numpy()).astype(np.uint32)}
    for name in ("act", "who", "reason", "batch"):
        codes = table[name].cast(pa.string()).combine_chunks().fill_null("").dictionary_encode()
        texts[name] = codes.dictionary.to_pylist()
        found[f"decision_{name}"] = codes.indices.to_numpy(zero_copy_only=False).astype(np.uint32)
    for name in ("before", "after"):
        found[f"decision_{name}"] = _codes(table[f"label_{name}"])
    found["decision_when"] = (
        table["decided_at"].cast(pa.timestamp("s"), safe=False).cast(pa.int64()).to_numpy().astype(np.float64)
    )
    found["decision_stands"] = table["stands"].to_numpy(zero_copy_only=False).astype(np.uint8)
    return found, texts


def _said(table: pa.Table, places: Ints, *, n: int, rows: Ints) -> Arrays:
    """The opinions of a label check on those that are listed, columns that say nothing left out."""
    found: Arrays = {}
    for name in _OPINIONS:
        if table[name].null_count < table.num_rows:
            found[f"opinion_{name}"] = _spread(_codes(table[name]), places, n=n, empty=NONE)[rows]
    for name in ("self_confidence", "severity"):
        score = np.nan_to_num(table[name].fill_null(np.nan).to_numpy().astype(np.float64), nan=2.0)
        whole = np.where(score > 1, NONE, np.round(np.clip(score, 0, 1) * (NONE - 1))).astype(np.uint16)
        found[f"opinion_{name}"] = _spread(whole, places, n=n, empty=NONE)[rows]
    for name in ("n_against", "n_heard"):
        found[f"opinion_{name}"] = _spread(table[name].to_numpy().astype(np.uint8), places, n=n, empty=0)[rows]
    return found


def _spread(values: np.ndarray, places: Ints, *, n: int, empty: int) -> np.ndarray:
    out = np.full(n, empty, values.dtype)
    out[places] = values
    return out


def _places(image_ids: Ints, wanted: Ints) -> tuple[Ints, np.ndarray]:
    """Where the wanted ids that are there lie in image_ids, which ascend; and which of the wanted are there."""
    places = np.searchsorted(image_ids, wanted)
    known = places < len(image_ids)
    known[known] = image_ids[places[known]] == wanted[known]
    return places[known], known


def _classes(single: pa.ChunkedArray, several: pa.ChunkedArray) -> np.ndarray:
    """The class of each image, the first of several."""
    first = pa.compute.list_element(
        pa.compute.if_else(
            pa.compute.greater(pa.compute.list_value_length(several), 0), several, pa.scalar([None], several.type)
        ),
        0,
    )
    return _codes(pa.compute.coalesce(single, first))


def _codes(classes: pa.ChunkedArray) -> np.ndarray:
    codes = classes.fill_null(NONE).to_numpy()
    return np.where((codes < 0) | (codes > NONE), NONE, codes).astype(np.uint16)


def _flags(images: pa.Table) -> np.ndarray:
    bits = np.zeros(images.num_rows, np.uint8)
    for bit, name in enumerate(FLAGS):
        column = images[_COLUMN_OF_FLAG.get(name, name)]
        bits |= column.to_numpy(zero_copy_only=False).astype(np.uint8) << bit
    return bits


def _twins(images: pa.Table) -> np.ndarray:
    """A number for all images of the same bytes, 0 for those that are alone; missing files are like nothing."""
    codes = images["sha256"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    there = ~images["missing"].to_numpy(zero_copy_only=False)
    counts = np.bincount(codes[there], minlength=codes.max(initial=0) + 1)
    repeated = np.flatnonzero(counts > 1)
    number = np.zeros(len(counts), np.uint32)
    number[repeated] = np.arange(1, len(repeated) + 1)
    return np.where(there, number[codes], 0).astype(np.uint32)


def of_sizes(images: pa.Table) -> Arrays:
    """Bytes of each file, for the claim that adds them up."""
    return {"bytes": images["bytes"].fill_null(0).to_numpy().astype(np.float64)}

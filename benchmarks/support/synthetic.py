"""A workspace of made-up images and results, written straight into the tables, in any size.

    PYTHONPATH=CHECKOUT python -P benchmarks/support/synthetic.py ROOT N

By itself it writes a workspace with all results into ROOT, by the `store` of the checkout that PYTHONPATH names, which
may be an older one: so it imports nothing but the opening of a workspace, and every INSERT names its columns.
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from store.connection import Workspace, open_workspace

DATASET, DATASET_ID, SPACE, DIM, SEED = "synthetic", 1, "made-up", 16, 801
N_CLASSES, N_DETECTED, PER_IMAGE = 100, 80, 10
EMBEDDED, GRAPH, CHECK, ZERO_SHOT_A, ZERO_SHOT_B, MAP, DUPLICATES, DETECTED, MEDOIDS, ASKED = range(900_001, 900_011)
WHEN = datetime(2026, 1, 1)
# what a job of each kind was told, in full, as a page may ask for any of it
PARAMETERS: dict[str, dict[str, object]] = {
    "embed": {"model": SPACE, "weights": "", "device": "auto", "batch_size": 0, "download": False, "trial": 0},
    "neighbours": {"k": 10, "seed": SEED},
    "label-issues": {"filter": "prune_by_class", "folds": 5, "neighbours": 10, "pca_dims": 256, "least_chance": 0.2}
    | {"outlier_share": 0.01, "predictions": "", "predictions_run": 0, "detection_run": -1, "detection_score": 0.3}
    | {"seed": SEED, "graph_run": GRAPH},
    "zero-shot": {"method": "conse", "prompts": "[]", "templates": '["{}"]', "temperature": "auto", "prompt_set": ""},
    "projection": {"method": "tsne", "dimensions": 2, "perplexity": 30.0, "n_neighbours": 15, "min_dist": 0.1}
    | {
        "metric": "cosine",
        "pca_dims": 50,
        "seed": SEED,
        "selection": "",
        "most_direct": 0,
        "stability": False,
        "onto": 0,
    }
    | {"graph_run": GRAPH},
    "duplicates": {"min_cosine": 0.95, "hamming_bits": 4, "graph_run": GRAPH},
    "detect": {"model": "onnx", "weights": "", "class_file": "", "names": "", "download": False, "device": "auto"}
    | {"score_floor": 0.1, "nms_iou": 0.5, "most": 300, "values": "auto", "fit": "auto", "boxes_run": 0},
    "medoids": {"metric": "cosine", "k": 20, "k_min": 2, "k_max": 100, "k_step": 1, "sample_size": 5000, "n_samples": 3}
    | {"seed": SEED},
    "attributes": {"name": "a cage", "with": "a cage", "without": "no cage", "temperature": "auto"},
}

Cursor = duckdb.DuckDBPyConnection


def make_workspace(root: Path, *, n: int, n_classes: int = N_CLASSES) -> Workspace:
    """Open a new workspace in `root` with one dataset, DATASET (id DATASET_ID), of `n` images (ids 1 to n).

    Three splits, 81 sizes, every hundredth image twice. No file is on the disk.
    """
    workspace = open_workspace(root)
    with workspace.writing(DATASET_ID, changes_data=True) as cursor:
        _execute(cursor, _INSERT_DATASET, name=DATASET, root=str(root), n=n, moment=WHEN)
        _execute(cursor, _INSERT_CLASSES, n_classes=n_classes)
        _execute(cursor, _INSERT_IMAGES, n=n, n_classes=n_classes, moment=WHEN)
    return workspace


def add_vectors(workspace: Workspace, *, n: int) -> None:
    """An embedding space of DIM numbers an image."""
    flat = np.random.default_rng(SEED).standard_normal(n * DIM, dtype=np.float32)
    vectors = pa.table({"id": np.arange(n) + 1, "vector": pa.FixedSizeListArray.from_arrays(pa.array(flat), DIM)})
    with workspace.writing(DATASET_ID) as cursor:
        _insert_run(cursor, EMBEDDED, kind="embed", figures={"space": SPACE, "n_embedded": n, "n_failed": 0})
        _execute(cursor, _INSERT_SPACE, name=SPACE, dim=DIM, run=EMBEDDED)
        table = f"vector_{cursor.execute('SELECT max(id) FROM embedding_space').fetchall()[0][0]}"
        cursor.execute(
            f"CREATE TABLE {table} (image_id BIGINT NOT NULL, vector FLOAT[{DIM}] NOT NULL, run_id INTEGER NOT NULL)"
        )
        cursor.register("vectors", vectors)
        _execute(
            cursor, f"INSERT INTO {table} (image_id, vector, run_id) SELECT id, vector, $run FROM vectors", run=EMBEDDED
        )


def add_graph(workspace: Workspace, *, n: int) -> None:
    """A neighbour graph of ten neighbours."""
    with workspace.writing(DATASET_ID) as cursor:
        figures = {"n_images": n, "n_left_out": 0, "k": 10, "metric": "cosine", "recall": 1.0, "n_checked": 500}
        _insert_run(cursor, GRAPH, kind="neighbours", figures={**figures, "method": "made up"})
        _execute(cursor, _INSERT_NEIGHBOURS, run=GRAPH, n=n)


def add_label_check(workspace: Workspace, *, n: int) -> None:
    """A label check: opinions on every image, one in ten of them doubted, and probabilities of ten classes."""
    figures = {"n_images": n, "n_judged": n, "n_unlabelled": 0, "n_label_issues": n // 10, "n_outliers": n // 100}
    figures |= {"n_issues_or_outliers": n // 10, "n_groups_with_other_labels": 0, "accuracy": 0.6, "n_core": n // 2}
    figures |= {"outlier_threshold": 3.0, "largest_class": 0.02, "given_predictions": False, "zero_shot": False}
    with workspace.writing(DATASET_ID) as cursor:
        _insert_run(cursor, CHECK, kind="label-issues", figures=figures, prediction_kind="out-of-fold")
        _execute(cursor, _INSERT_OPINIONS, run=CHECK, n_classes=N_CLASSES)
        _execute(cursor, _INSERT_ISSUES, run=CHECK)
        _execute(cursor, _INSERT_SHARES, run=CHECK)


def add_zero_shot(workspace: Workspace, *, n_classes: int = N_CLASSES) -> None:
    """Two zero-shot runs over all images, right six times in ten."""
    for run in (ZERO_SHOT_A, ZERO_SHOT_B):
        with workspace.writing(DATASET_ID) as cursor:
            _insert_run(cursor, run, kind="zero-shot", prediction_kind="zero-shot")
            _execute(cursor, _INSERT_ZERO_SHOT, run=run, n_classes=n_classes)


def add_map(workspace: Workspace, *, n: int, n_centres: int = 40) -> None:
    """A map of all images in heaps around centres."""
    rng = np.random.default_rng(SEED)
    centres = rng.normal(size=(n_centres, 2)) * 6
    places = (centres[rng.integers(n_centres, size=n)] + rng.normal(size=(n, 2))).astype(np.float32)
    with workspace.writing(DATASET_ID) as cursor:
        cursor.register("places", pa.table({"id": np.arange(n) + 1, "x": places[:, 0], "y": places[:, 1]}))
        _insert_run(cursor, MAP, kind="projection", figures={"n_points": n, "notes": []})
        _execute(cursor, _INSERT_POINTS, run=MAP)


def add_duplicates(workspace: Workspace, *, n: int) -> None:
    """Pairs of near duplicates, a pair in 25 images, each a group of its own."""
    figures = {"n_images": n, "n_pairs": n // 25, "n_pairs_kept": n // 25, "n_groups": n // 25, "least_cosine": 0.85}
    with workspace.writing(DATASET_ID) as cursor:
        figures |= {"n_in_groups": n // 25 * 2, "most_bits": 10, "n_pairs_by_embedding": n // 25, "n_pairs_by_hash": 0}
        _insert_run(cursor, DUPLICATES, kind="duplicates", figures=figures)
        _execute(cursor, _INSERT_PAIRS, run=DUPLICATES, n=n)
        _execute(cursor, _INSERT_GROUPS, run=DUPLICATES)


def add_detections(workspace: Workspace) -> None:
    """Ten objects in every second image, of N_DETECTED classes; commoner ones have lower numbers."""
    with workspace.writing(DATASET_ID) as cursor:
        _insert_run(cursor, DETECTED, kind="detect", model="onnx")
        _execute(cursor, _INSERT_DETECTED_CLASSES, run=DETECTED, n_classes=N_DETECTED)
        _execute(cursor, _INSERT_SCANS, run=DETECTED, per_image=PER_IMAGE)
        _execute(cursor, _INSERT_OBJECTS, run=DETECTED, n_classes=N_DETECTED, per_image=PER_IMAGE)


def add_medoids(workspace: Workspace, *, n: int) -> None:
    """Representatives, and the cluster of every image."""
    k = PARAMETERS["medoids"]["k"]
    with workspace.writing(DATASET_ID) as cursor:
        _insert_run(cursor, MEDOIDS, kind="medoids", figures={"n_images": n, "notes": []})
        _execute(cursor, _INSERT_MEDOIDS, run=MEDOIDS, k=k)
        _execute(cursor, _INSERT_MEMBERS, run=MEDOIDS, k=k)
        _execute(cursor, _INSERT_CHOICE, run=MEDOIDS, n=n, n_classes=N_CLASSES)
        _execute(cursor, _INSERT_TYPICALITY, run=MEDOIDS)


def add_attribute(workspace: Workspace) -> None:
    """A question that every image was asked."""
    with workspace.writing(DATASET_ID) as cursor:
        _insert_run(cursor, ASKED, kind="attributes", figures={"method": "conse"})
        _execute(cursor, _INSERT_ANSWERS, run=ASKED)


def add_decisions(workspace: Workspace, *, share: float = 0.02) -> None:
    """Decisions on a share of the images: kept, removed and relabelled in turn."""
    with workspace.writing(DATASET_ID, changes_data=True) as cursor:
        _execute(cursor, _INSERT_DECISIONS, share=share, n_classes=N_CLASSES, moment=WHEN)


def add_version(workspace: Workspace) -> None:
    """A version of all images as they were imported."""
    with workspace.writing(DATASET_ID) as cursor:
        _execute(cursor, _INSERT_VERSION, moment=WHEN)
        _execute(cursor, _INSERT_VERSION_ITEMS)


def add_failures(workspace: Workspace, *, n: int) -> None:
    """Files that could not be imported, one for a thousand that could."""
    with workspace.writing(DATASET_ID) as cursor:
        _execute(cursor, _INSERT_FAILURES, n=max(n // 1000, 1))


def add_all(workspace: Workspace, *, n: int) -> None:
    """Every result above; the decisions and the version last, as in a workspace that people work in."""
    steps: tuple[Callable[[], None], ...] = (
        lambda: add_failures(workspace, n=n),
        lambda: add_vectors(workspace, n=n),
        lambda: add_graph(workspace, n=n),
        lambda: add_label_check(workspace, n=n),
        lambda: add_zero_shot(workspace),
        lambda: add_map(workspace, n=n),
        lambda: add_duplicates(workspace, n=n),
        lambda: add_detections(workspace),
        lambda: add_medoids(workspace, n=n),
        lambda: add_attribute(workspace),
        lambda: add_version(workspace),
        lambda: add_decisions(workspace),
    )
    for step in steps:
        step()


def _execute(cursor: Cursor, statement: str, **values: object) -> None:
    cursor.execute(statement, {**values, "dataset": DATASET_ID} if "$dataset" in statement else values)


def _insert_run(
    cursor: Cursor,
    run_id: int,
    *,
    kind: str,
    model: str = SPACE,
    figures: dict[str, object] | None = None,
    prediction_kind: str | None = None,
) -> None:
    """A finished run, newer than all that is decided later."""
    values = {"run": run_id, "kind": kind, "model": model, "seed": SEED, "moment": WHEN}
    values |= {"parameters": json.dumps({"space": SPACE, **PARAMETERS[kind]})}
    values |= {"figures": json.dumps({"space": SPACE, **(figures or {})}), "prediction_kind": prediction_kind}
    _execute(cursor, _INSERT_RUN, **values)


_INSERT_DATASET = """
    INSERT INTO dataset (id, name, root, task, layout, import_options, n_files, created_at, imported_at)
    VALUES ($dataset, $name, $root, 'single', 'classes', '{}', $n, $moment, $moment)"""
_INSERT_CLASSES = """
    INSERT INTO class_name (dataset_id, index, name)
    SELECT $dataset, i, 'class ' || i FROM range($n_classes) AS made(i)"""
_INSERT_IMAGES = """
    INSERT INTO image (id, dataset_id, path, sha256, pixel_sha256, phash, width, height, bytes, mtime_ns, format, mode,
        n_frames, label, split, brightness, contrast, sharpness, entropy, has_thumb, missing, run_id, imported_at)
    SELECT i + 1, $dataset, 'train/' || (i % 100) || '/img_' || lpad(i::VARCHAR, 8, '0') || '.jpg',
        sha256((CASE WHEN i % 100 = 7 THEN i - 1 ELSE i END)::VARCHAR), sha256(i::VARCHAR), hash(i),
        200 + (hash(i * 3) % 9) * 100, 200 + (hash(i * 5) % 9) * 100, 20000 + hash(i * 7) % 100000, 0, 'JPEG', 'RGB',
        1, (hash(i * 11) % $n_classes)::INTEGER,
        CASE WHEN hash(i * 13) % 10 < 8 THEN 'train' WHEN hash(i * 13) % 10 = 8 THEN 'val' ELSE 'test' END,
        hash(i * 17) % 256, hash(i * 19) % 128, hash(i * 23) % 4000, (hash(i * 29) % 800) / 100.0, false, false, 1,
        $moment
    FROM range($n) AS made(i)"""
_INSERT_RUN = """
    INSERT INTO run (id, dataset_id, job_id, kind, model, parameters, seed, code_version, input_generation, device,
        figures, complete, seconds, started_at, finished_at, out_of_fold, prediction_kind)
    VALUES ($run, $dataset, $kind || '-made-up', $kind, $model, $parameters, $seed, 'benchmark', 1000000, 'cpu',
        $figures, true, 1, $moment, $moment, CASE WHEN $prediction_kind = 'out-of-fold' THEN true END,
        $prediction_kind)"""
_INSERT_SPACE = """
    INSERT INTO embedding_space (id, dataset_id, name, model, dim, preprocess, weights_source, weights_sha256, run_id)
    VALUES (nextval('space_ids'), $dataset, $name, $name, $dim, '{}', 'made up', repeat('0', 64), $run)"""
_INSERT_NEIGHBOURS = """
    INSERT INTO neighbour_list (run_id, image_id, neighbours, similarities)
    SELECT $run, id, list_transform(range(1, 11), lambda k: 1 + (id + k) % $n),
        list_transform(range(10), lambda k: (0.99 - k / 50.0)::FLOAT)
    FROM image WHERE dataset_id = $dataset ORDER BY id"""
_INSERT_OPINIONS = """
    INSERT INTO label_opinion (run_id, image_id, label, suggested, self_confidence, margin, chance, severity, n_against,
        n_heard, classifier, neighbours, n_neighbours, neighbour_label, neighbour_share, own_share, n_copies,
        n_other_label, neighbour_distance, class_distance, any_class_distance, outlier_distance, outlier_tail)
    SELECT $run, id, label, (label + 1 + hash(id * 3) % 3) % $n_classes, (hash(id * 5) % 1000) / 1000.0,
        (hash(id * 7) % 2000) / 1000.0 - 1, (hash(id * 11) % 1000) / 1000.0, (hash(id * 13) % 100000) / 100000.0,
        hash(id) % 4, 3, hash(id) % 2 = 0, true, 10, (label + hash(id * 17) % 3) % $n_classes, 0.5, 0.3, 0, 0,
        0.2, 1.0, 1.0, 1.0 + (hash(id * 23) % 3000) / 1000.0, 0.5
    FROM image WHERE dataset_id = $dataset ORDER BY id"""
_INSERT_ISSUES = """
    INSERT INTO label_issue (run_id, image_id, kind, score, suggested)
    SELECT run_id, image_id, 'label', severity, suggested FROM label_opinion
    WHERE run_id = $run AND hash(image_id * 19) % 10 = 0"""
_INSERT_SHARES = """
    INSERT INTO prediction (run_id, image_id, fold, probabilities)
    SELECT $run, id, hash(id) % 5, list_transform(range(10), lambda k: ((hash(id * 31 + k) % 1000) / 5000.0)::FLOAT)
    FROM image WHERE dataset_id = $dataset ORDER BY id"""
_INSERT_ZERO_SHOT = """
    INSERT INTO prediction (run_id, image_id, probabilities)
    SELECT $run, id, list_transform(range($n_classes), lambda k: CASE
        WHEN k = (CASE WHEN hash(id + $run) % 10 < 6 THEN label ELSE hash(id * 7 + $run) % $n_classes END)
        THEN 0.5 + (hash(id + $run) % 400) / 1000.0 ELSE 0.2 / $n_classes END)::FLOAT[]
    FROM image WHERE dataset_id = $dataset ORDER BY id"""
_INSERT_POINTS = """
    INSERT INTO projection_point (run_id, image_id, x, y, trust)
    SELECT $run, id, x, y, (hash(id) % 1000) / 1000.0 FROM places"""
_INSERT_PAIRS = """
    INSERT INTO duplicate_pair (run_id, first_image, second_image, cosine, bits)
    SELECT $run, id, id + 1, 0.95 + (hash(id) % 50) / 1000.0, hash(id) % 11
    FROM image WHERE dataset_id = $dataset AND id % 25 = 0 AND id < $n ORDER BY id"""
_INSERT_GROUPS = """
    INSERT INTO duplicate_group (run_id, group_number, image_id, reasons, least_cosine)
    SELECT run_id, first_image // 25, unnest([first_image, second_image]), 'hash,embedding', cosine
    FROM duplicate_pair WHERE run_id = $run"""
_INSERT_DETECTED_CLASSES = """
    INSERT INTO detected_class (run_id, class_index, name)
    SELECT $run, i, 'class ' || i FROM range($n_classes) AS made(i)"""
_INSERT_SCANS = """
    INSERT INTO detection_scan (run_id, image_id, n_objects)
    SELECT $run, id, CASE WHEN id % 2 = 1 THEN $per_image ELSE 0 END
    FROM image WHERE dataset_id = $dataset ORDER BY id"""
_INSERT_OBJECTS = """
    INSERT INTO detection (run_id, image_id, class_index, score, x1, y1, x2, y2, area)
    SELECT $run, id, class_index, score, x, y, x + width, y + height, width * height
    FROM (
        SELECT id, least(floor(ln(1 - (hash(seed) % 100000) / 100000.0) / ln(0.9)), $n_classes - 1) AS class_index,
            0.1 + (hash(seed + 1) % 900) / 1000.0 AS score,
            (hash(seed + 2) % 4000) / 10.0 AS x, (hash(seed + 3) % 4000) / 10.0 AS y,
            5 + (hash(seed + 4) % 750) / 10.0 AS width, 5 + (hash(seed + 5) % 750) / 10.0 AS height
        FROM (
            SELECT id, (id * 1000 + i * 10) AS seed FROM image CROSS JOIN range($per_image) AS made(i)
            WHERE dataset_id = $dataset AND id % 2 = 1
        )
        ORDER BY seed
    )"""
_INSERT_MEDOIDS = "INSERT INTO medoid (run_id, cluster, image_id) SELECT $run, i, i + 1 FROM range($k) AS made(i)"
_INSERT_MEMBERS = """
    INSERT INTO cluster_member (run_id, image_id, cluster, distance, cosine)
    SELECT $run, id, CASE WHEN id <= $k THEN id - 1 ELSE hash(id) % $k END, away, 1 - away
    FROM (SELECT id, CASE WHEN id <= $k THEN 0 ELSE (hash(id * 3) % 900) / 1000.0 END AS away
        FROM image WHERE dataset_id = $dataset ORDER BY id)"""
_INSERT_CHOICE = """
    INSERT INTO subset_choice (run_id, chooser, pictures, n_images, n_classes, loss, found_loss, sample_loss, n_sample,
        inertia, distortion, farthest, silhouette, medoid_silhouette, n_silhouette, covered)
    SELECT $run, 'medoids', (SELECT list(image_id ORDER BY cluster) FROM medoid), $n, $n_classes, 0.45 * $n, 0.46 * $n,
        0.45 * least($n, 5000), least($n, 5000), 0.3 * $n, 0.3, 0.9, 0.1, 0.1, least($n, 5000),
        list_transform(range(1, 101), lambda i: (i / 100.0)::FLOAT)"""
_INSERT_TYPICALITY = """
    INSERT INTO typicality (run_id, image_id, class_index, mean_cosine)
    SELECT $run, id, label, (hash(id * 43) % 1000) / 1000.0 FROM image WHERE dataset_id = $dataset ORDER BY id"""
_INSERT_ANSWERS = """
    INSERT INTO attribute_value (run_id, image_id, share)
    SELECT $run, id, (hash(id * 37) % 1000) / 1000.0 FROM image WHERE dataset_id = $dataset ORDER BY id"""
_INSERT_DECISIONS = """
    INSERT INTO decision (id, dataset_id, image_id, act, label_before, label_after, reason, batch, who, decided_at)
    SELECT nextval('decision_ids'), $dataset, id, act, label,
        CASE WHEN act = 'relabel' THEN (label + 1) % $n_classes END, 'made up', 'made-up', 'before', $moment
    FROM (
        SELECT id, label, CASE hash(id) % 3 WHEN 0 THEN 'keep' WHEN 1 THEN 'remove' ELSE 'relabel' END AS act
        FROM image WHERE dataset_id = $dataset AND hash(id * 41) % 1000 < 1000 * $share ORDER BY id
    )"""
_INSERT_VERSION = """
    INSERT INTO version (id, dataset_id, name, class_names, n_images, n_left_out, data_generation, who, created_at)
    SELECT nextval('version_ids'), $dataset, 'v1', (SELECT list(name ORDER BY index) FROM class_name),
        (SELECT count(*) FROM image WHERE dataset_id = $dataset), 0, 1, 'before', $moment"""
_INSERT_VERSION_ITEMS = """
    INSERT INTO version_item (version_id, image_id, sha256, label, split)
    SELECT (SELECT max(id) FROM version), id, sha256, label, split FROM image WHERE dataset_id = $dataset ORDER BY id"""
_INSERT_FAILURES = """
    INSERT INTO import_failure (dataset_id, path, code, reason, bytes, mtime_ns, run_id)
    SELECT $dataset, 'bad/' || i || '.jpg', 'empty', 'The file has zero bytes.', 0, 0, 1 FROM range($n) AS made(i)"""


if __name__ == "__main__":
    opened = make_workspace(Path(sys.argv[1]), n=int(sys.argv[2]))
    add_all(opened, n=int(sys.argv[2]))
    opened.close()

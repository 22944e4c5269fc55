"""What came in and what is in it: counts, classes, pictures of each, the map, representatives."""

import base64

import numpy as np

from analytics.wording import count
from evidence.case import Case
from evidence.findings import find
from evidence.licences import groups_of
from evidence.measures import counts
from evidence.report.parts import Cell, Chart, Column, Facts, Gallery, Group, Part, Table
from evidence.report.topic import Drawn, Settings, Topic, facts, missing, picture
from store import failures, medoids, overview, project
from store.errors import UnknownSelection
from store.medoids import MedoidRun
from store.privacy import hides_people
from store.projections import ProjectionRun, list_projections, point_values, points
from store.selections import find_selection, images_table, selection_images
from store.subjects import LABELS, PICTURES, REMOVALS, SPLITS
from store.takedown import list_takedowns
from store.versions import list_versions

MOST_POINTS = 40_000  # of a map in a report; above, a sample of each class in proportion
MOST_LICENCES = 30
MOST_CLASSES = 60  # of a chart of bars (figures.balance)
SHEET_CLASSES, SHEET_PICTURES = 20, 8
REPRESENTATIVES, SELECTED = 24, 40
_TITLES = {
    "noise": "Labels", "names": "Names", "conflicting": "Identical pictures", "across": "Over splits",
    "near": "Nearly the same", "outliers": "Off topic", "trained": "Classifier", "doubling": "More pictures",
    "representatives": "Representatives", "balance": "Balance", "failures": "Not taken in",
}  # fmt: skip


def _findings(case: Case, settings: Settings) -> Drawn:
    found = find(case.workspace, case.dataset, most=settings.n or 7)
    if not found:
        return missing("Nothing has been found out yet.", command="vitrine analyse", page="overview")
    rows = [(_TITLES.get(each.key, each.key), each.sentence) for each in found]
    return Drawn((Facts(rows=rows),), tuple(sorted({each.run_id for each in found if each.run_id})))


def _collected(case: Case, settings: Settings) -> Drawn:
    known, _ = facts(case, [("Licence known", "licences-known", {})])
    rows = [("Dataset", case.dataset.name), *known.rows]
    if case.dataset.source:
        rows.append(("Source", case.dataset.source))
    if case.dataset.licence:
        rows.append(("Licence", case.dataset.licence))
    standing = [each for each in list_takedowns(case.workspace, case.dataset.id) if each.stands]
    if standing:
        n = count(sum(each.n_images for each in standing), "picture")
        rows.append(("Takedowns that stand", f"{len(standing)}, by which {n} count no more"))
    parts: list[Part] = [Facts(rows=rows), *_licences(case)]
    sources = project.source_counts(case.workspace, case.dataset.id, n_rows=20)
    if any(each.source or each.licence for each in sources):
        columns = [Column(title="Source"), Column(title="Licence"), Column(title="Pictures", kind="count")]
        cells: list[list[Cell]] = [
            [each.source or "not known", each.licence or "not known", each.n] for each in sources
        ]
        parts.append(Table(columns=columns, rows=cells, note="The 20 most frequent at most."))
    return Drawn(tuple(parts))


def _licences(case: Case) -> list[Part]:
    """How many pictures are under which licence; nothing where none is known."""
    groups = groups_of(case)
    if not any(group.licence.code for group in groups):
        return []
    columns = [Column(title="Licence")]
    columns += [Column(title=title, kind="count") for title in ("Said of the picture", "Of the dataset", "Pictures")]
    rows: list[list[Cell]] = [[each.title, each.n_own, each.n_of_dataset, each.n] for each in groups[:MOST_LICENCES]]
    return [Table(columns=columns, rows=rows, n_rows=len(groups), note="Said in other words, they count as one.")]


def _card(case: Case, settings: Settings) -> Drawn:
    """What a dataset card begins with."""
    dataset = case.dataset
    versions = list_versions(case.workspace, dataset.id)
    found, _ = facts(case, [("Pictures", "images", {}), ("Classes", "classes", {}), ("Splits", "splits", {})])
    wrong, run_ids = facts(case, [("Labels wrong, about", "share-wrong", {})])
    rows = [
        ("Name", dataset.name),
        ("Task", "classification, several labels a picture" if dataset.task == "multi" else "classification"),
        *found.rows,
        ("Source", dataset.source or "not said"),
        ("Licence", dataset.licence or "not said"),
        ("Newest version", versions[0].name if versions else "none is frozen"),
        ("People", "blurred" if hides_people(case.workspace, dataset.id) else "not blurred"),
        *wrong.rows,
    ]
    return Drawn((Facts(rows=rows),), tuple(sorted(run_ids)))


def _selection(case: Case, settings: Settings) -> Drawn:
    """The pictures of a saved selection, some of many drawn by the seed."""
    try:
        chosen = find_selection(case.workspace, case.dataset.id, name=settings.name)
    except UnknownSelection as error:
        return missing(str(error), page="map")
    image_ids = selection_images(case.workspace, chosen.id)
    table = images_table(case.workspace, case.dataset.id, image_ids=image_ids)
    n = settings.n or SELECTED
    rows = np.arange(table.num_rows)
    if len(rows) > n:
        rows = np.sort(np.random.default_rng(settings.seed).choice(rows, n, replace=False))
    shown = [picture(row, title=str(row.get("class") or "")) for row in table.take(rows).to_pylist()]
    of = f"{len(shown)} of {count(table.num_rows, 'picture')}, drawn at random (seed {settings.seed})."
    note = of if len(shown) < table.num_rows else f"All {count(table.num_rows, 'picture')} of it."
    return Drawn((Gallery(groups=[Group(title=chosen.name, pictures=shown)], note=note),))


def _came_in(case: Case, settings: Settings) -> Drawn:
    found, _ = facts(
        case,
        [
            ("Pictures", "images", {}),
            ("Classes", "classes", {}),
            ("Splits", "splits", {}),
            ("Size on disk", "size-on-disk", {}),
            ("Removed since", "images-apart", {"what": "removed"}),
            ("Relabelled since", "images-apart", {"what": "relabelled"}),
            ("Without a label", "images-apart", {"what": "unlabelled"}),
        ],
    )
    parts: list[Part] = [found]
    reasons = failures.failure_reasons(case.workspace, case.dataset.id)
    if reasons:
        columns = [Column(title="Not taken in because"), Column(title="Files", kind="count")]
        parts.append(Table(columns=columns, rows=[[each.code.replace("-", " "), each.n] for each in reasons]))
    return Drawn(tuple(parts))


def _balance(case: Case, settings: Settings) -> Drawn:
    rows = counts.class_counts(case).to_pylist()
    sizes = counts.class_sizes(case)
    if not sizes.any():
        return missing("No picture has a label yet, so there are no classes to compare.", page="import_data")
    splits = sorted({row["split"] for row in rows}, key=lambda split: (split is None, split or ""))
    matrix = np.zeros((len(sizes), len(splits)), np.int64)
    for row in rows:
        if row["class_index"] is not None:
            matrix[row["class_index"], splits.index(row["split"])] += row["n"]
    found, _ = facts(case, [("Largest class over smallest", "imbalance-ratio", {})])
    names = [case.name(index) for index in range(len(sizes))]
    chart = Chart(
        name="class-balance",
        data={"names": names, "splits": splits, "counts": matrix.tolist()},
        alt=f"A bar a class: {count(int(sizes.max()), 'picture')} of {names[int(sizes.argmax())]}, the largest.",
        caption=f"Pictures of each class by the label that counts now{_of_many(len(names))}.",
    )
    return Drawn((found, chart))


def _of_many(n: int) -> str:
    return f"; the {MOST_CLASSES} largest of {count(n, 'class', 'classes')}" if n > MOST_CLASSES else ""


def _samples(case: Case, settings: Settings) -> Drawn:
    sizes = counts.class_sizes(case)
    classes = np.argsort(-sizes, kind="stable")[:SHEET_CLASSES]
    filled = sorted(int(index) for index in classes if sizes[index])
    if not filled:
        return missing("No picture has a label yet.", page="import_data")
    n = settings.n or SHEET_PICTURES
    rows = overview.class_samples(case.workspace, case.dataset.id, classes=filled, n=n, seed=settings.seed).to_pylist()
    groups = [
        Group(
            title=case.name(index),
            note=count(int(sizes[index]), "picture"),
            pictures=[picture(row, title=case.name(index)) for row in rows if row["class_index"] == index],
        )
        for index in filled
    ]
    n_filled = int((sizes > 0).sum())
    of = f"The {len(filled)} largest of {n_filled:,} classes. " if n_filled > len(filled) else ""
    return Drawn((Gallery(groups=groups, note=f"{of}Drawn at random, seed {settings.seed}."),))


def map_data(case: Case, run: ProjectionRun, *, most: int, seed: int) -> tuple[dict[str, object], int, int]:
    """The data of a chart `map`, how many points it has and how many there are; a stratified sample above `most`."""
    positions, _ = points(case.workspace, run.run_id)
    labels = point_values(case.workspace, run.run_id)["label"].fill_null(-1).to_numpy()
    rows = sample_of_classes(labels, most=most, seed=seed)
    x, y = positions[rows, 0].astype(float), positions[rows, 1].astype(float)
    span = [float(np.ptp(axis)) or 1.0 for axis in (x, y)]
    data = {
        "x": as_shares(x),
        "y": as_shares(y),
        "classes": as_whole(np.where(labels[rows] < 0, 65535, np.minimum(labels[rows], 65534))),
        "names": list(case.names),
        "aspect": span[1] / span[0],
    }
    return data, len(rows), len(positions)


def sample_of_classes(labels: np.ndarray, *, most: int, seed: int) -> np.ndarray:
    """Rows in order, all where there are at most `most`, else so many, of each class in proportion (one at least)."""
    if len(labels) <= most:
        return np.arange(len(labels))
    rng, kept = np.random.default_rng(seed), []
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        n = min(len(mine), max(1, round(most * len(mine) / len(labels))))
        kept.append(rng.choice(mine, size=n, replace=False))
    return np.sort(np.concatenate(kept))


def as_shares(values: np.ndarray) -> str:
    """Numbers as 16-bit steps between their least and their largest, base64: as figures.drawn unpacks them."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    return as_whole(np.round((values - low) / ((high - low) or 1.0) * 65535))


def as_whole(values: np.ndarray) -> str:
    """Whole numbers in [0, 65535] as base64 of 16 bits each, little end first."""
    return base64.b64encode(values.astype("<u2").tobytes()).decode("ascii")


def _map(case: Case, settings: Settings) -> Drawn:
    runs = [run for run in list_projections(case.workspace, case.dataset.id) if settings.run in (0, run.run_id)]
    if not runs:
        return missing("No map has been drawn yet.", command="vitrine run projection", page="map")
    run = runs[0]
    data, n, n_all = map_data(case, run, most=MOST_POINTS, seed=settings.seed)
    method = {"tsne": "t-SNE", "umap": "UMAP", "pca": "PCA"}.get(str(run.parameters.get("method")), "a projection")
    of = count(n_all, "picture")
    if n < n_all:
        of = f"{n:,} of {of}, a sample of each class in proportion"
    chart = Chart(
        name="map",
        data=data,
        alt=f"{of} on a map by {method}, coloured by class",
        caption=f"{of}, by {method} of the vectors of {run.space}; near ones look alike to the encoder. A dot a "
        "picture, in the colour of its class.",
    )
    trust, _ = facts(
        case,
        [
            (title, "map-trust", {"run": run.run_id, "what": what})
            for title, what in (
                ("Trustworthiness", "trustworthiness"),
                ("Continuity", "continuity"),
                ("Nearest 15 that are kept", "neighbours_kept"),
                ("Kept on a second map", "stability"),
            )
        ],
    )
    return Drawn((chart, trust), (run.run_id,))


def _representatives(case: Case, settings: Settings) -> Drawn:
    runs = medoids.list_medoid_runs(case.workspace, case.dataset.id)
    run = next((each for each in runs if settings.run in (0, each.run_id)), None)
    if run is None:
        return missing("Representatives have not been looked for yet.", command="vitrine run medoids")
    rows = medoids.cluster_sheet(case.workspace, run.run_id).to_pylist()[: settings.n or REPRESENTATIVES]
    shown = [
        picture(
            row,
            title=str(row["name"] or ("" if row["majority"] is None else case.name(row["majority"]))),
            note=f"stands for {row['n_members']:,}",
        )
        for row in rows
    ]
    parts: list[Part] = [
        Gallery(
            groups=[Group(pictures=shown)],
            note=f"{len(shown)} of {count(run.k, 'representative')}, the largest groups first; each title is the most "
            "common class of its group.",
        )
    ]
    percent, known = _telling_curve(case, run)
    if len(known) > 1:
        parts.append(
            Chart(
                name="coverage",
                data={"k": [k for k, _ in known], "share": [share for _, share in known], "at": run.k},
                alt=f"The share of pictures that k representatives cover; {run.k} were chosen",
                caption=f"The share of pictures with a representative at a cosine of {percent / 100:.2f} or more.",
            )
        )
    return Drawn(tuple(parts), (run.run_id,))


def _telling_curve(case: Case, run: MedoidRun) -> tuple[int, list[tuple[int, float]]]:
    """The curve over k at the highest cosine, in hundredths, at which the representatives stand for a third."""
    known: list[tuple[int, float]] = []
    for percent in (90, 80, 70, 60, 50):
        curve = medoids.coverage_curve(case.workspace, run.run_id, percent=percent).to_pylist()
        known = [(row["k"], row["share"]) for row in curve if row["share"] is not None]
        if not known or dict(known).get(run.k, known[-1][1]) >= 1 / 3:
            break
    return percent, known


_DATA = (PICTURES, LABELS, REMOVALS, SPLITS)
TOPICS = (
    Topic(
        name="findings", title="What was found", chapter="In short", draw=_findings, page="overview", reads=_DATA,
        kinds=("label-issues", "duplicates", "train", "zero-shot", "data-budget", "medoids"),
    ),
    Topic(name="collection", title="Sources and licences", chapter="How it was collected", draw=_collected,
          page="import_data", reads=(PICTURES, REMOVALS)),
    Topic(name="came-in", title="What came in and what did not", chapter="What came in", draw=_came_in,
          page="overview", reads=_DATA),
    Topic(name="card", title="Dataset card", chapter="What came in", draw=_card, page="versions", reads=_DATA,
          kinds=("label-issues",)),
    Topic(name="class-balance", title="Class balance", chapter="What is in it", draw=_balance, page="overview",
          reads=_DATA),
    Topic(name="samples", title="A look at each class", chapter="What is in it", draw=_samples, page="overview",
          reads=(PICTURES, LABELS, REMOVALS)),
    Topic(name="map", title="The map", chapter="What is in it", draw=_map, page="map", kinds=("projection",),
          reads=(LABELS,)),
    Topic(name="selection", title="A saved selection", chapter="What is in it", draw=_selection, page="map",
          reads=(PICTURES, LABELS, REMOVALS), is_optional=True),
    Topic(name="representatives", title="Representatives", chapter="What is in it", draw=_representatives,
          page="representatives", kinds=("medoids",)),
)  # fmt: skip

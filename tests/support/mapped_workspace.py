"""A workspace with birds and their map, what a page of it was sent, and sets of points as a browser leaves them."""

import json

import numpy as np
import pyarrow as pa
from streamlit.testing.v1 import AppTest

from pages.ui import owner
from store.connection import Workspace
from store.projections import land_points
from store.runs import RunStart, finish_run, new_run_id, start_run
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset

N = 40


def land_birds(workspace: Workspace) -> None:
    """Forty images of two classes with vectors; one class's name holds HTML."""
    dataset = new_dataset(workspace, "birds")
    rows = [
        image_row(f"{i:02}.png", label=i % 2, split="train" if i < 30 else None, brightness=float(i)) for i in range(N)
    ]
    land(workspace, dataset.id, rows)
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    with workspace.writing(dataset.id) as cursor:
        cursor.execute(
            "INSERT INTO class_name (dataset_id, index, name, corrected_name) "
            "VALUES (1, 0, 'great tit', NULL), (1, 1, 'x', '<i>crow</i>')"
        )


def land_map(dataset, *, n_points: int = N, **figures: object) -> int:
    """A finished projection with `n_points` points on a line and one image left out for each that is missing."""
    workspace = owner.get().workspace
    run_id = new_run_id(workspace)
    wanted = {"method": "tsne", "perplexity": 30.0, "dimensions": 2, "metric": "cosine", "seed": 801, "pca_dims": 50}
    about = {"n_points": n_points, "k": 15, "neighbours_kept": 0.4, "kept_by_chance": 0.01, "explained": 0.54}
    about |= {"trustworthiness": 0.97, "continuity": 0.6, "n_sampled": 20, "notes": [], **figures}
    start = RunStart(
        run_id,
        dataset.id,
        f"projection-00000{run_id}",
        "projection",
        "tiny",
        wanted,
        801,
        "test",
        workspace.generation(dataset.id),
        None,
    )
    table = pa.table(
        {
            "image_id": pa.array(range(1, N + 1), pa.int64()),
            "x": pa.array(np.arange(N), pa.float32()),
            "y": pa.array(np.zeros(N), pa.float32()),
            "z": pa.nulls(N, pa.float32()),
            "trust": pa.array(np.linspace(0, 1, N), pa.float32()),
            "reason": [None] * n_points + ["The vector is zero in every place."] * (N - n_points),
        }
    )
    with workspace.writing(dataset.id) as cursor:
        start_run(cursor, start)
        land_points(cursor, table, run_id=run_id)
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures=about)
    return run_id


def sent(app: AppTest) -> dict[str, object]:
    """What was sent to the map component."""
    proto = app.get("bidi_component")[0].proto
    return json.loads(proto.json or proto.mixed.json)


def keep(client, run_id: int, members: list[int]) -> str:
    """Leave a set of points (by their place) with the server, as a browser does after a lasso; its name."""
    body = np.packbits(np.isin(np.arange(N), members), bitorder="little").tobytes()
    answer = client.post(
        f"/vitrine/map/{run_id}/chosen", content=body, headers={"Content-Type": "application/octet-stream"}
    )
    assert answer.json()["n"] == len(members)
    return answer.json()["key"]


def selected(page, key: str, n: int, **query: str) -> AppTest:
    """The page after a pane told of the set `key`."""
    app = page(**query)
    app.session_state["map_drawn"] = {"dataset": 1, "key": key, "turn": "t"}
    app.run()
    assert not app.exception
    return app

"""The whole map to take away: its points as tables, its vectors for the embedding projector."""

import functools
from collections.abc import Callable

import pyarrow as pa
import streamlit as st

from pages.map import projector
from pages.ui import session
from pages.ui.text import count
from store import projections, selections
from store.connection import Workspace
from store.datasets import Dataset

PROJECTOR_SIZES = {"10,000": 10_000, "5,000": 5_000, "all": 0}


def show(dataset: Dataset, run: projections.ProjectionRun) -> None:
    """A popover of downloads."""
    workspace = session.workspace()
    with st.popover("Download", icon=":material/download:", type="tertiary"):
        for kind, write in (("csv", selections.as_csv), ("parquet", selections.as_parquet)):
            st.download_button(
                f"Points as {'CSV' if kind == 'csv' else 'Parquet'}",
                file_name=f"map-{run.run_id}.{kind}",
                data=functools.partial(_points_as, write, workspace, dataset, run),
                on_click="ignore",
                key=f"map_points_{kind}",
                help="Image, path, class, split, x, y, z and how far to trust each point.",
            )
        st.divider()
        sizes = [title for title, n in PROJECTOR_SIZES.items() if n < run.n_points] or ["all"]
        at_most = st.segmented_control("Pictures for the embedding projector", sizes, default=sizes[0], required=True)
        url = projector.projector_url(run.run_id, at_most=PROJECTOR_SIZES[str(at_most)])
        st.link_button("Vectors, names and sprite image (zip)", url)
        st.caption(
            "For projector.tensorflow.org or TensorBoard: tensors.tsv, metadata.tsv, sprite. "
            f"All are {count(run.n_points, 'point')}; a smaller number is drawn at random. "
            "The picture of the map is saved below it."
        )


def _points_as(
    write: Callable[[pa.Table], bytes], workspace: Workspace, dataset: Dataset, run: projections.ProjectionRun
) -> bytes:
    """The map's points as a file, made when it is asked for."""
    return write(projections.points_table(workspace, dataset.id, run_id=run.run_id))

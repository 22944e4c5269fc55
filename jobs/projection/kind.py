"""The kind `projection`: a map of an embedding space."""

from typing import Annotated, Literal

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Formerly, Parameters
from jobs.engine.segment_schema import IMAGE_ONCE, Segment, number, share, text
from jobs.engine.spec import JobView
from store.subjects import PICTURES, REMOVALS, VECTORS


class ProjectionParameters(Parameters):
    """What a map may be ordered with."""

    method: Literal["pca", "tsne", "umap"] = Field("tsne", description="`pca`, `tsne` or `umap`")
    space: str = Field("", description="the embedding space by name; without it the one with the most vectors")
    dimensions: int = Field(2, ge=2, le=3, description="2 or 3")
    perplexity: float = Field(
        30.0, ge=2, le=500, description="t-SNE: about how many neighbours a point keeps near, 2 to 500"
    )
    n_neighbours: int = Field(15, ge=2, le=500, description="UMAP: how many neighbours a point keeps near, 2 to 500")
    min_dist: float = Field(0.1, ge=0, le=1, description="UMAP: how tightly points may pack, 0 to 1")
    metric: Literal["cosine", "euclidean"] = Field("cosine", description="`cosine` or `euclidean`")
    pca_dims: int = Field(
        50, ge=0, le=1000, description="t-SNE and UMAP: PCA to so many dimensions comes first; 0: none"
    )
    seed: int = Field(801, ge=0, le=2**31 - 1, description="the same seed gives the same map")
    selection: str = Field("", description="a saved selection by name: only its images go into the map")
    max_direct: Annotated[int, Formerly("most_direct")] = Field(
        0,
        ge=0,
        description=(
            "of more images than this a sample that keeps small classes and clusters is embedded, and the rest placed "
            "beside their nearest; 0: 100,000 for t-SNE and UMAP"
        ),
    )
    stability: bool = Field(
        False,
        description=(
            "t-SNE and UMAP: a second map from another seed and a random start says how many neighbours each point has "
            "on both"
        ),
    )
    onto: int = Field(
        0,
        ge=0,
        description=(
            "the run of a map that exists: images newer than it are placed on it, nothing on it moves; the method's "
            "parameters are that map's"
        ),
    )
    graph_run: int = Field(
        0, ge=0, description="set by the job itself: the run of the shared neighbour graph it was given"
    )


SEGMENT = Segment(
    columns={
        "image_id": IMAGE_ONCE,
        **dict.fromkeys("xyz", number(-1e9, 1e9)),
        "trust": share(),
        "stability": share(),
        "reason": text(),
    },
    needed=("image_id", "x", "y", "z", "trust", "reason"),
)


def map_outcome(job: JobView) -> str:
    """'31,848 points; of the neighbours of a picture 8.8 % are its neighbours on the map.'"""
    figures = job.figures
    if "n_points" not in figures:
        return ""
    kept = figures.get("neighbours_kept")
    said = f"; of a picture's nearest {figures.get('k')} the map keeps {kept:.0%} nearest" if kept is not None else ""
    return f"{count(int(figures['n_points']), 'point')}{said}."


KIND = JobKind(
    name="projection",
    title="Map",
    icon="scatter_plot",
    summary=(
        "A map of an embedding space: points in two or three dimensions, with how many of its neighbours each one kept."
    ),
    lane=COMPUTE,
    parameters=ProjectionParameters,
    reads=(PICTURES, VECTORS, REMOVALS),
    stale="Colours and names are today's; places are from then. Make another map to bring it up to date.",
    segment=SEGMENT,
    outcome=map_outcome,
)

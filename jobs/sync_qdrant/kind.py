"""The kind `sync-qdrant`: an embedding space as a collection of Qdrant, brought up to date."""

import re
from typing import Literal

from pydantic import Field, field_validator

from analytics.wording import count
from jobs.engine.kinds import FILES, JobKind, Order
from jobs.engine.parameters import Parameters
from jobs.engine.spec import JobView
from store.subjects import SUBJECTS


class SyncParameters(Parameters):
    """What is brought where, and how the collection is made."""

    url: str = Field(
        "",
        description="where Qdrant is, such as `http://localhost:6333`; or `edge:FOLDER`, its engine in a folder of "
        "this machine, without a server",
    )
    space: str = Field("", description="the embedding space by name; without it the one with the most vectors")
    alias: str = Field(
        "",
        description="the name by which readers ask; without it `vitrine_DATASET_SPACE`, in letters that Qdrant takes",
    )
    m: int = Field(16, ge=4, le=128, description="of HNSW: links of each point in the index's graph")
    ef_construct: int = Field(100, ge=10, le=1000, description="of HNSW: candidates looked at while a point is put in")
    quantisation: Literal["none", "scalar"] = Field(
        "none", description="`scalar` keeps each number as one byte as well, and searches by those"
    )
    full: bool = Field(False, description="`yes` builds the collection anew beside the one there is")
    take_over: bool = Field(
        False, description="`yes` takes an alias that leads to a collection which this workspace has not written"
    )
    batch: int = Field(500, ge=1, le=10_000, description="pictures that go in one request")
    n_checked: int = Field(
        100, ge=0, le=10_000, description="pictures, drawn at random, that are read back and compared"
    )

    @field_validator("url")
    @classmethod
    def _require_address(cls, value: str) -> str:
        if not value.strip():
            return ""
        # here: a kind is read at every start, and loads none of its code
        from service.qdrant.address import checked_url

        return checked_url(value)

    @field_validator("alias")
    @classmethod
    def _require_name(cls, value: str) -> str:
        name = value.strip()
        if name and not re.fullmatch(r"[A-Za-z0-9_.-]{1,200}", name):
            raise ValueError(f"has letters, digits, _, - and points, at most 200, not {name[:60]!r}.")
        return name


def same_place(asked: Order, active: Order) -> bool:
    """Whether an order is of the dataset, the space and the place that an active one is of."""
    one, other = asked.parameters, active.parameters
    assert isinstance(one, SyncParameters) and isinstance(other, SyncParameters)
    return (asked.dataset, one.url, one.space, one.alias) == (active.dataset, other.url, other.space, other.alias)


def sync_outcome(view: JobView) -> str:
    """'31,848 points behind vitrine_animals: 500 changed, 12 new, 3 deleted; checked.'"""
    figures = view.figures
    if "collection" not in figures:
        return ""
    n_new, n_anew, n_gone = (int(figures[name]) for name in ("n_upserted", "n_said_anew", "n_deleted"))
    parts = [f"{count(n_new, 'point')} written", f"{count(n_anew, 'payload')} replaced", f"{n_gone:,} deleted"]
    did = ", ".join(part for part, n in zip(parts, (n_new, n_anew, n_gone), strict=True) if n) or "nothing had changed"
    clear = " The key went over http, which others on the way can read." if figures.get("key_in_clear") else ""
    lies = f"{count(int(figures['n_points']), 'point')} behind {figures['alias']}"
    return f"{lies}: {did}; {count(int(figures['n_checked']), 'picture')} read back and compared.{clear}"


_NOTES = """\
`vitrine sync-qdrant --url URL --dataset D` is the short form. The key comes from the environment, as `QDRANT_API_KEY`
of whoever runs the app or the command; it is kept nowhere. Only what has changed since the last sync is sent: a new
label replaces a payload and leaves the vector. Readers ask by the alias; a collection that is made anew is built beside
the one there is, and the alias leads to it once it is whole and checked. A sync that ended early is gone on with by
`vitrine resume ID`. [Vectors in Qdrant](../qdrant.md) says what a point holds, and what readers see meanwhile.
"""

KIND = JobKind(
    name="sync-qdrant",
    title="Sync with Qdrant",
    icon="sync",
    summary=(
        "Brings an embedding space to a collection of Qdrant, with path, class, split, licence, issues and versions of "
        "each picture; later only what has changed. Counts and a sample are compared, then an alias leads to it."
    ),
    notes=_NOTES,
    lane=FILES,
    parameters=SyncParameters,
    reads=SUBJECTS,
    stale="Qdrant holds what was there; sync again.",
    here_only=True,
    same_order=same_place,
    outcome=sync_outcome,
)

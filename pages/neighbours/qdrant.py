"""Neighbours by Qdrant: what a sync brought there is asked, where there is such a collection."""

import pyarrow as pa
import streamlit as st

from pages.neighbours.queries import Near, near_by
from pages.ui import session
from service.qdrant.contract import QdrantError
from service.qdrant.reading import Reader
from store import qdrant
from store.qdrant import Collection
from store.vectors import Space, image_vector

OURS, QDRANT = "Vitrine", "Qdrant"


def chosen(dataset_id: int, space: Space) -> Collection | None:
    """The collection that is to be asked instead of the workspace; None where there is none, or it is not wished.

    Offered to those who may start jobs: it is asked with this server's key.
    """
    if not session.may("start_job"):
        return None
    every = session.workspace().until_written(
        ("qdrant_collections", dataset_id), lambda: qdrant.list_collections(session.workspace(), dataset_id)
    )
    synced = next((one for one in every if one.space == space.name and one.synced_at is not None), None)
    if synced is None:
        return None
    way = st.segmented_control(
        "Searched by", (OURS, QDRANT), default=OURS, required=True, key="searched_by", bind="query-params"
    )
    return synced if way == QDRANT else None


def near_picture(dataset_id: int, space: Space, collection: Collection, image_id: int, *, n: int) -> Near | None:
    """The `n` kept images nearest to one, by Qdrant; None where it has no vector. Raises QdrantError."""
    vector = image_vector(session.workspace(), space, image_id)
    if vector is None or not vector.values.any():
        return None
    with Reader(collection.url, collection.alias) as reader:
        found = [one for one in reader.search(vector.values, n + 1) if one.image_id != image_id][:n]
    table = pa.table({"image_id": [one.image_id for one in found], "similarity": [one.cosine for one in found]})
    assert collection.synced_at is not None
    how = f"by Qdrant, as of its last sync ({collection.synced_at:%d %B %Y, %H:%M} UTC)"
    return near_by(dataset_id, table, how=how)


REFUSALS = (QdrantError, ValueError)

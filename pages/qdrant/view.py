"""A collection drawn: where it is, what lies there, how far it lags behind, and how others ask it."""

import streamlit as st

from jobs.engine.spec import DONE
from pages.qdrant import form
from pages.ui import job_cards, session
from pages.ui.text import count, listed, plain
from store.datasets import Dataset
from store.qdrant import Collection, Lag


def show(dataset: Dataset, one: Collection, lag: Lag | None) -> None:
    """A box a collection. lag: None where its space is not there any more."""
    assert one.synced_at is not None
    with st.container(border=True, gap="small"):
        st.markdown(f"**{plain(one.alias)}** at {plain(place_of(one))}")
        st.markdown(
            f"{count(one.n_points or 0, 'point')} of the embedding {plain(one.space)}, counted there; "
            f"{count(one.n_checked or 0, 'picture')} read back and compared, all of them as they should be."
        )
        st.markdown(sentence(lag))
        st.caption(f"Made with: {plain(one.shape)}. Synced {one.synced_at:%d %B %Y, %H:%M} UTC, run {one.run_id}.")
        if form.may_send():
            st.button(
                "Sync again",
                key=f"again-{one.id}",
                icon=":material/sync:",
                on_click=form.start,
                args=(dataset, again(one)),
            )
        with st.expander("Ask it from Python", icon=":material/code:"):
            st.code(python_lines(one), language="python")


def show_unfinished(dataset: Dataset) -> None:
    """The last sync, where it has not come to its end: why, and the way to go on."""
    last = next((job for job in session.jobs() if (job.kind, job.dataset_id) == (form.KIND, dataset.id)), None)
    if last is not None and not last.is_active and last.state != DONE:
        job_cards.show_ended(last)


def sentence(lag: Lag | None) -> str:
    """What has changed since, in a sentence."""
    if lag is None:
        return "Its embedding is not there any more, so it stays as it is."
    if not lag.n:
        return ":material/check: It says what the dataset says now."
    parts = [
        (lag.n_new, "new or with another vector"),
        (lag.n_changed, "with another class, split, flag or version"),
        (lag.n_gone, "gone"),
    ]
    told = listed([f"{n:,} {words}" for n, words in parts if n])
    has = "has" if lag.n == 1 else "have"
    return f":material/history: {count(lag.n, 'picture')} {has} changed since the last sync: {told}."


def place_of(one: Collection) -> str:
    """Where it is; a folder of this machine by its name, for those who may send nothing."""
    return one.url if form.may_send() or not one.url.startswith("edge:") else "a folder of this machine"


def again(one: Collection) -> dict[str, object]:
    """The order of the last sync to the same place, without what was meant for once."""
    of_run = (job.parameters for job in session.jobs() if job.run_id == one.run_id and job.kind == form.KIND)
    kept = dict(next(of_run, {}))
    return {**kept, "url": one.url, "space": one.space, "alias": one.alias, "full": False, "take_over": False}


def python_lines(one: Collection) -> str:
    """What asks the collection, by Qdrant's own client or by the engine."""
    if one.url.startswith("edge:"):
        shard = f"{place_of(one).removeprefix('edge:')}/collections/{one.collection}"
        return f"""\
from qdrant_edge import EdgeShard, Query, QueryRequest

shard = EdgeShard.load({shard!r})  # one process at a time has it
for near in shard.query(QueryRequest(limit=10, query=Query.Nearest(vector), with_payload=True)):
    print(near.score, near.payload["path"], near.payload.get("class"))"""
    return f"""\
import os
from qdrant_client import QdrantClient, models

client = QdrantClient({one.url!r}, api_key=os.environ.get("QDRANT_API_KEY"))
only = models.Filter(must=[models.FieldCondition(key="class", match=models.MatchValue(value="NAME"))])
for near in client.query_points({one.alias!r}, query=vector, query_filter=only, limit=10).points:
    print(near.score, near.payload["path"], near.payload.get("class"))"""

"""The selection on the map's page: one for all panes, drawn or saved; what is caught, and what can be done with it."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from figures.names import one_line
from pages.map import actions, http, projector, selection_sets
from pages.ui import filters, gallery, job_cards, session
from pages.ui.session import SettledGeneration
from pages.ui.text import count, plain, share
from store import projections, selections
from store.connection import Workspace
from store.datasets import Dataset
from store.errors import StoreError
from store.selections import Selection

PAGE_ROWS = 60
SAVED = "selection"  # the selector's key, and the word in the URL
_DRAWN = "map_drawn"
_REFUSED = "map_refused"


@dataclass(frozen=True)
class Wish:
    """What is selected: a set's name (map_chosen), and a word that changes with every change of it."""

    key: str
    turn: str
    name: str = ""


def heard(dataset_id: int, found: dict[str, object]) -> None:
    """A pane tells of a new selection; it takes the place of a saved one."""
    key, turn = str(found.get("key") or ""), str(found.get("turn") or "")
    st.session_state[_DRAWN] = {"dataset": dataset_id, "key": key if found.get("n") else "", "turn": turn}
    st.session_state[SAVED] = None
    st.session_state["map_rows"] = 1


def choose(dataset: Dataset, saved: list[Selection]) -> Wish | None:
    """Draw the selector of saved selections, in the URL as `selection`; the selection to show, or None."""
    titles = {one_line(selection.name): selection for selection in saved}
    _take_number(saved)
    asked = st.session_state.get(SAVED) or st.query_params.get(SAVED)
    picked = None
    if saved:
        picked = st.selectbox(
            "Saved selection",
            list(titles),
            index=None,
            key=SAVED,
            bind="query-params",
            width=230,
            placeholder="Saved selections",
            label_visibility="collapsed",
            on_change=_picked,
            args=(dataset.id,),
        )
    if asked and asked not in titles:
        st.warning(f"{plain(dataset.name)} has no selection called {plain(asked[:60])}.", icon=":material/search_off:")
    if picked:
        found = titles[str(picked)]
        return Wish(f"s{found.id}", f"saved-{found.id}", found.name)
    drawn = st.session_state.get(_DRAWN)
    if not drawn or drawn["dataset"] != dataset.id:
        return None
    return Wish(drawn["key"], drawn["turn"])


def for_view(wish: Wish | None, *, run_id: int) -> dict[str, str] | None:
    """The wish as a pane wants it: the address of the set and the turn."""
    if wish is None:
        return None
    return {"turn": wish.turn, "url": f"{http.keep_url(run_id)}/{wish.key}" if wish.key else ""}


@st.cache_data(max_entries=16, show_spinner=False)
def load_rows(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, key: str, first: int) -> pa.Table:
    """The pictures of one page of the selection."""
    ids = selection_sets.image_ids(key)[first : first + PAGE_ROWS]
    return projections.selected_images(session.workspace(), dataset_id, run_id=run_id, image_ids=ids)


def show(
    dataset: Dataset,
    run: projections.ProjectionRun,
    wish: Wish | None,
    *,
    names: list[str],
    shown: bytes | None,
    on_open: Callable[[int], None],
) -> list[int]:
    """What the selection holds: its size, the map's trust there, what to do with it, a gallery; the ids shown there.

    shown: the set of points that the filter leaves, a bit a point, or None for all.
    """
    actions.show_done(dataset.id)
    found = _found(wish, run)
    if wish is None or found is None or not len(found.image_ids):
        _say_how()
        return []
    n = len(found.image_ids)
    st.subheader(f"{n:,} of {run.n_points:,} selected" if found.n_on_map == n else f"{n:,} selected", anchor=False)
    if wish.name:
        st.caption(f"Saved as {plain(wish.name)}.")
    n_off = n - found.n_on_map
    if n_off:
        st.caption(f"{count(n_off, 'picture')} of them {'is' if n_off == 1 else 'are'} not on this map.")
    if shown is not None and (n_hidden := selection_sets.n_outside(found, shown, run_id=run.run_id)):
        st.caption(f"The filter hides {n_hidden:,} of them; what you do here is done to all {n:,}.")
    _say_trust(found)
    if session.may("decide"):
        _act(dataset, run, wish, found, names=names)
    return _gallery(dataset, run, wish, n, names=names, on_open=on_open)


def show_refusal() -> None:
    """Why the last wish could not be met, once."""
    refusal = st.session_state.pop(_REFUSED, None)
    if refusal:
        st.error(plain(refusal), icon=":material/block:")


def _gallery(
    dataset: Dataset,
    run: projections.ProjectionRun,
    wish: Wish,
    n: int,
    *,
    names: list[str],
    on_open: Callable[[int], None],
) -> list[int]:
    here = session.here(dataset.id)
    n_pages = -(-n // PAGE_ROWS)
    page = min(max(int(st.session_state.get("map_rows") or 1), 1), n_pages)
    table = load_rows(*here, run.run_id, wish.key, (page - 1) * PAGE_ROWS)
    rows = table.to_pylist()
    items = [
        gallery.Item(
            row["image_id"],
            row["sha256"],
            filters.label_text(row["label"], row["labels"], names=names),
            row["split"] or row["path"].rsplit("/", 1)[-1],
        )
        for row in rows
    ]
    with st.container(height=480, border=False):
        gallery.show([gallery.Section(items)], key="map_selected", label="Selected pictures", side=96, on_open=on_open)
    if n_pages > 1:
        st.pagination(n_pages, key="map_rows")
        first = (page - 1) * PAGE_ROWS
        st.caption(f"Showing {first + 1:,} to {first + len(rows):,}.")
    return [row["image_id"] for row in rows]


def _found(wish: Wish | None, run: projections.ProjectionRun) -> selection_sets.Chosen | None:
    if wish is None or not wish.key:
        return None
    try:
        return selection_sets.chosen(wish.key, run_id=run.run_id)
    except selection_sets.Forgotten as error:
        st.info(f"{error} Draw it again.", icon=":material/history:")
        return None


def _say_how() -> None:
    st.markdown("**Nothing is selected.**")
    st.caption("Draw a lasso or a box around points to see their pictures here. A click on a point opens its picture.")
    st.caption("Shift and drag adds to what is selected, Alt and drag takes away, Escape clears.")


def _say_trust(found: selection_sets.Chosen) -> None:
    trust = found.trust
    if trust is None:
        return
    kept, whole = share(trust.kept), share(trust.whole)
    if trust.is_misplaced:
        st.warning(
            f"**The map misplaces these points**: they keep {kept} of their neighbours, all points {whole}. That they "
            "lie together here says little; look at their neighbours before you decide.",
            icon=":material/wrong_location:",
        )
    else:
        st.caption(f"These keep {kept} of their neighbours on the map, all points {whole}.")


def _act(
    dataset: Dataset, run: projections.ProjectionRun, wish: Wish, found: selection_sets.Chosen, *, names: list[str]
) -> None:
    with st.container(horizontal=True, gap="small"):
        if wish.name:
            st.button(
                "Delete",
                icon=":material/delete:",
                key="map_delete",
                on_click=_delete,
                args=(dataset.id, wish),
                help="Forgets the saved selection; the pictures stay.",
            )
        else:
            with st.popover("Save", icon=":material/bookmark_add:"):
                name = st.text_input("Name of the selection", key="map_name", max_chars=selections.LONGEST_NAME)
                st.button(
                    "Save",
                    type="primary",
                    key="map_save",
                    on_click=_save,
                    args=(dataset.id, run.run_id, wish.key),
                    disabled=not name.strip(),
                )
                st.caption("Saved selections have a link of their own, and a map can be made of one alone.")
        with st.popover("Export", icon=":material/download:"):
            _export(dataset, run, wish, found)
        actions.show(dataset, key=wish.key, n_images=len(found.image_ids), names=names)


def _table_as(write: Callable[[pa.Table], bytes], workspace: Workspace, dataset: Dataset, wish: Wish) -> bytes:
    """The selected pictures as a file, made when it is asked for."""
    return write(selections.images_table(workspace, dataset.id, image_ids=selection_sets.image_ids(wish.key)))


def _export(dataset: Dataset, run: projections.ProjectionRun, wish: Wish, found: selection_sets.Chosen) -> None:
    workspace = session.workspace()
    said = f"The {count(len(found.image_ids), 'selected picture')}: path, class, split, measures, SHA-256, source."
    for kind, write in (("csv", selections.as_csv), ("parquet", selections.as_parquet)):
        st.download_button(
            f"As {'CSV' if kind == 'csv' else 'Parquet'}",
            file_name=f"selection.{kind}",
            key=f"map_export_{kind}",
            data=functools.partial(_table_as, write, workspace, dataset, wish),
            on_click="ignore",
            help=said,
        )
    st.link_button("For the embedding projector", projector.projector_url(run.run_id, key=wish.key))


def _save(dataset_id: int, run_id: int, key: str) -> None:
    name = str(st.session_state.get("map_name") or "")
    try:
        saved = selections.save_selection(
            session.workspace(),
            dataset_id,
            name=name,
            image_ids=selection_sets.image_ids(key),
            who=job_cards.who(),
            run_id=run_id,
        )
    except (StoreError, selection_sets.Forgotten) as error:
        st.session_state[_REFUSED] = str(error)
        return
    st.session_state[SAVED] = one_line(saved.name)
    st.session_state["map_name"] = ""


def _delete(dataset_id: int, wish: Wish) -> None:
    """Forget the saved selection; nothing is selected then."""
    selections.delete_selection(session.workspace(), dataset_id, selection_id=int(wish.key[1:]))
    st.session_state[SAVED] = None
    _picked(dataset_id)


def _picked(dataset_id: int) -> None:
    """Another saved selection, or none: what was drawn before is gone."""
    st.session_state[_DRAWN] = {"dataset": dataset_id, "key": "", "turn": f"none-{st.session_state.get(SAVED)}"}
    st.session_state["map_rows"] = 1


def _take_number(saved: list[Selection]) -> None:
    """A link may name a selection by its number."""
    asked = str(st.query_params.get(SAVED, ""))
    names = {one_line(selection.name) for selection in saved}
    if asked.isdecimal() and asked not in names:
        for selection in saved:
            if str(selection.id) == asked:
                st.session_state[SAVED] = st.query_params[SAVED] = one_line(selection.name)

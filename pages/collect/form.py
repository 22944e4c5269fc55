"""What is asked: a table of queries, and filters."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from importers.collecting.about import SOURCES
from pages.collect import plan as plans
from pages.collect.plan import ANY, CHANGED, CODES, COMMERCIAL, OPEN, Plan, Row
from pages.collect.wording import LICENCES
from pages.ui import order_fields, session
from pages.ui.text import LONGEST_LINE, listed
from store.datasets import Dataset, class_names

KIND = "collect"
MOST_QUERIES, LONGEST_QUERY = 1_000, 300
_LICENCES = {
    OPEN: "Any of Creative Commons, or public domain",
    COMMERCIAL: "Of these, for commercial use too",
    CHANGED: "Of these, that may be changed",
    CODES: "Only these",
    ANY: "Any, unknown ones too",
}


def queries(plan: Plan, dataset: Dataset | None) -> Plan:
    """Draw the table of queries; the plan with what was said."""
    key = f"collect_rows_{plan.edition}"
    if key not in st.session_state:  # it is drawn anew: it begins with what was said
        st.session_state["collect_seed"] = _frame(plan.rows)
    edited = st.data_editor(
        st.session_state["collect_seed"],
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        placeholder="",
        column_config={
            "class": st.column_config.TextColumn(
                "Class", max_chars=100, help="What a picture that is found is labelled. Empty: no label."
            ),
            "query": st.column_config.TextColumn(
                "Query", max_chars=LONGEST_QUERY, width="large", help="The words that are searched for."
            ),
            "n": st.column_config.NumberColumn(
                "How many", min_value=1, max_value=1_000_000, step=1, help="Pictures to keep. Empty: as said below."
            ),
        },
    )
    rows = tuple(_records(edited))[:MOST_QUERIES]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.session_state.setdefault("collect_each", plan.each_query)
        each = st.number_input(
            "Pictures a query, where its row does not say", 1, 1_000_000, key="collect_each", width=300
        )
        st.session_state.setdefault("collect_safe", plan.safe)
        safe = st.toggle(
            "Safe search", key="collect_safe", help="Leaves out what a source holds to be for adults only."
        )
        names = [] if dataset is None else class_names(session.workspace(), dataset.id)
        if names:
            st.button(
                "A row for each class",
                icon=":material/playlist_add:",
                help="Adds the classes of the dataset that is chosen in the sidebar, each searched for by its name.",
                on_click=_add_classes,
                args=(names,),
            )
    return replace(plan, rows=rows, each_query=int(each), safe=bool(safe))


def filters(plan: Plan) -> Plan:
    """Draw what narrows the search; the plan with what was said."""
    fields = order_fields.of(KIND)
    left, right = st.columns(2)
    with left:
        licences, codes = _ask_licences(plan)
    with right:
        st.session_state.setdefault("collect_sites", plan.exclude_sites)
        sites = st.text_input(
            "Sites to leave out",
            placeholder="example.org, shop.example",
            help="Nothing is taken from these hosts, with commas between.",
            key="collect_sites",
            max_chars=LONGEST_LINE,
        )
    said: dict[str, Any] = {"licences": licences, "codes": codes, "exclude_sites": sites.strip()}
    with st.expander("Size, kind, colour, language", icon=":material/tune:"):
        row = st.columns(4)
        for place, name, label in zip(row, ("size", "kind", "colour"), ("Size", "Kind", "Colour"), strict=False):
            with place:
                said[name] = _choice(label, fields.view(name).choices, getattr(plan, name), key=f"collect_{name}")
                _say_who_can(name, plan.asked)
        with row[3]:
            st.session_state.setdefault("collect_language", plan.language)
            said["language"] = st.text_input(
                "Language", placeholder="de", help="Of the query.", key="collect_language", max_chars=10
            ).strip()
            _say_who_can("language", plan.asked)
        first, second = st.columns(2)
        with first:
            st.session_state.setdefault("collect_side", plan.min_side)
            said["min_side"] = int(st.number_input("Shorter side of at least (pixels)", 1, 100_000, key="collect_side"))
        with second:
            st.session_state.setdefault("collect_contact", plan.contact)
            said["contact"] = st.text_input(
                "An address that sites can write to",
                placeholder="me@university.example",
                help="It stands in every request, as good manners ask. It is shown to every site that is asked.",
                key="collect_contact",
                max_chars=200,
            ).strip()
    return replace(plan, **said)


def _ask_licences(plan: Plan) -> tuple[str, tuple[str, ...]]:
    """Which licences are taken: a group of them, and the codes where each was named."""
    st.session_state.setdefault("collect_licences", plan.licences)
    chosen = st.selectbox(
        "Licences",
        list(_LICENCES),
        format_func=_LICENCES.__getitem__,
        key="collect_licences",
        help="A licence that is not known is unknown, never free. What has another licence is counted and not fetched.",
    )
    if chosen == CODES:
        offered = [code.lower() for code in LICENCES]
        st.session_state.setdefault("collect_codes", [code for code in plan.codes if code in offered])
        codes = st.multiselect(
            "Only these",
            offered,
            format_func=lambda code: LICENCES[code.upper()],
            key="collect_codes",
            label_visibility="collapsed",
        )
        return CODES, tuple(codes)
    if chosen == ANY:
        st.caption(
            ":material/warning: Pictures without a known licence may be under copyright: they are counted in every "
            "check and export. Whether you may use them is yours to know."
        )
    return str(chosen), plan.codes


def _choice(label: str, choices: Sequence[str], value: str, *, key: str) -> str:
    st.session_state.setdefault(key, value if value in choices else "")
    return str(st.selectbox(label, choices, format_func=lambda name: name.capitalize() or "Any", key=key))


def _say_who_can(name: str, asked: Sequence[str]) -> None:
    """Which of the chosen sources can be asked for it; the others give what they have."""
    can = [SOURCES[source].title for source in asked if name in SOURCES[source].filters]
    if len(can) < len(asked):
        st.caption(f"Told by {listed(can)} alone." if can else "None of the chosen sources can tell.")


def _add_classes(names: Sequence[str]) -> None:
    plan = plans.kept() or Plan()
    there = {str(row.get("class") or "") for row in plan.rows}
    added = [{"class": name, "query": name, "n": None} for name in names if name not in there]
    rows = [row for row in plan.rows if str(row.get("query") or "").strip()]
    plans.keep(plans.with_rows(plan, [*rows, *added]))


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    """The rows as the editor takes them; two empty ones where there are none."""
    shown = [{"class": row.get("class") or "", "query": row.get("query") or "", "n": row.get("n")} for row in rows]
    frame = pd.DataFrame(shown or [{"class": "", "query": "", "n": None}] * 2, columns=["class", "query", "n"])
    return frame.astype({"n": "Int64"})


def _records(edited: pd.DataFrame) -> list[Mapping[str, Any]]:
    """class, query, n of the table's rows; None for what is empty."""
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in edited.to_dict(orient="records")
    ]

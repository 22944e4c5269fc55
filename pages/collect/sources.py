"""Who can be asked: each source with its terms, its limit, whether its key is there, and what it says of licences."""

from dataclasses import replace

import streamlit as st

from importers.collecting.about import SOURCES, WHY_A_THIRD_PARTY, AboutSource
from importers.collecting.keys import has_key, variable_of
from pages.collect.plan import SEARCH, Plan
from pages.ui import session
from pages.ui.text import LONGEST_PATH, plain

_WAYS = {
    SEARCH: "Search",
    "list": "A list of addresses",
    "saved-page": "A saved page",
    "sidecars": "A folder with side-car files",
}
_FILES = {
    "list": ("File", "/home/me/addresses.csv", "CSV, Parquet or text; columns as img2dataset names them."),
    "saved-page": ("File", "/home/me/results.html", "HTML, saved from a browser."),
    "sidecars": ("Folder", "/home/me/gallery-dl", "Pictures with a JSON file beside each."),
}


def choose(plan: Plan) -> Plan:
    """Draw the ways of asking and the sources; the plan with what was chosen."""
    st.session_state.setdefault("collect_way", plan.way)
    way = str(
        st.segmented_control(
            "From where",
            list(_WAYS),
            format_func=_WAYS.__getitem__,
            key="collect_way",
            required=True,
        )
    )
    if way != SEARCH:
        return replace(plan, way=way, file=_ask_file(way, plan))
    with st.grid("auto", min_column_width=300):
        chosen = [about.name for about in SOURCES.values() if not about.needs_file and _card(about, plan)]
    with st.expander("Why Google and Bing are asked by way of somebody else", icon=":material/info:"):
        st.markdown(WHY_A_THIRD_PARTY)
    return replace(plan, way=way, sources=tuple(chosen))


def _card(about: AboutSource, plan: Plan) -> bool:
    """A source, to be chosen; whether it is."""
    is_there = has_key(about.key)
    key = f"collect_source_{about.name}"
    st.session_state.setdefault(key, about.name in plan.sources and is_there)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            is_chosen = st.checkbox(f"**{about.title}**", key=key, disabled=not is_there)
            st.space("stretch")
            if not about.key:
                st.badge("no key needed", color="green")
            elif is_there:
                st.badge("key found", icon=":material/key:", color="green")
            else:
                st.badge("key missing", icon=":material/key_off:", color="orange")
        st.caption(_in_words(about, has_its_key=is_there))
    return is_chosen and is_there


def _in_words(about: AboutSource, *, has_its_key: bool) -> str:
    terms = f"{about.terms} [Terms]({about.terms_url})" if about.terms_url else about.terms
    lines = [terms, f"**Licences**: {about.licences}", f"**Limit**: {about.limit}."]
    if not has_its_key:
        lines.append(
            f"To use it, [have a key made]({about.key_url}) and set `{variable_of(about.key)}` where the app is "
            "started, or write it into its file of keys (docs/pages/collect.md)."
        )
    return "  \n".join(lines)


def _ask_file(way: str, plan: Plan) -> str:
    """Where the list, the page or the folder is."""
    about = SOURCES[way]
    label, example, words = _FILES[way]
    st.caption(f"{about.terms} **Licences**: {about.licences}")
    roots = session.supervisor().intake.import_roots
    if roots is not None:
        named = ", ".join(plain(str(root)) for root in roots)
        st.caption(
            f"This server reads below these folders: {named}."
            if named
            else "This server was started without a folder to read from (--import-root DIR)."
        )
    st.session_state.setdefault("collect_file", plan.file)
    file = st.text_input(label, placeholder=example, help=words, key="collect_file", max_chars=LONGEST_PATH)
    return file.strip()

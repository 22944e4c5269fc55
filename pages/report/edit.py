"""A report to work on: blocks as lines that can be moved, hidden, worded, drawn anew, taken out and added."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from evidence.report.parts import Missing
from evidence.report.reports import FIGURE, SECTION, TEXT, Shown, add, refresh
from evidence.report.topic import all_topics
from pages.report.queries import here, load_history
from pages.ui import job_cards, session, tables
from pages.ui.text import count, plain
from store import report_blocks as store
from store.datasets import Dataset
from store.report_blocks import BlockDraft, BlockRow
from store.reports import Report
from store.selections import list_selections
from store.texts import NAME

_ASKED, _ADDING, _TAKEN_OUT = "report_block_asked", "report_block_behind", "report_block_taken_out"
WORDS = {TEXT: "Words", SECTION: "Chapter", FIGURE: "Chart of a page", "claim": "A claim"}


def draw(dataset: Dataset, report: Report, blocks: Sequence[Shown], *, claims: dict[int, str]) -> None:
    """The lines, and the dialogs that are open."""
    _offer_back()
    for place, shown in enumerate(blocks):
        _line(dataset, shown, is_first=not place, is_last=place == len(blocks) - 1)
    st.button("Add a block at the end", icon=":material/add:", key="block_add_end", on_click=_ask_add, args=(0,))
    asked: BlockRow | None = st.session_state.get(_ASKED)
    if asked is not None:
        _edit_dialog(dataset, asked)
    elif _ADDING in st.session_state:
        _add_dialog(dataset, report, claims)


def _line(dataset: Dataset, shown: Shown, *, is_first: bool, is_last: bool) -> None:
    row, key = shown.row, f"{shown.row.id}_{shown.row.edition}"
    with st.container(border=True, gap="xsmall", key=f"edit_{row.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_heading(shown), width="stretch")
            with st.container(horizontal=True, width="content", gap="small"):
                _button("arrow_upward", "Move up", f"up_{key}", _act(store.move_block, row, by=-1), off=is_first)
                _button("arrow_downward", "Move down", f"down_{key}", _act(store.move_block, row, by=1), off=is_last)
                icon, words = ("visibility", "Show") if row.hidden else ("visibility_off", "Hide")
                draft = replace(row.draft, hidden=not row.hidden)
                _button(icon, words, f"hide_{key}", _act(store.change_block, row, draft))
                _button("edit", "Edit", f"edit_{key}", lambda: _ask_edit(row))
                _button("add", "Add a block below", f"add_{key}", lambda: _ask_add(row.id))
                _button("delete", "Take out", f"out_{key}", lambda: _take_out(row))
        words_shown = row.text.strip().replace("\n", " ")
        if words_shown:
            st.caption(plain(words_shown if len(words_shown) <= 160 else f"{words_shown[:159]}…"))
        if shown.block.stale:
            st.caption(f":orange[:material/history:] {plain(shown.block.stale)}")


def _heading(shown: Shown) -> str:
    row, block = shown.row, shown.block
    topic = all_topics().get(row.kind)
    kind = WORDS.get(row.kind) or (topic.title or topic.chapter if topic else row.kind)
    title = plain(row.title) or f"*{plain(kind)}*"
    if row.kind == SECTION:
        return f":material/title: **{title}**" + (" :gray-badge[hidden]" if row.hidden else "")
    missing = any(isinstance(part, Missing) for part in block.parts)
    marks = [":gray-badge[hidden]"] * row.hidden + [":orange-badge[old]"] * shown.is_stale
    marks += [":gray-badge[something is missing]"] * missing
    return " ".join([f"{title} :gray[{plain(kind)}]" if row.title and kind != row.title else title, *marks])


def _button(icon: str, words: str, key: str, act: Callable[[], None], *, off: bool = False) -> None:
    st.button(
        "", icon=f":material/{icon}:", help=words, key=f"block_{key}", type="tertiary", on_click=act, disabled=off
    )


def _act(action: Callable[..., object], row: BlockRow, *arguments: object, **named: object) -> Callable[[], None]:
    def act() -> None:
        job_cards.attempt(action, session.workspace(), row, *arguments, **named, who=job_cards.who())

    return act


def _take_out(row: BlockRow) -> None:
    job_cards.attempt(store.take_out_block, session.workspace(), row, who=job_cards.who())
    st.session_state[_TAKEN_OUT] = row


def _offer_back() -> None:
    """Undo of the last block that was taken out."""
    row: BlockRow | None = st.session_state.get(_TAKEN_OUT)
    if row is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"Taken out: {plain(row.title or WORDS.get(row.kind, row.kind))}.", width="content")
        st.button("Put it back", icon=":material/undo:", type="tertiary", key="block_back", on_click=_put_back)


def _put_back() -> None:
    row = st.session_state.pop(_TAKEN_OUT)
    job_cards.attempt(store.put_back_block, session.workspace(), row, who=job_cards.who())


def _ask_edit(row: BlockRow) -> None:
    st.session_state[_ASKED] = row  # as its reader saw it: somebody else may change it meanwhile
    st.session_state.pop(_ADDING, None)


def _ask_add(behind: int) -> None:
    st.session_state[_ADDING] = behind
    st.session_state.pop(_ASKED, None)


def close() -> None:
    """Have no dialog open."""
    st.session_state.pop(_ASKED, None)
    st.session_state.pop(_ADDING, None)


@st.dialog("Block", width="large", on_dismiss=close)
def _edit_dialog(dataset: Dataset, row: BlockRow) -> None:
    if _ASKED not in st.session_state:
        st.rerun()
    job_cards.show_refusal()
    key = f"{row.id}_{row.edition}"
    title = st.text_input("Title", value=row.title, max_chars=NAME, key=f"block_title_{key}") or ""
    text = row.text
    if row.kind != SECTION:
        text = st.text_area(
            "Your words",
            value=row.text,
            max_chars=store.LONGEST_TEXT,
            height=220,
            key=f"block_words_{key}",
            help="Markdown. `{claim 3}` stands for that claim's sentence with its numbers of now. On slides they are "
            "the speaker's notes.",
        )
    settings = dict(row.settings)
    if row.kind in all_topics():
        settings = _settings(row, key=key)
    draft = replace(row.draft, title=title, text=text, settings=settings)
    st.button(
        "Save",
        type="primary",
        icon=":material/save:",
        key=f"block_save_{key}",
        disabled=draft == row.draft,
        on_click=_save,
        args=(dataset, row, draft),
    )
    editions = load_history(*here(dataset.id), row.id)
    if len(editions) > 1:
        with st.expander(count(len(editions), "wording")):
            rows = [
                {
                    "When": f"{each.written_at:%Y-%m-%d %H:%M}",
                    "Who": each.who,
                    "Title": each.title,
                    "Words": each.text,
                }
                for each in editions
            ]
            tables.show(rows, hide_index=True)


def _settings(row: BlockRow, *, key: str) -> dict[str, object]:
    """How many pictures, drawn by which seed."""
    with st.container(horizontal=True):
        n = st.number_input(
            "Pictures at most",
            0,
            200,
            int(row.settings.get("n") or 0),
            key=f"block_n_{key}",
            help="0: as many as are usual.",
            width=180,
        )
        seed = st.number_input("Seed", 0, 10**9, int(row.settings.get("seed", 801)), key=f"block_seed_{key}", width=180)
    changed = {**row.settings, "n": int(n), "seed": int(seed)}
    return {name: value for name, value in changed.items() if value != {"n": 0, "seed": 801}.get(name)}


def _save(dataset: Dataset, row: BlockRow, draft: BlockDraft) -> None:
    def change(who: str) -> bool:
        store.change_block(session.workspace(), row, draft, who=who)
        if draft.settings != row.settings:
            refresh(session.workspace(), dataset, report_id=row.report_id, only=[row.id])
        return True

    if job_cards.result_of(change, job_cards.who()):
        close()


@st.dialog("Add a block", width="medium", on_dismiss=close)
def _add_dialog(dataset: Dataset, report: Report, claims: dict[int, str]) -> None:
    if _ADDING not in st.session_state:
        st.rerun()
    job_cards.show_refusal()
    topics = {name: topic.title or topic.chapter for name, topic in all_topics().items()}
    offered = {TEXT: WORDS[TEXT], SECTION: WORDS[SECTION], **({"claim": WORDS["claim"]} if claims else {}), **topics}
    kind = str(st.selectbox("What", list(offered), format_func=offered.__getitem__, key="block_add_kind"))
    claim = 0
    if kind == "claim":
        claim = int(
            st.selectbox(
                "Claim", list(claims), format_func=lambda each: f"{each}: {claims[each]}", key="block_add_claim"
            )
            or 0
        )
    selection = _choose_selection(dataset) if kind == "selection" else ""
    default = "" if kind in (TEXT, SECTION, "claim") else selection or topics[kind]
    title = st.text_input("Title", value=default, max_chars=NAME, key=f"block_add_title_{kind}_{selection}") or ""
    text = ""
    if kind != SECTION:
        text = st.text_area("Your words", max_chars=store.LONGEST_TEXT, height=140, key=f"block_add_words_{kind}") or ""
    ready = bool(title.strip() or text.strip()) if kind in (TEXT, SECTION) else kind != "selection" or bool(selection)
    page = all_topics()[kind].page if kind in all_topics() else ("claims" if kind == "claim" else "")
    draft = BlockDraft(
        "claims" if kind == "claim" else kind,
        title=title,
        text=text,
        settings={"claim": claim} if claim else {"name": selection} if selection else {},
        page=page,
    )
    st.button(
        "Add",
        type="primary",
        icon=":material/add:",
        key="block_add",
        disabled=not ready,
        on_click=_add,
        args=(dataset, report, draft),
    )
    st.caption("A chart of any page comes here by “Add to report” below it, with the page's filters.")


def _choose_selection(dataset: Dataset) -> str:
    """The name of a saved selection, "" where there is none."""
    names = [each.name for each in list_selections(session.workspace(), dataset.id)]
    if not names:
        st.caption("There is no saved selection yet: the page Map saves what is drawn around.")
        return ""
    return str(st.selectbox("Selection", names, key="block_add_selection"))


def _add(dataset: Dataset, report: Report, draft: BlockDraft) -> None:
    added = job_cards.result_of(
        add,
        session.workspace(),
        dataset,
        draft,
        report_id=report.id,
        behind=st.session_state.get(_ADDING, 0),
        who=job_cards.who(),
    )
    if added is not None:
        close()

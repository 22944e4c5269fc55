"""The project sheet: fields that are saved when they are left; nothing typed is lost where two people write."""

import streamlit as st

from evidence.report.sheet import ETHICS, FIELDS, LOOKING_BACK, PLAN, THEME, Field, Sprint, read_plan, write_plan
from pages.project import numbers
from pages.project.queries import here, load_history, load_sheet
from pages.ui import job_cards, session, tables
from pages.ui.safe_markdown import safe_markdown
from pages.ui.text import count, plain
from store.datasets import Dataset
from store.errors import ReportChanged
from store.project import LONGEST_TEXT, ProjectText, write_project_text


def show(dataset: Dataset) -> None:
    """All fields; as text for those who may not write them."""
    sheet = load_sheet(*here(dataset.id))
    if not session.may("write_project"):
        _read(dataset, sheet)
        return
    n = sum(bool(sheet[name].text.strip()) for name in FIELDS if name in sheet)
    st.caption(
        f"{n} of {count(len(FIELDS), 'field')} are written, and none is compulsory. A field is saved when you leave it."
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Theme and question", anchor=False)
        for field in THEME:
            _field(dataset, field, sheet)
        st.subheader("Looking back", anchor=False)
        for field in LOOKING_BACK:
            _field(dataset, field, sheet)
    with right:
        st.subheader("Ethics", anchor=False)
        numbers.show(dataset)
        for field in ETHICS:
            _field(dataset, field, sheet)
    _plan(dataset, sheet)
    _history(dataset, sheet)


def _read(dataset: Dataset, sheet: dict[str, ProjectText]) -> None:
    """What is written, without a field to write in."""
    written = {name: sheet[name].text for name in FIELDS if name in sheet and sheet[name].text.strip()}
    sprints = read_plan(sheet[PLAN].text) if PLAN in sheet else []
    if not written and not sprints:
        st.info("Nothing has been written here yet.", icon=":material/hourglass_empty:")
    for name, text in written.items():
        st.subheader(plain(FIELDS[name].title), anchor=False)
        st.markdown(safe_markdown(text))
    numbers.show(dataset)
    if sprints:
        st.subheader("Plan, sprint by sprint", anchor=False)
        rows = [{"Sprint": each.sprint, "Planned": each.planned, "Reached": each.reached} for each in sprints]
        tables.show(rows, hide_index=True, height="content")


def _field(dataset: Dataset, field: Field, sheet: dict[str, ProjectText]) -> None:
    """A field with what somebody else wrote meanwhile, where that is so."""
    key, seen_key = f"sheet_{dataset.id}_{field.name}", f"sheet_seen_{dataset.id}_{field.name}"
    newest = sheet.get(field.name)
    edition, text = (newest.edition, newest.text) if newest else (0, "")
    conflict = st.session_state.get(f"{key}_mine") is not None
    if not conflict and st.session_state.get(seen_key) != edition:  # first drawn, or written elsewhere
        st.session_state[key], st.session_state[seen_key] = text, edition
    elif key not in st.session_state:  # another page was open meanwhile
        st.session_state[key] = st.session_state.get(f"{key}_mine") or text
    save = (dataset, field.name, key, seen_key)
    if field.options:
        _choice(field, key=key, save=save)
    else:
        st.text_area(
            field.title,
            key=key,
            placeholder=field.ask,
            height=field.height,
            max_chars=LONGEST_TEXT,
            on_change=_save,
            args=save,
        )
    if conflict and newest is not None:
        st.warning(
            f"{plain(newest.who)} wrote something else meanwhile ({newest.written_at:%d %B %Y, %H:%M} UTC). Your words "
            "are above and not saved; theirs are:",
            icon=":material/group:",
        )
        st.markdown(f"> {plain(newest.text)}")
        with st.container(horizontal=True):
            st.button(
                "Save mine", key=f"{key}_keep", on_click=_settle, args=(dataset, field.name, key, seen_key, edition)
            )
            st.button("Take theirs", key=f"{key}_take", on_click=_take, args=(key, seen_key, text, edition))


def _choice(field: Field, *, key: str, save: tuple[Dataset, str, str, str]) -> None:
    """A field with few answers; words that are none of them (of a file, say) stay as one more."""
    said = str(st.session_state.get(key) or "")
    options = ["", *field.options, *([said] if said and said not in field.options else [])]
    st.selectbox(
        field.title,
        options,
        key=key,
        format_func=lambda each: each or "not said",
        help=field.ask,
        on_change=_save,
        args=save,
    )


def _save(dataset: Dataset, field: str, key: str, seen_key: str) -> None:
    text, edition = str(st.session_state[key]), int(st.session_state.get(seen_key, 0))
    try:
        write_project_text(
            session.workspace(), dataset.id, field=field, text=text, edition=edition, who=job_cards.who()
        )
    except ReportChanged:
        st.session_state[f"{key}_mine"] = text
        return
    st.session_state[seen_key] = edition + 1
    st.session_state.pop(f"{key}_mine", None)


def _settle(dataset: Dataset, field: str, key: str, seen_key: str, edition: int) -> None:
    st.session_state[seen_key] = edition
    _save(dataset, field, key, seen_key)


def _take(key: str, seen_key: str, text: str, edition: int) -> None:
    st.session_state[key], st.session_state[seen_key] = text, edition
    st.session_state.pop(f"{key}_mine", None)


def _plan(dataset: Dataset, sheet: dict[str, ProjectText]) -> None:
    """Sprints in a table of one's own."""
    st.subheader("Plan, sprint by sprint", anchor=False)
    newest = sheet.get(PLAN)
    edition = newest.edition if newest else 0
    rows = [vars(each) for each in read_plan(newest.text if newest else "")] or [
        {"sprint": "Sprint 1", "planned": "", "reached": ""}
    ]
    edited = st.data_editor(
        rows,
        key=f"plan_{dataset.id}_{edition}",
        num_rows="dynamic",
        hide_index=True,
        column_config={
            "sprint": st.column_config.TextColumn("Sprint", width="small", max_chars=200),
            "planned": st.column_config.TextColumn("Planned", max_chars=2_000),
            "reached": st.column_config.TextColumn("Reached", max_chars=2_000),
        },
    )
    sprints = [Sprint(*(str(row.get(name) or "") for name in ("sprint", "planned", "reached"))) for row in edited]
    text = write_plan(sprints)
    st.button(
        "Save the plan",
        icon=":material/save:",
        key="plan_save",
        type="primary" if text != write_plan([Sprint(**row) for row in rows]) else "secondary",
        on_click=job_cards.attempt,
        args=(write_project_text, session.workspace(), dataset.id),
        kwargs={"field": PLAN, "text": text, "edition": edition, "who": job_cards.who()},
    )


def _history(dataset: Dataset, sheet: dict[str, ProjectText]) -> None:
    """Earlier wordings of a field."""
    several = [name for name, each in sheet.items() if each.edition > 1 and name in FIELDS]
    if not several:
        return
    with st.expander("Earlier wordings", icon=":material/history:"):
        name = st.selectbox(
            "Field", several, format_func=lambda each: FIELDS[each].title, key="sheet_history", width=360
        )
        rows = [
            {"When": f"{each.written_at:%Y-%m-%d %H:%M}", "Who": each.who, "Words": each.text}
            for each in load_history(*here(dataset.id), str(name))
        ]
        tables.show(rows, hide_index=True)

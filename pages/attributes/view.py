"""The parts of the attributes page: the question, which one is looked at, where the line lies, both sides of it."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import streamlit as st

from analytics import yes_no
from analytics.yes_no import Line
from figures.names import one_line
from figures.score_histogram import attribute_shares
from pages.ui import charts, filters, gallery, job_cards, picture, session, staleness, tables
from pages.ui.filters import PAGE_ROWS, label_text
from pages.ui.session import SettledGeneration
from pages.ui.text import LONGEST_TEXT, count, plain, share
from store import selections
from store.attributes import Answers, AttributeRun, list_attribute_runs, read_answers
from store.datasets import Dataset, class_table
from store.neighbours import image_rows
from store.vectors import Space, list_spaces

BELOW = 24  # pictures shown of those under the line


@st.cache_data(max_entries=8, show_spinner=False)
def load_runs(root: str, dataset_id: int, generation: SettledGeneration) -> list[AttributeRun]:
    """The questions that were asked, newest first."""
    return list_attribute_runs(session.workspace(), dataset_id)


@st.cache_data(max_entries=6, show_spinner=False)
def load_answers(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> Answers:
    """What a run says of the kept pictures."""
    return read_answers(session.workspace(), dataset_id, run_id=run_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_names(root: str, dataset_id: int, generation: SettledGeneration) -> list[str]:
    """What each class is called."""
    return filters.class_labels(class_table(session.workspace(), dataset_id))


def ask(dataset: Dataset, *, text: str) -> None:
    """The form of a new question. text: what another page wants to know."""
    reads = session.supervisor().queries.reads_words
    spaces = [space for space in list_spaces(session.workspace(), dataset.id) if space.n_vectors and reads(space)]
    if not spaces:
        st.info(
            "Words are compared with vectors of the pictures: of an open_clip model, or of EfficientNet-Lite0, which "
            "ConSE reads. This dataset has none yet.",
            icon=":material/text_fields:",
        )
        session.link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
        return
    by_title = {one_line(f"{space.name} ({_method(space)})"): space for space in spaces}
    name = st.text_input("Name", value=text, max_chars=60, placeholder="pool", key="attribute_name")
    left, right = st.columns(2)
    yes = left.text_area(
        "Yes, a line each",
        value=f"a photo with a {text}" if text else "",
        placeholder="a photo with a pool\na pool",
        height=90,
        key="attribute_with",
        max_chars=LONGEST_TEXT,
    )
    no = right.text_area(
        "No, a line each",
        value="a photo" if text else "",
        placeholder="a photo without a pool\na photo of a lawn",
        height=90,
        key="attribute_without",
        help="What such pictures show instead says more than “without”: models of words hardly hear a “no”.",
        max_chars=LONGEST_TEXT,
    )
    chosen = st.selectbox("Compared in", list(by_title), key="attribute_space")
    space = by_title[str(chosen)]
    if _method(space) == "ConSE":
        st.caption(
            "ConSE knows what ImageNet's 1,000 classes look like and what words mean, nothing else: things are found, "
            "scenes and moods hardly. An open_clip embedding answers such questions."
        )
    wanted = {"name": (name or "").strip(), "with": yes or "", "without": no or "", "space": space.name}
    st.button(
        "Ask every picture",
        type="primary",
        icon=":material/play_arrow:",
        key="attribute_start",
        disabled=not (wanted["name"] and str(wanted["with"]).strip() and str(wanted["without"]).strip()),
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "attributes"),
        kwargs={"dataset": dataset.name, "parameters": wanted, "who": job_cards.who()},
    )


def _method(space: Space) -> str:
    return "ConSE" if session.supervisor().queries.reads_words(space) == "conse" else "open_clip"


def choose_run(runs: Sequence[AttributeRun]) -> AttributeRun:
    """Draw the questions; the chosen one, by its run in the URL."""
    titles = {str(run.run_id): one_line(f"{run.name} · {run.finished_at:%d %B, %H:%M}") for run in runs}
    picked = st.selectbox(
        "Attribute",
        list(titles),
        format_func=titles.__getitem__,
        key="run",
        bind="query-params",
        width=280,
    )
    return next(run for run in runs if str(run.run_id) == picked)


def choose_line() -> float:
    """Draw the line's slider, which is in the URL."""
    return st.slider(
        "Yes from a share of",
        0.0,
        1.0,
        0.5,
        0.01,
        key="line",
        bind="query-params",
        width=320,
        on_change=_to_first_page,
        help="0.5: the words for yes fit as well as those for no. Where the line belongs, the pictures beside it say.",
    )


def show_histogram(answers: Answers, *, line: float) -> None:
    """How many pictures have which share."""
    counts, edges = yes_no.histogram(answers.shares)
    charts.draw(attribute_shares(counts, edges=edges, threshold=line))


def show_classes(found: Line, *, names: Sequence[str]) -> None:
    """How many of each class say yes: what goes with a class without belonging to it is learnt as well."""
    rows = [
        {"Class": one_line(name), "Yes": int(yes), "Of": int(n), "Share": yes / n}
        for name, yes, n in zip([*names, "no label"], found.n_yes, found.n, strict=True)
        if n
    ]
    rows.sort(key=lambda row: -row["Share"])
    shown = {"Share": st.column_config.ProgressColumn("Share", format="percent", min_value=0.0, max_value=1.0)}
    tables.show(pa.Table.from_pylist(rows), column_config=shown, hide_index=True, height=min(35 * len(rows) + 38, 430))


def show_sides(dataset: Dataset, answers: Answers, found: Line, *, names: Sequence[str]) -> list[int]:
    """Both sides of the line; the ids that are drawn."""
    left, right = st.columns([3, 2], gap="large")
    n, n_yes = len(answers.shares), len(found.above)
    with left:
        st.subheader(f"Yes: {n_yes:,} of {n:,} ({share(n_yes / n)})", anchor=False)
        bar = st.container(horizontal=True, vertical_alignment="center")
        page = filters.page_number(n_yes)
        rows = found.above[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        with bar:
            if session.may("select"):
                _keep(dataset, answers.image_ids[found.above])
        if n_yes:
            st.caption(f"Showing {count(len(rows), 'picture')}, the surest first. The number is the share of yes.")
        above = _gallery(dataset, answers, rows, names=names, key="attribute_yes", label="Yes")
    with right:
        st.subheader("Just below the line: no", anchor=False)
        rows = found.below[:BELOW]
        below = _gallery(dataset, answers, rows, names=names, key="attribute_no", label="Just below the line")
    return above + below


def _keep(dataset: Dataset, image_ids: np.ndarray) -> None:
    with st.popover("Keep as a selection", icon=":material/bookmark_add:", disabled=not len(image_ids)):
        name = st.text_input("Name of the selection", key="attribute_selection", max_chars=selections.LONGEST_NAME)
        st.button(
            f"Keep {count(len(image_ids), 'picture')}",
            type="primary",
            key="attribute_keep",
            on_click=job_cards.attempt,
            args=(selections.save_selection, session.workspace(), dataset.id),
            kwargs={"name": name or "", "image_ids": image_ids, "who": job_cards.who()},
        )
        st.caption("A selection can be reviewed, relabelled at once, exported, or mapped by itself.")


def as_csv(dataset: Dataset, run: AttributeRun, answers: Answers) -> bytes:
    """The pictures with their share, as a table for elsewhere."""
    table = selections.images_table(session.workspace(), dataset.id, image_ids=answers.image_ids)
    places = np.searchsorted(answers.image_ids, table["image_id"].to_numpy())
    column = pa.array(answers.shares[places], pa.float32())
    return selections.as_csv(table.append_column(one_line(run.name), column))


def _gallery(
    dataset: Dataset, answers: Answers, rows: np.ndarray, *, names: Sequence[str], key: str, label: str
) -> list[int]:
    if not len(rows):
        st.caption("No picture.")
        return []
    shares = {int(answers.image_ids[row]): float(answers.shares[row]) for row in rows}
    items = [
        gallery.Item(
            about.image_id,
            about.sha256,
            f"{shares[about.image_id]:.2f}",
            label_text(about.label, about.labels, names=names),
        )
        for about in image_rows(session.workspace(), dataset.id, list(shares))
    ]
    gallery.show([gallery.Section(items)], key=key, label=label, side=104, on_open=picture.ask_for)
    return [item.image_id for item in items]


def say_run(run: AttributeRun) -> None:
    """How the answers came about, in a line; and that they are older than the data, where they are."""
    yes, no = (_said(str(run.parameters[side])) for side in ("with", "without"))
    method = "ConSE" if run.figures.get("method") == "conse" else plain(str(run.figures.get("about", "open_clip")))
    st.caption(f"Yes: {yes}. No: {no}. {method}, on vectors of {plain(run.space)}; run {run.run_id}.")
    if run.is_stale:
        st.info(staleness.sentence(run, kind="attributes"), icon=":material/history:")


def _said(prompts: str) -> str:
    return plain(" / ".join(line.strip() for line in prompts.replace("|", "\n").splitlines() if line.strip()))


def _to_first_page() -> None:
    if "page" in st.session_state:
        st.session_state["page"] = 1

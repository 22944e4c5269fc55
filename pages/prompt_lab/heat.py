"""Pictures and prompts face to face: a table of cosines, and one picture's probabilities."""

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from analytics import zero_shot
from analytics.zero_shot import Prompts
from figures.names import one_line
from figures.probabilities import MOST_CLASSES, class_probabilities
from pages.prompt_lab.queries import Named, Pictures, PromptData, text_cosines
from pages.ui import charts, gallery, links, media, session
from pages.ui.filters import label_text
from pages.ui.session import Here
from pages.ui.text import LONGEST_PATH, count, plain
from store.neighbours import ImageRow, image_rows
from store.selections import selection_images
from store.vectors import Space

MOST_PICTURES, MOST_TEXTS = 24, 60
BY_CLASS, BY_SELECTION, BY_NUMBER = "A class", "A saved selection", "By number"
WHOLE, EACH = "Classes", "Every text"
PICTURE = "picture"
_NOTHING = np.zeros(0, np.int64)
_OF_A_CLASS = 9
# Pale to dark of one hue, so that a table is read as more and less, also in grey and by the colour-blind.
_LIGHT, _DARK = (244, 243, 239), (9, 92, 86)


def draw(here: Here, space: Space, data: PromptData, pictures: Pictures, named: Named, prompts: Prompts) -> list[int]:
    """The chosen pictures, their cosines with classes or texts, and the probabilities of one; the ids drawn."""
    chosen = _chosen(data, pictures)
    if not len(chosen):
        return []
    rows = np.searchsorted(pictures.image_ids, chosen)
    facts = image_rows(session.workspace(), here[1], chosen.tolist())
    rows = rows[: len(facts)]
    what = st.segmented_control(
        "Against", [WHOLE, EACH], default=WHOLE, required=True, key="against_what", bind="query-params"
    )
    if what == EACH:
        texts = zero_shot.texts_of(prompts).texts
        titles = list(texts[:MOST_TEXTS])
        values = text_cosines(here, space, titles, image_ids=chosen)
        if len(texts) > MOST_TEXTS:
            st.caption(f"The first {MOST_TEXTS} of {len(texts):,} texts.")
    else:
        titles, values = list(data.names)[:MOST_TEXTS], named.cosines[rows][:, :MOST_TEXTS]
    _table(facts, titles, values, names=data.names)
    _one(facts, rows, named, data)
    return [int(image_id) for image_id in chosen]


def _chosen(data: PromptData, pictures: Pictures) -> np.ndarray:
    """Ids of the pictures to show, at most MOST_PICTURES, all with a vector."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = st.segmented_control(
            "Pictures from",
            [BY_CLASS, BY_SELECTION, BY_NUMBER],
            default=BY_CLASS,
            required=True,
            key="from",
            bind="query-params",
        )
        ids, said = {BY_CLASS: _of_class, BY_SELECTION: _of_selection, BY_NUMBER: _by_number}[str(way)](data, pictures)
    ids = np.array(list(dict.fromkeys(ids.tolist())), np.int64)
    there = ids[np.isin(ids, pictures.image_ids)]
    if not len(there):
        st.info(said if not len(ids) else "None of these pictures is kept and has a vector in this embedding.")
    elif len(there) > MOST_PICTURES or len(there) < len(ids):
        n = min(len(there), MOST_PICTURES)
        st.caption(f"{n} of {count(len(ids), 'picture')}; up to {MOST_PICTURES} with a vector.")
    return there[:MOST_PICTURES]


def _of_class(data: PromptData, pictures: Pictures) -> tuple[np.ndarray, str]:
    name = st.selectbox("Class", data.names, key="class", bind="query-params", width=200)
    ids = pictures.image_ids[pictures.labels == data.names.index(name)]
    return ids[:: max(1, len(ids) // _OF_A_CLASS)][:_OF_A_CLASS], "This class has no picture with a vector."


def _of_selection(data: PromptData, pictures: Pictures) -> tuple[np.ndarray, str]:
    titles = {one_line(f"{each.name} ({each.n_images:,})"): each for each in data.selections}
    picked = st.selectbox(
        "Selection",
        list(titles),
        key="selection",
        bind="query-params",
        width=260,
        placeholder="None has been saved yet",
    )
    said = "Select pictures on the map and save the selection; it can be chosen here then."
    return selection_images(session.workspace(), titles[picked].id) if picked in titles else _NOTHING, said


def _by_number(data: PromptData, pictures: Pictures) -> tuple[np.ndarray, str]:
    text = st.text_input(
        "Numbers", key="pictures", bind="query-params", placeholder="12, 801, 4077", width=260, max_chars=LONGEST_PATH
    )
    numbers = [links.number_of(part) for part in (text or "").replace(",", " ").split()]
    ids = np.array([number for number in numbers if number is not None], np.int64)
    return ids, "Write numbers of pictures; each one's details say its own."


def _table(facts: Sequence[ImageRow], titles: Sequence[str], values: np.ndarray, *, names: Sequence[str]) -> None:
    """Cosines as a table: a column a picture, a row a text; each picture's highest is framed."""
    low, high = float(np.nanmin(values, initial=1)), float(np.nanmax(values, initial=-1))
    best = np.nan_to_num(values, nan=-np.inf).argmax(axis=1)
    heads = "".join(
        f'<th style="padding:2px;text-align:center;font-weight:400;font-size:.75rem">'
        f'<img src="{html.escape(media.thumb_url(fact.image_id, fact.sha256))}" width="44" height="44" '
        f'style="object-fit:cover;border-radius:.3rem;display:block;margin:auto" alt="picture {fact.image_id}">'
        f"{html.escape(one_line(label_text(fact.label, fact.labels, names=names)))}</th>"
        for fact in facts
    )
    lines = []
    for j, title in enumerate(titles):
        cells = "".join(_cell(values[i, j], low=low, high=high, is_best=best[i] == j) for i in range(len(facts)))
        style = "position:sticky;left:0;background:inherit;text-align:left;padding:2px 6px 2px 0;min-width:6rem;"
        style += "max-width:13rem;font-weight:400;overflow-wrap:break-word"
        head = f'<th style="{style}">{html.escape(one_line(title))}</th>'
        lines.append(f'<tr style="background:inherit">{head}{cells}</tr>')
    st.html(
        '<div style="overflow-x:auto;background:inherit"><table style="border-collapse:separate;border-spacing:2px;'
        f'font-size:.78rem;background:inherit"><thead><tr><th></th>{heads}</tr></thead><tbody>{"".join(lines)}'
        "</tbody></table></div>"
    )
    st.caption(
        f"Cosines from {low:.2f} (pale) to {high:.2f} (dark); framed: each picture's nearest. Below a picture: "
        "its label."
    )


def _cell(value: float, *, low: float, high: float, is_best: bool) -> str:
    if np.isnan(value):
        return '<td style="text-align:center">–</td>'
    part = (float(value) - low) / max(high - low, 1e-9)
    colour = ",".join(str(round(a + (b - a) * part)) for a, b in zip(_LIGHT, _DARK, strict=True))
    ink = "#fff" if part > 0.5 else "#20262b"
    frame = "outline:2px solid #d06a1c;outline-offset:-2px;" if is_best else ""
    return (
        f'<td style="background:rgb({colour});color:{ink};{frame}text-align:center;padding:3px 2px;'
        f'min-width:44px;border-radius:3px">{value:.2f}</td>'
    )


def _one(facts: Sequence[ImageRow], rows: np.ndarray, named: Named, data: PromptData) -> None:
    """The pictures to choose one of, and its probabilities."""
    by_id = {fact.image_id: (fact, int(row)) for fact, row in zip(facts, rows, strict=True)}
    in_url = links.number_in_url(PICTURE)
    asked = in_url if in_url is not None and in_url in by_id else next(iter(by_id))
    st.subheader("One picture", anchor=False)
    items = [gallery.Item(fact.image_id, fact.sha256) for fact, _ in by_id.values()]
    st.caption("A click chooses the picture.")
    gallery.show([gallery.Section(items)], key="heat_pictures", label="Choose a picture", side=56, on_open=_choose)
    fact, row = by_id[asked]
    left, right = st.columns([1, 2], gap="large")
    with left:
        gallery.show_one(fact, names=data.names)
    with right:
        shares = zero_shot.probabilities(named.cosines[[row]], temperature=named.temperature)[0]
        if np.isnan(shares).any():
            st.info("This picture's vector cannot be used: it is zero, or holds what is not a number.")
            return
        _bars(shares, label=fact.label, names=data.names)


def _bars(shares: np.ndarray, *, label: int | None, names: Sequence[str]) -> None:
    top = int(np.argmax(shares))
    st.markdown(f"**{plain(names[top])}**, {100 * shares[top]:.0f} %")
    charts.draw(class_probabilities(shares, names=names, label=label))
    if len(shares) > MOST_CLASSES:
        st.caption(f"The {MOST_CLASSES} likeliest of {len(shares):,} classes.")


def _choose(image_id: int) -> None:
    st.query_params[PICTURE] = str(image_id)

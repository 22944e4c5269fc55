"""The validation set builder: propose, look at each picture, confirm or reject; saved at once, class by class."""

import collections
import html
from collections.abc import Sequence

import streamlit as st

from figures.names import one_line
from pages.ui import job_cards, media, order_fields, session, tables
from pages.ui.filters import name_of
from pages.ui.session import Here
from pages.ui.text import count, plain
from pages.ui.undo import draw_undo
from pages.versions.queries import VersionData, load_candidates
from store import validation
from store.datasets import Dataset
from store.runs import FinishedRun
from store.validation import Candidate

AT_ONCE = 12  # pictures to look at
SIDE = 128  # pixels on the screen
MIN_PICTURES = 10  # in all


def show(dataset: Dataset, here: Here, data: VersionData) -> None:
    """The page's third view."""
    if dataset.task != "single":
        st.info("The builder is for datasets with one label a picture.", icon=":material/label_off:")
        return
    job_cards.show_active(kinds=("validation", "label-issues"))
    if not data.proposals:
        st.markdown(
            "A validation set says how good a model really is, so its labels must be right. Proposed are pictures "
            "whose label "
            "the classifier, the neighbours and every other method agree on, spread over the class by medoids. "
            "You look at each."
        )
        with st.container(border=True):
            _form(dataset, data)
        return
    run = data.proposals[0]
    candidates = load_candidates(*here, run.run_id)
    left, right = st.columns([2, 3], gap="large")
    with left:
        index = _progress(data, run, candidates)
        with st.popover("Propose anew", icon=":material/replay:"):
            st.caption("Answers given so far stay on record, but belong to the old proposal.")
            _form(dataset, data)
        draw_undo(dataset)
    with right:
        own = [one for one in candidates if one.label == index]
        following = _following(candidates, each=int(run.parameters.get("per_class", 0)), but=index)
        _look(dataset, run, own, data=data, index=index, following=following)


def _form(dataset: Dataset, data: VersionData) -> None:
    if not data.spaces:
        st.info("Candidates are spread by their vectors, and this dataset has none yet.")
        session.link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
        return
    if data.label_run is None:
        st.info("Candidates are drawn from labels that all methods agree on; no label check has been made yet.")
        session.link(session.PAGES.label_noise, label="Check the labels first", icon=":material/rule:")
        return
    n_classes = max(len(data.names), 1)
    fields = order_fields.of("validation")
    max_in_all = int(fields.view("per_class").high)
    each = fields.whole(
        "per_class",
        label="Pictures of each class",
        high=max(max_in_all // n_classes, 1),
        key="validation_each",
        help=f"{MIN_PICTURES} to {max_in_all:,} in all. Half as many again are proposed, since some will be rejected.",
    )
    st.caption(f"{count(each * n_classes, 'picture')} of {count(n_classes, 'class', 'classes')} in all.")
    st.button(
        "Propose pictures",
        type="primary",
        icon=":material/play_arrow:",
        key="validation_start",
        on_click=_start,
        args=(dataset.name,),
        disabled=each * n_classes < MIN_PICTURES,
    )


def _start(dataset: str) -> None:
    parameters = {"per_class": int(st.session_state["validation_each"])}
    job_cards.attempt(
        session.supervisor().start, "validation", dataset=dataset, parameters=parameters, who=job_cards.who()
    )


def _progress(data: VersionData, run: FinishedRun, candidates: Sequence[Candidate]) -> int:
    """How far each class is; the class that is to be looked at."""
    each = int(run.parameters.get("per_class", 0))
    confirmed = collections.Counter(one.label for one in candidates if one.confirmed and one.usable)
    offered = collections.Counter(one.label for one in candidates)
    indices = range(len(data.names))
    done = sum(min(confirmed[index], each) for index in indices)
    st.progress(done / max(each * len(indices), 1), text=f"{done:,} of {each * len(indices):,} confirmed")
    tables.show(
        {
            "class": [data.names[index] for index in indices],
            "confirmed": [confirmed[index] for index in indices],
            "proposed": [offered[index] for index in indices],
        },
        hide_index=True,
        height="content",
        column_config={
            "confirmed": st.column_config.ProgressColumn(
                "confirmed", min_value=0, max_value=max(each, 1), format=f"%d of {each}"
            )
        },
    )
    short = [data.names[index] for index in indices if offered[index] < each]
    if short:
        st.caption(f"Too few pictures are agreed on in: {plain(', '.join(short[:5]))}. What there is, is proposed.")
    titles = {f"{data.names[index]}": index for index in indices}
    first = next((place for place, index in enumerate(indices) if confirmed[index] < min(each, offered[index])), 0)
    return titles[st.selectbox("Class to look at", list(titles), index=first, key="look_at", bind="query-params")]


def _following(candidates: Sequence[Candidate], *, each: int, but: int) -> int | None:
    """The first other class with pictures still to be looked at."""
    confirmed = collections.Counter(one.label for one in candidates if one.confirmed and one.usable)
    waiting = {one.label for one in candidates if one.confirmed is None and one.usable}
    return next((index for index in sorted(waiting) if index != but and confirmed[index] < each), None)


def _look_at(name: str) -> None:
    st.session_state["look_at"] = name


def _look(
    dataset: Dataset, run: FinishedRun, own: list[Candidate], *, data: VersionData, index: int, following: int | None
) -> None:
    """The next pictures of a class, each with its two buttons. following: a class that is not done yet."""
    name = plain(name_of(index, names=data.names))
    each = int(run.parameters.get("per_class", 0))
    n_confirmed = sum(bool(one.confirmed) and one.usable for one in own)
    waiting = [one for one in own if one.confirmed is None and one.usable]
    needed = min(max(each - n_confirmed, 0), len(waiting))
    if not needed:
        if n_confirmed >= each:
            st.success(f"{name}: all {n_confirmed} are confirmed.", icon=":material/check:")
        else:
            st.warning(
                f"{name}: {n_confirmed} confirmed, and no candidate is left. Propose fewer of each class, or "
                "label more."
            )
        if following is not None:
            st.button(
                f"Go on with {plain(name_of(following, names=data.names))}",
                icon=":material/arrow_forward:",
                key="look_at_next",
                on_click=_look_at,
                args=(data.names[following],),
            )
        return
    shown = waiting[: min(needed, AT_ONCE)]
    st.markdown(
        f"Does each of these show a **{name}**, and only that? {needed} to go, {count(len(waiting), 'candidate')} left."
    )
    with st.container(horizontal=True, gap="small"):
        for one in shown:
            _tile(dataset, run, one)
    st.button(
        f"Confirm all {len(shown)} shown",
        key=f"confirm-{shown[0].image_id}-{len(shown)}",
        icon=":material/done_all:",
        type="primary",
        on_click=_answer,
        args=(dataset.id, run.run_id, shown, True),
    )
    st.caption("Reject what you doubt first. Each answer is saved at once, as an act that can be taken back.")


def _tile(dataset: Dataset, run: FinishedRun, one: Candidate) -> None:
    with st.container(border=True, width=SIDE + 34, gap="xsmall"):
        url = html.escape(media.picture_url(one.image_id, one.sha256))
        style = f"display:block;width:{SIDE}px;height:{SIDE}px;object-fit:contain;border-radius:.3rem"
        st.html(f'<img src="{url}" alt="{html.escape(one_line(one.path))}" style="{style}">')
        near = f"{count(one.n_near, 'near duplicate')}" if one.n_near else "no near duplicate"
        st.caption(near)
        with st.container(horizontal=True, gap="xsmall"):
            for title, icon, confirmed in (("Right", "check", True), ("No", "close", False)):
                st.button(
                    title,
                    key=f"{title}-{one.image_id}",
                    icon=f":material/{icon}:",
                    type="tertiary",
                    on_click=_answer,
                    args=(dataset.id, run.run_id, [one], confirmed),
                )


def _answer(dataset_id: int, run_id: int, candidates: list[Candidate], confirmed: bool) -> None:
    job_cards.attempt(
        validation.answer,
        session.workspace(),
        dataset_id,
        run_id=run_id,
        candidates=candidates,
        confirmed=confirmed,
        who=job_cards.who(),
    )

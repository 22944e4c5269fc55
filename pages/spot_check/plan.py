"""Plan: what is asked of whom, and how much it will say, before anybody answers."""

from collections.abc import Sequence

import streamlit as st

from analytics.errors import BadParameter
from analytics.spot_check import CHOSEN, EQUAL, PROPORTIONAL
from evidence import spot_check_plan as planning
from evidence.spot_check_plan import CHANGED, CLASS, DOUBTED, Plan, Strata
from figures.names import one_line
from pages.spot_check import choice
from pages.spot_check.queries import SpotData, load_frame
from pages.ui import filters, job_cards, links, session, tables
from pages.ui.session import Here
from pages.ui.text import LONGEST_LINE, count, percent, plain, share
from store.datasets import Dataset
from store.errors import SpotCheckRefused

NOW = "As it stands now"
BY = {"Class": CLASS, "Doubted or not": DOUBTED, "Changed or not": CHANGED}
ALLOCATIONS = {"In proportion": PROPORTIONAL, "Equally": EQUAL, "As I choose": CHOSEN}
SIZES = (50, 100, 200, 400, 800, 1_600)
_MOST_ROWS = 12


def show(dataset: Dataset, here: Here, data: SpotData) -> None:
    """What is chosen, what it will say, and the button that begins."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        plan, guess = _chosen(data)
    frame = load_frame(*here, plan.version_id, plan.label_run)
    with right:
        if not frame.n:
            st.info("There is no picture with a label that could be asked for.", icon=":material/info:")
            return
        try:
            strata = planning.strata_of(frame, by=plan.by, names=filters.every_name(_n(frame), names=data.names))
            plan = _with_numbers(strata, plan)
            _outlook(strata, plan, guess=guess)
        except (BadParameter, SpotCheckRefused, ValueError) as error:
            st.warning(plain(error), icon=":material/tune:")
            return
        if not session.may("start_check"):
            return
        st.button(
            "Begin the spot check",
            type="primary",
            icon=":material/play_arrow:",
            key="spot_begin",
            on_click=_begin,
            args=(dataset, plan, data.names),
        )


def _other_strata() -> None:
    """Numbers of one's own were for other strata; a callback's work."""
    st.session_state.pop("numbers", None)


def _n(frame: planning.Frame) -> int:
    """How many classes the labels name."""
    return int(max(frame.before.max(initial=-1), frame.after.max(initial=-1))) + 1


def _chosen(data: SpotData) -> tuple[Plan, float]:
    """Draw the choices; what was chosen, and the share of wrong labels that is expected."""
    versions = {one_line(version.name): version.id for version in data.versions}
    titles = [NOW, *versions]
    of = str(st.selectbox("Labels of", titles, key="of", bind="query-params", help="The labels after cleaning."))
    options = list(BY) if data.label_run else [name for name in BY if BY[name] != DOUBTED]
    by = st.pills(
        "Strata by",
        options,
        selection_mode="multi",
        key="strata",
        bind="query-params",
        on_change=_other_strata,
        help="Of each part so many are drawn that it says something. None: at random from all.",
    )
    how = PROPORTIONAL
    if by:
        picked = st.segmented_control(
            "Pictures of each",
            list(ALLOCATIONS),
            default="In proportion",
            required=True,
            key="each",
            bind="query-params",
        )
        how = ALLOCATIONS.get(str(picked), PROPORTIONAL)
    with st.container(horizontal=True):
        n = 0
        if how != CHOSEN:
            n = links.whole_number("Pictures", 2, planning.MOST_PICTURES, 200, step=50, key="n", width=112)
        people = links.whole_number("People a picture", 1, 20, 1, key="people", width=122)
        twice = links.whole_number(
            "Twice, %", 0, 100, 10, step=5, key="twice", width=104,
            help="So many come again, unannounced: does a person say the same?",
        )  # fmt: skip
    with st.container(horizontal=True):
        guess = links.whole_number("Wrong perhaps, %", 0, 100, 10, key="guess", width=130, help="For the width alone.")
        seed = links.whole_number("Seed", 0, 10**9, 801, key="seed", width=120)
    plan = Plan(
        versions.get(of, 0),
        data.label_run,
        tuple(BY[name] for name in by),
        how,
        n,
        n_reviewers=people,
        twice=twice / 100,
        seed=seed,
    )
    return plan, guess / 100


def _with_numbers(strata: Strata, plan: Plan) -> Plan:
    """The plan with how many pictures there can be; of an allocation of one's own the numbers are typed."""
    total = int(strata.sizes.sum())
    if plan.allocation != CHOSEN:
        return Plan(**{**vars(plan), "n": min(max(plan.n, planning.least(strata)), total)})
    usual = ", ".join(str(min(50, size)) for size in strata.sizes.tolist())
    typed = str(
        st.text_input(
            f"How many of each of the {len(strata.titles)} strata, in this order",
            value=usual,
            key="numbers",
            bind="query-params",
            max_chars=LONGEST_LINE,
        )
    )
    numbers = [links.number_of(each.strip()) for each in typed.split(",")]
    if None in numbers:
        raise BadParameter("How many of each: whole numbers with commas between them.")
    chosen = tuple(each for each in numbers if each is not None)
    return Plan(**{**vars(plan), "chosen": chosen, "n": sum(chosen)})


def _outlook(strata: Strata, plan: Plan, *, guess: float) -> None:
    """What will be asked, and how wide the interval will be."""
    asked = planning.asked_of(strata, plan)
    found = planning.outlook(strata, asked=asked, guess=guess)
    n, total = int(asked.sum()), int(strata.sizes.sum())
    with st.container(horizontal=True, gap="large"):
        st.metric("Pictures", f"{n:,}", width="content", help=f"Of {total:,} that carry a label, before or after.")
        st.metric("Answers", f"{round(n * (plan.n_reviewers + plan.twice * plan.n_reviewers)):,}", width="content")
        width = f"± {100 * (found.high - found.low) / 2:.1f} points"
        st.metric("Expected precision", width, width="content", help="Half of the 95 % interval's width.")
    st.markdown(
        f"If {share(guess)} of the labels are wrong, {count(n, 'picture')} say: between **{percent(found.low)}** and "
        f"**{percent(found.high)}** (95 %)."
    )
    rows = planning.outlooks(strata, plan, sizes=sorted({*SIZES, n}), guess=guess)
    if len(rows) > 1:
        widths = [
            {"Pictures": size, "From": each.low, "To": each.high, "Points": f"± {50 * (each.high - each.low):.1f}"}
            for size, each in rows
        ]
        in_percent = st.column_config.NumberColumn(format="percent")
        shares = {"From": in_percent, "To": in_percent}
        tables.show(widths, hide_index=True, height="content", column_config=shares)
    if len(strata.titles) > 1:
        _strata(strata, asked.tolist())


def _strata(strata: Strata, asked: Sequence[int]) -> None:
    rows = [
        {"Stratum": title, "Pictures": size, "Asked for": n}
        for title, size, n in zip(strata.titles, strata.sizes.tolist(), asked, strict=True)
    ]
    tables.show(rows, hide_index=True, height="content" if len(rows) <= _MOST_ROWS else 380)


def _begin(dataset: Dataset, plan: Plan, names: Sequence[str]) -> None:
    check_id = job_cards.result_of(_begun, dataset, plan, names=names)
    if check_id is not None:
        choice.go_to(check_id, view=choice.ANSWER)


def _begun(dataset: Dataset, plan: Plan, *, names: Sequence[str]) -> int:
    try:
        every = load_frame(*session.here(dataset.id), plan.version_id, plan.label_run)
        named = filters.every_name(max(_n(every), len(names)), names=names)
        return planning.begin(session.workspace(), dataset, plan, names=named, who=job_cards.who())
    except BadParameter as error:
        raise SpotCheckRefused(str(error)) from error

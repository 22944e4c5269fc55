"""Data budget: what more pictures, cleaner ones and better chosen ones would bring."""

import streamlit as st

from analytics import budget
from analytics.budget import Curve
from figures.names import one_line
from figures.sample_size import accuracy_by_size
from pages.data_budget import form, train, wording
from pages.data_budget.queries import BudgetData, difference, find, load_curves, load_data, load_evaluation
from pages.ui import charts, explain, filters, gallery, job_cards, keep, picture, session, staleness, tables
from pages.ui.session import Here
from pages.ui.text import count, percent, plain
from store.budget import BudgetRun
from store.datasets import Dataset

CLEANER, NOISE, CHOICE, JUDGED = "Cleaner or more?", "Planted noise", "Which pictures?", "Judged on"
SHOWN = 120


def run_title(run: BudgetRun) -> str:
    """A budget in a list and in the URL, on one line."""
    return one_line(f"{run.space} · run {run.run_id}, {run.finished_at:%d %B %Y}")


def choose(data: BudgetData) -> tuple[BudgetRun, str]:
    """The run and the view; in the URL as `run` and `view`."""
    titles = {run_title(run): run for run in data.runs}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox("Computed", list(titles), key="run", bind="query-params", width=380)
        if session.may("start_job"):
            with st.popover("Compute again", icon=":material/add:"):
                form.show(dataset, data)
    view = st.segmented_control(
        "Show",
        [CLEANER, NOISE, CHOICE, JUDGED],
        default=CLEANER,
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    return titles.get(str(picked), data.runs[0]), str(view)


def say_state(run: BudgetRun) -> None:
    """The evaluation set, always; and whether the data have changed since."""
    believed = run.parameters.get("evaluate_on") == form.BELIEVED
    note = " These are easier than most, so trust differences more than heights." if believed else ""
    st.caption(f"{plain(wording.judged_on(run))}.{note}")
    if run.is_stale:
        st.warning(
            f"This budget is older than the data. {staleness.sentence(run, kind='data-budget')}",
            icon=":material/history:",
        )


def claimable(run: BudgetRun, lines: list[Curve], *, part: str) -> list[keep.Proposal]:
    """The numbers that answer the question, as claims about this budget."""
    best, others = lines[0], [line.line for line in lines[1:]]
    against = budget.RAW if budget.RAW in others else others[-1] if others else ""
    of = {"run": run.run_id, "part": part}
    proposals = [keep.Proposal("budget-accuracy", {**of, "line": line.line}) for line in lines]
    if against:
        proposals.insert(0, keep.Proposal("budget-gain", {**of, "line": best.line, "against": against}))
    doubled = [line.line for line in lines if line.doubling is not None]
    return proposals + [keep.Proposal("budget-doubling", {"run": run.run_id, "line": line}) for line in doubled]


def draw_figures(curves: list[Curve]) -> None:
    """The numbers that answer the question."""
    raw, best = find(curves, budget.RAW), curves[0]
    if raw is None:
        return
    with st.container(horizontal=True, gap="small"):
        st.metric("Raw, all pictures", percent(raw.last.accuracy.mean), border=True)
        if best is not raw:
            gain = difference(best, raw)
            st.metric(
                f"Best: {best.line}",
                percent(best.last.accuracy.mean),
                delta=f"{100 * gain.mean:+.1f} points",
                border=True,
                help=wording.points(gain),
            )
        if raw.doubling is not None:
            st.metric(
                "Twice the raw data, expected",
                f"{100 * raw.doubling.mean:+.1f} points",
                border=True,
                help=f"By a power law through the raw line: {wording.doubling(raw)}.",
            )


def draw_cleaner(curves: list[Curve]) -> None:
    """Accuracy over size for each state of the data, and the table under it."""
    draw_figures(curves)
    charts.draw(accuracy_by_size(curves, by="state of the data"))
    raw = find(curves, budget.RAW)
    rows = [
        {
            "State of the data": f"{curve.line}: {wording.state(curve.line)}",
            "Pictures": f"{curve.last.size:,}",
            "Balanced accuracy": wording.with_interval(curve.last.accuracy),
            "Against raw": "" if raw is None or curve is raw else wording.points(difference(curve, raw)),
            "Twice as many": wording.doubling(curve),
        }
        for curve in curves
    ]
    tables.show(rows, hide_index=True, height="content")
    st.caption(
        "Large dots: all pictures of that state. In brackets: 95 % intervals, of the draws and of judging on so few "
        "pictures together; of the last column, over a bootstrap of the draws alone."
    )


def draw_noise(curves: list[Curve]) -> None:
    """Accuracy over size with wrong labels planted."""
    st.markdown("Labels of the cleanest state are exchanged at random before training: what each tenth costs.")
    charts.draw(accuracy_by_size(curves, by="planted noise"))
    clean = curves[0]
    rows = [
        {
            "Planted": curve.line,
            "Balanced accuracy": wording.with_interval(curve.last.accuracy),
            f"Against {clean.line}": "" if curve is clean else wording.points(difference(curve, clean)),
        }
        for curve in curves
    ]
    tables.show(rows, hide_index=True, height="content")


def draw_choice(curves: list[Curve]) -> None:
    """Accuracy over size for each way to choose as many pictures."""
    st.markdown("The same number of pictures, chosen in four ways from the raw data: which would you label first?")
    charts.draw(accuracy_by_size(curves, by="way of choosing"))
    chance = next((curve for curve in curves if curve.line == "at random"), None)
    rows = [
        {
            "Chosen": curve.line,
            "Pictures": f"{curve.last.size:,}",
            "Balanced accuracy": wording.with_interval(curve.last.accuracy),
            "Against random": "" if chance in (None, curve) else wording.points(difference(curve, chance)),
        }
        for curve in curves
    ]
    tables.show(rows, hide_index=True, height="content")


def draw_judged(here: Here, run: BudgetRun, names: list[str]) -> list[int]:
    """The evaluation set itself, class by class."""
    table = load_evaluation(*here, run.run_id)
    shown = table.to_pylist()[:: max(1, table.num_rows // SHOWN)][:SHOWN]
    st.caption(f"{len(shown)} of {count(table.num_rows, 'picture')}, with the labels they have now, by class")
    items = [
        gallery.Item(
            row["image_id"],
            row["sha256"],
            filters.label_text(row["label"], row["labels"], names=names),
            row["split"] or "",
        )
        for row in shown
    ]
    gallery.show([gallery.Section(items)], key="judged", label="Evaluation set", side=96, on_open=picture.ask_for)
    return [item.image_id for item in items]


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
st.title(f"Data budget of {plain(dataset.name)}")
job_cards.show_refusal()
data = load_data(*here)
job_cards.show_active(kinds=("data-budget",))
if not data.runs:
    st.markdown(
        "Would more pictures help, or cleaner ones? Small classifiers are trained on more and more of the pictures, as "
        "they are and cleaned in several ways, and judged on the same evaluation set."
    )
    with st.container(border=True):
        form.show(dataset, data)
    st.stop()

run, view = choose(data)

say_state(run)
shown: list[int] = []
parts = {CLEANER: ("cleanliness", draw_cleaner), NOISE: ("noise", draw_noise), CHOICE: ("selection", draw_choice)}
if view == JUDGED:
    shown = draw_judged(here, run, data.names)
else:
    part, draw = parts[view]
    curves = load_curves(*here, run.run_id, part)
    if curves:
        draw(curves)
        proposals, query = claimable(run, curves, part=part), {"run": run_title(run), "view": view}
        keep.offer(dataset, proposals, page="data_budget", key=f"data_budget_{part}", query=query)
        train.show(dataset, run, curves, data, part=part)
    else:
        st.info("This run left that part out.")
explain.how(
    "Logistic regressions on the embedding, trained on class-stratified draws of each size; every line has a draw a "
    "seed, so that lines can be compared pair by pair. Neither the evaluation set nor a near duplicate of it is learnt "
    "from. What twice the data would bring is read off a power law, error = floor + scale · n^(−exponent).",
    parameters=[
        f"Embedding: {plain(run.space)}, {run.parameters.get('pca_dims')} principal components; "
        f"{run.parameters.get('seeds')} draws of each of {run.parameters.get('sizes')} sizes; "
        f"{int(run.figures.get('n_cells', 0)):,} classifiers in {run.seconds:.0f} s.",
        f"Run {run.run_id}, label check {run.parameters.get('label_run') or 'none'}, Vitrine "
        f"{plain(run.code_version)}.",
        "A network trained from scratch learns more slowly than a regression on another network's vectors: expect the "
        "order of the lines to carry over, not their heights.",
    ],
    sources=[
        "Hestness et al., Deep Learning Scaling is Predictable, 2017 (power law)",
        "Sener and Savarese, ICLR 2018 (core-set)",
    ],
)
picture.open_asked(dataset, names=data.names, neighbours=shown)

"""Representatives: the few pictures that stand for all, whom they stand for, and how many it takes."""

import streamlit as st

from figures.names import one_line
from pages.representatives import choices, curve, form, queries, views, wording
from pages.representatives.queries import Clusters, RepresentativeData
from pages.ui import explain, job_cards, keep, picture, session, staleness
from pages.ui.text import count, plain
from store.datasets import Dataset
from store.medoids import MedoidRun

SHEET, CURVE, CHOICES, TYPICAL = "Representatives", "How many?", "Other choices", "Typical of a class"


def choose(data: RepresentativeData) -> tuple[MedoidRun, str]:
    """The run and the view; in the URL as `run` and `view`."""
    titles = {one_line(wording.title(run)): run for run in data.runs}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox(
            "Found", list(titles), key="run", bind="query-params", width=420, on_change=views.show_all
        )
        if session.may("start_job"):
            with st.popover("Find others", icon=":material/add:"):
                form.show(dataset, data.spaces)
    view = st.segmented_control(
        "Show",
        [SHEET, CURVE, CHOICES, TYPICAL],
        default=SHEET,
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    return titles.get(str(picked), data.runs[0]), str(view)


def say_state(run: MedoidRun, clusters: Clusters) -> None:
    """What is missing, and whether the run is older than the data."""
    for note in run.figures.get("notes", []):
        st.info(plain(note), icon=":material/info:")
    if run.is_stale:
        st.warning(
            f"These are older than the data. {staleness.sentence(run, kind='medoids')}",
            icon=":material/history:",
        )
    balance = clusters.balance
    if balance.n_failed:
        with st.expander(f"{count(balance.n_failed, 'picture')} could not be compared"):
            st.markdown("\n".join(f"- {plain(row['path'])}: {row['reason']}" for row in clusters.left_out))
    n_missing = balance.n_without - balance.n_failed
    if n_missing > 0:
        st.info(
            f"{count(n_missing, 'picture')} of {balance.n_images:,} {'is' if n_missing == 1 else 'are'} in no cluster: "
            "without a vector, or newer than the run.",
            icon=":material/visibility_off:",
        )
        session.link(session.PAGES.jobs, label="Embed them on the jobs page", icon=":material/play_circle:")


def say_worth(run: MedoidRun, clusters: Clusters) -> None:
    """What the representatives are worth: the sample's loss beside that over all; and how it is computed."""
    metric = wording.METRICS.get(str(run.parameters["metric"]), "")
    left, right = st.columns([5, 2], gap="medium")
    with left:
        st.markdown(wording.search_sentence(run, clusters.own))
        proposals, query = claimable(run, curve_for(run, data.runs)), {"run": one_line(wording.title(run))}
        keep.offer(dataset, proposals, page="representatives", key="representatives", query=query)
    with right:
        explain.how(
            "k-medoids chooses k pictures so that the sum of all pictures' distances to the nearest chosen is small. "
            "FasterPAM starts from a greedy choice and swaps a chosen picture for another while that helps. On the "
            "curve each k starts from the medoids of the k before it, once upwards and once downwards; the better "
            "stands. Above 10,000 pictures samples are searched (CLARA), and every loss, coverage and cluster is then "
            "counted over all pictures. With cosine distance the medoids shown were last moved to the middle of their "
            "clusters over all pictures, so that they can be a little better than their point on the curve.",
            parameters=[
                f"Distance d: {metric}; seed {run.parameters['seed']}. Embedding: {plain(run.space)}.",
                f"Run {run.run_id}, {run.seconds:.0f} s, Vitrine {plain(run.code_version)}.",
                "Purity: the share of a cluster's most common class among its labelled pictures, with today's labels.",
                "Typicality: the mean cosine of a picture to all others of its class.",
            ],
            sources=[
                "Schubert and Rousseeuw, Information Systems 2021 (FasterPAM); Kaufman and Rousseeuw, 1990 (CLARA)",
                "Rousseeuw, 1987 (silhouette); Satopaa et al., 2011 (Kneedle, the suggested k)",
                "Sener and Savarese, ICLR 2018 (core-set by farthest first)",
            ],
        )


def claimable(run: MedoidRun, of_curve: MedoidRun | None) -> list[keep.Proposal]:
    """What the representatives are worth, as claims; their coverage at the cosine that the page shows."""
    proposals = [keep.Proposal("medoid-distance", {"run": run.run_id})]
    if of_curve is not None:
        cosine = float(st.session_state.get("cosine", curve.COSINE))
        at = {"run": of_curve.run_id, "percent": round(100 * cosine), "k": run.k}
        proposals.insert(0, keep.Proposal("medoid-coverage", at))
    return [*proposals, keep.Proposal("representatives", {"run": run.run_id})]


def curve_for(run: MedoidRun, runs: list[MedoidRun]) -> MedoidRun | None:
    """The run whose curve speaks for `run`: itself, or the newest of the same embedding and distance with a curve."""
    same = [one for one in runs if (one.space, one.parameters["metric"]) == (run.space, run.parameters["metric"])]
    return next((one for one in [run, *same] if not one.parameters["k"]), None)


def start_first(data: RepresentativeData) -> None:
    """What to do where nothing has been found yet; ends the page."""
    st.markdown(
        "No representatives have been chosen yet: a few pictures that stand for all, each with those it stands for."
    )
    with st.container(border=True):
        form.show(dataset, data.spaces)
    st.stop()


dataset: Dataset = session.require_dataset()
here = session.here(dataset.id)
st.title(f"Representatives of {plain(dataset.name)}")
job_cards.show_refusal()
data = queries.load_data(*here)
if not data.runs:
    start_first(data)

run, view = choose(data)
clusters = queries.load_clusters(*here, run.run_id)
say_state(run, clusters)
say_worth(run, clusters)

shown: list[int] = []
chosen = views.cluster_in_url(clusters)
if view == CURVE:
    curve.show(run, curve_for(run, data.runs), dataset=dataset, here=here)
elif view == CHOICES:
    shown = choices.show_choices(clusters, names=data.names, here=here, run=run)
elif view == TYPICAL:
    shown = choices.show_typical(names=data.names, here=here, run=run)
elif chosen is not None:
    shown = views.show_cluster(chosen, clusters, names=data.names, here=here, run_id=run.run_id)
else:
    views.show_sheet(clusters, names=data.names)

picture.open_asked(dataset, names=data.names, neighbours=shown)

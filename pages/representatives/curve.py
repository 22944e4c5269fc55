"""How many representatives: the curves over k, the suggestion, the coverage, and taking another k."""

import pyarrow as pa
import streamlit as st

from analytics.elbow import Elbow, elbow
from figures.medoids import coverage, distortion_and_inertia, loss, silhouettes
from pages.representatives import form, queries, wording
from pages.ui import charts
from pages.ui.session import Here
from pages.ui.text import count
from store import medoids
from store.datasets import Dataset

COSINE = 0.6  # from which on a picture counts as covered, unless the slider says otherwise


def show(run: medoids.MedoidRun, with_curve: medoids.MedoidRun | None, *, dataset: Dataset, here: Here) -> None:
    """The curve over k, the suggestion, the coverage, and a button that takes another k."""
    if with_curve is None:
        st.info("No curve over k has been computed for this embedding and distance yet.", icon=":material/show_chart:")
        parameters = {"space": run.space, "metric": run.parameters["metric"], "k": 0}
        form.start_button("Compute the curve", dataset, parameters, key="medoids_curve")
        return
    curve = queries.load_curve(*here, with_curve.run_id)
    ks = curve["k"].to_pylist()
    if with_curve.run_id != run.run_id:
        st.caption(f"The curve is that of run {with_curve.run_id}.")
    bend = elbow(ks, curve["loss"].to_pylist())
    _suggest(curve, bend, run=run, dataset=dataset)
    _curves(curve, run=run)
    _coverage(here, with_curve.run_id, run=run)


def _suggest(curve: pa.Table, bend: Elbow | None, *, run: medoids.MedoidRun, dataset: Dataset) -> None:
    """The suggestion with its reason, and a button that takes another k."""
    ks = curve["k"].to_pylist()
    left, right = st.columns([5, 3], gap="large")
    with left:
        st.markdown(wording.elbow_sentence(bend, first=ks[0], last=ks[-1]))
        st.markdown(wording.silhouette_sentence(curve.to_pydict()))
    with right, st.container(horizontal=True, vertical_alignment="bottom"):
        start = bend.k if bend is not None else run.k
        k = st.number_input("Take another k", 1, 1000, start, key="medoids_other_k", width=140)
        same = {name: run.parameters[name] for name in ("metric", "sample_size", "n_samples", "seed")}
        parameters = {"space": run.space, **same, "k": int(k)}
        form.start_button("Find them", dataset, parameters, key="medoids_take_k")


def _curves(curve: pa.Table, *, run: medoids.MedoidRun) -> None:
    """Distortion and inertia on one line, the loss, the silhouettes, each with its formula."""
    n = curve["n_images"][0].as_py()
    first, second, third = st.columns(3, gap="medium")
    with first:
        st.markdown("**Distortion and inertia**")
        charts.draw(distortion_and_inertia(curve, k=run.k))
        st.markdown(r"$D=\frac1n\sum_i d_i^2,\quad I=\sum_i d_i^2=n\,D$")
        st.caption(
            f"One line on two axes: inertia is distortion times n = {n:,}. Read one of them; the other adds nothing."
        )
    with second:
        st.markdown("**k-medoids' own loss**")
        charts.draw(loss(curve, k=run.k))
        st.markdown(r"$L=\sum_i d_i$")
        n_sample = curve["n_sample"][0].as_py()
        promised = f" Dashed: what the samples of {n_sample:,} promised, scaled to all {n:,}." if n_sample < n else ""
        st.caption(f"What the search makes small: distances, not squared.{promised}")
    with third:
        st.markdown("**Silhouette**")
        charts.draw(silhouettes(curve, k=run.k))
        st.markdown(r"$s_i=\frac{b_i-a_i}{\max(a_i,b_i)}$")
        st.caption(
            f"The mean over {count(min(n, 2000), 'picture')}; a: mean distance to the own cluster, b: to the next. "
            f"Dashed: the medoid silhouette over all {n:,}, which compares distances to medoids alone."
        )
    metric = wording.METRICS.get(str(run.parameters["metric"]), "")
    st.caption(
        f"d is a picture's distance to the nearest representative: {metric}. The dotted line is the k shown, {run.k:,}."
    )


def _coverage(here: Here, run_id: int, *, run: medoids.MedoidRun) -> None:
    """The share of pictures with a near representative, over k."""
    st.subheader("Coverage", anchor=False)
    left, right = st.columns([2, 3], gap="large")
    with left:
        cosine = st.slider("Within a cosine of", 0.0, 1.0, COSINE, 0.01, key="cosine", bind="query-params")
        table = queries.load_coverage(*here, run_id, round(100 * cosine))
        ks, shares = table["k"].to_pylist(), table["share"].to_pylist()
        st.markdown(wording.coverage_sentence(ks, shares, k=run.k, cosine=cosine))
    with right:
        charts.draw(coverage(table, k=run.k))

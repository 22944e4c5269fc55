"""Representatives in words: what a run is called, what a choice is worth, why a k. Nothing here draws."""

from collections.abc import Mapping, Sequence

from analytics.elbow import Elbow
from figures.names import one_line
from pages.ui.filters import name_of
from pages.ui.rows import Row
from pages.ui.text import count, share
from store.medoids import MedoidRun

METRICS = {"cosine": "1 − cosine", "euclidean": "the Euclidean distance"}
CHOOSERS = {
    "medoids": "k-medoids",
    "kmeans": "k-means, nearest to its centres",
    "farthest": "farthest first (core-set)",
    "random": "at random, even over classes",
}
ABOUT_CHOOSERS = {
    "medoids": "**k-medoids** makes the sum of all distances to the nearest chosen picture small: typical pictures.",
    "kmeans": "**k-means** places free centres; the picture nearest to each is taken.",
    "farthest": "**Farthest first** always takes the picture farthest from all chosen ones: the rarest, outliers too.",
    "random": "**At random** is the yardstick: any method should beat it.",
}


def title(run: MedoidRun) -> str:
    """A run in a list: "23 by the curve, cosine · lite0 · run 7"; holds an untrusted name of a space."""
    how = "" if run.parameters.get("k") else " by the curve"
    return f"{run.k:,}{how}, {run.parameters.get('metric')} · {run.space} · run {run.run_id}"


def cluster_title(row: Row, *, names: Sequence[str]) -> str:
    """What a cluster is called: its name, else its most common class, else its number; holds untrusted names."""
    if row["name"]:
        return one_line(row["name"])
    if row["majority"] is not None:
        return name_of(int(row["majority"]), names=names)
    return f"cluster {int(row['cluster']) + 1}"


def size_and_purity(row: Row, *, names: Sequence[str]) -> str:
    """ "1,705 · 81 %"; of a named cluster "1,705 · 81 % Cat". Holds untrusted names."""
    size = f"{row['n_members']:,}"
    if row["purity"] is None:
        return f"{size} · no labels"
    of = f" {name_of(int(row['majority']), names=names)}" if row["name"] else ""
    return f"{size} · {share(float(row['purity']))}{of}"


def search_sentence(run: MedoidRun, own: Row) -> str:
    """How the medoids were found, with the sample's loss beside that over all; Markdown of ours."""
    n, n_sample = int(own["n_images"]), int(own["n_sample"])
    at_last = f"**{own['mean_distance']:.4f}** over all {count(n, 'picture')}"
    if n_sample == n:
        return f"All {n:,} pictures were searched at once. Their mean distance to the nearest medoid is {at_last}."
    tries = count(int(run.figures.get("n_samples") or run.parameters.get("n_samples") or 1), "sample")
    moved = own["found_mean"] - own["mean_distance"]
    before = f", {own['found_mean']:.4f} before the medoids were moved to the middle of their clusters"
    settled = before if moved > 5e-5 else ""
    return (
        f"Of {tries} of {n_sample:,} pictures, the medoids that serve all pictures best were kept. The mean distance "
        f"to the nearest medoid is {own['sample_mean']:.4f} in the sample and {at_last}{settled}."
    )


def elbow_sentence(elbow: Elbow | None, *, first: int, last: int) -> str:
    """Why the suggested k, as a heuristic; Markdown of ours."""
    if elbow is None:
        return "The curve has no bend: it has too few points, or does not fall. No k is suggested."
    ratio = elbow.before / elbow.after if elbow.after > 0 else 0
    slower = f", {ratio:.1f} times as much as one beyond it" if ratio > 1 else ""
    return (
        f"**Suggested: k = {elbow.k:,}**, by a heuristic. There the loss lies farthest below the straight line from "
        f"k = {first:,} to k = {last:,}: {share(elbow.spent)} of the whole fall is reached, and each medoid up to "
        f"there brought {share(elbow.before)} of it on average{slower}. Another range of k moves the bend; what the "
        "pictures are wanted for is the better reason."
    )


def silhouette_sentence(curve: Mapping[str, Sequence[float | None]]) -> str:
    """Where the silhouette is highest, and what its height means; Markdown of ours."""
    measured = [(value, k) for value, k in zip(curve["silhouette"], curve["k"], strict=True) if value is not None]
    if not measured:
        return "There is no silhouette: all pictures drawn for it are in one cluster."
    value, k = max(measured)
    strength = "hardly any grouping" if value < 0.25 else "weak groups" if value < 0.5 else "clear groups"
    return f"The silhouette is highest at k = {k:,} with {value:.3f}: {strength} (Kaufman and Rousseeuw's reading)."


def coverage_sentence(ks: Sequence[int], shares: Sequence[float], *, k: int, cosine: float) -> str:
    """How many are covered with the k shown, and what four fifths and nine tenths take; Markdown of ours."""
    at = dict(zip(ks, shares, strict=True))
    k = k if k in at else ks[-1]
    sentence = f"With k = {k:,}, **{share(at[k])}** of the pictures"
    needs = []
    for wanted in (0.8, 0.9):
        first = next((some for some, reached in at.items() if reached >= wanted), None)
        needs.append(f"{share(wanted)} {f'takes k = {first:,}' if first else f'is not reached by k = {ks[-1]:,}'}")
    return f"{sentence} have a representative at a cosine of {cosine:.2f} or more; {' and '.join(needs)}."

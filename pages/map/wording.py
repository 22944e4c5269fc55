"""Maps in words: what a run is called, how far it can be trusted, why it may be out of date. Nothing here draws."""

from pages.ui.text import count, share
from store.projections import ProjectionRun

METRICS = {"cosine": "cosine", "euclidean": "euclidean"}
METHODS = {"tsne": "t-SNE", "umap": "UMAP", "pca": "PCA"}
ABOUT = {
    "tsne": "**t-SNE** keeps each point near its nearest neighbours; groups stand out. How large a group is and how "
    "far two groups lie apart means little.",
    "umap": "**UMAP** also keeps neighbours near, in tighter groups; how groups lie to each other means a little more.",
    "pca": "**PCA** looks at the vectors from the side where they differ most. Distances keep their meaning, and "
    "much overlaps. It takes seconds.",
}
STRONG, FAIR = 0.95, 0.85  # trustworthiness from which a map is called so; our reading, not a standard


def title(run: ProjectionRun) -> str:
    """A run in a list: "t-SNE, perplexity 30 · run 3"; holds untrusted names."""
    parameters = run.parameters
    method = str(parameters.get("method"))
    detail = {
        "tsne": f", perplexity {float(parameters.get('perplexity', 0)):g}",
        "umap": f", {parameters.get('n_neighbours')} neighbours, min_dist {float(parameters.get('min_dist', 0)):g}",
    }.get(method, "")
    space = ", 3-D" if parameters.get("dimensions") == 3 else ""
    space += f", of {parameters['selection']}" if parameters.get("selection") else ""
    later = (
        f", {int(run.figures.get('n_placed') or 0):,} placed on run {parameters['onto']}"
        if parameters.get("onto")
        else ""
    )
    return f"{METHODS.get(method, method)}{detail}{space} · {run.space} · run {run.run_id}{later}"


def verdict(run: ProjectionRun) -> str:
    """How far the map can be trusted, in a few words."""
    value = run.figures.get("trustworthiness")
    if value is None:
        return "not measured"
    return "well, up close" if value >= STRONG else "fairly" if value >= FAIR else "only roughly"


def trust_sentences(run: ProjectionRun) -> list[str]:
    """The figures of a run's fidelity, each in a sentence; Markdown of ours."""
    figures = run.figures
    if figures.get("trustworthiness") is None:
        why = "there are too few points, or all are equal, or it was computed elsewhere"
        return [f"Its fidelity was not measured: {why}."]
    k, n = int(figures["k"]), int(figures["n_points"])
    kept, chance = float(figures["neighbours_kept"]), float(figures["kept_by_chance"])
    trust, continuity = float(figures["trustworthiness"]), float(figures["continuity"])
    close = "is mostly close" if trust >= FAIR else "is often not close"
    sentences = [
        f"Of a picture's {k} nearest in the full space, **{share(kept)}** are among its {k} nearest on the map, "
        f"on average; a map drawn at random would keep {share(chance)}.",
        f"**Trustworthiness {trust:.3f}** of 1: what lies close on the map {close} in truth.",
        f"**Continuity {continuity:.3f}** of 1: {'little' if continuity >= FAIR else 'much'} of what is close in truth "
        "was torn apart.",
    ]
    sentences += _placed_sentences(run) + _stability_sentences(run)
    if int(figures["n_sampled"]) < n:
        sample = count(int(figures["n_sampled"]), "point")
        sentences.append(f"Trustworthiness and continuity are estimated from {sample} drawn at random of {n:,}.")
    return sentences


def direct_sentence(run: ProjectionRun) -> str:
    """How many pictures the method embedded itself, and what became of the rest; empty where it embedded all."""
    n_placed, n_direct = int(run.figures.get("n_placed") or 0), int(run.figures.get("n_direct") or 0)
    if not n_placed:
        return ""
    how = METHODS.get(str(run.parameters.get("method")), "")
    if run.parameters.get("onto"):
        return (
            f"{count(n_placed, 'picture')} came later and {'was' if n_placed == 1 else 'were'} placed on the map of "
            f"run {run.parameters['onto']}, each beside its nearest; the "
            f"{count(n_direct, 'other stands where it', 'others stand where they')} stood."
        )
    return (
        f"{how} embedded {n_direct:,} of {n_direct + n_placed:,} pictures directly: a sample that keeps small "
        "classes and small clusters. The other "
        f"{count(n_placed, 'was placed beside its', 'were placed beside their')} nearest."
    )


def _placed_sentences(run: ProjectionRun) -> list[str]:
    placed, direct = run.figures.get("kept_of_placed"), run.figures.get("kept_of_direct")
    if placed is None or direct is None:
        return []
    return [f"Those placed later keep {share(float(placed))} of their nearest, the others {share(float(direct))}."]


def _stability_sentences(run: ProjectionRun) -> list[str]:
    value = run.figures.get("stability")
    if value is None:
        return []
    return [
        f"**Stability {share(float(value))}**: so many of a picture's nearest on this map are among its nearest on a "
        "second one, made from another seed and a random start. The rest is chance."
    ]


def method_sentence(run: ProjectionRun) -> str:
    """How the run was computed, in a sentence; Markdown of ours but for the space's name, which is left out."""
    parameters, figures = run.parameters, run.figures
    first = ""
    if parameters.get("method") != "pca" and parameters.get("pca_dims"):
        held = figures.get("explained")
        first = f"PCA to {parameters['pca_dims']} dimensions came first"
        first += f" (they hold {share(float(held))} of the variance). " if held is not None else ". "
    elif figures.get("explained") is not None:
        first = f"The map holds {share(float(figures['explained']))} of the variance. "
    seed = f"Seed {parameters.get('seed')}; the same seed gives the same map."
    return f"{first}Distances: {parameters.get('metric')}. {seed}"

"""Maps in words: what a run is called, how far it can be trusted, why it may be out of date. Nothing here draws."""

from pages.parts.text import count, share
from store.projections import ProjectionRun

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
    wanted = run.parameters
    method = str(wanted.get("method"))
    detail = {
        "tsne": f", perplexity {float(wanted.get('perplexity', 0)):g}",
        "umap": f", {wanted.get('n_neighbours')} neighbours, min_dist {float(wanted.get('min_dist', 0)):g}",
    }.get(method, "")
    space = ", 3-D" if wanted.get("dimensions") == 3 else ""
    space += f", of {wanted['selection']}" if wanted.get("selection") else ""
    return f"{METHODS.get(method, method)}{detail}{space} · {run.space} · run {run.run_id}"


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
    if int(figures["n_sampled"]) < n:
        sample = count(int(figures["n_sampled"]), "point")
        sentences.append(f"The last two are estimated from {sample} drawn at random of {n:,}.")
    return sentences


def method_sentence(run: ProjectionRun) -> str:
    """How the run was computed, in a sentence; Markdown of ours but for the space's name, which is left out."""
    wanted, figures = run.parameters, run.figures
    first = ""
    if wanted.get("method") != "pca" and wanted.get("pca_dims"):
        held = figures.get("explained")
        first = f"PCA to {wanted['pca_dims']} dimensions came first"
        first += f" (they hold {share(float(held))} of the variance). " if held is not None else ". "
    elif figures.get("explained") is not None:
        first = f"The map holds {share(float(figures['explained']))} of the variance. "
    return f"{first}Distances: {wanted.get('metric')}. Seed {wanted.get('seed')}; the same seed gives the same map."

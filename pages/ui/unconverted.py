"""What pages say of kinds that do not yet describe themselves. It goes when the last kind has a kind.py."""

from jobs.engine.spec import JobView

TITLES = {
    "import": "Import",
    "embed": "Embedding",
    "trial": "Speed trial",
    "neighbours": "Neighbour graph",
    "medoids": "Representatives",
    "projection": "Map",
    "duplicates": "Search for duplicates",
    "label-issues": "Label check",
    "data-budget": "Data budget",
    "detect": "Detection",
    "crops": "Crops",
    "validation": "Validation set",
    "augment-preview": "Preview of made pictures",
    "export": "Export",
    "check-submission": "Check of a submission",
    "planted-labels": "Check with planted errors",
    "train": "Training",
    "saliency": "Sheet of where it looks",
    "zero-shot": "Zero-shot",
    "attributes": "Attribute",
}


def variant_of(job: JobView) -> str:
    return "trial" if job.kind == "embed" and int(job.parameters.get("trial") or 0) else ""


def outcome(job: JobView) -> str:
    words = {"import": _import_outcome, "embed": _trial_outcome if variant_of(job) else _embed_outcome}
    return words[job.kind](job) if job.kind in words else ""


def _import_outcome(job: JobView) -> str:
    figures = job.figures
    n_groups = int(figures.get("n_exact_groups", 0))
    groups = f"{n_groups:,} group{'' if n_groups == 1 else 's'} of exact duplicates"
    if job.attempt > 1 or "n_read" not in figures:  # the figures of one attempt would not be the whole story
        n_images, n_failures = figures.get("n_images", 0), figures.get("n_failures", 0)
        return f"{n_images:,} images, {n_failures:,} files not taken in; {groups}."
    n_failed, n_changed = int(figures.get("n_failed", 0)), int(figures.get("n_changed", 0))
    n_new = max(0, int(figures["n_read"]) - n_failed - n_changed)
    n_failed = int(figures.get("n_failures", n_failed))  # those that cannot even be opened are no rows of the job
    return f"{n_new:,} new, {n_changed:,} changed, {n_failed:,} failed; {groups}."


def _embed_outcome(job: JobView) -> str:
    figures = job.figures
    parts = [f"{figures.get('n_vectors', 0):,} vectors in the space {figures.get('space')}"]
    if figures.get("n_failed"):
        parts.append(f"{figures['n_failed']:,} failed")
    if figures.get("images_per_second"):
        parts.append(f"{rate(float(figures['images_per_second']))} images a second on {figures.get('device')}")
    return ", ".join(parts) + "."


def _trial_outcome(job: JobView) -> str:
    speed = job.figures.get("images_per_second")
    return f"{rate(float(speed))} images a second on {job.figures.get('device')}." if speed else ""


def rate(per_second: float) -> str:
    return f"{per_second:,.1f}" if per_second < 9.95 else f"{per_second:,.0f}"

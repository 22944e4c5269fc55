"""docs/jobs: a page a job kind, written from the kind itself. `python -m cli.documents` writes what differs."""

import sys
from pathlib import Path
from typing import Any

from cli.run import default_in_words, sentence_about
from jobs.engine.kinds import JobKind, all_kinds

DOCUMENTS = Path(__file__).parents[1] / "docs" / "jobs"


def document_of(kind: JobKind[Any]) -> str:
    """The page of a kind as Markdown: what it does, its parameters, and what else is to be known."""
    rows = [
        f"| {_flags(view.flag, view.former_names)} | {_cell(default_in_words(view))} | {_cell(sentence_about(view))} |"
        for view in kind.views().values()
    ]
    table = ["| key | default | meaning |", "|---|---|---|", *rows] if rows else ["It has no parameters."]
    where = ["", "It works on folders of this machine, so it cannot be packed for another."] if kind.here_only else []
    where += _on_a_cluster(kind)
    notes = ["", kind.notes.strip()] if kind.notes else []
    title = f"# `{kind.name}`: {kind.title}"
    return "\n".join([title, "", kind.summary.strip(), "", *table, *_growing_old(kind), *where, *notes, ""])


def stale_documents(folder: Path = DOCUMENTS) -> dict[Path, str | None]:
    """The pages that do not say what their kind says, with what they should hold; None for one without a kind."""
    wanted = {folder / f"{kind.name}.md": document_of(kind) for kind in all_kinds().values()}
    there = {path: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    gone: dict[Path, str | None] = {path: None for path in there if path not in wanted}
    return gone | {path: text for path, text in wanted.items() if there.get(path) != text}


def main() -> None:
    """Write what differs."""
    DOCUMENTS.mkdir(parents=True, exist_ok=True)
    for path, text in stale_documents().items():
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
        print(f"docs/jobs/{path.name}", "removed" if text is None else "written", file=sys.stderr)


def _growing_old(kind: JobKind[Any]) -> list[str]:
    """Which changes make its results stale, as lines of its page."""
    reads = kind.subjects(kind.parameters.model_construct())
    if not reads:
        return []
    varies = "; other parameters, other subjects" if callable(kind.reads) else ""
    return ["", f"A result is stale once one of these has changed: {', '.join(reads)}{varies}."]


def _on_a_cluster(kind: JobKind[Any]) -> list[str]:
    """Whether it may be computed in parts, as lines of its page."""
    if kind.in_parts is not None:
        rows = f"{kind.in_parts.rows:,}"
        return [
            "",
            f"With `--on ray` it is computed on a Ray cluster, in parts of at most {rows} rows ([Scale](../scale.md)).",
        ]
    return ["", f"It is computed on one machine: {kind.whole_because}"] if kind.whole_because else []


def _flags(flag: str, former: tuple[str, ...]) -> str:
    before = ", ".join(f"`--{name.replace('_', '-')}`" for name in former)
    return f"`{flag}` (before: {before})" if before else f"`{flag}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    main()

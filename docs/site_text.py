"""The texts of the site that MkDocs does not find in docs/: made pages, pages from elsewhere, and links that fit.

A link is written as it works in the repository, and made to fit the site here.
"""

import posixpath
import re
from pathlib import Path

from pages.ui.registry import by_group
from store.acting import AT_HOME

PROJECT = Path(__file__).parents[1]
DOCS = PROJECT / "docs"
# Files outside docs/ that are pages of the site, and what they are called there.
OUTSIDE = {
    "benchmarks/README.md": "benchmarks.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting.md",
    "LICENSE": "licence.md",
}
NOTEBOOK = "docs/notebook.ipynb"
# Where a link to a file or folder of the repository leads on the site, beside OUTSIDE.
ELSEWHERE = {
    NOTEBOOK: "notebook.md",
    "docs/jobs": "jobs/index.md",
    "docs/pages": "pages/index.md",
    "README.md": "index.md",
}
_LINK = re.compile(r"(\]\()([^)\s]+)(\))")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def with_links_of_the_site(markdown: str, *, name: str) -> str:
    """The text of the page `name` of the site, its relative links changed from the repository's to the site's."""
    origin = next((path for path, of_site in OUTSIDE.items() if of_site == name), f"docs/{name}")
    blocks = _FENCE.findall(markdown)
    pieces = [
        _LINK.sub(lambda found: f"{found[1]}{_on_site(found[2], origin=origin, name=name)}{found[3]}", piece)
        for piece in _FENCE.split(markdown)
    ]
    return "".join(piece + block for piece, block in zip(pieces, [*blocks, ""], strict=True))


def notebook_as_page(notebook: dict[str, list[dict[str, object]]]) -> str:
    """A notebook as Markdown: texts as they are, code in blocks, what it printed beneath. Nothing is run."""
    parts = []
    for cell in notebook["cells"]:
        source = _joined(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        outputs = cell.get("outputs", [])
        printed = (
            [_joined(output["text"]) for output in outputs if "text" in output] if isinstance(outputs, list) else []
        )
        parts += [f"```text\n{text.rstrip()}\n```" for text in printed]
    return "\n\n".join([*parts, f"The same as a file to run: [{Path(NOTEBOOK).name}]({Path(NOTEBOOK).name}).\n"])


def list_of_pages() -> str:
    """Every page of the dashboard, in its order, with the question that it answers."""
    lines = ["# The pages", ""]
    for group, pages in by_group(AT_HOME).items():
        lines += [f"## {group or 'First'}", "", "| page | answers |", "|---|---|"]
        lines += [
            f"| [{page.title}]({page.folder}.md) | {_answer(DOCS / 'pages' / f'{page.folder}.md')} |" for page in pages
        ]
        lines += [""]
    return "\n".join(lines)


def list_of_kinds() -> str:
    """Every job kind with what it does, as its own page says it."""
    rows = []
    for path in pages_in("jobs"):
        title = path.read_text(encoding="utf-8").partition("\n")[0].partition(": ")[2]
        rows.append(f"| [`{path.stem}`]({path.name}) | {title} | {_answer(path)} |")
    head = "# Jobs\n\nWhat runs in a process of its own, from a page or by `vitrine run KIND`.\n\n"
    return head + "\n".join(["| kind | | what it does |", "|---|---|---|", *rows, ""])


def dashboard() -> list[dict[str, object]]:
    """The dashboard's part of the navigation: titles and pages under the headings of the sidebar."""
    groups: list[dict[str, object]] = []
    for group, pages in by_group(AT_HOME).items():
        entries: list[dict[str, object]] = [{page.title: f"pages/{page.folder}.md"} for page in pages]
        groups += [{group: entries}] if group else entries
    return groups


def pages_in(folder: str) -> list[Path]:
    """The pages in a folder of docs/, by name."""
    return sorted((DOCS / folder).glob("*.md"))


def _answer(path: Path) -> str:
    """The first paragraph below the title, on one line."""
    paragraphs = path.read_text(encoding="utf-8").split("\n\n") if path.exists() else []
    return " ".join(paragraphs[1].split()).replace("|", "\\|") if len(paragraphs) > 1 else ""


def _joined(text: object) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def _on_site(target: str, *, origin: str, name: str) -> str:
    path, mark, anchor = target.partition("#")
    if not path or re.match(r"[a-z][a-z0-9+.-]*:", path):
        return target
    at = posixpath.normpath(posixpath.join(posixpath.dirname(origin), path))
    on_site = (OUTSIDE | ELSEWHERE).get(at) or (at.removeprefix("docs/") if at.startswith("docs/") else None)
    if on_site is None:
        return target
    return posixpath.relpath(on_site, posixpath.dirname(name) or ".") + mark + anchor

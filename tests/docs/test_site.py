"""The site of docs/: a page for each page of the dashboard, every method with its source, nothing from another host."""

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from docs import hosts, site_text
from pages.ui.registry import all_pages
from tests.support.pictures import COLOURS, SHOTS, WIDTH, small, too_heavy
from tests.support.places import PROJECT

DOCS = PROJECT / "docs"
HEADINGS = ("Look at first", "What to conclude", "What it does not show", "How it is computed")
METHODS = (DOCS / "methods.md").read_text(encoding="utf-8")


def page_text(folder: str) -> str:
    """What docs/pages says of a page; nothing where there is no such file."""
    path = DOCS / "pages" / f"{folder}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def what_is_missing(text: str, *, folder: str, title: str) -> list[str]:
    """What the documentation of a page lacks: its title, its answer, its picture, parts under their headings."""
    wanted = {f"title {title}": rf"\A# {re.escape(title)}\n\n\S", "picture": rf"!\[.+\]\(\.\./pictures/{folder}\.png\)"}
    wanted |= {heading: rf"^## {heading}\n\n[^#\s]" for heading in HEADINGS}
    return [name for name, pattern in wanted.items() if not re.search(pattern, text, re.MULTILINE)]


def sources(folder: str) -> Iterator[str]:
    """The works that a page's "How is this computed?" names: authors, place and year, without what they are for."""
    for path in sorted((PROJECT / "pages" / folder).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "sources":
                texts = [each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant)]
                works = (re.sub(r"\s*\([^)]*\)", "", str(text)) for text in texts)
                yield from (work.strip() for text in works for work in text.split(";"))


def test_every_page_has_its_documentation() -> None:
    missing = {
        folder: what_is_missing(page_text(folder), folder=folder, title=page.title)
        for folder, page in all_pages().items()
    }
    assert not {folder: parts for folder, parts in missing.items() if parts}, "write docs/pages/FOLDER.md"
    assert {path.stem for path in (DOCS / "pages").glob("*.md")} == set(all_pages()), "a page that is none"


def test_a_page_without_a_picture_or_a_part_is_seen() -> None:
    whole = "# Map\n\nWhat lies near what?\n\n![it](../pictures/map.png)\n\n" + "".join(
        f"## {heading}\n\nSo.\n\n" for heading in HEADINGS
    )
    assert what_is_missing(whole, folder="map", title="Map") == []
    assert what_is_missing("", folder="map", title="Map") == ["title Map", "picture", *HEADINGS]
    assert what_is_missing(whole.replace("map.png", "old.png"), folder="map", title="Map") == ["picture"]
    assert what_is_missing(whole.replace("So.\n\n", "", 1), folder="map", title="Map") == ["Look at first"]
    assert what_is_missing(whole.replace("## Look at first\n", ""), folder="map", title="Map") == ["Look at first"]


def test_every_page_has_a_wide_picture_of_moderate_size() -> None:
    pictures = [DOCS / "pictures" / f"{folder}.png" for folder in all_pages()]
    assert not [path.name for path in pictures if not path.exists()], "make pictures"
    assert too_heavy(pictures) == []
    for path in pictures:
        with Image.open(path) as picture:
            assert picture.width == WIDTH, path.name


def test_pictures_are_taken_of_pages_that_there_are() -> None:
    assert set(SHOTS) <= set(all_pages())


def test_a_picture_is_kept_in_few_colours(tmp_path: Path) -> None:
    gradient = Image.linear_gradient("L").convert("RGB")
    gradient.save(tmp_path / "large.png")
    (tmp_path / "small.png").write_bytes(small((tmp_path / "large.png").read_bytes()))
    with Image.open(tmp_path / "small.png") as picture:
        assert picture.size == gradient.size and len(picture.getcolors() or ()) <= COLOURS


def test_a_heavy_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(bytes(150_001))
    assert too_heavy([tmp_path / "a.png"]) == ["a.png has 150,001 bytes of 150,000"]
    assert too_heavy([]) == []


@pytest.mark.parametrize("folder", list(all_pages()))
def test_every_source_that_a_page_names_stands_among_the_methods(folder: str) -> None:
    said = " ".join(METHODS.split())
    ours = ("docs/jobs/import-vectors.md",)
    assert not [work for work in sources(folder) if work not in ours and work not in said], "docs/methods.md"


def test_sources_are_found() -> None:
    assert "Zauner, 2010" in set(sources("duplicates"))
    assert {"McNemar, 1947", "Holm, 1979"} <= set(sources("compare"))


def test_the_code_that_methods_name_is_there() -> None:
    named = re.findall(r"`((?:analytics|models)/\w+\.py)`", METHODS)
    assert len(named) > 30
    assert not [path for path in named if not (PROJECT / path).is_file()]


def test_the_first_commands_are_those_of_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", (DOCS / "index.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) > 5
    assert not [line for line in lines if line not in readme]


@pytest.mark.parametrize(
    ("name", "link", "leads"),
    [
        ("licences.md", "../LICENSE", "licence.md"),
        ("contributing.md", "docs/security.md", "security.md"),
        ("contributing.md", "CHANGELOG.md#unreleased", "changelog.md#unreleased"),
        ("benchmarks.md", "../docs/decisions.md#maps", "decisions.md#maps"),
        ("commands.md", "jobs", "jobs/index.md"),
        ("pages/map.md", "../notebook.ipynb", "../notebook.md"),
        ("pages/map.md", "../jobs/projection.md", "../jobs/projection.md"),
        ("pages/index.md", "map.md", "map.md"),
        ("index.md", "pictures/overview.png", "pictures/overview.png"),
        ("index.md", "https://example.org/a.md", "https://example.org/a.md"),
        ("index.md", "#here", "#here"),
        ("index.md", "../benchmarks/run.sh", "../benchmarks/run.sh"),
    ],
)
def test_links_of_the_repository_lead_somewhere_on_the_site(name: str, link: str, leads: str) -> None:
    changed = site_text.with_links_of_the_site(f"See [it]({link}).\n\n```\n[as typed]({link})\n```\n", name=name)
    assert changed == f"See [it]({leads}).\n\n```\n[as typed]({link})\n```\n"


def test_a_notebook_becomes_text_code_and_what_it_printed() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {"cell_type": "code", "source": "print(1)", "outputs": [{"text": ["1\n"]}, {"data": {}}]},
    ]
    page = site_text.notebook_as_page({"cells": cells})
    assert page.startswith("# Title\ntext\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\n")


def test_pages_and_kinds_are_listed_with_what_they_answer() -> None:
    assert "| [Map](map.md) | What lies near what, and" in site_text.list_of_pages()
    assert "| [`projection`](projection.md) | Map | A map of an embedding space:" in site_text.list_of_kinds()


@pytest.mark.parametrize(
    "loads",
    [
        '<script src="https://cdn.example/x.js">',
        '<link rel="stylesheet" href="//fonts.example/css">',
        '<img srcset="a.png 1x, https://example.org/b.png 2x">',
        "<style>@import 'https://fonts.example/css';</style>",
        '<div style="background: url(http://example.org/a.png)">',
        '<iframe src="https://example.org">',
    ],
)
def test_what_is_loaded_from_another_host_is_seen(loads: str) -> None:
    assert len(hosts.foreign_in_html(f"<html><body>{loads}</body></html>")) == 1


def test_links_to_follow_and_pictures_of_our_own_may_stay() -> None:
    ours = '<a href="https://example.org">x</a><img src="../a.png"><img src="data:image/png;base64,//8="><p>//x.y</p>'
    assert hosts.foreign_in_html(ours) == []
    assert (
        hosts.foreign_in_css("a { background: url('data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"/>') }")
        == []
    )
    assert hosts.foreign_in_css("@font-face { src: url( 'https://fonts.example/a.woff2' ) }") != []


def test_an_address_in_a_script_is_seen() -> None:
    assert hosts.foreign_in_script('load("https://unpkg.com/mermaid@11/x.js")') != []
    assert hosts.foreign_in_script('a("./b.js"); c(`https://x.org/${d}`); e="data:,"; /* see https://x.org */') == []


@pytest.mark.long
@pytest.mark.skipif(not importlib.util.find_spec("mkdocs"), reason="MkDocs is not installed (make docs)")
def test_the_site_is_built_without_a_warning_and_loads_from_nowhere_else(tmp_path: Path) -> None:
    words = ["-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run([sys.executable, *words], cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    built = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*.html")}
    assert {f"pages/{folder}.html" for folder in all_pages()} | {"index.html", "notebook.html", "methods.html"} <= built
    assert not {path for path in built if path.endswith(".py.html")}
    assert hosts.foreign(tmp_path / "site") == []

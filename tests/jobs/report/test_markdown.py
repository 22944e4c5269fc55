"""A report as a folder of Markdown: names stay text, pictures lie beside it, the curator's words cannot run away."""

import contextlib
import sys

import pytest
from markdown_it import MarkdownIt

from evidence.report.parts import Block, Missing
from jobs.report.formats import FORMATS
from jobs.report.words import safe_markdown
from tests.support.report_pictures import N, drawn_pictures
from tests.support.sample_report import NAMES, charts, sample

FORGE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def texts(markdown: str) -> list[str]:
    """The texts that a forge shows, one for each paragraph, cell and heading."""
    shown = []
    for token in FORGE.parse(markdown):
        if token.type == "inline":
            shown.append(
                "".join(inner.content for inner in token.children or [] if inner.type in ("text", "code_inline"))
            )
    return shown


def tags(markdown: str) -> set[str]:
    tokens = FORGE.parse(markdown)
    within = [inner for token in tokens for inner in token.children or []]
    return {token.content for token in (*tokens, *within) if token.type in ("html_block", "html_inline")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The sample with pictures as a folder."""
    place = tmp_path_factory.mktemp("markdown")
    shown, pictures = drawn_pictures(place / "dataset")
    FORMATS["markdown"].write(sample(shown), pictures=pictures, target=place / "r", side=120, report=lambda *_: None)
    return place / "r"


def test_names_stay_text(folder) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    shown = texts(readme)
    assert all(name.strip() in shown for name in NAMES)
    assert tags(readme) == {"<sub>", "</sub>", "<br>"}  # ours


def test_every_picture_that_is_named_lies_there(folder) -> None:
    tokens = [inner for token in FORGE.parse((folder / "README.md").read_text()) for inner in token.children or []]
    sources = {str(token.attrs["src"]) for token in tokens if token.type == "image"}
    assert sources == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".jpg", ".png", ".svg")
    }
    assert len({source for source in sources if source.startswith("pictures/")}) == N - 1


def test_tables_have_as_many_cells_as_titles(folder) -> None:
    wide: list[int] = []
    for token in FORGE.parse((folder / "README.md").read_text()):
        if token.type == "tr_open":
            wide.append(0)
        if token.type in ("th_open", "td_open"):
            wide[-1] += 1
    assert wide and all(n > 1 for n in wide)


def test_a_claim_says_then_and_now(folder) -> None:
    shown = texts((folder / "README.md").read_text())
    assert "Now: About 30.1 % of the labels are wrong." in shown and "moved · Claim 3" in shown


class Drawn:
    """Draws figures as the module figure_images does, but for the coverage, which it cannot."""

    class CannotDraw(Exception):
        pass

    one_browser = contextlib.nullcontext

    @classmethod
    def svg_of(cls, figure, *, width, height) -> bytes:
        if figure.layout.xaxis.title.text == "k":
            raise cls.CannotDraw("no")
        return b"<svg/>"


def test_figures_lie_beside_it_and_one_that_cannot_be_drawn_is_its_numbers(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "jobs.report.figure_images", Drawn)
    _, pictures = drawn_pictures(tmp_path / "dataset")
    FORMATS["markdown"].write(sample(), pictures=pictures, target=tmp_path / "r", side=9, report=lambda *_: None)
    names = {path.name for path in (tmp_path / "r" / "figures").iterdir()}
    assert len(names) == len(charts()) - 1 and "01-class-balance.svg" in names
    readme = (tmp_path / "r" / "README.md").read_text(encoding="utf-8")
    assert "![alt of class\\-balance](figures/01-class-balance.svg)" in readme
    assert "*alt of coverage*" in readme and "| Representatives | Share |" in readme


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x> b",
        "<!-- hides the rest",
        "`code` <b>x</b>",
        r"\`no code <b>x</b>\`",
        "![spy](https://example.org/a.png)",
        "    <b>indented</b>",
        "`` a ` <b> `` <i>",
        "> <b>\n\n```\n<b>\n```\n<i>",
    ],
)
def test_tags_and_pictures_of_the_words_are_letters(text) -> None:
    written = safe_markdown(text)
    assert not tags(written)
    assert not [i for token in FORGE.parse(written) for i in token.children or [] if i.type == "image"]


@pytest.mark.parametrize(
    "text", ["```\na <b> & ![x](y)\n```", "~~~ html\n<b>\n~~~", "say `a <b>` and ``b ` <i>``", "a < b, c <3"]
)
def test_code_and_signs_stay_as_they_are(text) -> None:
    assert safe_markdown(text) == text


@pytest.mark.parametrize("text", ["```\nopen", "~~~~ python\nopen", "words\n\n```"])
def test_code_that_is_left_open_takes_nothing_into_it(text) -> None:
    assert texts(f"{safe_markdown(text)}\n\n### After")[-1] == "After"


def test_a_command_with_fences_in_it_stays_code(tmp_path) -> None:
    _, pictures = drawn_pictures(tmp_path / "dataset")
    block = Block(id=1, kind="missing", parts=[Missing(sentence="No.", command="vitrine run ```\n# x")])
    document = sample().model_copy(update={"blocks": [block]})
    FORMATS["markdown"].write(document, pictures=pictures, target=tmp_path / "r", side=9, report=lambda *_: None)
    code = [token.content for token in FORGE.parse((tmp_path / "r" / "README.md").read_text()) if token.type == "fence"]
    assert code == ["vitrine run ```\n# x\n"]

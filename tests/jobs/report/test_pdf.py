"""A report as a PDF: every name is text, every letter is set or named, and the same report is the same file."""

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from evidence.report.parts import Block, Column, Document, Facts, Table
from jobs.report import pdf
from tests.support.sample_report import sample
from tests.support.small_pictures import small_pictures

TIMES: list[tuple[int, int]] = []


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", "")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER_PATH", "")
        folder = tmp_path_factory.mktemp("pdf")
        shown, pictures = small_pictures(folder, n=8, without=(3,))
        TIMES.clear()
        pdf.write(
            sample(shown),
            pictures=pictures,
            target=folder / "report.pdf",
            side=64,
            report=lambda done, total: TIMES.append((done, total)),
        )
        return (folder / "report.pdf").read_bytes()


def write(document: Document, folder: Path) -> bytes:
    shown, pictures = small_pictures(folder, n=8)
    pdf.write(document, pictures=pictures, target=folder / "report.pdf", side=64, report=lambda done, total: None)
    return (folder / "report.pdf").read_bytes()


def pages_of(data: bytes) -> list[str]:
    """The text of each page; what is in a line of another direction may come in another order."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def document_with(*parts: Facts | Table, title: str = "Report", text: str = "") -> Document:
    blocks = [Block(id=1, kind="table", title="Block", text=text, parts=list(parts))]
    return Document(
        title=title, dataset="pets", blocks=blocks, written_at="2026-11-30 12:00 UTC", generation=1, code_version="0"
    )


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "**bold** _lynx_ #1 $x$", "猫 (mèo)", "🐆 cheetah"])
def test_a_name_stays_text(written: bytes, name: str) -> None:
    assert name in "\n".join(pages_of(written))


def test_letters_that_run_the_other_way_are_there(written: bytes) -> None:
    said = "\n".join(pages_of(written))
    assert {"ق", "ط"} <= {*said} or {"\ufed7", "\ufec2"} & {*said}


def test_what_looks_like_typst_stays_text(tmp_path: Path) -> None:
    evil = '#panic("no") [x] @label <l> $ \\u{41} // no /* no */ `raw` = no'
    table = Table(columns=[Column(title=evil)], rows=[[evil]])
    document = document_with(Facts(rows=[(evil, evil)]), table, title=evil)
    said = "".join("".join(pages_of(write(document, tmp_path))).split())
    assert said.count("".join(evil.split())) >= 5


def test_the_file_says_what_it_is(written: bytes) -> None:
    found = PdfReader(io.BytesIO(written))
    assert found.metadata is not None
    assert (found.metadata.title, found.metadata.author) == ("Animals & <friends>", "Ana, Bo and 李")
    xmp = found.trailer["/Root"]["/Metadata"].get_data().decode("utf-8")
    assert re.search(r"pdfaid:part[^2]*2", xmp)
    assert re.search(r"pdfaid:conformance[^A]*A", xmp)
    assert found.trailer["/Root"]["/Lang"] == "en"


def test_pages_are_counted_and_the_contents_lead_to_them(written: bytes) -> None:
    pages = pages_of(written)
    assert all(f"{number} of {len(pages)}" in text for number, text in enumerate(pages, 1))
    first = next(line for line in pages[1].splitlines() if line.startswith("What came in"))
    assert "What came in" in pages[int(first.split()[-1]) - 1]
    assert [entry.title for entry in PdfReader(io.BytesIO(written)).outline if not isinstance(entry, list)] == [
        "What came in",
        "Charts",
    ]


def test_every_kind_of_part_is_there(written: bytes) -> None:
    said = " ".join("\n".join(pages_of(written)).split())
    for words in (
        "Counted by the label that counts now. 6 of 40 rows.",
        "50 labels were changed since.",
        "moved",
        "Now: About 30.1 % of the labels are wrong.",
        "Its interval contains 0",
        "looks like the other",
        "8 of 31,848 pictures.",
        "no picture",
        "Caption of map.",
        "Balanced accuracy",
        "vitrine run detect",
        "Source: page label noise, run 7, drawn 2026-11-30 12:00",
    ):
        assert words in said, words


def test_the_progress_is_told_block_by_block(written: bytes) -> None:
    n = len(sample().blocks)
    assert [(done, n) for done in range(1, n + 1)] == TIMES


def test_the_same_report_is_the_same_file(written: bytes, tmp_path: Path) -> None:
    shown, pictures = small_pictures(tmp_path, n=8, without=(3,))
    again = tmp_path / "again.pdf"
    pdf.write(sample(shown), pictures=pictures, target=again, side=64, report=lambda done, total: None)
    assert again.read_bytes() == written


def test_a_letter_that_no_font_has_is_named_on_the_first_page(tmp_path: Path) -> None:
    name = "cat \ue000 \U000f0000 cat"
    pages = pages_of(write(document_with(Facts(rows=[("Class", name)]), title=name), tmp_path))
    assert "U+E000, U+F0000" in pages[0]
    assert "cat ? ? cat" in pages[0]
    assert "cat ? ? cat" in pages[-1]


def test_signs_that_cannot_be_seen_do_no_harm(tmp_path: Path) -> None:
    name = "a" + "".join(map(chr, (0, 1, 8, 0x7F, 0x85, 0xAD, 0x200B, 0x200E, 0x202E, 0x2066, 0xFEFF, 0xFFFE))) + "b"
    said = "".join(pages_of(write(document_with(Facts(rows=[("Class", name)]), title=name, text=name), tmp_path)))
    assert said.count("a") > 3


def test_other_reports_name_no_letters(written: bytes) -> None:
    assert "No font" not in pages_of(written)[0]


def test_a_long_table_has_its_titles_on_every_page(tmp_path: Path) -> None:
    columns = [Column(title="Class of the picture"), Column(title="Pictures", kind="count")]
    table = Table(columns=columns, rows=[[f"class {number}", number] for number in range(150)])
    pages = pages_of(write(document_with(table), tmp_path))[2:]
    assert len(pages) > 2
    assert all("Class of the picture" in page for page in pages)


def test_a_long_word_stays_on_the_page(tmp_path: Path) -> None:
    """Each piece of it begins on the page, and the whole is there."""
    word = "x" * 400
    table = Table(columns=[Column(title="Class"), Column(title="Pictures", kind="count")], rows=[[word[:290], 1]])
    data = write(document_with(Facts(rows=[("Word", word)]), table, text=word, title=word[:120]), tmp_path)
    lines = [line for page in pages_of(data) for line in page.splitlines() if set(line) >= {"x"}]
    assert max(map(len, lines)) < 125
    assert sum(line.count("x") for line in lines) >= 400 * 2 + 290


def test_the_curators_words_have_their_look_and_no_html(tmp_path: Path) -> None:
    text = (
        "# Head\n\n**bold** <i>no</i> [on](https://example.org) [off](file:///etc)\n\n1. one\n2. two\n\n|a|\n|-|\n|c|"
    )
    data = write(document_with(text=text), tmp_path)
    said = "".join(pages_of(data))
    assert "<i>no</i>" in said
    assert "2. two" in said
    links = [
        note.get_object()["/A"].get("/URI")
        for page in PdfReader(io.BytesIO(data)).pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    ]
    assert [link for link in links if link] == ["https://example.org"]

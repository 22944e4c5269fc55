"""A report as one HTML file: nothing from elsewhere, names as text, each picture's and each figure's bytes once."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from plotly.offline import get_plotlyjs

from evidence.report.parts import Block, Chart, Document
from figures.drawn import packed
from jobs.report import embedded as embedding
from jobs.report.formats import FORMATS
from jobs.report.markup import script_text
from tests.support.report_pictures import UNREADABLE, drawn_pictures
from tests.support.sample_report import NAMES, charts, sample


class Read(HTMLParser):
    """What a browser would take from the file: its elements with attributes, and the text outside of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag) -> None:
        self._inside = ""

    def handle_data(self, data) -> None:
        if self._inside not in ("script", "style"):
            self.words.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def write(name: str, document: Document, pictures, folder, **kwargs) -> str:
    """The text of the file that the format `name` writes."""
    target = folder / f"report{FORMATS[name].ending}"
    said: list[tuple[int, int]] = []
    FORMATS[name].write(
        document, pictures=pictures, target=target, side=160, report=lambda *done: said.append(done), **kwargs
    )
    assert said[-1][0] == said[-1][1] > 0
    return target.read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["html", "slides"])
def page(request, tmp_path_factory) -> Read:
    """The sample with pictures as one file."""
    folder = tmp_path_factory.mktemp(request.param)
    shown, pictures = drawn_pictures(folder / "pictures")
    return Read(write(request.param, sample(shown), pictures, folder))


def test_names_stay_text(page) -> None:
    words = "".join(page.words)
    assert all(name in words for name in (*NAMES, "Animals & <friends>", "<b>two</b>"))
    ours = {attributes.get("type") for attributes in page.of("script")}
    assert ours == {"application/json", None} and "b" not in {tag for tag, _ in page.elements}
    assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on")]


def test_nothing_is_loaded_from_elsewhere(page) -> None:
    sources = [a.get(key) for tag, a in page.elements for key in ("src", "srcset", "href", "data") if tag != "a"]
    assert {source.split(",")[0] for source in sources if source} == {"data:image/jpeg;base64"}
    policy = next(a["content"] for a in page.of("meta") if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'" and rules["img-src"] == "data: blob:"
    assert "unsafe" not in rules["script-src"] and "unsafe" not in rules["style-src"]


def test_the_bytes_of_a_picture_stand_once(page) -> None:
    with_bytes = [a["src"] for a in page.of("img") if a.get("src")]
    assert len(with_bytes) == len(set(with_bytes)) > 0
    again = {a["data-same"] for a in page.of("img") if a.get("data-same")}
    assert again and again <= {a["id"].removeprefix("picture-") for a in page.of("img") if a.get("id")}


def test_a_picture_that_cannot_be_read_is_a_quiet_tile(page) -> None:
    tiles = [a["aria-label"] for a in page.of("div") if a.get("class") == "tile empty"]
    assert tiles == [f"{NAMES[UNREADABLE % len(NAMES)]}: no picture"]


def test_every_figure_and_picture_has_words_for_who_cannot_see_it(page) -> None:
    places = [a for a in page.of("div") if a.get("class") == "plot"]
    assert [place["aria-label"] for place in places] == [chart.alt for chart in charts()]
    assert len({place["id"] for place in places}) == len(places)
    assert all(a.get("alt") for a in page.of("img"))


def test_plotly_stands_once_and_only_where_there_is_a_figure(tmp_path) -> None:
    shown, pictures = drawn_pictures(tmp_path / "pictures")
    document = sample(shown)
    assert write("html", document, pictures, tmp_path).count(str(script_text(get_plotlyjs()))) == 1
    of_words = [block for block in document.blocks if block.kind != "figure"]
    without = write("html", document.model_copy(update={"blocks": of_words}), pictures, tmp_path)
    assert len(without) < 400_000


def test_an_empty_report_is_written(tmp_path) -> None:
    _, pictures = drawn_pictures(tmp_path / "pictures")
    text = write(
        "html", sample().model_copy(update={"blocks": [Block(id=1, kind="text")], "facts": []}), pictures, tmp_path
    )
    assert "<h1" in text and "<nav" not in text


def test_pictures_that_are_too_many_are_smaller_and_none_goes_over_the_room(tmp_path, monkeypatch) -> None:
    shown, pictures = drawn_pictures(tmp_path / "pictures")
    at_first = embedding.embedded(shown, pictures=pictures, side=400, going_on=lambda: None)
    room = sum(len(file or b"") for file in at_first._files.values()) // 3
    smaller = embedding.embedded(shown, pictures=pictures, side=400, room=room, going_on=lambda: None)
    sizes = [len(file) for file in smaller._files.values() if file]
    assert sum(sizes) <= room and len(sizes) == len(shown) - 1
    none = embedding.embedded(shown, pictures=pictures, side=400, room=10, going_on=lambda: None)
    assert not any(none._files.values())


def test_a_job_can_stop_between_two_pictures(tmp_path) -> None:
    shown, pictures = drawn_pictures(tmp_path / "pictures")

    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        embedding.embedded(shown, pictures=pictures, side=100, going_on=stop)


def test_nothing_in_a_script_ends_it() -> None:
    assert not re.search(r"</script|<!--", script_text("a='</script>';b='</SCRIPT >';c='<!--'"), re.IGNORECASE)


def test_no_file_lets_code_be_written_as_it_runs_and_a_large_map_needs_none(tmp_path) -> None:
    _, pictures = drawn_pictures(tmp_path / "pictures")
    places = packed(np.linspace(0, 1, 20_000), low=0, high=1)
    classes = packed(np.zeros(20_000), low=0, high=65535)
    chart = Chart(name="map", data={"x": places, "y": places, "classes": classes, "names": ["cat"]}, alt="a map")
    figure = {"data": [{"type": "scattergl", "x": [1], "y": [2]}]}
    others = Chart(name="plotly", data={"figure": figure}, alt="of a page")
    for parts in ([chart], [chart, others]):
        blocks = [Block(id=1, kind="figure", parts=parts)]
        text = write("html", sample().model_copy(update={"blocks": blocks}), pictures, tmp_path)
        assert "unsafe-eval" not in text and '"type":"scattergl"' not in text
        assert (str(script_text(get_plotlyjs())) in text) == (others in parts)


@pytest.mark.parametrize("name", ["html", "pdf", "slides", "pptx", "markdown"])
def test_a_chart_of_another_version_is_a_quiet_line_and_stops_nothing(tmp_path, name) -> None:
    _, pictures = drawn_pictures(tmp_path / "pictures")
    broken = [Chart(name="of-tomorrow", data={}, alt="?"), Chart(name="map", data={"x": 1}, alt="?")]
    broken.append(Chart(name="confusion", data={"counts": "no"}, alt="?"))
    blocks = [Block(id=n, kind="figure", parts=[part]) for n, part in enumerate([*broken, charts()[0]], 1)]
    target = tmp_path / "report"
    FORMATS[name].write(
        sample().model_copy(update={"blocks": blocks}),
        pictures=pictures,
        target=target,
        side=64,
        report=lambda *_: None,
    )
    if name in ("html", "slides", "markdown"):
        text = (target / "README.md" if target.is_dir() else target).read_text(encoding="utf-8")
        assert text.count("cannot be drawn by this Vitrine") == 3
    assert target.exists()

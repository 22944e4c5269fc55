"""Each source on the recorded shapes of its answers: what it asks, what it takes, what it refuses to guess."""

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.collecting.about import SOURCES
from importers.collecting.sources import Filters, Page, Source, SourceError, named_source
from importers.collecting.sources.saved_page import MAX_BYTES, MOST, largest, links_of
from importers.collecting.sources.sidecars import pictures_beside
from tests.support.api_server import KEY, recorded

JPEG = "https://example.org/a.jpg"


class Recorded:
    """A client that gives recorded answers, one after the other, and remembers what it was asked."""

    def __init__(self, *answers: Any):
        self.answers, self.asked = list(answers), []

    async def get_json(self, url: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        self.asked.append(dict(params))
        return self.answers.pop(0)


@pytest.fixture(autouse=True)
def keys(monkeypatch) -> None:
    monkeypatch.setenv("VITRINE_FLICKR_KEY", KEY)
    monkeypatch.setenv("VITRINE_SERPAPI_KEY", KEY)


def pages(source: str | Source, *answers: Any, after: str = "", **filters: Any) -> tuple[list[Page], Recorded]:
    """The pages that a source makes of answers."""
    client = Recorded(*answers)
    asked = named_source(source) if isinstance(source, str) else source

    async def all_pages() -> list[Page]:
        return [page async for page in asked.search("wall", Filters(**filters), client, after)]

    return asyncio.run(all_pages()), client


def test_openverse_gives_licence_author_and_page() -> None:
    (page,), client = pages(
        "openverse", recorded("openverse"), words=("cc-by-nc-sa", "cc0"), kind="photo", size="large"
    )
    first, second = page.candidates
    assert (first.licence, first.licence_version, first.author, first.rank) == ("CC-BY-NC-SA", "2.0", "Ada Example", 1)
    assert first.page_url == "https://www.flickr.com/photos/18090920@N07/8412397181"
    assert first.attribution.startswith('"Wall in Berlin" (https://www.flickr.com/') and (
        first.width,
        first.height,
    ) == (
        1024,
        683,
    )
    assert (second.licence, second.title, second.width) == ("CC0", None, None)
    assert client.asked == [
        {
            "q": "wall",
            "page": "1",
            "page_size": "20",
            "license": "cc0,by-nc-sa",
            "category": "photograph",
            "size": "large",
        }
    ]


def test_openverse_goes_on_page_by_page_and_from_the_one_named() -> None:
    answer = {**recorded("openverse"), "page_count": 3}
    found, client = pages("openverse", answer, answer, answer)
    assert [asked["page"] for asked in client.asked] == ["1", "2", "3"] and [page.after for page in found] == [
        "2",
        "3",
        "",
    ]
    assert found[1].candidates[0].rank == 21
    again, client = pages("openverse", answer, after="3")
    assert client.asked[0]["page"] == "3" and again[0].candidates[0].rank == 41


def test_commons_reads_extmetadata_without_its_tags_in_the_order_of_the_search() -> None:
    last = {**recorded("commons")}
    del last["continue"]
    found, client = pages("commons", recorded("commons"), last)
    first, second = found[0].candidates
    assert (first.licence, first.licence_version, first.author) == ("CC-BY-SA", "4.0", "Grace & Co")
    assert first.title == "Mural in Kreuzberg (2019)"
    assert first.licence_url == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert (second.licence, second.author, second.title) == ("PD", "Own scan", "Old gate")
    assert client.asked[1]["gsroffset"] == "50" and found[1].candidates[0].rank == 3 and found[1].after == ""
    assert json.loads(found[0].after) == [{"gsroffset": "50", "continue": "gsroffset||"}, 2]


def test_commons_says_what_it_refused() -> None:
    with pytest.raises(SourceError, match="Commons refused: The search is too long"):
        pages("commons", {"error": {"code": "x", "info": "The search is too long"}})


def test_flickr_asks_which_number_is_which_licence() -> None:
    shapes = recorded("flickr")
    (page,), client = pages("flickr", shapes["licenses"], shapes["search"], words=("cc-by", "cc0"), colour="blue")
    first, second = page.candidates
    assert (first.licence, first.licence_version, first.author) == ("CC-BY", "2.0", "Ada Example")
    assert (
        first.file_url.endswith("_b.jpg") and first.page_url == "https://www.flickr.com/photos/12345678@N00/53012345678"
    )
    assert second.licence is None, "no known restrictions is no licence"
    assert client.asked[1]["license"] == "4,9" and client.asked[1]["color_codes"] == "8"
    assert KEY not in json.dumps([dict(each.raw) for each in page.candidates])


def test_flickr_does_not_know_the_key() -> None:
    with pytest.raises(SourceError, match="does not know the key") as error:
        pages("flickr", recorded("flickr")["wrong_key"])
    assert KEY not in str(error.value)


def test_inaturalist_gives_a_candidate_a_photo_and_knows_that_no_code_is_all_rights_reserved() -> None:
    (page,), client = pages("inaturalist", recorded("inaturalist"), words=("cc-by", "cc0"))
    first, second = page.candidates
    assert (first.licence, first.title, first.author, first.width) == ("CC-BY", "Red Fox", "Grace Example", 2048)
    assert first.file_url.endswith("/photos/1234/large.jpg") and second.file_url.endswith("/1235/large.jpeg")
    assert second.licence == "ARR" and [first.rank, second.rank] == [1, 2]
    assert client.asked[0]["photo_license"] == "cc0,cc-by"


def test_serpapi_gives_originals_without_a_licence_and_ends_where_there_are_no_more() -> None:
    shapes = recorded("serpapi")
    found, client = pages(
        "google-images", shapes["google"], shapes["nothing"], words=("any",), size="large", colour="grey"
    )
    (first,) = found[0].candidates
    assert (first.licence, first.attribution, first.page_url) == (None, None, "https://example.org/walls/1")
    assert found[0].n_unusable == 1 and found[1].candidates == () and found[1].after == ""
    assert [asked["ijn"] for asked in client.asked] == ["0", "1"]
    assert client.asked[0]["tbs"] == "isz:l,ic:specific,isc:gray"
    bing, client = pages("bing-images", shapes["google"], shapes["nothing"], words=("any",))
    assert [asked["first"] for asked in client.asked] == ["1", "3"] and bing[0].candidates[0].source == "bing-images"


def test_serpapi_refuses_without_saying_the_key() -> None:
    with pytest.raises(SourceError, match="refused") as error:
        pages("google-images", {"error": f"Invalid API key {KEY}."}, words=("any",))
    assert KEY not in str(error.value)


@pytest.mark.parametrize("source", ["openverse", "commons", "inaturalist", "google-images"])
@pytest.mark.parametrize("answer", [[], None, "x", 7, {"results": 3, "query": [], "images_results": {}}])
def test_an_answer_of_another_shape_is_a_sentence(source: str, answer: Any) -> None:
    with pytest.raises(SourceError, match="cannot be understood"):
        pages(source, answer)


@pytest.mark.parametrize("source", ["openverse", "inaturalist", "google-images"])
def test_entries_that_are_no_pictures_are_counted_and_left_out(source: str) -> None:
    entries = [
        None,
        4,
        {},
        {"url": 3},
        {"url": "javascript:alert(1)"},
        {"url": "ftp://x/y.jpg", "original": "file:///a"},
    ]
    answer = {"results": entries, "images_results": entries, "page_count": 1, "total_results": 1}
    found, _ = pages(source, answer, {"error": "Google hasn't returned any results for this query."})
    assert not found[0].candidates
    assert source == "inaturalist" or found[0].n_unusable == len(entries)


def test_every_source_says_its_terms() -> None:
    for about in SOURCES.values():
        assert about.terms.endswith(".") and about.licences.endswith(".")
        assert about.needs_file or about.terms_url.startswith("https://")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "results",
                    "query",
                    "pages",
                    "imageinfo",
                    "extmetadata",
                    "photos",
                    "photo",
                    "url",
                    "license",
                    "title",
                    "user",
                ]
                + [
                    "images_results",
                    "original",
                    "continue",
                    "index",
                    "stat",
                    "licenses",
                    "taxon",
                    "page_count",
                    "value",
                    "id",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@pytest.mark.long
@pytest.mark.parametrize("source", ["openverse", "commons", "flickr", "inaturalist", "google-images"])
@given(first=JSON, second=JSON)
def test_whatever_a_source_answers_is_candidates_or_a_sentence(source: str, first: Any, second: Any) -> None:
    try:
        found, _ = pages(source, first, second, *[{}] * 9, words=("any",))
    except SourceError as error:
        assert str(error)
    else:
        assert all(each.file_url.startswith("http") for page in found for each in page.candidates)


@pytest.mark.long
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_lies_in_a_file_is_candidates_or_a_sentence(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for kind, name in (("list", "a.csv"), ("list", "a.txt"), ("list", "a.parquet"), ("saved-page", "a.html")):
            (Path(folder) / name).write_bytes(content)
            with contextlib.suppress(SourceError):
                pages(named_source(kind, file=str(Path(folder) / name)))
        (Path(folder) / "a.jpg").write_bytes(b"")
        (Path(folder) / "a.json").write_bytes(content)
        assert len(list(pictures_beside(Path(folder), query="x"))) <= 1


# What is given as a file


def listed(path: Path) -> list[Page]:
    return pages(named_source("list", file=str(path)))[0]


def test_a_list_is_read_by_the_names_that_img2dataset_uses(tmp_path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "url,caption,license,author,label,page_url\n"
        'https://example.org/a.jpg,"A wall, red",CC BY 4.0,Ada,wall,https://example.org/a\n'
        "not an address,x,,,,\n"
        "https://example.org/b.jpg,,?,,,\n"
    )
    (page,) = listed(path)
    first, second = page.candidates
    assert (first.title, first.licence, first.author, first.class_name) == ("A wall, red", "CC-BY", "Ada", "wall")
    assert page.n_unusable == 1 and second.licence is None and second.rank == 3
    assert second.query == "wall"  # what was asked


def test_a_list_may_be_parquet_or_text_and_is_read_in_pages(tmp_path) -> None:
    addresses = [f"https://example.org/{place}.jpg" for place in range(450)]
    pq.write_table(pa.table({"URL": addresses, "TEXT": ["x"] * 450}), tmp_path / "a.parquet")
    (tmp_path / "a.txt").write_text("# a remark\n\n" + "\n".join(addresses))
    for name in ("a.parquet", "a.txt"):
        found = listed(tmp_path / name)
        assert [len(page.candidates) for page in found] == [200, 200, 50] and [page.after for page in found] == [
            "200",
            "400",
            "",
        ]
        assert [each.file_url for page in found for each in page.candidates] == addresses
    rest, _ = pages(named_source("list", file=str(tmp_path / "a.txt")), after="400")
    assert [len(page.candidates) for page in rest] == [50] and rest[0].candidates[0].rank == 401


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"name,size\na,b\n", "no column `url`; it has name, size"),
        ("a.csv", b"https://example.org/a.jpg\nhttps://example.org/b.jpg\n", "has no heading"),
        ("a.parquet", b"no parquet", "cannot be read as a list"),
    ],
)
def test_a_list_that_cannot_be_read_is_a_sentence(tmp_path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=said):
        listed(tmp_path / name)


PAGE = """<!doctype html><!-- saved from url=(0030)https://example.org/search?q=wall -->
<meta property="og:image" content="https://example.org/share.png">
<a href="/imgres?imgurl=https%3A%2F%2Fother.example%2Fbig.jpg&imgrefurl=https%3A%2F%2Fother.example%2Fpage">
<img src="data:image/png;base64,xx"></a>
<a href="/wall/1"><img alt="A wall" src="thumbs/1.jpg" srcset="thumbs/1.jpg 320w, full/1.jpg 1280w"></a>
<img data-src="//cdn.example/2.webp" src="pixel.gif">
<a href="full/3.PNG">three</a> <a href="about.html">about</a> <img src="full/3.PNG">
"""


def test_a_saved_page_names_the_largest_of_each_picture_once() -> None:
    links = links_of(PAGE)
    assert [link.url for link in links] == [
        "https://example.org/share.png",
        "https://other.example/big.jpg",
        "https://example.org/full/1.jpg",
        "https://cdn.example/2.webp",
        "https://example.org/full/3.PNG",
    ]
    assert (links[1].page, links[2].page, links[2].title) == (
        "https://other.example/page",
        "https://example.org/wall/1",
        "A wall",
    )
    assert [link.url for link in links_of('<base href="https://b.example/x/"><img src="a.jpg">')] == [
        "https://b.example/x/a.jpg"
    ]
    assert links_of("<img src='a.jpg'><img src='http://[bad/a.jpg'>") == []


def test_the_largest_of_a_srcset_by_width_or_density() -> None:
    assert largest("a.jpg, b.jpg 2x") == "b.jpg"
    assert largest("a.jpg 100w, https://e.example/b,c.jpg 200w") == "https://e.example/b,c.jpg"
    assert largest("") == ""


def test_a_saved_page_is_a_source_and_one_without_pictures_a_sentence(tmp_path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    (page,) = pages(named_source("saved-page", file=str(tmp_path / "page.html")))[0]
    assert len(page.candidates) == 5 and {each.licence for each in page.candidates} == {None}
    (tmp_path / "empty.html").write_text("<p>nothing</p>")
    with pytest.raises(SourceError, match="names no picture"):
        pages(named_source("saved-page", file=str(tmp_path / "empty.html")))


@pytest.mark.long
def test_a_saved_page_is_bounded(tmp_path) -> None:
    with (tmp_path / "large.html").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(SourceError, match="more than 64 MiB"):
        pages(named_source("saved-page", file=str(tmp_path / "large.html")))
    assert len(links_of("".join(f"<img src=https://e.example/{place}.jpg>" for place in range(MOST + 9)))) == MOST


def test_what_a_source_says_of_a_picture_is_bounded() -> None:
    entry = recorded("openverse")["results"][0]
    long = {**entry, "title": "x" * 100_000, "creator": "y\x1b[31m" * 9_000, "tags": [], "more": ["z" * 999] * 999}
    (page,), _ = pages(
        "openverse", {"results": [long, {**entry, "url": "https://e.example/" + "a" * 9_000}], "page_count": 1}
    )
    (one,) = page.candidates
    assert len(one.title) == 500 and len(one.author) <= 500 and "\x1b" not in one.author
    assert len(json.dumps(dict(one.raw))) <= 8_000 and page.n_unusable == 1


def test_side_cars_of_both_tools_are_read(tmp_path) -> None:
    (tmp_path / "cat").mkdir()
    for name in ("cat/a.jpg", "000001.jpg", "alone.jpg", "bad.jpg"):
        (tmp_path / name).write_bytes(b"x")
    gallery = {
        "category": "flickr",
        "title": "A cat",
        "owner": {"username": "Ada"},
        "license_name": "CC BY 2.0",
        "url": JPEG,
    }
    (tmp_path / "cat" / "a.jpg.json").write_text(json.dumps(gallery))
    img2dataset = {
        "caption": "two",
        "url": JPEG,
        "key": "000001",
        "status": "success",
        "original_width": 640,
        "license": "?",
    }
    (tmp_path / "000001.json").write_text(json.dumps(img2dataset))
    (tmp_path / "bad.jpg.json").write_text("{")
    found = {each.path: each.candidate for each in pictures_beside(tmp_path, query="folder")}
    assert list(found) == ["000001.jpg", "cat/a.jpg"]
    assert (found["cat/a.jpg"].author, found["cat/a.jpg"].licence, found["cat/a.jpg"].licence_version) == (
        "Ada",
        "CC-BY",
        "2.0",
    )
    assert (found["000001.jpg"].title, found["000001.jpg"].licence, found["000001.jpg"].width) == ("two", None, 640)

"""Orders of a collection: how queries are read, what is refused in a sentence, who is asked for what."""

import json
from types import SimpleNamespace

import pytest

from importers.collecting.about import SOURCES
from importers.collecting.elsewhere import VARIABLE
from importers.collecting.fetching import GLOBAL_ONLY, FetchLimits
from importers.collecting.licences import CODES
from jobs.collect import kind
from jobs.collect.asks import asks_of, folder_of_class, require_folders_of_their_own
from jobs.collect.inputs import Inputs, judged
from jobs.collect.kind import CollectParameters
from jobs.collect.query_rows import Query, read_rows
from jobs.collect.run import limits_of, permission
from jobs.collect.searching import keep_pace
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import load_kind


def order(**given: object) -> CollectParameters:
    read: CollectParameters = load_kind("collect").read(given)
    return read


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ("street art berlin", [Query(query="street art berlin")]),
        ("cat\n\n  dog\n", [Query(query="cat"), Query(query="dog")]),
        ("query,class,n\na cat,cat,50\ndog,,\n", [Query(query="a cat", class_name="cat", n=50), Query(query="dog")]),
        ("Query;Label\ncat, sleeping;cat\n", [Query(query="cat, sleeping", class_name="cat")]),
        ('[{"query": "cat", "class": "cat", "n": 5}]', [Query(query="cat", class_name="cat", n=5)]),
        ([{"query": "cat", "n": "7"}, "dog"], [Query(query="cat", n=7), Query(query="dog")]),
        ([{"query": 12}], [Query(query="12")]),
    ],
)  # fmt: skip
def test_queries_are_read_from_lines_tables_and_lists(given: object, rows: list[Query]) -> None:
    assert read_rows(given) == rows
    parameters = order(queries=given)
    assert list(parameters.rows) == rows
    assert order(**parameters.as_json()) == parameters, "as spec.json keeps it"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"queries": ""}, "say what is searched for"),
        ({"queries": "a", "sources": "altavista"}, "no source 'altavista'"),
        ({"queries": "a", "sources": ""}, "name at least one source"),
        ({"queries": "a", "licences": "wtfpl"}, "no licence 'wtfpl'"),
        ({"queries": "a", "sources": "google-images"}, "google-images does not say under which licence"),
        ({"queries": "a", "sources": "list,openverse", "file": "x"}, "list is read alone"),
        ({"sources": "list"}, "needs `file`"),
        ({"queries": "[1"}, "is none"),
        ({"queries": [{"query": "a", "n": -1}]}, "row 1: n: "),
        ({"queries": [{"query": "a", "colour": "red"}]}, "row 1 has the column 'colour'"),
        ({"queries": [{"class": "a"}]}, "row 1 has no query"),
        ({"queries": [3]}, "row 1 is neither"),
        ({"queries": ["a"] * 1_001}, "has 1,001 rows"),
        ({"queries": ["a", "b", "a"]}, "'a' stands there twice"),
        ({"queries": "a\x07b"}, "cannot be printed"),
        ({"queries": "a", "contact": "me\r\nX: y"}, "plain letters"),
    ],
)
def test_an_order_that_cannot_be_is_refused_in_a_sentence(given: dict[str, object], said: str) -> None:
    with pytest.raises(UnknownParameter) as refusal:
        order(**given)
    assert said in str(refusal.value) and "Value error" not in str(refusal.value)


def test_an_order_and_the_sources_know_the_same_names() -> None:
    assert {*kind.SEARCHED, *kind.GIVEN} == SOURCES.keys()
    assert set(kind.GIVEN) == {name for name, about in SOURCES.items() if about.needs_file}
    assert set(kind.WITHOUT_LICENCE) == {name for name, about in SOURCES.items() if not about.gives_licence}
    assert set(kind._CODES) == set(CODES)


def test_sources_share_the_number_of_a_query_unless_each_is_to_have_it() -> None:
    queries = [{"query": "cat", "class": "cat", "n": 5}, {"query": "kitten", "class": "cat"}]
    together = asks_of(order(queries=queries, n=30))
    assert [(ask.source, ask.group, ask.n_wanted) for ask in together] == [
        ("openverse", "0", 5),
        ("commons", "0", 5),
        ("openverse", "1", 30),
        ("commons", "1", 30),
    ]
    assert len({ask.group for ask in asks_of(order(queries=queries, each=True))}) == 4
    pilot = asks_of(order(queries=queries, pilot=10))
    assert {(ask.group, ask.n_wanted) for ask in pilot} == {("class cat", 10)}


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("cat", "cat"),
        ("", "unsorted"),
        ("../../etc", "etc"),
        (".hidden", "hidden"),
        ("a/b\\c:d", "a-b-c-d"),
        ("Straße", "Straße"),
        ("...", "unsorted"),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_class_has_a_folder_below_the_root(name: str, folder: str) -> None:
    assert folder_of_class(name) == folder


def test_two_classes_do_not_share_a_folder() -> None:
    queries = [{"query": "a", "class": "a/b"}, {"query": "b", "class": "A-B"}]
    with pytest.raises(UnknownParameter, match="would share a folder"):
        require_folders_of_their_own(order(queries=queries))


def test_a_source_is_asked_at_the_pace_of_its_terms_and_an_imitation_at_none(monkeypatch) -> None:
    paced: list[tuple[str, float, int]] = []
    client = SimpleNamespace(
        hosts=SimpleNamespace(pace=lambda host, interval_s, *, at_once: paced.append((host, interval_s, at_once)))
    )
    monkeypatch.delenv(VARIABLE, raising=False)
    for name in (*kind.SEARCHED, "list"):
        keep_pace(client, name)
    assert ("api.openverse.org", 3.0, 1) in paced and ("api.flickr.com", 1.0, 1) in paced
    assert len(paced) == len(kind.SEARCHED)
    monkeypatch.setenv(VARIABLE, json.dumps({"sources": {"openverse": "http://127.0.0.1:1"}, "hosts": ["127.0.0.1"]}))
    keep_pace(client, "openverse")
    assert len(paced) == len(kind.SEARCHED)


def test_nothing_but_the_environment_permits_this_machine(monkeypatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert permission() == GLOBAL_ONLY
    assert {"permission", "hosts", "imitations"}.isdisjoint(load_kind("collect").defaults)
    limits = limits_of(order(queries="cat", max_mb=2.5, min_side=100, contact="me@example.org"))
    assert (limits.max_bytes, limits.min_side, limits.per_host_at_once) == (
        2_500_000,
        100,
        FetchLimits().per_host_at_once,
    )
    assert "me@example.org" in limits.user_agent


def candidate(**changes: object):
    from importers.collecting.candidate import Candidate

    given = {"file_url": "https://img.example.org/a.jpg", "page_url": "https://www.example.org/a", "licence": "CC-BY"}
    return Candidate("openverse", "cat", 1, **{**given, "author": "Ada  Example", **changes})


@pytest.mark.parametrize(
    ("what", "value", "is_down"),
    [
        ("address", "https://img.example.org/a.jpg#top", True),
        ("address", "https://www.example.org/a", True),
        ("address", "https://img.example.org/b.jpg", False),
        ("author", "ada example", True),
        ("author", "ada", False),
        ("site", "https://www.example.org/", True),
        ("site", "EXAMPLE.org", True),
        ("site", "ample.org", False),
    ],
)
def test_what_was_taken_down_is_not_asked_for(what: str, value: str, is_down: bool, tmp_path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from jobs.collect.inputs import read_inputs

    pq.write_table(pa.table({"what": [what], "value": [value]}), tmp_path / "takedowns.parquet")
    nothing = pa.table({"file_url": pa.array([], pa.string()), "path": pa.array([], pa.string())})
    pq.write_table(nothing, tmp_path / "had.parquet")
    pictures = {name: pa.array([], pa.string()) for name in ("path", "sha256", "pixel_sha256")}
    pq.write_table(pa.table({**pictures, "phash": pa.array([], pa.uint64())}), tmp_path / "pictures.parquet")
    verdict = judged(candidate(), read_inputs(tmp_path), order(queries="cat"))
    assert (verdict is not None and verdict.reason == "taken down") is is_down


def test_sites_licences_and_known_addresses_are_judged_without_a_request() -> None:
    from importers.collecting.fetching import Known

    inputs = Inputs({"https://img.example.org/had.jpg": "cat/1.jpg"}, Known(), {})
    parameters = order(queries="cat", exclude_sites="bad.example", licences="cc-by,cc0")

    def told(**changes: object) -> tuple[str, str] | None:
        verdict = judged(candidate(**changes), inputs, parameters)
        return (verdict.outcome, verdict.reason) if verdict is not None else None

    assert told() is None
    assert told(file_url="https://x.bad.example/a.jpg") == ("refused", "excluded site")
    assert told(file_url="https://notbad.example/a.jpg") is None
    assert told(licence=None) == told(licence="CC-BY-NC") == ("refused", "licence")
    assert told(file_url="https://img.example.org/had.jpg") == ("duplicate", "had already")

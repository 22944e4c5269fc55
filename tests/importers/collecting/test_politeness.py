"""Hosts are asked as they wish: robots.txt, so many at once, so often, after the pauses that they ask for."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from importers.collecting.fetching import FetchError, FetchLimits
from importers.collecting.fetching.addresses import parse_address
from importers.collecting.fetching.hosts import Hosts
from importers.collecting.fetching.robots import forbids_ai, rules_of
from importers.collecting.fetching.waiting import back_off_s, retry_after_s
from tests.support.bad_server import BadServer, running
from tests.support.fetched import LIMITS, client_of, fetch, fetch_paths


@pytest.fixture
def server() -> Iterator[BadServer]:
    with running() as server:
        yield server


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds
        await asyncio.sleep(0)


def hosts_of(clock: Clock, **limits: object) -> Hosts:
    return Hosts(replace(LIMITS, **limits), clock=clock, sleep=clock.sleep)  # type: ignore[arg-type]


def test_robots_is_asked_once_a_host_and_kept_to(server: BadServer, tmp_path: Path) -> None:
    server.robots["closed.example"] = b"User-agent: *\nDisallow: /good/2\nAllow: /good/22\n"
    server.robots["us.example"] = b"User-agent: vitrine\nDisallow: /\n\nUser-agent: *\nAllow: /\n"
    server.robots["broken.example"] = 500
    urls = [server.url(f"/good/{number}", host="closed.example") for number in (1, 2, 22)]
    urls += [server.url("/good/3", host="us.example"), server.url("/good/4", host="broken.example")]
    urls += [server.url("/to/1?place=" + server.url("/good/2", host="closed.example"), host="open.example")]
    found = fetch(urls, tmp_path, limits=replace(LIMITS, retries=0))
    outcomes = [(each.outcome, each.reason) for each in found.values()]
    refused = ("refused", "robots")
    assert outcomes == [("kept", ""), refused, ("kept", ""), refused, refused, refused]
    asked = [each.host for each in server.asked if each.path == "/robots.txt"]
    assert sorted(asked) == ["broken.example", "closed.example", "open.example", "us.example"]
    assert "/good/2" not in server.counts()


def test_every_request_says_who_asks(server: BadServer, tmp_path: Path) -> None:
    fetch_paths(server, ["/good/1"], tmp_path)
    agents = {each.headers["user-agent"] for each in server.asked}
    assert agents == {"Vitrine (pictures for a dataset; contact: test@example.org)"}
    with pytest.raises(ValueError, match="plain letters"):
        FetchLimits(contact="me\r\nCookie: x")


def test_a_long_robots_is_read_in_part_and_stars_cost_no_time() -> None:
    rules = rules_of("User-agent: *\n" + "Disallow: /" + "*a" * 2000 + "*b\n" + "Disallow: /secret*.jpg$\n" * 4000)
    assert rules.allow(parse_address("http://a.example/" + "a" * 8000))
    assert not rules.allow(parse_address("http://a.example/secret1.jpg"))


def test_a_crawl_delay_is_kept(server: BadServer, tmp_path: Path) -> None:
    server.robots["slow.example"] = b"User-agent: *\nCrawl-delay: 0.2\n"
    fetch([server.url(f"/good/{number}", host="slow.example") for number in range(4)], tmp_path)
    at = sorted(each.at for each in server.asked if each.path != "/robots.txt")
    assert len(at) == 4 and min(b - a for a, b in zip(at, at[1:], strict=False)) > 0.1


@pytest.mark.parametrize(
    ("header", "forbids"),
    [
        ("noai", True),
        ("noindex, NoImageAI", True),
        ("vitrine: noai", True),
        ("otherbot: noai", False),
        ("otherbot: noindex, noai", False),
        ("otherbot: noindex, vitrine: noai", True),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST, noai", True),
        ("", False),
        ("noindex, nofollow", False),
    ],
)
def test_who_a_robots_tag_speaks_to(header: str, forbids: bool) -> None:
    assert forbids_ai(header) is forbids


def test_so_many_requests_at_once_a_host(server: BadServer, tmp_path: Path) -> None:
    server.latency_s = 0.05
    fetch_paths(
        server, [f"/good/{number}" for number in range(12)], tmp_path, limits=replace(LIMITS, per_host_at_once=3)
    )
    assert server.n_at_once == 3


def test_so_many_requests_at_once_in_all(server: BadServer, tmp_path: Path) -> None:
    server.latency_s = 0.05
    urls = [server.url(f"/good/{number}", host=f"h{number % 6}.example") for number in range(24)]
    fetch(urls, tmp_path, limits=replace(LIMITS, at_once=4))
    assert server.n_at_once == 4


@pytest.mark.long
def test_a_busy_host_keeps_no_other_waiting(server: BadServer, tmp_path: Path) -> None:
    slow = [server.url(f"/busy/{n}?status=429&times=1&wait=1", host="busy.example") for n in range(8)]
    quick = [server.url(f"/good/{number}", host="quick.example") for number in range(50, 58)]
    found = fetch([*slow, *quick], tmp_path, limits=replace(LIMITS, per_host_at_once=2))
    assert all(each.outcome == "kept" for each in found.values())
    last_quick = max(each.at for each in server.asked if each.host == "quick.example")
    last_slow = max(each.at for each in server.asked if each.host == "busy.example")
    assert last_quick < last_slow


def test_a_host_is_asked_so_often_a_second() -> None:
    clock = Clock()

    async def run() -> None:
        hosts = hosts_of(clock, per_host_per_s=4)
        for _ in range(3):
            async with hosts.turn("a.example"):
                pass
        async with hosts.turn("b.example"):
            pass

    asyncio.run(run())
    assert clock.slept == [0.25, 0.25]


def test_a_pause_holds_for_all_who_ask_the_host_and_too_long_a_one_ends_the_asking() -> None:
    clock = Clock()

    async def run() -> None:
        hosts = hosts_of(clock, max_wait_s=60)
        hosts.pause("a.example", 30)
        async with hosts.turn("a.example"):
            assert clock.now == 130
        hosts.pause("a.example", 61)
        with pytest.raises(FetchError, match="pause of more than 60 s") as found:
            async with hosts.turn("a.example"):
                pass
        assert (found.value.outcome, found.value.reason) == ("failed", "host busy")

    asyncio.run(run())


def test_a_host_without_answers_is_asked_no_more(server: BadServer, tmp_path: Path) -> None:
    limits = replace(LIMITS, retries=0, host_failures=3, per_host_at_once=1, read_s=0.1)
    found = fetch_paths(server, [f"/silent/{number}" for number in range(6)], tmp_path, limits=limits)
    assert sorted(each.reason for each in found.values()) == ["host silent"] * 3 + ["timeout"] * 3
    assert server.counts().total() == 3


def test_hosts_that_nobody_waits_for_are_forgotten() -> None:
    async def run() -> int:
        hosts = hosts_of(Clock())
        for number in range(10_000):
            async with hosts.turn(f"h{number}.example"):
                pass
        return len(hosts._hosts)

    assert asyncio.run(run()) <= 4096


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.long
def test_retry_after_is_waited_for(server: BadServer, tmp_path: Path, status: int) -> None:
    path = f"/busy/1?status={status}&times=1&wait=1"
    assert fetch_paths(server, [path], tmp_path)[path].outcome == "kept"
    first, second = (each.at for each in server.asked if each.path == path)
    assert second - first >= 0.99


@pytest.mark.long
def test_errors_are_tried_again_so_often_and_no_more(server: BadServer, tmp_path: Path) -> None:
    paths = ["/busy/1?status=500&times=2", "/busy/2?status=502&times=9", "/status/404", "/status/429?wait=9999"]
    found = fetch([server.url(path, host=f"h{n}.example") for n, path in enumerate(paths)], tmp_path)
    assert [each.outcome for each in found.values()] == ["kept", "failed", "failed", "failed"]
    assert [each.reason for each in found.values()][1:] == ["http 502", "http 404", "host busy"]
    counts = server.counts()
    assert [counts[path] for path in paths] == [3, 3, 1, 1]


def test_what_retry_after_says() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert retry_after_s("120") == 120
    assert retry_after_s("Thu, 01 Jan 2026 00:01:00 GMT", now=now) == 60
    assert retry_after_s("Thu, 01 Jan 2015 00:01:00 GMT", now=now) == 0
    assert retry_after_s("9" * 400) == 999_999_999
    assert retry_after_s("soon") is None and retry_after_s("-5") is None and retry_after_s("²") is None


def test_back_off_doubles_differs_and_has_an_end() -> None:
    rng = random.Random(0)
    first = [back_off_s(0, rng=rng, longest_s=100) for _ in range(50)]
    fifth = [back_off_s(4, rng=rng, longest_s=100) for _ in range(50)]
    assert 0.25 <= min(first) < max(first) <= 0.75 and 4 <= min(fifth) < max(fifth) <= 12
    assert back_off_s(10_000, rng=rng, longest_s=100) == 100


@pytest.mark.long
def test_json_is_asked_for_by_the_same_rules(server: BadServer) -> None:
    async def run() -> None:
        async with client_of(replace(LIMITS, retries=1, total_s=2)) as client:
            busy = server.url("/busy/1")
            assert await client.get_json(busy, {"status": 503, "times": 1, "json": 1}) == [1]
            assert await client.get_json(server.url("/json/3"), {"q": "ä b&c"}) == {"n": 3, "results": [1, 2]}
            assert client.asked == {"127.0.0.1": 3}
            for path, reason in (
                ("/notjson/1", "not JSON"),
                ("/deepjson/1", "not JSON"),
                ("/bigjson/1", "too large"),
                ("/status/401", "login"),
                ("/status/403", "http 403"),
                ("/busy/9?status=500&times=9", "http 500"),
                ("/silent/1", "timeout"),
            ):
                with pytest.raises(FetchError) as found:
                    await client.get_json(server.url(path), {"key": "s3cret"}, {"Authorization": "s3cret"})
                assert found.value.reason == reason
                assert "s3cret" not in str(found.value) and "s3cret" not in repr(found.value)
            assert "robots.txt" not in {each.path for each in server.asked}

    asyncio.run(run())
    assert any(each.path == "/json/3?q=%C3%A4+b%26c" for each in server.asked)


def test_a_key_is_sent_to_its_own_host_alone(server: BadServer) -> None:
    async def run() -> None:
        async with client_of() as client:
            place = server.url("/json/1", host="other.example")
            await client.get_json(server.url("/to/1", host="api.example"), {"place": place}, {"X-Key": "s3cret"})

    asyncio.run(run())
    assert [("x-key" in each.headers, each.host) for each in server.asked] == [
        (True, "api.example"),
        (False, "other.example"),
    ]


def test_a_pace_is_kept_and_the_slower_one_stays() -> None:
    clock = Clock()

    async def run() -> None:
        hosts = hosts_of(clock)
        hosts.pace("api.example", 3, at_once=1)
        hosts.pace("api.example", 1)
        for _ in range(2):
            async with hosts.turn("api.example"):
                pass

    asyncio.run(run())
    assert clock.slept == [3]

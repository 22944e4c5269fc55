"""Nothing is asked that is not of the open internet, whatever an address looks like and wherever it leads."""

import asyncio
import ipaddress
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.collecting.fetching import FetchError, GuardedClient
from importers.collecting.fetching.addresses import (
    GLOBAL_ONLY,
    GuardedBackend,
    Permission,
    is_global,
    parse_address,
    permission_of,
)
from tests.support.bad_server import BadServer, running
from tests.support.fetched import LIMITS, LOOPBACK, fetch, fetch_paths, files_of

GLOBAL = "93.184.216.34"


@pytest.fixture(scope="module")
def server() -> Iterator[BadServer]:
    with running() as server:
        yield server


class Connections(httpcore2.AsyncNetworkBackend):
    """Notes where a connection is made to, and makes none."""

    def __init__(self) -> None:
        self.made: list[str] = []

    async def connect_tcp(self, host: str, port: int, *rest: object, **options: object) -> httpcore2.AsyncNetworkStream:
        self.made.append(host)
        return httpcore2.AsyncMockStream([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"])


def ask(
    url: str, answers: Sequence[Sequence[str]], *, times: int = 1, permission: Permission = GLOBAL_ONLY
) -> list[str]:
    """Where connections were made for an address, whose name resolves to each of `answers` in turn."""
    left, connections = list(answers), Connections()

    async def resolve(host: str, port: int) -> list[str]:
        return list(left.pop(0))

    async def run() -> None:
        async with GuardedClient(LIMITS, permission=permission, resolve=resolve, inner=connections) as client:
            assert await client.get_json(url) == {}

    asyncio.run(run())
    assert not left
    return connections.made


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
        "169.254.169.254", "168.63.129.16", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
        "192.88.99.1", "192.31.196.1", "224.0.0.1", "233.252.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "100::1", "2001::1", "2001:0:53aa:64c:0:0:80ff:fffe", "2001:db8::1",
        "2001:10::1", "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
        "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
    ],
)  # fmt: skip
def test_special_addresses_are_not_global(text: str) -> None:
    assert not is_global(ipaddress.ip_address(text))
    literal = f"[{text}]" if ":" in text else text
    with pytest.raises(FetchError) as found:
        ask(f"http://{literal}/", [])
    assert (found.value.outcome, found.value.reason) == ("refused", "address")


@pytest.mark.parametrize("text", ["8.8.8.8", GLOBAL, "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "2a00::1"])
def test_addresses_of_the_open_internet_are_global(text: str) -> None:
    assert is_global(ipaddress.ip_address(text))


@given(st.ip_addresses())
def test_nothing_that_python_calls_special_is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        nat64 = ipaddress.IPv6Network("64:ff9b::/96")
        assert not is_global(address) or (address.version == 6 and address in nat64)


@pytest.mark.parametrize(
    "text",
    [
        "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/",
        "http://127.0.0.1./", "http://1.2.3.4.5/", "http://16843009/", "http://[fe80::1%25eth0]/", "http://[::1/",
        "http:///x", "http://", "//example.org/x", "example.org/x", "ftp://example.org/x", "file:///etc/passwd",
        "gopher://example.org/", "data:image/png;base64,AAAA", "javascript:alert(1)", "unix:///run/docker.sock",
        "http://me@example.org/", "http://me:secret@example.org/", "http://:@example.org/", "http://example.org\\@10.0.0.1/",
        "http://exa\nmple.org/", "http://example.org/\r\nHost: other", "http://example.org:22/", "http://example.org:0/",
        "http://example.org:6379/", "http://example.org:99999/", "http://example.org:x/", "http://a%00b/",
        "http://%31%32%37.0.0.1/", "http://" + "a" * 300 + ".org/", "http://example.org/" + "a" * 9000,
    ],
)  # fmt: skip
def test_addresses_that_programs_read_differently_are_refused(text: str) -> None:
    with pytest.raises(FetchError) as found:
        parse_address(text)
    assert (found.value.outcome, found.value.reason) == ("refused", "address")
    assert "secret" not in str(found.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for each in (text, f"http://{text}", f"http://example.org/{text}", f"https://[{text}]/"):
        try:
            address = parse_address(each)
        except FetchError as error:
            assert error.reason == "address"
        else:
            assert address.host and address.host.isascii() and parse_address(address.text) == address


def test_an_address_keeps_its_parts() -> None:
    address = parse_address(" HTTP://Bücher.example:8080/ä b?q=1&r=%20#part ")
    assert (address.host, address.port) == ("xn--bcher-kva.example", 8080)
    assert address.text == "http://xn--bcher-kva.example:8080/%C3%A4%20b?q=1&r=%20"
    assert parse_address("https://[2A00::1]/").authority == "[2a00::1]"


def test_the_address_that_was_looked_at_is_the_one_connected_to() -> None:
    assert ask("http://example.org/", [[GLOBAL, "8.8.8.8"]]) == [GLOBAL]


@pytest.mark.parametrize("answer", [["10.0.0.1"], [GLOBAL, "127.0.0.1"], ["::1", GLOBAL], ["169.254.169.254"], ["odd"]])
def test_a_name_with_any_address_of_ours_is_refused(answer: list[str]) -> None:
    with pytest.raises(FetchError, match="private network"):
        ask("https://example.org/", [answer])


def test_a_name_that_answers_otherwise_the_second_time_is_refused_the_second_time() -> None:
    answers, connections = [[GLOBAL], ["127.0.0.1"]], Connections()

    async def resolve(host: str, port: int) -> list[str]:
        return answers.pop(0)

    async def run() -> None:
        async with GuardedClient(LIMITS, resolve=resolve, inner=connections) as client:
            await client.get_json("http://rebound.example/")
            with pytest.raises(FetchError, match="private network"):
                await client.get_json("http://rebound.example/")

    asyncio.run(run())
    assert connections.made == [GLOBAL] and not answers


def test_sockets_of_the_machine_are_refused() -> None:
    with pytest.raises(FetchError):
        asyncio.run(GuardedBackend().connect_unix_socket("/run/docker.sock"))


def test_loopback_needs_a_permission_and_localhost_is_loopback(server: BadServer, tmp_path: Path) -> None:
    n_before = len(server.asked)
    everywhere = permission_of([], ports=None)

    async def ask_localhost(permission: Permission) -> object:
        async with GuardedClient(LIMITS, permission=permission) as client:
            return await client.get_json(server.url("/json/1", host="localhost"))

    with pytest.raises(FetchError, match="private network"):
        asyncio.run(ask_localhost(everywhere))
    assert len(server.asked) == n_before
    assert asyncio.run(ask_localhost(LOOPBACK)) == {"n": 1, "results": [1, 2]}


@pytest.mark.parametrize(
    "place",
    ["http://10.0.0.1/x.jpg", "http://[::ffff:10.0.0.1]/", "file:///etc/passwd", "//192.168.0.1/", "http://a:b@127.0.0.1/",
     "http://169.254.169.254/latest/meta-data/", "http://0x0a000001/", "ftp://127.0.0.1/"],
)  # fmt: skip
def test_a_redirect_is_looked_at_like_the_first_address(server: BadServer, tmp_path: Path, place: str) -> None:
    async def ask() -> None:
        async with GuardedClient(LIMITS, permission=LOOPBACK) as client:
            await client.get_json(server.url("/to/1"), {"place": place})

    with pytest.raises(FetchError) as found:
        asyncio.run(ask())
    assert (found.value.outcome, found.value.reason) == ("refused", "address")


def test_pictures_and_robots_go_through_the_same_guard(server: BadServer, tmp_path: Path) -> None:
    place = "/to/1?place=http://10.0.0.1/1.jpg"
    found = fetch([server.url(place), "http://10.0.0.1/1.jpg", "http://192.168.0.1:80/robots.txt"], tmp_path)
    assert {(each.outcome, each.reason) for each in found.values()} == {("refused", "address")}
    assert files_of(tmp_path) == []


def test_no_proxy_and_no_password_is_taken_from_the_environment(
    server: BadServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    assert fetch_paths(server, ["/good/77"], tmp_path)["/good/77"].outcome == "kept"
    assert "authorization" not in server.asked[-1].headers


def test_a_permission_is_read_as_people_write_networks() -> None:
    permission = permission_of([" 10.1.0.0/16", "::1 "])
    assert permission.allows(ipaddress.ip_address("10.1.2.3")) and permission.allows(ipaddress.ip_address("::1"))
    assert not permission.allows(ipaddress.ip_address("10.2.0.1"))
    with pytest.raises(ValueError, match="ten"):
        permission_of(["ten"])

"""A body comes whole or not at all, and never unpacks to more than it may."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.collecting.fetching.bodies import bounded
from importers.collecting.fetching.outcomes import FetchError


def read(body: bytes, *, step: int, encoding: str, max_bytes: int = 1 << 30) -> bytes:
    """A body that comes in pieces of `step`."""

    async def chunks() -> AsyncIterator[bytes]:
        for first in range(0, len(body), step):
            yield body[first : first + step]

    async def run() -> bytes:
        return b"".join([piece async for piece in bounded(chunks(), encoding=encoding, max_bytes=max_bytes)])

    return asyncio.run(run())


@settings(max_examples=30)
@given(st.binary(max_size=3000), st.integers(1, 700), st.integers(0, 9))
def test_what_was_packed_comes_out_as_it_was(content: bytes, step: int, level: int) -> None:
    assert read(gzip.compress(content, level), step=step, encoding=" GZIP ") == content
    assert read(zlib.compress(content, level), step=step, encoding="deflate") == content
    assert read(content, step=step, encoding="identity") == content


@pytest.mark.parametrize("n", [1 << 18, (1 << 18) - 1, (1 << 18) + 1, 3 << 18, 5_000_000])
@pytest.mark.parametrize("step", [1000, 1 << 20])
def test_what_packs_well_comes_out_whole(n: int, step: int) -> None:
    assert read(gzip.compress(bytes(n)), step=step, encoding="gzip") == bytes(n)


def test_a_bomb_takes_no_more_memory_than_it_may() -> None:
    bomb = gzip.compress(bytes(32 << 20), 1)
    tracemalloc.start()
    with pytest.raises(FetchError, match="more than the 1,000,000 bytes"):
        read(bomb, step=1 << 16, encoding="gzip", max_bytes=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x"])
def test_what_was_not_asked_for_is_not_unpacked(encoding: str) -> None:
    with pytest.raises(FetchError) as found:
        read(b"abc", step=1, encoding=encoding)
    assert found.value.reason == "encoding"


def test_a_body_that_ends_early_or_is_none_is_said_so() -> None:
    with pytest.raises(FetchError) as found:
        read(gzip.compress(b"a" * 9000)[:-4], step=10, encoding="gzip")
    assert found.value.reason == "truncated"
    with pytest.raises(FetchError) as found:
        read(b"no gzip at all", step=10, encoding="gzip")
    assert found.value.reason == "broken"
    with pytest.raises(FetchError) as found:
        read(b"a" * 101, step=10, encoding="", max_bytes=100)
    assert (found.value.outcome, found.value.reason) == ("refused", "too large")

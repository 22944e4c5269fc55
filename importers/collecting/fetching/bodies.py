"""A response's body as it comes, within a bound: of the bytes that are sent, and of those that they unpack to."""

import zlib
from collections.abc import AsyncGenerator, AsyncIterator

from importers.collecting.fetching.outcomes import FAILED, REFUSED, FetchError

_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 47}  # zlib's wbits; 47 finds out which header there is
_PIECE = 1 << 18  # bytes unpacked at a time


def too_large(max_bytes: int) -> FetchError:
    """A file beyond the bound."""
    return FetchError(REFUSED, "too large", f"The file has more than the {max_bytes:,} bytes that are allowed.")


async def bounded(chunks: AsyncIterator[bytes], *, encoding: str, max_bytes: int) -> AsyncGenerator[bytes]:
    """The body in pieces, unpacked if it is packed although nobody asked for that.

    encoding: the header Content-Encoding. Raises FetchError: too large, or an encoding that is not read.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        n_bytes = 0
        async for chunk in chunks:
            n_bytes += len(chunk)
            if n_bytes > max_bytes:
                raise too_large(max_bytes)
            yield chunk
        return
    if encoding not in _WINDOW:
        raise FetchError(FAILED, "encoding", "The file came packed in a way that was not asked for.")
    async for piece in _unpacked(chunks, zlib.decompressobj(_WINDOW[encoding]), max_bytes):
        yield piece


async def _unpacked(
    chunks: AsyncIterator[bytes], unpacker: "zlib._Decompress", max_bytes: int
) -> AsyncGenerator[bytes]:
    n_sent = n_bytes = 0
    async for chunk in chunks:
        n_sent += len(chunk)
        is_more = True
        while (chunk or is_more) and not unpacker.eof:
            try:
                piece = unpacker.decompress(chunk, _PIECE)
            except zlib.error as error:
                raise FetchError(FAILED, "broken", "The file came packed, and cannot be unpacked.") from error
            n_bytes += len(piece)
            if max(n_bytes, n_sent) > max_bytes:
                raise too_large(max_bytes)
            yield piece
            chunk, is_more = unpacker.unconsumed_tail, len(piece) == _PIECE
    if not unpacker.eof:
        raise FetchError(FAILED, "truncated", "The file came packed and ends early.", again=True)

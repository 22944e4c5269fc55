"""A picture's file brought to the disk, and looked at: robots.txt, redirects, bounds, further tries."""

from contextlib import aclosing
from pathlib import Path

from importers.collecting.fetching.addresses import Address, parse_address
from importers.collecting.fetching.bodies import too_large
from importers.collecting.fetching.client import Answer, GuardedClient, Ready, check_status, follow
from importers.collecting.fetching.judging import Download, check_picture
from importers.collecting.fetching.outcomes import REFUSED, FetchError
from importers.collecting.fetching.readers import Readers
from importers.collecting.fetching.robots import Robots, forbids_ai
from importers.collecting.picture_child import Reply
from importers.picture_errors import MAX_SNIFFED, picture_format

ACCEPT = {"Accept": "image/avif,image/webp,image/png,image/jpeg,image/*;q=0.8,*/*;q=0.5"}
_MAX_OTHER = 1 << 18  # bytes that are read of what does not begin like a picture


class Downloads:
    """Fetches files with a client. Close it: its processes end; the client stays."""

    def __init__(self, client: GuardedClient) -> None:
        self.client, self.limits = client, client.limits
        self._robots = Robots(client)
        self._readers = Readers(client.limits.readers)

    async def aclose(self) -> None:
        """End the processes that decode."""
        await self._readers.aclose()

    async def room(self) -> None:
        """Wait until those that decode have not too much before them."""
        await self._readers.room()

    async def fetch(self, url: str, part: Path, *, ready: Ready) -> tuple[Download, Reply]:
        """Bring a picture's file to `part`, and say what it is. Raises FetchError, and OSError (a full disk).

        ready: waited for before each request.
        """
        address = parse_address(url, self.client.permission)
        for attempt in range(self.limits.retries + 1):
            try:
                return await self._try(address, part, ready)
            except FetchError as error:
                if not error.again or attempt == self.limits.retries:
                    raise
                await self.client.rest(address.host, error, attempt)
        raise AssertionError("the last try returns or raises")

    async def _try(self, address: Address, part: Path, ready: Ready) -> tuple[Download, Reply]:
        async with follow(self.client, address, ACCEPT, check=self._robots.check, ready=ready) as answer:
            check_status(answer)
            if self.limits.honour_noai and forbids_ai(answer.headers.get("x-robots-tag", "")):
                raise FetchError(REFUSED, "noai", "The host asks that its pictures are not used for AI (X-Robots-Tag).")
            if answer.n_announced > self.limits.max_bytes:
                raise too_large(self.limits.max_bytes)
            n_bytes = await self._write(answer, part)
        etag = answer.headers.get("etag", "")[:200]
        download = Download(n_bytes, answer.address.text, etag, answer.is_delimited)
        reply = await self._readers.read(part, max_pixels=self.limits.max_pixels)
        check_picture(reply, download, self.limits)
        return download, reply

    async def _write(self, answer: Answer, part: Path) -> int:
        """Write the body as it comes; its bytes. What does not begin like a picture is not read to its end."""
        n_bytes, head = 0, b""
        with part.open("wb") as out:
            async with aclosing(answer.pieces(self.limits.max_bytes)) as pieces:
                async for piece in pieces:
                    out.write(piece)
                    n_bytes += len(piece)
                    self.client.n_bytes += len(piece)
                    if len(head) < MAX_SNIFFED:
                        head += piece[:MAX_SNIFFED]
                    if n_bytes > _MAX_OTHER and picture_format(head) is None:
                        break
        return n_bytes

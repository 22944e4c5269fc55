"""What is asked of a fetch, within which limits, and what became of it.

FetchError      why an address gave no picture, or an API no answer; its words name no address, so no key either
"""

from dataclasses import dataclass

KEPT, DUPLICATE, REFUSED, FAILED, LEFT = "kept", "duplicate", "refused", "failed", "left"
AGENT = "Vitrine"  # the name that robots.txt may speak of


class FetchError(Exception):
    """Why an address gave nothing. outcome: "refused" (we would not) or "failed" (it did not); reason: a stable code.

    again: whether another try may help; wait_s: how long the other side asked us to wait; status: of HTTP, 0 if none;
    host: whose answer it was.
    """

    def __init__(
        self,
        outcome: str,
        reason: str,
        sentence: str,
        *,
        again: bool = False,
        wait_s: float | None = None,
        status: int = 0,
        host: str = "",
    ) -> None:
        super().__init__(outcome, reason, sentence)
        self.outcome, self.reason, self.sentence = outcome, reason, sentence
        self.again, self.wait_s, self.status, self.host = again, wait_s, status, host

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Wanted:
    """A picture to fetch. number: the candidate's, its own in a journal; url: of the file."""

    number: int
    url: str


@dataclass(frozen=True)
class Fetched:
    """What became of one that was wanted.

    outcome: "kept", "duplicate", "refused", "failed" or "left" (not tried, for a limit was reached); reason: a code;
    sentence: for people. path: below the root, with /, "" unless kept. sha256 of the bytes and pixel_sha256 as an
    import has them, phash (64 bits) nearly so (picture_child.quick_hash); width and height: upright, in pixels.
    final_url: after redirects. fetched_at: ISO 8601, UTC. duplicate_of: the path of the picture that was there.
    """

    number: int
    outcome: str
    reason: str = ""
    sentence: str = ""
    path: str = ""
    sha256: str = ""
    pixel_sha256: str = ""
    phash: int | None = None
    n_bytes: int = 0
    width: int = 0
    height: int = 0
    format: str = ""
    etag: str = ""
    final_url: str = ""
    fetched_at: str = ""
    duplicate_of: str = ""


@dataclass(frozen=True)
class FetchLimits:
    """How much, how fast and how long. Raises ValueError for a contact that cannot stand in a header.

    contact: an address of mail or of the web by which a host can reach whoever collects. connect_s: until a
    connection stands; read_s: without a byte; total_s: of one try, its redirects and its body. retries: further tries
    after one that may be worth repeating; max_wait_s: the longest wait that a host may ask for (Retry-After).
    max_bytes: of a file, as sent and as unpacked; max_pixels: of a picture, undecoded; min_side: pixels of the shorter
    side. at_once: requests in all; per_host_at_once, per_host_per_s: of one host (0 a second: as fast as it gives).
    host_failures: tries in a row that a host left unanswered, after which it is asked no more. honour_noai: whether
    X-Robots-Tag's noai and noimageai are. near_bits: of 64, up to which perceptual hashes are nearly the same.
    placeholder_on_host, placeholder_anywhere: how many addresses may give the same picture before it is taken for one
    that stands for others. max_requests, max_total_bytes: of a run, after which the rest is left (0: no such limit).
    readers: processes that decode, 0: one a core.
    """

    contact: str = ""
    connect_s: float = 10.0
    read_s: float = 15.0
    total_s: float = 60.0
    retries: int = 3
    max_wait_s: float = 120.0
    redirects: int = 5
    max_bytes: int = 25 << 20
    max_pixels: int = 100_000_000
    min_side: int = 64
    at_once: int = 64
    per_host_at_once: int = 2
    per_host_per_s: float = 5.0
    host_failures: int = 8
    honour_noai: bool = True
    near_bits: int = 4
    placeholder_on_host: int = 4
    placeholder_anywhere: int = 12
    max_requests: int = 0
    max_total_bytes: int = 0
    readers: int = 0

    def __post_init__(self) -> None:
        """Check the contact, which stands in every request."""
        if len(self.contact) > 200 or not (self.contact.isascii() and self.contact.isprintable()):
            raise ValueError("The contact must be an e-mail or web address in plain letters, of 200 at most.")

    @property
    def user_agent(self) -> str:
        """What every request says of who asks."""
        return f"{AGENT} (pictures for a dataset; contact: {self.contact or 'none given'})"

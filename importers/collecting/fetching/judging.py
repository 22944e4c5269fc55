"""What a file that was fetched is, as codes and sentences: a picture large enough, or why not."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from importers.collecting.fetching.outcomes import FAILED, REFUSED, FetchError, FetchLimits
from importers.collecting.picture_child import Reply

ENDINGS = {
    "JPEG": ".jpg",
    "MPO": ".jpg",
    "PNG": ".png",
    "GIF": ".gif",
    "BMP": ".bmp",
    "WEBP": ".webp",
    "TIFF": ".tif",
    "PPM": ".ppm",
    "JPEG2000": ".jp2",
    "AVIF": ".avif",
}
_TRACKER = 3  # pixels a side, up to which a picture is there to count visits
_LOGIN = ("login", "log-in", "signin", "sign-in", "sso", "auth", "accounts")
# importers.picture's codes, as outcomes and reasons here
_CODES = {
    "empty": (FAILED, "broken"),
    "truncated": (FAILED, "truncated"),
    "damaged": (FAILED, "broken"),
    "decoder-crashed": (FAILED, "broken"),
    "decoder-slow": (FAILED, "broken"),
    "too-many-pixels": (REFUSED, "too large"),
    "out-of-memory": (REFUSED, "too large"),
    "unsupported": (REFUSED, "unsupported"),
}


@dataclass(frozen=True)
class Download:
    """A file that was fetched. final_url: after redirects; is_delimited: whether its end was announced."""

    n_bytes: int
    final_url: str
    etag: str
    is_delimited: bool

    @property
    def host(self) -> str:
        return urlsplit(self.final_url).hostname or ""


def check_picture(reply: Reply, download: Download, limits: FetchLimits) -> None:
    """Raise FetchError for what is no picture, or one too small."""
    if "code" in reply:
        raise _not_a_picture(reply, download)
    width, height = reply["width"], reply["height"]
    if max(width, height) <= _TRACKER:
        raise FetchError(REFUSED, "tracker", f"A picture of {width} x {height} pixels, as they count visits.")
    if min(width, height) < limits.min_side:
        sentence = f"The picture has {width:,} x {height:,} pixels; {limits.min_side:,} a side are wanted."
        raise FetchError(REFUSED, "too small", sentence)


def _not_a_picture(reply: Reply, download: Download) -> FetchError:
    page = reply.get("page", "")
    place = urlsplit(download.final_url)
    words = {*place.path.lower().split("/"), *(place.hostname or "").split(".")}
    if page == "login" or (page and words.intersection(_LOGIN)):
        return FetchError(REFUSED, "login", "A page that asks for a login came instead of a picture.")
    if page:
        return FetchError(REFUSED, "not a picture", "A web page came instead of a picture.")
    outcome, reason = _CODES.get(reply["code"], (REFUSED, "not a picture"))
    # A body without an announced end may have been cut on its way; one with it is as it lies there.
    again = reply["code"] in ("truncated", "empty") and not download.is_delimited
    return FetchError(outcome, reason, reply["reason"], again=again)

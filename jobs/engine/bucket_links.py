"""Links to an object that work without credentials, for a while."""

import re

from importers.stores import Address, address_of, client, in_words, sentence
from jobs.engine.errors import ExportRefused, JobFailed, UnknownParameter

LONGEST_S = 7 * 24 * 3600  # S3 signs for no longer
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds_of(text: str) -> int:
    """'24h', '30m', '7d' or '3600s' in seconds. Raises UnknownParameter."""
    found = re.fullmatch(r"([1-9][0-9]{0,6})([smhd])", text.strip().lower())
    seconds = int(found.group(1)) * _UNITS[found.group(2)] if found else 0
    if not 0 < seconds <= LONGEST_S:
        raise UnknownParameter(f"A link lasts from 1s to 7d, written as 30m, 24h or 7d, not {text[:20]!r}.")
    return seconds


def presigned(url: str, *, seconds: int) -> str:
    """A link by which whoever has it may read an object that is there. It is kept nowhere.

    Signed by a role's passing credentials it ends with those, if that is sooner. Raises ExportRefused without the
    object, JobFailed where the store refuses, LayoutError for what is no address.
    """
    address = address_of(url)
    if not address.key:
        raise ExportRefused(f"{address.url} is a bucket. A link leads to one object: name its key.")
    _require_there(address)
    return str(
        client().generate_presigned_url(
            "get_object", Params={"Bucket": address.bucket, "Key": address.key}, ExpiresIn=seconds
        )
    )


def _require_there(address: Address) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client().head_object(Bucket=address.bucket, Key=address.key)
    except (BotoCoreError, ClientError) as error:
        meant = in_words(error, address.url)
        if isinstance(meant, FileNotFoundError):
            raise ExportRefused(f"There is no object {address.url}, so a link would lead nowhere.") from None
        raise JobFailed(sentence(meant)) from None

"""Fetching pictures from addresses of strangers: where it may go, how politely, and what is kept."""

from importers.collecting.fetching.addresses import GLOBAL_ONLY, Permission, permission_of
from importers.collecting.fetching.client import GuardedClient
from importers.collecting.fetching.fetcher import fetch_all
from importers.collecting.fetching.known import Known, KnownPicture
from importers.collecting.fetching.outcomes import Fetched, FetchError, FetchLimits, Wanted
from importers.collecting.fetching.quotas import Quota

__all__ = [
    "GLOBAL_ONLY",
    "FetchError",
    "FetchLimits",
    "Fetched",
    "GuardedClient",
    "Known",
    "KnownPicture",
    "Permission",
    "Quota",
    "Wanted",
    "fetch_all",
    "permission_of",
]

"""What the command line asks of the owner about access: share links, roles, and what was done."""

import datetime
import json
from collections.abc import Callable, Mapping
from typing import Any

from store import access, audit
from store.connection import Workspace, utc_now
from store.datasets import find_dataset, list_datasets
from store.errors import UnknownVersion
from store.seals import share_path
from store.versions import list_versions


def share(
    workspace: Workspace,
    *,
    title: str,
    role: str,
    days: float,
    dataset: str,
    version: str,
    sees_people: bool,
    who: str,
) -> dict[str, object]:
    """Make a share link: its number, the path that leads in by it, which is nowhere kept, and its end (UTC).

    dataset: "" for all of the workspace; version: "" for the dataset as it is. Raises BadGrant, UnknownDataset,
    UnknownVersion.
    """
    found = find_dataset(workspace, dataset) if dataset else None
    frozen = None
    if found is not None and version:
        frozen = next((each.id for each in list_versions(workspace, found.id) if each.name == version), None)
        if frozen is None:
            raise UnknownVersion(f"{found.name} has no version called {version!r}.")
    ends = utc_now() + datetime.timedelta(days=days)
    number, secret = access.share(
        workspace,
        title=title or f"{role} until {ends:%d %B}",
        role=role,
        expires_at=ends,
        dataset_id=None if found is None else found.id,
        version_id=frozen,
        sees_people=sees_people,
        who=who,
    )
    return {"link": number, "path": share_path(workspace, number, secret), "ends": f"{ends:%Y-%m-%d %H:%M} UTC"}


def links(workspace: Workspace) -> list[dict[str, object]]:
    """Every share link with who came by it; no secret is among it."""
    names = {each.id: each.name for each in list_datasets(workspace)}
    guests = access.list_guests(workspace)
    return [
        {
            "link": link.id,
            "title": link.title,
            "role": link.role,
            "dataset": "" if link.dataset_id is None else names.get(link.dataset_id, ""),
            "state": "open" if link.is_open else "revoked" if link.revoked_at is not None else "ended",
            "ends": f"{link.expires_at:%Y-%m-%d %H:%M} UTC",
            "guests": [guest.name for guest in guests if guest.link_id == link.id],
        }
        for link in access.list_links(workspace)
    ]


def revoke(workspace: Workspace, *, link: int, who: str) -> dict[str, object]:
    """Let nobody in by a link any more; who is in is out. Raises UnknownGrant."""
    access.revoke(workspace, link_id=link, who=who)
    return {"link": link, "state": "revoked"}


def grant(workspace: Workspace, *, address: str, role: str, datasets: list[str], who: str) -> dict[str, object]:
    """Give a role to an e-mail address or an @domain; role "" takes it away. Raises BadGrant, UnknownGrant."""
    if not role:
        standing = [each for each in access.list_grants(workspace) if each.stands and each.address == address.lower()]
        access.withdraw(workspace, grant_id=standing[0].id if standing else 0, who=who)
        return {"address": address, "role": ""}
    ids = [find_dataset(workspace, name).id for name in datasets] or None
    access.grant(workspace, address=address, role=role, dataset_ids=ids, who=who)
    return {"address": address, "role": role}


def log(workspace: Workspace, *, n: int) -> list[dict[str, object]]:
    """What was done, newest first."""
    return [
        {
            "at": f"{each.noted_at:%Y-%m-%d %H:%M:%S}",
            "who": each.who,
            "role": each.role,
            "how": each.how,
            "from": each.came_from,
            "did": each.words,
            "dataset": each.dataset or "",
            "about": json.loads(each.about),
        }
        for each in audit.list_audit(workspace, n_rows=n)
    ]


ACCESS_ACTS: Mapping[str, Callable[..., Any]] = {
    "share": share,
    "share-links": links,
    "revoke-link": revoke,
    "grant-role": grant,
    "audit": log,
}

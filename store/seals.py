"""What is signed by a workspace and handed out: a share link's address, and the cookie of somebody who came by it."""

import contextlib
import functools
import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from store.connection import Workspace

GUEST, SHARE = "guest", "share"  # what is sealed: a cookie, and a link's address
ENTER = "/vitrine/enter"  # where a share link leads, below the address that the app is served at
KEY_FILE = "access.key"


def share_path(workspace: Workspace, link_id: int, secret: str) -> str:
    """The path of a share link; whoever has it may come in."""
    return f"{ENTER}/{sealed(workspace, SHARE, [link_id, secret])}"


def sealed(workspace: Workspace, what: str, content: object) -> str:
    """Something signed by this workspace. what: GUEST or SHARE, so that neither is taken for the other."""
    return str(_signer(workspace, what).dumps(content))


def opened_seal(workspace: Workspace, what: str, text: str) -> Any:
    """What `sealed` has signed; None for anything else."""
    try:
        return _signer(workspace, what).loads(text)
    except (BadSignature, ValueError, RecursionError):
        return None


def cookie_name(workspace: Workspace) -> str:
    """What the guests' cookie of this workspace is called: another app on this machine has one of its own."""
    return f"vitrine_{hashlib.sha256(_key(str(workspace.root))).hexdigest()[:12]}"


def signing_key(root: Path) -> bytes:
    """What share links of a workspace are signed with: a file of its own, which no export takes along.

    Made at the first use; whoever removes it ends every link at the next start. Raises OSError.
    """
    path = root / KEY_FILE
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


def _signer(workspace: Workspace, what: str) -> URLSafeSerializer:
    return URLSafeSerializer(_key(str(workspace.root)), salt=f"vitrine {what}")


@functools.lru_cache(maxsize=8)
def _key(root: str) -> bytes:
    return signing_key(Path(root))

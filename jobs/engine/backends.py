"""Where a job is computed: on this machine, or in parts on a Ray cluster. Light: nothing of Ray is loaded."""

import importlib.util
import re
from typing import Any

from jobs.engine.errors import NotInParts, UnknownParameter
from jobs.engine.kinds import JobKind, all_kinds
from jobs.engine.parameters import Parameters

HERE, RAY = "", "ray"
ON_METAVAR = "ray[://HOST:PORT]"
NO_RAY = "Ray is not installed where Vitrine runs: `pip install 'vitrine[ray]'` brings it."
_ADDRESS = re.compile(r"ray://(\[[0-9a-fA-F:.]+\]|[\w.-]{1,253}):(\d{1,5})")
ON_HELP = "`ray`, the Ray cluster that this machine is a node of, or `ray://HOST:PORT`, the one with that head node"


def is_ray_installed() -> bool:
    """Whether jobs can be computed on Ray: `pip install vitrine[ray]` brings it."""
    return importlib.util.find_spec("ray") is not None


def clusters(kind: JobKind[Any]) -> tuple[str, ...]:
    """Where else than on this machine jobs of a kind can be computed: RAY, where the kind and the machine are able."""
    return (RAY,) if kind.in_parts is not None and is_ray_installed() else ()


def checked_backend(on: str, kind: JobKind[Any], parameters: Parameters) -> str:
    """`on` as it is kept with the job: "", "ray" or "ray://HOST:PORT".

    Raises UnknownParameter for any other, NotInParts for a kind that is computed whole or where there is no Ray.
    """
    on = on.strip()
    if on == HERE:
        return HERE
    if on != RAY and not _ADDRESS.fullmatch(on):
        raise UnknownParameter(f"--on is `ray` or `ray://HOST:PORT`, not {on[:80]!r}.")
    why = why_whole(kind, parameters)
    if why:
        raise NotInParts(f"{kind.title} is computed on one machine: {why} Order it without --on.")
    if not is_ray_installed():
        raise NotInParts(NO_RAY)
    return on


def why_whole(kind: JobKind[Any], parameters: Parameters) -> str:
    """Why an order is not computed in parts, in a sentence; "" where it is."""
    if kind.in_parts is None:
        able = ", ".join(name for name, each in all_kinds().items() if each.in_parts is not None)
        return kind.whole_because or f"what it finds rests on all rows at once. In parts: {able}."
    return kind.in_parts.refuses(parameters) if kind.in_parts.refuses is not None else ""


def ray_address(on: str) -> str | None:
    """The address of the head node, HOST:PORT; None for the cluster that this machine is a node of."""
    found = _ADDRESS.fullmatch(on)
    return f"{found[1]}:{found[2]}" if found else None

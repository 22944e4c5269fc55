"""Where sources are: at their own addresses, or, for tests alone, at imitations on this machine.

VITRINE_COLLECT_IMITATIONS holds a JSON object: `sources`, addresses by source, and `hosts`, addresses of this machine
that may be connected to although they are not global. No parameter, page or file can say the same; whoever can set a
variable of the server's environment can run anything there already.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

VARIABLE = "VITRINE_COLLECT_IMITATIONS"


@dataclass(frozen=True)
class Imitations:
    """Imitations of sources. sources: address by name. hosts: that may be connected to, such as 127.0.0.1."""

    sources: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()


def imitations(environment: Mapping[str, str] = os.environ) -> Imitations:
    """What the environment says; nothing in ordinary life."""
    text = environment.get(VARIABLE, "")
    if not text:
        return Imitations()
    try:
        said = json.loads(text)
        return Imitations(
            {str(name): str(url) for name, url in said["sources"].items()}, tuple(map(str, said["hosts"]))
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Imitations()


def address_of_source(name: str, address: str) -> str:
    """`address`, or the imitation's."""
    return imitations().sources.get(name, address)

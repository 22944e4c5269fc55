"""By which name readers ask for a dataset's space."""

import hashlib
import json
import re


def alias_of(dataset: str, space: str) -> str:
    """The alias of a dataset's space: their names in letters that Qdrant takes.

    Where letters had to give way, a few of the names' hash tell it from others.
    """
    words = [re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-.")[:80] for name in (dataset, space)]
    alias = "_".join(["vitrine", *words])
    return alias if words == [dataset, space] else f"{alias}_{hash_of(dataset, space)}"


def hash_of(*texts: str) -> str:
    """Eight letters of a hash of some texts."""
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:8]

"""The original pictures of datasets and folders, wherever they lie: on this machine, or in a bucket."""

from importers import sources
from importers.sources import CACHE, Root
from pages.ui import session


def root_of(root: str) -> Root:
    """The folder, or the prefix of a bucket, by which a dataset's pictures are named."""
    return sources.root_of(root, session.workspace().root / CACHE)

"""Opens what lies at an address: a server by its client, or the engine in a folder. Either is loaded when used."""

from importlib.util import find_spec

from service.qdrant.address import folder_of, key
from service.qdrant.contract import QdrantError, VectorStore

WRITE_S, READ_S = 120, 5  # seconds until a request of a sync, or of a reader, is given up


def open_store(url: str, *, timeout_s: int = WRITE_S) -> VectorStore:
    """The Qdrant at an address of `checked_url`, to be closed; its key is the environment's. Raises QdrantError."""
    folder = folder_of(url)
    if folder is not None:
        if find_spec("qdrant_edge") is None:
            raise QdrantError(
                "Qdrant's engine is not installed here: pip install 'vitrine[qdrant-engine]', then start the app "
                "or the command anew."
            )
        from service.qdrant.edge_store import EdgeStore

        return EdgeStore(folder)
    from service.qdrant.client_store import ClientStore, connected

    return ClientStore(connected(url, key=key(), timeout_s=timeout_s), where=url)

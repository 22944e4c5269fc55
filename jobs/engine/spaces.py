"""Which embedding space a job is asked to work in, and which file its weights are in."""

from jobs.engine.errors import NothingToDo, UnknownParameter
from store.connection import Workspace
from store.overview import main_space
from store.vectors import Space, list_spaces

_FILE = "file "


def chosen_space(workspace: Workspace, dataset_id: int, *, name: str, kind: str) -> Space:
    """The space called `name`, or that with the most vectors; raises NothingToDo or UnknownParameter, naming `kind`."""
    if not name:
        space = main_space(workspace, dataset_id)
        if space is None:
            raise NothingToDo("The dataset has no vectors yet: run an embedding first (kind embed).")
        return space
    spaces = {space.name: space for space in list_spaces(workspace, dataset_id)}
    if name not in spaces:
        known = ", ".join(repr(known) for known in spaces) or "none yet"
        raise UnknownParameter(f"{kind}: there is no embedding space {name!r} (spaces: {known}).")
    return spaces[name]


def weights_of(space: Space) -> str | None:
    """The weights file that the space was made from, or None where the model's own library keeps them."""
    return space.weights_source.removeprefix(_FILE) if space.weights_source.startswith(_FILE) else None

"""Which embedding space a job is asked to work in."""

from jobs.errors import NothingToDo, UnknownParameter
from store.connection import Workspace
from store.overview import main_space
from store.vectors import Space, list_spaces


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

"""What pages ask first: which dataset, which workspace, and what cached reads of them are kept for."""

from pathlib import Path
from typing import Any, NewType

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from jobs.engine.spec import JobView
from jobs.engine.supervisor import Supervisor
from pages.ui import owner, registry
from store import acting
from store.acting import CURATOR
from store.connection import Workspace
from store.datasets import Dataset, list_datasets

PAGES = registry.ByFolder()

# What a cached read is kept for, the longest last. Its key says by its type what the read rests on; a key that changes
# more often than what is read would empty every page's cache whenever a job lands a segment.
Generation = NewType("Generation", int)
SettledGeneration = NewType("SettledGeneration", int)
DataGeneration = NewType("DataGeneration", int)
Here = tuple[str, int, SettledGeneration]  # the workspace's folder, the dataset's id, its generation
DataHere = tuple[str, int, DataGeneration]


def workspace() -> Workspace:
    """The open workspace."""
    return owner.get().workspace


def supervisor() -> Supervisor:
    """The supervisor of the workspace's jobs."""
    return owner.get().supervisor


def here(dataset_id: int) -> Here:
    """The key of what is read of runs that have ended, of decisions, selections, versions and names."""
    return str(workspace().root), dataset_id, settled_generation(dataset_id)


def here_of_sheet(dataset_id: int) -> Here:
    """The key of what is read of the project sheet as well, which is written without the dataset's own generation."""
    return str(workspace().root), dataset_id, settled_generation()


def here_of_data(dataset_id: int) -> DataHere:
    """The key of what is read of images, labels and decisions alone."""
    return str(workspace().root), dataset_id, data_generation(dataset_id)


def generation(dataset_id: int = 0) -> Generation:
    """A number that changes with every write to the dataset, each segment that a running job lands too."""
    return Generation(workspace().generation(dataset_id))


def settled_generation(dataset_id: int = 0) -> SettledGeneration:
    """A number that changes with every write but a landing segment that leaves images, labels and decisions alone."""
    return SettledGeneration(workspace().settled_generation(dataset_id))


def data_generation(dataset_id: int) -> DataGeneration:
    """A number that changes when images, labels or decisions do, and only then."""
    return DataGeneration(workspace().data_generation(dataset_id))


def datasets() -> list[Dataset]:
    """All datasets that exist for whoever this page is drawn for, by name. Not to be changed."""
    opened, actor = workspace(), acting.current()
    every = opened.until_written("datasets", lambda: list_datasets(opened))
    return every if actor.dataset_ids is None else [each for each in every if actor.may_see(each.id)]


def may(act: str) -> bool:
    """Whether whoever this page is drawn for may do something (of store.acts); what they may not is not drawn."""
    return acting.current().may(act)


def may_everywhere(act: str) -> bool:
    """Whether they may do it, and every dataset exists for them: for what is about all of a workspace."""
    return may(act) and sees_all()


def sees_all() -> bool:
    """Whether every dataset of the workspace exists for them."""
    return acting.current().dataset_ids is None


def may_or_say(act: str, otherwise: str = "Nothing has been computed here yet.") -> bool:
    """Whether they may do something; says `otherwise` where they may not. For the head of a form."""
    if not may(act):
        st.info(otherwise, icon=":material/hourglass_empty:")
    return may(act)


def version_id() -> int | None:
    """The one frozen version that exists for them; None where the dataset as it is does."""
    return acting.current().version_id


def link(page: StreamlitPage, **about: Any) -> None:
    """Draw a link to a page (st.page_link), unless whoever this page is drawn for does not have that one."""
    if has_page(registry.folder_of(page)):
        st.page_link(page, **about)


def has_page(folder: str) -> bool:
    """Whether whoever this page is drawn for has the page of a folder."""
    page = registry.all_pages().get(folder)
    return page is not None and page.is_for(acting.current())


def jobs() -> list[JobView]:
    """All jobs of the datasets that exist for whoever this page is drawn for, as Supervisor.jobs gives them."""
    return _theirs(supervisor().jobs())


def active_jobs() -> list[JobView]:
    """Those of them that wait or run."""
    return _theirs(supervisor().active())


def _theirs(every: list[JobView]) -> list[JobView]:
    actor = acting.current()
    return every if actor.dataset_ids is None else [job for job in every if actor.may_see(job.dataset_id)]


def place_of(dataset: Dataset) -> str:
    """Where a dataset's pictures lie: the folder's whole path for those who work with it, its name for others."""
    return dataset.root if acting.current().is_at_least(CURATOR) else Path(dataset.root).name


def choose_dataset() -> None:
    """The selector at the top of the sidebar; its choice is in the URL as `dataset`."""
    names = [dataset.name for dataset in datasets()]
    if names:
        st.sidebar.selectbox("Dataset", names, key="dataset", bind="query-params")


def dataset_or_none() -> Dataset | None:
    """The chosen dataset, or None in an empty workspace."""
    by_name = {dataset.name: dataset for dataset in datasets()}
    return by_name.get(str(st.session_state.get("dataset"))) or next(iter(by_name.values()), None)


def require_dataset() -> Dataset:
    """The chosen dataset; in an empty workspace a friendly sentence instead of the page."""
    dataset = dataset_or_none()
    if dataset is None and not may("add_dataset"):
        st.title("An empty display case")
        st.write("There is no dataset here yet that you could look at.")
        st.stop()
    if dataset is None:
        st.title("An empty display case")
        st.write("There is no dataset in this workspace yet. Import a folder of pictures, or a zip of one.")
        st.page_link(PAGES.import_data, label="Import pictures", icon=":material/upload:")
        link(PAGES.collect, label="Collect pictures from the web", icon=":material/travel_explore:")
        st.caption("No pictures at hand? `make demo` makes a demo of 1,797 digits with known defects.")
        st.stop()
    return dataset

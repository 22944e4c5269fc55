"""What pages ask first: which dataset, which workspace, which generation."""

import streamlit as st

from jobs.engine.supervisor import Supervisor
from pages.ui import owner, registry
from store.connection import Workspace
from store.datasets import Dataset, list_datasets

PAGES = registry.ByFolder()


def workspace() -> Workspace:
    """The open workspace."""
    return owner.get().workspace


def supervisor() -> Supervisor:
    """The supervisor of the workspace's jobs."""
    return owner.get().supervisor


def generation(dataset_id: int = 0) -> int:
    """A number that changes with every write to the dataset; goes into every st.cache_data key."""
    return workspace().generation(dataset_id)


def choose_dataset() -> None:
    """The selector at the top of the sidebar; its choice is in the URL as `dataset`."""
    names = [dataset.name for dataset in list_datasets(workspace())]
    if names:
        st.sidebar.selectbox("Dataset", names, key="dataset", bind="query-params")


def dataset_or_none() -> Dataset | None:
    """The chosen dataset, or None in an empty workspace."""
    datasets = {dataset.name: dataset for dataset in list_datasets(workspace())}
    return datasets.get(st.session_state.get("dataset")) or next(iter(datasets.values()), None)


def require_dataset() -> Dataset:
    """The chosen dataset; in an empty workspace a friendly sentence instead of the page."""
    dataset = dataset_or_none()
    if dataset is None:
        st.title("An empty display case")
        st.write("There is no dataset in this workspace yet. Import a folder of pictures, or a zip of one.")
        st.page_link(PAGES.import_data, label="Import pictures", icon=":material/upload:")
        st.caption("No pictures at hand? `make demo` makes a demo of 1,797 digits with known defects.")
        st.stop()
    return dataset

"""What pages ask first: which dataset, which workspace, which generation."""

from pathlib import Path

import streamlit as st

from jobs.engine.supervisor import Supervisor
from pages.ui import owner
from store.connection import Workspace
from store.datasets import Dataset, list_datasets

_FOLDER = Path(__file__).parent.parent


# name: file, title, icon, path in the URL
_PAGES = {
    "overview": ("overview/page.py", "Overview", "dashboard", "overview"),
    "pictures": ("pictures/page.py", "Pictures", "photo_library", "pictures"),
    "map": ("map/page.py", "Map", "scatter_plot", "map"),
    "neighbours": ("neighbours/page.py", "Neighbours", "hub", "neighbours"),
    "representatives": ("representatives/page.py", "Representatives", "auto_awesome_mosaic", "representatives"),
    "duplicates": ("duplicates/page.py", "Duplicates", "content_copy", "duplicates"),
    "detections": ("detections/page.py", "Detections", "frame_inspect", "detections"),
    "attributes": ("attributes/page.py", "Attributes", "contact_support", "attributes"),
    "label_noise": ("label_noise/page.py", "Label noise", "rule", "label-noise"),
    "review": ("review/page.py", "Review", "fact_check", "review"),
    "quality": ("quality/page.py", "Quality", "blur_on", "quality"),
    "prompt_lab": ("prompt_lab/page.py", "Prompt lab", "text_fields", "prompt-lab"),
    "data_budget": ("data_budget/page.py", "Data budget", "trending_up", "data-budget"),
    "versions": ("versions/page.py", "Versions", "ac_unit", "versions"),
    "train": ("train/page.py", "Train", "model_training", "train"),
    "compare": ("compare/page.py", "Compare", "compare_arrows", "compare"),
    "saliency": ("saliency/page.py", "Where it looks", "center_focus_strong", "where-it-looks"),
    "import_": ("import_data/page.py", "Import", "upload", "import"),
    "failures": ("failures/page.py", "Not taken in", "broken_image", "failures"),
    "jobs": ("jobs/page.py", "Jobs", "play_circle", "jobs"),
    "dictionary": ("dictionary/page.py", "Data dictionary", "menu_book", "dictionary"),
}


class _Pages:
    """The pages by name, made anew at each use: a st.Page remembers whose turn it is, so visitors may not share one."""

    def __getattr__(self, name: str) -> st.Page:
        if name not in _PAGES:
            raise AttributeError(name)
        file, title, icon, url_path = _PAGES[name]
        is_home = name == "overview"
        return st.Page(_FOLDER / file, title=title, icon=f":material/{icon}:", url_path=url_path, default=is_home)


PAGES = _Pages()


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
        st.page_link(PAGES.import_, label="Import pictures", icon=":material/upload:")
        st.caption("No pictures at hand? `make demo` makes a demo of 1,797 digits with known defects.")
        st.stop()
    return dataset

"""Results of before a class came or went are still shown: predictions, checks, evaluation sets, versions."""

import pytest

from pages.ui import owner
from store.comparison import list_prediction_runs
from store.connection import Workspace
from store.datasets import class_names, find_dataset
from store.decisions import Act, decide
from store.images import reconcile_source
from store.versions import freeze, list_versions
from tests.support.compared_workspace import NAMES, SET, compared
from tests.support.noisy_workspace import checked_birds
from tests.support.seen_page import texts
from tests.support.small_workspace import image_row, land
from tests.support.source_state import source


def look_again(workspace: Workspace, dataset_id: int, *, names: tuple[str, ...], new: dict[str, str]) -> None:
    """Import again: all pictures as they are, their classes among `names`, and `new` ones (path: class)."""
    rows = workspace.read_text(
        "SELECT path, named.name, split FROM image LEFT JOIN class_name AS named "
        f"ON named.dataset_id = image.dataset_id AND named.index = image.label WHERE image.dataset_id = {dataset_id}"
    ).to_pylist()
    place = {name: number for number, name in enumerate(names)}
    files = {row["path"]: {"label": place.get(row["name"]), "split": row["split"]} for row in rows}
    files |= {path: {"label": place[name]} for path, name in new.items()}
    state = reconcile_source(workspace, dataset_id, state=source(files, names=names), run_id=90)
    labels = dict(zip(state.files["path"].to_pylist(), state.files["label"].to_pylist(), strict=True))
    land(workspace, dataset_id, [image_row(path, label=labels[path]) for path in new], run_id=90)


def changed_sets(workspace: Workspace) -> None:
    """Two datasets with results, in which an eagle comes, that sorts before all others, and then the lynx goes."""
    for dataset in (checked_birds(workspace), compared(workspace, "others")):
        freeze(workspace, dataset.id, name="before", who="Ada")
        look_again(workspace, dataset.id, names=("aquila", *NAMES), new={"new.png": "aquila"})
        ids = workspace.read_text(f"SELECT id FROM image WHERE dataset_id = {dataset.id} ORDER BY id")["id"].to_pylist()
        decide(workspace, dataset.id, [Act(ids[-1], "keep"), Act(ids[-2], "relabel", label=3)], who="Ada")
        look_again(workspace, dataset.id, names=("aquila", "cat", "wolf"), new={"newer.png": "aquila"})
        freeze(workspace, dataset.id, name="after", who="Ada")


FILLED_BY = {"changed": changed_sets}
PAGES = {
    "overview/page.py": [{}],
    "label_noise/page.py": [{}, {"view": "Noise matrix"}, {"view": "Outliers"}],
    "review/page.py": [{}],
    "versions/page.py": [{}],
    "pictures/page.py": [{}],
    "compare/page.py": [{"on": SET}, {"on": "All pictures, labels now"}],
    "train/page.py": [{}],
}


@pytest.fixture
def changed(app_workspace) -> Workspace:
    return owner.get().workspace


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("dataset", ["birds", "others"])
def test_a_page_shows_results_of_fewer_and_of_more_classes(open_app_page, changed, page, dataset) -> None:
    found = find_dataset(changed, dataset)
    assert class_names(changed, found.id) == [*NAMES, "aquila"]
    runs = [str(run.run_id) for run in list_prediction_runs(changed, found.id)]
    for query in PAGES[page]:
        app = open_app_page(page, dataset=dataset, **query, **({"runs": runs} if "compare" in page else {}))
        assert not app.exception and not app.error, (page, query, [one.value for one in app.exception])
        assert texts(app)


@pytest.mark.long
def test_versions_before_and_after_name_the_same_classes(workspace) -> None:
    changed_sets(workspace)
    for dataset in ("birds", "others"):
        after, before = list_versions(workspace, find_dataset(workspace, dataset).id)
        assert (before.class_names, after.class_names) == (NAMES, (*NAMES, "aquila"))

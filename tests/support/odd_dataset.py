"""A dataset whose names break what does not quote them, in classes, files, splits, sources and its own name."""

from pathlib import Path

from store.connection import Workspace
from store.datasets import Dataset
from store.versions import freeze
from tests.support.exporting import imported, noise, run_job

NAME = 'My <b>set</b>: "x" | # a'
VERSION = 'first: "v" #1'
CLASSES = (
    "قطة",
    "🐺 wolf",
    'say "no", <script>alert(1)</script>',
    "NA",
    "007",
    "",
    "new\nline",
    "*b* [x](http://y) | z",
)
N = 24


def odd_dataset(workspace: Workspace, folder: Path) -> Dataset:
    """24 pictures in two splits and in none, some without a label, half of them with a licence; one version."""
    folder.mkdir()
    for n in range(N):
        noise(n).save(folder / f"{n} é[1]*.{'png' if n % 2 else 'jpg'}")
    dataset = imported(workspace, folder, NAME, reading="flat")
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(CLASSES):
            cursor.execute(
                "INSERT INTO class_name (dataset_id, index, name) VALUES ($1, $2, $3)", [dataset.id, index, name]
            )
        cursor.execute(
            """UPDATE image SET label = CASE WHEN id % 7 <> 0 THEN id % 8 END,
                split = CASE id % 3 WHEN 0 THEN 'train' WHEN 1 THEN 'val' END,
                licence = CASE WHEN id % 2 = 0 THEN 'CC BY 4.0' END,
                source_url = CASE WHEN id % 2 = 0 THEN 'https://example.org/a b?x="1"' END WHERE dataset_id = $1""",
            [dataset.id],
        )
    freeze(workspace, dataset.id, name=VERSION, who="me", note="<i>note</i>\nline")
    return dataset


def exported(workspace: Workspace, folder: Path, form: str, **parameters: object) -> None:
    """The version as a folder."""
    run_job(workspace, "export", NAME, version=VERSION, format=form, folder=str(folder), **parameters)

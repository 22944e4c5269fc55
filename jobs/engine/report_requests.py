"""What the command line asks of the owner about the project sheet and reports: all of it goes in and out as JSON."""

from collections.abc import Callable, Mapping
from typing import Any

from evidence.report.reports import begin
from evidence.report.sheet import FIELDS, PLAN
from store.connection import Workspace
from store.datasets import find_dataset
from store.errors import BadReport, BadReviewFile
from store.project import project_texts, write_project_text
from store.reports import list_reports
from store.review_texts import MOST_BYTES
from store.reviews import merge_review


def read_sheet(workspace: Workspace, *, dataset: str) -> dict[str, str]:
    """The words of the project sheet, by field."""
    return {name: each.text for name, each in project_texts(workspace, find_dataset(workspace, dataset).id).items()}


def write_sheet(workspace: Workspace, *, dataset: str, texts: dict[str, str], who: str) -> dict[str, str]:
    """Word fields of the project sheet anew; the whole sheet after. Raises BadReport for a field that there is not."""
    found = find_dataset(workspace, dataset)
    unknown = [name for name in texts if name not in (*FIELDS, PLAN)]
    if unknown:
        raise BadReport(f"The sheet has no field {unknown[0]!r}. Fields: {', '.join((*FIELDS, PLAN))}.")
    before = project_texts(workspace, found.id)
    for name, text in texts.items():
        edition = before[name].edition if name in before else 0
        if name not in before or before[name].text != text:
            write_project_text(workspace, found.id, field=name, text=text, edition=edition, who=who)
    return read_sheet(workspace, dataset=dataset)


def reports(workspace: Workspace, *, dataset: str) -> list[dict[str, object]]:
    """Every report of a dataset, the one that was changed last first."""
    found = find_dataset(workspace, dataset)
    return [
        {
            "report": each.id,
            "title": each.title,
            "blocks": each.n_blocks,
            "changed": f"{each.changed_at:%Y-%m-%d %H:%M}",
        }
        for each in list_reports(workspace, found.id)
    ]


def begin_report(workspace: Workspace, *, dataset: str, title: str, who: str) -> dict[str, object]:
    """A new report, complete."""
    found = find_dataset(workspace, dataset)
    report_id = begin(workspace, found, title=title, who=who)
    return next(each for each in reports(workspace, dataset=dataset) if each["report"] == report_id)


def take_review(workspace: Workspace, *, dataset: str, source: str, who: str) -> dict[str, object]:
    """Take in what a reviewer saved from a bundle, the file `source`. Raises BadReviewFile."""
    found = find_dataset(workspace, dataset)
    try:
        with open(source, "rb") as file:
            text = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadReviewFile(f"{source} cannot be read: {error.strerror or error}.") from error
    return {**vars(merge_review(workspace, found.id, text, who=who))}


REPORT_ACTS: Mapping[str, Callable[..., Any]] = {
    "sheet": read_sheet,
    "write-sheet": write_sheet,
    "reports": reports,
    "begin-report": begin_report,
    "merge-review": take_review,
}

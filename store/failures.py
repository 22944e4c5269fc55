"""What an import could not take in: files that are no images, and labels that mean none."""

from dataclasses import dataclass

import pyarrow as pa

from store.connection import Workspace
from store.spreadsheets import as_csv

ALL_ROWS = 2**62


@dataclass(frozen=True)
class ReasonCount:
    """How many rows share a reason's code. example: one's sentence; bytes: their files' sizes, if known."""

    code: str
    n: int
    example: str
    bytes: int | None


@dataclass(frozen=True)
class FileBalance:
    """Whether every file is accounted for: images + failures = files, once nothing is pending.

    n_missing: images of earlier imports whose file has gone since; they are no part of n_files.
    """

    n_files: int
    n_images: int
    n_missing: int
    n_failures: int

    @property
    def n_pending(self) -> int:
        """Files found by the last look at the folder that are neither an image nor a failure yet."""
        return self.n_files - self.n_images - self.n_failures


def file_balance(workspace: Workspace, dataset_id: int) -> FileBalance:
    """The sum of files, images and failures of a dataset that exists."""
    return workspace.one("failures_balance", FileBalance, dataset_id=dataset_id)


def failure_reasons(workspace: Workspace, dataset_id: int) -> list[ReasonCount]:
    """How many files were not taken in, by reason, the most frequent first."""
    return workspace.all("failures_by_code", ReasonCount, dataset_id=dataset_id)


def list_failures(
    workspace: Workspace, dataset_id: int, *, code: str | None = None, first: int = 0, n_rows: int = ALL_ROWS
) -> pa.Table:
    """path, code, reason, bytes of files that were not taken in, by path; code None: of every reason."""
    return workspace.read("failures_page", dataset_id=dataset_id, code=code, first=first, n_rows=n_rows)


def label_problem_reasons(workspace: Workspace, dataset_id: int) -> list[ReasonCount]:
    """How many labels were not taken, by reason, the most frequent first."""
    return workspace.all("label_problems_by_code", ReasonCount, dataset_id=dataset_id)


def list_label_problems(
    workspace: Workspace, dataset_id: int, *, code: str | None = None, first: int = 0, n_rows: int = ALL_ROWS
) -> pa.Table:
    """key, code, reason, value of labels that were not taken, by key; code None: of every reason."""
    return workspace.read("label_problems_page", dataset_id=dataset_id, code=code, first=first, n_rows=n_rows)


def to_csv(table: pa.Table) -> bytes:
    """A table of texts and numbers as CSV with a header, in UTF-8; texts are quoted, and none is a formula."""
    return as_csv(table)

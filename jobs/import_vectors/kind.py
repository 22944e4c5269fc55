"""The kind `import-vectors`: features that were computed elsewhere become an embedding space."""

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import Parameters, ServerPath
from jobs.engine.spec import JobView


class ImportVectorsParameters(Parameters):
    """What an import of features may be ordered with."""

    files: ServerPath = Field(
        "", description="a CSV, TSV, Parquet, npy or npz file of features, or a folder of such files"
    )
    only: str | list[str] = Field(
        "", description="of a folder: the files' names, separated by commas or as a JSON list; without it all of them"
    )
    space: str = Field("imported", description="the name of the embedding space")
    id_column: str = Field("", description="the column of ids or image names, by name or number; `none`: rows in order")
    label_column: str = Field("", description="the column of labels, by name or number; `none`: there is none")
    split_column: str = Field("", description="the column of splits, by name or number; `none`: there is none")
    leave_out: str | list[str] = Field("", description="columns that are no features, separated by commas")
    row_order: bool = Field(
        False, description="`yes`: row i belongs to the i-th picture of the dataset by path, where no column names it"
    )
    class_names: str | list[str] = Field(
        "", description="names by class number, separated by commas or as a JSON list; other labels are then unknown"
    )
    model: str = Field("", description="what computed the features, kept with the space")


def import_outcome(job: JobView) -> str:
    """'1,000,000 vectors of 512 numbers from 100 files; 99 repeated rows were taken once.'"""
    figures = job.figures
    if "n_files_read" not in figures:
        return ""
    said = [
        f"{count(int(figures['n_taken']), 'vector')} of {int(figures['n_features']):,} numbers from "
        f"{count(int(figures['n_files_read']), 'file')}"
    ]
    for key, what in (
        ("n_repeated", "rows repeat another and count once"),
        ("n_conflicting", "rows have an id of before and differ"),
        ("n_not_finite", "rows hold NaN or infinity"),
        ("n_unmatched", "rows name no picture, or several"),
        ("n_unknown_label", "labels are not known"),
        ("n_without_id", "rows have no id"),
        ("n_bad_lines", "lines have another number of columns"),
        ("n_files_refused", "files could not be read"),
        ("n_constant", "features are the same in all rows"),
    ):
        if figures.get(key):
            said.append(f"{int(figures[key]):,} {what}")
    return "; ".join(said) + "."


_NOTES = """\
Without a dataset of that name, the rows become a dataset of points: each has an id, a label and a vector, and no
picture.
`vitrine import-vectors FILE... --dataset D --name S` is the same with files by name.
"""

KIND = JobKind(
    name="import-vectors",
    title="Import of features",
    icon="table_rows",
    summary=(
        "Features that were computed elsewhere, as CSV, Parquet or NumPy files: an embedding space of a dataset's "
        "pictures, by their names, or a dataset of points without pictures. Every file is checked: number of columns, "
        "NaN and infinity, ids that repeat or contradict each other, labels, features that are constant."
    ),
    notes=_NOTES,
    lane=FILES,
    parameters=ImportVectorsParameters,
    changes_data=True,
    here_only=True,
    reads=(),
    lands_together=6,
    outcome=import_outcome,
)

"""The kind `export-vectors`: an embedding space as tables that other programs read."""

from typing import Literal

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import ServerPath
from jobs.engine.sent_on import SentOn
from jobs.engine.spec import JobView

MARKER = ".vitrine-vectors.json"  # in what is written: of what it is, and its files


class ExportVectorsParameters(SentOn):
    """Which vectors are written, and how."""

    space: str = Field("", description="the embedding space; without it the one with the most vectors")
    version: str = Field("", description="the version whose pictures are meant; without it all that are kept now")
    format: Literal["parquet", "csv"] = Field(
        "parquet",
        description="`parquet` (a column `vector` of lists of float32) or `csv` (a column a number: f0, f1, ...)",
    )
    rows_per_file: int = Field(100_000, ge=1, description="rows of each file; the last one may have fewer")
    folder: ServerPath = Field(
        "", description="where to; it must not exist. Without it `exports/DATASET-SPACE-vectors` in the workspace"
    )
    again: bool = Field(
        False,
        description="`yes` lets the folder hold an earlier export of the dataset: it stays where nothing has changed "
        "since, and is replaced by the new one, once that is whole, where something has",
    )


def vectors_outcome(view: JobView) -> str:
    """'31,848 vectors of 1,280 numbers in 4 files.'"""
    figures = view.figures
    if "n_files" not in figures:
        return ""
    vectors = f"{count(int(figures['n_vectors']), 'vector')} of {count(int(figures['dim']), 'number')}"
    return f"{vectors} in {count(int(figures['n_files']), 'file')}."


_NOTES = """\
Each row has `path`, `label` (a class's name; several are joined by `|`), `split` and the vector, in the order of the
pictures' ids. Files are called `vectors-00000.parquet` or `.csv` and so on. `import-vectors` reads them back to the
last bit, with `--id-column path`. Pictures without a vector are left out and counted. `.vitrine-vectors.json` lists the
columns, and of each file its rows, bytes and SHA-256; `verify --only parts --folder DIR` holds the files against it.
"""

KIND = JobKind(
    name="export-vectors",
    title="Export of vectors",
    icon="data_array",
    summary="An embedding space as Parquet or CSV files of so many rows each, in a folder: whole, or not there at all.",
    notes=_NOTES,
    lane=FILES,
    parameters=ExportVectorsParameters,
    reads=(),
    here_only=True,
    outcome=vectors_outcome,
)

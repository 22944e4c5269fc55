"""The kind `upload`: what another job wrote is brought to a bucket."""

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import ServerPath
from jobs.engine.sent_on import SentOn
from jobs.engine.spec import JobView


class UploadParameters(SentOn):
    """What is brought where."""

    job: str = Field("", description="the job whose file or folder is meant: an export, vectors, a report, a bundle")
    path: ServerPath = Field("", description="another file or folder of this machine, where no job is named")
    part_mb: int = Field(
        64,
        ge=5,
        le=5120,
        description="MiB that go at once; larger files go in parts of that size, or of more where there would be over "
        "10,000",
    )
    at_once: int = Field(8, ge=1, le=64, description="files that are on their way side by side")


def upload_outcome(view: JobView) -> str:
    """'1,878 files to s3://bucket/prefix, checked; 40 lay there already.'"""
    figures = view.figures
    if "to" not in figures:
        return ""
    n_kept = int(figures.get("n_kept", 0))
    kept = f"; {count(n_kept, 'lay', 'lay')} there already" if n_kept else ""
    public = " Anybody can read them there." if figures.get("public") else ""
    return f"{count(int(figures['n_files']), 'file')} to {figures['to']}, checked{kept}.{public}"


_NOTES = """\
`vitrine upload ID s3://BUCKET/PREFIX` is the short form; exports, vectors, reports and bundles also take `--to`. An
upload that ended early is gone on with by `vitrine resume ID`: files that are there are not sent again, nor are the
parts of a large one. Nothing is ever written over. At the end every object is compared with what was sent, by its size
and ETag, or read back where its ETag is no MD5; then `SHA256SUMS` (`sha256sum -c` reads it) and, last,
`vitrine-manifest.json` are written beside them. A bucket that anybody may read is refused before anything is written,
unless `--to-public yes` says that it is meant. Credentials come from where every AWS tool finds them and are kept
nowhere.
"""

KIND = JobKind(
    name="upload",
    title="Upload",
    icon="cloud_upload",
    summary="Brings a file or a folder that another job wrote to a bucket that speaks S3, with a manifest; checks it.",
    notes=_NOTES,
    lane=FILES,
    parameters=UploadParameters,
    reads=(),
    here_only=True,
    outcome=upload_outcome,
)

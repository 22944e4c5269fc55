"""The kind `augment-preview`: a few augmented pictures of each technique, to look at before an export."""

from jobs.engine.kinds import FILES, JobKind
from jobs.export.kind import AugmentationParameters


class AugmentPreviewParameters(AugmentationParameters):
    """What a preview of augmented pictures may be ordered with."""


KIND = JobKind(
    name="augment-preview",
    title="Preview of augmented pictures",
    icon="ac_unit",
    summary='A few augmented pictures of each technique, as an export would make them, for the page "Versions".',
    lane=FILES,
    needs_pictures=True,
    parameters=AugmentPreviewParameters,
    reads=(),
    here_only=True,
)

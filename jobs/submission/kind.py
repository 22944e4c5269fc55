"""The kind `check-submission`: any folder against every rule of a DS801 submission."""

from pydantic import Field

from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import Parameters, ServerPath


class CheckSubmissionParameters(Parameters):
    """What a check of a submission may be ordered with."""

    folder: ServerPath = Field("", description="the folder that holds TEAM-training-set and TEAM-validation-set")
    classes: int = Field(0, ge=0, description="how long a label must be; 0: as many as the dataset has classes")


_NOTES = """\
`vitrine check-submission DIR --original W/NAME` does the same and prints each broken rule with its first
examples, errors and warnings apart. Its exit status is 0 where no rule is broken (warnings do not count), 1 where one
is, 2 where W is no workspace.
"""

KIND = JobKind(
    name="check-submission",
    title="Check of a submission",
    icon="fact_check",
    summary=(
        "Tests any folder against every rule of a DS801 submission; the dataset is the one that the course gave out."
    ),
    notes=_NOTES,
    lane=FILES,
    parameters=CheckSubmissionParameters,
    reads=(),
    here_only=True,
)

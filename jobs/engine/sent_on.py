"""Parameters of kinds that write a file or a folder, and let it be brought to a bucket as well."""

from typing import TypeVar

from pydantic import Field, field_validator

from jobs.engine.kinds import FollowUp, Job
from jobs.engine.parameters import Parameters
from store.connection import Workspace


class SentOn(Parameters):
    """Where else what is written goes."""

    to: str = Field(
        "",
        description="`s3://BUCKET/PREFIX`: what is written is brought there as well, by a job `upload` that follows",
    )
    to_public: bool = Field(
        False, description="`yes` writes also to a bucket that anybody may read; else that is refused"
    )

    @field_validator("to")
    @classmethod
    def _require_address(cls, value: str) -> str:
        if not value.strip():
            return ""
        # here: a kind is read at every start, and loads none of its code
        from importers.refusals import LayoutError
        from importers.stores import checked_url

        try:
            return checked_url(value)
        except LayoutError as error:
            raise ValueError(f"is no address: {error}") from None


S = TypeVar("S", bound=SentOn)


def then_upload(workspace: Workspace, job: Job[S]) -> FollowUp | None:
    """The upload that follows a job whose order says where to; None for others."""
    if not job.parameters.to:
        return None
    parameters = {"job": job.spec.id, "to": job.parameters.to, "to_public": job.parameters.to_public}
    return FollowUp("upload", parameters)

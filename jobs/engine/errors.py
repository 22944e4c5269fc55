"""Everything a job can refuse, and what to do about it.

    JobError
    ├── UnknownKind          no such job kind
    ├── UnknownParameter     the kind has no such parameter, or the value is of another type
    ├── UnknownJob           no job has that id
    ├── NothingToDo          every row has its result already
    ├── NeedsAnswer          a folder can be read in more than one way
    ├── FolderNotAllowed     the folder is outside the roots named at start
    ├── NotNow               the job's state does not allow that (cancelling a finished one, say)
    ├── OwnerLeft            the process that had the workspace open ended before it took a request up
    ├── JobFailed            the worker stopped with a reason
    ├── TrainingFailed       training could not go on; the message names the epoch, the batch and its pictures
    ├── NotInParts           the kind is computed on one machine, or there is no Ray for it
    ├── PackRefused          a zip that is no packed job, or holds another job's results
    ├── ExportRefused        a version cannot be exported so, or there
    └── QueryFailed          a picture or words could not be turned into a vector

Beside it, each with its own base: store.errors.StoreError, models.errors.ModelError, analytics.errors, and
PictureError, LayoutError and ArchiveRefused next to the code that raises them.
"""


class JobError(Exception):
    """Base of all errors of the jobs."""


class UnknownKind(JobError):
    """No such job kind."""


class UnknownParameter(JobError):
    """A parameter that the kind does not have, or a value of another type."""


class UnknownJob(JobError):
    """No job has that id."""


class NothingToDo(JobError):
    """Every row has its result already."""


class NeedsAnswer(JobError):
    """The folder can be read in more than one way; the message lists them."""


class FolderNotAllowed(JobError):
    """The app listens to others, and the folder is outside the roots named at start."""


class NotNow(JobError):
    """The job's state does not allow that."""


class OwnerLeft(JobError):
    """The owner of the workspace ended before it took a request up: it was not done, and may be asked for again."""


class JobFailed(JobError):
    """The worker stopped and said why."""


class TrainingFailed(JobError):
    """Training could not go on; the message names the epoch, the batch and its pictures."""


class NotInParts(JobError):
    """The kind, or this order, is computed on one machine; or there is no Ray to compute it elsewhere."""


class PackRefused(JobError):
    """The zip is not a packed job of this workspace."""


class ExportRefused(JobError):
    """A version cannot be written in that format, or the folder cannot be made; the message says why."""


class QueryFailed(JobError):
    """A picture or words could not be turned into a vector; the message says why.

    of: what it lies at, "picture" or "text" where it lies at what was asked; "" for anything else.
    """

    def __init__(self, message: str, *, of: str = ""):
        super().__init__(message)
        self.of = of

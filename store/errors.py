"""Everything the store can refuse, and what to do about it.

StoreError
├── WorkspaceBusy        another process has the file open
├── WorkspaceTooNew      the file was written by a newer Vitrine
├── WorkspaceRefused     there can be no workspace there: it is a file, or may not be written
├── WorkspaceDamaged     the file is not a DuckDB file, or cannot be read
│   └── WalDamaged       its write-ahead log cannot be read; the file itself may be whole
├── MigrationFailed      the file could not be brought to this version's schema; it is as it was
├── DiskFull             the workspace's disk has no room left
├── SnapshotFailed       the copy could not be written
├── NotAllowed           whoever asks may not do this
├── BadGrant             a role, a person or a share link that cannot be one
├── UnknownGrant         no role given or share link of that number
├── NotLetIn             a share link that opens nothing, or a name that somebody else has
├── UnknownDataset       no dataset of that name
├── NameTaken            a dataset of that name stands on another folder
├── BadSelection         a selection without a name of its own, or of nothing
├── UnknownSelection     no selection of that name
├── BadVersion           a version without a name of its own, or of nothing
├── UnknownVersion       no version of that name
├── BadClassNames        names that do not fit the classes they are for
├── BadClaim             a claim without a sentence or a number of its own
├── ClaimChanged         somebody else has changed the claim meanwhile
├── UnknownClaim         no claim of that number
├── BadReport            a report or a block without what it needs, or with too much
├── ReportChanged        somebody else has changed the report, the block or the sheet meanwhile
├── UnknownReport        no report, block or note of that number
├── BadComment           a comment without a word, a name or a place that can be one, or somebody else's
├── CommentChanged       somebody has changed the comment or the thread meanwhile
├── UnknownComment       no such comment, or nothing any more that it could be pinned to
├── BadRubric            a criterion, a score or a sheet of the rubric that cannot be one
├── RubricChanged        somebody else has changed the rubric or the sheet meanwhile
├── BadReference         a published result without a name, a source or a figure that can be one
├── BadPromptSet         a set of prompts without a name of its own, or with a class that has none
├── UnknownPromptSet     no set of prompts of that name
├── SegmentUnreadable    a job's result file is truncated or has other columns
├── SpacesMixed          vectors of two embedding spaces were to be compared
├── BadStatements        a file of store/sql holds a statement without a name or a text, or a name twice
├── UnknownStatement     no file of store/sql has a statement of that name
├── TextTooLong          a name, a reason or a note that is longer than one may be
├── RowMismatch          what a statement gives does not fit the type that its rows are to have
├── BadLimit             a limit of the health page that cannot be one
├── BadServiceKey        a key of the service without a name or a dataset, or none that could be revoked
├── SpotCheckRefused     an answer that comes too late or to nothing that was asked, or a check of nothing
├── UnknownSpotCheck     no spot check of that number
├── BadReviewFile        a file that is no review of a bundle, or says no name
├── BadDecisionFile      a file of decisions that cannot be read, or names classes that are not here
└── DecisionRefused      an act that cannot be, or nothing to take back or to do again
"""

from pathlib import Path


class StoreError(Exception):
    """Base of all errors of the store."""


class WorkspaceBusy(StoreError):
    """Another process owns the workspace's file."""

    def __init__(self, path: Path | str, *, pid: int | None, started: str | None, command: str | None = None):
        self.pid = pid
        process = "another process" if pid is None else f"process {pid}"
        since = f" (started {started})" if started else ""
        what = f": {command}" if command else ""
        super().__init__(
            f"{path} is open in {process}{since}{what}.\n"
            "Stop that process, or open another workspace with --workspace DIR."
        )


class WorkspaceTooNew(StoreError):
    """The file holds migrations this version does not know."""


class WorkspaceDamaged(StoreError):
    """The file is there but DuckDB cannot read it."""


class WalDamaged(WorkspaceDamaged):
    """The write-ahead log beside the file cannot be read."""


class WorkspaceRefused(StoreError):
    """There can be no workspace at that path."""


class MigrationFailed(StoreError):
    """The file could not be brought to this version's schema, and was left, or put back, as it was."""


class DiskFull(StoreError):
    """A write found no room."""


class SnapshotFailed(StoreError):
    """The copy could not be written where it was wanted."""


class NotAllowed(StoreError):
    """The role of whoever asks does not hold what was asked for."""


class BadGrant(StoreError):
    """A role cannot be given so, or a share link not be made: no such role, no address, an end in the past."""


class UnknownGrant(StoreError):
    """No role that was given, and no share link, has that number."""


class NotLetIn(StoreError):
    """A share link opens nothing: it is none of ours, was revoked or has ended; or the name is somebody else's."""


class UnknownDataset(StoreError):
    """No dataset has that name."""


class NameTaken(StoreError):
    """The name belongs to a dataset in another folder."""


class BadSelection(StoreError):
    """A selection cannot be saved so: its name is empty, too long or taken, or it holds no image."""


class UnknownSelection(StoreError):
    """No selection has that name."""


class BadVersion(StoreError):
    """A version cannot be frozen so: its name is empty, too long or taken, or nothing is kept."""


class BadTakedown(StoreError):
    """A takedown cannot be recorded so: it names nothing, no address, no picture of the dataset, or stands already."""


class UnknownTakedown(StoreError):
    """No takedown of the dataset that stands has that number."""


class UnknownVersion(StoreError):
    """No version of the dataset has that name."""


class BadClaim(StoreError):
    """A claim cannot be kept so: its sentence is empty or names no number of it, or it asks for what is not there."""


class ClaimChanged(StoreError):
    """A claim was changed by somebody else since it was read."""


class UnknownClaim(StoreError):
    """No claim of the dataset has that number."""


class BadReport(StoreError):
    """A report or a block cannot be kept so: it has no title, a kind that is not known, or too much in it."""


class ReportChanged(StoreError):
    """A report, a block of it or the project sheet was changed by somebody else since it was read."""


class UnknownReport(StoreError):
    """No report, block or note of the dataset has that number."""


class BadComment(StoreError):
    """A comment cannot be kept so: it has no word, no name, a place that is none, or is somebody else's."""


class CommentChanged(StoreError):
    """A comment or the state of its thread was changed by somebody since it was read."""


class UnknownComment(StoreError):
    """No such comment stands, or what it was to be pinned to is not there."""


class BadRubric(StoreError):
    """A rubric or a sheet cannot be kept so: a criterion without a title, a weight or score out of its range."""


class RubricChanged(StoreError):
    """The rubric or a sheet of it was changed by somebody else since it was read."""


class BadReference(StoreError):
    """A published result that lacks a name or a source, or has a figure that cannot be one."""


class BadPromptSet(StoreError):
    """A set of prompts cannot be saved so: its name is empty, too long or taken, or a class has no prompt."""


class UnknownPromptSet(StoreError):
    """No set of prompts of the dataset has that name."""


class SegmentUnreadable(StoreError):
    """A segment cannot be read, or lacks a column."""


class BadClassNames(StoreError):
    """Names that do not fit the classes they are for."""


class DecisionRefused(StoreError):
    """An act names an image or a class that is not there, or there is nothing to undo or redo."""


class BadLimit(StoreError):
    """A limit of the health page that cannot be one."""


class BadServiceKey(StoreError):
    """A key of the service cannot be made so, or there is none that could be revoked."""


class SpotCheckRefused(StoreError):
    """An answer that comes too late, is none, or is to nothing that was asked; or a check of nothing."""


class UnknownSpotCheck(StoreError):
    """No spot check of the dataset has that number."""


class BadReviewFile(StoreError):
    """A file that is no review.json of a bundle, or that no person put a name to."""


class BadDecisionFile(StoreError):
    """A file of decisions cannot be read, is of another kind, or names classes that are not here."""


class SpacesMixed(StoreError):
    """Vectors of two spaces were to be compared, which says nothing."""


class TextTooLong(StoreError):
    """A name, a reason or a note that is longer than one may be."""


class BadStatements(StoreError):
    """A file of store/sql cannot be read as named statements."""


class RowMismatch(StoreError):
    """A statement gives other columns, types or nulls than its reader was promised."""


class UnknownStatement(StoreError, KeyError):
    """No statement has that name."""

    __str__ = StoreError.__str__  # a KeyError would quote its sentence

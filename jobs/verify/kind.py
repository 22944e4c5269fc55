"""The kind `verify`: quality gates, each a number with a limit."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from analytics.gates import GATES, PARTS, SUBJECTS, limits_from
from analytics.wording import count
from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import Parameters, ServerPath
from jobs.engine.spec import JobView


class VerifyParameters(Parameters):
    """What quality gates may be ordered with."""

    only: str = Field(
        "",
        description=f"what is looked at, separated by commas: any of {', '.join(SUBJECTS)}. Without it all that apply",
    )
    limits: str = Field(
        "",
        description="limits of this run, such as `import.failures=0.05,freshness.import=off`; they come before those "
        "that were set for the dataset, and those before the declared ones",
    )
    space: str = Field("", description="the embedding space; without it the one with the most vectors")
    folder: ServerPath = Field("", description="the folder of parts that `export-vectors` wrote, for the gates `parts`")
    rows_kept: int = Field(20, ge=1, le=1000, description="wrong rows of each gate that are kept and told, the first")

    @model_validator(mode="after")
    def _are_known(self) -> Self:
        unknown = [name for name in self.subjects() if name not in SUBJECTS]
        if unknown:
            raise ValueError(f"only names what is not looked at, {unknown[0]!r}. It may name {', '.join(SUBJECTS)}.")
        if PARTS in self.subjects() and not self.folder.strip():
            raise ValueError("folder says where the parts are; it is empty.")
        try:
            limits_from(self.limits)
        except ValueError as error:
            raise ValueError(f"limits {error}") from None
        return self

    def subjects(self) -> tuple[str, ...]:
        """What was asked for, in the order it was named; () for all that apply."""
        return tuple(dict.fromkeys(name.strip() for name in self.only.split(",") if name.strip()))


def failed_sentence(figures: Mapping[str, Any]) -> str:
    """Which gates failed, with their first wrong rows; "" where all passed."""
    failed = figures.get("failed") or []
    if not failed:
        return ""
    told = [f"{gate['gate']}: {gate['sentence']}{_first_rows(gate)}" for gate in failed]
    return f"{count(len(failed), 'gate')} of {figures['n_gates']} failed.\n" + "\n".join(told)


def _first_rows(gate: Mapping[str, Any]) -> str:
    rows = [f"{row['path']} ({row['reason']})" for row in gate["rows"][:5]]
    more = gate["n_wrong"] - len(rows)
    if not rows:
        return ""
    return " First: " + ", ".join(rows) + (f", and {more:,} more." if more > 0 else ".")


def verify_outcome(view: JobView) -> str:
    """'13 of 15 gates passed. Failed: vectors.finite, labels.largest.'"""
    figures = view.figures
    if "n_gates" not in figures:
        return ""
    n, failed = int(figures["n_gates"]), [str(gate["gate"]) for gate in figures["failed"]]
    named = f" Failed: {', '.join(failed)}." if failed else ""
    return f"{n - len(failed):,} of {count(n, 'gate')} passed.{named}"


def _notes() -> str:
    rows = [
        f"| `{gate.name}` | {gate.title} | {gate.unit} | {gate.limit_kind} "
        f"{'off' if gate.limit is None else f'{gate.limit:g}'} |"
        for gate in GATES
    ]
    return (
        "A gate is a number with a limit. A job with failed gates is done, for what it had to find out it has found "
        "out; `vitrine run verify` then ends with the status 1, and its JSON line says which gates failed (`failed`) "
        "and names the first wrong rows. Results are kept in the tables `gate_result` and `gate_row` "
        "([data model](../data-model/gates.md)); the same again adds a result and changes nothing else.\n\n"
        "| gate | what it asks | unit | limit |\n|---|---|---|---|\n" + "\n".join(rows) + "\n\n"
        "Without `--only` the gates of vectors are asked where there are vectors, those of labels where there are "
        "classes, those of `parts` where a folder is named. The owner sets a dataset's limits on the page "
        "Quality. `vectors.lengths` counts lengths of 0 and those ten times longer or shorter than the median; "
        "`vectors.same` counts vectors that equal, bit by bit, the one of a picture with other pixels."
    )


KIND = JobKind(
    name="verify",
    title="Quality gates",
    icon="rule",
    summary=(
        "Measures a dataset, its vectors, labels and exported parts against limits, and keeps what was found: a gate "
        "that fails says which rows are wrong."
    ),
    notes=_notes(),
    lane=FILES,
    parameters=VerifyParameters,
    reads=(),
    here_only=True,
    outcome=verify_outcome,
    verdict=failed_sentence,
)

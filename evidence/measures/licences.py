"""On what terms the pictures may be used, as far as it is known."""

from evidence.case import Case
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters, says
from evidence.value import Value
from store.claims import licence_counts
from store.subjects import PICTURES, REMOVALS


def _known(case: Case, asked: Parameters) -> Value:
    found = licence_counts(case.workspace, case.dataset.id)
    if not found.n:
        raise CannotMeasure("There is no picture that is kept.")
    return Value(number=found.n_known / found.n, unit="share", n=found.n)


MEASURES = (
    Measure(
        name="licences-known", title="Pictures whose licence is known", unit="share", parameters=Parameters,
        compute=_known, sentence=says("The licence of {licences_known} of the pictures is known."), page="overview",
        reads=(PICTURES, REMOVALS, "details"), kinds=("import",),
        about="Kept pictures that name a licence, or whose dataset does, over all that are kept.",
    ),
)  # fmt: skip

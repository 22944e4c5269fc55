"""What the reviewing of a label check says so far. The page Review and measures share it."""

from dataclasses import dataclass

from analytics import stopping as analysis
from analytics.stopping import Estimate, Precision
from store import review
from store.connection import Workspace


@dataclass(frozen=True)
class Stopping:
    """What the reviewing so far says. plain, flagged: errors left among labels doubted in no way, and doubted ones."""

    precision: Precision
    plain: Estimate
    flagged: Estimate
    totals: review.Totals

    @property
    def n_reviewed(self) -> int:
        """How many pictures of the ranking were reviewed."""
        return int(self.precision.n.sum())

    @property
    def n_wrong(self) -> int:
        """How many of these were really wrong."""
        return int(self.precision.n_wrong.sum())


def stopping(workspace: Workspace, dataset_id: int, *, run_id: int) -> Stopping:
    """What the reviewing of label check `run_id` says so far."""
    queue = review.queue_ids(workspace, dataset_id, queue=review.ReviewQueue("doubted", run_id))
    judged, wrong = review.verdicts(workspace, dataset_id, run_id=run_id)
    flagged, blind_wrong = review.blind_verdicts(workspace, dataset_id, run_id=run_id)
    totals = review.totals(workspace, dataset_id, run_id=run_id)
    plain = blind_wrong[~flagged]
    doubted = blind_wrong[flagged]
    rest = analysis.remaining(int(plain.sum()), n_checked=len(plain), n_population=max(totals.n_plain, len(plain)))
    open_ = analysis.remaining(
        int(doubted.sum()), n_checked=len(doubted), n_population=totals.n_flagged_open + len(doubted)
    )
    return Stopping(analysis.precision_by_rank(queue, judged=judged, wrong=wrong), rest, open_, totals)

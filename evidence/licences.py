"""The licences of a dataset's pictures, those that are said in other words put together; what they forbid."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.said_licences import SaidLicence, read_said
from evidence.case import Case
from evidence.report.sheet import COMMERCIAL, PASSED_ON, YES
from store.origin import LicenceText, licence_texts
from store.project import project_texts

NO_LICENCE, NO_COMMERCE, NO_CHANGES = "No known licence", "Forbids commercial use", "Forbids changes"


@dataclass(frozen=True)
class LicenceGroup:
    """So many kept pictures under one licence: n_own of which it is said, n_of_dataset whose dataset it is said of.

    texts: the words that it is said in, as store.origin.OriginFilters takes them.
    """

    licence: SaidLicence
    n_own: int
    n_of_dataset: int
    n_unknown: int
    texts: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many in all."""
        return self.n_own + self.n_of_dataset + self.n_unknown

    @property
    def title(self) -> str:
        """The licence's code, or that none is known."""
        return self.licence.code or NO_LICENCE


@dataclass(frozen=True)
class Terms:
    """What is to be known before pictures are passed on. Counts of kept pictures.

    is_commercial, is_passed_on: the project sheet says that they will be used commercially, or passed on changed.
    """

    n: int
    n_unknown: int
    n_no_commerce: int
    n_no_changes: int
    is_commercial: bool
    is_passed_on: bool


def licence_groups(texts: Sequence[LicenceText]) -> list[LicenceGroup]:
    """The licences, the most first; pictures without a known one at last."""
    by_code: dict[str, list[LicenceText]] = {}
    for each in texts:
        by_code.setdefault(read_said(each.licence).code, []).append(each)
    groups = [_group(several) for several in by_code.values()]
    return sorted(groups, key=lambda group: (not group.licence.code, -group.n, group.title))


def _group(texts: list[LicenceText]) -> LicenceGroup:
    n = {whose: sum(each.n for each in texts if each.whose == whose) for whose in ("own", "dataset", "unknown")}
    said = tuple(dict.fromkeys(each.licence for each in texts))
    return LicenceGroup(read_said(said[0]), n["own"], n["dataset"], n["unknown"], said)


def licence_choices(groups: Sequence[LicenceGroup]) -> dict[str, tuple[str, ...]]:
    """What pictures can be filtered by, and the words of each choice: what is pressing first, then each licence."""
    pressing = (
        (NO_LICENCE, [group for group in groups if not group.licence.code]),
        (NO_COMMERCE, [group for group in groups if group.licence.forbids_commercial]),
        (NO_CHANGES, [group for group in groups if group.licence.forbids_changes]),
    )
    choices = {title: _texts(several) for title, several in pressing if several}
    return choices | {group.title: group.texts for group in groups if group.licence.code}


def _texts(groups: Sequence[LicenceGroup]) -> tuple[str, ...]:
    return tuple(text for group in groups for text in group.texts)


def groups_of(case: Case) -> list[LicenceGroup]:
    """The licences of a dataset's kept pictures."""
    return case.once("licences", lambda: licence_groups(licence_texts(case.workspace, case.dataset.id)))


def terms_of(case: Case) -> Terms:
    """What is to be known of a dataset's licences, by what its project sheet says it is for."""
    groups = groups_of(case)
    sheet = project_texts(case.workspace, case.dataset.id)
    said = {name: sheet[name].text.strip() if name in sheet else "" for name in (COMMERCIAL, PASSED_ON)}
    return Terms(
        n=sum(group.n for group in groups),
        n_unknown=sum(group.n for group in groups if not group.licence.code),
        n_no_commerce=sum(group.n for group in groups if group.licence.forbids_commercial),
        n_no_changes=sum(group.n for group in groups if group.licence.forbids_changes),
        is_commercial=said[COMMERCIAL] == YES,
        is_passed_on=said[PASSED_ON] == YES,
    )

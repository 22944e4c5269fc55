"""What a workspace knows of a dataset beside its pictures, for the card that goes with it; read on the owner's side."""

from pydantic import BaseModel, ConfigDict

from evidence.measure import measure
from evidence.wording import in_words
from jobs.engine.spec import JobSpec
from jobs.engine.version import code_version
from store.connection import Workspace, utc_now
from store.datasets import Dataset
from store.decisions import counts
from store.privacy import hides_people
from store.project import project_texts
from store.versions import Version


class About(BaseModel):
    """What a card says that the records do not. Texts are as people wrote them; "" where nothing is known.

    version: its name, number: its place among all of the workspace, 0 where it is no version. date: of the freezing,
    or of the writing, YYYY-MM-DD. n_left_out: near duplicates of validation pictures. decisions: standing ones by act.
    wrong: the estimate of wrong labels in words; weak: what weakens it. people_blurred: None where it is not known.
    """

    model_config = ConfigDict(frozen=True)

    dataset: str
    version: str = ""
    number: int = 0
    date: str = ""
    note: str = ""
    theme: str = ""
    who: str = ""
    source: str = ""
    licence: str = ""
    n_left_out: int = 0
    decisions: dict[str, int] = {}
    wrong: str = ""
    weak: tuple[str, ...] = ()
    people_blurred: bool | None = None
    code_version: str = ""

    @property
    def title(self) -> str:
        """What it is a card of."""
        return f"{self.dataset}, {self.version}" if self.version else self.dataset


def about_dataset(workspace: Workspace, dataset: Dataset, version: Version | None = None) -> About:
    """What is known of a dataset now, and of its version; decisions and estimates are those of now."""
    sheet = project_texts(workspace, dataset.id)
    wrong = measure(workspace, dataset, "share-wrong", {})
    about = About(
        dataset=dataset.name,
        date=f"{utc_now():%Y-%m-%d}",
        theme=sheet["theme"].text.strip() if "theme" in sheet else "",
        who=sheet["who"].text.strip() if "who" in sheet else "",
        source=(dataset.source or "").strip(),
        licence=(dataset.licence or "").strip(),
        decisions=counts(workspace, dataset.id),
        wrong="" if wrong.number is None else in_words(wrong),
        weak=() if wrong.number is None else wrong.weak,
        people_blurred=hides_people(workspace, dataset.id),
        code_version=code_version(),
    )
    if version is None:
        return about
    of_version = {
        "version": version.name,
        "number": version.id,
        "date": f"{version.created_at:%Y-%m-%d}",
        "note": (version.note or "").strip(),
        "n_left_out": version.n_left_out,
    }
    return about.model_copy(update=of_version)


def about_left(card: object, spec: JobSpec, *, version: str, blurs: bool) -> About:
    """What a job's owner left, with what the worker does to people.

    Of a job that was laid out before there were cards there are the names alone.
    """
    names = {"dataset": spec.dataset, "version": version, "code_version": spec.code_version}
    return About.model_validate(card or names).model_copy(update={"people_blurred": blurs})

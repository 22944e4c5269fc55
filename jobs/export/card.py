"""The card of a dataset: README.md with the YAML header that Hugging Face reads, and what people ask first.

Names and texts of people stand in it as text: YAML is dumped, never pasted, and Markdown is made literal. What is not
known is said to be unknown.
"""

import re
from collections.abc import Mapping, Sequence

import yaml

from analytics.said_licences import read_said
from analytics.wording import count
from evidence.report.wording import literal_markdown
from jobs.export.about import About
from jobs.export.records import Composition

CARD = "README.md"
UNKNOWN, OTHER = "unknown", "other"  # Hugging Face's words
MOST_CLASSES, MOST_SPLITS, MOST_SOURCES = 500, 12, 20  # rows and columns of the tables
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))
_ACTS = {
    "relabel": "label changed by a person",
    "remove": "removed by a person",
    "restore": "put back by a person",
    "keep": "label confirmed by a person",
    "flag": "flagged for another look",
}
_CREATIVE_COMMONS = re.compile(
    r"(?:https?://creativecommons\.org/licenses/|cc[ -])?(by(?:-nc)?(?:-sa|-nd)?)[ /-](\d\.\d)(?:/|/deed\.\w+)?"
)
_PLAIN = {"cc0": "cc0-1.0", "cc0 1.0": "cc0-1.0", "cc0-1.0": "cc0-1.0", "mit": "mit", "apache-2.0": "apache-2.0"}


def card(
    about: About,
    made_of: Composition,
    *,
    boxes: bool = False,
    configs: Sequence[Mapping[str, object]] = (),
    notes: Sequence[str] = (),
    files: Sequence[str] = (),
) -> str:
    """The text of README.md. configs: how Hugging Face's library reads the files; notes: what cannot be told from them.

    boxes: objects are marked. files: what lies in the folder, a sentence each.
    """
    front = yaml.safe_dump(_header(about, made_of, boxes, configs), allow_unicode=True, sort_keys=False, width=1000)
    sections = [
        [f"# {_literal(about.title)}", "", *_what(about, made_of)],
        ["## Composition", "", *_composition(made_of)],
        ["## Sources and licences", "", *_sources(made_of)],
        ["## How it was cleaned", "", *_cleaned(about)],
        ["## People in the pictures", "", _people(about)],
        ["## Known limits", "", *_limits(about, made_of, notes)],
        *([["## Files", "", *(f"- {each}" for each in files)]] if files else []),
        ["## How to cite it", "", _literal(cited(about)), "", *_made(about)],
    ]
    return f"---\n{front}---\n\n" + "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def cited(about: About) -> str:
    """How the dataset is to be cited, in plain words."""
    by = f"{' '.join(about.who.split())}: " if about.who else ""
    version = f", version {about.version}" if about.version else ""
    return f"{by}{about.dataset}{version}, {about.date[:4] or 'no year'}. Written by Vitrine {about.code_version}."


def licence_id(licence: str) -> str:
    """A licence as Hugging Face calls it: cc-by-4.0; "" for one that it has no word for."""
    said = " ".join(licence.lower().split())
    found = _CREATIVE_COMMONS.fullmatch(said)
    return f"cc-{found[1]}-{found[2]}" if found else _PLAIN.get(said, "")


def _header(
    about: About, made_of: Composition, boxes: bool, configs: Sequence[Mapping[str, object]]
) -> dict[str, object]:
    tasks = [*(["image-classification"] if made_of.classes else []), *(["object-detection"] if boxes else [])]
    size = next((word for most, word in _SIZES if made_of.n < most), "n>10M")
    return {
        **_licence(made_of),
        "pretty_name": about.title,
        **({"task_categories": tasks} if tasks else {}),
        "size_categories": [size],
        "tags": ["image", "vitrine", "croissant"],
        **({"configs": [dict(each) for each in configs]} if configs else {}),
    }


def _licence(made_of: Composition) -> dict[str, object]:
    """One licence by its word; several, or one without a word, as `other`, named in full."""
    known = made_of.known_licences
    if not known:
        return {"license": UNKNOWN}
    word = licence_id(known[0]) if len(made_of.licences) == 1 else ""
    if word:
        return {"license": word}
    is_one = len(made_of.licences) == 1
    return {"license": OTHER, "license_name": known[0] if is_one else "several, a picture each: see below"}


def _what(about: About, made_of: Composition) -> list[str]:
    kinds = "any number of labels a picture" if made_of.multi else "one label a picture at most"
    n_splits = sum(split is not None for split in made_of.splits)
    parts = [count(made_of.n, "picture"), *([f"{_classes(made_of)}, {kinds}"] if made_of.classes else ["no classes"])]
    parts += [count(n_splits, "split")] if n_splits else ["no splits"]
    lines = [f"{'; '.join(parts)}."]
    lines += ["", _literal(about.theme)] if about.theme else []
    lines += ["", f"Of this version: {_literal(about.note)}"] if about.note else []
    return lines


def _classes(made_of: Composition) -> str:
    return count(len(made_of.classes), "class", "classes")


def _composition(made_of: Composition) -> list[str]:
    splits = made_of.splits[:MOST_SPLITS] if made_of.has_splits else ()
    titles = ["in no split" if split is None else _literal(split) for split in splits]
    rows = [_row("Class", *titles, "all"), _row("---", *("---:" for _ in splits), "---:")]
    shown: list[int | None] = [*range(min(len(made_of.classes), MOST_CLASSES))]
    for index in [*shown, *([None] if made_of.n_unlabelled else [])]:
        name = "*no label*" if index is None else _literal(made_of.classes[index])
        cells = [f"{made_of.per_class[index, split]:,}" for split in splits]
        rows.append(_row(name, *cells, f"{made_of.of_class(index):,}"))
    rows.append(_row("**pictures**", *(f"{made_of.per_split[split]:,}" for split in splits), f"{made_of.n:,}"))
    n_more = len(made_of.classes) - MOST_CLASSES
    rows += ["", f"{count(n_more, 'other class is', 'other classes are')} not in this table."] if n_more > 0 else []
    if made_of.has_splits and len(made_of.splits) > MOST_SPLITS:
        rows += ["", f"Of {len(made_of.splits)} splits the first {MOST_SPLITS} are shown."]
    return rows


def _sources(made_of: Composition) -> list[str]:
    lines = []
    for title, counted, nothing in (
        ("Sources, as they were told", made_of.sources, "no source told"),
        ("Licences, as the sources say them", made_of.licences, "licence unknown"),
    ):
        if not any(name for name, _ in counted):
            lines += [f"{title}: unknown.", ""]
            continue
        lines += [f"{title}:", ""]
        lines += [
            f"- {_literal(name) if name else nothing}: {count(n, 'picture')}" for name, n in counted[:MOST_SOURCES]
        ]
        n_more = len(counted) - MOST_SOURCES
        lines += [*([f"- and {n_more:,} more"] if n_more > 0 else []), ""]
    return [*lines, *_terms(made_of)] if _terms(made_of) else lines[:-1]


def _terms(made_of: Composition) -> list[str]:
    """What the licences forbid and ask for, as far as they can be read."""
    read = [(read_said(licence), n) for licence, n in made_of.licences]
    lines = []
    for n, what in (
        (sum(n for each, n in read if each.forbids_commercial), "commercial use"),
        (sum(n for each, n in read if each.forbids_changes), "passing on changed pictures"),
    ):
        if n:
            lines.append(f"The licences of {count(n, 'picture')} forbid {what}.")
    n = sum(n for each, n in read if each.is_read and each.asks_for_credit)
    if n:
        lines.append(f"The licences of {count(n, 'picture')} ask for a credit to who made it.")
    return lines


def _cleaned(about: About) -> list[str]:
    decided = [
        f"- {words}: {count(about.decisions[act], 'picture')}"
        for act, words in _ACTS.items()
        if about.decisions.get(act)
    ]
    lines = ["Decisions on single pictures that stand in the workspace:", "", *decided] if decided else []
    lines = lines or ["No decision on a single picture stands in the workspace."]
    if about.n_left_out:
        lines += ["", f"{count(about.n_left_out, 'near duplicate')} of validation pictures stayed out of training."]
    if not about.wrong:
        return [*lines, "", "How many labels are wrong is not known: no check of the labels has estimated it."]
    lines += ["", f"Labels that are wrong, as the newest check of the labels estimates it: {about.wrong}."]
    return [*lines, *(f"{_literal(each)}" for each in about.weak)]


def _people(about: About) -> str:
    if about.people_blurred is None:
        return "Whether people are blurred is not known."
    if about.people_blurred:
        return "People that a detector or a person marked are blurred. Whoever was not found is not blurred."
    return "Nobody is blurred. Whether there are people in the pictures was not said."


def _limits(about: About, made_of: Composition, notes: Sequence[str]) -> list[str]:
    limits = []
    if made_of.n_unlabelled and made_of.classes:
        limits.append(f"{count(made_of.n_unlabelled, 'picture has', 'pictures have')} no label.")
    sizes = [made_of.of_class(index) for index in range(len(made_of.classes))]
    if sizes and max(sizes) != min(sizes):
        limits.append(
            f"Classes differ in size: the smallest has {count(min(sizes), 'picture')}, the largest {max(sizes):,}."
        )
    n_unknown = sum(n for licence, n in made_of.licences if not licence)
    if n_unknown:
        limits.append(f"The licence of {count(n_unknown, 'picture')} is unknown: ask before passing on.")
    if made_of.n_made:
        made = count(made_of.n_made, "picture was", "pictures were")
        limits.append(f"{made} made from others to even out classes; `lineage.csv` names their parents.")
    if not about.version:
        limits.append("This is the state of one day, not a frozen version: it may not be met again.")
    limits += [_literal(note) for note in notes]
    return [f"- {each}" for each in limits] or ["None that is known."]


def _made(about: About) -> list[str]:
    what = f"version {about.version} of {about.dataset}, frozen" if about.version else f"{about.dataset}, as it was"
    return [
        f"Made by Vitrine {_literal(about.code_version)} from {_literal(what)} on {about.date or 'an unknown day'}."
    ]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _literal(text: str) -> str:
    return literal_markdown(text) or "(no name)"

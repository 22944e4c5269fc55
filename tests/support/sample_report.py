"""A report with every kind of part in it, by hand: what formats are tested on, with names that break things."""

import numpy as np

from evidence.report.parts import (
    Block,
    Chart,
    ClaimCard,
    ClaimNumber,
    Column,
    Document,
    Facts,
    Gallery,
    Group,
    Missing,
    Pair,
    Pairs,
    Part,
    Picture,
    Source,
    Table,
)
from figures.drawn import packed

NAMES = [
    "قط",
    "猫 (mèo)",
    "🐆 cheetah",
    "<script>alert(1)</script>",
    "**bold** _lynx_ #1 $x$",
    "a very long name " * 12,
]


def charts() -> list[Chart]:
    """Every chart of figures.drawn, a few rows each."""
    c = len(NAMES)
    rng = np.random.default_rng(0)
    x, y = rng.random(300), rng.random(300)
    data: dict[str, dict[str, object]] = {
        "class-balance": {"names": NAMES, "splits": ["train", "test"], "counts": [[5 + i, i] for i in range(c)]},
        "before-after": {
            "names": NAMES,
            "before": [*range(10, 10 + c)],
            "after": [*range(8, 8 + c)],
            "titles": ["imported", "now"],
            "what": "Pictures",
        },
        "noise-rates": {"rate": [0.3] * c, "low": [0.2] * c, "high": [0.4] * c, "n": [90] * c, "names": NAMES},
        "noise-matrix": {"label": [0, 1, 2], "suggested": [1, 0, 3], "n": [5, 6, 70], "names": NAMES},
        "coverage": {"k": [1, 5, 10, 20], "share": [0.1, 0.4, 0.6, 0.8], "at": 10},
        "scores": {
            "titles": ["logistic regression", "zero-shot"],
            "values": [0.9, 0.7],
            "low": [0.88, None],
            "high": [0.92, None],
            "measure": "Balanced accuracy",
        },
        "recall-by-run": {
            "names": NAMES,
            "titles": ["logistic regression", "zero-shot"],
            "support": [50] * c,
            "recall": [[0.9] * c, [0.5] * (c - 1) + [None]],
            "low": [[0.8] * c, [0.4] * (c - 1) + [None]],
            "high": [[0.95] * c, [0.6] * (c - 1) + [None]],
        },
        "confusion": {"counts": (np.eye(c, dtype=int) * 40 + 2).tolist(), "names": NAMES},
        "accuracy-by-size": {
            "by": "state of the data",
            "curves": [
                {
                    "line": line,
                    "points": [
                        {"size": size, "mean": mean, "low": mean - 0.02, "high": mean + 0.02, "is_all": size == 1000}
                        for size, mean in ((100, start), (300, start + 0.1), (1000, start + 0.15))
                    ],
                }
                for line, start in (("raw", 0.6), ("cleaned", 0.7))
            ],
        },
        "map": {
            "x": packed(x, low=0, high=1),
            "y": packed(y, low=0, high=1),
            "classes": packed(np.arange(300) % c, low=0, high=65535),
            "names": NAMES,
        },
        "timeline": {
            "days": ["2026-11-01", "2026-11-02T12:30:00", "2026-11-04"],
            "kinds": ["Imports", "Decisions", "Versions"],
            "counts": [1, 120, 1],
            "words": ["pets came in", "120 labels changed by Ana <b>", "version “v1”"],
        },
        "named-counts": {"names": NAMES[:3], "counts": [5, 2, 1], "what": "licence"},
    }
    return [
        Chart(name=name, data=each, alt=f"alt of {name}", caption=f"Caption of {name}.") for name, each in data.items()
    ]


def sample(pictures: list[Picture] | None = None) -> Document:
    """A document. pictures: of a dataset, where a format is to draw some; else a few that are not there."""
    shown = pictures or [Picture(image_id=i, sha256=f"{i:064x}", title=NAMES[i % len(NAMES)]) for i in range(1, 9)]
    table = Table(
        columns=[
            Column(title="Class"),
            Column(title="Pictures", kind="count"),
            Column(title="Share", kind="share"),
            Column(title="Change", kind="points"),
        ],
        rows=[[name, 1200 + place, 0.347, None if place == 2 else 0.071] for place, name in enumerate(NAMES)],
        n_rows=40,
        note="Counted by the label that counts now.",
    )
    claim = ClaimCard(
        claim_id=3,
        sentence="About 34.7 % of the labels are wrong.",
        now="About 30.1 % of the labels are wrong.",
        verdict="moved",
        numbers=[ClaimNumber(name="share wrong", then="34.7 %", now="30.1 %", rests_on="31,848 pictures, run 7")],
        why=["50 labels changed by Ana (01 November 2026, 10:00 UTC)"],
        weak=["Its interval contains 0: chance alone may explain it."],
    )
    holds = claim.model_copy(update={"claim_id": 4, "verdict": "holds", "now": claim.sentence, "why": [], "weak": []})
    pairs = Pairs(
        rows=[
            Pair(left=shown[0], before=NAMES[0], after=NAMES[3], reason="looks like the other"),
            Pair(left=shown[1], right=shown[2], reason="the same picture, nearly"),
        ]
    )
    gallery = Gallery(
        groups=[Group(title=NAMES[3], pictures=shown[:4]), Group(title="", note="the rest", pictures=shown[4:])],
        note="8 of 31,848 pictures.",
    )
    source = Source(page="label_noise", query="given=%D9%82%D8%B7", run_ids=[7], drawn_at="2026-11-30 12:00")
    blocks: list[tuple[str, str, str, list[Part]]] = [
        ("section", "What came in", "", []),
        ("text", "", "Words with **bold**, a [link](https://example.org), `code` and\n\n- a list\n- of <b>two</b>", []),
        ("facts", "In short", "", [Facts(rows=[("Pictures", "31,848"), ("Owner", NAMES[3])])]),
        ("table", "Class balance", "The *curator's* note.", [table]),
        ("claim", "", "", [claim]),
        ("claim", "", "", [holds]),
        ("gallery", "Representatives", "", [gallery]),
        ("pairs", "Before and after", "", [pairs]),
        ("section", "Charts", "", []),
        *[("figure", f"Chart {chart.name}", "Said of it.", [chart]) for chart in charts()],
        (
            "missing",
            "Detections",
            "",
            [Missing(sentence="No detector has run.", command="vitrine run detect", page="detections")],
        ),
    ]
    return Document(
        title="Animals & <friends>",
        dataset=NAMES[3],
        facts=[("Who", "Ana, Bo and 李"), ("Pictures", "31,848")],
        blocks=[
            Block(
                id=number,
                kind=kind,
                title=title,
                text=text,
                parts=parts,
                source=source if parts else Source(),
                stale="50 labels were changed since." if kind == "table" else "",
            )
            for number, (kind, title, text, parts) in enumerate(blocks, 1)
        ],
        written_at="2026-11-30 12:00 UTC",
        generation=12,
        code_version="0.2.0",
    )

"""What the demo's project sheet says, so that its report has a story to tell."""

import json

WORDS = {
    "theme": "Handwritten digits are the first dataset of many courses, and it is taken for clean. This one is not: "
    "labels were exchanged, pictures copied and blurred, and things put in that are no digits, so that there is "
    "something to find.",
    "question": "How much of what was planted does Vitrine find, and what is it worth to a classifier to clean it?",
    "who": "The demo, drawn by code: nobody's pictures, nobody's time.",
    "ethics-people": "No. The digits were written for a public collection in 1998; no picture shows anybody.",
    "ethics-rights": "Yes: scikit-learn's digits are CC BY 4.0 (E. Alpaydin and C. Kaynak, UCI).",
    "ethics-balance": "All were written by a few dozen people in Turkey. Other hands and scripts are missing.",
    "ethics-harm": "Hardly: a reader of digits at worst misreads a number. It should not be trusted with a cheque.",
    "challenges": "Ink on paper is alike to a network that knows photographs: near duplicates need a higher threshold "
    "here (a cosine of 0.98), or a thousand digits are one group.",
}
PLAN = [
    {"sprint": "Sprint 1", "planned": "Import, look around, find duplicates", "reached": "yes"},
    {"sprint": "Sprint 2", "planned": "Check every label, train a first classifier", "reached": "yes"},
    {
        "sprint": "Sprint 3",
        "planned": "Review what is doubted, freeze a version, train again",
        "reached": "yours to do",
    },
]


def sheet() -> dict[str, str]:
    """The fields by name."""
    return {**WORDS, "plan": json.dumps(PLAN, ensure_ascii=False)}

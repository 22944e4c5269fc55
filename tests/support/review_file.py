"""A review.json as a reviewer saves it from a bundle."""

import json

from tests.support.small_workspace import image_row

STRANGE = "<script>alert(1)</script> قط 🐈"
AT = "2026-11-30T12:00:00Z"


def sha256(path: str) -> str:
    return str(image_row(path)["sha256"])


def on(path: str, image_id: int) -> dict[str, object]:
    return {"kind": "picture", "image_id": image_id, "sha256": sha256(path), "path": path}


def review(**changed: object) -> bytes:
    told = {
        "format": "vitrine-review",
        "version": 1,
        "dataset": "pets",
        "bundle": {"run": 7, "generation": 3, "written_at": AT},
        "reviewer": "Cleo",
        "saved_at": AT,
        "comments": [
            {"id": "a", "on": on("0.png", 1), "text": STRANGE, "at": AT},
            {"id": "b", "on": {"kind": "claim", "claim": 4}, "text": "How do you know?", "at": AT},
            {"id": "c", "on": {"kind": "general"}, "text": "Well done.", "at": "2026-11-30T14:00:00+02:00"},
        ],
        "scores": [{"criterion": "cleaning", "title": "Cleaning", "score": 4, "of": 5, "note": "thorough"}],
        "opinions": [{**on("2.png", 3), "verdict": "wrong", "label": "dog", "at": AT}],
    }
    return json.dumps({**told, **changed}).encode()

"""Which licences an order takes, and the sentence that goes with a picture; codes are read by analytics.licences."""

from analytics.licences import ARR, CC0, CODES, PD, PDM, Licence, read_licence

__all__ = ("ARR", "CC0", "CODES", "PD", "PDM", "Licence", "attribution", "codes_allowed", "is_allowed", "read_licence")


def attribution(licence: Licence | None, *, title: str | None, author: str | None, page_url: str | None) -> str | None:
    """Title, author, source and licence in a sentence, as Creative Commons recommends; None without a licence.

    '"Wall" (https://…) by Ada is licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).'
    """
    if licence is None:
        return None
    what = f'"{_line(title)}"' if _line(title) else "This picture"
    where = f" ({page_url})" if page_url else ""
    by = f" by {_line(author)}" if _line(author) else ""
    address = f" ({licence.url})" if licence.url else ""
    if licence.code == ARR:
        return f"{what}{where}{by}, all rights reserved."
    verb = {CC0: "is marked with", PDM: "is marked with", PD: "is in the"}.get(licence.code, "is licensed under")
    return f"{what}{where}{by} {verb} {licence.title}{address}."


def is_allowed(licence: Licence | None, words: tuple[str, ...]) -> bool:
    """Whether an order takes a picture of this licence. words: codes in small letters, free, commercial, derivatives,
    unknown, any; `commercial` and `derivatives` together ask for both.
    """
    if "any" in words:
        return True
    if licence is None:
        return "unknown" in words
    if licence.code.lower() in words or ("free" in words and licence.is_open):
        return True
    asked = [
        allowed
        for word, allowed in (
            ("commercial", licence.allows_commercial_use),
            ("derivatives", licence.allows_derivatives),
        )
        if word in words
    ]
    return licence.is_open and bool(asked) and all(asked)


def codes_allowed(words: tuple[str, ...]) -> tuple[str, ...]:
    """The codes that an order takes, for sources that can be asked for them; () where it also takes unknown ones."""
    if {"any", "unknown"} & set(words):
        return ()
    return tuple(code for code in CODES if is_allowed(Licence(code), words))


def _line(text: str | None) -> str:
    """A text of strangers on one line, without marks, not too long."""
    return " ".join("".join(mark for mark in (text or "") if mark.isprintable() or mark.isspace()).split())[:200]

"""How long a text that somebody types may be, before it is kept."""

from store.errors import TextTooLong

NAME, REASON = 500, 2_000  # characters: of a name or who somebody is, of a reason or note


def require_short(text: str | None, what: str, *, longest: int) -> None:
    """Raise TextTooLong where a text has more than `longest` characters. what: as it is called, "The reason"."""
    if text is not None and len(text) > longest:
        raise TextTooLong(f"{what} has {len(text):,} characters; {longest:,} are the most.")

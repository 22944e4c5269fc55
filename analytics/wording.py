"""Numbers in sentences."""


def count(n: int, one: str = "", many: str | None = None) -> str:
    """A whole number with what is said of so many: "1 image", "31,848 images"; many: where an s is not enough."""
    noun = one if n == 1 else (many or f"{one}s" if one else "")
    return f"{n:,} {noun}".strip()

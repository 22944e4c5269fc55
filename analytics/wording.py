"""Numbers in sentences."""

_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")


def count(n: int, one: str = "", many: str | None = None) -> str:
    """A whole number with what is said of so many: "1 image", "31,848 images"; many: where an s is not enough."""
    noun = one if n == 1 else (many or f"{one}s" if one else "")
    return f"{n:,} {noun}".strip()


def file_size(n_bytes: float) -> str:
    """A size in the largest fitting unit, as powers of 1000: "56 MB", "1.2 GB"."""
    size, unit = float(n_bytes), _UNITS[0]
    for unit in _UNITS:
        if size < 999.5 or unit == _UNITS[-1]:
            break
        size /= 1000
    return f"{size:.1f} {unit}" if 0 < size < 9.95 and unit != "bytes" else f"{size:.0f} {unit}"

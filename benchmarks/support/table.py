"""Tables of figures, as Markdown: they can be read in a terminal and copied into benchmarks/README.md."""

from collections.abc import Iterable


def print_header(*columns: str) -> None:
    """The head of a table whose rows follow as they are measured."""
    print(f"\n{_line(columns)}\n|{'---|' * len(columns)}", flush=True)


def print_row(*cells: object) -> None:
    """A row, at once; None leaves a cell empty."""
    print(_line("" if cell is None else str(cell) for cell in cells), flush=True)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"

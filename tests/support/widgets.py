"""The calls of widgets in the pages, read from their source."""

import ast
from collections.abc import Iterator

from tests.support.places import PROJECT


def calls(*names: str) -> Iterator[tuple[str, set[str | None], ast.Call]]:
    """Every call of a widget in the pages: where it stands, and its node."""
    for path in sorted((PROJECT / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                yield f"{path.relative_to(PROJECT)}:{node.lineno}", {keyword.arg for keyword in node.keywords}, node

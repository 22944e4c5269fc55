"""What pages keep of the store is kept for as long as what it rests on stays: told by the type of its key."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[2]
KEYS = {"Generation", "SettledGeneration", "DataGeneration"}
# Kept by the vectors of a space and not by the dataset's generation: `state` is store.zero_shot.vectors_state.
BY_VECTORS = {"pages/neighbours/readable.py _load", "pages/prompt_lab/queries.py _ask"}


def cached_functions() -> Iterator[tuple[str, dict[str, str]]]:
    """Every function under st.cache_data or st.cache_resource: its file and name, and its parameters with types."""
    for path in sorted((PROJECT / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any("cache_" in ast.unparse(each) for each in node.decorator_list):
                types = {each.arg: ast.unparse(each.annotation or ast.Constant(None)) for each in node.args.args}
                if any(ast.unparse(each).startswith("st.cache_") for each in node.decorator_list):
                    yield f"{path.relative_to(PROJECT)} {node.name}", types


def test_every_cached_read_has_a_key_of_what_it_reads() -> None:
    lacking = [
        name
        for name, types in cached_functions()
        if name not in BY_VECTORS and not ("root" in types and types.get("generation") in KEYS)
    ]
    assert not lacking, f"give them root and generation, a {' or '.join(sorted(KEYS))}: {lacking}"


def test_the_walk_sees_them_all() -> None:
    names = {name for name, _ in cached_functions()}
    assert len(names) > 80 and names >= BY_VECTORS
    written = sum(path.read_text(encoding="utf-8").count("@st.cache_") for path in (PROJECT / "pages").rglob("*.py"))
    assert len(names) == written

"""Whatever happens to the classes of a source, what people wrote down means the class that they meant."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.class_names import correct_names
from store.connection import open_workspace
from store.datasets import class_table
from store.decisions import Act, decide
from store.images import reconcile_source
from store.versions import export_rows, find_version, freeze
from tests.support.small_workspace import image_row, land, new_dataset
from tests.support.source_state import source

SPECIES = ["ant", "bee", "cat", "dog"]
PER_CLASS = 3
STEPS = st.lists(
    st.tuples(
        st.permutations(SPECIES),  # the order in which the source names its classes
        st.integers(1, 4),  # how many of them it has
        st.booleans(),  # whether the first is called otherwise from now on
        st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 3)), max_size=2),  # decisions
        st.one_of(st.none(), st.integers(0, 3)),  # whose name is corrected
    ),
    min_size=2,
    max_size=5,
)


class Twin:
    """What a source and its people have said, kept by what was meant: kinds, which have names of their own."""

    def __init__(self, workspace) -> None:
        self.workspace, self.id = workspace, new_dataset(workspace).id
        self.called = {kind: kind for kind in SPECIES}  # by the source
        self.corrected: dict[str, str] = {}
        self.meant: dict[str, str] = {}  # the kind of a picture, by decisions
        self.versions: dict[str, dict[str, str]] = {}
        self.seen: set[str] = set()
        self.fresh = (f"new {n}" for n in itertools.count())

    def number_of(self, kind: str) -> int:
        rows = {row["given_name"]: row["index"] for row in class_table(self.workspace, self.id).to_pylist()}
        return rows[self.called[kind]]

    def name_of(self, kind: str) -> str:
        return self.corrected.get(kind, self.called[kind])

    def look(self, kinds: list[str]) -> None:
        """Import a source of these kinds, in this order."""
        names = [self.called[kind] for kind in kinds]
        files = {f"{kind}-{i}.png": {"label": n} for n, kind in enumerate(kinds) for i in range(PER_CLASS)}
        state = reconcile_source(self.workspace, self.id, state=source(files, names=names), run_id=1)
        labels = dict(zip(state.files["path"].to_pylist(), state.files["label"].to_pylist(), strict=True))
        land(self.workspace, self.id, [image_row(path, label=label) for path, label in labels.items()])
        self.seen |= set(kinds)

    def image(self, path: str) -> int:
        rows = self.workspace.read_text(f"SELECT id FROM image WHERE path = '{path}' AND dataset_id = {self.id}")
        return int(rows["id"][0].as_py())

    def kind_of(self, path: str) -> str:
        return self.meant.get(path, path.split("-")[0])

    def check(self) -> None:
        """Everything is called as it was meant, and nothing twice."""
        classes = class_table(self.workspace, self.id).to_pylist()
        given = [row["given_name"] for row in classes]
        assert len(set(given)) == len(given) and [row["index"] for row in classes] == list(range(len(classes)))
        names = [row["name"] for row in classes]
        rows = self.workspace.read_text(
            f"SELECT path, label FROM current_image WHERE dataset_id = {self.id}"
        ).to_pylist()
        assert {row["path"]: names[row["label"]] for row in rows} == {
            row["path"]: self.name_of(self.kind_of(row["path"])) for row in rows
        }
        for name, meant in self.versions.items():
            version = find_version(self.workspace, self.id, name=name)
            held = export_rows(self.workspace, version.id).to_pylist()
            assert {row["path"]: version.class_names[row["label"]] for row in held} == meant


@pytest.mark.long
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(STEPS)
def test_decisions_names_and_versions_follow_their_classes(tmp_path_factory, steps) -> None:
    workspace = open_workspace(tmp_path_factory.mktemp("w") / "w")
    twin = Twin(workspace)
    for number, (order, n, is_renamed, relabels, corrected) in enumerate(steps):
        kinds = list(order[:n])
        if is_renamed and kinds[0] in twin.seen and _is_there(twin, kinds[0]):
            twin.called[kinds[0]] = next(twin.fresh)
        twin.look(kinds)
        for of, i, to in relabels:
            path, kind = f"{kinds[of % n]}-{i}.png", kinds[to % n]
            decide(workspace, twin.id, [Act(twin.image(path), "relabel", label=twin.number_of(kind))], who="Ada")
            twin.meant[path] = kind
        if corrected is not None:
            kind = kinds[corrected % n]
            twin.corrected[kind] = f"{kind}, put right {number}"
            correct_names(workspace, twin.id, names={twin.number_of(kind): twin.corrected[kind]}, who="Ada")
        freeze(workspace, twin.id, name=f"v{number}", who="Ada")
        kept = [f"{kind}-{i}.png" for kind in kinds for i in range(PER_CLASS)]
        twin.versions[f"v{number}"] = {path: twin.name_of(twin.kind_of(path)) for path in kept}
        twin.check()
    workspace.close()


def _is_there(twin: Twin, kind: str) -> bool:
    """Whether the newest look saw the kind: only then can a new name of it be told from a new class."""
    rows = twin.workspace.read_text(
        f"SELECT count(*) AS n FROM image WHERE path LIKE '{kind}-%' AND NOT missing AND dataset_id = {twin.id}"
    )
    return bool(rows["n"][0].as_py())

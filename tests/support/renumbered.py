"""A workspace as versions wrote it that gave classes their numbers by their place in the source."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from store.class_eras import in_order
from store.connection import Workspace, open_workspace
from store.decisions import Act, decide
from store.images import land_images
from store.runs import RunStart, start_run
from tests.support.small_workspace import SCHEMA, image_row

PER_CLASS = 3


@dataclass
class Before:
    """A workspace as versions before wrote it: each import writes its names from 0 on, and its labels by them."""

    workspace: Workspace
    dataset_id: int
    source: list[str] = field(default_factory=list)
    n_imports: int = 0

    def run_sql(self, text: str, values: Sequence[object] = ()) -> list[tuple]:
        with self.workspace.writing(self.dataset_id) as cursor:
            return cursor.execute(text, list(values)).fetchall()

    def imported(self, names: Sequence[str], *, ordered: Sequence[str] | None = None, flat: bool = False) -> None:
        """Import folders called `names`; ordered: as a list of names gives them; flat: no folders, a label file."""
        self.n_imports += 1
        self.source = list(ordered or in_order(names))
        start = RunStart(
            self.n_imports, self.dataset_id, f"import-{self.n_imports}", "import", None, {}, None, "v", 0, None
        )
        paths = {
            number: [f"{name}-{i}.png" if flat else f"{name}/{i}.png" for i in range(PER_CLASS)]
            for number, name in enumerate(self.source)
        }
        rows = [image_row(path, label=number) for number, of_class in paths.items() for path in of_class]
        with self.workspace.writing(self.dataset_id) as cursor:
            start_run(cursor, start)
            for number, name in enumerate(self.source):
                cursor.execute(
                    "INSERT INTO class_name (dataset_id, index, name) VALUES ($1, $2, $3) "
                    "ON CONFLICT (dataset_id, index) DO UPDATE SET name = excluded.name",
                    [self.dataset_id, number, name],
                )
            cursor.execute("UPDATE image SET missing = true WHERE dataset_id = ?", [self.dataset_id])
            table = pa.Table.from_pylist(rows, schema=SCHEMA)
            known = [path for (path,) in cursor.execute("SELECT path FROM image").fetchall()]
            cursor.register("again", table)
            cursor.execute(
                "UPDATE image SET missing = false, label = again.label FROM again WHERE again.path = image.path"
            )
            new = table.filter(pc.invert(pc.is_in(table["path"], value_set=pa.array(known, pa.string()))))
            land_images(cursor, self.dataset_id, table=new, run_id=self.n_imports)
            cursor.execute(
                "UPDATE run SET figures = json_object('n_missing', (SELECT count(*) FROM image WHERE missing)) "
                "WHERE id = ?",
                [self.n_imports],
            )

    def relabel(self, path: str, name: str) -> None:
        """A decision that a picture is of the class called so now."""
        ((image_id,),) = self.run_sql("SELECT id FROM image WHERE dataset_id = ? AND path = ?", [self.dataset_id, path])
        decide(self.workspace, self.dataset_id, [Act(image_id, "relabel", label=self.source.index(name))], who="Ada")

    def keep(self, path: str) -> None:
        ((image_id,),) = self.run_sql("SELECT id FROM image WHERE dataset_id = ? AND path = ?", [self.dataset_id, path])
        decide(self.workspace, self.dataset_id, [Act(image_id, "keep")], who="Ada")

    def opened_again(self) -> Workspace:
        """The file as it is opened by a version that looks into it."""
        self.run_sql("INSERT OR REPLACE INTO class_repair (dataset_id, state) VALUES (?, 'due')", [self.dataset_id])
        self.workspace.close()
        self.workspace = open_workspace(self.workspace.root)
        return self.workspace

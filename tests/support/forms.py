"""Documents and tables as the bytes of files."""

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def as_json(document: object) -> bytes:
    return json.dumps(document).encode(errors="surrogatepass")


def as_csv(rows: list[list[object]], *, delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(errors="surrogatepass")


def as_parquet(columns: dict[str, list[Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()

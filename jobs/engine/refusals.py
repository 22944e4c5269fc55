"""The errors that are foreseen: what a person asked for that cannot be, and what the machine may do to a job."""

import duckdb
import pyarrow as pa

from importers.archive import ArchiveRefused
from importers.types import LayoutError
from jobs.engine.errors import JobError
from models.errors import ModelError
from store.errors import StoreError

# What a person asked for that cannot be; each says why and what to do.
REFUSALS = (JobError, LayoutError, ModelError, StoreError, ArchiveRefused)
SETBACKS = (*REFUSALS, OSError, duckdb.Error, pa.ArrowException)

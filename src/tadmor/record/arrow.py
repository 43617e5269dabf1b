"""pyarrow, which comes with an extra, and the tables of a record in its terms."""

from __future__ import annotations

from typing import Any

from tadmor.errors import UsageError
from tadmor.record.layout import Layout


def modules() -> tuple[Any, Any]:
    """pyarrow and its Parquet. Raises `UsageError` where they are not installed."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs the package pyarrow, which is not installed: pip install 'tadmor[parquet]'"
        ) from error
    return pyarrow, parquet


def schema(table: Layout) -> Any:
    """The columns of a table."""
    arrow, _ = modules()
    kinds = {"TEXT": arrow.string(), "INTEGER": arrow.int64(), "REAL": arrow.float64(), "BLOB": arrow.binary()}
    return arrow.schema(
        [arrow.field(column.name, kinds[column.type], nullable=not column.required) for column in table.columns]
    )

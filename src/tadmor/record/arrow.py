"""pyarrow, which comes with an extra."""

from __future__ import annotations

from typing import Any

from tadmor.errors import UsageError


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

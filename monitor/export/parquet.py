"""Rows as Parquet, a folder of files by registry and year, as DuckDB and Spark read it: `registry=ctgov/year=2026/`.

The only home of pyarrow, an extra. Each partition is written as rows come; what waits is Arrow's, not Python's, and
bounded whatever the size. The same rows make the same bytes with the same pyarrow.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from monitor.export.tables import Column, Kind, Table, day
from notifiers.extras import how_to_install

MOST_WAITING = 32 * 2**20  # bytes of Arrow over all partitions; the fullest is written then
_ROWS = 256  # of a partition that wait as Python's
_BYTES = 2**20  # the same of records
_NOWHERE = "__HIVE_DEFAULT_PARTITION__"  # what readers take for null


class NoPyarrow(Exception):
    """The extra is not installed."""

    hint = how_to_install("parquet")

    def __init__(self) -> None:
        super().__init__("Parquet needs pyarrow, which is not installed")


def library() -> tuple[ModuleType, ModuleType]:
    """pyarrow and its Parquet half; NoPyarrow."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise NoPyarrow from None
    return pyarrow, pyarrow.parquet


class ParquetFolder:
    """`close` when all is written; until then the files are no Parquet."""

    def __init__(
        self, folder: Path, table: Table, columns: tuple[Column, ...], *, most: int = MOST_WAITING
    ) -> None:
        self._arrow, self._parquet = library()
        self._folder = folder
        self._table = table
        # The registry stands in the folder's name; a column of the same name in the file would be there twice.
        self._columns = tuple(column for column in columns if column.name != "registry")
        types = _types(self._arrow)
        self._schema = self._arrow.schema([(column.name, types[column.kind]) for column in self._columns])
        self._registry = next(column.of for column in table.columns if column.name == "registry")
        self._partitions: dict[str, _Partition] = {}
        self._waiting = 0
        self._most = most
        folder.mkdir()

    def write(self, row: Any) -> None:
        place = self._place(row)
        partition = self._partitions.get(place)
        if partition is None:
            partition = self._partitions[place] = _Partition(self, self._folder / place)
        self._waiting += partition.add([_value(column, row) for column in self._columns])
        if self._waiting > self._most:
            largest = max(self._partitions.values(), key=lambda one: one.waiting)
            self._waiting -= largest.flush()

    def close(self) -> None:
        if not self._partitions:  # none at all: the columns all the same
            self._partitions[""] = _Partition(self, self._folder / self._path(_NOWHERE, _NOWHERE))
        for partition in self._partitions.values():
            partition.close()

    def _place(self, row: Any) -> str:
        found = day(self._table.day(row)) if self._table.day is not None else None
        return self._path(self._registry(row), str(found.year) if found else _NOWHERE)

    def _path(self, registry: str, year: str) -> str:
        return f"registry={registry}" + (f"/year={year}" if self._table.day is not None else "")


class _Partition:
    """One file, with what waits to become its next row group."""

    def __init__(self, whole: ParquetFolder, folder: Path) -> None:
        self._arrow, self._schema = whole._arrow, whole._schema
        folder.mkdir(parents=True)
        self._file = whole._parquet.ParquetWriter(
            folder / "part-0.parquet", whole._schema, compression="zstd", coerce_timestamps="us"
        )
        self._rows: list[list[Any]] = []
        self._bytes = 0
        self._batches: list[Any] = []
        self.waiting = 0

    def add(self, values: list[Any]) -> int:
        """Returns by how many bytes more waits as Arrow's."""
        self._rows.append(values)
        self._bytes += sum(len(value) for value in values if isinstance(value, bytes))
        return self._batch() if len(self._rows) >= _ROWS or self._bytes >= _BYTES else 0

    def flush(self) -> int:
        """Write a row group; returns by how many bytes less waits."""
        written, self.waiting = self.waiting, 0
        if self._batches:
            self._file.write_table(self._arrow.Table.from_batches(self._batches))
            self._batches = []
        return written

    def close(self) -> None:
        self._batch()
        self.flush()
        self._file.close()

    def _batch(self) -> int:
        if not self._rows:
            return 0
        columns = zip(*self._rows, strict=True)
        arrays = [
            self._arrow.array(list(column), one.type)
            for column, one in zip(columns, self._schema, strict=True)
        ]
        batch = self._arrow.record_batch(arrays, schema=self._schema)
        self._batches.append(batch)
        self._rows, self._bytes = [], 0
        size: int = batch.nbytes
        self.waiting += size
        return size


def _types(arrow: ModuleType) -> dict[Kind, Any]:
    return {
        Kind.TEXT: arrow.string(),
        Kind.NUMBER: arrow.int64(),
        Kind.TRUTH: arrow.bool_(),
        Kind.DAY: arrow.date32(),
        Kind.MOMENT: arrow.timestamp("us", tz="UTC"),
        Kind.LIST: arrow.list_(arrow.string()),
        Kind.JSON: arrow.string(),
    }


def _value(column: Column, row: Any) -> str | bytes | int | bool | date | datetime | tuple[str, ...] | None:
    value = column.of(row)
    if column.kind is Kind.DAY:
        return day(value)
    if column.kind is Kind.MOMENT and value is not None:
        whole: datetime = value.replace(microsecond=0)
        return whole
    return value  # type: ignore[no-any-return]  # of the column's kind

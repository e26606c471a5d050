"""What takes the rows of a table, by format: standard output, a file or a folder, which get their names at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from monitor.export.csv_file import CsvFile
from monitor.export.json_lines import JsonLines
from monitor.export.tables import CHANGES, Column, Table, row_json
from monitor.placed import placed

OURS = "registry=*"  # all that an exported folder of Parquet holds


@contextmanager
def sink(
    target: Path | TextIO,
    format_: str,
    table: Table,
    columns: tuple[Column, ...],
    *,
    bom: bool = False,
    force: bool = False,
) -> Iterator[Callable[[Any], object]]:
    """format_: csv, jsonl, parquet (to a path). Takes rows of the table; of changes as JSON lines, events as JSON.

    PlaceError, NoPyarrow.
    """
    if not isinstance(target, Path):
        yield _lines(target, format_, table, columns, bom=bom)
    elif format_ == "parquet":
        from monitor.export.parquet import ParquetFolder

        with (
            placed(target, force=force, folder=OURS) as unfinished,
            closing(ParquetFolder(unfinished, table, columns)) as folder,
        ):
            yield folder.write
    else:
        with (
            placed(target, force=force) as unfinished,
            unfinished.open("w", encoding="utf-8", newline="") as stream,
        ):
            yield _lines(stream, format_, table, columns, bom=bom)


def _lines(
    stream: TextIO, format_: str, table: Table, columns: tuple[Column, ...], *, bom: bool
) -> Callable[[Any], object]:
    if format_ == "csv":
        return CsvFile(stream, columns, bom=bom).write
    if table is CHANGES:
        return JsonLines(stream, dict).write
    return JsonLines(stream, partial(row_json, columns=columns)).write

"""The reference page of what is exported, from the tables themselves."""

from __future__ import annotations

from monitor.export.tables import TABLES, Kind

_KINDS = {
    Kind.TEXT: ("text", "string"),
    Kind.NUMBER: ("number", "int64"),
    Kind.TRUTH: ("`true` or `false`", "boolean"),
    Kind.DAY: ("`2026-11-20`", "date32"),
    Kind.MOMENT: ("`2026-11-20T09:12:44Z`", "timestamp, UTC"),
    Kind.LIST: ("JSON", "list of strings"),
    Kind.JSON: ("JSON", "string of JSON"),
}
_ABOUT = {
    "versions": "Sorted by registry, trial, source, version. Partitioned by registry and the year of `build`, of the "
    "registry's own versions of `updated`. `record` is there with `--records`.",
    "changes": "Sorted by registry, trial and the order in which it happened. Partitioned by registry and the year of "
    "`seen_at`; with `--archive`, what changed between the registry's own versions by the year of submission, "
    "`updated`. `before` and `after` of enrolment are the number and then whether it is planned or a fact, "
    "`263 ESTIMATED`, of dates the day or month likewise, `2026-10 ACTUAL`: either half may be absent. As JSON lines, "
    "one event a line instead: [events.md](events.md).",
    "trials": "Sorted by registry and trial. Partitioned by registry.",
}


def export_page() -> str:
    """docs/reference/export.md."""
    lines = [
        "# Exported tables",
        "",
        "Written by `make docs` from the program itself. How to export: [the guide](../guide/export.md).",
        "",
    ]
    for table in TABLES.values():
        lines += [
            f"## {table.name}",
            "",
            _ABOUT[table.name],
            "",
            "| column | | CSV | Parquet |",
            "|---|---|---|---|",
        ]
        for column in (*table.columns, *table.more):
            csv, parquet = _KINDS[column.kind]
            lines.append(f"| `{column.name}` | {column.words} | {csv} | {parquet} |")
        lines.append("")
    return "\n".join(lines)

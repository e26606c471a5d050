"""The same answer for people and programs: which form is asked for, and data as bytes.

JSON of msgspec's types, CSV for spreadsheets, and errors as problem details (RFC 9457).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from monitor.export.csv_file import defused
from monitor.web.address import Address, Format

MEDIA: dict[Format, str] = {
    Format.HTML: "text/html",
    Format.JSON: "application/json",
    Format.CSV: "text/csv; charset=utf-8; header=present",
}
PROBLEM = "application/problem+json"


def offered(address: Address) -> tuple[Format, ...]:
    """In the order in which they are preferred where a reader does not mind."""
    formats = [Format.HTML]
    if address.data is not None:
        formats.append(Format.JSON)
    if address.rows is not None:
        formats.append(Format.CSV)
    return tuple(formats)


def wanted(accept: str, formats: Sequence[Format]) -> Format:
    """Which of the formats an Accept header likes best; the first where it likes none or says nothing."""
    best, weight = formats[0], 0.0
    ranges = list(_ranges(accept[:2_000]))
    for one in formats:
        found = max(_matching(ranges, MEDIA[one].partition(";")[0]), default=None)
        if found is not None and found[1] > weight:
            best, weight = one, found[1]
    return best


def _ranges(accept: str) -> Iterable[tuple[str, float]]:
    """Media ranges with their weights, RFC 9110 section 12.5.1; what cannot be read counts as not there."""
    for part in accept.split(","):
        kind, *parameters = (one.strip().lower() for one in part.split(";"))
        weight = 1.0
        for one in parameters:
            name, _, text = one.partition("=")
            if name.strip() == "q":
                try:
                    weight = min(1.0, max(0.0, float(text)))
                except ValueError:
                    weight = 0.0
        if kind:
            yield kind, weight


def _matching(ranges: Iterable[tuple[str, float]], media: str) -> Iterable[tuple[int, float]]:
    """How exactly each range names the type, and its weight: the most exact one decides."""
    for kind, weight in ranges:
        if kind == media:
            yield 2, weight
        elif kind == media.partition("/")[0] + "/*":
            yield 1, weight
        elif kind == "*/*":
            yield 0, weight


def as_json(value: Any) -> bytes:
    """One JSON value and a line's end."""
    return msgspec.json.encode(value) + b"\n"


def as_csv(kind: type[msgspec.Struct], rows: Iterable[msgspec.Struct]) -> bytes:
    """RFC 4180 with a header, absent an empty cell, a list `a; b`, formulas defused (`export.csv_file`)."""
    stream = io.StringIO()
    lines = csv.writer(stream)
    names = [one.encode_name for one in msgspec.structs.fields(kind)]
    lines.writerow(names)
    for values in msgspec.to_builtins(list(rows)):
        lines.writerow([_cell(values.get(one)) for one in names])
    return stream.getvalue().encode()


def _cell(value: Any) -> str:
    if type(value) is str:  # nearly all
        return defused(value)
    match value:
        case str():
            return defused(value)
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return defused("; ".join(str(one) for one in value))
        case int() | float():
            return str(value)
    return defused(str(value))


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details, RFC 9457. `detail` says what and where, `hint` what to do instead."""

    title: str
    status: int
    detail: str
    hint: str = ""

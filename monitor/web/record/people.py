"""Study staff on the page of a record: named where the configuration says so, else only that they are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from monitor.web.drawing.blocks import Block, Cell, Facts, Table
from monitor.web.drawing.prose import plain
from monitor.web.drawing.terms import said

HIDDEN = Cell("details of people are not shown here", muted=True)
MAX_PEOPLE = 300  # of one table

Person = dict[str, Any]
_COLUMNS = (
    ("name", "Name"),
    ("role", "Role"),
    ("affiliation", "Affiliation"),
    ("phone", "Phone"),
    ("phoneExt", "Extension"),
    ("email", "E-mail"),
)


def exact(value: Any) -> Cell:
    """A name, a number or an address as the record has it; what a page otherwise takes out of texts stays."""
    return Cell(plain(str(value)), exact=True)


def counted(people: Any) -> Cell | None:
    """That there are people, not who."""
    if not people:
        return None
    count = len(people) if isinstance(people, list) else 1
    return Cell(f"{count} given; {HIDDEN.text}", muted=True)


def people_table(caption: str, people: Sequence[Person], *, where: str | None = None) -> Iterable[Table]:
    """One line a person. where: heading of a first column, taken from the key of the same name in lower case."""
    columns = [*([(where.lower(), where)] if where else []), *_COLUMNS]
    used = [(key, label) for key, label in columns if any(one.get(key) for one in people)]
    if used:
        yield Table(
            caption=caption,
            columns=tuple(label for _, label in used),
            rows=tuple(tuple(_cell(key, one.get(key)) for key, _ in used) for one in people[:MAX_PEOPLE]),
            left_out=max(0, len(people) - MAX_PEOPLE),
        )


def of_sites(sites: Sequence[dict[str, Any]]) -> list[Person]:
    """The contacts of all sites, each with where."""
    found: list[Person] = []
    for site in sites:
        where = ", ".join(filter(None, (_word(site, "facility"), _word(site, "city"))))
        people = site.get("contacts")
        for person in people if isinstance(people, list) else ():
            if isinstance(person, dict):
                found.append({**person, "site": where})
    return found


def named_facts(holder: dict[str, Any], named: Iterable[tuple[str, str]], *, staff: bool) -> Iterable[Block]:
    """Values that name a person, by key and label; one line in their place where they are hidden."""
    rows = tuple((label, exact(holder[key])) for key, label in named if holder.get(key))
    if rows and staff:
        yield Facts(rows=rows)
    elif rows:
        yield Facts(rows=((rows[0][0] if len(rows) == 1 else "Name and title", HIDDEN),))


def _cell(key: str, value: Any) -> Cell:
    if value is None or isinstance(value, dict | list):
        return Cell("")
    return Cell(said(value)) if key == "role" and isinstance(value, str) else exact(value)


def _word(site: dict[str, Any], key: str) -> str:
    value = site.get(key)
    return value if isinstance(value, str) else ""

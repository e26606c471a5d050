"""A record from which each page section takes what it shows, so that what nobody took is shown as well.

Registries add fields. A page that listed only the fields it knows would hide the new ones; here they remain
and end up in a section of their own. Details of staff are the exception: they are counted, not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitor.web.drawing.prose import without_addresses

# Where the registry keeps people: names, phones and e-mail addresses of study staff.
STAFF_KEYS = frozenset({"centralContacts", "overallOfficials", "contacts", "pointOfContact"})
STAFF_FIELDS = frozenset(
    {
        "investigatorFullName",
        "investigatorTitle",
        "oldNameTitle",
        "unpostedResponsibleParty",
        "phone",
        "phoneExt",
        "email",
    }
)


class Remainder:
    """Wraps a copy of one JSON object; `take` removes what it answers."""

    def __init__(self, record: dict[str, Any]) -> None:
        self._left: dict[str, Any] = _copied(record)

    def take(self, path: str) -> Any:
        """The value at a dotted path, None when absent. It is gone from here afterwards."""
        *parents, last = path.split(".")
        holder: Any = self._left
        for key in parents:
            holder = holder.get(key) if isinstance(holder, dict) else None
        return holder.pop(last, None) if isinstance(holder, dict) else None

    def take_members(self, path: str) -> list[dict[str, Any]]:
        """The objects of a list. A member that is no object is left where it is, so that it shows."""
        value = self.take(path)
        if value is None:
            return []
        odd = value if not isinstance(value, list) else [one for one in value if not isinstance(one, dict)]
        if odd:
            self._put(path, odd)
        return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

    def put_back(self, path: str, rest: list[dict[str, Any]]) -> None:
        """What of a list's members was not shown; empty ones are forgotten."""
        left = [one for one in rest if any(True for _ in leaves(one))]
        if left:
            self._put(path, left)

    def left(self) -> Iterator[tuple[str, Any]]:
        """What nobody took, as (path, value) of each leaf, staff left out."""
        yield from leaves(self._left)

    def _put(self, path: str, value: Any) -> None:
        *parents, last = path.split(".")
        holder = self._left
        for key in parents:
            inner = holder.setdefault(key, {})
            if not isinstance(inner, dict):
                return
            holder = inner
        holder[last] = value


def _copied(value: Any) -> Any:
    """All that JSON is made of; several times as fast as `copy.deepcopy`."""
    if isinstance(value, dict):
        return {key: _copied(member) for key, member in value.items()}
    return [_copied(member) for member in value] if isinstance(value, list) else value


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar with its path, people left out; depth is bounded by the JSON reader."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key not in STAFF_KEYS and key not in STAFF_FIELDS:
                yield from leaves(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for position, member in enumerate(value):
            yield from leaves(member, f"{path}[{position}]")
    elif value is not None:
        yield path, value


def without_staff(value: Any) -> Any:
    """The same value with the details of people taken out, at every depth, and e-mail addresses out of its texts."""
    if isinstance(value, str):
        return without_addresses(value)
    if isinstance(value, dict):
        return {
            key: without_staff(member)
            for key, member in value.items()
            if key not in STAFF_KEYS and key not in STAFF_FIELDS
        }
    return [without_staff(member) for member in value] if isinstance(value, list) else value

"""A case of the change engine: a record, a small edit, and what a careful reader would say of it.

    @case("site removed", told("locations", "minor", "General Hospital", "sites", action="removed"))
    def _(old, new):
        sites(new).pop(4)

`told` names a change that must be told: its field (None for a field that the table does not know), severity, what its
sentence must hold ("!x": must not hold x; case does not count) and its tags (the same). Severity "noise": no change of
this field may be more. `only=False`: other news beside are right. No `told` at all: the version is quiet.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from doubles.change_cases.record import base

Record = dict[str, Any]
Texts = str | tuple[str, ...] | list[str] | None


@dataclass(frozen=True, kw_only=True)
class Told:
    field: str | None
    severity: str
    sentence: tuple[str, ...]
    tags: tuple[str, ...]
    action: str | None
    count: int | None  # how many changes like this; None for any number
    counted: bool  # whether the number is checked
    reason: tuple[str, ...]
    item: tuple[str, ...]
    differs: bool  # before and after are not the same


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    edit: Callable[[Record, Record], None]
    told: tuple[Told, ...]
    headline: tuple[str, ...] = ()
    only: bool = True
    archived: bool = False  # both records are versions of the registry's history

    def pair(self) -> tuple[Record, Record]:
        """Both records; the bookkeeping dates of the newer have moved by themselves."""
        old, new = base(), base()
        dates = new["protocolSection"]["statusModule"]
        dates["statusVerifiedDate"] = "2026-11"
        dates["lastUpdateSubmitDate"] = "2026-11-20"
        dates["lastUpdatePostDateStruct"] = {"date": "2026-11-22", "type": "ACTUAL"}
        new["derivedSection"]["miscInfoModule"]["versionHolder"] = "2026-11-23"
        self.edit(old, new)
        return copy.deepcopy(old), copy.deepcopy(new)


@dataclass
class Cases:
    """Those of one module."""

    cases: list[Case] = field(default_factory=list)
    archived: bool = False

    def __call__(
        self, name: str, *changes: Told, headline: Texts = None, only: bool = True
    ) -> Callable[[Callable[[Record, Record], None]], None]:
        def keep(edit: Callable[[Record, Record], None]) -> None:
            self.cases.append(
                Case(
                    name=name,
                    edit=edit,
                    told=changes,
                    headline=_texts(headline),
                    only=only,
                    archived=self.archived,
                )
            )

        return keep


def told(
    field: str | None,
    severity: str,
    sentence: Texts = None,
    tags: Texts = None,
    *,
    action: str | None = None,
    count: int | str | None = "",
    reason: Texts = None,
    item: Texts = None,
    differs: bool = False,
) -> Told:
    return Told(
        field=field,
        severity=severity,
        sentence=_texts(sentence),
        tags=_texts(tags),
        action=action,
        count=1 if isinstance(count, str) else count,
        counted=isinstance(count, int),
        reason=_texts(reason),
        item=_texts(item),
        differs=differs,
    )


def _texts(value: Texts) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())

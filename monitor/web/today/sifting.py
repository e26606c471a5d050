"""The numbers of the events that fit a filter, newest first. Never reads more than some thousand for one page.

What the store has an index for it looks up; where the trial has sites, its status then, and a severity that is the
user's own are looked at event by event, as far as LOOKED goes: the next page goes on where this one ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from monitor.web.reading import Reading
from monitor.web.setting import Setting
from monitor.web.today.filtering import Filter
from snapshots.changeset import Severity
from snapshots.countries import country_key, country_keys
from snapshots.wanted import find

LOOKED = 2_000  # events whose rows are looked at for one page
AT_FIRST = 4  # times as many as the page holds are looked at, then more: mostly that is enough
WEIGHED = 300  # events that are read whole for one page, to weigh them as the user does
_AT_ONCE = 500  # below SQLite's least limit of parameters
_WEIGHED_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """found: numbers with their severity. on: the number to go on before; None when there is no more.

    looked: how many were looked through where they ran out before the page was full; None where the page is full or
    there is no more.
    """

    found: tuple[tuple[int, Severity], ...]
    on: int | None
    looked: int | None = None


def sift(
    reader: Reading,
    asked: Filter,
    setting: Setting,
    *,
    limit: int,
    before: int | None = None,
    after: int | None = None,
    through: int = LOOKED,
) -> Sifted:
    """At most `limit` events below `before` and above `after`. through: how many are looked at one by one."""
    picky = bool(asked.country or asked.status or setting.overridden)
    most = limit if not picky else min(WEIGHED, through) if setting.overridden else through
    found: list[tuple[int, Severity]] = []
    looked = 0
    while looked < most:
        step = min(max(AT_FIRST * limit, AT_FIRST * looked), most - looked) if picky else most
        wanted = asked.wanted(setting.floor(asked.least), before=before, after=after)
        stored = find(reader.database, wanted, limit=step + 1)
        for number, severity in _fitting(reader, stored[:step], asked, setting):
            if len(found) == limit:
                return Sifted(found=tuple(found), on=found[-1][0])
            found.append((number, severity))
        if len(stored) <= step:
            return Sifted(found=tuple(found), on=None)
        before, looked = stored[step - 1][0], looked + step
    return Sifted(found=tuple(found), on=before, looked=None if len(found) == limit else most)


def _fitting(
    reader: Reading, stored: Sequence[tuple[int, Severity]], asked: Filter, setting: Setting
) -> Iterator[tuple[int, Severity]]:
    step = _WEIGHED_AT_ONCE if setting.overridden else _AT_ONCE
    for start in range(0, len(stored), step):
        kept = stored[start : start + step]
        if asked.country or asked.status:
            placed = _placed(reader.database, [number for number, _ in kept], asked)
            kept = [one for one in kept if one[0] in placed]
        if setting.overridden:
            read = reader.numbered([number for number, _ in kept])
            kept = [(number, setting.effective(event).severity) for number, event in read]
        yield from (one for one in kept if one[1] >= asked.least)


def _placed(db: Database, numbers: Sequence[int], asked: Filter) -> set[int]:
    """Those of a trial with a site in the country, and with the status after it."""
    marks = ",".join("?" * len(numbers))
    sites, join = "null", ""
    if asked.country:
        sites = "trial.countries"
        join = " left join trial on trial.trial = event.trial and trial.registry = event.registry"
    conditions, values = [f"event.sequence in ({marks})"], list[int | str](numbers)
    if asked.status:
        conditions.append("event.status = ?")
        values.append(asked.status)
    rows = db.execute(
        f"select event.sequence, {sites} from event{join} where {' and '.join(conditions)}", values
    )
    key = country_key(asked.country)
    return {
        number for number, countries in rows.fetchall() if not key or key in country_keys(countries or "[]")
    }

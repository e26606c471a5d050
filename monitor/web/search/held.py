"""`/trials`: the trials that are held, by their ids; those of a status, a phase or a watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from monitor import addresses
from monitor.web import filters
from monitor.web.address import Asked
from monitor.web.answers import Answer, BadQuestion, Elsewhere, Page
from monitor.web.drawing.prose import without_addresses
from monitor.web.reading import Reading
from monitor.web.search.shapes import HeldTrial
from monitor.web.shapes import Listed
from monitor.web.trial.head import standing
from snapshots.stored import TRIAL_COLUMNS, Trial, trial_of

PAGE = 100  # trials on one page
LONGEST_ID = 80  # characters
LOOKED = 4_000  # trials looked through for one page of those that fit; the next goes on where it ended


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    trial: str
    href: str
    title: str
    status: str
    tone: str
    sign: str
    phase: str
    sponsor: str
    updated: str
    versions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """following: the id to go on after; None when there is no more. looked: as many were looked through, where the
    page is not full and there is more."""

    trials: tuple[Trial, ...]
    following: str | None
    looked: int | None = None


def held_trials(asked: Asked) -> Answer:
    """Words are looked for elsewhere: `?q=`, which this list once took, leads there."""
    words = asked.query.get("q", "").strip()
    after = asked.query.get("after", "")
    if len(after) > LONGEST_ID:
        raise BadQuestion("no id of a trial: it is too long")
    status, phase, watch = _asked(asked.reader, asked.query)
    if words:
        return Elsewhere(path="/search?" + urlencode({"q": filters.short_enough("q", words)}), permanent=True)
    held = held_after(asked.reader, after, status=status, phase=phase, watch=watch or None)
    given = {"status": (status or "").lower(), "phase": phase or "", "watch": watch}
    kept = {name: text for name, text in given.items() if text}
    on = urlencode({**kept, "after": held.following}) if held.following else None
    return Page(
        template="trials.html",
        path="/trials"
        + ("?" + urlencode({**kept, **({"after": after} if after else {})}) if kept or after else ""),
        values={
            "here": "trials",
            "rows": [_row(one) for one in held.trials],
            "asked": given,
            "filtered": bool(kept),
            "looked": held.looked,
            "first": "?" + urlencode(kept) if after else None,
            "following": f"?{on}" if on else None,
            "statuses": filters.statuses(),
            "phases": filters.PHASES,
            "watch_names": sorted(one.name for one in asked.reader.watches())[:500],
        },
        data=lambda: Listed(
            items=[_held(one) for one in held.trials], next=f"/trials.json?{on}" if on else None
        ),
        rows=lambda: [_held(one) for one in held.trials],
    )


def _asked(reader: Reading, query: Mapping[str, str]) -> tuple[str | None, str | None, str]:
    given = {
        name: filters.short_enough(name, query.get(name, "").strip()) for name in ("status", "phase", "watch")
    }
    filters.watch(given["watch"], reader)
    return filters.status(given["status"]), filters.phase(given["phase"]), given["watch"]


def held_after(
    reader: Reading,
    after: str,
    *,
    status: str | None = None,
    phase: str | None = None,
    watch: str | None = None,
    limit: int = PAGE,
    through: int = LOOKED,
) -> Held:
    """In the order of their ids. through: how many are looked through for those that fit."""
    tables, conditions, values = "trial", ["trial.trial > ?"], list[Any]([after])
    if watch is not None:
        tables = (
            "watch join member on member.watch = watch.id join trial on trial.trial = member.trial"
            " and trial.registry = watch.registry"
        )
        conditions = ["member.trial > ?", "watch.name = ?", "watch.removed_at is null", "member.state = 'in'"]
        values.append(watch)
    order = "member.trial" if watch is not None else "trial.trial, trial.registry"
    picky = status is not None or phase is not None
    most = through if picky else limit
    # Of those looked through only what is asked for is read; whole rows of those that fit.
    rows = reader.database.execute(
        f"select trial.key, trial.trial, trial.status, trial.phase from {tables}"
        f" where {' and '.join(conditions)} order by {order} limit ?",
        [*values, most + 1],
    ).fetchall()
    keys: list[int] = []
    following = None
    for at, (key, _, its_status, its_phase) in enumerate(rows[:most]):
        if (status is None or its_status == status) and (
            phase is None or phase in (its_phase or "").split("/")
        ):
            if len(keys) == limit:
                following = rows[at - 1][1]
                break
            keys.append(key)
    if following is not None:
        return Held(trials=_trials(reader, keys), following=following)
    if len(rows) <= most:
        return Held(trials=_trials(reader, keys), following=None)
    full = len(keys) == limit
    return Held(trials=_trials(reader, keys), following=rows[most - 1][1], looked=None if full else through)


def _trials(reader: Reading, keys: list[int]) -> tuple[Trial, ...]:
    marks = ",".join("?" * len(keys))
    rows = reader.database.execute(
        f"select {TRIAL_COLUMNS} from trial where key in ({marks}) order by trial, registry", keys
    )
    return tuple(trial_of(row) for row in rows.fetchall())


def _row(one: Trial) -> TrialRow:
    words, tone, sign = standing(one.status, one.state)
    return TrialRow(
        trial=one.trial,
        href=addresses.trial(one.registry, one.trial),
        title=one.title,
        status=words,
        tone=tone,
        sign=sign,
        phase=one.phase or "",
        sponsor=one.sponsor or "",
        updated=one.updated or "",
        versions=str(one.snapshots) + (f" + {one.archived} archived" if one.archived else ""),
    )


def _held(one: Trial) -> HeldTrial:
    return HeldTrial(
        trial=one.trial,
        registry=one.registry,
        title=without_addresses(one.title),
        status=one.status,
        phase=one.phase,
        sponsor=None if one.sponsor is None else without_addresses(one.sponsor),
        updated=one.updated,
        enrollment=one.enrollment,
        start=one.start,
        primary_completion=one.primary_completion,
        completion=one.completion,
        has_results=one.has_results,
        conditions=[without_addresses(each) for each in one.conditions],
        countries=list(one.countries),
        state=one.state,
        snapshots=one.snapshots,
        archived=one.archived,
    )

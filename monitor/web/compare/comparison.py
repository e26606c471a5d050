"""The page of a comparison: any two versions of a trial, either line, either order.

What a poll told of two neighbours is stored and shown as it was told; any other two are compared on request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from monitor import addresses
from monitor.web import shapes
from monitor.web.address import Asked
from monitor.web.answers import Answer, BadQuestion, Elsewhere, Page
from monitor.web.compare.beside import beside
from monitor.web.compare.marks import ChangesView, ChangeView, changes_view
from monitor.web.compare.named_sites import named_sites
from monitor.web.compare.shapes import change_rows, compared
from monitor.web.compare.sides import found_side
from monitor.web.compare.viewing import Viewing, choices, viewing
from monitor.web.compare.whole import whole
from monitor.web.drawing.names import day_of, meta_of, name_of, number_of
from monitor.web.evidence.citing import citation
from monitor.web.finding import found_trial, record_of
from monitor.web.trial import history
from monitor.web.trial.head import head
from monitor.web.trial.picking import choices_of
from snapshots.changes import compare
from snapshots.changeset import ENGINE, Severity, VersionRef
from snapshots.event import Event, changed_event, changed_id
from snapshots.facts import Facts
from snapshots.fields import table
from snapshots.query import Reader

AT_A_GLANCE = 24  # changes named at the head of the page
Older = Callable[[], dict[str, Any]]  # reads the older record when it is needed, once


def two_versions(asked: Asked) -> Answer:
    """`/trials/{registry}/{id}/compare/{a}...{b}`."""
    reader, registry, trial, setting = asked.reader, asked.registry, asked.trial, asked.setting
    text = asked.path["pair"]
    look = viewing(asked.query)
    left, dots, right = text.partition("...")
    if not dots:
        raise BadQuestion(
            f"no two versions: `{text[:60]}`",
            hint="Write two numbers with three dots between, as 3...4 or r11...4; days will do too.",
        )
    found_trial(reader, registry, trial)
    sides = [found_side(reader, registry, trial, one) for one in (left, right)]
    from_, to = (one.ref for one in sides)
    path = addresses.compare(registry, trial, from_, to) or ""
    if not all(one.exact for one in sides):
        end = "" if asked.format == "html" else f".{asked.format}"
        return Elsewhere(path=f"{path}{end}{look.query}")
    newer, read = record_of(reader, registry, trial, to)

    @cache
    def older() -> dict[str, Any]:
        return reader.record(registry, trial, from_.source, from_.version or 0)

    told = told_between(reader, registry, trial, from_, to, older=older, newer=newer, read=read)
    # The user's own severities are applied to events; a comparison by hand is told under the same ones.
    told = setting.effective(told)

    def values() -> dict[str, Any]:
        return _drawn(asked, told, look, path, older=older, newer=newer, read=read)

    def data() -> Event:
        return shapes.event_told(told, staff=setting.study_staff)

    return Page(
        template="compare.html",
        path=path,
        values=values() if asked.format == "html" else {},
        data=lambda: compared(data(), with_noise=look.all),
        rows=lambda: change_rows(
            one for one in data().changes if look.all or one.severity is not Severity.NOISE
        ),
    )


def told_between(
    reader: Reader,
    registry: str,
    trial: str,
    from_: VersionRef,
    to: VersionRef,
    *,
    older: Older,
    newer: dict[str, Any],
    read: Facts,
) -> Event:
    """The event of these two versions: the stored one, else one made now as `trialbell diff` makes it."""
    id = changed_id(registry, trial, from_, to)
    stored = None if id is None else reader.event(id)
    if stored is not None and stored.engine == ENGINE:
        return stored
    past = reader.past_between(registry, trial, from_, to)
    changes = compare(older(), newer, registry=registry, from_=from_, to=to, past=past, as_stored=True)
    return changed_event(
        changes,
        at=None,
        url=None,
        sponsor=read.sponsor,
        sponsor_class=read.sponsor_class,
        phase=read.phase,
        status=read.status,
    )


def _drawn(
    asked: Asked, told: Event, look: Viewing, path: str, *, older: Older, newer: dict[str, Any], read: Facts
) -> dict[str, Any]:
    reader, registry, trial = asked.reader, asked.registry, asked.trial
    assert told.from_ is not None
    assert told.to is not None
    from_, to = told.from_, told.to
    changes = told.changes
    if any(one.field == "locations" for one in changes):
        changes = named_sites(changes, older(), newer)
    view = changes_view(told.headline, told.severity, told.tags, changes, unified=look.unified)
    versions = reader.versions(registry, trial, by_day=True)
    line = [one.ref for one in versions]
    backwards = _is_backwards(from_, to)
    # Neighbours lie before the older and after the newer of the two; backwards there is no such order to go on in.
    before = None if backwards else _neighbour(line, from_, -1)
    after = None if backwards else _neighbour(line, to, +1)
    flipped = addresses.compare(registry, trial, to, from_)

    def neighbour(one: VersionRef | None, other: VersionRef | None) -> str | None:
        if one is None or other is None:
            return None
        return f"{addresses.compare(registry, trial, one, other)}{look.query}"

    return {
        "here": "trials",
        "head": head(asked.setting.source(registry), read, newer, to),
        "set": view,
        "glance": _glance(view),
        "glance_more": max(0, view.count - AT_A_GLANCE),
        "look": look,
        "looks": choices(path, look, changed="Only what changed"),
        "parts_of_all": whole(beside(older(), newer, table(registry)), view) if look.all else (),
        "json_href": f"{path}.json{look.query}",
        "bundle_href": addresses.bundle(path),
        "cited": citation(
            asked.setting.source(registry),
            trial,
            [reader.version(registry, trial, one.source, one.version or 0) for one in (from_, to)],
            own=f"{asked.root}{path}",
        ),
        "backwards": backwards,
        "two_lines": from_.source is not to.source,
        "flipped": f"{flipped}{look.query}",
        "from_name": name_of(from_),
        "from_href": addresses.version(registry, trial, from_),
        "from_meta": meta_of(from_),
        "to_name": name_of(to),
        "to_href": addresses.version(registry, trial, to),
        "to_meta": meta_of(to),
        "earlier_href": neighbour(before, from_),
        "earlier_name": f"{name_of(before)} against {number_of(from_)}" if before else "",
        "later_href": neighbour(to, after),
        "later_name": f"{name_of(to)} against {number_of(after)}" if after else "",
        "picking": choices_of(history.shown(versions), chosen=(from_, to)),
        "fields_href": addresses.fields(registry, trial),
        "beside_href": f"/compare?a={trial}&a_at={number_of(to)}",
    }


def _glance(view: ChangesView) -> list[tuple[ChangeView, str]]:
    """What changed, a line each: which criterion, which member, or the change's own sentence."""
    return [
        (one, one.criteria.line or one.summary.removeprefix(f"{one.label}: "))
        for one in view.changes[:AT_A_GLANCE]
    ]


def _neighbour(line: Sequence[VersionRef], ref: VersionRef, step: int) -> VersionRef | None:
    """The nearest version in the same line, before (-1) or after (+1)."""
    ours = sorted((one for one in line if one.source is ref.source), key=lambda one: one.version or 0)
    at = next(position for position, one in enumerate(ours) if one.version == ref.version) + step
    return ours[at] if 0 <= at < len(ours) else None


def _is_backwards(from_: VersionRef, to: VersionRef) -> bool:
    if from_.source is to.source:
        return (from_.version or 0) > (to.version or 0)
    return day_of(from_) > day_of(to)

"""`trialbell watch add --dry-run`: what a watch would hold now and what its first poll would cost. Stores nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, WRONG_USE
from monitor.cli.session import Session
from monitor.cli.telling import plain
from snapshots.terms import listed, many, phases, said, short

if TYPE_CHECKING:
    from monitor.registries.base import Glimpse, Preview
    from monitor.watches import Definition

SHOWN = 10
MANY = 10_000  # trials; past it the first look is worth a thought
NAMED = 10  # ids in one line of words


def preview(session: Session, name: str, definition: Definition, *, refused: str | None) -> int:
    """Asks the registry. refused: why `watch add` would not take it as it stands. Raises RegistryError."""
    registry = session.registry
    with session.at_work(f"asking {registry.label}"):
        if definition.query is not None:
            found = registry.preview(dict(definition.query), show=SHOWN)
        else:
            found = registry.preview_ids(definition.ids or (), show=SHOWN)
    rate = session.config.registries.ctgov.requests_per_minute
    seconds = round(found.requests * 60 / rate)
    if session.as_json:
        session.emit(
            {
                "name": name,
                **json.loads(definition.as_json()),
                "matches": found.matches,
                "shown": [_as_json(one, registry.url(one.trial)) for one in found.shown],
                "missing": list(found.missing),
                "merged": dict(found.merged),
                "first_look": {"requests": found.requests, "seconds": seconds},
                "refused": refused,
            }
        )
        return WRONG_USE if refused else DONE
    session.say(_headline(definition, found))
    for one in found.shown:
        click.echo(_line(one))
    if found.missing:
        session.say(f"not in the registry now: {listed(list(found.missing), NAMED)}")
    for old, survivor in sorted(found.merged.items())[:NAMED]:
        session.say(f"merged: {old} lives on as {survivor}")
    session.say(f"the first poll of it takes {_cost(found.requests, seconds, rate)}")
    if found.matches > MANY:
        session.say(
            "hint: narrow it, if less will do: `--query status=RECRUITING`, `--query advanced=AREA[Phase]PHASE3`"
        )
    if refused:
        session.say(f"warning: `watch add` would refuse it: {refused}")
        return WRONG_USE
    session.say("nothing was stored: leave out `--dry-run` to watch")
    return DONE


def _headline(definition: Definition, found: Preview) -> str:
    count = f"{found.matches:,}"
    if definition.ids is not None:
        of = many(len(definition.ids), "id")
        if not found.matches:
            return f"warning: nothing is in the registry now under {of}"
        return f"{count} of {of} {'is' if found.matches == 1 else 'are'} in the registry now{_some(found)}"
    if not found.matches:
        return "warning: no trial matches now; a watch of it would tell when one begins to"
    return f"{count} {'trial matches' if found.matches == 1 else 'trials match'} now{_some(found)}"


def _some(found: Preview) -> str:
    shown = len(found.shown)
    return ":" if shown == found.matches else f"; the {shown} updated last:"


def _cost(requests: int, seconds: int, rate: int) -> str:
    minutes = -(-seconds // 60)
    time = f", about {many(minutes, 'minute')} at {rate} a minute" if seconds >= 60 else ""
    return f"{requests:,} requests{time}"


def _line(one: Glimpse) -> str:
    status = said(one.status) if one.status else "no status"
    phase = phases(list(one.phases)) if one.phases else "no phase"
    title = short(plain(one.title or "no title"), 90)
    return "  ".join([one.trial, plain(status), plain(phase), plain(one.updated or "no date"), title])


def _as_json(one: Glimpse, url: str) -> dict[str, object]:
    return {
        "trial": one.trial,
        "title": one.title,
        "status": one.status,
        "phases": list(one.phases),
        "updated": one.updated,
        "url": url,
    }

"""`/health`: `/healthz` for people, troubles first and what to do about each; and what is muted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from monitor import release
from monitor.health import Health, health_json
from monitor.web import filters
from monitor.web.acting import acts
from monitor.web.answers import Answer, Page
from monitor.web.deliveries.channels import WORDS, channels
from monitor.web.health import shapes, stored
from monitor.web.health.standing import health_now, is_alone, standing_line, troubles_of
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from snapshots.instants import instant, stamp

PATH = "/health"
MOST_SILENT = 200  # mutes listed
MOST_WATCHES = 200


def health(reader: Reading, setting: Setting) -> Answer:
    found = health_now(setting)
    db, now = reader.database, setting.now
    line = standing_line(reader, setting, found)
    ledger, lease, database = stored.ledger_end(db), stored.holder(db), stored.stored(db, now)
    troubles = [*_troubles(found, line.troubles), *_of_ledger(ledger)]
    polls, heard = stored.polls(db), channels(db, now)
    standing = reader.muted(now)[::-1]
    silent = [acts.silent(one) for one in standing[:MOST_SILENT]]
    more = max(0, len(standing) - MOST_SILENT)

    def data() -> shapes.Health:
        return msgspec.convert(
            {
                **health_json(found, at=now),
                "version": release.version(),
                "troubles": troubles,
                "polls": polls,
                "channels": heard,
                "database": database,
                "ledger": ledger,
                "lease": lease,
                "muted": [_silent(one) for one in silent],
                "muted_more": more,
            },
            shapes.Health,
        )

    return Page(
        template="health.html",
        path=PATH,
        values={
            "here": "health",
            "standing": line,
            "alone": is_alone(found) and not troubles_of(found),
            "troubles": troubles,
            "notices": found.notices,
            "watches": found.watches[:MOST_WATCHES],
            "watches_more": max(0, len(found.watches) - MOST_WATCHES),
            "polls": [(one, instant(one.started_at)) for one in polls],
            "sweeps": found.sweeps,
            "backfill": found.backfill,
            "ping": found.ping,
            "channels": heard,
            "channel_words": WORDS,
            "database": database,
            "ledger": ledger,
            "lease": lease,
            "lease_since": instant(lease.since) if lease else None,
            "version": release.version(),
            "at": now,
            "silent": silent,
            "silent_more": more,
            **_forms(reader, setting),
        },
        data=data,
    )


def _troubles(found: Health, lines: tuple[str, ...]) -> list[shapes.Trouble]:
    hints = dict(found.hints)
    return [shapes.Trouble(text=one, hint=hints.get(one)) for one in lines]


def _of_ledger(ledger: shapes.Ledger) -> list[shapes.Trouble]:
    hint = "`trialbell doctor --deep` looks at everything; a copy made before (`trialbell backup`) has it as it was"
    return [shapes.Trouble(text=one, hint=hint) for one in ledger.problems]


def _silent(one: acts.Silent) -> shapes.Silent:
    return shapes.Silent(
        scope=one.scope,
        value=one.value,
        kind="mute" if one.words == "Muted" else "snooze",
        since=stamp(one.since),
        until=stamp(one.until),
        by=one.by,
    )


def _forms(reader: Reading, setting: Setting) -> dict[str, Any]:
    """What the forms that mute and acknowledge offer."""
    return {
        "token": setting.token,
        "spans": acts.SPANS,
        "tomorrow": (setting.now.date() + timedelta(days=1)).isoformat(),
        "watch_names": [one.name for one in reader.watches()] if setting.token else [],
        "field_names": filters.fields(groups=False) if setting.token else (),
    }

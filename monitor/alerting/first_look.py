"""A first look at a watch, summed up in one message, where its table asks for it: "now watching 214 trials".

It is owed from the moment the watch is added, and paid when its first sweep has come to its end: the message is stored
for each channel that people read in the transaction that strikes the debt.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from sqlite_utils import Database

from monitor import addresses
from monitor.alerting.making import new_id
from monitor.alerting.router import Router
from monitor.alerting.text import minute, registry_name
from monitor.config.notifiers import Ringing
from monitor.config.settings import Config
from monitor.watches import FIRST_LOOKS_OWED
from notifiers.message import Item, Level, Link, Message
from notifiers.outbox import Outbox
from snapshots.database import immediate
from snapshots.terms import many, said

MOST_STATUSES = 6  # named; the rest is counted together


def tell(db: Database, config: Config, *, now: datetime, random: Random) -> int:
    """Put what is owed into the outbox. Returns how many messages. Opens its own transaction."""
    told = 0
    outbox = Outbox(db)
    with immediate(db):
        for row, name, registry, build in db.execute(
            f"select id, name, registry, finished {FIRST_LOOKS_OWED}"
        ).fetchall():
            for notifier in hearing(config, name):
                message = _message(
                    db, row, name, registry, build, message_id=new_id(random), now=now, config=config
                )
                outbox.put(message, notifier, now=now, not_before=_quiet_ends(config, notifier, now))
                told += 1
            db.execute("delete from first_look where watch = ?", [row])
    return told


def hearing(config: Config, watch: str) -> list[str]:
    """The channels that people read to which something of a watch can go."""
    people = [name for name, table in config.notifiers.items() if isinstance(table, Ringing)]
    if not config.routes:
        return [name for name in people if name not in config.operator.to]
    routed = {
        name
        for route in config.routes
        if route.trials is None and (route.watches is None or watch in route.watches)
        for name in route.to
    }
    return [name for name in people if name in routed]


def _quiet_ends(config: Config, notifier: str, now: datetime) -> datetime | None:
    manners = Router(config).manners(notifier)
    return manners.quiet.ends(now, manners.zone)


def _message(
    db: Database,
    row: int,
    name: str,
    registry: str,
    build: str | None,
    *,
    message_id: str,
    now: datetime,
    config: Config,
) -> Message:
    statuses = db.execute(
        "select trial.status, count(*) from member join trial on trial.trial = member.trial and trial.registry = ?"
        " where member.watch = ? and member.state = 'in' group by trial.status order by count(*) desc, trial.status",
        [registry, row],
    ).fetchall()
    unknown = [
        one[0]
        for one in db.execute(
            "select trial from member indexed by member_absent where watch = ? and state = 'absent'"
            " order by trial limit 21",
            [row],
        ).fetchall()
    ]
    total = sum(count for _, count in statuses)
    shown = [f"{count:,} {_status(status)}" for status, count in statuses[:MOST_STATUSES]]
    rest = sum(count for _, count in statuses[MOST_STATUSES:])
    words = ", ".join([*shown, *([f"{rest:,} others"] if rest else [])])
    items = []
    if unknown:
        named = ", ".join(unknown[:20]) + (" and more" if len(unknown) > 20 else "")
        items.append(Item(level=Level.INFO, label="Not in the registry", summary=named))
    page = addresses.whole(config.web.public_url, "/trials")
    return Message(
        id=message_id,
        level=Level.INFO,
        headline=f"Now watching “{name}”: {many(total, 'trial')}" + (f", {words}" if words else ""),
        items=tuple(items),
        facts=(("Data build", (build or "")[:10]), ("First look", minute(now))),
        links=() if page is None else (Link(text="All of them, on our pages", url=page),),
        footer=f"{registry_name(registry)}; from now on you hear what changes",
    )


def _status(status: str | None) -> str:
    return said(status).lower() if status else "without a status"

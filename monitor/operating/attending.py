"""One look at how the watching goes: what is written down of it, and what the operator's notifiers are to be told.

A notice is put into the outbox in the transaction that says it was told: a process that dies says it once, and loses
none. One look at a time, by the holder of the lease; a look that finds nothing new writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

import msgspec
from sqlite_utils import Database

from monitor.logs import log
from monitor.operating import conditions, looking
from monitor.operating.conditions import Condition, Kind
from monitor.operating.known import known_conditions
from monitor.operating.notices import Known, Step, Turn, steps
from snapshots.database import immediate
from snapshots.instants import written

if TYPE_CHECKING:
    from notifiers.message import Message
    from notifiers.notifier import Notifier


class Attending:
    """One look. to: the operator's notifiers, none when they read the log only."""

    def __init__(
        self,
        db: Database,
        *,
        to: Mapping[str, Notifier],
        public_url: str | None,
        random: Random,
        now: datetime,
    ) -> None:
        self._db = db
        self._to = to
        self._public_url = public_url
        self._random = random
        self._now = now
        self._lines: list[str] = []

    def run(self, standing: Sequence[Condition]) -> list[str]:
        """standing: all conditions that stand now. Returns what was said, one line each."""
        taken = steps(known_conditions(self._db), standing, self._now)
        if not taken:
            return []
        with immediate(self._db):
            for step in taken:
                self._take(step)
        for line in self._lines:  # only what is written down was said
            log.warning("operator", notice=line, to=list(self._to))
        return self._lines

    def _take(self, step: Step) -> None:
        one, condition, now = step.known, step.condition, written(self._now)
        match step.turn:
            case Turn.NOTICED if condition is not None:
                self._note(condition)
            case Turn.BEGUN if condition is not None:
                self._begin(self._note(condition) if one is None else one.row, condition)
            case Turn.BACK if one is not None:
                self._db.execute("update operator_condition set clear_since = null where id = ?", [one.row])
            case Turn.CLEARING if one is not None:
                self._db.execute("update operator_condition set clear_since = ? where id = ?", [now, one.row])
            case Turn.FORGOTTEN if one is not None:
                self._db.execute("delete from operator_condition where id = ?", [one.row])
            case Turn.OVER if one is not None:
                self._end(one)

    def _note(self, condition: Condition) -> int:
        now = written(self._now)
        began = min(condition.since or self._now, self._now)
        row = self._db.execute(
            "insert into operator_condition (kind, subject, text, began_at, noticed_at) values (?, ?, ?, ?, ?)",
            [condition.kind.value, condition.subject, condition.text, written(began), now],
        ).lastrowid
        assert row is not None
        return row

    def _begin(self, row: int, condition: Condition) -> None:
        self._db.execute(
            "update operator_condition set text = ?, told_at = ? where id = ?",
            [condition.text, written(self._now), row],
        )
        self._lines.append(condition.text)
        short = conditions.headline(condition.kind, condition.subject, condition.text)
        headline = short[:1].upper() + short[1:]
        details = [condition.text] if condition.text.casefold() != headline.casefold() else []
        self._tell(
            condition.kind,
            condition.subject,
            headline,
            row=row,
            order=0,
            details=details,
            hint=condition.hint,
        )

    def _end(self, one: Known) -> None:
        span = conditions.lasted((one.clear_since or self._now) - one.began_at)
        outcome = looking.outcome(self._db, one.kind, one.subject)
        self._db.execute("delete from operator_condition where id = ?", [one.row])
        self._lines.append(f"Over after {span}: {one.text}")
        headline = f"Over after {span}: {conditions.headline(one.kind, one.subject, one.text)}"
        details = [outcome] if outcome else []
        self._tell(one.kind, one.subject, headline, row=one.row, order=1, details=details)

    def _tell(
        self,
        kind: Kind,
        subject: str,
        headline: str,
        *,
        row: int,
        order: int,
        details: Sequence[str] = (),
        hint: str | None = None,
    ) -> None:
        """To all but the notifier that it is about. What is over is told where its beginning was, and after it."""
        from monitor.alerting.alerts import notice
        from monitor.alerting.making import new_id
        from notifiers.outbox import Outbox

        for name, notifier in self._to.items():
            if name == conditions.about_channel(kind, subject):
                continue
            message: Message = notice(
                headline,
                message_id=new_id(self._random),
                now=self._now,
                details=details,
                hint=hint,
                public_url=self._public_url,
            )
            message = msgspec.structs.replace(message, thread=f"operator:{row}", order=order)
            for part in notifier.parts(message):
                Outbox(self._db).put(part, name, now=self._now)

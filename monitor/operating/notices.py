"""What becomes of conditions from one look to the next: those that stood before and those that stand now, and who is
told what. Pure; who looks, writes and sends is `attending`.

A condition is told once it has lasted, and told to be over once it has been so: what comes and goes in between says
nothing. One that was never told ends without a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from monitor.operating.conditions import PATIENCE, Condition, Kind


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A condition as it is stored. Times are aware UTC."""

    row: int
    kind: Kind
    subject: str
    text: str
    began_at: datetime
    noticed_at: datetime
    told_at: datetime | None
    clear_since: datetime | None

    @property
    def key(self) -> tuple[Kind, str]:
        return self.kind, self.subject


class Turn(StrEnum):
    NOTICED = "noticed"  # it stands, and nobody is told yet
    BEGUN = "begun"  # it has lasted: tell
    BACK = "back"  # it was gone for a moment
    CLEARING = "clearing"  # it is gone; perhaps for a moment
    FORGOTTEN = "forgotten"  # it went before anybody was told
    OVER = "over"  # it stayed away: tell


class Step(msgspec.Struct, frozen=True, kw_only=True):
    turn: Turn
    known: Known | None = None  # None: NOTICED, or BEGUN at first sight
    condition: Condition | None = None  # None: it does not stand any more


def steps(before: Iterable[Known], standing: Iterable[Condition], now: datetime) -> list[Step]:
    """What is to be written and told now, in the order of `standing`, each kind and subject once; ends come last."""
    known = {one.key: one for one in before}
    now_standing: dict[tuple[Kind, str], Condition] = {}
    for condition in standing:
        now_standing.setdefault(condition.key, condition)
    taken: list[Step] = []
    for condition in now_standing.values():
        one = known.pop(condition.key, None)
        begins = PATIENCE[condition.kind].begins
        if one is None:
            turn = Turn.NOTICED if begins else Turn.BEGUN
            taken.append(Step(turn=turn, condition=condition))
        elif one.told_at is None:
            if has_lasted(one.noticed_at, begins, now):
                taken.append(Step(turn=Turn.BEGUN, known=one, condition=condition))
        elif one.clear_since is not None:
            taken.append(Step(turn=Turn.BACK, known=one, condition=condition))
    for one in known.values():
        ends = PATIENCE[one.kind].ends
        if one.told_at is None:
            taken.append(Step(turn=Turn.FORGOTTEN, known=one))
        elif not ends or (one.clear_since is not None and has_lasted(one.clear_since, ends, now)):
            taken.append(Step(turn=Turn.OVER, known=one))
        elif one.clear_since is None:
            taken.append(Step(turn=Turn.CLEARING, known=one))
    return taken


def has_lasted(since: datetime, patience: timedelta, now: datetime) -> bool:
    """Also of what is dated ahead: the clock was wrong then, or is now, and nobody waits for it."""
    return not timedelta(0) <= now - since < patience

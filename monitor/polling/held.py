"""Held: what a sweep saw in so many records at once that it is the registry's doing until proved otherwise.

Nothing of a held kind is recorded or told; the operator is. The next build that says the same is believed, one
that does not lets it pass, and a person may decide at any time. What waits meanwhile lies in `staging`.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlite_utils import Database

from snapshots.instants import stamp

LOST_SECTION = "lost-section"
VANISHED = "vanished"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    row: int
    registry: str
    kind: str  # "lost-section" or "vanished"
    subject: str  # the section, or what the records vanished from
    build: str  # the registry's stamp of it
    swept: int  # records that it could have befallen
    count: int  # records that it befell
    opened_at: str
    state: str  # open, believed, accepting (not all booked yet), accepted, dropped, passed
    believed_in: str | None  # the stamp of the build that said the same

    @property
    def day(self) -> str:
        """Of the build, ISO."""
        return self.build[:10]

    def __str__(self) -> str:
        what = (
            f"{self.count} of {self.swept} records lost {self.subject}"
            if self.kind == LOST_SECTION
            else f"{self.count} of {self.swept} records are missing from {self.subject}"
        )
        rest = (
            "nothing of it was recorded or told"
            if self.kind == LOST_SECTION
            else "none was told as left or gone; what else changed of them was"
        )
        return f"held: {what} in the build of {self.day}; {rest}"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    hold: Held | None  # None: believe it
    by_person: bool = False  # it was accepted for this very build: no second one need say so
    accepted: Held | None = (
        None  # believed because of it, which `used` closes when what follows is written down
    )
    own_only: bool = (
        False  # only the records that the hold keeps wait: the others are too few to be an accident
    )


BELIEVED = Verdict(hold=None)


FEWEST_FETCHED = 20  # that lost something, where few whole records came


def limit(swept: int, fetched: int | None = None) -> float:
    """More than this many at once are held.

    fetched: the whole records that came, where slim ones showed the rest of `swept`; they were fetched because they
    changed, so more of them may have lost something. That all did is the registry's doing, however few they are.
    """
    usual = max(5, swept / 100)
    return usual if fetched is None else min(usual, max(FEWEST_FETCHED, fetched / 10))


def standing(db: Database, *, registry: str | None = None) -> list[Held]:
    """Held sweeps that nobody and no build has decided on."""
    rows = db.execute(
        f"select {_COLUMNS} from held where state = 'open' and (?1 is null or registry = ?1) order by id",
        [registry],
    ).fetchall()
    return [_held(row) for row in rows]


def find(db: Database, row: int) -> Held | None:
    rows = db.execute(f"select {_COLUMNS} from held where id = ?", [row]).fetchall()
    return _held(rows[0]) if rows else None


def judge(
    db: Database,
    *,
    registry: str,
    kind: str,
    subject: str,
    count: int,
    swept: int,
    build: str,
    whole: bool,
    now: datetime,
    answered: bool = False,
    fetched: int | None = None,
) -> Verdict:
    """Whether to believe what befell `count` of `swept` records. Caller owns the transaction.

    fetched: as in `limit`; what is held by it is counted against these.
    whole: everything watched was swept. answered: all that the open hold keeps was. A smaller sweep cannot show
    that an earlier hold was an accident.
    """
    earlier = _of_subject(db, registry, kind, subject)
    for held in earlier:
        if held.state == "dropped" and held.build == build:
            return Verdict(hold=held)
        if held.state == "accepted" and kind == VANISHED and held.believed_in in (None, build):
            return Verdict(hold=None, by_person=held.build == build, accepted=held)
        if held.state == "believed" and held.believed_in == build:
            return BELIEVED
    open_ = next((held for held in earlier if held.state == "open"), None)
    if fetched is not None and limit(swept, fetched) < count <= limit(swept):
        swept = fetched
    elif count <= limit(swept, fetched):
        if open_ is None:
            return BELIEVED
        if open_.build == build:
            return Verdict(hold=open_ if count else None)
        if not whole and not answered:
            return Verdict(hold=open_ if count else None, own_only=True)
        decide(db, open_.row, "passed", now)
        return BELIEVED
    if open_ is not None and open_.build != build:
        _believe(db, open_, build, now)
        return BELIEVED
    if open_ is not None:  # the same build, swept again
        if whole:
            # Not less: of a poll that was killed, some lie with the hold already.
            db.execute(
                "update held set count = max(count, ?), swept = ? where id = ?", [count, swept, open_.row]
            )
        return Verdict(hold=find(db, open_.row))
    cursor = db.execute(
        "insert into held (registry, kind, subject, build, swept, count, opened_at, state)"
        " values (?, ?, ?, ?, ?, ?, ?, 'open')",
        [registry, kind, subject, build, swept, count, stamp(now)],
    )
    assert cursor.lastrowid is not None
    return Verdict(hold=find(db, cursor.lastrowid))


def accepting(db: Database, registry: str) -> list[Held]:
    """What a person accepted and is not all booked: whoever did it was killed."""
    rows = db.execute(
        f"select {_COLUMNS} from held where state = 'accepting' and registry = ? order by id", [registry]
    ).fetchall()
    return [_held(row) for row in rows]


def accept(db: Database, row: int) -> Held | None:
    """From here on nobody drops it, and it is booked to the end. None: not to be decided on (any more).

    Caller owns the transaction.
    """
    db.execute("update held set state = 'accepting' where id = ? and state = 'open'", [row])
    one = find(db, row)
    return one if one is not None and one.state == "accepting" else None


def drop(db: Database, row: int, now: datetime) -> bool:
    """False: not to be decided on (any more). Caller owns the transaction."""
    one = find(db, row)
    if one is None or one.state != "open":
        return False
    decide(db, row, "dropped", now)
    return True


def decide(db: Database, row: int, state: str, now: datetime) -> None:
    """Close a held sweep. What was staged with it was booked, or will not be: `staging.clear` lets go of it."""
    db.execute("update held set state = ?, decided_at = ? where id = ?", [state, stamp(now), row])


def used(db: Database, row: int, build: str) -> None:
    """What a person accepted is written down as of this build: a later one that says so is judged anew.

    Caller owns the transaction.
    """
    db.execute("update held set believed_in = ? where id = ?", [build, row])


def rename(db: Database, registry: str, before: str, after: str) -> None:
    """What records vanished from has another name now. Caller owns the transaction."""
    db.execute(
        "update held set subject = ? where registry = ? and kind = ? and subject = ?",
        [after, registry, VANISHED, before],
    )


def _believe(db: Database, held: Held, build: str, now: datetime) -> None:
    decide(db, held.row, "believed", now)
    db.execute("update held set believed_in = ? where id = ?", [build, held.row])


def _of_subject(db: Database, registry: str, kind: str, subject: str) -> list[Held]:
    rows = db.execute(
        f"select {_COLUMNS} from held where registry = ? and kind = ? and subject = ? order by id desc",
        [registry, kind, subject],
    ).fetchall()
    return [_held(row) for row in rows]


_COLUMNS = "id, registry, kind, subject, build, swept, count, opened_at, state, believed_in"


def _held(row: tuple[int, str, str, str, str, int, int, str, str, str | None]) -> Held:
    return Held(
        row=row[0],
        registry=row[1],
        kind=row[2],
        subject=row[3],
        build=row[4],
        swept=row[5],
        count=row[6],
        opened_at=row[7],
        state=row[8],
        believed_in=row[9],
    )

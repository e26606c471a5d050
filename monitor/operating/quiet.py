"""Whether there is nothing to tell the operator: a look of a few lines of SQL that loads nothing, for it is made all
day long and at the end of every `check`."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from notifiers.idle import untroubled

LATELY = timedelta(days=1)  # messages given up before are told; whoever looks still finds them
DISK_LEAST = 200_000_000  # bytes free where the database is; below it a backup or a long log may find no room

# Watches that hold nothing, though they did or name something. One build's word that an id is unknown is not believed.
# A query that never matched anything, or does not since it was edited, is as somebody wrote it.
HOLDING_NOTHING = """
    select watch.id, watch.name, json_extract(watch.definition, '$.query') is null from watch
    where watch.removed_at is null and watch.baseline = 0
    and exists (select 1 from member where member.watch = watch.id)
    and not exists (
        select 1 from member left join absence
        on absence.registry = watch.registry and absence.trial = member.trial and absence.settled
        where member.watch = watch.id and member.state in ('in', 'absent') and absence.trial is null
    ) order by watch.id"""


def quiet(db: Database, *, folder: Path, now: datetime) -> bool:
    """No condition stands, and none did when somebody last looked."""
    row = db.execute(
        f"""select exists (select 1 from operator_condition)
        or exists (select 1 from held where state = 'open')
        or exists (select 1 from ping where failing_since is not null)
        or exists (
            select 1 from poll join (
                select max(id) as newest from poll
                where everything = 1 and outcome in ('quiet', 'complete', 'incomplete') group by registry
            ) on id = newest where outcome = 'incomplete')
        or exists ({HOLDING_NOTHING})"""
    ).fetchone()
    return not row[0] and free_bytes(folder) >= DISK_LEAST and untroubled(db, since=now - LATELY)


def free_bytes(folder: Path) -> int:
    """That a process without privileges may still write there."""
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize

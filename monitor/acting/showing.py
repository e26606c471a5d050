"""Which messages in channels show what people did, and which of them must be rendered anew.

Only that a message is to be shown anew is kept: what it shows is read when that is done, so that an update that is
lost, late or made twice comes to the same. Nothing here talks to a channel.
"""

from __future__ import annotations

from sqlite_utils import Database

from monitor.acting.mutes import Scope


def ask_of(db: Database, what: tuple[Scope, str]) -> int:
    """Something was done about a trial: the messages that show such things of it are rendered anew.

    Returns how many. Caller owns the transaction.
    """
    scope, value = what
    if scope is not Scope.TRIAL:
        return 0  # of watches and fields a trial's message says nothing
    return db.execute(
        "update showing set asked = asked + 1, tries = 0, not_before = null where trial = ?", [value]
    ).rowcount

"""Senders of letters that are killed: nothing is lost, and what arrives twice is one letter by its Message-ID."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from doubles.letter_process import LetterSenders
from doubles.mail_room import ALERT
from doubles.sender_process import immediate, open_database
from doubles.smtp_room import Hold, SmtpRoom
from msgspec.structs import replace

from notifiers.outbox import Outbox
from notifiers.schema import MIGRATIONS

pytestmark = pytest.mark.crash

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def fill(database: Path, letters: int) -> list[str]:
    db = open_database(str(database))
    MIGRATIONS.apply(db)
    ids = [f"m{number}" for number in range(letters)]
    with immediate(db):
        for number, id_ in enumerate(ids):
            message = replace(ALERT, id=id_, thread=f"ctgov:NCT{number % 3}", order=number)
            Outbox(db).put(message, "team", now=NOW)
    db.close()
    return ids


@pytest.mark.parametrize("kept", [True, False])
def test_killed_between_a_letter_and_the_servers_word(kept: bool, tmp_path: Path) -> None:
    database = tmp_path / "outbox.db"
    ids = fill(database, 9)
    with SmtpRoom() as room, LetterSenders(database, room.port) as senders:
        for _ in range(4):
            hold = Hold()
            room.of_content.append(hold)
            senders.start()
            assert hold.arrived.wait(30)
            assert senders.kill()
            hold.let_go(kept=kept)
        senders.start()
        assert senders.end() == 0
        letters = list(room.letters)
    by_id: dict[str, list[bytes]] = {}
    for letter in letters:
        by_id.setdefault(letter.email["Message-ID"], []).append(letter.raw)
    assert len(by_id) == len(ids), "lost"
    repeats = [raws for raws in by_id.values() if len(raws) > 1]
    assert bool(repeats) == kept
    for raws in repeats:
        assert sum(b"X-Trialbell-Possible-Repeat" not in raw for raw in raws) == 1
    for trial in range(3):  # in order, and one thread
        of_trial = [
            letter.email for letter in letters if letter.email["X-Trialbell-Thread"] == f"ctgov:NCT{trial}"
        ]
        told = list(dict.fromkeys(one["X-Trialbell-Message"] for one in of_trial))
        assert told == sorted(told)
        opening = of_trial[0]["Message-ID"]
        for one in of_trial:
            assert one["References"] == (None if one["Message-ID"] == opening else opening)
    db = open_database(str(database))
    assert {row.state for row in Outbox(db).listing()} == {"sent"}
    db.close()

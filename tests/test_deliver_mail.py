"""The delivery loop and e-mail together, on a clock that only the test moves."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from doubles.mail_room import ALERT, TEAM, mailer
from doubles.smtp_room import PASSWORD, USER, DropAfter, DropBefore, SmtpRoom
from doubles.told_channel import Room, open_room
from msgspec.structs import replace

from notifiers.mail.channel import PATIENCE
from notifiers.outbox_rows import Listed
from notifiers.secret import Secret

DAY = timedelta(days=1)
ONE, TWO = "one@example.org", "two@example.org"


@dataclass
class Both:
    room: Room
    server: SmtpRoom

    def put(self, *ids: str, trial: str = "ctgov:NCT07146087") -> None:
        for id_ in ids:
            order = int(id_.removeprefix("m"))
            self.room.outbox.put(replace(ALERT, id=id_, thread=trial, order=order), "team", now=self.room.now)

    def drain(self, most: int = 1, **settings: Any) -> list[str]:
        """So many drains, each when something may be tried again, and each by a new process; the notices."""
        notices = []
        for _ in range(most):
            drained = self.room.drain(mailer(self.server, pace=timedelta(0), **settings))
            notices += [notice.text for notice in drained.notices]
            if drained.next_at is None:
                break
            self.room.now = max(self.room.now, drained.next_at)
        return notices

    def row(self, id_: str) -> Listed:
        return next(row for row in self.room.outbox.listing() if row.message_id == id_)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    with open_room(tmp_path / "outbox.db") as room, SmtpRoom() as server:
        yield Both(room, server)


def test_three_alerts_on_a_trial_are_one_thread(both: Both) -> None:
    for id_ in ("m1", "m2", "m3"):
        both.put(id_)
        both.drain()
        both.room.now += DAY
    first, *later = (letter.email for letter in both.server.letters)
    assert first["In-Reply-To"] is None and first["Date"] == "Tue, 24 Nov 2026 12:00:00 +0000"
    for letter in later:
        assert letter["In-Reply-To"] == letter["References"] == first["Message-ID"]
        assert letter["Subject"] == first["Subject"]
    both.room.now += 30 * DAY
    both.put("m4")
    both.drain()
    last = both.server.letters[3].email
    assert last["References"] == f"{first['Message-ID']} {later[1]['Message-ID']}"


def test_a_lost_answer_is_the_same_letter_again_marked(both: Both) -> None:
    both.put("m1")
    both.server.of_content.append(DropAfter())
    assert both.drain(3) == []
    one, two = (letter.email for letter in both.server.letters)
    assert one["Message-ID"] == two["Message-ID"] and one["Date"] == two["Date"]
    assert one["X-Trialbell-Possible-Repeat"] is None and two["X-Trialbell-Possible-Repeat"] == "yes"
    assert both.row("m1").state == "sent" and both.row("m1").possible_repeat


def test_a_letter_lost_with_its_connection_arrives(both: Both) -> None:
    both.put("m1")
    both.server.of_content.append(DropBefore())
    both.drain(3)
    assert both.server.ids() == ["m1"] and both.row("m1").state == "sent"


def test_answers_that_are_always_lost_end_in_a_failure_that_is_seen(both: Both) -> None:
    both.put("m1")
    both.server.of_content.extend(DropAfter() for _ in range(20))
    notices = both.drain(20)
    assert both.row("m1").state == "failed" and len(both.server.letters) == 5
    assert len({letter.email["Message-ID"] for letter in both.server.letters}) == 1
    assert len(notices) == 1 and "may have arrived" in notices[0]


def test_a_refused_letter_goes_as_text_alone(both: Both) -> None:
    both.put("m1")
    both.server.of_content.append("554 5.7.1 HTML is not welcome")
    assert both.drain(2) == []
    assert both.server.letters[0].email.get_content_type() == "text/plain"
    assert both.row("m1").state == "sent"


def test_one_refused_twice_is_buried_and_seen_and_the_rest_goes_on(both: Both) -> None:
    both.put("m1", "m2")
    both.server.of_content.extend(["554 5.7.1 spam", "554 5.7.1 spam"])
    (notice,) = both.drain(3)
    assert notice == "a message to `team` failed: the mail server refuses the message: 554 5.7.1 spam"
    assert (both.row("m1").state, both.row("m1").reason) == (
        "failed",
        "the mail server refuses the message: 554 5.7.1 spam",
    )
    assert both.server.ids() == ["m2"]


def test_a_greylisted_letter_arrives_once(both: Both) -> None:
    both.put("m1")
    both.server.of_recipients["*"] = deque(["450 4.2.0 come back later"] * 3)
    assert both.drain(5) == []
    assert both.server.ids() == ["m1"] and both.row("m1").attempts == 4


def test_a_server_that_is_down_loses_nothing(both: Both) -> None:
    both.put("m1", "m2")
    both.server.stop()
    both.drain(3)
    assert both.row("m1").state == "waiting" and "connection refused" in both.row("m1").reason
    both.server.start()
    both.drain(3)
    assert both.server.ids() == ["m1", "m2"]


def test_a_wrong_password_pauses_the_channel_and_all_waits(tmp_path: Path) -> None:
    with open_room(tmp_path / "outbox.db") as room, SmtpRoom(password=PASSWORD) as server:
        both = Both(room, server)
        both.put("m1", "m2")
        wrong = {"user": USER, "password": Secret("wrong")}
        notices = both.drain(4, **wrong)
        assert len(notices) == 1 and "is paused" in notices[0] and "535" in notices[0]
        assert both.row("m1").state == "waiting" and server.letters == []
        notices = both.drain(3, user=USER, password=Secret(PASSWORD))
        assert notices == ["`team` takes messages again"] and server.ids() == ["m1", "m2"]


def test_a_colleague_who_left_is_told_of_once_and_shown(both: Both) -> None:
    both.server.refused[TWO] = "550 5.1.1 no such user"
    both.put("m1", "m2")
    notices = both.drain(recipients=[ONE, TWO])
    assert notices == [f"`team`: a message went to all but {TWO} (550 5.1.1 no such user)"]
    assert [letter.recipients for letter in both.server.letters] == [(ONE,), (ONE,)]
    assert both.row("m1").state == "sent" and TWO in both.row("m1").reason


def test_who_is_greylisted_among_others_gets_it_later_alone(both: Both) -> None:
    both.server.of_recipients[TWO] = deque(["450 4.2.0 greylisted"])
    both.put("m1")
    both.put("m2", trial="ctgov:NCT2")
    assert both.drain(recipients=[ONE, TWO]) == []  # another trial's does not wait for it
    assert [(letter.id, letter.recipients) for letter in both.server.letters] == [
        ("m1", (ONE,)),
        ("m2", (ONE, TWO)),
    ]
    assert both.row("m1").state == "waiting" and TWO in both.row("m1").reason
    assert both.drain(3, recipients=[ONE, TWO]) == []
    assert both.server.letters[2].recipients == (TWO,) and both.row("m1").state == "sent"


def test_who_has_it_is_remembered_through_failures_of_another_kind(both: Both) -> None:
    both.server.of_recipients[TWO] = deque(["450 4.2.0 greylisted"])
    both.put("m1")
    both.drain(recipients=[ONE, TWO])
    both.room.now += timedelta(minutes=1)
    both.server.of_content.extend(["451 4.3.0 not now", DropBefore(), "554 5.6.0 no HTML"])
    both.drain(1, recipients=[ONE, TWO])
    both.server.stop()
    both.drain(2, recipients=[ONE, TWO])
    both.server.start()
    both.drain(6, recipients=[ONE, TWO])
    assert [letter.recipients for letter in both.server.letters] == [(ONE,), (TWO,)]
    assert both.row("m1").state == "sent"


def test_who_has_it_gets_it_no_more_when_a_person_has_the_rest_tried_again(both: Both) -> None:
    both.server.of_recipients[TWO] = deque(["450 4.2.0 greylisted"])
    both.put("m1")
    both.drain(recipients=[ONE, TWO])
    both.server.of_content.extend(["554 5.7.1 spam", "554 5.7.1 spam"])
    both.drain(3, recipients=[ONE, TWO])
    assert both.row("m1").state == "failed"
    with both.room.transaction():
        both.room.outbox.retry(["m1"], now=both.room.now)
    both.drain(recipients=[ONE, TWO])
    assert [letter.recipients for letter in both.server.letters] == [(ONE,), (TWO,)]


def test_a_full_mailbox_holds_nobody_up_for_longer_than_an_hour(both: Both) -> None:
    both.server.refused[TWO] = "452 4.2.2 mailbox full"
    both.put("m1", "m2")
    began = both.room.now
    notices = both.drain(100, recipients=[ONE, TWO])
    assert notices == [f"`team`: a message went to all but {TWO} (452 4.2.2 mailbox full)"]
    assert [letter.id for letter in both.server.letters] == ["m1", "m2"]
    assert both.row("m2").state == "sent"
    assert both.room.now - began < 2 * PATIENCE + timedelta(minutes=15)
    assert both.server.began < 40  # one try in five minutes, and no more


def test_part_of_a_letter_that_arrives_mends_a_paused_channel(both: Both) -> None:
    both.server.refused = {ONE: "550 gone", TWO: "550 gone"}
    both.put("m1")
    (paused,) = both.drain(recipients=[ONE, TWO])
    assert "is paused" in paused
    both.server.refused = {}
    both.server.of_recipients[TWO] = deque(["450 greylisted"])
    both.room.now += timedelta(hours=1)
    assert both.drain(recipients=[ONE, TWO]) == ["`team` takes messages again"]
    both.drain(2, recipients=[ONE, TWO])
    assert [letter.recipients for letter in both.server.letters] == [(ONE,), (TWO,)]


def test_who_changed_the_list_meanwhile(both: Both) -> None:
    both.server.refused[TWO] = "450 4.2.0 greylisted"
    both.put("m1")
    both.drain(recipients=[ONE, TWO])
    both.drain(3, recipients=[ONE])
    assert len(both.server.letters) == 1 and both.row("m1").state == "sent"
    assert TEAM not in str(both.server.letters)

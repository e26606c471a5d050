"""What an alert has no room for: whole, in its thread, after it, and said exactly when it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doubles.slack_checks import assert_sound, shown, texts, urls_of
from doubles.slack_fault_proxy import DropAfter, slack_error
from doubles.slack_room import POST, Room, open_slack_room
from doubles.told_channel import Room as Outboxes
from doubles.told_channel import open_room
from doubles.told_messages import summary
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from notifiers.message import Item, Level, Link, Message
from notifiers.notifier import Placement
from notifiers.slack.blocks import TRIALS, fit, render
from notifiers.slack.parts import MOST, parts
from notifiers.text import clean

CRITERIA = "\n".join(
    f"* Criterion {number}: neutrophils ≥ {number} × 10^9/L & no gout" for number in range(400)
)
LONG = Message(
    id="m1",
    level=Level.CRITICAL,
    headline="NCT07146087: 3 inclusion criteria dropped",
    title="NCT07146087 · MSC-derived exosomes in progressive MS",
    items=(
        Item(
            level=Level.CRITICAL,
            label="Eligibility criteria",
            summary="3 inclusion criteria dropped: one, two and three",
            reason="who may take part changed",
            before=CRITERIA,
            after=CRITERIA.replace("Criterion 7", "Measure 7"),
        ),
    ),
    links=(
        Link(text="Record on ClinicalTrials.gov", url="https://clinicaltrials.gov/study/NCT07146087"),
        Link(text="Both versions side by side", url="https://trials.example.org/compare/3...4"),
    ),
    thread="ctgov:NCT07146087",
    order=7,
)
SHORT = replace(LONG, items=(Item(level=Level.CRITICAL, label="Status", summary="Recruiting → Suspended"),))


def told(message: Message) -> str:
    return shown(render(message, Placement()))


def quoted(messages: tuple[Message, ...], side: str) -> str:
    """What stands after `Was:` or `Now:` in all of them, one after the other."""
    found = []
    for message in messages:
        for block in render(message, Placement()).blocks:
            for part in block.get("elements", ()):
                words = texts(part.get("elements", []))
                found += [words[place + 1].strip() for place, word in enumerate(words) if word == side]
    return "\n".join(found)


def lines(text: str) -> list[str]:
    return text.split()


def test_what_fits_has_no_parts() -> None:
    assert parts(SHORT) == (SHORT,)
    assert parts(replace(SHORT, thread=None)) == (replace(SHORT, thread=None),)
    assert "thread" not in told(SHORT)


def test_long_texts_are_whole_in_the_thread_and_the_alert_says_so() -> None:
    first, *rest = parts(LONG)
    assert "Whole text in the thread" in told(first)
    assert lines(quoted(tuple(rest), "Was:")) == lines(CRITERIA)
    assert lines(quoted(tuple(rest), "Now:")) == lines(LONG.items[0].after or "")
    assert len(rest) > 3
    marks = [re.match(r"(\d+)/(\d+) · Whole text", told(part)) for part in rest]
    assert [mark and mark.groups() for mark in marks] == [
        (str(number), str(len(rest))) for number in range(1, len(rest) + 1)
    ]
    for part in rest:
        assert_sound(render(part, Placement()), urls_of(LONG))
        assert "…" not in told(part)


def test_parts_stand_in_the_thread_after_it_and_in_no_channel() -> None:
    first, *rest = parts(LONG)
    assert {part.continues for part in rest} == {"m1"} and first.continues is None
    assert {part.thread for part in (first, *rest)} == {LONG.thread}
    assert {part.order for part in (first, *rest)} == {7}
    reply = Placement(reply_to={"channel": "C", "ts": "1"})
    assert render(first, reply).broadcast
    assert not any(render(part, reply).broadcast for part in rest)
    assert len({part.id for part in (first, *rest)}) == len(rest) + 1
    assert parts(LONG) == (first, *rest)  # of the same message the same
    assert parts(rest[0]) == (rest[0],)


def test_a_message_without_a_thread_is_given_one_with_its_parts() -> None:
    made = parts(replace(LONG, thread=None))
    assert {part.thread for part in made} == {"message:m1"}


def test_where_nothing_follows_the_alert_says_under_which_link_the_whole_is() -> None:
    assert "Shortened, whole under “Both versions side by side”" in told(LONG)
    assert "thread" not in told(LONG)


def test_of_two_long_texts_the_alert_shows_where_they_differ() -> None:
    text = told(parts(LONG)[0])
    assert "Criterion 7:" in text and "Measure 7:" in text and "Criterion 2:" not in text


def test_more_than_a_thread_holds_is_said_with_where_the_rest_is() -> None:
    endless = replace(LONG, items=(replace(LONG.items[0], before=CRITERIA * 12),))
    first, *rest = parts(endless)
    assert len(rest) == MOST
    assert "the rest is under “Both versions side by side”" in told(rest[-1])
    assert LONG.links[1].url in str(render(rest[-1], Placement()).blocks)
    assert not any("the rest is" in told(part) for part in (first, *rest[:-1]))
    nowhere = parts(replace(endless, links=()))[-1]
    assert "the rest is in trialbell's own record of it" in told(nowhere)
    for part in (first, *rest, nowhere):
        assert_sound(render(part, Placement()), urls_of(LONG))


def test_a_summary_shows_the_weightiest_and_the_rest_in_the_thread() -> None:
    message = summary(60)
    first, *rest = parts(message)
    blocks = render(first, Placement()).blocks
    assert len([block for block in blocks if block["type"] == "rich_text"]) <= 3
    assert told(first).count("🔴 Critical · NCT") == TRIALS  # of 60, 20 are critical
    assert f"… and {60 - TRIALS} more; all in the thread" in told(first)
    named = re.findall(r"NCT\d{8}", "".join(map(told, (first, *rest))))
    assert sorted(named) == sorted(item.label[:11] for item in message.items)
    assert '"url": "https://clinicaltrials.gov/study/NCT00000001"' in str(blocks).replace("'", '"')


def test_what_stands_behind_each_trial_of_a_summary_is_in_its_thread() -> None:
    message = summary(20, changes=2)
    first, *rest = parts(message)
    assert "… and 8 more; what changed in each is in the thread" in told(first)
    assert "Site 0 added" not in told(first)
    said = "".join(map(told, rest))
    assert said.count("Site 0 added") == said.count("Site 1 added") == 20
    minor = sum(item.level is Level.MINOR for item in message.items)
    # How much a change weighs is said where its trial weighs something else.
    assert (said.count("• Site"), said.count("• 🟡 Minor · Site")) == (2 * minor, 2 * (20 - minor))
    assert sorted(re.findall(r"NCT\d{8}", said)) == sorted(item.label[:11] for item in message.items)
    assert "What changed in each is in the thread" in told(parts(summary(3, changes=1))[0])
    (_, one) = parts(summary(1, changes=60))
    assert re.search(r"… and \d\d more", told(one))


def test_a_long_title_is_told_once_in_the_thread_and_its_trial_is_still_to_be_clicked() -> None:
    (item,) = summary(1, changes=1).items
    title = f"{item.label} {'and of something else ' * 12}".strip()
    _, part = parts(replace(summary(1), items=(replace(item, label=title),)))
    assert told(part).count("NCT00000000") == told(part).count(title.partition(" · ")[2]) == 1
    assert urls_of(part) == {"https://clinicaltrials.gov/study/NCT00000000"}


@settings(max_examples=30)
@given(
    st.text(max_size=40)
    | st.sampled_from(["&" * 6_000, "word " * 6_400, "x" * 32_000, '"\n' * 9_000, "\ud800" * 900]),
    st.text(max_size=40) | st.sampled_from(["𝒜" * 4_000, "<>" * 9_000, "é " * 9_000]),
    st.booleans(),
)
def test_no_character_of_a_text_is_lost(before: str, summary: str, linked: bool) -> None:
    """Said in the alert, or in its thread; unless the thread would be endless, and then that is said."""
    link = Link(text="Record", url="https://a.test/") if linked else None
    item = Item(level=Level.MAJOR, label="Field", summary=summary, before=before, link=link)
    first, *rest = parts(Message(id="m", level=Level.MAJOR, headline="h", items=(item,)))
    for part in (first, *rest):
        assert_sound(render(part, Placement()), {"https://a.test/"})
    for part in rest:
        assert not any(fit(part).shortened) and not fit(part).left_out
    assert (first.continued == len(rest)) and ("in the thread" in told(first)) == bool(rest)
    if not rest:
        assert not any(fit(first).shortened)
    elif not rest[-1].footer:
        for field, text in (("summary", clean(summary)), ("before", clean(before, lines=True))):
            said = "".join(getattr(item, field) or "" for part in rest for item in part.items)
            assert "".join(said.split()) == "".join(text.split())


class Both:
    def __init__(self, room: Outboxes, slack: Room) -> None:
        self.room, self.slack = room, slack
        self.notifier = slack.build(pace=timedelta(0), reconcile_after=timedelta(seconds=60))

    def put(self, message: Message) -> list[str]:
        made = self.notifier.parts(message)
        for one in made:
            self.room.outbox.put(one, "team", now=self.room.now)
        return [one.id for one in made]

    def drain(self, most: int = 1) -> None:
        for _ in range(most):
            drained = self.room.drain(self.notifier)
            if drained.next_at is None:
                break
            self.room.now = max(self.room.now, drained.next_at)

    def stands(self) -> list[tuple[str, str | None]]:
        """What stands in the channel, and what each replies to, by ids."""
        ids = {each["ts"]: each["metadata"]["event_payload"]["id"] for each in self.slack.alerts.messages}
        return [(ids[each["ts"]], ids.get(each.get("thread_ts", ""))) for each in self.slack.alerts.messages]


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with open_room(tmp_path / "outbox.db") as room, open_slack_room(monkeypatch) as slack:
        room.now = datetime.fromtimestamp(1_790_000_000, UTC)  # the small Slack's clock
        yield Both(room, slack)


def test_parts_arrive_after_it_as_replies_and_before_what_comes_later(both: Both) -> None:
    later = replace(SHORT, id="m2", order=8)
    both.room.outbox.put(later, "team", now=both.room.now)  # stored before, and of a later event
    ids = both.put(LONG)
    both.drain()
    assert both.stands() == [("m1", None), *((part, "m1") for part in ids[1:]), ("m2", "m1")]
    assert [each.get("reply_broadcast", False) for each in both.slack.alerts.messages] == [
        False,
        *(False for _ in ids[1:]),
        True,
    ]


def test_without_a_thread_of_its_own_too(both: Both) -> None:
    ids = both.put(replace(LONG, thread=None))
    both.drain()
    assert both.stands() == [("m1", None), *((part, "m1") for part in ids[1:])]


def test_a_lost_answer_doubles_no_part(both: Both) -> None:
    ids = both.put(LONG)
    both.slack.proxy.plan(POST, DropAfter(), DropAfter())
    both.drain(6)
    assert both.stands() == [("m1", None), *((part, "m1") for part in ids[1:])]


def test_refused_as_blocks_it_goes_as_text_and_its_parts_follow(both: Both) -> None:
    ids = both.put(LONG)
    both.slack.proxy.plan(POST, slack_error("invalid_blocks"))
    both.drain(3)
    assert both.stands() == [("m1", None), *((part, "m1") for part in ids[1:])]


def test_what_is_buried_takes_its_parts_with_it_and_the_thread_goes_on(both: Both) -> None:
    ids = both.put(LONG)
    both.put(replace(SHORT, id="m2", order=8))
    both.slack.proxy.plan(POST, slack_error("invalid_blocks"), slack_error("msg_too_long"))
    both.drain(3)
    assert both.stands() == [("m2", None)]
    assert {both.room.state(id_) for id_ in ids} == {"failed"}
    assert both.room.outbox.retry(["m1"], now=both.room.now) == len(ids)
    both.drain()
    assert sorted(both.stands()) == sorted([("m2", None), *((id_, "m2") for id_ in ids)])

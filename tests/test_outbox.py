"""The outbox, the application's half: deliveries, messages, drops, retries, listings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from notifiers.message import Item, Level, Link, Message
from notifiers.moments import moment_of, moment_text
from notifiers.notifier import NotifiersError
from notifiers.outbox import Outbox
from notifiers.outbox_rows import message_of, message_text
from notifiers.schema import MIGRATIONS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    db = Database(tmp_path / "outbox.db")
    db.conn.execute("pragma foreign_keys=on")
    MIGRATIONS.apply(db)
    yield Outbox(db)
    db.close()


def enqueue(
    outbox: Outbox, event: str, *, order: int = 1, due_in: timedelta = timedelta(0), **more: object
) -> bool:
    values = {"notifier": "team", "thread": "A", "urgent": False} | more
    notifier = str(values.pop("notifier"))
    return outbox.enqueue(event, notifier, order=order, due_at=NOW + due_in, now=NOW, **values)  # type: ignore[arg-type]


def message(id_: str = "m", **more: object) -> Message:
    return Message(**{"id": id_, "level": Level.MAJOR, "headline": "h", **more})  # type: ignore[arg-type]


def queue(outbox: Outbox, event: str, *, thread: str = "A", order: int = 1) -> str:
    """An event's delivery in a message of its own."""
    enqueue(outbox, event, order=order, thread=thread)
    (delivery,) = [each for each in outbox.due("team", NOW) if each.event_id == event]
    outbox.put(message(f"m-{event}", thread=thread, order=order), "team", [delivery.id], now=NOW)
    return f"m-{event}"


def test_an_event_reaches_a_notifier_once(outbox: Outbox) -> None:
    assert enqueue(outbox, "e1")
    assert not enqueue(outbox, "e1", order=9, thread="other")
    assert enqueue(outbox, "e1", notifier="log")
    assert [(each.notifier, each.order) for each in outbox.due(None, NOW)] == [("team", 1), ("log", 1)]


def test_due_in_the_order_of_events(outbox: Outbox) -> None:
    enqueue(outbox, "late", order=1, due_in=HOUR)
    enqueue(outbox, "second", order=3)
    enqueue(outbox, "first", order=2, notifier="log", urgent=True)
    assert [each.event_id for each in outbox.due(None, NOW)] == ["first", "second"]
    assert [each.event_id for each in outbox.due("team", NOW)] == ["second"]
    assert [each.event_id for each in outbox.due(None, NOW + HOUR)] == ["late", "first", "second"]
    assert [each.event_id for each in outbox.due(None, NOW, limit=1)] == ["first"]
    assert outbox.due("log", NOW)[0].urgent


def test_waiting_takes_what_is_not_due(outbox: Outbox) -> None:
    enqueue(outbox, "later", order=1, due_in=HOUR)
    enqueue(outbox, "now", order=2)
    enqueue(outbox, "other trial", thread="B")
    assert [each.event_id for each in outbox.waiting("team", "A")] == ["later", "now"]
    assert outbox.next_due() == NOW
    outbox.put_off([each.id for each in outbox.due(None, NOW)], NOW + HOUR, reason="quiet hours")
    assert outbox.due(None, NOW) == []
    assert {row.reason for row in outbox.listing()} == {"", "quiet hours"}
    assert outbox.next_due() == NOW + HOUR


def test_a_message_holds_its_deliveries(outbox: Outbox) -> None:
    enqueue(outbox, "e1", order=1)
    enqueue(outbox, "e2", order=2, thread="B")
    ids = [each.id for each in outbox.due(None, NOW)]
    outbox.put(message("summary"), "team", ids, now=NOW)
    assert outbox.due(None, NOW) == []
    (row,) = outbox.listing()
    assert (row.message_id, row.state, row.event_ids) == ("summary", "waiting", ("e1", "e2"))
    assert outbox.counts() == {"team": {"queued": 2}}
    claimed = outbox.claim("team", NOW)
    assert claimed is not None
    outbox.settle("summary", {"ts": "1"}, NOW)
    assert outbox.counts() == {"team": {"sent": 2}}


def test_put_refuses_what_does_not_hold_together(outbox: Outbox) -> None:
    enqueue(outbox, "e1", notifier="log")
    (delivery,) = outbox.due(None, NOW)
    with pytest.raises(NotifiersError, match="no delivery to `team` waits under this id: `1`"):
        outbox.put(message(), "team", [delivery.id], now=NOW)
    outbox.put(message(), "log", [delivery.id], now=NOW)
    with pytest.raises(NotifiersError, match="already holds a message with this id: `m`"):
        outbox.put(message(), "team", now=NOW)
    with pytest.raises(NotifiersError, match="no delivery to `log` waits"):
        outbox.put(message("m2"), "log", [delivery.id], now=NOW)


def test_a_stored_message_does_not_change(outbox: Outbox) -> None:
    whole = message(
        "m",
        headline="lone \ud800 surrogate",
        items=(Item(level=Level.MINOR, label="l", summary="s", before=None, after="b"),),
        facts=(("a", "b"),),
        links=(Link(text="t", url="https://x.test"),),
        payload={"id": "e", "n": [1, 1.5, None, {"deep": True}], "ünï": "\ud800"},
        thread="A",
        order=3,
    )
    outbox.put(whole, "team", now=NOW)
    claimed = outbox.claim("team", NOW)
    assert claimed is not None and claimed.message == whole
    outbox.postpone("m", None, "again")
    claimed = outbox.claim("team", NOW)
    assert claimed is not None and claimed.message == whole


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(), st.text(), st.dictionaries(st.text(), JSON, max_size=3))
def test_messages_come_back_as_they_were(headline: str, before: str, payload: dict[str, object]) -> None:
    item = Item(level=Level.CRITICAL, label="l", summary="s", before=before)
    whole = message("m", headline=headline, items=(item,), payload=payload)
    assert message_of(message_text(whole)) == whole
    assert message_text(whole).isascii()


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_texts_of_moments_compare_as_moments(a: datetime, b: datetime) -> None:
    if min(a.year, b.year) >= 1000:
        assert (moment_text(a) < moment_text(b)) == (a < b)
        assert moment_of(moment_text(a)) == a


def test_a_moment_without_a_zone_is_refused(outbox: Outbox) -> None:
    with pytest.raises(ValueError, match="time zone"):
        outbox.due(None, datetime(2026, 11, 24))  # noqa: DTZ001


def test_drops_with_their_reason(outbox: Outbox) -> None:
    for event, thread in (("e1", "A"), ("e2", "A"), ("e3", "B")):
        enqueue(outbox, event, thread=thread)
    first = outbox.due(None, NOW)[0]
    assert outbox.drop(first.id, reason="by hand", now=NOW)
    assert not outbox.drop(first.id, reason="again", now=NOW)
    assert outbox.drop_where(thread="A", reason="muted until tomorrow", now=NOW) == 1
    assert {row.event_ids[0]: (row.state, row.reason) for row in outbox.listing()} == {
        "e1": ("dropped", "by hand"),
        "e2": ("dropped", "muted until tomorrow"),
        "e3": ("waiting", ""),
    }


def test_a_message_is_dropped_unless_it_is_being_tried(outbox: Outbox) -> None:
    first, second = queue(outbox, "e1", order=1), queue(outbox, "e2", order=2)
    assert outbox.claim("team", NOW) is not None
    assert not outbox.drop_message(first, reason="no", now=NOW)
    outbox.postpone(first, NOW + HOUR, "later")
    assert outbox.claim("team", NOW) is None  # the second waits for the first
    assert outbox.drop_message(first, reason="by hand", now=NOW)
    claimed = outbox.claim("team", NOW)
    assert claimed is not None and claimed.message.id == second
    assert outbox.counts() == {"team": {"dropped": 1, "queued": 1}}
    assert not outbox.drop_message("none", reason="", now=NOW)


def test_retry_tries_what_failed(outbox: Outbox) -> None:
    first, second = queue(outbox, "e1", thread="A"), queue(outbox, "e2", thread="B")
    for id_ in (first, second):
        assert outbox.claim("team", NOW) is not None
        outbox.bury(id_, "refused", NOW)
    outbox.pause("team", "invalid_auth", NOW)
    assert outbox.counts() == {"team": {"failed": 2}}
    assert outbox.retry([first], now=NOW) == 1
    assert outbox.counts() == {"team": {"failed": 1, "queued": 1}}
    claimed = outbox.claim("team", NOW)
    assert claimed is not None and claimed.message.id == first  # the pause is lifted too
    outbox.settle(first, {}, NOW)
    assert outbox.retry(None, now=NOW, notifier="log") == 0
    assert outbox.retry(None, now=NOW) == 1
    assert outbox.message_counts() == {"team": {"sent": 1, "waiting": 1}}


def test_recall_frees_what_was_never_tried(outbox: Outbox) -> None:
    queue(outbox, "e1", order=1)
    queue(outbox, "e2", order=2)
    queue(outbox, "e3", order=3)
    outbox.put(message("notice"), "team", now=NOW)
    claimed = outbox.claim("team", NOW)
    assert claimed is not None
    outbox.postpone(claimed.message.id, NOW, "paused")
    assert outbox.recall("team", NOW) == 1
    assert [each.event_id for each in outbox.due("team", NOW)] == ["e3"]
    assert outbox.message_counts() == {"team": {"dropped": 1, "waiting": 3}}
    (again,) = outbox.due("team", NOW)
    outbox.put(message("summary"), "team", [again.id], now=NOW)  # and may be put anew


def test_listing_filters(outbox: Outbox) -> None:
    sent = queue(outbox, "e1", thread="A")
    outbox.claim("team", NOW)
    outbox.settle(sent, {}, NOW)
    queue(outbox, "e2", thread="B")
    enqueue(outbox, "e3", thread="B", due_in=HOUR)
    assert [row.message_id for row in outbox.listing(state="sent")] == [sent]
    assert {row.event_ids for row in outbox.listing(thread="B")} == {("e2",), ("e3",)}
    assert {row.event_ids for row in outbox.listing(open_only=True)} == {("e2",), ("e3",)}
    assert outbox.listing(notifier="log") == []
    assert len(outbox.listing(limit=2)) == 2
    loose = next(row for row in outbox.listing() if row.message_id is None)
    assert loose.next_at == NOW + HOUR


def test_the_schema_is_strict(outbox: Outbox) -> None:
    tables = outbox._db.query("select name, strict from pragma_table_list where schema = 'main'")
    strict = {row["name"]: row["strict"] for row in tables}
    assert all(strict[name] for name in ("message", "delivery", "lane", "channel", "channel_thread"))

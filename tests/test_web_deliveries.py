"""/deliveries: what was sent, waits and failed, and why; trying again by the same rules as the command's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from doubles.asking import Asking, asking
from doubles.outbox_history import told_history
from doubles.web_history import NOW, TRIAL, History
from sqlite_utils import Database

from monitor.database import open_for_writing
from monitor.web.deliveries.listed import PAGE
from monitor.web.deliveries.shapes import Deliveries, Delivery
from notifiers import listing
from notifiers.listing import deliveries
from notifiers.message import Level, Message
from notifiers.outbox import Outbox
from notifiers.outbox_rows import DeliveryState
from notifiers.standing import tallied


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> History:
    return told_history(tmp_path_factory.mktemp("told") / "history.db")


@pytest.fixture(scope="module")
def browse(told: History) -> Iterator[Asking]:
    with asking(told.app()) as one:
        yield one


def items(browse: Asking, query: str = "") -> list[Delivery]:
    return msgspec.json.decode(browse.get(f"/deliveries.json{query}").content, type=Deliveries).items


def test_each_delivery_says_what_became_of_it_and_why(browse: Asking) -> None:
    said = {(one.notifier, one.state, one.why) for one in items(browse)}
    assert said == {
        ("team", "sent", ""),
        ("team", "failed", "given up after 5 tries: Slack did not answer in time"),
        ("team", "waiting", "waits for the digest of mon 08:00 (2026-11-25 08:00 UTC)"),
        ("team", "waiting", "quiet hours until 21:00 UTC"),
        ("hook", "sent", ""),
        ("hook", "failed", "the receiver answers 422 <b>no</b>"),
        ("hook", "waiting", "the receiver answers 403"),
        ("hook", "waiting", "behind: hook refuses us since 2026-11-24 12:00 UTC: the receiver answers 403"),
    }
    page = browse.get("/deliveries").text
    assert "the receiver answers 422 &lt;b&gt;no&lt;/b&gt;" in page
    assert "channel C1, message 1763.0001" in page
    assert (
        "Refuses us" in page
        and 'tried again at <time datetime="2026-11-24T13:00:00Z">2026-11-24 13:00 UTC<' in page
    )
    assert "2026-11-25 08:00" in page
    assert '<form method="post"' not in page, "nothing may be done from here"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?state=failed", 2),
        ("?state=waiting&notifier=hook", 2),
        (f"?trial={TRIAL}", 8),
        (f"?trial={TRIAL}&state=sent&notifier=team", 1),
        ("?trial=NCT00000001", 0),
        ("?of=notices", 1),
        ("?of=notices&state=sent", 0),
    ],
)
def test_filters(browse: Asking, query: str, count: int) -> None:
    found = items(browse, query)
    assert len(found) == count
    lines = list(csv.DictReader(io.StringIO(browse.get(f"/deliveries.csv{query}").text)))
    assert [line["number"] for line in lines] == [str(one.number) for one in found]
    assert browse.get(f"/deliveries{query}").status == 200


@pytest.mark.parametrize(
    "query",
    [
        "?state=buried",
        "?notifier=teem",
        "?trial=x",
        "?of=all",
        f"?of=notices&trial={TRIAL}",
        "?before=-1",
        "?x=1",
    ],
)
def test_a_misspelt_filter_is_refused(browse: Asking, query: str) -> None:
    assert browse.get(f"/deliveries{query}").status == 400


def test_every_page_leads_to_the_next_and_each_delivery_is_on_one(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    with history.writing() as (db, _):
        for number in range(2 * PAGE + 3):
            Outbox(db).enqueue(
                f"e{number}", f"n{number % 3}", thread=None, order=number, due_at=NOW, now=NOW, urgent=False
            )
        Outbox(db).drop(5, reason="by hand", now=NOW)
    with asking(history.app()) as browse:
        path: str | None = "/deliveries.json"
        seen: list[int] = []
        while path:
            page = msgspec.json.decode(browse.get(path).content, type=Deliveries)
            assert len(page.items) <= PAGE
            seen += [one.number for one in page.items]
            path = page.next
        assert seen == list(range(2 * PAGE + 3, 0, -1))
        assert "That is all" in browse.get("/deliveries?before=4").text


def test_tallies_are_what_a_count_says(told: History) -> None:
    with closing(told.open()) as db:
        counted = db.execute("select notifier, state, count(*) from delivery group by 1, 2").fetchall()
        assert {(n, s, c) for n, held in tallied(db, "delivery").items() for s, c in held.items()} == {
            *counted
        }
        assert tallied(db, "message") == {"team": {"failed": 1}}


def test_a_page_costs_its_own_rows(told: History) -> None:
    """No table is scanned, and nothing sorted."""
    asked: list[str] = []
    with closing(told.open()) as db:
        with db.tracer(lambda sql, _: asked.append(sql)):
            listing.deliveries(db, states=(DeliveryState.SENT,), limit=9)
            listing.bare(db, limit=9)
            listing.deliveries(db, thread=f"ctgov:{TRIAL}", limit=9)
            tallied(db, "delivery")
        assert len(asked) > 5
        for sql in asked:
            plan = [
                row[3] for row in db.execute(f"explain query plan {sql}", [None] * sql.count("?")).fetchall()
            ]
            # A walk down the numbers from one on would find what it seeks late or never.
            bad = [one for one in plan if one.startswith("SCAN") or "rowid<?)" in one or "TEMP B-TREE" in one]
            bad = [one for one in bad if not any(name in one for name in ("_listed", "_bare", "_thread"))]
            assert bad == [] or "thread = ?" in sql, (sql, plan)


# --- trying again ---


@pytest.fixture
def acting(tmp_path: Path) -> Iterator[tuple[Asking, Database]]:
    history = told_history(tmp_path / "history.db")
    app = history.app(acting=lambda: open_for_writing(history.path))
    with (
        asking(app) as client,
        closing(history.open()) as db,
    ):
        yield client, db


def send(client: Asking, headers: dict[str, str] | None = None, **form: str) -> tuple[int, str]:
    token = re.search(r'name="token" value="([^"]+)"', client.get("/deliveries").text)
    assert token is not None
    answer = client.send("/deliveries/retry", {"token": token[1], **form}, headers)
    return answer.status, answer.headers.get("location", answer.text)


def state_of(db: Database, message: str) -> str:
    return str(db.execute("select state from message where id = ?", [message]).fetchone()[0])


def test_a_message_is_tried_again_and_one_that_may_have_arrived_is_looked_for(
    acting: tuple[Asking, Database],
) -> None:
    client, db = acting
    found = send(client, message="refused-2", notifier="hook")
    assert found == (303, "/deliveries?state=waiting&notifier=hook")
    assert state_of(db, "refused-2") == "waiting"
    assert send(client, message="lost-1", notifier="team")[0] == 303
    assert state_of(db, "lost-1") == "unknown", "looked for before it is posted"
    assert client.get(found[1]).text.count('class="delivery ') == 3


def test_what_was_sent_is_never_sent_again(acting: tuple[Asking, Database]) -> None:
    client, db = acting
    before = [*db.query("select * from message"), *db.query("select * from delivery")]
    assert send(client, message="sent-1", notifier="team")[0] == 400
    assert send(client, message="refused-2", notifier="team")[0] == 400, "it is another notifier's"
    assert send(client, message="none", notifier="team")[0] == 400
    assert send(client, message="refused-2", notifier="nobody")[0] == 400
    assert send(client, {"sec-fetch-site": "cross-site"}, message="refused-2", notifier="hook")[0] == 403
    assert [*db.query("select * from message"), *db.query("select * from delivery")] == before


def test_all_of_one_notifier(acting: tuple[Asking, Database]) -> None:
    client, db = acting
    assert send(client, notifier="hook")[0] == 303
    assert [state_of(db, one) for one in ("refused-2", "waits-2", "sent-2", "lost-1")] == [
        "waiting",
        "waiting",
        "sent",
        "failed",
    ]
    assert Outbox(db).channel("hook").paused_at is None


def test_with_a_stale_token_it_is_asked_again(acting: tuple[Asking, Database]) -> None:
    client, db = acting
    status, page = send(client, token="1.x", message="refused-2", notifier="hook")
    assert status == 200 and "message refused-2, to hook" in page and 'action="/deliveries/retry"' in page
    assert state_of(db, "refused-2") == "failed"


def test_where_nothing_may_be_done_nothing_is_tried(told: History) -> None:
    with asking(told.app()) as client:
        assert client.send("/deliveries/retry", {"notifier": "team"}).status == 403


def test_parts_are_tried_again_with_what_they_go_on(tmp_path: Path) -> None:
    """The page names the first message alone."""
    history = History(tmp_path / "history.db")
    with history.writing() as (db, _):
        room = Outbox(db)
        room.put(Message(id="one", level=Level.MAJOR, headline="h"), "team", now=NOW)
        room.put(Message(id="part", level=Level.MAJOR, headline="h", continues="one"), "team", now=NOW)
        room.claim("team", NOW)
        room.bury("one", "invalid_blocks", NOW)
        assert room.retry(["one"], now=NOW) == 2
        assert len(listing.bare(db, limit=9)) == 1, "a part is no message of its own"
        assert deliveries(db, limit=9) == []

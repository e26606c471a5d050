"""Feeds: valid whatever happens, each entry the same for ever, nothing in them that alerts may not tell."""

from __future__ import annotations

import copy
import gzip
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import feedparser
import pytest
from doubles.asking import Asking, asking
from doubles.ctgov import LoopbackRegistry
from doubles.feed_readers import ATOM, atom, atom_entries, json_feed, link
from doubles.study_edits import Edit, edited
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch
from doubles.web_history import NOW, RECORD, STAFF, TRIAL, History

from monitor.alerting.routes import severities
from monitor.database import open_for_reading, open_for_writing
from monitor.health import Health
from monitor.web.app import create_app
from monitor.web.feeds.asked import LOOKED_AT
from monitor.web.question import Present
from snapshots.changes import compare
from snapshots.changeset import Severity, Source
from snapshots.event import Event, EventKind, changed_event
from snapshots.query import Reader
from snapshots.recompute import recompute

AT = f"/trials/ctgov/{TRIAL}"


def pages_of(path: Path, **more: Any) -> Any:
    values: dict[str, Any] = {
        "database": lambda: open_for_reading(path),
        "present": lambda: Present(look=lambda db, now: Health(ok=True)),
        "now": lambda: NOW,
        "public_url": None,
        "allowed_hosts": ("127.0.0.1",),
        **more,
    }
    return create_app(**values)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as asked:
        yield asked


def feed(browse: Asking, path: str) -> bytes:
    answer = browse.get(path)
    assert answer.status == 200, answer.text
    return answer.content


def ids(browse: Asking, path: str) -> list[str]:
    """Of the events of a feed; both formats have the same ones, in the same order."""
    items = json_feed(feed(browse, path.replace("feed.atom", "feed.json")))["items"]
    assert [item["id"] for item in items] == [one[0] for one in atom_entries(feed(browse, path))]
    return [item["_trialbell"]["event"].split(":", 1)[1] for item in items]


def happen(history: History, number: int, **more: Any) -> None:
    """An event of its own, an hour after the one before."""
    values: dict[str, Any] = {
        "id": f"ctgov:{TRIAL}:happened:{number}",
        "kind": EventKind.BACK,
        "registry": "ctgov",
        "trial": TRIAL,
        "title": "A title",
        "url": f"https://clinicaltrials.gov/study/{TRIAL}",
        "severity": Severity.MINOR,
        "headline": f"happened {number}",
        "at": datetime(2026, 11, 24, tzinfo=UTC) + timedelta(hours=number),
        **more,
    }
    with history.writing() as (_, store):
        store.add_event(Event(**values))


# --- over the polls of a real service ---


def test_entries_stay_as_they_are_while_polls_bring_others(tmp_path: Path, clock: Any) -> None:
    records = [study_record(number) for number in range(1, 5)]
    trials = [one["protocolSection"]["identificationModule"]["nctId"] for one in records]
    rng = random.Random(3)
    paths = ("/feed.atom", "/watches/both%20of%2Fthem/feed.atom", f"/trials/ctgov/{trials[0]}/feed.atom")
    known: dict[str, list[tuple[str, str, str]]] = {path: [] for path in paths}
    watches = ids_watch("both of/them", *trials[:2]) + ids_watch("others", *trials[2:])
    with (
        LoopbackRegistry(records, day="2026-11-20") as registry,
        closing(Watching(tmp_path, registry, watches, clock=clock)) as watching,
        asking(pages_of(tmp_path / "t.db")) as browse,
    ):
        for number in range(7):
            day = f"2026-11-{20 + number}"
            if number:
                clock.forward(days=1)
                kind = (Edit.CUT_ENROLLMENT, Edit.CHANGE_ELIGIBILITY, Edit.ADD_SITE)[number % 3]
                whom = (trials[number % 4], trials[(number + 1) % 4])
                changed = [edited(registry.record(one), kind, rng, day=day) for one in whom]
                registry.publish(day, changed, removed=[trials[3]] if number == 6 else ())
            watching.poll()
            for path in paths:
                body = feed(browse, path)
                read = feedparser.parse(body)
                assert not read.bozo, read.bozo_exception
                assert read.version == "atom10"
                now = atom_entries(body)
                assert [one.id for one in read.entries] == [one[0] for one in now]
                assert now[len(now) - len(known[path]) :] == known[path], "older entries, as they were"
                known[path] = now
                items = json_feed(feed(browse, path.replace(".atom", ".json")))["items"]
                assert [(one["id"], one["date_modified"], one["title"]) for one in items] == now
    everything, of_watch, of_trial = ({one[0] for one in known[path]} for path in paths)
    assert len(everything) > len(of_watch) > len(of_trial) > 0
    assert of_trial < of_watch < everything, "an event has one id, whichever feed tells it"


# --- what is in them ---


def test_an_entry_says_what_an_alert_says_and_where_to_look(browse: Asking) -> None:
    item = json_feed(feed(browse, "/feed.json"))["items"][0]
    assert item["title"].startswith(f"{TRIAL}: Recruiting → Suspended: Supply of the product was interrupted")
    assert item["date_published"] == item["date_modified"] == "2026-11-23T09:12:44Z"
    assert item["tags"] == ["critical", "status", "stopped"]
    assert item["url"] == f"http://127.0.0.1:8787{AT}/compare/4...5"
    assert item["external_url"] == f"https://clinicaltrials.gov/study/{TRIAL}"
    for said in ("Allogeneic exosomes", "recruitment stopped early", "build of 2026-11-23", "Watched by"):
        assert said in item["content_text"]
        assert said in item["content_html"]
    read = atom(feed(browse, "/feed.atom"))
    assert read.findtext(f"{ATOM}updated") == item["date_modified"], "of the newest entry"
    entry = read.find(f"{ATOM}entry")
    assert entry is not None
    assert link(entry, "alternate") == item["url"]
    assert link(entry, "related") == item["external_url"]
    assert [one.get("term") for one in entry.findall(f"{ATOM}category")] == item["tags"]


def test_noise_the_archive_and_names_of_staff_are_in_no_feed(history: History) -> None:
    with history.writing() as (db, store):
        older, newer = (Reader(db).version("ctgov", TRIAL, Source.ARCHIVE, number).ref for number in (1, 2))
        before, after = (Reader(db).record("ctgov", TRIAL, Source.ARCHIVE, number) for number in (1, 2))
        changes = compare(before, after, from_=older, to=newer)
        store.add_event(changed_event(changes, at=NOW, url=None))
    with asking(history.app()) as browse:
        assert ids(browse, "/feed.atom") == [f"{TRIAL}:changed:4-5", f"{TRIAL}:changed:3-4"]
        assert ids(browse, f"{AT}/feed.atom") == [f"{TRIAL}:changed:4-5", f"{TRIAL}:changed:3-4"]
        for path in ("/feed.atom", "/feed.json"):
            text = browse.get(path).text
            for name in (*STAFF, "Rosa Newcomer"):
                assert name not in text


def test_nobody_is_reached_by_the_title_of_a_trials_feed(history: History) -> None:
    with history.writing() as (db, _):
        db.execute("update trial set title = 'Ask jane@hospital.org about sleep' where trial = ?", [TRIAL])
    with asking(history.app()) as browse:
        for format in ("atom", "json"):
            text = browse.get(f"{AT}/feed.{format}").text
            assert f"{TRIAL}: Ask (e-mail address) about sleep" in text and "jane" not in text


def test_a_change_deep_in_a_long_text_is_seen(history: History) -> None:
    record = copy.deepcopy(RECORD)
    long = " ".join(f"word{number}" for number in range(2_000))
    record["protocolSection"]["descriptionModule"]["briefSummary"] = f"{long} until spring. {long}"
    history.snapshot(record, "2026-11-24")
    record["protocolSection"]["descriptionModule"]["briefSummary"] = f"{long} until autumn. {long}"
    history.snapshot(record, "2026-11-25")
    with asking(history.app()) as browse:
        item = json_feed(feed(browse, "/feed.json"))["items"][0]
    assert "before: … word" in item["content_text"]
    assert "until spring" in item["content_text"]
    assert "until autumn" in item["content_text"]
    assert len(item["content_text"]) < 6_000
    assert item["content_html"].count("<del>") == 1
    assert "until <del>spring</del>. word0 " in item["content_html"], "what stayed is not marked"


def test_of_criteria_those_that_changed_are_told_by_number(history: History) -> None:
    record = copy.deepcopy(RECORD)
    history.snapshot(record, "2026-11-24")
    module = record["protocolSection"]["eligibilityModule"]
    module["eligibilityCriteria"] = module["eligibilityCriteria"].replace("6.5", "7.5")
    history.snapshot(record, "2026-11-25")
    with asking(history.app()) as browse:
        item = json_feed(feed(browse, "/feed.json"))["items"][0]
    html, text = item["content_html"], item["content_text"]
    assert "<li>Inclusion criterion 1 changed: EDSS 3.0 to <del>6.5</del><ins>7.5</ins></li>" in html
    assert (
        "  Inclusion criterion 1 changed\n    before: EDSS 3.0 to 6.5\n    after: EDSS 3.0 to 7.5\n" in text
    )
    assert "relapse" not in html + text, "a criterion that stayed"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("min_severity=critical", ["4-5"]),
        ("min_severity=major", ["4-5", "3-4"]),
        ("tag=stopped", ["4-5"]),
        ("field=enrollment", ["3-4"]),
        ("field=enrollment&min_severity=critical", []),
        ("field=results-overdue", []),
        ("before=4", ["3-4"]),
        ("utm_source=reader", ["4-5", "3-4"]),
    ],
)
def test_filters(browse: Asking, query: str, found: list[str]) -> None:
    for path in ("/feed.atom", f"{AT}/feed.atom"):
        assert ids(browse, f"{path}?{query}") == [f"{TRIAL}:changed:{one}" for one in found]


def test_a_state_that_time_makes_is_found_by_its_name(history: History) -> None:
    for number, state in enumerate(("results-overdue", "status-stale")):
        happen(history, number, kind=EventKind.DEADLINE, detail=state)
    with asking(history.app()) as browse:
        assert ids(browse, "/feed.atom?field=results-overdue") == [f"{TRIAL}:happened:0"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/feed.atom?min_severity=noise", 400, "noise is in no feed"),
        ("/feed.atom?min_severity=high", 400, "no such severity: <code>high</code>"),
        ("/feed.atom?field=enrolment", 400, "Did you mean <code>enrollment</code>?"),
        ("/feed.json?tag=stopt", 400, "Did you mean <code>stopped</code>?"),
        ("/feed.atom?severity=major", 400, "Did you mean <code>min_severity</code>?"),
        ("/feed.json?tags=stopped", 400, "Did you mean <code>tag</code>?"),
        ("/feed.json?x=1&tag=stopped", 400, "There are min_severity, tag, field, before."),
        ("/feed.json?before=now", 400, "number of an event"),
        ("/feed.rss", 404, "There are atom and json"),
        ("/watches/MSC%20exosomes/feed.atom", 410, "no watch of this name any more"),
        ("/watches/nothing/feed.json", 404, "no such watch: <code>nothing</code>"),
        ("/trials/ctgov/NCT00000001/feed.atom", 404, "nothing is stored about this trial"),
        ("/trials/euctr/1/feed.atom", 404, "no registry of this name"),
    ],
)
def test_what_cannot_be_had_is_said_in_one_line(browse: Asking, path: str, status: int, said: str) -> None:
    answer = browse.get(path)
    assert answer.status == status
    if path.partition("?")[0].endswith(".json"):  # in JSON, where words are no HTML
        said = said.replace("<code>", "`").replace("</code>", "`")
    assert said.casefold() in answer.text.casefold()


def test_the_users_own_severities_count_also_where_they_raise(history: History) -> None:
    own = {"enrollment": "critical", "overall-status": "minor", "why-stopped": "minor"}
    app = history.app(effective=lambda event: severities(event, own), overridden=True)
    with asking(app) as browse:
        assert ids(browse, "/feed.atom?min_severity=critical") == [f"{TRIAL}:changed:3-4"]
        items = json_feed(feed(browse, "/feed.json"))["items"]
        assert [item["tags"][0] for item in items] == ["minor", "critical"]


def test_what_the_user_calls_noise_is_in_no_feed(history: History) -> None:
    own = {"overall-status": "noise", "why-stopped": "noise", "central-contacts": "noise"}
    app = history.app(effective=lambda event: severities(event, own), overridden=True)
    with asking(app) as browse:
        assert ids(browse, "/feed.atom") == [f"{TRIAL}:changed:3-4"]


# --- pages of a feed ---


def test_a_long_feed_comes_in_pages_that_do_not_move(history: History) -> None:
    for number in range(120):
        happen(history, number)
    with asking(history.app()) as browse:
        seen: list[str] = []
        path: str | None = "/feed.json"
        bodies = {}
        while path is not None:
            bodies[path] = feed(browse, path)
            read = json_feed(bodies[path])
            assert read["feed_url"] == f"http://127.0.0.1:8787{path}"
            assert len(read["items"]) <= 25
            assert ids(browse, path.replace(".json", ".atom"))
            seen += [item["id"] for item in read["items"]]
            other = atom(feed(browse, path.replace(".json", ".atom")))
            assert link(other, "next") == (
                read["next_url"].replace(".json", ".atom") if "next_url" in read else None
            )
            assert link(other, "first") == ("http://127.0.0.1:8787/feed.atom" if "?" in path else None)
            path = (
                urlsplit(read["next_url"]).path + "?" + urlsplit(read["next_url"]).query
                if "next_url" in read
                else None
            )
        assert len(seen) == len(set(seen)) == 122
        assert len(bodies) == 5
        happen(history, 120)
        first, *others = bodies
        assert feed(browse, first) != bodies[first]
        for path in others:
            assert feed(browse, path) == bodies[path], "a page is the same whatever comes later"


def test_severities_that_pass_over_thousands_are_looked_for_a_bounded_way_at_a_time(history: History) -> None:
    with history.writing() as (_, store):
        for number in range(LOOKED_AT + 100):
            store.add_event(
                Event(
                    id=f"ctgov:{TRIAL}:happened:{number}", kind=EventKind.BACK, registry="ctgov", trial=TRIAL,
                    title="", url=None, severity=Severity.MINOR, headline="back", at=NOW,
                )
            )  # fmt: skip
    with asking(history.app(overridden=True)) as browse:
        first = json_feed(feed(browse, "/feed.json?min_severity=critical"))
        assert first["items"] == []
        onward = urlsplit(first["next_url"])
        assert ids(browse, f"{onward.path.replace('json', 'atom')}?{onward.query}") == [
            f"{TRIAL}:changed:4-5"
        ]


# --- whose they are, and how they are known again ---


def test_ids_are_the_databases_own_wherever_its_pages_are(history: History, tmp_path: Path) -> None:
    def read(app: Any, host: str, path: str = "/feed.json") -> dict[str, Any]:
        with asking(app) as browse:
            answer = browse.get(path, {"host": host})
            return json_feed(answer.content)

    near = read(history.app(), "localhost:9")
    public = "https://trials.example.org/deep/er"
    far = read(history.app(public_url=public, allowed_hosts=("*",)), "10.0.0.1")
    assert near["home_page_url"] == "http://localhost:9/"
    assert far["home_page_url"] == f"{public}/"
    assert far["feed_url"] == f"{public}/feed.json"
    assert far["favicon"] == f"{public}/favicon.ico"
    for one, other in zip(near["items"], far["items"], strict=True):
        assert one["id"] == other["id"]
        assert other["url"] == one["url"].replace("http://localhost:9", public)
        assert "localhost" not in other["content_html"] + other["content_text"]
    below = read(
        history.app(public_url=public, allowed_hosts=("*",)), "10.0.0.1", "/deep/er/feed.json?before=4"
    )
    assert below["feed_url"] == f"{public}/feed.json?before=4"

    with closing(open_for_writing(history.path)) as db:
        db.execute("vacuum into ?", [str(tmp_path / "copy.db")])
    assert (
        read(pages_of(tmp_path / "copy.db"), "127.0.0.1")["items"]
        == read(history.app(), "127.0.0.1")["items"]
    )
    open_for_writing(tmp_path / "another.db").close()  # no copy of the first
    another = History(tmp_path / "another.db").fill()
    assert not {item["id"] for item in read(another.app(), "localhost")["items"]} & {
        item["id"] for item in near["items"]
    }, "another database's events are others"


def test_a_feed_is_known_again_until_something_happens(history: History) -> None:
    with asking(history.app()) as browse:
        for path in ("/feed.atom", "/feed.json", f"{AT}/feed.atom"):
            first = browse.get(path, {"accept-encoding": "gzip"})
            assert gzip.decompress(first.content) == feed(browse, path)
            again = browse.get(path, {"if-none-match": first.headers["etag"]})
            assert (again.status, again.content) == (304, b"")
            assert browse.ask("HEAD", path).status == 200
        happen(history, 1)
        assert browse.get("/feed.atom", {"if-none-match": first.headers["etag"]}).status == 200


def test_better_words_keep_id_place_and_time(history: History) -> None:
    with asking(history.app()) as browse:
        before = atom_entries(feed(browse, "/feed.atom"))
        with closing(open_for_writing(history.path)) as db:
            db.execute("update event set engine = 0")
            db.execute("update event set headline = 'said badly' where headline like 'Recruiting%'")
            db.conn.commit()
            assert atom_entries(feed(browse, "/feed.atom"))[0][2] == f"{TRIAL}: said badly"
            for _ in recompute(db):
                pass
        assert atom_entries(feed(browse, "/feed.atom")) == before


@pytest.mark.parametrize("name", ["a/b", "50 % ü", "feed.atom", "x/feed.atom", "?q=1#f", "<b>&\"'", "…"])
def test_a_watch_of_any_name_has_a_feed(tmp_path: Path, name: str) -> None:
    with (
        LoopbackRegistry([study_record(1)], day="2026-11-20") as registry,
        closing(Watching(tmp_path, registry, ids_watch(name, "NCT00000001"))) as watching,
        asking(pages_of(tmp_path / "t.db")) as browse,
    ):
        watching.poll()
        address = f"/watches/{quote(name, safe='')}/feed.atom"
        read = atom(feed(browse, address))
        assert link(read, "self") == f"http://127.0.0.1:8787{address}"
        assert feedparser.parse(feed(browse, address)).feed.title == f"What changed in watch {name}"
        watching.edit("")
        watching.app.reconcile()
        assert browse.get(address).status == 410


def test_an_event_that_cannot_be_put_into_words_hides_no_other(history: History) -> None:
    with closing(open_for_writing(history.path)) as db:
        db.execute("update change set paths = '[\"\"]' where event = 4")
        db.conn.commit()
    with asking(history.app()) as browse:
        assert ids(browse, "/feed.atom") == [f"{TRIAL}:changed:4-5", f"{TRIAL}:changed:3-4"]
        assert "could not be put into words" in feed(browse, "/feed.atom").decode()

"""Who is told of what happens from now on is what an edit of config.toml changes: nothing that was is told again, nor
told late, nor by comparing, nor by reading the past. The whole application, polled, edited, polled again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from doubles.asking import asking
from doubles.ctgov import LoopbackRegistry
from doubles.outdated import spoil
from doubles.pasts import with_pasts
from doubles.plain_edits import nct, recruiting, timeless, with_status

from monitor.app import App
from monitor.assembly import app_of
from monitor.config import read
from monitor.database import open_for_reading
from monitor.health import Health
from monitor.past import backlog
from monitor.past.planned import Bounds
from monitor.web.app import create_app
from monitor.web.question import Present
from snapshots.query import Reader
from snapshots.recompute import recompute

RECORDS = [timeless(recruiting(number)) for number in (1, 2, 3)]
ONE, TWO, THREE = (nct(record) for record in RECORDS)


def notifier(name: str) -> str:
    return f'[notifiers.{name}]\ntype = "jsonl"\npath = "{name}.jsonl"\n'


def route(*to: str, **keys: object) -> str:
    return f"[[route]]\nto = {json.dumps(to)}\n" + "".join(
        f"{key} = {json.dumps(value)}\n" for key, value in keys.items()
    )


def watch(name: str, *ids: str) -> str:
    return f'[[watch]]\nname = "{name}"\nids = {json.dumps(ids)}\n'


WATCH = watch("all", ONE, TWO)
TEAM, LOG = notifier("team"), notifier("log")


class Service:
    """The application as `run` starts it, on a configuration that is edited."""

    def __init__(self, folder: Path, registry: LoopbackRegistry, clock) -> None:
        self._folder = folder
        self.registry = registry
        self.clock = clock
        self._heard: dict[str, int] = {}
        self.app: App | None = None

    def run(self, *parts: str) -> list[tuple[str, str]]:
        """Started anew on this configuration, polled and delivered once: who was told of what."""
        self.close()
        head = f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{self.registry.url}"\n'
        config = read(head + "requests_per_minute = 100000\n" + "".join(parts), self._folder / "config.toml")
        self.app = app_of(config, clock=self.clock, environ={})
        self.app.poll()
        return self.told()

    def told(self) -> list[tuple[str, str]]:
        """Delivers. By notifier and trial, what was new in each one's file."""
        assert self.app is not None
        self.app.deliver()
        fresh = []
        for path in sorted(self._folder.glob("*.jsonl")):
            lines = path.read_text(encoding="utf-8").splitlines()
            heard = self._heard.get(path.name, 0)
            fresh += [(path.stem, json.loads(line)["trial"]) for line in lines[heard:]]
            self._heard[path.name] = len(lines)
        return fresh

    def publish(self, day: str, *records) -> None:
        self.registry.publish(day, list(records))
        self.clock.forward(days=1)

    def deliveries(self) -> list[tuple[str, ...]]:
        assert self.app is not None
        return self.app.db.execute(
            "select event, notifier, state from delivery order by event, notifier"
        ).fetchall()

    def close(self) -> None:
        if self.app is not None:
            self.app.close()
            self.app = None


@pytest.fixture
def service(tmp_path: Path, clock) -> Iterator[Service]:
    with LoopbackRegistry(RECORDS, day="2026-11-20") as registry:
        made = Service(tmp_path, registry, clock)
        assert made.run(WATCH, TEAM, route("team", min_severity="critical")) == []
        yield made
        made.close()


def stopped(number: int) -> dict:
    return with_status(RECORDS[number], "SUSPENDED")


def closed(number: int) -> dict:
    return with_status(RECORDS[number], "ACTIVE_NOT_RECRUITING")


EDITS = {
    "a route that lets more through": (WATCH, TEAM, route("team")),
    "no route any more": (WATCH, TEAM),
    "another order of routes": (WATCH, TEAM, route("team", tags=["sites"]), route("team", min_severity="critical")),
    "a route in a digest": (WATCH, TEAM, route("team", digest="hourly")),
    "a notifier more": (WATCH, TEAM, LOG, route("team", "log")),
    "a notifier by another name": (WATCH, LOG, route("log")),
    "a watch more over the same trials": (WATCH, watch("second", ONE), TEAM, route("team")),
    "a search more that finds the same trials": (WATCH, '[[watch]]\nname = "every"\nquery = {}\n', TEAM),
    "a watch by another name": (watch("others", ONE, TWO), TEAM, route("team", watches=["others"])),
    "a severity of one's own": (WATCH, TEAM, route("team"), '[severity]\noverall-status = "critical"\n'),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_tells_nothing_of_what_was(service, edit):
    """A stop that was told, and a closing that the route did not let through."""
    critical = (WATCH, TEAM, route("team", min_severity="critical"))
    service.publish("2026-11-23", stopped(0), closed(1))
    assert service.run(*critical) == [("team", ONE)]
    before = service.deliveries()
    assert service.run(*EDITS[edit]) == []
    assert service.deliveries() == before
    assert service.run(*critical) == []  # nor does taking it back
    assert service.deliveries() == before


def test_an_edit_counts_from_the_next_event_on(service):
    service.publish("2026-11-23", closed(0))
    wide = (WATCH, TEAM, LOG, route("team", "log"))
    assert service.run(*wide) == [("log", ONE), ("team", ONE)]  # it found it: it tells it
    service.publish("2026-11-24", closed(1))
    assert service.run(WATCH, TEAM, LOG, route("log")) == [("log", TWO)]
    assert service.run(*wide) == []


def test_a_notifier_that_left_keeps_what_it_has_and_says_so(service, tmp_path, terminal):
    """What waits for it waits: it is told when the notifier is back, and once."""
    digest = (WATCH, TEAM, route("team", digest="daily 08:00"))
    service.publish("2026-11-23", closed(0))
    assert service.run(*digest) == []
    (waiting,) = service.deliveries()
    assert waiting[1:] == ("team", "waiting")
    service.clock.forward(days=2)
    renamed = (WATCH, LOG, route("log", digest="daily 08:00"))
    assert service.run(*renamed) == [] and service.deliveries() == [waiting]
    config = "".join(renamed) + '[store]\npath = "t.db"\n'
    terminal.write("config.toml", config)
    assert "team (no longer in config.toml): 1 waiting" in terminal.run("outbox").err
    asked = terminal.run("routes", "test", waiting[0]).out
    assert "team  left config.toml" in asked and "waiting since 2026-11-21 09:20 UTC" in asked
    assert service.run(*digest) == [("team", ONE)]
    assert service.deliveries() == [(waiting[0], "team", "sent")]


def test_severities_of_ones_own_are_for_routing_and_reading_alone(service):
    own = '[severity]\noverall-status = "minor"\n'
    service.publish("2026-11-23", closed(0), stopped(1))
    major = (WATCH, TEAM, route("team", min_severity="major"))
    assert service.run(*major, own) == []
    assert service.app is not None
    stored = {event.trial: event for _, event in Reader(service.app.db).events()}
    assert (stored[ONE].severity.value, stored[TWO].severity.value) == ("major", "critical")
    assert service.app.effective(stored[ONE]).severity.value == "minor"
    assert (
        service.run(WATCH, TEAM, route("team", min_severity="major")) == []
    )  # and taken back, it tells nothing


def test_the_past_is_told_to_nobody_whatever_the_routes(service, clock):
    """Brought from the archive, and read anew."""
    service.publish("2026-11-23", closed(0))
    assert service.run(WATCH, TEAM, route("team", min_severity="critical")) == []
    past = [
        with_status(RECORDS[1], status, submitted=f"2025-0{month}-01")
        for month, status in enumerate(("RECRUITING", "SUSPENDED", "RECRUITING"), 1)
    ]
    with_pasts(service.registry, past)
    assert service.run(WATCH, TEAM, LOG) == []
    app = service.app
    assert app is not None
    backlog.ask(app.db, "ctgov", [TWO], Bounds(), rank=backlog.front(app.db, "ctgov"), now=clock())
    app.backfill()
    assert len(Reader(app.db).events(trial=TWO)) == 2
    assert service.told() == [] and service.run(WATCH, TEAM, LOG) == []
    spoil(service.app.db)
    assert [one.differs for one in recompute(service.app.db)] == [True] * 3
    assert service.told() == [] and service.run(WATCH, TEAM, LOG) == []
    assert service.deliveries() == []


def test_comparing_in_the_browser_writes_nothing(service, tmp_path, clock):
    service.publish("2026-11-23", stopped(0))
    assert service.run(WATCH, TEAM, route("team", min_severity="critical")) == [("team", ONE)]
    assert service.app is not None
    before = list(service.app.db.conn.iterdump())

    def database():
        return open_for_reading(tmp_path / "t.db")

    pages = create_app(
        database=database,
        present=lambda: Present(look=lambda db, now: Health(ok=True)),
        now=clock,
        public_url=None,
        allowed_hosts=("127.0.0.1",),
    )
    with asking(pages) as browse:
        for way in ("1...2", "2...1"):
            assert browse.get(f"/trials/ctgov/{ONE}/compare/{way}").status == 200
    assert list(service.app.db.conn.iterdump()) == before
    assert service.told() == []

"""How far a long sweep has come: an honest estimate, and none where nothing is known."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.small_records import small_record
from doubles.watching import Watching, query_watch

from monitor import logs
from monitor.diagnosis import health_of
from monitor.health import health_json
from monitor.lease import Lease
from monitor.polling import under_way
from monitor.polling.pace import Pace, Plainly, bar, page_seconds

STUDIES = "/api/v2/studies"
HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 20, 9, 20, tzinfo=UTC)
RATE = page_seconds(50)


def pace(**of):
    known = {"arrived": 214_000, "total": 605_000, "size": 1000, "pages": 214, "seconds": 100.0}
    return Pace(registry="ctgov", **{"question": "{}", "kind": "whole", **known, **of})


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (
            {},
            "mirroring the whole registry: 214,000 of 605,000 (35 %), about 8 min more at the registry's rate",
        ),
        ({"seconds": 214 * 60.0}, "214,000 of 605,000 (35 %), about 7 h more"),  # slower than the rate
        ({"arrived": 604_500}, "604,500 of 605,000 (99 %), less than a minute more"),
        ({"kind": "slim"}, "verifying the whole registry: 214,000"),
        ({"kind": "posted", "arrived": 1000, "total": 5200}, "asking what was posted: 1,000 of 5,200 (19 %)"),
        ({"question": '{"cond": "pain"}'}, 'sweeping the query {"cond": "pain"}: 214,000'),
    ],
)
def test_words(of, words):
    assert words in pace(**of).words(RATE)


def test_nothing_is_said_of_what_nobody_knows():
    assert pace(pages=0, seconds=0.0).words(RATE) == "mirroring the whole registry: 214,000 of 605,000 (35 %)"
    assert pace(total=None, arrived=0).words(RATE) == "mirroring the whole registry"
    assert pace().words(None).endswith("(35 %), the next poll goes on")
    assert pace(pages=0).left(RATE) is None


def test_a_bar_is_as_full_as_the_sweep():
    assert bar(pace(arrived=302_500), RATE).startswith("━" * 6 + "╌" * 6 + " mirroring")
    assert bar(pace(total=None), RATE).startswith("╌" * 12)


@pytest.mark.parametrize("kind", ["whole", "slim", "posted"])
@pytest.mark.parametrize("arrived", [1_000, 604_999, 605_000])
@pytest.mark.parametrize("question", ["{}", '{"advanced": "' + "x" * 300 + '"}'])
def test_a_bar_fits_into_80_columns(kind, arrived, question):
    one = bar(pace(kind=kind, arrived=arrived, question=question, seconds=214 * 60.0), RATE)
    assert len(one) <= 78  # the sign before it takes two
    assert ("indexing" in one) is (arrived == 605_000)  # its pages are not all


def test_where_there_is_no_terminal_a_line_is_said_at_the_beginning_and_each_minute(clock):
    said = []
    plainly = Plainly(said.append, clock=clock, page=RATE)
    plainly(pace(arrived=5, total=5))
    assert said == []  # one page is no news
    for page in range(1, 606):
        plainly(pace(arrived=page * 1000))
        clock.forward(seconds=2)
    assert len(said) == 2 + 605 * 2 // 60
    assert said[0].startswith("mirroring the whole registry: 1,000 of 605,000 (0 %), ")
    assert said[-1] == "605,000 records came: concluding from them and indexing"


@pytest.fixture
def registry():
    with LoopbackRegistry([small_record(f"NCT{number:08}") for number in range(1, 61)]) as running:
        yield running


def health(db, *, polling):
    return health_of(db, after=lambda at: at + HOUR, every=HOUR, now=NOW, polling=polling, page_seconds=RATE)


def test_status_shows_a_mirror_that_was_stopped_and_one_that_runs(tmp_path, terminal, registry, clock):
    watching = Watching(tmp_path, registry, query_watch("q"), clock=clock, pages={"page_size": 10})
    seen = []
    watching.app.watching = lambda one: seen.append(one) or clock.forward(seconds=3)
    shown = []
    registry.on_request = lambda _: shown.append(health(watching_db(), polling=True))

    def watching_db():
        from monitor.database import open_for_reading

        return open_for_reading(tmp_path / "t.db")

    registry.misbehave(Fault.reset(), times=None, path=STUDIES, skip=2)
    watching.poll()
    assert [one.arrived for one in seen] == [10, 20]
    # While the third page is asked for: two came, the second 3 s after the first; four more are to come.
    (sweep,) = shown[-1].sweeps
    assert (sweep.arrived, sweep.total, sweep.seconds_left) == (20, 60, 4 * 1.5)
    assert "never polled" not in " ".join(shown[3].problems)
    said = health_json(shown[-1], at=NOW)["sweeps"]
    assert said == [{"registry": "ctgov", "kind": "whole", "arrived": 20, "total": 60, "seconds_left": 6}]
    stopped = health(watching.app.db, polling=False)
    assert stopped.sweeps[0].seconds_left is None
    watching.close()

    terminal.write("config.toml", '[store]\npath = "t.db"\n' + query_watch("q"))
    line = "mirroring the whole registry: 20 of 60 (33 %)"
    assert f"sweep       {line}, the next poll goes on" in terminal.run("status").out
    with Lease(tmp_path / "t.db", command="run", now=NOW):
        assert f"sweep       {line}, less than a minute more" in terminal.run("status").out
        (value,) = terminal.run("status", "--json").values
        assert value["sweeps"][0]["arrived"] == 20


def test_the_service_says_now_and_then_how_far_it_is(tmp_path, registry, clock, capsys):
    watching = Watching(tmp_path, registry, query_watch("q"), clock=clock, pages={"page_size": 5})
    registry.on_request = lambda _: clock.forward(seconds=25)
    capsys.readouterr()
    logs.configure()
    try:
        watching.poll()
    finally:
        logs.configure(level=logging.WARNING)  # as every command begins
    lines = [line for line in capsys.readouterr().err.splitlines() if '"sweeping"' in line]
    assert 2 <= len(lines) <= 5  # twelve pages in five minutes
    assert "mirroring the whole registry: " in json.loads(lines[0])["progress"]
    assert under_way.paces(watching.app.db) == []


def test_ctrl_c_in_a_mirror_is_no_failure_and_the_next_goes_on(terminal, monkeypatch):
    with LoopbackRegistry([small_record(f"NCT{number:08}") for number in range(1, 2501)]) as running:
        head = f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{running.url}"\nrequests_per_minute = 100000\n'
        terminal.write("config.toml", head + query_watch("q"))
        real = Plainly.__call__

        def interrupted(self, one):
            real(self, one)
            if one.arrived >= 2000:
                raise KeyboardInterrupt

        monkeypatch.setattr(Plainly, "__call__", interrupted)
        ran = terminal.run("check")
        assert ran.code == 130
        assert ran.err.splitlines() == [
            "mirroring the whole registry: 1,000 of 2,500 (40 %), less than a minute more at the registry's rate",
            "stopped at 2,000 of 2,500; the next `check` goes on from there",
        ]
        status = terminal.run("status")
        assert (status.code, "KeyboardInterrupt" in status.out + status.err) == (0, False)
        assert "2,000 of 2,500 (80 %), the next poll goes on" in status.out
        monkeypatch.setattr(Plainly, "__call__", real)
        running.forget()
        assert terminal.run("check", "--json").code == 0
        assert len(running.requests("/api/v2/studies")) == 1

"""`make bench` must not be broken when somebody needs its figures; how fast anything is, is no test's affair."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime

from doubles.ctgov_answers import Request, compact

from monitor.web.rooms import ADDRESSES, LAST


def test_what_measures_runs(capsys):
    from bench import backfill, commands, density, machine, meaning, polling

    assert polling.measure and backfill.measure
    commands.measure(runs=1)
    assert "quiet check ÷ bare process" in capsys.readouterr().out
    ran = machine.run([sys.executable, "-c", "print('x')"])
    assert ran.out == "x\n"
    assert ran.cpu > 0 and ran.peak > 1
    meaning.measure(runs=1, slow=False)
    assert "460 sites, in reverse order" in capsys.readouterr().out
    density.measure(many=(20, 3), few=(60, 2))
    assert "What takes the room, 60 × 2" in capsys.readouterr().out


def test_what_measures_searching_runs(capsys):
    from bench import searching

    searching.measure(runs=1, trials=40)
    out = capsys.readouterr().out
    assert "| **now: all** | 500 |" in out and "trialbell search cancer --as-of" in out


def test_what_measures_alerting_runs(capsys):
    from bench import alerting

    alerting.measure(runs=1, sent=20, busy=25)
    out = capsys.readouterr().out
    assert "blocks: a message → Slack's JSON" in out and "ours ÷ SQLite" in out
    assert "25 alerts through a channel that takes one a second" in out


def test_the_big_registry_is_mirrored_and_its_changes_are_found(tmp_path, capsys):
    from bench import mirror

    mirror.measure(runs=1, records=260, days=1, folder=tmp_path)
    mirror.measure_overlaps(watches=20, records=260, folder=tmp_path)  # the same records
    out = capsys.readouterr().out
    assert "mirror ÷ loop" in out and "poll ÷ bare" in out and "more than the bound" not in out
    assert len([line for line in out.splitlines() if line.startswith("| 2026-11-23 |")]) == 1
    assert "20 watches name" in out


def test_big_records_are_records_of_their_own_and_the_same_everywhere(tmp_path):
    from bench.big_records import Maker, Records, id_of, made

    records = Records(made(120, folder=tmp_path))
    bodies = [records.body(number) for number in range(120)]
    assert len(set(bodies)) == len({id_of(number) for number in range(120)}) == 120
    again = Maker(seed=1, shapes=120)
    for number, body in enumerate(bodies):
        record = json.loads(body)
        assert body == again.record(number)[0]
        assert record["protocolSection"]["identificationModule"]["nctId"] == id_of(number)
        at = records.holders[number]
        assert body[at : at + 10].decode() == record["derivedSection"]["miscInfoModule"]["versionHolder"]
        posted = record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
        assert date.fromisoformat(posted).toordinal() == records.posted[number]
        assert compact(record) == body  # read strictly without a detour, as real ones are


def test_the_big_registry_refuses_what_it_does_not_understand(tmp_path):
    from bench.big_records import Records, made
    from bench.big_registry import Registry

    registry = Registry(Records(made(120, folder=tmp_path)), seed=1)

    def asked(**query):
        request = Request(
            method="GET", path="/api/v2/studies", query=query, target="", headers={}, at=datetime.now(UTC)
        )
        answer = registry.answer(request)
        return answer.status, json.loads(answer.body) if answer.status == 200 else answer.body.decode()

    status, first = asked(pageSize="50", countTotal="true")
    assert (status, len(first["studies"]), first["totalCount"]) == (200, 50, 120)
    assert asked(pageSize="50", countTotal="true", pageToken=first["nextPageToken"])[0] == 200
    assert asked(pageSize="49", countTotal="true", pageToken=first["nextPageToken"])[0] == 400
    day = registry.next("2026-11-23")
    assert asked(pageSize="50", countTotal="true", pageToken=first["nextPageToken"])[0] == 400
    since = "AREA[LastUpdatePostDate]RANGE[2026-11-23,MAX]"
    _, posted = asked(pageSize="1000", fields="NCTId,VersionHolder", **{"filter.advanced": since})
    found = {one["protocolSection"]["identificationModule"]["nctId"] for one in posted["studies"]}
    assert found == {*day.posted, *day.new}
    assert {one["derivedSection"]["miscInfoModule"]["versionHolder"] for one in posted["studies"]} <= {
        day.day
    }
    assert asked(**{"filter.advanced": "AREA[Phase]PHASE3"})[0] == 400
    assert asked(**{"query.cond": "asthma"})[0] == 400


def test_what_measures_pages_asks_every_address(tmp_path, capsys):
    from bench import asked_pages, pages

    assert {asked_pages.address_of(page) for page in asked_pages.PAGES} == {
        one.name for one in ADDRESSES + LAST
    }
    pages.measure(trials=20, asked=1, sources=10, folder=tmp_path, connections=1, pause=0)
    out = capsys.readouterr().out
    assert "| today |" in out and "| compare: all, a tenth edited |" in out
    assert "were refused" not in out

"""Results that were submitted and not posted, from the registry's record history to what is stored, told and shown."""

from __future__ import annotations

import copy
import json

from doubles.asking import asking
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import timeless
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch
from doubles.web_history import RECORD, TRIAL, History

from monitor.registries.base import ArchiveEntry
from monitor.registries.ctgov import CtgovRegistry
from snapshots.changeset import Source
from snapshots.query import Reader


def submitted(record, day):
    """As the record history has it; the registry publishes neither the flag nor the contents."""
    new = copy.deepcopy(record)
    new["hasResults"] = True
    measure = {
        "type": "PRIMARY",
        "title": "Overall survival",
        "reviewUnit": {"resetReasons": ["Put it right."]},
    }
    new["resultsSection"] = {"outcomeMeasuresModule": {"outcomeMeasures": [measure]}}
    new["protocolSection"]["statusModule"] |= {"lastUpdateSubmitDate": day, "resultsFirstSubmitDate": day}
    return new


def posted(record, day):
    new = copy.deepcopy(record)
    del new["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"][0]["reviewUnit"]
    new["protocolSection"]["statusModule"] |= {
        "lastUpdateSubmitDate": day,
        "resultsFirstPostDateStruct": {"date": day, "type": "ACTUAL"},
    }
    return new


def test_steps_tell_the_submission_and_then_the_posting(tmp_path, clock):
    old = timeless(study_record(1, status="COMPLETED", has_results=False))
    old["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = "2026-11-10"
    trial = old["protocolSection"]["identificationModule"]["nctId"]
    between = submitted(old, "2026-11-21")
    new = posted(between, "2026-11-23")
    with LoopbackRegistry([old], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("w", trial), clock=clock, history=True)
        watching.poll()
        registry.publish("2026-11-24", [new])
        lines = ("2026-11-10", old), ("2026-11-21", between), ("2026-11-23", new)
        registry.archive.replace(trial, lines)
        watching.poll()
        (alert,) = watching.rung()
        watching.close()
    assert (alert["severity"], alert["headline"]) == ("critical", "Results posted on Overall survival")
    assert [(step["severity"], step["headline"]) for step in alert["steps"]] == [
        ("major", "Results submitted on 2026-11-21, not posted yet"),
        ("critical", "Results posted on Overall survival"),
    ]


def test_an_archive_version_is_stored_as_it_was_published_and_read_as_not_posted(tmp_path):
    history = History(tmp_path / "history.db")
    record = submitted(RECORD, "2025-03-10")
    history.archive(record, 1, "2025-03-10")
    reader = Reader(history.open())
    assert reader.record("ctgov", TRIAL, Source.ARCHIVE, 1) == record
    assert not reader.trial("ctgov", TRIAL).has_results
    history.archive(posted(record, "2025-05-02"), 2, "2025-05-02")
    assert Reader(history.open()).trial("ctgov", TRIAL).has_results


def test_a_page_says_that_results_are_not_posted(tmp_path):
    history = History(tmp_path / "history.db")
    record = submitted(RECORD, "2025-03-10")
    history.archive(record, 1, "2025-03-10")
    history.archive(posted(record, "2025-05-02"), 2, "2025-05-02")
    with asking(history.app()) as asked:
        first, second = (asked.get(f"/trials/ctgov/{TRIAL}/versions/r{number}").text for number in (1, 2))
    assert "Submitted 2025-03-10, not posted" in first
    assert "Posted 2025-05-02" in second


def test_a_flag_of_quality_control_in_the_history_says_nothing(clock):
    record = timeless(study_record(1))
    trial = record["protocolSection"]["identificationModule"]["nctId"]

    def flagged(answer):
        return json.loads(
            json.dumps(answer).replace('"moduleLabels"', '"reviewNotPassed": true, "moduleLabels"')
        )

    with LoopbackRegistry([record], day="2026-11-20") as loopback:
        registry = CtgovRegistry(url=loopback.url, requests_per_minute=60_000)
        plain = registry.history(trial)
        loopback.misbehave(Fault.rewritten(flagged), path="/api/int/studies/*")
        assert registry.history(trial) == plain
        assert all(isinstance(entry, ArchiveEntry) for entry in plain)
        registry.close()

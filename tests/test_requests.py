"""Work asked of the holder of the lease is answered, whatever fails on the way: nobody waits for ever."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, recruiting
from doubles.watching import Watching, ids_watch

from monitor import requests
from snapshots.database import immediate
from snapshots.errors import DatabaseHeld

EVERYTHING = {"watches": None, "trials": None}


@pytest.fixture
def watching(tmp_path, ticking):
    record = recruiting(1)
    with LoopbackRegistry([record], day="2026-11-20") as registry:
        made = Watching(tmp_path, registry, ids_watch("a", nct(record)), clock=ticking)
        made.app.reconcile()
        yield made
        made.close()


def asked(watching, kind, arguments):
    with immediate(watching.app.db):
        return requests.ask(watching.app.db, kind, arguments, now=watching.clock())


def test_an_answer_that_cannot_be_written_now_is_written_later_and_the_work_not_done_again(watching):
    """Another program takes hold of the database just as the work is done."""
    row = asked(watching, "check", EVERYTHING)
    db = watching.app.db
    db.execute("pragma busy_timeout = 20")
    with closing(sqlite3.connect(watching.folder / "t.db", isolation_level=None)) as other:
        seen: list[str] = []

        def hold(sql: str) -> None:
            seen.append(sql.lower())
            done = any(
                "operator_condition" in one for one in seen
            )  # the work ends with the look for the operator
            if done and seen[-1] == "begin immediate" and not other.in_transaction:
                other.execute("begin immediate")

        db.conn.set_trace_callback(hold)
        for _ in range(2):
            with pytest.raises(DatabaseHeld):
                watching.app.serve_requests()
        db.conn.set_trace_callback(None)
        assert other.in_transaction and requests.answered(db, row) is None
        other.execute("rollback")
    assert watching.app.serve_requests() == 0
    assert requests.answered(db, row)["reports"][0]["finished"] == ["a"]
    assert watching.count("select count(*) from poll") == 1


def test_what_a_dead_holder_had_begun_is_begun_anew(watching):
    row = asked(watching, "check", EVERYTHING)
    with immediate(watching.app.db):
        assert requests.take(watching.app.db, now=watching.clock()).row == row  # and dies
    assert watching.app.serve_requests() == 1
    assert requests.answered(watching.app.db, row)["reports"][0]["finished"] == ["a"]


def test_what_ends_its_process_again_and_again_is_given_up(watching):
    row = asked(watching, "check", EVERYTHING)
    for _ in range(requests.MOST_BEGUN):
        with immediate(watching.app.db):
            requests.give_back(watching.app.db, now=watching.clock())
            assert requests.take(watching.app.db, now=watching.clock()).row == row  # and dies
    assert watching.app.serve_requests() == 0
    assert requests.answered(watching.app.db, row)["error"].startswith("given up: ")
    assert watching.count("select count(*) from poll") == 0


def test_what_nobody_follows_any_more_is_not_begun_anew(watching):
    row = asked(watching, "check", EVERYTHING)
    with immediate(watching.app.db):
        requests.take(watching.app.db, now=watching.clock())
        requests.withdraw(watching.app.db, row, now=watching.clock())
    assert watching.app.serve_requests() == 0
    assert watching.count("select count(*) from poll") == 0


def test_two_threads_do_not_take_each_others_work_for_a_dead_holders(watching):
    """What the first one has in hand is begun and unanswered too."""
    asked(watching, "check", EVERYTHING)
    began, served = threading.Event(), []

    def serve() -> None:
        began.set()
        served.append(watching.app.serve_requests())
        watching.app.close_thread()

    other = threading.Thread(target=serve)

    def amid(_: object) -> None:
        if not began.is_set():
            other.start()
            assert began.wait(30)

    watching.registry.on_request = amid
    served.append(watching.app.serve_requests())
    other.join(30)
    assert sorted(served) == [0, 1]
    assert watching.count("select count(*) from poll") == 1

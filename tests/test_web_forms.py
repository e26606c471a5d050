"""Forms against a server that has other things to do: what they ask holds up nobody, and what is odd in them is refused
in a line."""

from __future__ import annotations

import logging
import socket

import pytest
from doubles.acting_pages import SAME, Here, filled, history, without_patience
from doubles.web_history import History
from sqlite_utils import Database
from test_web_server import PATIENCE, serving

from monitor.health import Health

__all__ = ["filled", "history"]


def _health() -> Health:
    return Health(ok=True)


def test_what_is_the_newest_is_looked_for_before_others_must_wait(history: History) -> None:
    done: list[str] = []

    def traced() -> Database:
        db = without_patience(history)
        db.conn.set_trace_callback(done.append)
        return db

    with serving(history.app(acting=traced, health=_health)) as port:
        assert Here(history, port).send(act="acknowledge", scope="watch", value="MSC exosomes")[0] == 303
    begun = next(at for at, text in enumerate(done) if text.lower().startswith("begin immediate"))
    searched = [at for at, text in enumerate(done) if "from event_watch cross join event" in text]
    assert searched and max(searched) < begun


@pytest.mark.parametrize("origin", ["http://[bad", "http://[::1", "http://a]b"])
def test_an_origin_that_is_no_address_is_not_ours(
    history: History, caplog: pytest.LogCaptureFixture, origin: str
) -> None:
    with serving(history.app(acting=lambda: without_patience(history), health=_health)) as port:
        status, _, text = Here(history, port).post("a=b", {"Origin": origin})
    assert (status, "not ours" in text) == (403, True)
    assert not [one for one in caplog.records if one.exc_info]


def test_a_client_that_leaves_in_the_middle_of_a_form_is_no_defect(
    history: History, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with serving(history.app(acting=lambda: without_patience(history), health=_health)) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
            client.sendall(
                b"POST /acts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n\r\nact=mute"
            )
        assert Here(history, port).ask("GET", "/health", headers=SAME)[0] == 200
    # Stopped by now: what was left to be done with it was done.
    assert not [one for one in caplog.records if one.exc_info or one.levelno >= logging.WARNING]

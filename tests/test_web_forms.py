"""Forms against a server that has other things to do: what they ask holds up nobody, and what is odd in them is refused
in a line."""

from __future__ import annotations

from doubles.web_history import History
from sqlite_utils import Database
from test_web_acting import Here, filled, history, without_patience
from test_web_server import serving

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
    searched = [at for at, text in enumerate(done) if "select distinct" in text]
    assert searched and max(searched) < begun

"""A backfill killed with SIGKILL at any moment: the next one goes on, and what is stored is what it would have been."""

from __future__ import annotations

import random
import shutil
from collections import Counter

import pytest
from doubles.backfill_process import Backfillers
from doubles.ctgov import LoopbackRegistry
from doubles.pasts import line, with_pasts
from doubles.plain_edits import nct
from doubles.store_contents import contents
from doubles.watching import Watching, ids_watch

from monitor.database import open_for_reading
from monitor.past import backlog
from monitor.past.planned import Bounds
from snapshots.query import Reader

KILLS = 24
KINDS = ("amid SQL", "at a request", "from outside")
LINES = [line(number, 6) for number in range(1, 5)]
TRIALS = [nct(versions[-1]) for versions in LINES]

pytestmark = pytest.mark.crash


@pytest.fixture
def registry():
    with LoopbackRegistry([versions[-1] for versions in LINES], day="2026-11-20") as running:
        with_pasts(running, *LINES)
        yield running


@pytest.fixture
def begun(tmp_path, registry, clock):
    """Watched, and of the first trial the two newest versions were brought before: its line has a gap to fill."""
    watching = Watching(tmp_path, registry, ids_watch("w", *TRIALS), clock=clock)
    watching.poll()
    backlog.ask(watching.app.db, "ctgov", TRIALS[:1], Bounds(newest=2), now=clock())
    watching.app.backfill()
    watching.close()
    return tmp_path / "t.db"


def test_killed_at_moments_that_nobody_chose(tmp_path, registry, begun):
    dice = random.Random(20261128)
    kills: Counter[str] = Counter()
    rounds = 0
    with Backfillers(registry.url, TRIALS) as brings:

        def fresh(name):
            path = tmp_path / f"{name}.db"
            shutil.copy(begun, path)
            registry.forget()
            return path

        def to_the_end(path):
            brings.start(path=str(path))
            assert brings.end() == 0
            return contents(path), len(registry.requests())

        undisturbed, requests = to_the_end(fresh("undisturbed"))
        assert requests == 4 + 3 + 3 * 6
        while kills.total() < KILLS:
            path = fresh(f"killed-{rounds}")
            struck = 0
            for kind in dice.sample(KINDS, len(KINDS)) * 2:
                if killed(brings, registry, dice, kind, path):
                    kills[kind] += 1
                    struck += 1
            disturbed, asked = to_the_end(path)
            assert disturbed == undisturbed
            assert (
                asked <= requests + struck
            )  # each loses the request that was under way, and nothing that was stored
            rounds += 1
            assert rounds < 30
    print(f"killed {kills.total()} times in {rounds} backfills: {dict(kills)}")
    assert all(kills[kind] >= 4 for kind in KINDS)
    db = open_for_reading(path)
    assert Reader(db).check_ledger() == []
    assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
    db.close()


def killed(brings, registry, dice, kind, path):
    if kind == "amid SQL":
        brings.start(path=str(path), die_after=dice.randint(1, 60))
        return brings.end() != 0
    if kind == "at a request":
        asked = iter(range(dice.randint(1, 5), 0, -1))
        registry.on_request = lambda _: brings.strike() if next(asked, 0) == 1 else None
        brings.start(path=str(path))
        ended = brings.end()
        registry.on_request = None
        return ended != 0
    brings.start(path=str(path))
    assert brings.reaches_its_point("begins")
    brings.ends_within(dice.uniform(0, 0.08))
    return brings.kill()

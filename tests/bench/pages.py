"""Every page on a store of many trials, over HTTP, while versions are being written: what a reader waits.

A server process (`trialbell serve`), a writer that books as a poll does at the registry's pace, and a load generator:
readers who ask at random moments (Poisson), RATE a second in all, for every address with arguments that vary. Times
are those of the load generator, the way over loopback and any waiting in line included: more than the server's own.
"""

from __future__ import annotations

import copy
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from bench.commands import TRIALBELL
from bench.machine import ROOT, table
from bench.many_trials import SOURCES, made
from doubles.study_records import study_record

from monitor.database import open_for_reading, open_for_writing
from snapshots.database import immediate
from snapshots.store import Store

CONNECTIONS = 4
RATE = 20  # requests a second
ASKED = 300  # times each address is asked for
WORDS = (
    "cancer",
    "pain",
    "exosomes",
    "randomized children",
    "placebo",
    "covid",
    "stem cells",
    "quality of life",
)
FILTERS = (
    "severity=critical",
    "severity=noise",
    "tag=stopped",
    "watch=a+thousand&tag=timeline",
    "field=locations",
)
BIG = "NCT99999999"
MEGABYTE = 1_000_000

Made = Callable[[Random, "_Known"], str]


class _Known:
    """What there is to ask for."""

    def __init__(self, path: Path) -> None:
        with closing(open_for_reading(path)) as db:
            self.trials = [row[0] for row in db.execute("select trial from trial order by trial")]
            self.events = int(db.execute("select max(sequence) from event").fetchone()[0])


def _trial(rest: str = "") -> Made:
    return lambda random, known: f"/trials/ctgov/{random.choice(known.trials)}{rest}"


def _pair(random: Random) -> str:
    older, newer = sorted(random.sample(range(1, 9), 2))
    return f"{older}...{newer}"


PAGES: dict[str, Made] = {
    "today": lambda random, known: "/",
    "today, filtered": lambda random, known: f"/?{random.choice(FILTERS)}",
    "today, older": lambda random, known: f"/?before={random.randrange(known.events // 2, known.events)}",
    "event": lambda random, known: f"/events/{random.randrange(1, known.events)}",
    "trials": lambda random, known: f"/trials?after={random.choice(known.trials)}",
    "trial": _trial(),
    "version": lambda random, known: _trial(f"/versions/{random.randrange(1, 9)}")(random, known),
    "as of a day": _trial("/on/2026-01-15"),
    "compare": lambda random, known: _trial(f"/compare/{_pair(random)}")(random, known),
    "health": lambda random, known: "/state",
    "feed": lambda random, known: random.choice(("/feed.atom", "/watches/a%20thousand/feed.atom")),
    "today as JSON": lambda random, known: "/today.json",
    "healthz": lambda random, known: "/healthz",
}


def measure(
    *,
    trials: int,
    asked: int = ASKED,
    sources: int = SOURCES,
    folder: Path | None = None,
    pause: float = CONNECTIONS / RATE,
) -> None:
    """trials: how many are stored, as far as `made` can. folder: where the store is kept for another run.

    pause: seconds between two questions of a reader, on average.
    """
    with tempfile.TemporaryDirectory() as name:
        path = (folder or Path(name)) / f"pages-{trials}.db"
        if not path.exists():
            made(path, trials=trials, sources=sources)
            _big(path)
        known = _Known(path)
        print(
            f"{len(known.trials):,} trials × 8 versions, {path.stat().st_size / 1e6:,.0f} MB; {RATE} requests a second"
            f" over {CONNECTIONS} connections; a writer that books as a poll does; {asked} requests of each address\n"
        )
        config = path.with_suffix(".toml")
        config.write_text(f'[store]\npath = "{path}"\n')
        with _Running([TRIALBELL, "serve", "--port", "0", "--config", str(config)]) as server:
            port = server.port()
            rows = []
            with _writing(path):
                took = _load(port, known, PAGES, asked, pause)
            for page in PAGES:
                rows.append(_row(page, took[page]))
            table(("page", "p50 ms", "p99 ms", "worst ms", "KB at most"), rows)
            compared = _load(
                port, known, {"big": lambda random, known: f"/trials/ctgov/{BIG}/compare/1...2"}, 20, pause
            )
            print("\nCompare of two records of 1 MB and more, each change drawn:\n")
            table(
                ("page", "p50 ms", "p99 ms", "worst ms", "KB at most"),
                [_row("compare, 1 MB", compared["big"])],
            )


def _row(name: str, took: Sequence[tuple[float, int]]) -> list[str]:
    times = sorted(one for one, _ in took)
    return [
        name,
        f"{statistics.median(times) * 1e3:.1f}",
        f"**{times[min(len(times) - 1, int(len(times) * 0.99))] * 1e3:.1f}**",
        f"{times[-1] * 1e3:.1f}",
        f"{max(size for _, size in took) / 1e3:.0f}",
    ]


def _load(
    port: int, known: _Known, pages: dict[str, Made], asked: int, pause: float
) -> dict[str, list[tuple[float, int]]]:
    took: dict[str, list[tuple[float, int]]] = defaultdict(list)
    failed: list[str] = []
    for path in {make(Random(0), known) for make in pages.values()}:
        _ask(http.client.HTTPConnection("127.0.0.1", port), path)  # what is compiled once is no page's cost

    def ask(seed: int) -> None:
        random = Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", port)
        order = [name for name in pages for _ in range(asked // CONNECTIONS or 1)]
        random.shuffle(order)
        for name in order:
            path = pages[name](random, known)
            time.sleep(random.expovariate(1 / pause) if pause else 0)
            began = time.perf_counter()
            status, size = _ask(connection, path)
            took[name].append((time.perf_counter() - began, size))
            if status >= 400 and name != "healthz":  # which says that nobody polls here
                failed.append(f"{status} {path}")

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(CONNECTIONS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if failed:
        print(f"{len(failed)} were refused, the first: {failed[0]}\n")
    return took


def _ask(connection: http.client.HTTPConnection, path: str) -> tuple[int, int]:
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    return answer.status, len(answer.read())


class _Running:
    """A process that says on stderr where it listens."""

    def __init__(self, command: list[Any]) -> None:
        self._process = subprocess.Popen(
            [str(one) for one in command],
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    def port(self) -> int:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "http://127.0.0.1:" in line:
                return int(line.partition("http://127.0.0.1:")[2].partition("/")[0])
        raise SystemExit("the server did not start")

    def __enter__(self) -> _Running:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


class _writing:  # noqa: N801 - a context manager, read as a word
    """A process of its own that writes as a poll of the whole registry does, until the block ends."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.pages_writer", str(self._path)],
            stdin=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        )

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()


def _big(path: Path) -> None:
    """A trial whose two versions are 1 MB and more: many outcomes, sites and a long text, some of each edited."""
    first = study_record(1)
    protocol = first["protocolSection"]
    protocol["identificationModule"]["nctId"] = BIG
    words = " ".join(f"word{number % 977}" for number in range(60))
    protocol["outcomesModule"] = {
        "secondaryOutcomes": [
            {"measure": f"Measure {number}", "timeFrame": "48 weeks", "description": f"{number} {words}"}
            for number in range(1_200)
        ]
    }
    module = protocol.setdefault("contactsLocationsModule", {})
    module["locations"] = [
        {
            "facility": f"Hospital {number}",
            "status": "RECRUITING",
            "city": f"Town {number}",
            "country": "Poland",
        }
        for number in range(2_000)
    ]
    protocol["eligibilityModule"] = {
        "eligibilityCriteria": "Inclusion Criteria:\n\n"
        + "\n".join(f"* {number} {words}" for number in range(300))
    }
    second = copy.deepcopy(first)
    changed = second["protocolSection"]
    for number in range(0, 1_200, 60):
        changed["outcomesModule"]["secondaryOutcomes"][number]["description"] += " and more"
    for number in range(0, 2_000, 100):
        changed["contactsLocationsModule"]["locations"][number]["status"] = "COMPLETED"
    text = changed["eligibilityModule"]["eligibilityCriteria"]
    changed["eligibilityModule"]["eligibilityCriteria"] = text.replace("* 7 ", "* not 7 ").replace(
        "* 250 ", "* 251 "
    )
    with closing(open_for_writing(path)) as db:
        for day, record in (("2026-11-20", first), ("2026-11-23", second)):
            seen_at = datetime.fromisoformat(f"{day}T09:00:00+00:00")
            with immediate(db):
                Store(db).add_snapshot("ctgov", record, seen_at=seen_at, build=day, fingerprint=None)

"""Every page on a store of many trials, over HTTP, while versions are being written: what a reader waits.

A server process (`trialbell serve`), a writer that books as a poll does at the registry's pace, and a load generator:
readers who ask at random moments (Poisson), RATE a second in all, for every address with arguments that vary. The
first times are those of the load generator, the way over loopback and its own waiting for a processor included. What
the limits are held to is the server's own time under that load: from a request's arrival until its answer is whole,
waiting in line included, as it says in Server-Timing. The CPU time is that of all its processes over a request that is
alone.
"""

from __future__ import annotations

import gzip
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from bench import big_trial
from bench.asked_pages import MAY_FAIL, MEGABYTE, MEGABYTES, PAGES, Known, Made, limit_of
from bench.commands import TRIALBELL
from bench.machine import ROOT, table
from bench.many_trials import SOURCES, made

CONNECTIONS = 4
RATE = 20  # requests a second: two hundred readers, each of them at a page every ten seconds
ASKED = 200  # times each address is asked for
ALONE = 40  # times it is asked for alone
HEADINGS = ("page", "p50 ms", "p99 ms", "worst ms", "server p99", "KB at most", "CPU ms alone", "CPU p99")


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """A request. Seconds; server: until the answer was whole there; cpu: of its processes, 0 where it was not alone."""

    seconds: float
    server: float
    size: int
    cpu: float = 0.0


def measure(
    *,
    trials: int,
    asked: int = ASKED,
    sources: int = SOURCES,
    folder: Path | None = None,
    connections: int = CONNECTIONS,
    pause: float = CONNECTIONS / RATE,
) -> None:
    """trials: how many are stored, as far as `made` can. folder: where the store is kept for another run.

    connections, pause: readers, and seconds between two questions of each, on average.
    """
    with tempfile.TemporaryDirectory() as name:
        path = (folder or Path(name)) / f"pages-{trials}.db"
        if not path.exists():
            began = time.perf_counter()
            made(path, trials=trials, sources=sources)
            big_trial.store(path)
            print(f"The store was made in {time.perf_counter() - began:,.0f} s.\n")
        known = Known(path)
        print(
            f"{len(known.trials):,} trials × 8 versions, {path.stat().st_size / 1e6:,.0f} MB; {RATE} requests a second"
            f" over {connections} connections; a writer that books as a poll does; {asked} requests of each page;"
            f" load average {os.getloadavg()[0]:.1f} before\n"
        )
        config = path.with_suffix(".toml")
        config.write_text(f'[store]\npath = "{path}"\n')
        with _Running([TRIALBELL, "serve", "--port", "0", "--config", str(config)]) as server:
            port = server.port()
            for pages, times, limit in (
                (PAGES, asked, limit_of),
                (MEGABYTES, max(1, asked // 10), lambda page: MEGABYTE),
            ):
                if pages is MEGABYTES:
                    print(f"\nA trial of records of 1 MB and more, {times} requests of each page:\n")
                with _writing(path):
                    took = _load(port, known, pages, times, connections, pause)
                _print(took, _alone(server.pid, port, known, pages, max(1, min(ALONE, times // 5))), limit)
        print(f"\nload average {os.getloadavg()[0]:.1f} after")


def _print(
    took: Mapping[str, Sequence[Took]], alone: Mapping[str, Sequence[Took]], limit: Callable[[str], float]
) -> None:
    rows, past = [], []
    for page, asked in took.items():
        times, cpu = sorted(one.seconds for one in asked), sorted(one.cpu for one in alone[page])
        p99 = _p99(sorted(one.server for one in asked))
        if p99 > limit(page):
            past.append(f"{page} ({p99 * 1e3:.0f} of {limit(page) * 1e3:.0f} ms)")
        rows.append(
            (
                page,
                f"{statistics.median(times) * 1e3:.1f}",
                f"{_p99(times) * 1e3:.1f}",
                f"{times[-1] * 1e3:.1f}",
                f"**{p99 * 1e3:.1f}**",
                f"{max(one.size for one in asked) / 1e3:.0f}",
                f"{statistics.median(cpu) * 1e3:.1f}",
                f"{_p99(cpu) * 1e3:.1f}",
            )
        )
    table(HEADINGS, rows)
    print(f"\nPast the limit at p99: {', '.join(past) or 'none'}")


def _p99(times: Sequence[float]) -> float:
    return times[min(len(times) - 1, int(len(times) * 0.99))]


def _load(
    port: int, known: Known, pages: Mapping[str, Made], asked: int, connections: int, pause: float
) -> dict[str, list[Took]]:
    """In the order of the pages."""
    took: dict[str, list[Took]] = {page: [] for page in pages}
    failed: list[str] = []

    def warm(seed: int) -> None:  # what is made once in each process is no page's cost
        for make in pages.values():
            _ask(http.client.HTTPConnection("127.0.0.1", port), make(Random(seed), known))

    def ask(seed: int) -> None:
        random = Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", port)
        order = [name for name in pages for _ in range(asked // connections or 1)]
        random.shuffle(order)
        for name in order:
            path = pages[name](random, known)
            time.sleep(random.expovariate(1 / pause) if pause else 0)
            status, one = _ask(connection, path)
            took[name].append(one)
            if status >= 400 and name not in MAY_FAIL:
                failed.append(f"{status} {path}")

    for each in (warm, ask):
        threads = [threading.Thread(target=each, args=(seed,)) for seed in range(connections)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    if failed:
        print(f"{len(failed)} were refused, the first: {failed[0]}\n")
    return took


def _alone(pid: int, port: int, known: Known, pages: Mapping[str, Made], times: int) -> dict[str, list[Took]]:
    """One request after the other, nothing else asked, nothing written."""
    took: dict[str, list[Took]] = defaultdict(list)
    random = Random(CONNECTIONS)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    order = [page for page in pages for _ in range(times)]
    random.shuffle(order)
    for page in order:
        path = pages[page](random, known)
        cpu = _cpu(pid)
        _, one = _ask(connection, path)
        took[page].append(replace(one, cpu=_cpu(pid) - cpu))
    return took


def _cpu(pid: int) -> float:
    """CPU seconds of a process and those that it began, all their threads."""
    began = [one for task in Path(f"/proc/{pid}/task").glob("*/children") for one in task.read_text().split()]
    return sum(time.clock_gettime(~one << 3 | 2) for one in (pid, *map(int, began)))  # clock_getcpuclockid(3)


def _ask(connection: http.client.HTTPConnection, path: str) -> tuple[int, Took]:
    """Status, and what it took; size: bytes of what a browser makes of the answer, which comes compressed."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    seconds = time.perf_counter() - began
    if answer.status >= 500:
        connection.close()  # as the server does
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    _, _, milliseconds = answer.headers.get("Server-Timing", "").partition("dur=")
    server = float(milliseconds) / 1e3 if milliseconds else seconds  # a refusal does not say
    return answer.status, Took(seconds=seconds, server=server, size=len(body))


class _Running:
    """A process that says on stderr where it listens."""

    def __init__(self, command: list[Any]) -> None:
        self._process = subprocess.Popen(
            [str(one) for one in command],
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self.pid = self._process.pid

    def port(self) -> int:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "http://127.0.0.1:" in line:
                rest = threading.Thread(
                    target=sys.stderr.writelines, args=(self._process.stderr,), daemon=True
                )
                rest.start()  # to its end: a full pipe would stop the server
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

"""`make bench`: whole processes, measured from outside, each beside its yardstick in the same run.

Prints the tables of docs/benchmarks.md. CPU is user + system time of the finished process, peak memory its largest
resident set, both as the operating system accounts them (wait4). Medians of several runs, yardstick and subject in
turn, because machines are noisy.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import (
    alerting,
    backfill,
    commands,
    density,
    machine,
    meaning,
    mirror,
    pages,
    polling,
    readers,
    searching,
)

RECORDS = 5_000  # that are polled, mirrored, watched, searched


def rooms(runs: int, records: int, folder: Path | None = None) -> dict[str, Callable[[], None]]:
    return {
        "polling": partial(polling.measure, runs=runs, records=records),
        "commands": partial(commands.measure, runs=runs),
        "meaning": partial(meaning.measure, runs=runs),
        "mirror": partial(mirror.measure, runs=runs, records=records),
        "overlaps": partial(mirror.measure_overlaps, watches=min(10_000, 2 * records), records=records),
        "alerting": partial(alerting.measure, runs=runs),
        "readers": partial(readers.measure, runs=runs),
        "backfill": partial(backfill.measure, runs=runs),
        "density": density.measure,
        "searching": partial(searching.measure, runs=runs, trials=records),
        "pages": partial(pages.measure, trials=records, asked=40 * runs, folder=folder),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*rooms(1, 1), []], default=[])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--records", type=int, default=RECORDS, help=f"{RECORDS:,} unless told, e.g. 100000")
    parser.add_argument("--folder", type=Path, help="where the store of `pages` is kept for another run")
    options = parser.parse_args()
    print(machine.described())
    for name, measure in rooms(options.runs, options.records, options.folder).items():
        if not options.what or name in options.what:
            print(f"\n## {name}\n", flush=True)
            measure()


main()

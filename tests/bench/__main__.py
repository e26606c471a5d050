"""`make bench`: whole processes, measured from outside, each beside its yardstick in the same run.

Prints the tables of docs/benchmarks.md. CPU is user + system time of the finished process, peak memory its largest
resident set, both as the operating system accounts them (wait4). Medians of several runs, yardstick and subject in
turn, because machines are noisy.
"""

from __future__ import annotations

import argparse
from functools import partial

from bench import commands, machine, meaning, polling, searching


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument(
        "what", nargs="*", choices=["polling", "commands", "meaning", "searching", []], default=[]
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--records", type=int, default=5_000, help="that the polls watch")
    parser.add_argument("--trials", type=int, default=100_000, help="that are searched")
    options = parser.parse_args()
    print(machine.described())
    rooms = {
        "polling": partial(polling.measure, records=options.records),
        "commands": commands.measure,
        "meaning": meaning.measure,
        "searching": partial(searching.measure, trials=options.trials),
    }
    for name, measure in rooms.items():
        if not options.what or name in options.what:
            print(f"\n## {name}\n")
            measure(runs=options.runs)


main()

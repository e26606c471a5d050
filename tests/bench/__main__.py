"""`make bench`: whole processes, measured from outside, each beside its yardstick in the same run.

Prints the tables of docs/benchmarks.md. CPU is user + system time of the finished process, peak memory its largest
resident set, both as the operating system accounts them (wait4). Medians of several runs, yardstick and subject in
turn, because machines are noisy.
"""

from __future__ import annotations

import argparse

from bench import commands, machine, meaning, polling


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("what", nargs="*", choices=["polling", "commands", "meaning", []], default=[])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(machine.described())
    for name, room in (("polling", polling), ("commands", commands), ("meaning", meaning)):
        if not options.what or name in options.what:
            print(f"\n## {name}\n")
            room.measure(runs=options.runs)


main()

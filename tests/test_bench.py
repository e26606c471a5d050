"""`make bench` must not be broken when somebody needs its figures; how fast anything is, is no test's affair."""

from __future__ import annotations

import sys


def test_what_measures_runs(capsys):
    from bench import commands, machine, meaning, polling

    assert polling.measure and commands.measure
    ran = machine.run([sys.executable, "-c", "print('x')"])
    assert ran.out == "x\n"
    assert ran.cpu > 0 and ran.peak > 1
    meaning.measure(runs=1, slow=False)
    assert "460 sites, in reverse order" in capsys.readouterr().out


def test_what_measures_searching_runs(capsys):
    from bench import searching

    searching.measure(runs=1, trials=40)
    out = capsys.readouterr().out
    assert "| **now: all** | 500 |" in out and "trialbell search cancer --as-of" in out

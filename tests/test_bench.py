"""`make bench` must not be broken when somebody needs its figures; how fast anything is, is no test's affair."""

from __future__ import annotations

import sys


def test_what_measures_runs(capsys):
    from bench import commands, density, machine, meaning, polling

    assert polling.measure and commands.measure
    ran = machine.run([sys.executable, "-c", "print('x')"])
    assert ran.out == "x\n"
    assert ran.cpu > 0 and ran.peak > 1
    meaning.measure(runs=1, slow=False)
    assert "460 sites, in reverse order" in capsys.readouterr().out
    density.measure(runs=1, many=(20, 3), few=(60, 2))
    assert "What takes the room, 60 × 2" in capsys.readouterr().out

"""`trialbell diff OLD.json NEW.json` on every pair of consecutive real versions."""

from __future__ import annotations

import json
from collections import defaultdict

from doubles.alert_shape import alert
from doubles.registry_data import real_readings, real_versions


def test_every_real_pair_has_the_documented_exit_code_and_json(terminal):
    news = {(one["trial"], one["from"], one["to"]): not one["quiet"] for one in real_readings()}
    versions = defaultdict(list)
    for row in real_versions():
        versions[row["nctId"]].append((row["date"], row["study"]))
    tried = 0
    for trial, dated in versions.items():
        previous = None
        for number, (day, record) in enumerate(dated):
            terminal.write(f"{day}.json", json.dumps(record))
            pair = (trial, previous, day)
            # Of the thousands that differ in the day alone, a tenth will do.
            if previous is not None and (pair in news or number % 10 == 1):
                tried += 1
                ran = terminal.run("diff", f"{previous}.json", f"{day}.json", "--json")
                all_ = terminal.run("diff", f"{previous}.json", f"{day}.json", "--json", "--all")
                assert all_.code == 1, pair  # the data build's day at least
                if not news.get(pair):
                    assert ran.code == 0, pair
                    assert ran.err.startswith("no difference"), pair
                    assert [(one["severity"], one["changes"]) for one in ran.values] == [("noise", [])], pair
                else:
                    (value,) = ran.values
                    shape = alert(value)
                    assert (ran.code, ran.err) == (1, ""), pair
                    assert (shape.id, shape.trial, shape.event) == (None, trial, "changed")
                    assert shape.from_.source == shape.to.source == "file"
                    assert "noise" not in {change.severity for change in shape.changes}
                    order = ["critical", "major", "minor"].index
                    assert shape.severity == min((one.severity for one in shape.changes), key=order)
                if pair in news:
                    wide = alert(all_.values[0])
                    # Positions are the newer record's, of what was removed the older's.
                    paths = [
                        (change.action == "removed", path)
                        for change in wide.changes
                        for path in change.paths
                        if change.action != "moved"
                    ]
                    assert len(paths) == len(set(paths)), pair
            previous = day
    assert tried > 200

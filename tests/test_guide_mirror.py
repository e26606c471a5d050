"""What docs/guide/mirror.md tells people to type, typed: in its order, with either way to watch everything."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from doubles.ctgov import LoopbackRegistry
from doubles.small_records import small_record

from monitor.config import read

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "guide" / "mirror.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    for line in block.splitlines()
]
[TABLE] = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)


def test_every_command_does_what_the_page_says(terminal):
    records = [small_record(f"NCT{number:08}") for number in range(1, 1201)]
    with LoopbackRegistry(records) as registry:
        terminal.write(
            "config.toml", f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
        )
        said = {}
        for command in COMMANDS:
            assert command[0] == "trialbell"
            ran = terminal.run(*command[1:])
            if command[1] != "doctor":  # that looks at a clock and a disk too
                assert ran.code == 0, (command, ran.err)
            said[" ".join(command[1:])] = ran
        assert len(said) >= 7
        assert "1,200 trials match now" in said["watch add --everything --dry-run"].err
        assert "first look at everything: 1,200 trials, none told" in said["check"].err
        assert "everything: 1,200 trials, polled" in said["status"].out
        assert len(registry.requests("/api/v2/studies")) <= 5


def test_the_table_is_read_as_a_watch_of_everything(tmp_path):
    config = read(TABLE, tmp_path / "config.toml")
    assert config.watches[0].query == {}


def test_the_line_that_status_shows_is_its_own():
    from monitor.polling.pace import Pace, page_seconds

    pace = Pace(
        registry="ctgov",
        question="{}",
        kind="whole",
        arrived=214_000,
        total=605_000,
        size=1000,
        pages=214,
        seconds=100.0,
    )
    assert f"`{pace.words(page_seconds(50))}`" in GUIDE

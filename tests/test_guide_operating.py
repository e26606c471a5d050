"""What docs/guide/operating.md tells people to write and type, read and typed; and its table against the code."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path

from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, recruiting
from doubles.scripted_server import ScriptedServer, response

from monitor.assembly import notifier_of
from monitor.config import pings, read
from monitor.operating.all_well import Line, message_of
from monitor.operating.conditions import PATIENCE, Kind
from monitor.operating.quiet import DISK_LEAST

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "guide" / "operating.md").read_text(encoding="utf-8")
TOLD, PINGED, SAID, SYSTEMD = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
COMMANDS = [shlex.split(line) for line in re.findall(r"```sh\n(.*?)\n```", GUIDE, re.DOTALL)]
WATCH = f'[[watch]]\nname = "a"\nids = ["{nct(recruiting(1))}"]\n'


def test_its_tables_are_read_as_they_stand_beside_a_channel_for_alerts():
    config = read(WATCH + SAID + TOLD, Path("config.toml"))
    assert config.operator.to == ("ops",)
    config = read(WATCH + SAID + TOLD.partition("[operator]")[0] + PINGED, Path("config.toml"))
    assert config.operator.ping_every == timedelta(minutes=5)
    assert config.notifiers["team"].all_well == "mon 09:00"


def test_the_service_gets_its_secrets_from_files_that_systemd_hands_over(tmp_path):
    assert re.findall(r"LoadCredential=(\w+):", GUIDE) == ["slack", "ping"]
    (tmp_path / "slack").write_text("xoxb-sesame\n")
    (tmp_path / "ping").write_text("https://hc.example/sesame\n")
    config = read(WATCH + SYSTEMD, Path("/etc/trialbell/config.toml"))
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert pings(config, environ)["ping"].reveal() == "https://hc.example/sesame"
    for name in config.notifiers:
        notifier, _ = notifier_of(config, name, environ)
        assert notifier.name == name and "sesame" not in repr(vars(notifier))
        notifier.close()


def test_its_commands_do_what_the_page_says(terminal, monkeypatch):
    with (
        LoopbackRegistry([recruiting(1)], day="2026-11-20") as registry,
        ScriptedServer(response(200)) as receiver,
    ):
        monkeypatch.setenv("PING_URL", f"{receiver.url}/x")
        monkeypatch.setenv("PING_FAILED_URL", f"{receiver.url}/x/fail")
        failed = re.search(r"`(ping_failed = [^`]+)`", GUIDE)
        assert failed is not None
        terminal.write(
            "config.toml",
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            + f"{WATCH}{PINGED}{failed[1]}\n"
            + '[notifiers.ops]\ntype = "jsonl"\npath = "o"\n[notifiers.log]\ntype = "jsonl"\npath = "a"\n',
        )
        assert terminal.run("check").code == 0
        assert receiver.paths == ["/x"]
        assert [command[1] for command in COMMANDS] == ["status", "doctor"]
        status, doctor = (terminal.run(*command[1:]) for command in COMMANDS)
        assert status.code == 0 and "ping        heard at" in status.out
        assert "ping: its host can be reached; nothing was sent" in doctor.out
        assert receiver.paths == ["/x"]


def test_its_table_has_every_kind_with_its_patience():
    rows = [line.split("|")[1:4] for line in GUIDE.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(Kind)
    for kind, (_, begins, ends) in zip(Kind, rows, strict=True):
        patience = PATIENCE[kind]
        assert shown(begins) == patience.begins, kind
        if kind not in (Kind.HELD, Kind.FAILED, Kind.PARTLY, Kind.WATCH):  # these say when themselves
            assert shown(ends) == patience.ends, kind
    assert f"less than {DISK_LEAST // 1_000_000} MB are free" in GUIDE


def shown(cell: str) -> timedelta:
    if "at sight" in cell:
        return timedelta(0)
    if "half an hour" in cell:
        return timedelta(minutes=30)
    if "an hour" in cell:
        return timedelta(hours=1)
    found = re.search(r"(\d+) minutes", cell)
    assert found is not None, cell
    return timedelta(minutes=int(found[1]))


def test_the_lines_that_it_quotes_are_lines_of_ours():
    from datetime import UTC, datetime
    from random import Random
    from zoneinfo import ZoneInfo

    quoted = [" ".join(line.split()) for line in re.findall(r'"([^"]*since Mon 16\s+Nov[^"]*)"', GUIDE)]
    moment = datetime(2026, 11, 16, 8, tzinfo=UTC)
    plain = {"since": moment, "trials": 412, "left": 0, "polls": 167, "incomplete": 0, "build": "2026-11-20"}
    made = []
    for counts in ({"quiet": 412, "told": 0, "about": 0}, {"quiet": 403, "told": 12, "about": 9}):
        line = Line(**plain, **counts, problems=(), next_at=moment + timedelta(days=14))
        message = message_of(
            line, ZoneInfo("Europe/Berlin"), random=Random(1), public_url=None, now=moment + timedelta(days=7)
        )
        made.append(message.headline)
    assert made == [quoted[0], f"All is well: {quoted[1]}"]

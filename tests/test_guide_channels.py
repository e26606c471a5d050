"""What the guides on webhooks, Apprise and secrets tell people to write, written; the receiver of theirs, run."""

from __future__ import annotations

import os
import re
import shlex
import socket
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from doubles.chat_service import ChatService

from monitor.config import read, secrets
from notifiers.extras import how_to_install

GUIDES = Path(__file__).resolve().parents[1] / "docs" / "guide"
ENVIRON = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "HOOK_URL": "https://example.org/hooks",
    "TEAMS_URL": "workflows://h/w/s",
    "WEBHOOK_SECRET": "whsec_x",
}


def fenced(guide: str, language: str) -> list[str]:
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("guide", ["webhooks", "apprise", "secrets"])
def test_every_table_is_one_that_is_understood(guide: str, tmp_path: Path) -> None:
    blocks = fenced(guide, "toml")
    assert blocks
    for name in ("webhook.secret", "webhook.new.secret", "ntfy.url", "secrets/webhook", "ntfy"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("held\n")
    for block in blocks:
        assert tomllib.loads(block)
        config = read(block, tmp_path / "config.toml")
        assert secrets(config, ENVIRON | {"CREDENTIALS_DIRECTORY": str(tmp_path)})


def test_the_apprise_guide_sends(terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    (config,) = fenced("apprise", "toml")
    terminal.write("config.toml", config)
    (typed,) = [block for block in fenced("apprise", "sh") if block.startswith("trialbell")]
    with ChatService() as service:
        terminal.write("ntfy.url", f"ntfy://tk_token@{service.host}/trials\n")
        ran = terminal.run(*shlex.split(typed)[1:])
    assert ran.code == 0, ran.err
    assert service.bodies[0]["topic"] == "trials"


def test_the_receiver_takes_what_verifies_once(terminal, tmp_path: Path) -> None:
    make, *_ = (block for block in fenced("webhooks", "sh"))
    subprocess.run(["sh", "-c", make], cwd=tmp_path, check=True)
    secret = (tmp_path / "webhook.secret").read_text().strip()
    (receiver,) = fenced("webhooks", "python")
    terminal.write("receiver.py", receiver)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environ = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    process = subprocess.Popen(
        [sys.executable, "receiver.py", port],
        cwd=tmp_path,
        env=environ | {"WEBHOOK_SECRET": secret},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        config = fenced("webhooks", "toml")[0].replace("8000", port)
        terminal.write("config.toml", config)
        while (ran := terminal.run("notify", "hook")).code == 3:  # until it listens
            assert process.poll() is None
        assert ran.code == 0, ran.err
        assert process.stdout is not None
        sample = process.stdout.readline()
        assert sample.startswith("sample: ") and "critical" not in sample
        _sent_twice(port, secret)
        assert process.stdout.readline() == "minor NCT1 h\n"
        terminal.write("webhook.secret", "whsec_" + "A" * 40)  # not theirs any more
        ran = terminal.run("notify", "hook")
        assert ran.code == 3 and "does not accept the signature" in ran.err
    finally:
        process.terminate()
        process.wait(30)
    assert process.stdout.read() == ""  # nothing twice
    with closing(sqlite3.connect(tmp_path / "events.db")) as kept:
        assert kept.execute("select count(*) from event").fetchone() == (1,)  # no sample


def _sent_twice(port: str, secret: str) -> None:
    from datetime import UTC, datetime

    from notifiers.message import Level, Message
    from notifiers.notifier import Placement, Result
    from notifiers.secret import Secret
    from notifiers.webhook.channel import WebhookNotifier

    hook = WebhookNotifier(name="h", url=Secret(f"http://127.0.0.1:{port}/"), secrets=[Secret(secret)])
    payload = {"id": "e1", "event": "changed", "severity": "minor", "trial": "NCT1", "headline": "h"}
    for _ in range(2):
        given = Message(id="m", level=Level.MINOR, headline="h", payload=payload)
        assert hook.send(given, Placement(now=datetime.now(UTC))).result is Result.SENT


@pytest.mark.parametrize(
    ("guide", "extra"), [("apprise", "apprise"), ("follow", "calendar"), ("export", "parquet")]
)
def test_a_part_that_is_installed_apart_is_installed_in_the_same_words_everywhere(
    guide: str, extra: str
) -> None:
    project = tomllib.loads((GUIDES.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    words = " ".join((GUIDES / f"{guide}.md").read_text(encoding="utf-8").split())
    assert extra in project["optional-dependencies"] and how_to_install(extra) in words.replace(
        " In the", " in the"
    )
    for named in re.findall(r"'\.\[([a-z,]+)\]'", words):
        assert set(named.split(",")) <= project["optional-dependencies"].keys()
    assert "trialbell[" not in words  # no index has it

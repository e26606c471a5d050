"""What docs/guide/email.md tells people to write and type: every table sends a letter through a real mail server."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from doubles.certificate import self_signed, server_context
from doubles.ctgov import LoopbackRegistry
from doubles.mail_room import ALERT, NOW, written
from doubles.smtp_room import PASSWORD, SmtpRoom

from monitor.alerting.alerts import sample
from monitor.config import Mail, read
from notifiers.message import Level

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "guide" / "email.md").read_text(encoding="utf-8")
TABLES = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
[COMMANDS] = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("table", TABLES)
def test_a_sample_arrives_by_each_table(table: str, terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With this machine's server in the place of the table's, and a certificate of our own in that of the world's."""
    config = read(table, terminal.folder / "config.toml")
    settings = config.notifiers["post"]
    assert isinstance(settings, Mail) and not [note for note in config.notes if "security" in note.message]
    pem = self_signed(terminal.folder)
    contexts: Mapping[str, Any] = (
        {} if settings.security == "none" else {settings.security: server_context(pem)}
    )
    password = PASSWORD if settings.password else None
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    with SmtpRoom(password=password, **contexts) as room, LoopbackRegistry([]) as registry:
        text = re.sub(r"^(host|port|ca_file) = .*\n", "", table, flags=re.MULTILINE)
        text += f'host = "localhost"\nport = {room.port}\n'
        text += "" if settings.security == "none" else f'ca_file = "{pem.name}"\n'
        terminal.write("config.toml", f'{text}[registries.ctgov]\nurl = "{registry.url}"\n')
        command = shlex.split(COMMANDS.splitlines()[1])
        ran = terminal.run(*command[1:])
        assert (ran.code, ran.err) == (0, "sent to post\n")
        doctor = terminal.run(*shlex.split(COMMANDS.splitlines()[0])[1:], "--json")
    (letter,) = room.letters
    assert len(letter.recipients) == len(settings.recipients)
    assert (
        letter.email["X-Trialbell-Severity"] == "sample" and "Sample of an alert" in letter.email["Subject"]
    )
    found = [line for line in doctor.values if line["room"] == "notifier post"]
    assert found and all(line["good"] for line in found), found
    if settings.hide_recipients:
        assert letter.email["To"] == "undisclosed-recipients:;"


def test_the_severities_that_the_page_names_are_those_of_a_letter() -> None:
    (line,) = re.findall(r"^\| `X-Trialbell-Severity` \| (.*) \|$", GUIDE, re.MULTILINE)
    assert set(re.findall(r"`([a-z]+)`", line)) == {level.value for level in Level}


def test_the_headers_that_the_page_names_are_there() -> None:
    letter = written(placement=NOW).email
    named = re.findall(r"^\| `([A-Za-z-]+)` \|", GUIDE, re.MULTILINE)
    assert set(named) - set(letter.keys()) == {"X-Trialbell-Possible-Repeat"}
    assert str(written(notifier="post").email["List-Id"]) in GUIDE
    assert f"**Critical: trialbell**\n> {letter['Subject']}" in GUIDE
    assert ALERT.thread is not None and f"`{ALERT.thread}`" in GUIDE


def test_a_sample_is_a_letter_like_any_other() -> None:
    assert "Sample of an alert" in str(written(sample(message_id="s", now=NOW.now)).email["Subject"])  # type: ignore[arg-type]

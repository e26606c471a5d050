"""From the registry's answer to a letter in a mailbox: the whole program, its own configuration, a real mail server."""

from __future__ import annotations

from typing import Any

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.smtp_room import PASSWORD, USER, SmtpRoom
from doubles.study_records import study_record


def test_changes_of_a_trial_arrive_as_one_thread(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    record = study_record(1)
    trial = record["protocolSection"]["identificationModule"]["nctId"]
    status = record["protocolSection"]["statusModule"]
    status["overallStatus"] = "RECRUITING"
    with LoopbackRegistry([record], day="2026-11-20") as registry, SmtpRoom(password=PASSWORD) as room:
        terminal.write(
            "config.toml",
            f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            f'[[watch]]\nname = "one"\nids = ["{trial}"]\n'
            f'[notifiers.post]\ntype = "email"\nhost = "127.0.0.1"\nport = {room.port}\nsecurity = "none"\n'
            f'user = "{USER}"\npassword = "${{SMTP_PASSWORD}}"\n'
            'sender = "alerts@example.org"\nrecipients = ["team@example.org"]\n',
        )
        assert terminal.run("check").code in (0, 1) and room.letters == []
        for day, now in (("2026-11-23", "SUSPENDED"), ("2026-11-24", "RECRUITING")):
            status["overallStatus"] = now
            registry.publish(day, [record])
            assert terminal.run("check").code in (0, 1)
    first, second = (letter.email for letter in room.letters)
    assert trial in first["Subject"] and first["Subject"] == second["Subject"]
    assert second["References"] == first["Message-ID"] and first["Date"] is not None
    assert first["X-Trialbell-Thread"] == f"ctgov:{trial}"
    assert first["X-Trialbell-Event"].startswith(f"ctgov:{trial}:changed:")
    for letter, words in ((first, "Recruiting → Suspended"), (second, "Suspended → Recruiting")):
        text = letter.get_body(("plain",)).get_content()
        assert words in text.splitlines()[0]
        assert words in letter.get_body(("html",)).get_content()
    assert PASSWORD not in str(room.letters)

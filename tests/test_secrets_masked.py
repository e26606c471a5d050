"""No secret is shown: by no command, in no log, reason, answer or table, whatever a channel does and whatever stands
in its place. Each type of channel is here: one that is missing fails the first test."""

from __future__ import annotations

import copy
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import get_args

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct
from doubles.scripted_server import ScriptedServer, reset, response
from doubles.scripted_smtp import ScriptedSmtp
from doubles.study_records import study_record
from doubles.terminal import Terminal

from monitor.cli.main import COMMANDS
from monitor.config import Notifier

WORD = "opensesame"
KEY = "whsec_b3BlbnNlc2FtZW9wZW5zZXNhbWVvcGVuc2VzYW1l"
SHOWN = (WORD, "sesame", KEY, KEY.removeprefix("whsec_"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """table: its keys but `type`, where HOST and PORT are those of a server that fails."""

    table: str
    secrets: dict[str, str]  # what its variables hold
    wrong: dict[str, str]  # the same, not such as it takes
    refusals: int  # commands that at least then say so and do nothing


TYPES = {
    "slack": Type(
        table='token = "${A}"\nchannel = "#c"\napi_url = "http://HOST:PORT/"\napp_token = "${B}"\n',
        secrets={"A": f"xoxb-{WORD}", "B": f"xapp-{WORD}"},
        wrong={"A": f"xoxb {WORD}", "B": f"xapp {WORD}"},
        refusals=4,
    ),
    "slack-webhook": Type(
        table='url = "${A}"\n',
        secrets={"A": f"http://HOST:PORT/services/{WORD}/{WORD}"},
        wrong={"A": f"https://HOST:PORT/ {WORD}"},
        refusals=4,
    ),
    "webhook": Type(
        table='url = "${A}"\nsecrets = ["${B}"]\n',
        secrets={"A": f"http://HOST:PORT/{WORD}?t={WORD}", "B": KEY},
        wrong={"A": f"https://HOST:PORT/ {WORD}", "B": f"whsec_{WORD}!"},
        refusals=4,
    ),
    "apprise": Type(
        table='url = "${A}"\n',
        secrets={"A": f"json://me:{WORD}@HOST:PORT/{WORD}?+x={WORD}"},
        wrong={"A": f"bogus://{WORD}"},
        refusals=0,  # what Apprise makes of it is known when there is something to send
    ),
    "email": Type(
        table='host = "HOST"\nport = PORT\nsecurity = "none"\nsender = "a@example.org"\n'
        'recipients = ["b@example.org"]\nuser = "u"\npassword = "${A}"\n',
        secrets={"A": WORD},
        wrong={"A": f"{WORD} {WORD}"},
        refusals=0,  # any password may be right
    ),
}


def test_every_type_of_channel_that_has_a_secret_is_here() -> None:
    types = {one.__struct_config__.tag for one in get_args(Notifier)}
    assert types - {"jsonl"} == set(TYPES)


Step = Callable[[socket.socket], None]


def echo(status: int) -> Callable[[str], Step]:
    """An answer with all in it that a channel was asked with, as a proxy's page of errors has it."""

    def made(told: str) -> Step:
        headers = (("X-Said", told), ("Location", f"https://127.0.0.1:9/{WORD}"))
        return lambda connection: connection.sendall(response(status, told.encode(), *headers))

    return made


HTTP: dict[str, Callable[[str], Step]] = {
    "500": echo(500),
    "403": echo(403),
    "400": echo(400),
    "429": echo(429),
    "302": echo(302),
    "reset": lambda _: reset,
    "nonsense": lambda told: lambda connection: connection.sendall(f"HTTP/{told}\r\n\r\n".encode()),
}
OFFERS = "250-mail.example.org\n250 AUTH PLAIN LOGIN"
SMTP = {
    "535": {"EHLO": OFFERS, "AUTH": f"535 who is {WORD}"},
    "454": {"EHLO": OFFERS, "AUTH": f"454 not now, {WORD}"},
    "550": {"EHLO": OFFERS, "AUTH": "235 come in", "MAIL": f"550 not with {WORD}"},
    "reset": {"EHLO": OFFERS, "AUTH": None},
    "nonsense": {"EHLO": OFFERS, "AUTH": f"what {WORD}"},
}
CASES = [(name, failure) for name in TYPES for failure in (SMTP if name == "email" else HTTP)]


@contextmanager
def failing(name: str, failure: str) -> Iterator[tuple[int, Callable[[], int]]]:
    """A server's port, and how often it was spoken to."""
    if name == "email":
        with ScriptedSmtp(SMTP[failure]) as smtp:
            yield smtp.port, lambda: len(smtp.heard)
        return
    server = ScriptedServer()
    port = int(server.url.rpartition(":")[2])
    told = " ".join(filled(one, port) for one in TYPES[name].secrets.values())
    server.script = [HTTP[failure](told)]
    with server:
        yield port, lambda: len(server.requests)


def recruiting(number: int) -> dict:
    record = study_record(number)
    status = record["protocolSection"]["statusModule"]
    status["overallStatus"] = "RECRUITING"
    for key in ("whyStopped", "lastKnownStatus"):
        status.pop(key, None)
    return record


@pytest.fixture
def registry() -> Iterator[LoopbackRegistry]:
    with LoopbackRegistry([recruiting(1)], day="2026-11-20") as running:
        yield running


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    logging.getLogger().setLevel(logging.DEBUG)
    yield
    logging.getLogger().setLevel(logging.WARNING)


def configure(terminal: Terminal, registry: LoopbackRegistry, table: str = "") -> str:
    trial = nct(recruiting(1))
    terminal.write(
        "config.toml",
        f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
        f'[[watch]]\nname = "one"\nids = ["{trial}"]\n{table}',
    )
    return trial


def stop(registry: LoopbackRegistry) -> None:
    stopped = copy.deepcopy(recruiting(1))
    stopped["protocolSection"]["statusModule"] |= {"overallStatus": "SUSPENDED", "whyStopped": "Supply"}
    registry.publish("2026-11-23", [stopped])


def filled(text: str, port: int = 9) -> str:
    return text.replace("HOST", "127.0.0.1").replace("PORT", str(port))


@pytest.mark.parametrize(("name", "failure"), CASES)
def test_a_channel_that_fails_shows_no_secret(
    name: str,
    failure: str,
    terminal: Terminal,
    registry: LoopbackRegistry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = TYPES[name]
    with failing(name, failure) as (port, heard):
        table = f'[notifiers.it]\ntype = "{name}"\n{filled(one.table, port)}'
        configure(terminal, registry, table)
        for variable, value in one.secrets.items():
            monkeypatch.setenv(variable, filled(value, port))
        shown = [terminal.run("check", "--json")]
        stop(registry)
        shown.append(terminal.run("check", "--json"))
        assert heard()  # it was tried
        for command in (
            ("outbox", "--all", "--json"),
            ("outbox", "--all"),
            ("outbox", "retry"),
            ("status", "--json"),
            ("notify", "it", "--json"),
            ("notify", "it"),
            ("doctor", "--json"),
        ):
            shown.append(terminal.run(*command))
        stored = b"".join(path.read_bytes() for path in terminal.folder.glob("t.db*"))
    ((listed,), state) = shown[2].values, shown[3].out
    assert listed["notifier"] == "it" and listed["reason"] and listed["state"] in state
    words = "\n".join([*(ran.out + ran.err for ran in shown), caplog.text, stored.decode("latin-1")])
    assert "Traceback" not in words
    for secret in SHOWN:
        assert secret not in words


ARGUMENTS = {
    "diff": ["TRIAL"],
    "history": ["TRIAL"],
    "show": ["TRIAL"],
    "field": ["TRIAL", "overall-status"],
    "search": ["recruiting"],
    "watch": ["list"],
    "mute": ["TRIAL"],
    "snooze": ["TRIAL", "--until", "1d"],
    "unmute": ["TRIAL"],
    "ack": ["TRIAL"],
    "held": [],
    "export": ["--output", "out.jsonl"],
    "backup": ["copy.db"],
    "notify": ["it"],
    "run": ["--port", "TAKEN"],  # else it would stay
    "serve": ["--port", "TAKEN"],
    "init": ["--help"],  # reads no configuration; a second config.toml it refuses
    "demo": ["--help"],  # has a configuration of its own
}


@pytest.mark.parametrize("place", ["file", "plain"])
@pytest.mark.parametrize("name", TYPES)
def test_no_command_shows_a_value_that_is_wrong(
    name: str,
    place: str,
    terminal: Terminal,
    registry: LoopbackRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """plain: written into the file itself, where it must not stand."""
    one = TYPES[name]
    trial = configure(terminal, registry)
    assert terminal.run("check").code == 0
    table = f'[notifiers.it]\ntype = "{name}"\n{filled(one.table)}'
    for variable, value in one.wrong.items():
        if place == "file":
            terminal.write(variable, filled(value))
            table = table.replace(f"${{{variable}}}", f"${{file:{variable}}}")
        else:
            table = table.replace(f"${{{variable}}}", filled(value))
    configure(terminal, registry, table)
    if place == "plain":
        monkeypatch.setenv("A", "x")
    refused = 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for command in COMMANDS:
            arguments = [
                one.replace("TRIAL", trial).replace("TAKEN", str(taken.getsockname()[1]))
                for one in ARGUMENTS.get(command, [])
            ]
            for more in ([], ["--json"]):
                ran = terminal.run(command, *arguments, *more)
                refused += ran.code == 2 and "it" in ran.err
                assert ran.code != 70, (command, ran.err)
                for secret in ("sesame",):
                    assert secret not in ran.out + ran.err, (command, more)
    in_the_file = place == "plain" and name != "webhook"  # its address may stand there
    assert refused >= (4 if in_the_file else one.refusals)

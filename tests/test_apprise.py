"""Apprise: each target by itself, its yes or no taken for what its log says of it, and nothing of that log shown."""

from __future__ import annotations

import io
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doubles.chat_service import ChatService
from doubles.ctgov import LoopbackRegistry
from doubles.own_certificate import server_context
from doubles.scripted_server import drip, reset, response
from doubles.terminal import Terminal
from doubles.told_channel import Room, open_room

from notifiers.apprise.channel import AppriseNotifier
from notifiers.extras import how_to_install
from notifiers.message import Item, Level, Link, Message
from notifiers.notifier import Found, Notifier, Outcome, Placement, Result, WrongSettings
from notifiers.secret import Secret
from notifiers.text import REPEAT

RECORD = "https://clinicaltrials.gov/study/NCT07146087"
HOSTILE = (
    "@everyone <@U1> <!channel> <at>Bob</at> **b** [x](http://evil.example) <b>&amp; :bomb: \\n {{app_id}}"
)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def service() -> Iterator[ChatService]:
    with ChatService() as made:
        yield made


def target(url: str, deadline: float = 30) -> AppriseNotifier:
    return AppriseNotifier(name="chat", url=Secret(url), deadline=deadline)


def message(
    summary: str = "Recruiting → Suspended", count: int = 1, level: Level = Level.CRITICAL
) -> Message:
    item = Item(
        level=level, label="Recruitment status", summary=summary, reason="stopped early", after=summary
    )
    return Message(
        id="m1",
        level=level,
        headline=f"NCT07146087: {summary}",
        title="NCT07146087 · MSC-derived exosomes",
        items=(item,) * count,
        links=(Link(text="Record", url=RECORD),),
        footer="ClinicalTrials.gov, build of 2026-11-23; not affiliated",
        payload={"id": "e1"},
    )


def send(url: str, given: Message | None = None, **more: object) -> Outcome:
    return target(url).send(given or message(), Placement(**more))


def test_a_message_arrives_with_its_headline_as_title(service: ChatService) -> None:
    outcome = send(f"json://{service.host}/hooks")
    assert outcome == Outcome(result=Result.SENT, remote={"service": "JSON"})
    (body,) = service.bodies
    assert body["title"] == "🔴 NCT07146087: Recruiting → Suspended"
    assert body["message"].startswith(
        "Critical\nNCT07146087 · MSC-derived exosomes\n\n• Recruitment status: "
    )
    assert f"Record: {RECORD}" in body["message"] and body["type"] == "failure"


def test_ntfy_gets_it_with_its_token_and_fetches_no_picture(service: ChatService) -> None:
    assert send(f"ntfy://tk_sesame@{service.host}/trials").result is Result.SENT
    ((_, headers, body),) = service.requests
    assert body["topic"] == "trials" and body["title"] == "🔴 NCT07146087: Recruiting → Suspended"
    assert headers["authorization"] == "Bearer tk_sesame" and "github" not in str((headers, body))


@pytest.fixture
def teams(tmp_path: Path) -> Iterator[ChatService]:
    with ChatService(tls=server_context(tmp_path), always=202) as made:
        yield made


def test_teams_gets_a_card_that_mentions_and_links_nobody(teams: ChatService) -> None:
    url = f"workflows://{teams.host}/workflow/signature?verify=no"
    assert send(url, message(HOSTILE, count=30)).result is Result.SENT
    ((path, _, card),) = teams.requests  # one request, however much there is to tell
    assert path.startswith("/workflows/workflow/")
    content = card["attachments"][0]["content"]
    assert content["msteams"] == {"width": "full"}  # no entity: nobody is mentioned
    assert [part["type"] for part in content["body"]] == ["TextBlock", "TextBlock"]  # no picture
    title, text = (part["text"] for part in content["body"])
    assert len(text) <= 1000 and "more" in text and "NCT07146087" in title
    assert "clinicaltrials" in text
    for live in ("<at>", "](http", "@everyone", "evil.example"):
        assert live not in text + title, live
    assert "**b**" not in text


def test_a_certificate_that_nobody_signed_is_not_believed(teams: ChatService) -> None:
    outcome = send(f"workflows://{teams.host}/workflow/signature")
    assert outcome.result is Result.LATER and teams.requests == []


@pytest.mark.parametrize("count", [1, 50, 2000])
@pytest.mark.parametrize(("schema", "most"), [("json", 32_768), ("ntfy", 7_800)])
def test_one_message_is_one_request_however_long(
    service: ChatService, schema: str, most: int, count: int
) -> None:
    outcome = send(f"{schema}://{service.host}/x", message("word " * 400, count=count))
    assert outcome.result is Result.SENT
    (body,) = service.bodies
    assert len(body["message"]) <= most and RECORD in body["message"] and len(body["title"]) <= 250


def test_what_is_too_long_after_all_is_cut_and_no_second_request(service: ChatService) -> None:
    from notifiers.apprise.service import Service

    made = Service(Secret(f"ntfy://{service.host}/x?overflow=split"))
    assert made.send("title", "word " * 5_000, Level.MAJOR).result is Result.SENT
    assert [len(body["message"]) <= 7_800 for body in service.bodies] == [True]


def test_hostile_words_stay_words(service: ChatService) -> None:
    assert send(f"json://{service.host}/x", message(HOSTILE)).result is Result.SENT
    said = service.bodies[0]["title"] + service.bodies[0]["message"]
    assert ":bomb:" in said and "\\n" in said and "{{app_id}}" in said  # nothing is put in their place
    for live in ("@everyone", "<at>", "<!", "](", "http://evil"):
        assert live not in said, live


def test_a_possible_repeat_says_so(service: ChatService) -> None:
    send(f"json://{service.host}/x", possible_repeat=True)
    assert service.bodies[0]["message"].startswith(REPEAT)


@pytest.mark.parametrize("schema", ["json", "ntfy", "gotify"])
@pytest.mark.parametrize(
    ("status", "result"),
    [
        (301, Result.CHANNEL_REFUSES),
        (307, Result.CHANNEL_REFUSES),
        (401, Result.CHANNEL_REFUSES),
        (403, Result.CHANNEL_REFUSES),
        (404, Result.CHANNEL_REFUSES),
        (410, Result.CHANNEL_REFUSES),
        (400, Result.MESSAGE_REFUSED),
        (413, Result.MESSAGE_REFUSED),
        (429, Result.LATER),
        (408, Result.UNKNOWN),
        (500, Result.UNKNOWN),
        (503, Result.UNKNOWN),
    ],
)
def test_a_no_is_taken_for_what_the_log_says(
    service: ChatService, schema: str, status: int, result: Result
) -> None:
    service.plan = [status]
    outcome = send(f"{schema}://{service.host}/sesame")
    assert outcome.result is result and f"HTTP {status}" in outcome.reason
    assert len(service.requests) == 1  # nothing was followed, nothing repeated


def test_who_is_not_reached_was_certainly_not_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = send(f"json://127.0.0.1:{port}/x")
    assert outcome.result is Result.LATER and "not reached" in outcome.reason


@pytest.mark.parametrize("by", [reset, lambda connection: connection.sendall(b"nonsense\r\n\r\n")])
def test_a_connection_that_breaks_may_have_told(
    service: ChatService, by: Callable[[socket.socket], None]
) -> None:
    service.plan = [by]
    assert send(f"json://{service.host}/x").result is Result.UNKNOWN


def test_an_answer_that_drips_is_left_at_the_deadline(service: ChatService) -> None:
    service.plan = [drip(response(200), 0.05)]
    notifier = target(f"json://{service.host}/x", deadline=0.5)
    before = notifier._service()
    outcome = notifier.send(message(), Placement())
    assert outcome.result is Result.UNKNOWN and "0.5 s" in outcome.reason
    assert notifier._service() is not before  # its thread goes on with that one
    assert notifier.send(message(), Placement()).result is Result.SENT


WRONG = "or lacks what the service needs"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("bogus://sesame", WRONG),
        ("sesame", WRONG),
        ("", WRONG),
        ("tgram://sesame", WRONG),
        ("json://h/?retry=2&t=sesame", "`retry`"),
        ("ntfy://sesame@h/one/two", "names 2 targets"),
        ("json://sesame,json://b", "names 2 addresses"),
        ("json://sesame json://b xml://c", "names 3 addresses"),
        ("tgram://123456789:sesame_sesame_sesame_sesame_sesa/1/2", "names 2 targets"),
    ],
)
def test_an_address_that_is_no_one_target_pauses_and_doctor_says_why(url: str, says: str) -> None:
    notifier = target(url)
    outcome = notifier.send(message(), Placement())
    assert outcome.result is Result.CHANNEL_REFUSES and says in outcome.reason
    ((good, line),) = notifier.check()
    assert not good and says in line and "sesame" not in f"{outcome} {line} {notifier!r}"


def test_the_pace_is_the_services_and_apprise_itself_never_sleeps() -> None:
    assert target("ntfy://127.0.0.1/x").pace == timedelta(seconds=5.5)
    assert target("json://127.0.0.1/x").pace == timedelta(0)
    assert target("bogus://").pace == timedelta(0)


def test_it_cannot_be_asked_and_is_mended_by_a_message_alone() -> None:
    notifier = target("json://127.0.0.1/x")
    trace = notifier.find(message(), since=datetime.now(UTC), placement=Placement())
    assert trace.found is Found.CANNOT_TELL and not notifier.mended()
    ((good, line),) = notifier.check()
    assert good and "trialbell notify chat" in line


def test_nothing_of_apprises_log_goes_anywhere(
    service: ChatService, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = []
    logging.getLogger().setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        for answer in (200, 401, 500, reset):
            service.plan = [answer]
            url = f"json://me:sesame@{service.host}/sesame?-t=sesame&+x=sesame"
            shown += [repr(send(url)), repr(target(url)), str(vars(target(url)))]
        shown += [repr(send("json://me:sesame@127.0.0.1:1/sesame")), repr(send("tgram://sesame"))]
    out, err = capfd.readouterr()
    assert "sesame" not in "\n".join([*shown, caplog.text, out, err])
    assert len(service.requests) == 4 and "authorization" in service.requests[0][1]


def test_a_part_of_apprise_that_logs_by_itself_is_heard_and_shown_to_nobody() -> None:
    from notifiers.apprise.ear import Listening

    written = io.StringIO()  # pytest's own handler is put on loggers that hand nothing on as well
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    try:
        with Listening() as heard:
            logging.getLogger("apprise.plugins.telegram").error("POST /bot%s/sendMessage", "sesame")
    finally:
        logging.getLogger().removeHandler(handler)
    assert heard == ["POST /botsesame/sendMessage"] and written.getvalue() == ""


def test_without_the_package_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)  # as Python has it where it is not there
    with pytest.raises(WrongSettings) as refused:
        target("json://127.0.0.1/x")
    assert str(refused.value) == "notifier `chat`: the package apprise is not installed"
    assert refused.value.hint == how_to_install("apprise")


@pytest.mark.parametrize("command", ["check", "run", "notify", "doctor"])
def test_without_the_package_every_command_that_sends_says_so(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    monkeypatch.setenv("CHAT", "json://127.0.0.1/x")
    with LoopbackRegistry([], day="2026-11-20") as registry:
        terminal.write(
            "config.toml",
            f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            '[notifiers.chat]\ntype = "apprise"\nurl = "${CHAT}"\n',
        )
        ran = terminal.run(command, *(["chat"] if command == "notify" else []))
    assert ran.code == (3 if command == "doctor" else 2)
    said = ran.out if command == "doctor" else ran.err
    assert "notifier `chat`: the package apprise is not installed" in said
    assert how_to_install("apprise") in said and "Traceback" not in ran.err


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path / "outbox.db") as made:
        yield made


def test_what_one_target_took_is_not_sent_to_it_again_because_another_did_not(
    room: Room, service: ChatService
) -> None:
    with ChatService(always=503) as broken:
        one = AppriseNotifier(name="one", url=Secret(f"json://{service.host}/x"))
        other = AppriseNotifier(name="other", url=Secret(f"json://{broken.host}/x"))
        channels: list[Notifier] = [one, other]
        for channel in channels:
            given = Message(id=f"m-{channel.name}", level=Level.MAJOR, headline="h")
            room.outbox.put(given, channel.name, now=room.now)
        for _ in range(4):
            for channel in channels:
                room.drain(channel)
            room.now += timedelta(hours=1)
        broken.always = 200
        room.now += timedelta(hours=12)
        room.drain(other)
    assert len(service.requests) == 1
    assert {row.state for row in room.outbox.listing()} == {"sent"}
    assert broken.bodies[-1]["message"].startswith(REPEAT) and REPEAT not in broken.bodies[0]["message"]

"""Webhooks: signed as Standard Webhooks has it, the same id on every try, each answer taken for what it is."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from doubles.own_certificate import server_context
from doubles.scripted_server import ScriptedServer, drip, reset, response
from doubles.told_channel import Room, open_room
from doubles.webhook_receiver import OLD_SECRET, SECRET, Says, WebhookReceiver

from notifiers.deliver import NoticeKind
from notifiers.http.deadline import Deadline
from notifiers.http.post import post, presentable
from notifiers.jsonl import JsonlNotifier
from notifiers.message import Level, Message
from notifiers.notifier import Found, Outcome, Placement, Result, WrongSettings
from notifiers.secret import Secret
from notifiers.webhook.channel import WebhookNotifier

ID = "ctgov:NCT07146087:changed:3-4"
PAYLOAD = {"event": "changed", "id": ID, "headline": "Recruiting → Suspended", "after": "\u2028</script>"}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def speaks_no_tls() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            inside, _ = door.accept()
            with inside:
                inside.sendall(b"good day\r\n")
                inside.recv(65_536)

        threading.Thread(target=answer, daemon=True).start()
        yield f"https://127.0.0.1:{door.getsockname()[1]}"


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as made:
        yield made


def hook(url: str, *secrets: str, deadline: float = 30) -> WebhookNotifier:
    keys = [Secret(one) for one in secrets or (SECRET,)]
    return WebhookNotifier(
        name="hook", url=Secret(url), secrets=keys, user_agent="trialbell/9", deadline=deadline
    )


def message(id_: str = ID) -> Message:
    return Message(id="m1", level=Level.CRITICAL, headline="…", payload=PAYLOAD | {"id": id_})


def send(notifier: WebhookNotifier, given: Message | None = None, *, at: datetime | None = None) -> Outcome:
    return notifier.send(given or message(), Placement(now=at or datetime.now(UTC)))


def test_what_arrives_is_the_event_as_jsonl_writes_it_and_verifies(
    receiver: WebhookReceiver, tmp_path: Path
) -> None:
    assert send(hook(receiver.url)) == Outcome(result=Result.SENT, remote={"id": ID})
    JsonlNotifier(name="log", path=tmp_path / "a.jsonl").send(message(), Placement())
    ((headers, body),) = receiver.requests
    assert body + b"\n" == (tmp_path / "a.jsonl").read_bytes()
    assert receiver.events == [PAYLOAD]
    assert headers["webhook-id"] == ID
    assert (headers["content-type"], headers["user-agent"]) == ("application/json", "trialbell/9")


def test_a_second_try_bears_the_same_id_and_its_own_time(receiver: WebhookReceiver) -> None:
    now = datetime.now(UTC)
    for at in (now - timedelta(seconds=60), now):
        assert send(hook(receiver.url), at=at).result is Result.SENT
    stamps = [int(headers["webhook-timestamp"]) for headers, _ in receiver.requests]
    assert stamps == [int(now.timestamp()) - 60, int(now.timestamp())]
    assert {headers["webhook-id"] for headers, _ in receiver.requests} == {ID}
    assert receiver.ids == [ID]


@pytest.mark.parametrize("off", [timedelta(minutes=-10), timedelta(minutes=10)])
def test_a_clock_that_is_wrong_is_refused_by_the_receiver_and_said(
    receiver: WebhookReceiver, off: timedelta
) -> None:
    outcome = send(hook(receiver.url), at=datetime.now(UTC) + off)
    assert outcome.result is Result.CHANNEL_REFUSES and "time" in outcome.reason
    assert receiver.events == [] and receiver.faults[0].startswith("Message timestamp too")


def test_another_time_zone_is_the_same_time(receiver: WebhookReceiver) -> None:
    from zoneinfo import ZoneInfo

    at = datetime.now(ZoneInfo("Asia/Kolkata"))
    assert send(hook(receiver.url), at=at).result is Result.SENT


@pytest.mark.parametrize("theirs", [SECRET, OLD_SECRET])
def test_while_secrets_change_either_of_them_verifies(theirs: str) -> None:
    with WebhookReceiver(secret=theirs) as receiver:
        assert send(hook(receiver.url, SECRET, OLD_SECRET)).result is Result.SENT
        assert len(receiver.requests[0][0]["webhook-signature"].split(" ")) == 2
        other = OLD_SECRET if theirs == SECRET else SECRET
        assert send(hook(receiver.url, other)).result is Result.CHANNEL_REFUSES


@pytest.mark.parametrize(
    "odd", ["watch:a.b:2026", "x" * 300, "ctgov:\r\nX-Evil: 1", "ä", "a b", "\ud800", ""]
)
def test_an_id_that_no_header_may_have_goes_as_its_hash(receiver: WebhookReceiver, odd: str) -> None:
    for _ in range(2):
        assert send(hook(receiver.url), message(odd)).result is Result.SENT
    ids = {headers["webhook-id"] for headers, _ in receiver.requests}
    assert len(ids) == 1 and ids.pop().startswith("sha256-")
    assert receiver.ids == [odd] and "x-evil" not in receiver.requests[0][0]
    assert send(hook(receiver.url), message(odd + "b")).result is Result.SENT
    assert len(receiver.ids) == 2


REFUSES, REFUSED, LATER, UNKNOWN = (
    Result.CHANNEL_REFUSES,
    Result.MESSAGE_REFUSED,
    Result.LATER,
    Result.UNKNOWN,
)


@pytest.mark.parametrize(
    ("status", "result"),
    [(200, Result.SENT), (201, Result.SENT), (202, Result.SENT), (204, Result.SENT), (299, Result.SENT)]
    + [(status, REFUSES) for status in (301, 302, 304, 307, 308, 401, 403, 404, 405, 407, 410, 451)]
    + [(status, REFUSED) for status in (400, 402, 409, 413, 415, 422, 418)]
    + [(status, LATER) for status in (425, 429)]
    + [(status, UNKNOWN) for status in (408, 500, 501, 502, 503, 504, 599)],
)
def test_each_status_is_taken_for_what_it_says(
    receiver: WebhookReceiver, status: int, result: Result
) -> None:
    receiver.plan = [Says(status)]
    outcome = send(hook(receiver.url))
    assert outcome.result is result
    assert result is Result.SENT or f"HTTP {status}" in outcome.reason


@pytest.mark.parametrize(
    ("value", "date", "asked"),
    [
        ("120", False, timedelta(seconds=120)),
        ("99999999999", False, timedelta(days=1)),
        ("soon", False, None),
        ("-5", False, None),
        (format_datetime(datetime(2026, 11, 24, 12, 5, tzinfo=UTC), usegmt=True), True, timedelta(minutes=5)),
        (format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True), True, timedelta(0)),
    ],
)
def test_patience_is_asked_for_in_seconds_or_by_a_date(
    value: str, date: bool, asked: timedelta | None
) -> None:
    headers = [("Retry-After", value)] + [("Date", "Tue, 24 Nov 2026 12:00:00 GMT")] * date
    for status in (429, 503):
        with ScriptedServer(response(status, b"", *headers)) as server:
            outcome = send(hook(server.url))
        assert outcome.retry_after == asked
        assert outcome.result is (Result.LATER if status == 429 or asked is not None else Result.UNKNOWN)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with ScriptedServer(response(200)) as elsewhere:
        away = response(status, b"", ("Location", elsewhere.url.replace("127.0.0.1", "localhost")))
        with ScriptedServer(away) as server:
            assert send(hook(server.url)).result is Result.CHANNEL_REFUSES
        assert elsewhere.requests == []


def test_what_certainly_did_not_arrive_is_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = send(hook(f"http://127.0.0.1:{port}/"))
    assert outcome.result is Result.LATER and "refused" in outcome.reason
    with speaks_no_tls() as url:
        outcome = send(hook(url))
    assert outcome.result is Result.LATER and "not reached" in outcome.reason


def pour(whole: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(whole)


@pytest.mark.parametrize(
    "by",
    [
        reset,
        pour(b""),
        pour(b"HTTP/1.1 20"),
        pour(b"nonsense\r\n\r\n"),
        drip(response(200, b"{}"), 0.05),  # a head without end: each byte in time, the whole not
        pour(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n"),
    ],
)
def test_what_may_have_arrived_is_unknown(
    receiver: WebhookReceiver, by: Callable[[socket.socket], None]
) -> None:
    receiver.plan = [Says(after=True, by=by)]
    outcome = send(hook(receiver.url, deadline=0.5))
    assert outcome.result is Result.UNKNOWN and "\n" not in outcome.reason
    assert receiver.ids == [ID]


def test_the_status_is_the_answer_whatever_its_body_does(receiver: WebhookReceiver) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n"
    poured, hung_up = [], threading.Event()

    def giant(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:  # until the other side has enough
            poured.append(connection.send(b"x" * 65_536))

    def slow(connection: socket.socket) -> None:
        connection.sendall(head)
        connection.settimeout(10)  # of its own: less than the other side's
        if connection.recv(1) == b"":
            hung_up.set()

    def torn(connection: socket.socket) -> None:
        connection.sendall(head + b"{")

    receiver.plan = [Says(by=giant), Says(by=torn), Says(by=slow)]
    for _ in range(3):
        assert send(hook(receiver.url, deadline=30)).result is Result.SENT
    assert sum(poured) < 100_000_000
    assert hung_up.wait(20), "a body is waited for by nobody"


@pytest.mark.parametrize(
    "begun", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["head", "body"]
)
def test_what_is_left_at_the_deadline_is_hung_up_on(begun: bytes) -> None:
    came, hung_up, pause = threading.Event(), threading.Event(), threading.Event()

    def dripping(connection: socket.socket) -> None:
        came.set()
        try:
            connection.sendall(begun)
            for _ in range(2_000):
                connection.sendall(b"x")
                pause.wait(0.01)
        except OSError:
            hung_up.set()

    with ScriptedServer(dripping) as server:
        deadline = Deadline(0.3, name="left")
        answers = (
            post(server.url, b"{}", {}, deadline=deadline, timeout=30, read_at_most=60_000).status
            for _ in range(50)  # a slow machine may be left before it is there, or before it read a status
        )
        assert (200 if begun.endswith(b"\r\n\r\n") else None) in (one for one in answers if came.is_set())
        assert hung_up.wait(15)
    for thread in threading.enumerate():
        if thread.name == "left":
            thread.join(10)
            assert not thread.is_alive()


def test_only_a_certificate_that_is_trusted_and_theirs_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WebhookReceiver(tls=server_context(tmp_path)) as receiver:
        outcome = send(hook(receiver.url))
        assert outcome.result is Result.LATER and "CERTIFICATE_VERIFY_FAILED" in outcome.reason
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        assert send(hook(receiver.url)).result is Result.SENT
        assert hook(receiver.url).check()[0][0]
        other = hook(receiver.url.replace("127.0.0.1", "localhost"))
        outcome = send(other)
        assert outcome.result is Result.LATER and "mismatch" in outcome.reason
        assert "localhost" not in outcome.reason + other.check()[0][1]  # a host's name may be a secret too
    assert receiver.ids == [ID]


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(response(200)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert send(hook("http://127.0.0.1:9/hooks")).result is Result.SENT
        assert proxy.paths == ["http://127.0.0.1:9/hooks"]
        with ScriptedServer(response(407)) as strict:
            monkeypatch.setenv("https_proxy", strict.url)
            away = send(hook("https://127.0.0.1:9/hooks"))
            assert away.result is Result.LATER and "the proxy answers HTTP 407" in away.reason
            assert strict.requests[0].startswith("CONNECT 127.0.0.1:9 ")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert send(hook("http://127.0.0.1:9/hooks")).result is Result.LATER


def test_a_check_knocks_and_sends_nothing() -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        notifier = hook(f"http://127.0.0.1:{door.getsockname()[1]}/")
        ((good, line),) = notifier.check()
        inside, _ = door.accept()
        inside.settimeout(5)
        heard.append(inside.recv(100))
        inside.close()
    assert good and "trialbell notify hook" in line and heard == [b""]
    ((good, line),) = notifier.check()
    assert not good and "refused" in line
    assert not notifier.mended()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://a/sesame", "is none that begins with https://"),
        ("sesame", "is none that begins with https://"),
        ("", "is none that begins with https://"),
        ("https://", "is none that begins with https://"),
        ("https://host:sesame/", "is no address"),
        ("https://me:sesame@host/", "holds a name or a password"),
        ("https://host/sesame\nstreet", "holds a character"),
        ("https://host/sesame street", "holds a character"),
        ("https://host/sésame", "holds a character"),
        ("http://host/sesame", "must be https://"),
    ],
)
def test_an_address_that_is_none_is_refused_unshown(url: str, says: str) -> None:
    with pytest.raises(WrongSettings) as refused:
        hook(url)
    assert says in str(refused.value) and "sesame" not in f"{refused.value} {refused.value.hint}"


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "does not begin with whsec_"),
        ("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "does not begin with whsec_"),
        ("whsec_MfKQ9r8G…", "is not base64"),
        ("whsec_MfKQ9r8G KYqrTwjUPD8ILPZIo2LaLaSw", "is not base64"),
        ("whsec_MfKQ9r8G", "holds 6 bytes"),
        ("whsec_", "holds 0 bytes"),
        ("whsec_" + "MfKQ9r8G" * 11, "holds 66 bytes"),
    ],
)
def test_a_secret_that_is_none_is_refused_unshown(secret: str, says: str) -> None:
    with pytest.raises(WrongSettings) as refused:
        hook("https://example.org/", SECRET, secret)
    assert says in str(refused.value) and "secret 2 of 2" in str(refused.value)
    assert "MfKQ" not in f"{refused.value} {refused.value.hint}"


def test_no_secret_in_any_word(capfd: pytest.CaptureFixture[str]) -> None:
    """An intermediary that answers with our own request in it, and every other way to fail."""
    shown = []
    for step in (
        f"HTTP/{SECRET} /hooks/sesame-street\r\n\r\n".encode(),
        b"HTTP/1.1 sesame sesame\r\n\r\n",  # a piece of it that no mask knows
        f"/hooks/sesame-street?t=sesame {SECRET}\r\n".encode(),
        response(410, b"sesame-street"),
        response(500, SECRET.encode()),
        reset,
    ):
        with ScriptedServer(step) as server:
            notifier = hook(f"{server.url}/hooks/sesame-street?t=sesame", deadline=2)
            outcome = send(notifier)
            assert outcome.reason
            shown += [repr(outcome), repr(notifier), str(vars(notifier)), str(notifier.check())]
    with speaks_no_tls() as url:
        away = hook(f"{url}/hooks/sesame-street")
        shown += [repr(send(away))]
    out, err = capfd.readouterr()
    words = "\n".join([*shown, out, err])
    assert "sesame" not in words and SECRET not in words and SECRET.removeprefix("whsec_") not in words


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("two  spaces", "no two  spaces"),
        ("two  spaces", "no two spaces"),
        ("two\x07spaces", "no two\x07spaces"),
        ("two\x07spaces", "no two spaces"),
        ("long-secret", "x" * 292 + " long-secret"),
    ],
)
def test_words_are_masked_before_they_are_cut_and_laid_on_one_line(secret: str, words: str) -> None:
    said = presentable(words, iter([Secret("other"), Secret(secret)]))
    assert said.endswith(" …") and len(said) <= 300


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path / "outbox.db") as made:
        made.now = datetime.now(UTC)
        yield made


def put(room: Room, *ids: str) -> None:
    for order, id_ in enumerate(ids):
        given = Message(
            id=f"m-{id_}", level=Level.MAJOR, headline=id_, payload={"id": id_}, thread="A", order=order
        )
        room.outbox.put(given, "hook", now=room.now)


def drain(room: Room, notifier: WebhookNotifier, most: int = 50) -> list[NoticeKind]:
    notices = []
    for _ in range(most):
        drained = room.drain(notifier)
        notices += [notice.kind for notice in drained.notices]
        if drained.next_at is None or drained.next_at - room.now > timedelta(minutes=3):
            break
        room.now = max(room.now, drained.next_at)
    return notices


def test_lost_answers_cost_a_request_and_tell_nothing_twice(room: Room, receiver: WebhookReceiver) -> None:
    receiver.plan = [Says(after=True, by=reset), Says(504, after=True), Says(after=True), Says(by=reset)]
    put(room, "e1", "e2", "e3")
    assert drain(room, hook(receiver.url)) == []
    assert receiver.ids == ["e1", "e2", "e3"]
    assert len(receiver.requests) == 6
    assert all("repeat" not in body.decode() for _, body in receiver.requests)
    assert {row.state for row in room.outbox.listing()} == {"sent"}


def test_gone_pauses_and_the_next_that_is_taken_mends(room: Room, receiver: WebhookReceiver) -> None:
    receiver.always = Says(410)
    room.now -= timedelta(hours=1)  # what verifies reads the clock on the wall
    put(room, "e1", "e2")
    notifier = hook(receiver.url)
    assert drain(room, notifier) == [NoticeKind.PAUSED]
    assert len(receiver.requests) == 1
    receiver.always = None
    room.now += timedelta(hours=1)
    assert drain(room, notifier) == [NoticeKind.MENDED]
    assert receiver.ids == ["e1", "e2"]


def test_429_holds_the_channel_as_long_as_it_says(room: Room, receiver: WebhookReceiver) -> None:
    receiver.plan = [Says(429, headers=(("Retry-After", "90"),))]
    put(room, "e1", "e2")
    began = room.now
    drain(room, hook(receiver.url))
    assert receiver.ids == ["e1", "e2"] and room.now - began >= timedelta(seconds=90)


def test_what_the_receiver_cannot_take_is_tried_once_more_and_buried(
    room: Room, receiver: WebhookReceiver
) -> None:
    receiver.plan = [Says(422), Says(422)]
    put(room, "e1", "e2")
    assert drain(room, hook(receiver.url)) == [NoticeKind.FAILED]
    assert receiver.ids == ["e2"] and room.state("m-e1") == "failed"
    assert json.loads(receiver.requests[0][1]) == {"id": "e1"}


def test_it_cannot_be_asked(receiver: WebhookReceiver) -> None:
    trace = hook(receiver.url).find(message(), since=datetime.now(UTC), placement=Placement())
    assert trace.found is Found.CANNOT_TELL and receiver.requests == []

"""The e-mail channel against a real mail server, and against servers that say what the test wants."""

from __future__ import annotations

import socket
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from doubles.certificate import self_signed, server_context
from doubles.mail_room import ALERT, SENDER, TEAM, mailer
from doubles.scripted_smtp import ScriptedSmtp
from doubles.smtp_room import PASSWORD, USER, Drip, DropAfter, DropBefore, Fault, SmtpRoom
from msgspec.structs import replace

from notifiers.mail.channel import PATIENCE
from notifiers.mail.errors import Stage, reason, reply_of
from notifiers.mail.server import Server, base64_text
from notifiers.notifier import Found, Placement, Result, WrongSettings
from notifiers.secret import Secret

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AT = Placement(now=NOW, made_at=NOW)
LOGIN = {"user": USER, "password": Secret(PASSWORD)}
ONE, TWO, THREE = "one@example.org", "two@example.org", "three@example.org"


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"))


def test_one_letter_for_all_as_it_was_written() -> None:
    with SmtpRoom() as room:
        outcome = mailer(room, recipients=[ONE, f"Two <{TWO}>"]).send(ALERT, AT)
    assert outcome.result is Result.SENT and outcome.reason == ""
    (letter,) = room.letters
    assert (letter.sender, letter.recipients) == (SENDER, (ONE, TWO))
    assert letter.email["To"] == f"{ONE}, Two <{TWO}>"
    assert letter.email["Message-ID"] == outcome.remote["message_id"]


def test_lines_that_begin_with_a_dot_arrive_and_end_no_letter() -> None:
    dots = "." * 300  # encoded, each line of it begins with one
    dotted = replace(ALERT, items=(replace(ALERT.items[1], before=dots, after="x"),))
    with SmtpRoom() as room:
        assert mailer(room).send(dotted, replace(AT, plain=True)).result is Result.SENT
    assert b"\r\n." in room.letters[0].raw
    assert dots in room.letters[0].email.get_content()


@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_encrypted_and_signed_in(kind: str, pem: Path) -> None:
    with SmtpRoom(password=PASSWORD, **{kind: server_context(pem)}) as room:  # type: ignore[arg-type]
        notifier = mailer(room, security=kind, ca_file=pem, **LOGIN)
        assert notifier.send(ALERT, AT).result is Result.SENT
        lines = notifier.check()
    assert len(room.letters) == 1 and room.log_ins[0] == (USER, "PLAIN")
    assert all(good for good, _ in lines)
    assert "TLSv1." in lines[0][1] and "certificate checked" in lines[0][1]
    assert [line for _, line in lines[1:]] == [
        f"E-mail: signed in as {USER}",
        f"E-mail: takes letters for {TEAM}",
    ]


def test_a_server_that_knows_log_in_by_steps_alone(pem: Path) -> None:
    with SmtpRoom(password=PASSWORD, tls=server_context(pem), auth_exclude_mechanism=["PLAIN"]) as room:
        assert mailer(room, security="tls", ca_file=pem, **LOGIN).send(ALERT, AT).result is Result.SENT
    assert room.log_ins == [(USER, "LOGIN")]


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(pem: Path) -> None:
    with SmtpRoom(password=PASSWORD, starttls=server_context(pem)) as room:
        notifier = mailer(room, security="starttls", **LOGIN)
        outcome = notifier.send(ALERT, AT)
        assert outcome.result is Result.LATER and "certificate is not to be trusted" in outcome.reason
        assert [good for good, _ in notifier.check()] == [False]
    assert room.log_ins == [] and room.letters == []


def test_a_certificate_of_another_host_is_not_trusted(tmp_path: Path) -> None:
    other = self_signed(tmp_path, name="mail.example.net")
    with SmtpRoom(tls=server_context(other)) as room:
        outcome = mailer(room, host="localhost", security="tls", ca_file=other).send(ALERT, AT)
    assert outcome.result is Result.LATER and "mismatch" in outcome.reason.casefold()


def test_a_ca_file_that_is_not_there_is_said() -> None:
    with ScriptedSmtp({"EHLO": "250-x\n250 STARTTLS"}) as server:
        outcome = mailer(server, security="starttls", ca_file=Path("/nowhere/ca.pem")).send(ALERT, AT)
    assert outcome.result is Result.CHANNEL_REFUSES
    assert outcome.reason == "ca_file cannot be used: no such file or directory: `/nowhere/ca.pem`"


def test_without_starttls_nothing_goes(pem: Path) -> None:
    with ScriptedSmtp() as server:
        outcome = mailer(server, security="starttls", **LOGIN).send(ALERT, AT)
    assert outcome.result is Result.CHANNEL_REFUSES and "offers no STARTTLS" in outcome.reason
    assert not any(line.startswith(("AUTH", "MAIL")) for line in server.heard)


def test_what_was_said_before_tls_is_forgotten(pem: Path) -> None:
    """A stranger on the way may have slipped an answer in before the encryption began (RFC 3207, 6)."""
    with ScriptedSmtp({"EHLO": "250-x\n250 STARTTLS", "STARTTLS": "220 go\n250-x\n250 AUTH PLAIN"}) as server:
        outcome = mailer(server, security="starttls", ca_file=pem, **LOGIN, deadline=10).send(ALERT, AT)
    assert outcome.result is Result.LATER
    assert not any(line.startswith("AUTH") for line in server.heard)


SAID: list[tuple[dict[str, str | None], Result, str]] = [
    ({"": "554 5.7.1 blocked"}, Result.CHANNEL_REFUSES, "turns us away: 554 5.7.1 blocked; see that"),
    ({"": "421 4.3.2 too busy."}, Result.LATER, "turns us away: 421 4.3.2 too busy"),
    ({"": None}, Result.LATER, "was not reached: the connection was closed"),
    ({"": "SSH-2.0-OpenSSH_9"}, Result.LATER, "no answer of a mail server"),
    ({"EHLO": "421 later"}, Result.LATER, "does not greet us: 421 later"),
    ({"EHLO": "502 what", "HELO": "550 go away"}, Result.CHANNEL_REFUSES, "does not greet us: 550 go away"),
    ({"EHLO": "502 what", "HELO": "250 hello"}, Result.SENT, ""),
    ({"MAIL": "550 5.7.1 not yours"}, Result.CHANNEL_REFUSES, "refuses the sender: 550 5.7.1 not yours; see"),
    ({"MAIL": "530 5.7.0 log in first"}, Result.CHANNEL_REFUSES, "refuses the sender: 530"),
    ({"MAIL": "552 5.3.4 too big"}, Result.MESSAGE_REFUSED, "refuses the sender: 552 5.3.4 too big"),
    ({"MAIL": "451 4.7.1 slow down"}, Result.LATER, "refuses the sender: 451 4.7.1 slow down"),
    ({"MAIL": "452 4.3.1 disk full"}, Result.LATER, "452 4.3.1"),
    ({"MAIL": None}, Result.LATER, "was not reached"),
    ({"RCPT": "550 5.1.1 no such user"}, Result.CHANNEL_REFUSES, f"refuses the recipient {TEAM}: 550 5.1.1 no"),
    ({"RCPT": "554 5.7.1 relay access denied"}, Result.CHANNEL_REFUSES, "relay access denied"),
    ({"RCPT": "450 4.2.0 greylisted"}, Result.LATER, f"refuses the recipient {TEAM}: 450 4.2.0 greylisted"),
    ({"RCPT": "452 4.5.3 too many"}, Result.LATER, "452"),
    ({"RCPT": None}, Result.LATER, "was not reached"),
    ({"DATA": "554 5.5.1 no"}, Result.MESSAGE_REFUSED, "does not take the message: 554 5.5.1 no"),
    ({"DATA": "451 later"}, Result.LATER, "does not take the message: 451 later"),
    ({"DATA": None}, Result.LATER, "was not reached"),
    ({".": "554 5.7.1 spam"}, Result.MESSAGE_REFUSED, "refuses the message: 554 5.7.1 spam"),
    ({".": "552 5.2.3 too long"}, Result.MESSAGE_REFUSED, "552"),
    ({".": "550 5.4.5 daily quota exceeded"}, Result.LATER, "550 5.4.5"),
    ({".": "550 5.7.60 may not send as"}, Result.CHANNEL_REFUSES, "550 5.7.60"),
    ({".": "550 5.7.26 unauthenticated sender"}, Result.CHANNEL_REFUSES, "550 5.7.26"),
    ({".": "421 4.3.2 shutting down"}, Result.LATER, "421"),
    ({".": None}, Result.UNKNOWN, "did not say what became of it: the connection was closed"),
    ({".": "250 ta…"}, Result.UNKNOWN, "did not say what became of it"),  # not whole: it may have been 250-… and 554
    ({".": "250-taken…"}, Result.UNKNOWN, "did not say what became of it"),
    ({".": "554 5.…"}, Result.UNKNOWN, "did not say what became of it"),
    ({".": "what?"}, Result.UNKNOWN, "no answer of a mail server"),
    ({".": "250-2.0.0 taken\n250 2.0.0 as 42"}, Result.SENT, ""),
    ({"QUIT": None}, Result.SENT, ""),
]  # fmt: skip


@pytest.mark.parametrize(("says", "result", "words"), SAID)
def test_what_each_reply_comes_to(says: dict[str, str | None], result: Result, words: str) -> None:
    with ScriptedSmtp(says) as server:
        outcome = mailer(server).send(ALERT, AT)
    assert (outcome.result, words in outcome.reason) == (result, True), outcome.reason
    assert "\n" not in outcome.reason and not outcome.reason.endswith(".")
    assert bool(outcome.remote) == (result is Result.SENT)


@pytest.mark.parametrize(
    ("code", "result"),
    [(535, Result.CHANNEL_REFUSES), (534, Result.CHANNEL_REFUSES), (454, Result.LATER), (432, Result.LATER)],
)
def test_what_a_refused_log_in_comes_to(code: int, result: Result, pem: Path) -> None:
    says = {"EHLO": "250-x\n250 AUTH LOGIN PLAIN", "AUTH": f"{code} no"}
    with ScriptedSmtp(says) as server:
        outcome = mailer(server, **LOGIN).send(ALERT, AT)
    assert outcome.result is result and f"refuses the log-in: {code} no" in outcome.reason


def test_a_server_without_a_log_in_that_we_know_is_said() -> None:
    with ScriptedSmtp({"EHLO": "250-x\n250 AUTH XOAUTH2 NTLM"}) as server:
        outcome = mailer(server, **LOGIN).send(ALERT, AT)
    assert outcome.result is Result.CHANNEL_REFUSES
    assert outcome.reason.endswith("(it offers: XOAUTH2, NTLM)")


def test_a_letter_larger_than_the_server_takes_is_not_begun() -> None:
    with ScriptedSmtp({"EHLO": "250-x\n250 SIZE 500"}) as server:
        outcome = mailer(server).send(ALERT, AT)
    assert outcome.result is Result.MESSAGE_REFUSED and "the mail server takes 500" in outcome.reason
    assert not any(line.startswith("MAIL") for line in server.heard)


@pytest.mark.parametrize("said", ["9" * 5_000, "9" * 20, "0", "", "many"])
def test_a_size_that_says_nothing_holds_no_letter_back(said: str) -> None:
    with ScriptedSmtp({"EHLO": f"250-x\n250 SIZE {said}"}) as server:
        notifier = mailer(server)
        assert notifier.send(ALERT, AT).result is Result.SENT
        assert all(good for good, _ in notifier.check())


def test_nobody_there_is_later() -> None:
    with SmtpRoom() as room:
        pass
    outcome = mailer(room).send(ALERT, AT)
    assert outcome.result is Result.LATER and "connection refused" in outcome.reason
    nowhere = mailer(room, host="no..host").send(ALERT, AT)
    assert nowhere.result is Result.LATER


@pytest.mark.parametrize(
    ("fault", "result", "letters"),
    [
        (DropBefore(), Result.UNKNOWN, 0),
        (DropAfter(), Result.UNKNOWN, 1),
        ("554 5.6.0 no", Result.MESSAGE_REFUSED, 0),
    ],
)
def test_what_a_real_server_does_with_a_letter(fault: Fault, result: Result, letters: int) -> None:
    with SmtpRoom() as room:
        room.of_content.append(fault)
        assert mailer(room).send(ALERT, AT).result is result
    assert len(room.letters) == letters


def test_an_answer_a_byte_at_a_time_is_given_up() -> None:
    """No timeout of a socket ever strikes: only the deadline of the whole does."""
    with SmtpRoom() as room:
        room.of_content.append(Drip())
        outcome = mailer(room, deadline=0.5).send(ALERT, AT)
    assert outcome.result is Result.UNKNOWN and outcome.reason.endswith("no whole answer within 0.5 s")


def test_a_server_that_says_nothing_is_given_up_and_has_nothing(pem: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for security in ("none", "tls"):
            outcome = mailer(ScriptedSmtp(), port=port, security=security, deadline=0.3).send(ALERT, AT)
            assert outcome.result is Result.LATER
            # A busy machine may take all of it to connect.
            assert "no whole answer within 0.3 s" in outcome.reason or "timed out" in outcome.reason


# Recipients.


def test_who_is_refused_keeps_nobody_else_from_a_letter_and_is_named_once() -> None:
    with SmtpRoom() as room:
        room.refused[TWO] = "550 5.1.1 no such user"
        notifier = mailer(room, recipients=[ONE, TWO, THREE])
        first = notifier.send(ALERT, AT)
        second = notifier.send(replace(ALERT, id="b"), replace(AT, latest=first.remote))
        room.refused.clear()
        third = notifier.send(replace(ALERT, id="c"), replace(AT, latest=second.remote))
    assert [each.result for each in (first, second, third)] == [Result.SENT] * 3
    assert first.reason == f"a message went to all but {TWO} (550 5.1.1 no such user)"
    assert (second.reason, third.reason) == ("", "")
    assert second.remote["refused"] == TWO and "refused" not in third.remote
    assert [letter.recipients for letter in room.letters] == [(ONE, THREE), (ONE, THREE), (ONE, TWO, THREE)]


def test_who_is_greylisted_gets_it_later_and_nobody_else_gets_it_twice() -> None:
    with SmtpRoom() as room:
        room.of_recipients[TWO] = deque(["450 4.2.0 greylisted"])
        notifier = mailer(room, recipients=[ONE, TWO])
        first = notifier.send(ALERT, AT)
        assert first.result is Result.LATER and TWO in first.reason and first.remote["to"] == ONE
        again = notifier.send(ALERT, replace(AT, arrived=first.remote, now=NOW + timedelta(minutes=5)))
    assert again.result is Result.SENT and again.reason == ""
    assert [letter.recipients for letter in room.letters] == [(ONE,), (TWO,)]
    assert len({letter.raw for letter in room.letters}) == 1


def test_a_mailbox_that_stays_full_is_given_up_and_named() -> None:
    with SmtpRoom() as room:
        room.refused[TWO] = "452 4.2.2 mailbox full"
        notifier = mailer(room, recipients=[ONE, TWO])
        first = notifier.send(ALERT, AT)
        later = [
            notifier.send(ALERT, replace(AT, arrived=first.remote, now=NOW + after))
            for after in (PATIENCE - timedelta(seconds=1), PATIENCE)
        ]
    assert [each.result for each in (first, *later)] == [Result.LATER, Result.LATER, Result.SENT]
    assert later[0].remote == first.remote
    assert later[1].reason == f"a message went to all but {TWO} (452 4.2.2 mailbox full)"
    assert len(room.letters) == 1


def test_nobody_taken_is_refused_for_good_only_when_all_are() -> None:
    with SmtpRoom() as room:
        room.refused = {ONE: "550 5.1.1 gone", TWO: "450 4.2.0 greylisted"}
        notifier = mailer(room, recipients=[ONE, TWO])
        assert notifier.send(ALERT, AT).result is Result.LATER
        assert notifier.mended()
        room.refused[TWO] = "550 5.1.1 gone too"
        outcome = notifier.send(ALERT, AT)
        assert outcome.result is Result.CHANNEL_REFUSES
        assert (
            outcome.reason == f"the mail server refuses the recipient {ONE}: 550 5.1.1 gone; 1 more likewise"
        )
        assert not notifier.mended()
        assert notifier.check()[1:] == [
            (False, f"E-mail: the mail server refuses the recipient {ONE}: 550 5.1.1 gone"),
            (False, f"E-mail: the mail server refuses the recipient {TWO}: 550 5.1.1 gone too"),
        ]
    assert room.letters == []


def test_whoever_was_left_is_taken_off_the_list() -> None:
    with SmtpRoom() as room:
        outcome = mailer(room, recipients=[ONE]).send(ALERT, replace(AT, arrived={"to": ONE, "since": ""}))
    assert outcome.result is Result.SENT and outcome.remote["message_id"] and room.letters == []


def test_hidden_recipients_are_on_the_envelope_alone() -> None:
    with SmtpRoom() as room:
        mailer(room, recipients=[ONE, TWO], hide_recipients=True).send(ALERT, AT)
    assert room.letters[0].recipients == (ONE, TWO)
    assert ONE.encode() not in room.letters[0].raw


def test_addresses_beyond_ascii() -> None:
    with SmtpRoom(enable_SMTPUTF8=True) as room:
        outcome = mailer(room, recipients=["Jörg <jörg@bücher.example>", ONE]).send(ALERT, AT)
        assert outcome.result is Result.SENT
    assert room.letters[0].recipients == ("jörg@xn--bcher-kva.example", ONE)
    assert "jörg@xn--bcher-kva.example".encode() in room.letters[0].raw
    with SmtpRoom() as room:
        outcome = mailer(room, recipients=["jörg@example.org"]).send(ALERT, AT)
        assert outcome.result is Result.CHANNEL_REFUSES and "letters beyond ASCII: jörg@" in outcome.reason
        assert mailer(room, recipients=["joerg@bücher.example"]).send(ALERT, AT).result is Result.SENT


# Looking, and what a person may set.


def test_it_cannot_be_asked_and_a_check_sends_nothing() -> None:
    with SmtpRoom() as room:
        notifier = mailer(room, recipients=[ONE, TWO])
        room.of_recipients[TWO] = deque(["450 4.2.0 greylisted"])
        lines = notifier.check()
        assert notifier.mended()
        assert notifier.find(ALERT, since=NOW, placement=AT).found is Found.CANNOT_TELL
    assert [good for good, _ in lines] == [True] * 3
    assert "not encrypted" in lines[0][1] and "not taken just now" in lines[2][1]
    assert room.letters == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"user": "a"}, "user and password go together"),
        ({"password": Secret("x")}, "user and password go together"),
        ({**LOGIN, "host": "mail.example.org"}, "over the network unencrypted"),
        ({"recipients": []}, "no recipient"),
        ({"recipients": ["a@b@c"]}, "recipient has something before its `@`"),
        ({"sender": "nobody"}, "sender has no `@`"),
        ({"reply_to": "a@b\r\nBcc: x@y"}, "reply_to holds a character"),
    ],
)
def test_settings_that_do_not_hold_together(more: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongSettings, match=words):
        mailer(ScriptedSmtp(), **more)


def test_no_secret_is_ever_shown(
    pem: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Also where the server says it back to us: as it is, or as it went over the wire."""
    wrong = Secret("sesame-street")
    sent = Server(host="h", port=1, security="tls", user=USER, password=wrong, deadline=1).plain()
    alone = base64_text("sesame-street")
    told: list[object] = []
    with SmtpRoom(password="sesame-street!", tls=server_context(pem)) as room:
        room.password = "other"
        notifier = mailer(room, security="tls", ca_file=pem, user=USER, password=wrong)
        told += [notifier, notifier.send(ALERT, AT), notifier.check(), vars(notifier)]
    for said in (f"535 5.7.8 no: {sent}", f"500 unknown: AUTH PLAIN {sent}", "535 sesame-street is wrong"):
        with ScriptedSmtp({"EHLO": "250-x\n250 AUTH PLAIN", "AUTH": said}) as server:
            notifier = mailer(server, user=USER, password=wrong)
            told += [notifier.send(ALERT, AT), notifier.check()]
    by_steps = {
        base64_text(USER).upper(): "334 and?",
        base64_text("sesame-street").upper(): f"535 {alone} no",
    }
    with ScriptedSmtp({"EHLO": "250-x\n250 AUTH LOGIN", "AUTH": "334 who?", **by_steps}) as server:
        told.append(mailer(server, user=USER, password=wrong).send(ALERT, AT))
        assert server.heard[-1] == alone
    captured = capfd.readouterr()
    ours = [one.getMessage() for one in caplog.records if one.name != "mail.log"]  # that is the double's
    everything = " ".join([*map(repr, told), *ours, captured.out, captured.err])
    assert "sesame" not in everything and sent not in everything and alone not in everything
    assert "refuses the log-in" in everything


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("correct-horse-battery-staple", "535 5.7.8 " + "y" * 180 + " correct-horse-battery-staple"),
        ("two  spaces  in  it", "535 two  spaces  in  it"),
        ("two  spaces  in  it", "535 two spaces in it"),
        ("two  spaces  in  it", "535-5.7.8 two  spaces\n535 5.7.8 in  it"),
        ("a\u200bnothing", "535 a\u200bnothing"),
        ("a\u200bnothing", "535 anothing"),
    ],
)
def test_a_password_said_back_is_masked_before_it_is_cut_and_laid_on_one_line(
    password: str, said: str
) -> None:
    with ScriptedSmtp({"EHLO": "250-x\n250 AUTH PLAIN", "AUTH": f"535-5.7.8 no\n{said}"}) as server:
        notifier = mailer(server, user=USER, password=Secret(password))
        told = f"{notifier.send(ALERT, AT)} {notifier.check()}"
    assert "refuses the log-in" in told and "…" in told
    assert not any(part in told for part in ("correct", "spaces", "nothing"))


def test_words_of_a_server_are_one_clean_line() -> None:
    raw = b"5.1.1 <x>: no\x07 such\n5.1.1 user \xe2\x80\xaehere " + b"y" * 400
    reply = reply_of(550, raw, lambda text: text)
    assert reply.text.startswith("<x>: no such user here yyy") and len(reply.text) == 200
    assert reply.enhanced == "5.1.1"
    assert "\n" not in reason(Stage.CONTENT, reply)

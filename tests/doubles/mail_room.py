"""A mail server, and notifiers that send through it."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from doubles.scripted_smtp import ScriptedSmtp
from doubles.smtp_room import SmtpRoom

from notifiers.mail.addresses import address_of
from notifiers.mail.channel import MailNotifier
from notifiers.mail.letter import Letter, letter_bytes, write
from notifiers.message import Item, Level, Link, Message
from notifiers.notifier import Placement

SENDER, TEAM = "alerts@example.org", "team@example.org"

ALERT = Message(
    id="6f1c2a",
    level=Level.CRITICAL,
    headline="NCT07146087: Recruiting → Suspended: funding <lost> & regained",
    title="NCT07146087 · MSC-derived exosomes in progressive MS",
    subtitle="Biocells Medical · Early phase 1 · Suspended",
    items=(
        Item(
            level=Level.CRITICAL,
            label="Recruitment status",
            summary="Recruiting → Suspended: funding <lost> & regained",
            reason="recruitment stopped early",
            before="Recruiting",
            after="Suspended",
        ),
        Item(
            level=Level.MINOR,
            label="Brief summary",
            summary="4 words changed of 36",
            reason="the trial is described anew",
            before="Exosomes from mesenchymal stem cells are given by vein every fourth week.\n\nSafety comes first.",
            after="Exosomes are given once.",
        ),
    ),
    facts=(("Submitted by the sponsor", "2026-11-20"), ("Seen by us", "2026-11-23 09:12 UTC")),
    links=(
        Link(text="Record on ClinicalTrials.gov", url="https://clinicaltrials.gov/study/NCT07146087"),
        Link(text="x", url="javascript:alert(1)"),
    ),
    footer="ClinicalTrials.gov, build of 2026-11-23; not affiliated",
    thread="ctgov:NCT07146087",
    order=7,
    payload={"id": "ctgov:NCT07146087:changed:3-4"},
)


def mailer(server: SmtpRoom | ScriptedSmtp, **more: Any) -> MailNotifier:
    settings: dict[str, Any] = {
        "name": "team",
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "sender": f"trialbell <{SENDER}>",
        "recipients": [TEAM],
        "deadline": 60,
    }
    return MailNotifier(**settings | more)


AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOW = Placement(made_at=AT, now=AT)


def written(message: Message = ALERT, placement: Placement = NOW, **more: object) -> Letter:
    given = {
        "sender": address_of(f"trialbell <{SENDER}>"),
        "recipients": (address_of(TEAM),),
        "notifier": "team",
    }
    return write(message, placement, **given | more)  # type: ignore[arg-type]


def read(letter: Letter) -> EmailMessage:
    """As a mail program reads what went over the wire."""
    parsed = message_from_bytes(letter_bytes(letter), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def body(letter: Letter, kind: str) -> str:
    part = read(letter).get_body((kind,))
    assert part is not None
    return lines_of(part)


def lines_of(part: EmailMessage) -> str:
    return part.get_content().replace("\r\n", "\n")


def unfolded(text: str) -> str:
    """format=flowed joined again (RFC 3676), without signature."""
    text = text.partition("\n-- \n")[0]
    lines = [line[1:] if line.startswith(" ") else line for line in text.split("\n")]
    return "".join(line if line.endswith(" ") else f"{line}\n" for line in lines)

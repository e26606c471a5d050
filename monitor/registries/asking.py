"""From what the transport met to what a registry answers: here, and only here, a status gets its meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from monitor.registries.base import Absurd, BadQuestion, Refused, Stopped, Unreachable
from monitor.transport import (
    Answer,
    Misdirected,
    NoAnswer,
    TooLarge,
    Transport,
    Unreadable,
    shortened,
)
from monitor.transport import Stopped as TransportStopped

LARGEST_SMALL = 1024 * 1024
_WORDS = 300  # characters of a registry's own words in a message


class Oversize(Absurd):
    """The answer was larger than it may be; less may be asked for at once."""


class TooLong(BadQuestion):
    """414: the address was longer than the registry takes."""


def ask(
    transport: Transport,
    path: str,
    params: Sequence[tuple[str, str]] = (),
    *,
    label: str,
    follow: bool = True,
    cap: int = LARGEST_SMALL,
) -> Answer:
    """An answer with status 200, 404 or (unless followed) 3xx; all others are errors of `base`."""
    try:
        answer = transport.ask(path, params, follow=follow, cap=cap)
    except TransportStopped as error:
        raise Stopped(str(error)) from None
    except NoAnswer as error:
        raise Unreachable(
            f"{label} gave no answer: {error}",
            status=error.status,
            retry_after=None if error.retry_after is None else timedelta(seconds=error.retry_after),
            hint="nothing was concluded from it: try again later; `trialbell doctor` tries the connection",
        ) from None
    except TooLarge as error:
        raise Oversize(f"{transport.address(path)}: {error}") from None
    except (Misdirected, Unreadable) as error:
        raise Absurd(f"{label}: {error}") from None
    status = answer.status
    if status == 403:
        raise Refused(
            f"{label} refused this client (403) at {shortened(answer.url)}; that says nothing about any"
            " record: the settings `user_agent` and `tls` of the registry decide whom its firewall lets in",
            hint="`trialbell doctor` tries which of them pass; some cloud addresses never do",
        )
    if status == 414:
        raise TooLong(f"{label} takes no address as long as this: `{shortened(answer.url)}`")
    if status == 400:
        raise BadQuestion(f"{label} does not understand the question: {words(answer)}")
    if status in (200, 404) or (300 <= status < 400 and not follow):
        return answer
    raise Absurd(f"{label} answered {status} at {shortened(answer.url)}: {words(answer)}")


def words(answer: Answer) -> str:
    """What an error's body says, on one line, in backticks."""
    text = answer.body[: 4 * _WORDS].decode("utf-8", errors="replace")
    if answer.type == "text/html" or text.lstrip()[:1] == "<":
        title = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
        return f"an HTML page, `{' '.join(title[1].split())[:80]}`" if title else "an HTML page"
    line = " ".join(text.split()).replace("`", "'")
    if not line:
        return "nothing more was said"
    return f"`{line[:_WORDS]}{'…' if len(line) > _WORDS else ''}`"


def what_came(answer: Answer) -> str:
    """An answer that is not what it should be, in a few words."""
    start = bytes(answer.body[:200]).lstrip()
    if not start:
        return "an empty answer"
    if answer.type == "text/html" or start.startswith(b"<"):
        return words(answer)
    size = len(answer.body)
    return f"{size:,} bytes that begin `{' '.join(start[:40].decode('utf-8', errors='replace').split())}`"
